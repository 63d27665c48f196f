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
func (s *snapshot) keep(profiles map[string]Profile, began time.Time, version int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if version == s.writes {
		s.began, s.profiles = began, profiles
	}
}

// all returns a listing that began at or after a time, nil for none.
func (s *snapshot) all(after time.Time) map[string]Profile {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.began.Before(after) {
		return nil
	}
	return s.profiles
}

// RefreshProfile returns the profile with an id as Profile does, for a refresh:
// the first few are read one by one unless there is a listing already, and then
// one listing serves all, for half a minute at the most and until anything is
// written. A profile that the listing
// does not have is read by itself, so that ErrNotFound is what the tenant says of
// that one.
func (c *Client) RefreshProfile(ctx context.Context, id string) (Profile, error) {
	p, found, listed := c.snapshot.get(id, c.now().Add(-snapshotAge))
	switch {
	case found:
		return p, nil
	case !listed && !c.snapshot.few():
		profiles, err := c.RecentProfiles(ctx)
		if ctx.Err() != nil {
			return Profile{}, context.Cause(ctx)
		}
		if err == nil {
			if p, found = profiles[id]; found {
				return p, nil
			}
		}
	}
	return c.Profile(ctx, id)
}

// RecentProfiles returns all profiles by their ids, from the listing that also
// serves RefreshProfile: it is at most half a minute old, and began after the last
// write of this client. Concurrent callers share one listing. The map is shared;
// callers must not change it.
func (c *Client) RecentProfiles(ctx context.Context) (map[string]Profile, error) {
	select {
	case c.snapshot.turn <- struct{}{}:
		defer func() { <-c.snapshot.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if profiles := c.snapshot.all(c.now().Add(-snapshotAge)); profiles != nil {
		return profiles, nil
	}
	began, version := c.now(), c.snapshot.version()
	listed, err := c.Profiles(ctx, Query{})
	if err != nil {
		return nil, err
	}
	profiles := make(map[string]Profile, len(listed))
	for _, p := range listed {
		profiles[p.ID] = p
	}
	c.snapshot.keep(profiles, began, version)
	return profiles, nil
}
