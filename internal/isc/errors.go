package isc

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

// Errors to match with errors.Is.
var (
	// ErrNotFound: the tenant has no such identity profile.
	ErrNotFound = errors.New("not in the tenant")
	// ErrAmbiguous: several identity profiles have the name.
	ErrAmbiguous = errors.New("the name is not unique in the tenant")
	// ErrLoginRefused: the tenant did not accept client id and secret. They are
	// not tried again in the same process.
	ErrLoginRefused = errors.New("the tenant refused the client's credentials")
	// ErrThrottled: the tenant asks to wait for longer than there is time.
	ErrThrottled = errors.New("the tenant's rate limit is used up")
	// ErrForbidden: the client lacks a right.
	ErrForbidden = errors.New("the client lacks a right for this")
)

// Error is a request that a tenant did not answer as it should.
type Error struct {
	Tenant     string // host of the base URL
	Action     string // what was being done, "read identity profile 2c91…"
	Method     string
	Path       string
	Status     int    // 0 when no answer came
	DetailCode string // the tenant's own code, "400.1 Bad Request Content"
	Words      string // what the tenant said: the texts of messages and causes
	TrackingID string // by which the vendor's support finds the request
	Hint       string // what the user can do
	Err        error  // the cause, when there is one

	uncertain  bool          // the tenant may have carried the request out all the same
	mistaken   bool          // the answer is about something else
	absent     bool          // the tenant itself says that there is no such thing
	retryAfter time.Duration // when to ask again, by the answer itself; 0 when it does not say
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s %s", couldNot(e.Action, e.Tenant), e.Method, e.Path)
	if e.Status != 0 {
		fmt.Fprintf(&b, " answered %s", strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))))
	}
	if e.Words != "" {
		fmt.Fprintf(&b, ": the tenant says %q", e.Words)
	}
	var ids []string
	if e.DetailCode != "" {
		ids = append(ids, "detailCode "+e.DetailCode)
	}
	if e.TrackingID != "" {
		ids = append(ids, "trackingId "+e.TrackingID)
	}
	if len(ids) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(ids, ", "))
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, ". %s", e.Hint)
	}
	return b.String()
}

// couldNot begins the message of an error.
func couldNot(action, tenant string) string {
	return fmt.Sprintf("could not %s on tenant %s", action, tenant)
}

func (c *Client) couldNot(action string) string { return couldNot(action, c.Tenant()) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Unanswered reports whether no answer came.
func (e *Error) Unanswered() bool { return e.Status == 0 }

// ServerFailed reports whether the tenant, or something before it, answered that it
// failed.
func (e *Error) ServerFailed() bool { return e.Status >= http.StatusInternalServerError }

// Final reports whether the same request would be refused again.
func (e *Error) Final() bool {
	return e.Status >= http.StatusMultipleChoices && e.Status < http.StatusInternalServerError &&
		e.Status != http.StatusRequestTimeout && e.Status != http.StatusTooManyRequests
}

// ConflictError is a profile that cannot be created or moved because its source
// feeds another profile: a source feeds at most one (contract §2.2).
type ConflictError struct {
	Tenant   string
	Name     string    // of the profile that was to be created or moved
	Source   Reference // that it was to be fed by
	Existing Profile   // that the source feeds; its ID is empty when none was found
	Err      error     // the tenant's answer; nil when nothing was sent because the conflict was seen before

	listed   bool    // all profiles were read after the answer
	namesake Profile // another one with the same name, which the tenant may mean; its ID is empty when there is none
}

// Unfed reports whether no profile is listed that the source feeds.
func (e *ConflictError) Unfed() bool { return e.listed && e.Existing.ID == "" }

// Passing reports whether no profile is listed that the source feeds, so that the
// conflict is the rest of a deletion and passes by itself. Nor is one listed with the
// same name, which the tenant could mean as well.
func (e *ConflictError) Passing() bool {
	return e.Unfed() && e.namesake.ID == ""
}

// Error implements error.
func (e *ConflictError) Error() string {
	var b strings.Builder
	switch {
	case e.Existing.ID != "":
		fmt.Fprintf(&b, "source %s feeds identity profile %q (%s) of tenant %s, and a source feeds at most one", e.Source, printable.Text(e.Existing.Name), e.Existing.ID, e.Tenant)
	case !e.listed:
		fmt.Fprintf(&b, "tenant %s says that source %s is in use", e.Tenant, e.Source)
	default:
		fmt.Fprintf(&b, "tenant %s says that source %s is in use, but lists no identity profile that it feeds", e.Tenant, e.Source)
		if e.namesake.ID != "" {
			fmt.Fprintf(&b, "; identity profile %s has the same name, %q", e.namesake.ID, e.Name)
		}
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap returns the tenant's answer.
func (e *ConflictError) Unwrap() error { return e.Err }

// UnconfirmedError wraps the error of a request that the tenant may have carried
// out: its answer was lost, and reading did not settle it.
type UnconfirmedError struct {
	Hint string // how to find out
	Err  error
}

// Error implements error.
func (e *UnconfirmedError) Error() string {
	text := strings.TrimSuffix(e.Err.Error(), ".") + ". The request was sent, and the tenant may have carried it out all the same"
	if e.Hint != "" {
		text += ". " + e.Hint
	}
	return text
}

// Unwrap returns the cause.
func (e *UnconfirmedError) Unwrap() error { return e.Err }

// uncertain reports whether err leaves open what the tenant did.
func uncertain(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.uncertain
}

// status returns the status of the answer that err is about, 0 for none.
func status(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}
