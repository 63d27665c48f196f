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

// gateway answers 404 as the tenant does, for a profile that is there.
func gateway() reply { return says(404, errorBody("404 Not found", "No such profile.")) }

// A 404 alone neither drops a profile from the state nor ends its destroy.
func TestOne404IsNoProof(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(*Client, context.Context) (Profile, error){
		"refresh": func(c *Client, ctx context.Context) (Profile, error) { return c.RefreshProfile(ctx, a) },
		"destroy": func(c *Client, ctx context.Context) (Profile, error) { return c.CurrentProfile(ctx, a) },
	} {
		t.Run(name+", listed", func(t *testing.T) {
			t.Parallel()
			s := newTenant(wire(a, "Staff", ""))
			s.always[getPrefix+a] = gateway()
			if got, err := read(s.client(t), t.Context()); err != nil || got.ID != a || got.Name != "Staff" {
				t.Errorf("%+v, %v; want the profile as it is listed", got, err)
			}
			s.expect(t, listRoute, 1)
		})
		t.Run(name+", not listed", func(t *testing.T) {
			t.Parallel()
			s := newTenant(wire(b, "Other", ""))
			if got, err := read(s.client(t), t.Context()); !errors.Is(err, ErrNotFound) {
				t.Errorf("%+v, %v; want ErrNotFound", got, err)
			}
			s.expect(t, getPrefix+a, 1)
			s.expect(t, listRoute, 1)
		})
		for what, list := range map[string]reply{
			"failing": says(403, errorBody("403 Forbidden", "No.")), "a page": says(200, "<html>"), "an object": says(200, `{}`),
			"a number as ID": says(200, `[{"id":7}]`), "null": says(200, `[null]`), "one of two": says(200, `[{"id":"x"}]`, "X-Total-Count", "2"),
		} {
			t.Run(name+", the listing is "+what, func(t *testing.T) {
				t.Parallel()
				s := newTenant()
				s.always[listRoute] = list
				_, err := read(s.client(t), t.Context())
				if errors.Is(err, ErrNotFound) {
					t.Error("nothing but a 404 says that the profile is gone")
				}
				if unproven := as[*UnprovenError](t, err); unproven.ProfileID != a {
					t.Errorf("%+v", unproven)
				}
				contains(t, err, a, "404", "does not prove")
			})
		}
	}
}

func TestProofOfAbsenceIsShared(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(*Client, context.Context, string) error{
		"refresh": func(c *Client, ctx context.Context, id string) error { _, err := c.RefreshProfile(ctx, id); return err },
		"destroy": func(c *Client, ctx context.Context, id string) error { _, err := c.CurrentProfile(ctx, id); return err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, ids := ten(0)
				s.profiles = nil
				s.always[listRoute] = slowly((*tenant).serve)
				c := s.inMemory(t)
				var all sync.WaitGroup
				for _, id := range ids {
					all.Go(func() {
						if err := read(c, t.Context(), id); !errors.Is(err, ErrNotFound) {
							t.Errorf("error %v, want ErrNotFound", err)
						}
					})
				}
				all.Wait()
				if n := len(s.sent(listRoute)); n > 2 || s.reads() != len(ids) {
					t.Errorf("%d listings and %d reads for ten profiles that are gone", n, s.reads())
				}
			})
		})
	}
}

// Where the task was not seen to end well, a 404 of a profile that is still listed
// ends no destroy.
func TestDestroyIsNotEndedByA404Alone(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*tenant){
		"task forbidden":  func(s *tenant) { s.always[taskRoute] = says(403, "") },
		"task unknown":    func(s *tenant) { s.always[taskRoute] = says(404, "") },
		"no task":         func(s *tenant) { s.always[deleteRoute] = says(202, `{}`) },
		"answer lost":     func(s *tenant) { s.always[deleteRoute] = cut },
		"ended badly":     func(s *tenant) { s.end = "ERROR" },
		"ended with care": func(s *tenant) { s.end = "WARNING" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				s.always[getPrefix+a] = gateway()
				prepare(s)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				if warnings, err := destroy(ctx, s.inMemory(t)); err == nil {
					t.Errorf("the destroy ends well, with %q, and the tenant has %v", warnings, s.profiles)
				}
			})
			synctest.Test(t, func(t *testing.T) { // it is gone
				s := newTenant(wire(a, "Staff", ""))
				prepare(s)
				s.script(getPrefix+a, func(s *tenant, w http.ResponseWriter, r *http.Request, body []byte) {
					s.mu.Lock()
					s.profiles = nil
					s.mu.Unlock()
					s.serve(w, r, body)
				})
				if _, err := destroy(t.Context(), s.inMemory(t)); err != nil {
					t.Error(err)
				}
				s.expect(t, listRoute, 1)
			})
		})
	}
}
