package simulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func faults(t *testing.T, s *simulator.Simulator, rules ...simulator.Fault) {
	t.Helper()
	if err := s.SetFaults(rules...); err != nil {
		t.Fatal(err)
	}
}

// statuses are those of n listings, 0 for a cut connection.
func statuses(c *client, n int) []int {
	var out []int
	for range n {
		r, _ := c.try(c.t.Context(), "GET", usersPath, nil)
		out = append(out, r.status)
	}
	return out
}

func TestFaultsStrikeByCount(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rules []simulator.Fault
		want  []int
	}{
		"every":                  {[]simulator.Fault{{Status: 500}}, []int{500, 500, 500, 500}},
		"the second":             {[]simulator.Fault{{Status: 500, Nth: 2}}, []int{200, 500, 200, 200}},
		"two from the second":    {[]simulator.Fault{{Status: 500, Nth: 2, Count: 2}}, []int{200, 500, 500, 200}},
		"the first three":        {[]simulator.Fault{{Status: 500, Count: 3}}, []int{500, 500, 500, 200}},
		"rules count alone":      {[]simulator.Fault{{Status: 500, Nth: 1}, {Status: 503, Nth: 2}}, []int{500, 503, 200, 200}},
		"the first rule wins":    {[]simulator.Fault{{Status: 500, Nth: 2}, {Status: 503, Nth: 2, Count: 2}}, []int{200, 500, 503, 200}},
		"cut":                    {[]simulator.Fault{{Cut: true, Nth: 3}}, []int{200, 200, 0, 200}},
		"this target":            {[]simulator.Fault{{Status: 500, Target: "lobby"}}, []int{500, 500, 500, 500}},
		"another target":         {[]simulator.Fault{{Status: 500, Target: "garage"}}, []int{200, 200, 200, 200}},
		"another method":         {[]simulator.Fault{{Status: 500, Method: "POST"}}, []int{200, 200, 200, 200}},
		"method in lower case":   {[]simulator.Fault{{Status: 500, Method: "get"}}, []int{500, 500, 500, 500}},
		"exact path":             {[]simulator.Fault{{Status: 500, Path: usersPath}}, []int{500, 500, 500, 500}},
		"pattern":                {[]simulator.Fault{{Status: 500, Path: "/api/v1/access/*/items/link"}}, []int{500, 500, 500, 500}},
		"pattern stops at slash": {[]simulator.Fault{{Status: 500, Path: "/api/v1/*"}}, []int{200, 200, 200, 200}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			c := login(t, s.Panel("lobby"))
			faults(t, s, tt.rules...)
			equal(t, "statuses", statuses(c, 4), tt.want)
		})
	}
}

func TestFaultEffects(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rule    simulator.Fault
		applied bool
		status  int // 0 is a cut connection
		body    string
	}{
		"status":                 {simulator.Fault{Status: 500}, false, 500, `{"error":"Internal Server Error"}`},
		"status after the fact":  {simulator.Fault{Status: 500, Apply: true}, true, 500, `{"error":"Internal Server Error"}`},
		"cut":                    {simulator.Fault{Cut: true}, false, 0, ""},
		"cut after the fact":     {simulator.Fault{Cut: true, Apply: true}, true, 0, ""},
		"text":                   {simulator.Fault{Body: json.RawMessage(`"<html>"`)}, false, 200, "<html>"},
		"JSON":                   {simulator.Fault{Status: 400, Body: json.RawMessage(`{"error":true}`)}, false, 400, `{"error":true}`},
		"late":                   {simulator.Fault{Delay: simulator.Duration(time.Millisecond)}, true, 200, ""},
		"late cut":               {simulator.Fault{Delay: simulator.Duration(time.Millisecond), Cut: true}, false, 0, ""},
		"redirect":               {simulator.Fault{Status: 307, Headers: map[string]string{"Location": "http://elsewhere.invalid/"}}, false, 307, ""},
		"header on the ordinary": {simulator.Fault{Headers: map[string]string{"Location": "http://elsewhere.invalid/"}}, true, 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			p := s.Panel("lobby")
			c := login(t, p)
			tt.rule.Method = "POST"
			faults(t, s, tt.rule)
			r, err := c.try(t.Context(), "POST", usersPath, obj{"list_items": []any{user(1, "Ada")}})
			if (err != nil) != (tt.status == 0) {
				t.Errorf("error: %v", err)
			}
			if errors.Is(err, io.EOF) {
				t.Errorf("connection was closed in order, not reset: %v", err)
			}
			equal(t, "status", r.status, tt.status)
			if tt.body != "" {
				equal(t, "body", strings.TrimSpace(r.raw), tt.body)
			}
			equal(t, "applied", len(p.State().Users) == 1, tt.applied)
			if want := tt.rule.Headers["Location"]; want != "" {
				equal(t, "header", r.header.Get("Location"), want)
			}
			log := s.Requests()
			equal(t, "logged status", log[len(log)-1].Status, tt.status)
		})
	}
}

func TestDelayedAnswerEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := s.Panel("lobby")
	c := login(t, p)
	faults(t, s, simulator.Fault{Delay: simulator.Duration(time.Hour)})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := c.try(ctx, "POST", usersPath, obj{"list_items": []any{user(1, "Ada")}})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("error: %v", err)
	}
	// The client does not know it, but the panel did what it was asked.
	equal(t, "users", len(p.State().Users), 1)
	// Close at the end of the test must not wait an hour.
}

func TestLatencyIsAddedToVendorAnswersOnly(t *testing.T) {
	t.Parallel()
	const latency = 30 * time.Millisecond
	s := startWith(t, simulator.Config{Panels: []string{"lobby"}, Latency: latency})
	took := func(path string) time.Duration {
		began := time.Now()
		newClient(t, s.Panel("lobby").URL()).do("GET", path, nil)
		return time.Since(began)
	}
	if d := took("/api/info"); d < latency {
		t.Errorf("answered in %v", d)
	}
	equal(t, "setting", s.Panel("lobby").Settings().Latency, simulator.Duration(latency))
	equal(t, "logged", s.Requests()[0].Delay, simulator.Duration(latency))
	// An hour of latency would be noticed.
	set(s.Panel("lobby"), func(s *simulator.Settings) { s.Latency = simulator.Duration(time.Hour) })
	took("/_sim/state")
}

func TestUnavailablePanelCutsEverythingButControl(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := s.Panel("lobby")
	c := login(t, p)
	set(p, func(s *simulator.Settings) { s.Unavailable = true })
	for _, path := range []string{"/api/info", usersPath, loginPath("admin", "123456"), "/nowhere"} {
		if r, err := c.try(t.Context(), "GET", path, nil); err == nil {
			t.Errorf("%s: %s", path, r)
		}
	}
	equal(t, "other panel", newClient(t, s.Panel("garage").URL()).do("GET", "/api/info", nil).status, 200)
	equal(t, "control", c.do("PUT", "/_sim/settings", `{"panels":{"lobby":{"unavailable":false}}}`).status, 200)
	equal(t, "back again", c.do("GET", usersPath, nil).status, 200)
}

func TestWrongFaultsAreRefusedAndChangeNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := login(t, s.Panel("lobby"))
	faults(t, s, simulator.Fault{Status: 503})
	for name, rule := range map[string]simulator.Fault{
		"no effect":       {Path: usersPath},
		"only apply":      {Apply: true},
		"unknown target":  {Target: "cellar", Status: 500},
		"no such status":  {Status: 42},
		"cut with status": {Cut: true, Status: 500},
		"body not JSON":   {Body: json.RawMessage("<html>")},
		"broken pattern":  {Path: "[", Status: 500},
		"negative nth":    {Nth: -1, Status: 500},
		"negative delay":  {Delay: -1},
	} {
		if err := s.SetFaults(simulator.Fault{Status: 500}, rule); err == nil || !strings.HasPrefix(err.Error(), "rules[1]: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	equal(t, "status", statuses(c, 1), []int{503})
	faults(t, s)
	equal(t, "without rules", statuses(c, 1), []int{200})
}
