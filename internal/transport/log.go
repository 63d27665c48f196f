package transport

import (
	"net/http"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// logging writes one line for each attempt: method, host, path, status and
// time. Queries, headers and bodies are never written: a panel's login carries
// a password-equivalent hash in its query (contract §5.8), answers carry names
// and door codes.
type logging struct {
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (l *logging) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	resp, err := l.next.RoundTrip(req)
	fields := map[string]any{
		"method":      req.Method,
		"host":        req.URL.Host,
		"path":        req.URL.Path,
		"duration_ms": time.Since(start).Milliseconds(),
	}
	if err != nil {
		fields["error"] = err.Error()
		tflog.Debug(req.Context(), "HTTP request failed", fields)
		return nil, err
	}
	fields["status"] = resp.StatusCode
	fields["bytes"] = resp.ContentLength
	tflog.Trace(req.Context(), "HTTP request", fields)
	return resp, nil
}
