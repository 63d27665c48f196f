package simulator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestTenantByControl(t *testing.T) {
	t.Parallel()
	s, tenant, _ := startTenant(t)
	seed(tenant, 2)
	acme := connect(t, tenant)
	task := acme.bulkDelete(hex(1))
	c := newClient(t, s.Panel("lobby").URL())

	before := c.do("GET", "/_sim/state", nil)
	equal(t, "tasks", before.at("tenant", "tasks"), []any{obj{"id": task, "profile_ids": []any{hex(1)}, "polls": 0, "status": ""}})
	equal(t, "put back", c.do("PUT", "/_sim/state", before.raw).raw, before.raw)
	if strings.Contains(before.raw, acme.token) {
		t.Errorf("the state has a token: %s", before)
	}
	c.do("PUT", "/_sim/state", `{"panels":{"lobby":{"users":[{"name":"Ada"}]}},"tenant":{"profiles":[{"id":"`+hex(1)+`","name":"A","source_id":"`+hex(101)+`"}]}}`)
	equal(t, "profiles", stored(tenant), "1")
	equal(t, "users", len(s.Panel("lobby").State().Users), 1)

	r := c.do("PUT", "/_sim/settings", `{"tenant":{"client_secret":"other-secret","task_time":"1h","task_keeps":["x"]}}`)
	equal(t, "settings", []any{r.at("tenant", "task_time"), r.at("tenant", "task_keeps"), r.at("tenant", "level")}, []any{"1h0m0s", []string{"x"}, "ORG_ADMIN"})
	if strings.Contains(r.raw, "-secret") {
		t.Errorf("a secret is shown: %s", r)
	}
	equal(t, "settings put back", c.do("PUT", "/_sim/settings", c.do("GET", "/_sim/settings", nil).raw).status, 200)
	equal(t, "secret kept", tenant.Settings().ClientSecret, "other-secret")
	equal(t, "merged lists", c.do("PUT", "/_sim/settings", `{"tenant":{"task_keeps":[]}}`).at("tenant", "task_keeps"), []any{})

	equal(t, "end of tasks", c.do("DELETE", "/_sim/tasks", nil).status, 204)
	equal(t, "task", acme.poll(task), "completed SUCCESS")
	equal(t, "end of tokens", c.do("DELETE", "/_sim/tokens", nil).status, 204)
	equal(t, "token", acme.poll(task), "401")
}

func TestWrongControlRequestsChangeNoTenant(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ path, body, want string }{
		"nothing":        {"/_sim/state", `{"panels":{},"tenant":null}`, "no tenant"},
		"unknown field":  {"/_sim/state", `{"tenant":{"profile":[]}}`, `unknown field "profile"`},
		"wrong profile":  {"/_sim/state", `{"panels":{"lobby":{}},"tenant":{"profiles":[{"name":"A"}]}}`, "profiles[0]"},
		"wrong panel":    {"/_sim/state", `{"panels":{"acme":{}},"tenant":{}}`, "there are lobby"},
		"wrong setting":  {"/_sim/settings", `{"panels":{"lobby":{"limit":"lax"}},"tenant":{"level":"x"}}`, "ORG_ADMIN, API"},
		"unknown knob":   {"/_sim/settings", `{"tenant":{"polls":1}}`, `unknown field "polls"`},
		"no settings":    {"/_sim/settings", `{"tenant":[]}`, "cannot unmarshal"},
		"wrong at panel": {"/_sim/settings", `{"panels":{"lobby":{"limit":"soft"}},"tenant":{"level":"API"}}`, "strict, lax"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, tenant, _ := startTenant(t)
			seed(tenant, 1)
			state, settings := tenant.State(), tenant.Settings()
			r := newClient(t, s.ControlURL()).do("PUT", tt.path, tt.body)
			equal(t, "status", r.status, 400)
			if msg, _ := r.at("error").(string); !strings.Contains(msg, tt.want) {
				t.Errorf("error %q does not mention %q", msg, tt.want)
			}
			equal(t, "state", tenant.State(), state)
			equal(t, "settings", tenant.Settings(), settings)
			equal(t, "panel", s.Panel("lobby").Settings().Limit, "strict")
		})
	}
	c := newClient(t, start(t).ControlURL())
	equal(t, "without a tenant", c.do("PUT", "/_sim/state", `{"tenant":{}}`).at("error"), "there is no tenant")
	equal(t, "no tenant's tasks", c.do("DELETE", "/_sim/tasks", nil).status, 204)
	if c.do("GET", "/_sim/settings", nil).at("tenant") != nil {
		t.Error("there are settings of no tenant")
	}
}

func TestTenantRequestsAreLogged(t *testing.T) {
	t.Parallel()
	s, tenant, _ := startTenant(t)
	seed(tenant, 3)
	c := connect(t, tenant)
	c.bulkDelete(hex(1), hex(2), hex(2))
	c.patch(hex(3), [3]any{"replace", "/name", "x"})
	c.do("POST", bulkDelete, "[1]")
	var got []string
	for _, r := range s.Requests() {
		got = append(got, fmt.Sprint(r.Target, r.Method, r.Path, " ", r.Status, " ", r.IDs, " ", len(r.Body) > 0))
	}
	equal(t, "log", got, []string{
		"acmePOST/oauth/token 200 0 false",
		"acmePOST" + bulkDelete + " 202 3 true",
		"acmePATCH" + identityProfiles + "/" + hex(3) + " 200 0 true",
		"acmePOST" + bulkDelete + " 400 0 true",
	})
}

func TestFaultsOfATenant(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rule   simulator.Fault
		status int // 0 is a cut connection
		body   any // of the answer, when it is JSON
		text   string
		tasks  int
	}{
		"before":       {simulator.Fault{Status: 500}, 500, nil, "500.0 Internal Fault", 0},
		"after":        {simulator.Fault{Status: 500, Apply: true}, 500, nil, "An internal fault occurred.", 1},
		"cut, after":   {simulator.Fault{Cut: true, Apply: true}, 0, nil, "", 1},
		"rate limit":   {simulator.Fault{Status: 429, Headers: map[string]string{"Retry-After": "7"}}, 429, obj{"message": " Rate Limit Exceeded "}, "", 0},
		"token":        {simulator.Fault{Status: 401}, 401, obj{"error": "JWT validation failed: JWT is expired"}, "", 0},
		"right":        {simulator.Fault{Status: 403}, 403, nil, "refuses to authorize", 0},
		"edge":         {simulator.Fault{Status: 502, Body: json.RawMessage(`"<html>Bad gateway</html>"`), Headers: map[string]string{"Content-Encoding": "UTF-8", "Content-Type": "text/html"}}, 502, nil, "<html>", 0},
		"other target": {simulator.Fault{Status: 500, Target: "lobby"}, 202, nil, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, tenant, _ := startTenant(t)
			seed(tenant, 1)
			c := connect(t, tenant)
			tt.rule.Method, tt.rule.Path = "POST", bulkDelete
			if tt.rule.Target == "" {
				tt.rule.Target = "acme"
			}
			faults(t, s, tt.rule)
			r, err := c.try(t.Context(), "POST", bulkDelete, []string{hex(1)})
			equal(t, "cut", err != nil, tt.status == 0)
			equal(t, "status", r.status, tt.status)
			equal(t, "tasks", len(tenant.State().Tasks), tt.tasks)
			if tt.body != nil {
				equal(t, "body", r.json, tt.body)
			}
			if !strings.Contains(r.raw, tt.text) {
				t.Errorf("%s lacks %q", r, tt.text)
			}
			for k, v := range tt.rule.Headers {
				equal(t, k, r.header.Get(k), v)
			}
		})
	}
}
