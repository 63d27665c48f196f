package isc

import (
	"context"
	"errors"
	"fmt"
)

// One 404 does not prove that a profile is gone: a gateway answers so as well. It
// takes two independent answers out of three: the good end of the task that deletes
// the profile, the 404 of the profile itself, and a listing without it.

// UnprovenError is a profile that the tenant answers 404 for, while nothing else
// says that it is gone.
type UnprovenError struct {
	Tenant    string
	ProfileID string
	Err       error // why the listing cannot be read
}

// Error implements error.
func (e *UnprovenError) Error() string {
	return fmt.Sprintf("tenant %s answers 404 for identity profile %s, which alone does not prove that it is gone, and the listing that would tell cannot be read: %v",
		e.Tenant, e.ProfileID, e.Err)
}

// Unwrap returns why the listing cannot be read.
func (e *UnprovenError) Unwrap() error { return e.Err }

// isAbsent reports whether err is a 404 that the tenant itself may have answered.
func isAbsent(err error) bool {
	var failed *Error
	return errors.As(err, &failed) && failed.absent
}

// judgeAbsence holds the 404 of a profile against a listing. It returns the profile if it
// is listed, ErrNotFound if it is not, and an *UnprovenError if there is no listing.
func (c *Client) judgeAbsence(id string, notFound error, listed map[string]Profile, listErr error) (Profile, error) {
	if listErr != nil {
		return Profile{}, &UnprovenError{Tenant: c.Tenant(), ProfileID: id, Err: listErr}
	}
	if p, found := listed[id]; found {
		return p, nil
	}
	var failed *Error
	if errors.As(notFound, &failed) {
		failed.Err = ErrNotFound
	}
	return Profile{}, notFound
}

// certain returns the profile with an id. The error is ErrNotFound only if a listing
// that began after the 404 does not have the profile either.
func (c *Client) certain(ctx context.Context, id string) (Profile, error) {
	p, err := c.read(ctx, id)
	if !isAbsent(err) {
		return p, err
	}
	listed, listErr := c.freshProfiles(ctx)
	return c.judgeAbsence(id, err, listed, listErr)
}
