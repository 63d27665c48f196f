package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// ErrBodyTooLarge is the error of an answer with a body over the limit.
var ErrBodyTooLarge = errors.New("the answer is larger than this client reads")

// ErrNoAnswer is the cause of an attempt that took longer than its time.
var ErrNoAnswer = errors.New("no complete answer in time")

// bounded gives every attempt its own time and reads its whole body, up to a
// limit, so that what follows never blocks on the network.
type bounded struct {
	next    http.RoundTripper
	timeout time.Duration
	maxBody int64

	maxErrorBody int64 // of status 400 and above; as maxBody when zero
}

// RoundTrip implements http.RoundTripper.
func (b *bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	cause := fmt.Errorf("%w (%s)", ErrNoAnswer, b.timeout)
	ctx, cancel := context.WithTimeoutCause(req.Context(), b.timeout, cause)
	defer cancel()
	resp, err := b.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, timeoutCause(ctx, err)
	}
	defer resp.Body.Close()
	body, err := b.read(resp)
	if err != nil {
		return nil, timeoutCause(ctx, err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	return resp, nil
}

// read returns the body of an answer, as far as it is wanted.
func (b *bounded) read(resp *http.Response) ([]byte, error) {
	if b.maxErrorBody > 0 && resp.StatusCode >= http.StatusBadRequest {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, b.maxErrorBody))
		return body, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, b.maxBody+1))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if int64(len(body)) > b.maxBody {
		return nil, fmt.Errorf("%w (%d bytes)", ErrBodyTooLarge, b.maxBody)
	}
	return body, nil
}

// timeoutCause says why the context ended where err only says that it did.
func timeoutCause(ctx context.Context, err error) error {
	if ctx.Err() == nil || errors.Is(err, ErrBodyTooLarge) {
		return err
	}
	return context.Cause(ctx)
}
