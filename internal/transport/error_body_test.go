package transport

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// breaking answers with a status and a body that breaks off.
func breaking(status int) step {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Body: io.NopCloser(io.MultiReader(
			strings.NewReader("half"), readerFunc(func([]byte) (int, error) { return 0, io.ErrUnexpectedEOF })))}, nil
	}
}

func TestBodyOfAnErrorIsMereWords(t *testing.T) {
	t.Parallel()
	long := func(status int) step {
		return func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(strings.Repeat("x", 1000)))}, nil
		}
	}
	tests := map[string]struct {
		other  step
		limit  int64
		status int
		body   string
		err    error
	}{
		"long error":             {long(400), 10, 400, "xxxxxxxxxx", nil},
		"long fault":             {long(503), 10, 503, "xxxxxxxxxx", nil},
		"error breaks off":       {breaking(403), 10, 403, "half", nil},
		"long success":           {long(200), 10, 0, "", ErrBodyTooLarge},
		"success breaks off":     {breaking(200), 10, 0, "", io.ErrUnexpectedEOF},
		"long error, unasked":    {long(400), 0, 0, "", ErrBodyTooLarge},
		"breaking error unasked": {breaking(400), 0, 0, "", io.ErrUnexpectedEOF},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chain := &bounded{next: &script{steps: []step{test.other}}, timeout: time.Minute, maxBody: 100, maxErrorBody: test.limit}
			status, body, err := exchange(t, chain, get(t, "http://tenant.test/"))
			if status != test.status || body != test.body || !errors.Is(err, test.err) {
				t.Errorf("%d %q, %v; want %d %q, %v", status, body, err, test.status, test.body, test.err)
			}
		})
	}
}
