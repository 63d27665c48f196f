package transport

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

// clocked is the other side that keeps when each request arrived.
type clocked struct {
	script

	times []time.Time
}

func (c *clocked) RoundTrip(req *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.times = append(c.times, time.Now())
	c.mu.Unlock()
	return c.script.RoundTrip(req)
}

// densest is the highest number of times within any window.
func densest(times []time.Time, window time.Duration) int {
	most, from := 0, 0
	for to := range times {
		for times[to].Sub(times[from]) > window {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}

func TestNoWindowIsOverTheLimit(t *testing.T) {
	t.Parallel()
	for _, limit := range []Limit{{1, time.Second}, {2, time.Second}, {10, time.Minute}, {100, 10 * time.Second}, {1000, time.Second}} {
		for _, together := range []int{1, 30} {
			synctest.Test(t, func(t *testing.T) {
				other := &clocked{script: script{steps: []step{answers(200)}}}
				chain := newLimited(other, limit)
				var group sync.WaitGroup
				for range together {
					group.Go(func() {
						for range 3*limit.Requests/together + 2 {
							if _, _, err := exchange(t, chain, get(t, "http://tenant.test/")); err != nil {
								t.Error(err)
							}
						}
					})
				}
				group.Wait()
				if most := densest(other.times, limit.Window); most > limit.Requests {
					t.Errorf("%+v: %d requests in one window", limit, most)
				}
			})
		}
	}
}

func TestLimitedRequestIsNeverSentTooLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other := &script{steps: []step{answers(200)}}
		chain := &retrying{next: newLimited(other, Limit{1, time.Minute}), policy: Retry{Attempts: 3, Patience: time.Hour}}
		if _, _, err := exchange(t, chain, request(t, http.MethodPost, "http://tenant.test/", "x")); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, _, err := exchange(t, chain, request(t, http.MethodPost, "http://tenant.test/", "x").WithContext(ctx))
		if !errors.Is(err, ErrHeldBack) || !errors.Is(err, context.DeadlineExceeded) || !NeverSent(err) || time.Since(start) != 0 {
			t.Errorf("after %s: %v, want ErrHeldBack at once", time.Since(start), err)
		}
		if other.attempts() != 1 {
			t.Errorf("%d requests, want 1", other.attempts())
		}
	})
}

func TestInterruptWhileHeldBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		chain := newLimited(&script{steps: []step{answers(200)}}, Limit{1, time.Hour})
		if _, _, err := exchange(t, chain, get(t, "http://tenant.test/")); err != nil {
			t.Fatal(err)
		}
		interrupted := errors.New("interrupted")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(interrupted) })
		start := time.Now()
		_, _, err := exchange(t, chain, get(t, "http://tenant.test/").WithContext(ctx))
		if !errors.Is(err, ErrHeldBack) || !errors.Is(err, interrupted) || time.Since(start) != time.Second {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}

// busy is status 429, with a header when it is not empty.
func busy(retryAfter string) step {
	return func(*http.Request) (*http.Response, error) {
		resp, err := answers(429)(nil)
		resp.Header = http.Header{}
		if retryAfter != "" {
			resp.Header.Set("Retry-After", retryAfter)
		}
		return resp, err
	}
}

func TestEverybodyPausesAfter429(t *testing.T) {
	t.Parallel()
	for asked, pause := range map[string]time.Duration{"": 0, "4": 4 * time.Second, "600": 10 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			chain := newLimited(&script{steps: []step{busy(asked), answers(200)}}, Limit{100, 10 * time.Second})
			if status, _, err := exchange(t, chain, get(t, "http://tenant.test/")); err != nil || status != 429 {
				t.Fatalf("%d, %v", status, err)
			}
			short, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			start := time.Now()
			_, _, err := exchange(t, chain, get(t, "http://tenant.test/").WithContext(short))
			if pause > 0 && (!errors.Is(err, ErrHeldBack) || time.Since(start) != 0) {
				t.Errorf("%q: after %s: %v, want an end at once", asked, time.Since(start), err)
			}
			if _, _, err := exchange(t, chain, get(t, "http://tenant.test/")); err != nil || time.Since(start) != pause {
				t.Errorf("%q: after %s: %v, want %s", asked, time.Since(start), err, pause)
			}
		})
	}
}

func TestThrottledIsAMatterOfWaiting(t *testing.T) {
	t.Parallel()
	const write = 1234 * time.Second // a longer wait is not believed of a GET
	for method, want := range map[string]time.Duration{"GET": 64 * time.Second, "POST": write, "PATCH": write, "DELETE": write} {
		synctest.Test(t, func(t *testing.T) {
			other := &script{steps: []step{busy("30"), busy("1200"), busy("2"), busy("2"), answers(200)}}
			chain := &retrying{next: other, policy: Retry{Attempts: 2, Throttled: true}}
			start := time.Now()
			status, _, err := exchange(t, chain, request(t, method, "http://tenant.test/", "body"))
			if err != nil || status != 200 || time.Since(start) != want {
				t.Errorf("%s: %d, %v after %s, want 200 after %s", method, status, err, time.Since(start), want)
			}
			if got := strings.Join(other.bodies, " "); got != "body body body body body" {
				t.Errorf("bodies %s", got)
			}
			if other.closed != 5 {
				t.Errorf("%d of 5 answers closed", other.closed)
			}
		})
	}
}

func TestThrottlingUsesUpNoAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other := &script{steps: []step{busy("1"), busy(""), answers(500), busy("1"), answers(500), answers(500), answers(200)}}
		chain := &retrying{next: other, policy: Retry{Attempts: 3, Throttled: true}}
		if status, _, err := exchange(t, chain, get(t, "http://tenant.test/")); status != 500 || err != nil || other.attempts() != 6 {
			t.Errorf("%d, %v after %d requests; want the third 500", status, err, other.attempts())
		}
	})
}

func TestThrottledBeyondTheDeadlineComesBackAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other := &script{steps: []step{busy("30")}}
		chain := &retrying{next: other, policy: Retry{Attempts: 3, Throttled: true}}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		start := time.Now()
		status, body, err := exchange(t, chain, get(t, "http://tenant.test/").WithContext(ctx))
		if status != 429 || err != nil || body != "answer" || time.Since(start) != 0 || other.attempts() != 1 {
			t.Errorf("%d %q, %v after %s and %d attempts; want the 429 at once", status, body, err, time.Since(start), other.attempts())
		}
	})
}

func TestServerFaultWaitsForItsRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down := func(*http.Request) (*http.Response, error) {
			resp, err := answers(503)(nil)
			resp.Header = http.Header{"Retry-After": {"20"}}
			return resp, err
		}
		chain := &retrying{next: &script{steps: []step{down, answers(200)}}, policy: Retry{Attempts: 3, Throttled: true}}
		start := time.Now()
		if status, _, err := exchange(t, chain, get(t, "http://tenant.test/")); status != 200 || err != nil || time.Since(start) != 20*time.Second {
			t.Errorf("%d, %v after %s; want 200 after 20s", status, err, time.Since(start))
		}
	})
}

func TestInterruptWhileThrottledIsCertain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		chain := &retrying{next: &script{steps: []step{busy("30")}}, policy: Retry{Attempts: 3, Throttled: true}}
		interrupted := errors.New("interrupted")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(interrupted) })
		_, _, err := exchange(t, chain, request(t, http.MethodPost, "http://tenant.test/", "x").WithContext(ctx))
		if !errors.Is(err, interrupted) || !NeverSent(err) {
			t.Errorf("%v passes for a request that may have been carried out", err)
		}
	})
}

func TestChainOfOptionsKeepsTheLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other := &clocked{script: script{steps: []step{answers(500)}}}
		chain, err := New(Options{Base: other, Limit: Limit{10, time.Minute}, Retry: Retry{Attempts: 30, Backoff: hasty}})
		if err != nil {
			t.Fatal(err)
		}
		if status, _, err := exchange(t, chain, get(t, "http://tenant.test/")); status != 500 || err != nil {
			t.Errorf("%d, %v", status, err)
		}
		if most := densest(other.times, time.Minute); len(other.times) != 30 || most > 10 {
			t.Errorf("%d attempts, %d of them in a minute: what is sent again counts as well", len(other.times), most)
		}
	})
}

func TestNoLimitUnlessAsked(t *testing.T) {
	t.Parallel()
	for _, limit := range []Limit{{}, {-1, time.Second}, {10, 0}} {
		synctest.Test(t, func(t *testing.T) {
			chain, err := New(Options{Base: &script{steps: []step{answers(200)}}, Limit: limit})
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			for range 200 {
				if _, _, err := exchange(t, chain, get(t, "http://tenant.test/")); err != nil {
					t.Fatal(err)
				}
			}
			if time.Since(start) != 0 {
				t.Errorf("%+v: it took %s", limit, time.Since(start))
			}
		})
	}
}
