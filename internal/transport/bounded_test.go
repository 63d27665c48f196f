package transport

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

// silent is an other side that answers nothing until the attempt ends.
func silent(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// stalling answers the status at once and never ends the body.
func stalling(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(io.MultiReader(
		strings.NewReader(`{"list_items":[`), readerFunc(func([]byte) (int, error) {
			<-req.Context().Done()
			return 0, req.Context().Err()
		})))}, nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestAttemptEndsInTime(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]step{"without an answer": silent, "within the body": stalling} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				chain := &bounded{next: &script{steps: []step{other}}, timeout: 10 * time.Second, maxBody: 100}
				start := time.Now()
				_, _, err := exchange(t, chain, get(t, "http://panel.test/"))
				if !errors.Is(err, ErrNoAnswer) || !strings.Contains(err.Error(), "10s") {
					t.Errorf("error %v, want ErrNoAnswer with the time it took", err)
				}
				if elapsed := time.Since(start); elapsed != 10*time.Second {
					t.Errorf("ended after %s, want 10s", elapsed)
				}
			})
		})
	}
}

func TestEachAttemptHasItsOwnTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other := &script{steps: []step{silent, stalling, answers(200)}}
		chain := &retrying{
			next:   &bounded{next: other, timeout: 10 * time.Second, maxBody: 100},
			policy: Retry{Backoff: poll.Backoff{First: time.Second, Max: time.Second}, Attempts: 3},
		}
		status, body, err := exchange(t, chain, get(t, "http://panel.test/"))
		if err != nil || status != http.StatusOK || body != "answer" {
			t.Errorf("%d %q, %v; want the third attempt's answer", status, body, err)
		}
	})
}

func TestCallersOwnEndIsNotATimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		chain := &bounded{next: &script{steps: []step{silent}}, timeout: 10 * time.Second, maxBody: 100}
		ctx, cancel := context.WithCancelCause(t.Context())
		interrupted := errors.New("interrupted")
		time.AfterFunc(time.Second, func() { cancel(interrupted) })
		_, _, err := exchange(t, chain, get(t, "http://panel.test/").WithContext(ctx))
		if !errors.Is(err, interrupted) || errors.Is(err, ErrNoAnswer) {
			t.Errorf("error %v, want the caller's own cause", err)
		}
	})
}

func TestBodyIsReadUpToTheLimit(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		size int
		err  error
	}{
		"empty":            {0, nil},
		"just the limit":   {100, nil},
		"one byte over it": {101, ErrBodyTooLarge},
		"endless":          {1 << 20, ErrBodyTooLarge},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			other := &script{steps: []step{func(*http.Request) (*http.Response, error) {
				text := strings.Repeat("x", test.size)
				return &http.Response{StatusCode: 200, ContentLength: -1, Body: io.NopCloser(strings.NewReader(text))}, nil
			}}}
			chain := &bounded{next: other, timeout: time.Minute, maxBody: 100}
			resp, err := chain.RoundTrip(get(t, "http://panel.test/"))
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if other.closed != 1 {
				t.Errorf("the connection's body was closed %d times, want once", other.closed)
			}
			if err != nil {
				return
			}
			defer resp.Body.Close()
			if body, err := io.ReadAll(resp.Body); err != nil || len(body) != test.size || resp.ContentLength != int64(test.size) {
				t.Errorf("%d bytes (Content-Length %d), %v; want %d", len(body), resp.ContentLength, err, test.size)
			}
		})
	}
}

func TestLimitCountsWhatAPackedBodyUnpacksTo(t *testing.T) {
	t.Parallel()
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests++
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		_, _ = packed.Write(make([]byte, 1<<20))
		_ = packed.Close()
	}))
	chain, err := New(Options{MaxBody: 1 << 16, Retry: Retry{Backoff: hasty}})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = exchange(t, chain, get(t, server.URL))
	server.Close()
	if !errors.Is(err, ErrBodyTooLarge) || requests != 1 {
		t.Errorf("error %v after %d requests, want ErrBodyTooLarge after one", err, requests)
	}
}
