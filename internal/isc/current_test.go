package isc

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestCurrentReadsTravelTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, ids := ten(0)
		const gone = "0000000000000000000000000000dead"
		ids = append(ids, gone)
		s.always[listRoute] = slowly(time.Second, (*tenant).serve)
		c := s.inMemory(t)
		var all sync.WaitGroup
		for _, id := range ids {
			all.Go(func() {
				p, err := c.CurrentProfile(t.Context(), id)
				if id == gone {
					if !errors.Is(err, ErrNotFound) {
						t.Errorf("error %v, want ErrNotFound", err)
					}
				} else if err != nil || p.ID != id {
					t.Errorf("profile %s: %+v, %v", id, p, err)
				}
			})
		}
		all.Wait()
		s.expect(t, listRoute, 1)
		if n := s.reads(); n != 1 { // the one that the listing does not have
			t.Errorf("%d profiles were read one by one, want 1", n)
		}
	})
}

// A deletion is decided by what is there when it is asked for.
func TestCurrentReadIsNeverOlderThanItsRequest(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Ann", ""))
	c, _ := listedClient(t, s)
	s.profiles[0]["identityCount"] = 7
	if p, err := c.CurrentProfile(t.Context(), a); err != nil || p.IdentityCount != 7 {
		t.Errorf("%+v, %v; want the 7 identities of now", p, err)
	}
}

func TestCurrentReadsGoOnWithoutAListing(t *testing.T) {
	t.Parallel()
	s, ids := ten(0)
	s.always[listRoute] = says(403, errorBody("403 Forbidden", "no"))
	answers, err := s.client(t).readTogether(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if answer := answers[id]; answer.Err != nil || answer.Result.ID != id {
			t.Errorf("profile %s: %+v", id, answer)
		}
	}
}
