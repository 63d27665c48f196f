package isc

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// says replies with a status and a body; headers come in pairs.
func says(status int, body string, headers ...string) reply {
	return func(_ *tenant, w http.ResponseWriter, _ *http.Request, _ []byte) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		write(w, status, body)
	}
}

// cut loses the request.
func cut(*tenant, http.ResponseWriter, *http.Request, []byte) { panic(http.ErrAbortHandler) }

// hangs answers nothing until the client gives up.
func hangs(_ *tenant, _ http.ResponseWriter, r *http.Request, _ []byte) { <-r.Context().Done() }

// slowly replies after a second, of a clock that synctest may turn.
func slowly(other reply) reply {
	return func(s *tenant, w http.ResponseWriter, r *http.Request, body []byte) {
		<-time.After(time.Second)
		other(s, w, r, body)
	}
}

// doneThen carries the request out and then replies otherwise.
func doneThen(other reply) reply {
	return func(s *tenant, w http.ResponseWriter, r *http.Request, body []byte) {
		s.serve(httptest.NewRecorder(), r, body)
		other(s, w, r, body)
	}
}

// removing carries the queued deletion out and then replies.
func removing(other reply) reply {
	return func(s *tenant, w http.ResponseWriter, r *http.Request, body []byte) {
		s.mu.Lock()
		s.remove()
		s.mu.Unlock()
		other(s, w, r, body)
	}
}

// times is a reply n times over.
func times(n int, a reply) []reply { return slices.Repeat([]reply{a}, n) }

// throttled is status 429 as contract §2.6 has it.
func throttled(retryAfter string) reply {
	return says(429, `{"message":" Rate Limit Exceeded "}`, "Retry-After", retryAfter)
}

// routes of the requests so far, in order.
func (s *tenant) routes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var routes []string
	for _, r := range s.requests {
		routes = append(routes, r.route)
	}
	return routes
}

// sent returns the requests to one route.
func (s *tenant) sent(route string) []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []received
	for _, r := range s.requests {
		if r.route == route {
			found = append(found, r)
		}
	}
	return found
}

// expect fails unless exactly n requests went to route.
func (s *tenant) expect(t *testing.T, route string, n int) {
	t.Helper()
	if got := len(s.sent(route)); got != n {
		t.Errorf("%d times %s, want %d; all requests:\n%s", got, route, n, strings.Join(s.routes(), "\n"))
	}
}

// parse reads an object the way the tenant would have received it.
func parse(text string) object {
	var o object
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		panic(err)
	}
	return o
}

func sub(o object, key string) object {
	found, _ := o[key].(object)
	return found
}

// wire is a profile as a tenant holds it, fed by the source "s" + id; more holds
// further keys, in JSON.
func wire(id, name, more string) object {
	o := parse(`{"created":"2026-01-01T00:00:00Z","modified":"Mon Aug 21 14:57:39 CDT 2023","description":null,"owner":null,"priority":10,
		"identityRefreshRequired":false,"identityCount":0,"identityExceptionReportReference":null,"hasTimeBasedAttr":false,
		"identityAttributeConfig":{"enabled":true,"attributeTransforms":[]}}`)
	o["id"], o["name"] = id, name
	o["authoritativeSource"] = object{"type": "SOURCE", "id": "s" + id, "name": "Source of " + name}
	if more != "" {
		maps.Copy(o, parse(more))
	}
	return o
}

// contains fails unless the error's text has all parts.
func contains(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", parts)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in the error: %v", part, err)
		}
	}
}

// as fails unless err holds an error of type E, and returns it.
func as[E error](t *testing.T, err error) E {
	t.Helper()
	var found E
	if !errors.As(err, &found) {
		t.Fatalf("error %v (%T), want a %T", err, err, found)
	}
	return found
}

func ptr[T any](value T) *T { return &value }

// a and b are ids of profiles as the vendor writes them.
const (
	a = "2c9180867b2a34e0017b3078d60b0699"
	b = "2c9180867b2a34e0017b3078d60b0698"
)
