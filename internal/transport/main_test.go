package transport

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A step is what the other side does with one attempt.
type step func(*http.Request) (*http.Response, error)

// A script is a round tripper that takes one step after the other and repeats
// the last one. It keeps what each attempt carried.
type script struct {
	steps []step

	mu     sync.Mutex
	bodies []string
	closed int // answers whose body was closed
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	body := ""
	if req.Body != nil {
		data, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		body = string(data)
		_ = req.Body.Close()
	}
	s.mu.Lock()
	next := s.steps[min(len(s.bodies), len(s.steps)-1)]
	s.bodies = append(s.bodies, body)
	s.mu.Unlock()
	resp, err := next(req)
	if resp != nil {
		resp.Body = &closing{resp.Body, s}
	}
	return resp, err
}

// attempts is how many requests have arrived.
func (s *script) attempts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.bodies)
}

// closing counts the bodies that were closed.
type closing struct {
	io.ReadCloser
	script *script
}

func (c *closing) Close() error {
	c.script.mu.Lock()
	defer c.script.mu.Unlock()
	c.script.closed++
	return c.ReadCloser.Close()
}

func answers(status int) step {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader("answer"))}, nil
	}
}

func fails(err error) step {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func get(t *testing.T, url string) *http.Request {
	t.Helper()
	return request(t, http.MethodGet, url, "")
}

func request(t *testing.T, method, url, body string) *http.Request {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, reader)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// exchange sends req, closes the answer and returns its status and body.
func exchange(t *testing.T, chain http.RoundTripper, req *http.Request) (status int, body string, err error) {
	t.Helper()
	resp, err := chain.RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data), nil
}
