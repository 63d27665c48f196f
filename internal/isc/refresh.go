package isc

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// fewReads is how many profiles are read one by one before a listing serves all:
// a listing costs as much as one read and holds up to 250 (contract §2.1).
const fewReads = 3

// snapshotAge is how old the listing may be. A refresh is done in seconds.
const snapshotAge = 30 * time.Second

// listing is what one reading of all profiles has shown.
type listing struct {
	number   int // counts the listings of this client
	began    time.Time
	writes   int // of this client when it began
	profiles map[string]Profile
	err      error // why there are none
}

// snapshot is the latest listing of all profiles, which serves many callers.
type snapshot struct {
	turn chan struct{} // held by the one who lists; the others wait for the listing

	mu     sync.Mutex
	reads  int // one by one, in this process
	writes int // ever
	begun  int // listings
	latest listing
}

// few counts a read and reports whether it may be one by one.
func (s *snapshot) few() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	return s.reads <= fewReads
}

// wrote makes the listing too old for a refresh.
func (s *snapshot) wrote() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
}

// begin returns the beginning of the next listing.
func (s *snapshot) begin(now time.Time) listing {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun++
	return listing{number: s.begun, began: now, writes: s.writes}
}

// keep keeps a listing.
func (s *snapshot) keep(l listing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latest = l
}

// last returns the number of the listing that began last.
func (s *snapshot) last() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun
}

// recent returns the latest listing if it began at or after a time and nothing was
// written since it began; its profiles are nil otherwise.
func (s *snapshot) recent(after time.Time) listing {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.latest.writes != s.writes || s.latest.began.Before(after) {
		return listing{}
	}
	return s.latest
}

// later returns the latest listing if its number is greater, which one that failed
// has too.
func (s *snapshot) later(number int) (listing, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.latest, s.latest.number > number
}

// RefreshProfile returns the profile with an id as Profile does, for a refresh:
// the first few are read one by one unless there is a listing already, and then
// one listing serves all, for half a minute at the most and until anything is
// written. The error is ErrNotFound when the tenant answers 404 for the profile and a
// listing does not have it either. A profile that is listed is there.
func (c *Client) RefreshProfile(ctx context.Context, id string) (Profile, error) {
	profiles := c.snapshot.recent(c.now().Add(-snapshotAge)).profiles
	p, found := profiles[id]
	switch {
	case found:
		return p, nil
	case profiles == nil && !c.snapshot.few():
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
	p, err := c.read(ctx, id)
	if !isAbsent(err) {
		return p, err
	}
	listed, listErr := c.RecentProfiles(ctx)
	return c.judgeAbsence(id, err, listed, listErr)
}

// RecentProfiles returns all profiles by their ids, from the listing that also
// serves RefreshProfile: it is at most half a minute old, and began after the last
// write of this client. Concurrent callers share one listing. The map is shared;
// callers must not change it.
func (c *Client) RecentProfiles(ctx context.Context) (map[string]Profile, error) {
	return c.shared(ctx, func() map[string]Profile { return c.snapshot.recent(c.now().Add(-snapshotAge)).profiles })
}

// freshProfiles returns all profiles by their ids, from a listing that began after
// the call. Concurrent callers share one listing, and its failure. The map is
// shared; callers must not change it.
func (c *Client) freshProfiles(ctx context.Context) (map[string]Profile, error) {
	return c.shared(ctx, func() map[string]Profile { return nil })
}

// shared returns the profiles of a listing that serves: an earlier one if it is
// enough, or one that began after the call.
func (c *Client) shared(ctx context.Context, enough func() map[string]Profile) (map[string]Profile, error) {
	asked := c.snapshot.last()
	select {
	case c.snapshot.turn <- struct{}{}:
		defer func() { <-c.snapshot.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if profiles := enough(); profiles != nil {
		return profiles, nil
	}
	if l, ok := c.snapshot.later(asked); ok {
		return l.profiles, l.err
	}
	l := c.snapshot.begin(c.now())
	listed, err := c.Profiles(ctx, Query{})
	if err != nil && (ctx.Err() != nil || errors.Is(err, ErrThrottled) || errors.Is(err, transport.ErrHeldBack)) {
		return nil, err // which is about this caller's time
	}
	if l.err = err; err == nil {
		l.profiles = make(map[string]Profile, len(listed))
		for _, p := range listed {
			l.profiles[p.ID] = p
		}
	}
	c.snapshot.keep(l)
	return l.profiles, l.err
}
