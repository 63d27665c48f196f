package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

var (
	errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	errReset   = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
)

// hasty waits next to nothing between attempts.
var hasty = poll.Backoff{First: time.Microsecond, Max: time.Microsecond}

func TestWhatIsSentAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		method   string
		steps    []step
		attempts int // that are made, of 3 allowed
		status   int // 0: an error comes back
	}{
		"GET answered":                     {"GET", []step{answers(200)}, 1, 200},
		"GET answered 500 once":            {"GET", []step{answers(500), answers(200)}, 2, 200},
		"GET answered 503 twice":           {"GET", []step{answers(503), answers(502), answers(200)}, 3, 200},
		"GET answered 500 for ever":        {"GET", []step{answers(500)}, 3, 500},
		"GET cut off":                      {"GET", []step{fails(errReset), answers(200)}, 2, 200},
		"GET cut off for ever":             {"GET", []step{fails(io.ErrUnexpectedEOF)}, 3, 0},
		"GET not sent for ever":            {"GET", []step{fails(errRefused)}, 3, 0},
		"GET with too large an answer":     {"GET", []step{fails(ErrBodyTooLarge)}, 1, 0},
		"GET redirected":                   {"GET", []step{answers(302)}, 1, 302},
		"GET answered 400":                 {"GET", []step{answers(400)}, 1, 400},
		"GET answered 401":                 {"GET", []step{answers(401)}, 1, 401},
		"GET answered 404":                 {"GET", []step{answers(404)}, 1, 404},
		"GET answered 429":                 {"GET", []step{answers(429)}, 1, 429},
		"POST answered 500":                {"POST", []step{answers(500)}, 1, 500},
		"POST cut off":                     {"POST", []step{fails(errReset)}, 1, 0},
		"POST without an answer in time":   {"POST", []step{fails(ErrNoAnswer)}, 1, 0},
		"POST not sent, then answered":     {"POST", []step{fails(errRefused), fails(errRefused), answers(200)}, 3, 200},
		"POST not sent, then cut off":      {"POST", []step{fails(errRefused), fails(errReset)}, 2, 0},
		"POST not sent for ever":           {"POST", []step{fails(errRefused)}, 3, 0},
		"DELETE answered 503":              {"DELETE", []step{answers(503)}, 1, 503},
		"DELETE cut off":                   {"DELETE", []step{fails(io.EOF)}, 1, 0},
		"DELETE not sent, then answered":   {"DELETE", []step{fails(errRefused), answers(200)}, 2, 200},
		"PUT answered 500":                 {"PUT", []step{answers(500)}, 1, 500},
		"PATCH cut off":                    {"PATCH", []step{fails(errReset)}, 1, 0},
		"GET not sent, 500, then answered": {"GET", []step{fails(errRefused), answers(500), answers(200)}, 3, 200},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const body = `{"link_ids":["a"]}`
			other := &script{steps: test.steps}
			chain := &retrying{next: other, policy: Retry{Backoff: hasty, Attempts: 3, Patience: time.Minute}}
			sent := ""
			if test.method != http.MethodGet {
				sent = body
			}
			status, _, err := exchange(t, chain, request(t, test.method, "http://panel.test/", sent))
			if status != test.status || (err != nil) != (test.status == 0) {
				t.Errorf("status %d, error %v; want status %d", status, err, test.status)
			}
			if other.attempts() != test.attempts {
				t.Errorf("%d attempts, want %d", other.attempts(), test.attempts)
			}
			if slices.ContainsFunc(other.bodies, func(body string) bool { return body != sent }) {
				t.Errorf("attempts carried %q, each should carry %q", other.bodies, sent)
			}
		})
	}
}

func TestBodyThatCannotBeHadAgainIsSentOnce(t *testing.T) {
	t.Parallel()
	other := &script{steps: []step{fails(errRefused), answers(200)}}
	chain := &retrying{next: other, policy: Retry{Backoff: hasty, Attempts: 3}}
	req := request(t, http.MethodPost, "http://panel.test/", "body")
	req.GetBody = nil
	if _, _, err := exchange(t, chain, req); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("error %v, want the refusal", err)
	}
	if other.attempts() != 1 {
		t.Errorf("%d attempts, want 1: the body is spent", other.attempts())
	}
}

func TestAnswersThatAreGivenUpAreClosed(t *testing.T) {
	t.Parallel()
	other := &script{steps: []step{answers(500), answers(500), answers(200)}}
	chain := &retrying{next: other, policy: Retry{Backoff: hasty, Attempts: 3}}
	resp, err := chain.RoundTrip(get(t, "http://panel.test/"))
	if err != nil {
		t.Fatal(err)
	}
	if other.closed != 2 {
		t.Errorf("%d answers closed before the last is returned, want 2", other.closed)
	}
	_ = resp.Body.Close()
}

func TestCancellationEndsTheWaitBetweenAttempts(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]step{"after 500": answers(500), "after a refused connection": fails(errRefused)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				other := &script{steps: []step{first}}
				day := poll.Backoff{First: 24 * time.Hour, Max: 24 * time.Hour}
				chain := &retrying{next: other, policy: Retry{Backoff: day, Attempts: 3}}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				start := time.Now()
				if _, _, err := exchange(t, chain, get(t, "http://panel.test/").WithContext(ctx)); err == nil {
					t.Error("no error")
				}
				if elapsed := time.Since(start); elapsed != time.Second || other.attempts() != 1 {
					t.Errorf("ended after %s and %d attempts, want 1s and 1", elapsed, other.attempts())
				}
			})
		})
	}
}

func TestOverARealConnection(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]int32{"GET": 3, "POST": 1, "DELETE": 1} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				requests.Add(1)
				w.WriteHeader(http.StatusBadGateway)
			}))
			defer server.Close()
			chain, err := New(Options{Retry: Retry{Backoff: hasty}}) // 3 attempts unless told otherwise
			if err != nil {
				t.Fatal(err)
			}
			status, _, err := exchange(t, chain, request(t, method, server.URL, "x"))
			if err != nil || status != http.StatusBadGateway || requests.Load() != want {
				t.Errorf("status %d, error %v after %d requests; want 502 after %d", status, err, requests.Load(), want)
			}
		})
	}
}

func TestConnectionThatNobodyTakesWasNeverSent(t *testing.T) {
	t.Parallel()
	chain, err := New(Options{Retry: Retry{Backoff: hasty, Attempts: 2}})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = exchange(t, chain, request(t, http.MethodPost, "http://127.0.0.1:1/api/v1/login?password=secret", "x"))
	if !NeverSent(err) {
		t.Errorf("%v passes for a request that may have arrived", err)
	}
	if err != nil && strings.Contains(err.Error(), "secret") {
		t.Errorf("the error repeats the query: %v", err)
	}
	if NeverSent(errReset) || NeverSent(nil) || NeverSent(io.EOF) {
		t.Error("a reset connection passes for one that was never made")
	}
}

func TestAddressThatSwallowsConnectionsWasNeverSentTo(t *testing.T) {
	t.Parallel()
	chain, err := New(Options{Timeout: 400 * time.Millisecond, Retry: Retry{Attempts: 1}})
	if err != nil {
		t.Fatal(err)
	}
	// An address for documentation: no network leads there.
	if _, _, err := exchange(t, chain, request(t, http.MethodPost, "http://192.0.2.1/", "x")); !NeverSent(err) {
		t.Errorf("%v passes for a request that may have arrived", err)
	}
}
