package transport

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

// retrying sends again what is safe to send again, and nothing else: the fate
// of a write whose answer was lost is for the caller to find out by reading.
type retrying struct {
	next    http.RoundTripper
	policy  Retry
	reached atomic.Bool // the other side has answered at least once
}

// The longest waits that Retry-After brings about. The vendor announces up to 1200 s
// for status 429. A GET is repeated earlier, since it is cheap and a longer wait that
// is asked for by mistake would cost an operation all of its time.
const (
	longestForReads  = 30 * time.Second
	longestForWrites = 1200 * time.Second
)

// longestAsked returns the longest wait that Retry-After brings about for a request.
func (r *retrying) longestAsked(req *http.Request) time.Duration {
	if req.Method == http.MethodGet {
		return max(longestForReads, r.policy.Backoff.Max)
	}
	return longestForWrites
}

// RoundTrip implements http.RoundTripper.
func (r *retrying) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, start := req.Context(), time.Now()
	throttled := 0 // answers that used up no attempt
	for attempt := 1; ; attempt++ {
		resp, err := r.next.RoundTrip(req)
		if err == nil {
			r.reached.Store(true)
		}
		if !r.again(req, resp, err, attempt-throttled, time.Since(start)) {
			return resp, err
		}
		wait := r.policy.Backoff.Delay(attempt - 1)
		if r.policy.Throttled && resp != nil {
			if asked, _ := RetryAfter(resp.Header, time.Now()); asked > 0 {
				wait = min(asked, r.longestAsked(req))
			}
			if deadline, limited := ctx.Deadline(); limited && time.Until(deadline) <= wait {
				return resp, err
			}
			if resp.StatusCode == http.StatusTooManyRequests {
				throttled++
			}
		}
		again, ok := rewind(req)
		if !ok {
			return resp, err
		}
		req = again
		if resp != nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
		if waitErr := poll.Wait(ctx, wait); waitErr != nil {
			switch {
			case resp != nil && resp.StatusCode == http.StatusTooManyRequests:
				err = fmt.Errorf("%w: the last answer was 429: %w", ErrHeldBack, waitErr)
			case err == nil:
				err = waitErr
			}
			return nil, err
		}
	}
}

// again reports whether the request may and should be sent once more.
func (r *retrying) again(req *http.Request, resp *http.Response, err error, attempt int, elapsed time.Duration) bool {
	switch {
	case req.Context().Err() != nil, err != nil && !mendedByWaiting(err):
		return false
	case NeverSent(err):
		// Before the first answer a wrong address is likelier than a reboot.
		if r.reached.Load() {
			return elapsed < r.policy.Patience
		}
		return attempt < r.policy.Attempts
	case r.policy.Throttled && err == nil && resp.StatusCode == http.StatusTooManyRequests:
		return true
	case req.Method != http.MethodGet:
		return false
	case err != nil:
		return attempt < r.policy.Attempts
	default:
		return resp.StatusCode >= http.StatusInternalServerError && attempt < r.policy.Attempts
	}
}

// rewind returns a request that carries its body anew, if it can be had again.
func rewind(req *http.Request) (again *http.Request, ok bool) {
	if req.Body == nil || req.Body == http.NoBody {
		return req, true
	}
	if req.GetBody == nil {
		return nil, false
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, false
	}
	again = req.Clone(req.Context())
	again.Body = body
	return again, true
}

// mendedByWaiting reports whether the next attempt may fare better than one that
// failed with err. A certificate or a scheme stays as it is.
func mendedByWaiting(err error) bool {
	return !errors.Is(err, ErrBodyTooLarge) && !errors.Is(err, ErrHeldBack) && ExplainTLS(err).Kind == TLSNone
}

// NeverSent reports whether err means that no connection could be made or secured,
// or that the request was held back, by a limit or in an outage, so that the other
// side has done nothing about it.
func NeverSent(err error) bool {
	if errors.Is(err, ErrHeldBack) || ExplainTLS(err).Kind != TLSNone {
		return true
	}
	if outage := (*OutageError)(nil); errors.As(err, &outage) && !outage.Tried {
		return true
	}
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
}
