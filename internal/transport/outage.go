package transport

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

// Outage holds the limits of the one rule for another side that does not answer:
//
//   - A request outlasts an outage of Longest, and one whose context is marked by
//     Hurry an outage of Hurried. The time counts from the outage's beginning, and
//     not from the request's: the requests of one outage wait for it together.
//   - Once a request has given up, the others fail at once with the same cause for
//     the time of Rest. Then one attempt finds out whether the other side is back.
//   - A write whose answer was lost is returned to the caller, who finds out by
//     reading what became of it. That reading waits for the outage's end.
//
// An outage is a connection that cannot be made or breaks off, an attempt without an
// answer in its time, and status 502, 503 or 504; all of them count for the other
// side as a whole. Any other status from 500 on counts for the path alone, since
// another path may work. Every answer below 500 ends the outage.
type Outage struct {
	Longest time.Duration // 90 s when zero: a reboot and a half
	Hurried time.Duration // 13 s when zero
	Rest    time.Duration // 30 s when zero
}

// withDefaults returns o with its defaults.
func (o Outage) withDefaults() Outage {
	for value, standard := range map[*time.Duration]time.Duration{&o.Longest: 90 * time.Second, &o.Hurried: 13 * time.Second, &o.Rest: 30 * time.Second} {
		if *value <= 0 {
			*value = standard
		}
	}
	return o
}

// OutageError is the error of a request that an outage made fail.
type OutageError struct {
	Err    error          // the last attempt's, of this request or of another one
	Answer *http.Response // the last attempt's, if there is one
	Lasted time.Duration  // how long the outage has lasted
	Tried  bool           // this request was attempted; otherwise it failed at once

	told *atomic.Bool // shared by the errors of one outage
}

// Error implements error.
func (e *OutageError) Error() string {
	return fmt.Sprintf("for %s: %v", e.Lasted.Round(time.Second), e.Err)
}

// Unwrap returns the cause.
func (e *OutageError) Unwrap() error { return e.Err }

// First reports whether this is the first call for any error of one outage, so that
// one of them can be told in full and the others in short.
func (e *OutageError) First() bool { return e.told.CompareAndSwap(false, true) }

// StatusError is the cause of an outage in which the other side answers.
type StatusError struct{ Status int }

// Error implements error.
func (e *StatusError) Error() string {
	return fmt.Sprintf("the answer has status %d %s", e.Status, http.StatusText(e.Status))
}

type (
	hurryKey struct{}
	onceKey  struct{}
)

// Hurry returns a context whose requests outlast an outage of Outage.Hurried only.
func Hurry(ctx context.Context) context.Context { return context.WithValue(ctx, hurryKey{}, true) }

// SendOnce returns a context whose requests are treated like writes: once a request
// may have arrived, it is not sent again.
func SendOnce(ctx context.Context) context.Context { return context.WithValue(ctx, onceKey{}, true) }

// streak is a row of failures without a success in between.
type streak struct {
	began   time.Time // when the first failed attempt began
	noticed time.Time // when the first one had failed
	tried   time.Time // when the last one began
	last    time.Time // when the last one had failed
	cause   error     // of the last one
	told    *atomic.Bool
}

// outlasted returns when a request that has met the streak gives up. A hurried one
// gives up then in the middle of an attempt; another one begins its last attempt
// then, since the other side may be back in the middle of the one before.
func (o Outage) outlasted(s *streak, hurried bool) time.Time {
	if hurried {
		return s.began.Add(o.Hurried)
	}
	return s.noticed.Add(o.Longest)
}

// exhausted reports whether a request that has met the streak gives up.
func (o Outage) exhausted(s *streak, hurried bool) bool {
	if hurried {
		return !s.last.Before(o.outlasted(s, true).Add(-o.lastLook()))
	}
	return !s.tried.Before(o.outlasted(s, false))
}

// lastLook is what a hurried request keeps of its time for a last attempt.
func (o Outage) lastLook() time.Duration { return o.Hurried / 20 }

// patient sends again what an outage made fail and is safe to send again.
type patient struct {
	next    http.RoundTripper
	backoff poll.Backoff
	limits  Outage

	mu    sync.Mutex
	whole *streak            // of the other side; nil when it answers
	paths map[string]*streak // of each path
}

// RoundTrip implements http.RoundTripper.
func (p *patient) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	hurried := ctx.Value(hurryKey{}) != nil
	if err := p.admit(req, hurried); err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, err
	}
	var failed *OutageError // by the attempts before
	for n := 0; ; n++ {
		began := time.Now()
		resp, err := p.attempt(req, hurried)
		whole, cause := outageCause(resp, err)
		switch {
		case cause == nil:
			if err == nil {
				p.answered(req)
			}
			return resp, err
		case ctx.Err() != nil: // it tells nothing about the other side
			if failed != nil && repeatable(req, err) {
				return nil, failed
			}
			return resp, err
		}
		met, over := p.failed(req, began, cause, whole, hurried, n == 0)
		if !repeatable(req, err) {
			return resp, err
		}
		failed = &OutageError{Err: cause, Answer: resp, Lasted: met.last.Sub(met.began), Tried: true, told: met.told}
		again, ok := rewind(req)
		if over || !ok {
			return nil, failed
		}
		if poll.Wait(ctx, p.delay(&met, n, hurried)) != nil {
			return nil, failed
		}
		if resp != nil {
			_ = resp.Body.Close()
		}
		req = again
	}
}

// attempt sends a request once. It cuts a hurried one off when its time is over.
func (p *patient) attempt(req *http.Request, hurried bool) (*http.Response, error) {
	if s := p.met(req); s != nil && hurried {
		if limit := p.limits.outlasted(s, true); time.Now().Before(limit) {
			cause := fmt.Errorf("%w (cut off after %s)", ErrNoAnswer, time.Until(limit).Round(time.Millisecond))
			ctx, cancel := context.WithDeadlineCause(req.Context(), limit, cause)
			defer cancel() // the answer's body is in memory
			req = req.WithContext(ctx)
		}
	}
	if req.Context().Value(onceKey{}) != nil && req.Body == nil {
		// Of a GET without a body, http.Transport sends a second copy by itself when
		// a kept connection breaks. This empty one does not travel, and prevents that.
		req = req.Clone(req.Context())
		req.Body = io.NopCloser(strings.NewReader(""))
	}
	return p.next.RoundTrip(req)
}

// delay returns the wait before the next attempt, so that the last one is not late.
func (p *patient) delay(s *streak, n int, hurried bool) time.Duration {
	limit := p.limits.outlasted(s, hurried)
	if hurried {
		limit = limit.Add(-p.limits.lastLook())
	}
	if left := time.Until(limit); left > 0 {
		return min(p.backoff.Delay(n), left)
	}
	return p.backoff.Delay(0)
}

// admit returns the error of a request that comes while the other side is left alone.
func (p *patient) admit(req *http.Request, hurried bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range []*streak{p.whole, p.paths[req.URL.Path]} {
		if s != nil && p.limits.exhausted(s, hurried) && time.Since(s.last) < p.limits.Rest {
			return &OutageError{Err: s.cause, Lasted: time.Since(s.began), told: s.told}
		}
	}
	return nil
}

// met returns a copy of the streak that a request has met, nil if there is none.
func (p *patient) met(req *http.Request) *streak {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range []*streak{p.whole, p.paths[req.URL.Path]} {
		if s != nil {
			met := *s
			return &met
		}
	}
	return nil
}

// answered ends the outage.
func (p *patient) answered(req *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.whole = nil
	delete(p.paths, req.URL.Path)
}

// failed records a failed attempt. It returns the longest streak that the request
// has met, and whether the request gives up.
func (p *patient) failed(req *http.Request, began time.Time, cause error, whole, hurried, first bool) (met streak, over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	grown := func(s *streak) *streak {
		// If nobody has tried for a while, the outage may have ended in between.
		if s == nil || first && began.Sub(s.last) > p.limits.Rest && !p.limits.exhausted(s, hurried) {
			s = &streak{began: began, noticed: now, told: new(atomic.Bool)}
		}
		s.tried, s.last, s.cause = began, now, cause
		return s
	}
	path := grown(p.paths[req.URL.Path])
	p.paths[req.URL.Path] = path
	if !whole {
		p.whole = nil // it answers
		return *path, p.limits.exhausted(path, hurried)
	}
	p.whole = grown(p.whole)
	if path.began.Before(p.whole.began) {
		return *path, p.limits.exhausted(path, hurried)
	}
	return *p.whole, p.limits.exhausted(p.whole, hurried)
}

// outageCause returns why an attempt failed, nil if it is not for an outage, and
// whether the other side as a whole has failed.
func outageCause(resp *http.Response, err error) (whole bool, cause error) {
	switch {
	case err == nil && resp.StatusCode < http.StatusInternalServerError:
		return false, nil
	case err == nil:
		status := resp.StatusCode
		return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout, &StatusError{status}
	case !mendedByWaiting(err):
		return false, nil
	}
	return true, err
}

// repeatable reports whether a request that failed is safe to send again.
func repeatable(req *http.Request, err error) bool {
	return NeverSent(err) || req.Method == http.MethodGet && req.Context().Value(onceKey{}) == nil
}
