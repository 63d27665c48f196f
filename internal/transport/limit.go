package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

// ErrHeldBack is the error of a request that was kept for the rate limit's sake
// until it could not be sent any more. The other side has done nothing about it.
var ErrHeldBack = errors.New("held back by the rate limit")

// Limit is the number of requests that may leave within any time of length
// Window. The zero value sets no limit.
type Limit struct {
	Requests int
	Window   time.Duration
}

// limited sends no more requests than the limit allows, repeated ones counted.
type limited struct {
	next   http.RoundTripper
	bucket *rate.Limiter
	window time.Duration

	mu     sync.Mutex
	paused time.Time // nothing leaves before
}

// newLimited splits the limit between a burst, which makes small runs fast, and
// a steady rate: within any window no more leave than the burst and what the
// rate refills meanwhile. A twentieth is left over for requests that reach the
// other side closer together than they left.
func newLimited(next http.RoundTripper, limit Limit) *limited {
	burst := max(1, limit.Requests/5)
	spare := max(1, limit.Requests/20)
	refill := max(float64(limit.Requests-burst-spare), 0.5)
	return &limited{
		next: next, window: limit.Window,
		bucket: rate.NewLimiter(rate.Limit(refill/limit.Window.Seconds()), burst),
	}
}

// RoundTrip implements http.RoundTripper.
func (l *limited) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := l.wait(req.Context()); err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, fmt.Errorf("%w: %w", ErrHeldBack, err)
	}
	resp, err := l.next.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusTooManyRequests {
		l.pause(resp.Header)
	}
	return resp, err
}

// wait returns when it is the request's turn, and at once when that would be
// after the context's deadline.
func (l *limited) wait(ctx context.Context) error {
	for {
		l.mu.Lock()
		pause := time.Until(l.paused)
		l.mu.Unlock()
		if pause <= 0 {
			break
		}
		if deadline, bounded := ctx.Deadline(); bounded && time.Until(deadline) <= pause {
			return fmt.Errorf("requests may leave again in %s, which is too late: %w", pause.Round(time.Millisecond), context.DeadlineExceeded)
		}
		if err := poll.Wait(ctx, pause); err != nil {
			return err
		}
	}
	err := l.bucket.Wait(ctx)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	default: // it would be, and Wait's own error does not say so in kind
		return fmt.Errorf("its turn would come too late: %w", context.DeadlineExceeded)
	}
}

// pause lets nobody send within the time that the other side asks for, up to
// one window: after that the count has begun anew, and a longer time is meant
// for the refused request alone.
func (l *limited) pause(header http.Header) {
	now := time.Now()
	asked, _ := RetryAfter(header, now)
	until := now.Add(min(asked, l.window))
	l.mu.Lock()
	defer l.mu.Unlock()
	if until.After(l.paused) {
		l.paused = until
	}
}
