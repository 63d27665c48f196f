package isc

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestThrottledRequestIsSentAgainOnEveryVerb(t *testing.T) {
	t.Parallel()
	calls := map[string]func(context.Context, *Client) error{
		loginRoute:    func(ctx context.Context, c *Client) error { _, err := c.Profile(ctx, a); return err },
		getPrefix + a: func(ctx context.Context, c *Client) error { _, err := c.Profile(ctx, a); return err },
		listRoute:     func(ctx context.Context, c *Client) error { _, err := c.Profiles(ctx, Query{}); return err },
		createRoute: func(ctx context.Context, c *Client) error {
			_, err := c.CreateProfile(ctx, NewProfile{Name: "New", Source: Reference{ID: "other"}})
			return err
		},
		patchPrefix + a: func(ctx context.Context, c *Client) error {
			_, err := c.ChangeProfile(ctx, a, Change{Name: ptr("New")})
			return err
		},
		deleteRoute: func(ctx context.Context, c *Client) error { _, err := c.StartDeletion(ctx, a); return err },
	}
	for route, do := range calls {
		t.Run(route, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				c := s.inMemory(t)
				s.script(route, throttled("7"), throttled(time.Now().Add(20*time.Second).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")), throttled("1200"))
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				start := time.Now()
				if err := do(ctx, c); err != nil {
					t.Fatal(err)
				}
				s.expect(t, route, 4)
				want := 1220 * time.Second
				if strings.HasPrefix(route, http.MethodGet) { // which is repeated earlier
					want = 50 * time.Second
				}
				if took := time.Since(start).Truncate(time.Second); took != want {
					t.Errorf("it took %s, want until the date and then in all %s", took, want)
				}
			})
		})
	}
}

func TestWaitBeyondTheDeadlineFailsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.always[deleteRoute] = throttled("600")
		c := s.inMemory(t)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		start := time.Now()
		_, err := c.StartDeletion(ctx, a)
		if !errors.Is(err, ErrThrottled) || uncertain(err) || time.Since(start) != 0 {
			t.Errorf("after %s: %v, want ErrThrottled at once", time.Since(start), err)
		}
		contains(t, err, "429 Too Many Requests", `"Rate Limit Exceeded"`, "wait for 10m0s", "5m0s left", "timeout")
		s.expect(t, deleteRoute, 1)
	})
}

func TestThrottledWithoutATimeBacksOff(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"", "soon", "0", "-1"} {
		t.Run(header, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				s.script(deleteRoute, times(10, throttled(header))...)
				start := time.Now()
				if _, err := s.inMemory(t).StartDeletion(t.Context(), a); err != nil {
					t.Fatal(err)
				}
				s.expect(t, deleteRoute, 11)
				if took := time.Since(start); took < 15*time.Second || took > time.Minute {
					t.Errorf("ten times waited took %s", took)
				}
			})
		})
	}
}

func TestInterruptWhileThrottled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.always[deleteRoute] = throttled("60")
		ctx, cancel := context.WithCancelCause(t.Context())
		interrupted := errors.New("interrupted")
		time.AfterFunc(time.Second, func() { cancel(interrupted) })
		start := time.Now()
		_, err := s.inMemory(t).StartDeletion(ctx, a)
		if !errors.Is(err, interrupted) || uncertain(err) || time.Since(start) != time.Second {
			t.Errorf("after %s: %v, want the interrupt, and certainty that nothing began", time.Since(start), err)
		}
	})
}

// inEveryWindow returns the highest number of times that fall within a window.
func inEveryWindow(times []time.Time, window time.Duration) int {
	most, from := 0, 0
	for to := range times {
		for times[to].Sub(times[from]) > window {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}

func TestNoWindowHoldsMoreThanAHundredRequests(t *testing.T) {
	t.Parallel()
	for _, callers := range []int{1, 10, 400} {
		synctest.Test(t, func(t *testing.T) {
			s := newTenant(wire(a, "Staff", ""))
			s.lifetime = "15"                                                         // logins count as well
			s.script(getPrefix+a, times(60, says(500, ""))...)                        // and what is repeated
			s.script(listRoute, times(5, says(401, `{"error":"JWT is expired"}`))...) // in every way
			c := s.inMemory(t)
			start := time.Now()
			var group sync.WaitGroup
			for range callers {
				group.Go(func() {
					for range 400 / callers {
						_, _ = c.Profile(t.Context(), a)
						_, _ = c.Profiles(t.Context(), Query{})
					}
				})
			}
			group.Wait()
			var at []time.Time
			for _, r := range s.requests {
				at = append(at, r.at)
			}
			if most := inEveryWindow(at, 10*time.Second); most > 100 || most < 90 {
				t.Errorf("%d callers: up to %d requests in 10 s, want nearly 100", callers, most)
			}
			if took := time.Since(start); took > time.Duration(len(at))*140*time.Millisecond {
				t.Errorf("%d callers: %d requests took %s", callers, len(at), took)
			}
		})
	}
}

func TestFewRequestsDoNotWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		c := s.inMemory(t)
		start := time.Now()
		for range 19 {
			if _, err := c.Profile(t.Context(), a); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("19 reads and a login took %s", took)
		}
	})
}

func TestRateLimitEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		c := s.inMemory(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var group sync.WaitGroup
		var mu sync.Mutex
		var failures []error
		for range 60 {
			group.Go(func() {
				if _, err := c.StartDeletion(ctx, a); err != nil {
					mu.Lock()
					defer mu.Unlock()
					failures = append(failures, err)
				}
			})
		}
		start := time.Now()
		group.Wait()
		if time.Since(start) > time.Second || len(failures) == 0 {
			t.Errorf("%d failures after %s", len(failures), time.Since(start))
		}
		for _, err := range failures {
			if uncertain(err) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v: it was never sent", err)
			}
		}
		contains(t, failures[0], "held back", "parallelism")
	})
}
