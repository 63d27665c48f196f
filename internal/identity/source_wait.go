package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

// whenSourceIsFree repeats an attempt to give a source to a profile for as long as
// the conflict passes: no profile is listed that the source feeds, or the one that is
// listed is deleted or moved by this process. For a profile that nothing is known of
// it waits only while other operations go on: a later one may delete it.
func (t *Tenant) whenSourceIsFree(ctx context.Context, attempt func(context.Context) (isc.Profile, error)) (isc.Profile, error) {
	for n := 0; ; n++ {
		profile, err := attempt(ctx)
		var conflict *isc.ConflictError
		if !errors.As(err, &conflict) || !t.passes(ctx, conflict) {
			return profile, err
		}
		if waitErr := poll.Wait(ctx, t.client.Backoff().Delay(n)); waitErr != nil {
			return profile, fmt.Errorf("%w; waiting for the source to become free ended: %w", err, waitErr)
		}
	}
}

// passes reports whether a conflict is worth another attempt.
func (t *Tenant) passes(ctx context.Context, conflict *isc.ConflictError) bool {
	if conflict.Passing() || conflict.Unfed() && t.activity.freed(conflict.Source.ID) {
		return true
	}
	return t.activity.awaitLeaving(ctx, conflict.Existing.ID)
}

// freed reports whether this process has taken a source from a profile.
func (a *activity) freed(source string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range a.profiles {
		if p.left && p.AuthoritativeSourceID.ValueString() == source {
			return true
		}
	}
	return false
}

// awaitLeaving reports whether the profile with an id is deleted or moved away,
// once that is over; false says that nothing in this process does it.
func (a *activity) awaitLeaving(ctx context.Context, id string) bool {
	if id == "" {
		return false
	}
	left := false
	a.await(ctx, func() bool {
		p := a.profiles[id]
		left = p != nil && p.left
		return left
	})
	return left
}
