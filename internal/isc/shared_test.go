package isc

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A listing that was under way before a caller asked may have missed what it asks
// about.
func TestFreshListingBeginsAfterTheCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.always[listRoute] = func(s *tenant, w http.ResponseWriter, r *http.Request, body []byte) {
			s.serve(w, r, body)
			<-time.After(time.Second) // the answer travels
		}
		c := s.inMemory(t)
		var all sync.WaitGroup
		ask := func(want int) {
			all.Go(func() {
				if profiles, err := c.freshProfiles(t.Context()); err != nil || len(profiles) != want {
					t.Errorf("%d profiles, %v; want %d", len(profiles), err, want)
				}
			})
		}
		ask(1)
		<-time.After(500 * time.Millisecond)
		s.mu.Lock()
		s.profiles = nil
		s.mu.Unlock()
		c.snapshot.wrote() // which does not keep them from sharing
		for range 20 {
			ask(0)
		}
		all.Wait()
		s.expect(t, listRoute, 2)
	})
}

func TestFailureOfAListingIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant()
		s.always[listRoute] = slowly(says(403, ""))
		c := s.inMemory(t)
		c.snapshot.turn <- struct{}{} // until all have asked
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := c.freshProfiles(t.Context()); !errors.Is(err, ErrForbidden) {
					t.Errorf("error %v, want the tenant's 403", err)
				}
			})
		}
		synctest.Wait()
		<-c.snapshot.turn
		all.Wait()
		s.expect(t, listRoute, 1)
	})
}

// The end of the caller who lists says nothing about the tenant.
func TestListingOfACallerThatGivesUpIsMadeByTheNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.script(listRoute, hangs)
		c := s.inMemory(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var all sync.WaitGroup
		all.Go(func() {
			if profiles, err := c.freshProfiles(ctx); err == nil {
				t.Errorf("%v without an error", profiles)
			}
		})
		synctest.Wait()
		if profiles, err := c.freshProfiles(t.Context()); err != nil || len(profiles) != 1 {
			t.Errorf("%v, %v", profiles, err)
		}
		all.Wait()
		s.expect(t, listRoute, 2)
	})
}
