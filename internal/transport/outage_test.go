package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// hangs is an attempt that hangs until its time is over.
func hangs(after time.Duration) step {
	return func(req *http.Request) (*http.Response, error) {
		select {
		case <-time.After(after):
			return nil, fmt.Errorf("%w (%s)", ErrNoAnswer, after)
		case <-req.Context().Done():
			return nil, context.Cause(req.Context())
		}
	}
}

// failing is another side that fails in one way from one time of the test to another.
func failing(from, to time.Duration, how step) *script {
	start := time.Now()
	return &script{steps: []step{func(req *http.Request) (*http.Response, error) {
		if elapsed := time.Since(start); elapsed < from || elapsed >= to {
			return answers(200)(req)
		}
		return how(req)
	}}}
}

// outages are the ways in which another side does not answer.
func outages() map[string]step {
	return map[string]step{
		"refused": fails(errRefused), "reset": fails(errReset), "503": answers(503), "502": answers(502), "504": answers(504),
		"silent": hangs(10 * time.Second), "silent for a short time": hangs(2 * time.Second), "500": answers(500),
	}
}

func waiting(t *testing.T, other http.RoundTripper) http.RoundTripper {
	t.Helper()
	chain, err := New(Options{Base: other, Timeout: time.Hour, Outage: &Outage{}})
	if err != nil {
		t.Fatal(err)
	}
	return chain
}

func TestOutageOfNinetySecondsFailsNoReading(t *testing.T) {
	t.Parallel()
	for name, how := range outages() {
		for _, from := range []time.Duration{0, 7 * time.Second} {
			t.Run(fmt.Sprintf("%s after %s", name, from), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					chain := waiting(t, failing(from, from+90*time.Second, how))
					for time.Sleep(0); time.Since(start(t)) < from+100*time.Second; time.Sleep(time.Second) {
						if status, _, err := exchange(t, chain, get(t, "http://panel.test/")); status != 200 {
							t.Fatalf("status %d, %v", status, err)
						}
					}
				})
			})
		}
	}
}

// start is the time at which every synctest bubble begins.
func start(*testing.T) time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }

// The first attempt may have been under way for a while when the outage began.
func TestOutageThatBeginsInTheMiddleOfAnAttempt(t *testing.T) {
	t.Parallel()
	for range 5 { // the waits are jittered
		synctest.Test(t, func(t *testing.T) {
			chain := waiting(t, failing(0, 99*time.Second, hangs(10*time.Second)))
			if status, _, err := exchange(t, chain, get(t, "http://panel.test/")); status != 200 {
				t.Errorf("status %d, %v", status, err)
			}
		})
	}
}

func TestAnswerEndsTheOutageOfItsPath(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var steps []step
		for range 100 { // each fails once, and the next one succeeds
			steps = append(steps, answers(500), answers(200))
		}
		chain := waiting(t, &script{steps: steps})
		for range 100 {
			if status, _, err := exchange(t, chain, get(t, "http://panel.test/").WithContext(Hurry(t.Context()))); status != 200 {
				t.Fatalf("status %d, %v", status, err)
			}
		}
	})
}

func TestWriteThatWasNeverSentWaitsForTheEndOfAnOutage(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodPost, http.MethodDelete} {
		synctest.Test(t, func(t *testing.T) {
			other := failing(0, 90*time.Second, fails(errRefused))
			status, _, err := exchange(t, waiting(t, other), request(t, method, "http://panel.test/", "body"))
			if status != 200 || other.bodies[len(other.bodies)-1] != "body" {
				t.Errorf("%s: status %d, %v with the body %q", method, status, err, other.bodies)
			}
		})
	}
}

// What may have been carried out is for the caller to look up.
func TestWriteWithoutAnAnswerIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for name, how := range outages() {
		if name == "refused" {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			for what, req := range map[string]*http.Request{
				"POST":     request(t, http.MethodPost, "http://panel.test/", "x"),
				"GET once": get(t, "http://panel.test/").WithContext(SendOnce(t.Context())),
			} {
				other := failing(0, time.Hour, how)
				_, _, err := exchange(t, waiting(t, other), req)
				if other.attempts() != 1 || NeverSent(err) {
					t.Errorf("%s, %s: %d attempts, %v; want one that may have arrived", what, name, other.attempts(), err)
				}
			}
		})
	}
}

func TestOutageEndsInOneErrorForAll(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		hurried     bool
		least, most time.Duration
	}{
		// An attempt of ten seconds may begin before the end of the 90 s, as may one that notices the outage.
		"patient": {false, 90 * time.Second, 121 * time.Second},
		"hurried": {true, 12 * time.Second, 13 * time.Second},
	} {
		for what, how := range outages() {
			t.Run(name+"/"+what, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					other := failing(0, time.Hour, how)
					chain := waiting(t, other)
					ctx := t.Context()
					if test.hurried {
						ctx = Hurry(ctx)
					}
					var group sync.WaitGroup
					fail := func() {
						_, _, err := exchange(t, chain, get(t, "http://panel.test/").WithContext(ctx))
						var outage *OutageError
						if !errors.As(err, &outage) || strings.Count(err.Error(), "for ") != 1 {
							t.Errorf("error %v, want an OutageError", err)
						}
					}
					for range 10 {
						group.Go(fail)
					}
					group.Wait()
					ended := time.Since(start(t))
					if ended < test.least || ended > test.most {
						t.Errorf("gave up after %s, want %s to %s", ended, test.least, test.most)
					}
					attempts := other.attempts()
					for _, at := range []time.Duration{ended + time.Second, ended + 29*time.Second} {
						time.Sleep(at - time.Since(start(t)))
						if fail(); other.attempts() != attempts || time.Since(start(t)) != at {
							t.Errorf("after %s a request took until %s and %d more attempts, want none", at, time.Since(start(t)), other.attempts()-attempts)
						}
					}
					time.Sleep(2 * time.Second)
					if fail(); other.attempts() != attempts+1 {
						t.Errorf("%d attempts after the rest, want one", other.attempts()-attempts)
					}
				})
			})
		}
	}
}

func TestHurriedRequestDoesNotEndThePatienceOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		chain := waiting(t, failing(0, 60*time.Second, fails(errRefused)))
		if _, _, err := exchange(t, chain, get(t, "http://panel.test/").WithContext(Hurry(t.Context()))); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("hurried: %v, want the refusal", err)
		}
		if status, _, err := exchange(t, chain, get(t, "http://panel.test/")); status != 200 {
			t.Errorf("patient: %d, %v", status, err)
		}
	})
}

func TestStatus500IsThePathsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		chain := waiting(t, &script{steps: []step{func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/broken" {
				return answers(500)(req)
			}
			return answers(200)(req)
		}}})
		ctx := Hurry(t.Context())
		for n := range 3 {
			_, _, err := exchange(t, chain, get(t, "http://panel.test/broken").WithContext(ctx))
			var outage *OutageError
			if !errors.As(err, &outage) || outage.Tried != (n == 0) || outage.First() != (n == 0) {
				t.Errorf("request %d: %v", n, err)
			}
			if status, _, err := exchange(t, chain, get(t, "http://panel.test/good").WithContext(ctx)); status != 200 {
				t.Errorf("another path: %d, %v", status, err)
			}
		}
		if took := time.Since(start(t)); took > 13*time.Second {
			t.Errorf("it took %s, want the wait once", took)
		}
	})
}

func TestOutageOfLongAgoIsForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other := failing(10*time.Minute, 11*time.Minute, fails(errRefused))
		other.steps = append([]step{fails(errReset)}, other.steps...)
		chain := waiting(t, other)
		_, _, _ = exchange(t, chain, request(t, http.MethodPost, "http://panel.test/", "x"))
		time.Sleep(10 * time.Minute)
		if status, _, err := exchange(t, chain, get(t, "http://panel.test/")); status != 200 {
			t.Errorf("%d, %v: the time in between is not known to be an outage", status, err)
		}
	})
}

func TestOperationsDeadlineEndsTheWait(t *testing.T) {
	t.Parallel()
	for name, how := range outages() {
		synctest.Test(t, func(t *testing.T) {
			chain := waiting(t, failing(0, time.Hour, how))
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			_, _, err := exchange(t, chain, get(t, "http://panel.test/").WithContext(ctx))
			var outage *OutageError
			if !errors.As(err, &outage) || time.Since(start(t)) != 20*time.Second {
				t.Errorf("%s: %v after %s, want the outage after 20s", name, err, time.Since(start(t)))
			}
		})
	}
}

// A wrong certificate is told at once.
func TestWhatWaitingDoesNotMendIsNoOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, how := range []step{fails(ErrBodyTooLarge), fails(http.ErrSchemeMismatch), answers(400), answers(401), answers(404), answers(429)} {
			other := &script{steps: []step{how}}
			chain := waiting(t, other)
			_, _, err := exchange(t, chain, get(t, "http://panel.test/"))
			var outage *OutageError
			if other.attempts() != 1 || errors.As(err, &outage) {
				t.Errorf("%d attempts, %v", other.attempts(), err)
			}
		}
	})
}
