package isc

import (
	"errors"
	"net/http"
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
		s.always[listRoute] = slowly((*tenant).serve)
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

// A deletion is decided by what is there when it is asked for, not by what others
// are reading already.
func TestCurrentReadIsNeverOlderThanItsRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, ids := ten(0)
		c := s.inMemory(t)
		s.always[listRoute] = func(s *tenant, w http.ResponseWriter, r *http.Request, body []byte) {
			s.serve(w, r, body)
			<-time.After(time.Second) // what was read travels
		}
		var all sync.WaitGroup
		ask := func(want int64) {
			for _, id := range ids {
				all.Go(func() {
					if p, err := c.CurrentProfile(t.Context(), id); err != nil || p.IdentityCount == nil || *p.IdentityCount != want {
						t.Errorf("profile %s: %+v, %v; want the %d identities of when it was asked for", id, p, err, want)
					}
				})
			}
		}
		ask(0)
		<-time.After(500 * time.Millisecond)
		s.mu.Lock()
		for _, p := range s.profiles {
			p["identityCount"] = 7
		}
		s.mu.Unlock()
		ask(7)
		all.Wait()
		s.expect(t, listRoute, 2)
	})
}

func TestCurrentReadDoesNotTakeASilentListingForNoIdentities(t *testing.T) {
	t.Parallel()
	s, ids := ten(0)
	s.always[listRoute] = says(200, `[{"id":"`+ids[0]+`","name":"Staff"},{"id":"`+ids[1]+`","name":"Guests","identityCount":null},{"id":"`+ids[2]+`","name":"Old","identityCount":"many"}]`)
	for _, p := range s.profiles {
		p["identityCount"] = 7
	}
	answers, err := s.client(t).readTogether(t.Context(), ids)
	for _, id := range ids[:3] {
		if count := answers[id].Result.IdentityCount; err != nil || count == nil || *count != 7 {
			t.Errorf("%+v, %v; want the 7 identities that the profile itself tells", answers[id], err)
		}
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
