// Package poll waits until a condition holds: with back-off, jitter, the
// context's deadline and cancellation, and nothing else. It knows no vendor.
package poll

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Backoff says how long to wait between two looks. The zero value waits a
// quarter of a second first and grows to five seconds.
type Backoff struct {
	First  time.Duration // wait before the second look; 250 ms when zero
	Max    time.Duration // longest wait; 5 s when zero
	Factor float64       // growth from one wait to the next; 1.5 when zero
}

// jitter spreads the waits of many pollers that began together, as a fraction
// of the wait to either side.
const jitter = 0.1

// Delay returns the wait after the n-th look, n counted from 0, jittered by a
// tenth to either side.
func (b Backoff) Delay(n int) time.Duration {
	first, limit, factor := b.First, b.limit(), b.Factor
	if first <= 0 {
		first = 250 * time.Millisecond
	}
	if factor < 1 {
		factor = 1.5
	}
	wait := float64(first)
	for range n {
		wait *= factor
		if wait >= float64(limit) {
			break
		}
	}
	wait = min(wait, float64(limit))
	return time.Duration(wait * (1 - jitter + 2*jitter*rand.Float64())) //nolint:gosec // spreading load needs no secrecy
}

// limit returns the longest wait, before jitter.
func (b Backoff) limit() time.Duration {
	if b.Max <= 0 {
		return 5 * time.Second
	}
	return b.Max
}

// Wait waits for d or until the context ends, whichever comes first, and
// returns the context's cause in the second case.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// Error reports that the context ended before the condition held. It unwraps
// to the context's cause.
type Error struct {
	Looks   int           // how often the condition was looked at
	Elapsed time.Duration // since the first look began
	Err     error         // the context's cause
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("gave up after %s and %d looks: %v", e.Elapsed.Round(time.Millisecond), e.Looks, e.Err)
}

// Unwrap returns the context's cause.
func (e *Error) Unwrap() error { return e.Err }

// Until calls look, at once and then with growing waits, until it reports done
// or returns an error; that error is returned as it is. When the context ends
// first, the result is an *Error.
func Until(ctx context.Context, b Backoff, look func(context.Context) (done bool, err error)) error {
	return Paced(ctx, b, func(ctx context.Context) (bool, time.Duration, error) {
		done, err := look(ctx)
		return done, 0, err
	})
}

// Paced is Until for another side that may say itself when to look again: a
// wait over zero that look returns takes the place of the back-off's, up to the
// back-off's maximum. An hour that is asked for would cost the whole time of an
// operation that may be over in a second.
func Paced(ctx context.Context, b Backoff, look func(context.Context) (done bool, wait time.Duration, err error)) error {
	start := time.Now()
	for n := 0; ; n++ {
		done, wait, err := look(ctx)
		if err != nil || done {
			return err
		}
		if wait > 0 {
			wait = min(wait, b.limit())
		} else {
			wait = b.Delay(n)
		}
		if err := Wait(ctx, wait); err != nil {
			return &Error{Looks: n + 1, Elapsed: time.Since(start), Err: err}
		}
	}
}
