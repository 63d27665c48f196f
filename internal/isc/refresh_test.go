package isc

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// reads counts the reads of single profiles.
func (s *tenant) reads() (n int) {
	for _, route := range s.routes() {
		if strings.HasPrefix(route, listRoute+"/") {
			n++
		}
	}
	return n
}

func TestRefreshOfManyIsOneListing(t *testing.T) {
	t.Parallel()
	profiles := many(60)
	s := newTenant(profiles...)
	c := s.client(t)
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			id, _ := profiles[i]["id"].(string)
			if p, err := c.RefreshProfile(t.Context(), id); err != nil || p.ID != id {
				t.Errorf("profile %s: %+v, %v", id, p, err)
			}
		})
	}
	all.Wait()
	s.expect(t, listRoute, 1)
	if n := s.reads(); n != fewReads {
		t.Errorf("%d profiles were read one by one, want %d", n, fewReads)
	}
}

func TestRefreshOfAFewIsNoListing(t *testing.T) {
	t.Parallel()
	s := newTenant(many(9)...)
	c := s.client(t)
	for _, p := range many(fewReads) {
		id, _ := p["id"].(string)
		if _, err := c.RefreshProfile(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
	s.expect(t, listRoute, 0)
}

// listedClient is a client that serves reads from a listing, and its clock.
func listedClient(t *testing.T, s *tenant) (*Client, *atomic.Int64) {
	t.Helper()
	var passed atomic.Int64
	start := time.Now()
	c := s.client(t, func(cfg *Config) { cfg.Now = func() time.Time { return start.Add(time.Duration(passed.Load())) } })
	for range fewReads + 1 {
		if _, err := c.RefreshProfile(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	s.expect(t, listRoute, 1)
	return c, &passed
}

func TestListingForARefreshEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*Client, *atomic.Int64) error{
		"with its age": func(_ *Client, passed *atomic.Int64) error {
			passed.Store(int64(snapshotAge + time.Second))
			return nil
		},
		"with a change": func(c *Client, _ *atomic.Int64) error {
			_, err := c.ChangeProfile(context.Background(), a, Change{Name: ptr("Another")})
			return err
		},
		"with a deletion": func(c *Client, _ *atomic.Int64) error {
			_, err := c.StartDeletion(context.Background(), b)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTenant(wire(a, "Ann", ""), wire(b, "Bob", ""))
			c, passed := listedClient(t, s)
			if err := end(c, passed); err != nil {
				t.Fatal(err)
			}
			if _, err := c.RefreshProfile(t.Context(), a); err != nil {
				t.Fatal(err)
			}
			s.expect(t, listRoute, 2)
		})
	}
}

// Not to be in a listing is no proof: the profile itself is asked for.
func TestRefreshAsksForWhatTheListingDoesNotHave(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Ann", ""), wire(b, "Bob", ""))
	c, _ := listedClient(t, s)
	before := s.reads()
	const gone = "0000000000000000000000000000dead"
	if _, err := c.RefreshProfile(t.Context(), gone); !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v, want ErrNotFound", err)
	}
	if n := s.reads() - before; n != 1 {
		t.Errorf("%d reads of it, want 1", n)
	}
}

func TestRefreshWithoutAListing(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Ann", ""))
	s.always[listRoute] = says(http.StatusForbidden, errorBody("403 Forbidden", "no"))
	c := s.client(t)
	for range fewReads + 2 {
		if _, err := c.RefreshProfile(t.Context(), a); err != nil {
			t.Error(err)
		}
	}
}

func TestRefreshWaitsForNobodyAfterItsContext(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Ann", ""))
	c := s.client(t)
	c.snapshot.reads = fewReads
	c.snapshot.turn <- struct{}{} // somebody lists, and takes long
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.RefreshProfile(ctx, a); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}
