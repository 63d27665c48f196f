package isc

import (
	"context"
	"sync"
	"time"
)

// fewReads is how many profiles are read one by one before a listing serves all:
// a listing costs as much as one read and holds up to 250 (contract §2.1).
const fewReads = 3

// snapshotAge is how old the listing may be. A refresh is done in seconds.
const snapshotAge = 30 * time.Second

// snapshot is a listing of all profiles that serves many reads.
type snapshot struct {
	turn chan struct{} // held by the one who lists; the others wait for the listing

	mu       sync.Mutex
	reads    int // one by one, in this process
	writes   int // ever, so that a listing that a write overtook is not kept
	profiles map[string]Profile
	began    time.Time
}

// few counts a read and reports whether it may be one by one.
func (s *snapshot) few() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	return s.reads <= fewReads
}

// get returns a profile of a listing that began at or after a time, and whether
// there is such a listing at all.
func (s *snapshot) get(id string, after time.Time) (p Profile, found, listed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.profiles == nil || s.began.Before(after) {
		return Profile{}, false, false
	}
	p, found = s.profiles[id]
	return p, found, true
}

// wrote drops the listing.
func (s *snapshot) wrote() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	s.profiles = nil
}

// version tells writes apart.
func (s *snapshot) version() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes
}

// keep keeps a listing, unless something was written since it began.
func (s *snapshot) keep(profiles []Profile, began time.Time, version int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if version != s.writes {
		return
	}
	s.began, s.profiles = began, map[string]Profile{}
	for _, p := range profiles {
		s.profiles[p.ID] = p
	}
}

// RefreshProfile returns the profile with an id as Profile does, for a refresh:
// the first few are read one by one, and then one listing serves all, for half a
// minute at the most and until anything is written. A profile that the listing
// does not have is read by itself, so that ErrNotFound is what the tenant says of
// that one.
func (c *Client) RefreshProfile(ctx context.Context, id string) (Profile, error) {
	if c.snapshot.few() {
		return c.Profile(ctx, id)
	}
	select {
	case c.snapshot.turn <- struct{}{}:
	case <-ctx.Done():
		return Profile{}, context.Cause(ctx)
	}
	p, found, listed := c.snapshot.get(id, c.now().Add(-snapshotAge))
	if !listed {
		began, version := c.now(), c.snapshot.version()
		profiles, err := c.Profiles(ctx, Query{})
		if err == nil {
			c.snapshot.keep(profiles, began, version)
			p, found, _ = c.snapshot.get(id, began)
		}
	}
	<-c.snapshot.turn
	if found {
		return p, nil
	}
	return c.Profile(ctx, id)
}
