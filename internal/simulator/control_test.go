package simulator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestControlIsOnEveryListener(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, base := range []string{s.ControlURL(), s.Panel("lobby").URL(), s.Panel("garage").URL()} {
		r := newClient(t, base).do("GET", "/_sim/state", nil)
		equal(t, base, r.json, obj{"panels": obj{
			"lobby":  obj{"users": []any{}, "time_profiles": []any{}, "identifiers": []any{}},
			"garage": obj{"users": []any{}, "time_profiles": []any{}, "identifiers": []any{}},
		}})
	}
	equal(t, "no vendor API on the control listener", newClient(t, s.ControlURL()).do("GET", "/api/info", nil).status, 404)
	equal(t, "control requests are not logged", len(s.Requests()), 0)
}

func TestStateIsReplacedPerPanel(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Panel("lobby").SetUser(simulator.User{LinkID: id(1), Name: "Ada"})
	s.Panel("garage").SetUser(simulator.User{LinkID: id(1), Name: "Ada"})
	c := newClient(t, s.ControlURL())
	garage := simulator.PanelState{
		Users:        []simulator.User{{LinkID: id(2), Name: "new"}, {UID: 5, Name: "local", TimeProfileLinkIDs: []string{id(3)}}},
		TimeProfiles: []simulator.TimeProfile{seedProfile(3, "Day")},
		Identifiers:  []simulator.Identifier{{LinkID: id(4), Type: "card", Number: "12"}},
	}
	r := c.do("PUT", "/_sim/state", obj{"panels": obj{"garage": garage}})
	equal(t, "status", r.status, 200)
	equal(t, "lobby", s.Panel("lobby").State().Users[0].Name, "Ada")
	users := s.Panel("garage").State().Users
	// The panel had a uid 1 before, and 5 is asked for.
	equal(t, "uids", []int{users[0].UID, users[1].UID}, []int{5, 6})
	equal(t, "answer is the state", r.at("panels", "garage", "users", 1, "name"), "new")

	// What GET says can be PUT back.
	before := c.do("GET", "/_sim/state", nil)
	equal(t, "put back", c.do("PUT", "/_sim/state", before.raw).raw, before.raw)
}

func TestWrongControlRequestsChangeNothing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		method, path, body string
		status             int
		want               string // part of the error
	}{
		"no JSON":                 {"PUT", "/_sim/state", "{", 400, "body"},
		"trailing data":           {"PUT", "/_sim/state", `{"panels":{"lobby":{}}} {}`, 400, "after the JSON"},
		"no panel":                {"PUT", "/_sim/state", `{}`, 400, "names no panel"},
		"unknown field":           {"PUT", "/_sim/state", `{"panels":{"lobby":{"user":[]}}}`, 400, `unknown field "user"`},
		"unknown panel":           {"PUT", "/_sim/state", `{"panels":{"lobby":{},"cellar":{}}}`, 400, `unknown panel "cellar"`},
		"link_id no uuid":         {"PUT", "/_sim/state", `{"panels":{"lobby":{"users":[{"link_id":"1"}]}}}`, 400, "not a UUID"},
		"uid twice":               {"PUT", "/_sim/state", `{"panels":{"lobby":{"users":[{"uid":1},{"uid":1}]}}}`, 400, "used twice"},
		"unknown factor":          {"PUT", "/_sim/state", `{"panels":{"lobby":{"users":[{"auth_factors":["key"]}]}}}`, 400, "auth factor"},
		"impossible time profile": {"PUT", "/_sim/state", `{"panels":{"lobby":{"time_profiles":[{"name":"x"}]}}}`, 400, "time_options"},
		"unknown setting":         {"PUT", "/_sim/settings", `{"panels":{"lobby":{"shape":"x"}}}`, 400, `unknown field "shape"`},
		"wrong value":             {"PUT", "/_sim/settings", `{"panels":{"garage":{"limit":"lax"},"lobby":{"limit":"soft"}}}`, 400, "strict, lax"},
		"wrong duration":          {"PUT", "/_sim/settings", `{"panels":{"lobby":{"latency":"soon"}}}`, 400, "soon"},
		"negative duration":       {"PUT", "/_sim/settings", `{"panels":{"lobby":{"latency":"-1s"}}}`, 400, "negative"},
		"negative number":         {"PUT", "/_sim/settings", `{"panels":{"lobby":{"max_users":-1}}}`, 400, "negative"},
		"empty password":          {"PUT", "/_sim/settings", `{"panels":{"lobby":{"password":""}}}`, 400, "empty"},
		"wrong gone code":         {"PUT", "/_sim/settings", `{"panels":{"lobby":{"gone_code":"gone"}}}`, 400, "gone_code"},
		"no version":              {"PUT", "/_sim/settings", `{"panels":{"lobby":{"api_version":"new"}}}`, 400, "api_version"},
		"settings no object":      {"PUT", "/_sim/settings", `{"panels":{"lobby":null}}`, 400, "object"},
		"unknown fault field":     {"PUT", "/_sim/faults", `{"rules":[{"status":500,"times":2}]}`, 400, `unknown field "times"`},
		"wrong fault":             {"PUT", "/_sim/faults", `{"rules":[{"status":500},{}]}`, 400, "rules[1]"},
		"unknown path":            {"GET", "/_sim/clock", "", 404, "/_sim/clock"},
		"wrong verb":              {"POST", "/_sim/state", "", 405, "POST"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			p := s.Panel("lobby")
			p.SetUser(simulator.User{LinkID: id(1), Name: "Ada"})
			before, settings := p.State(), p.Settings()
			c := newClient(t, p.URL())
			r := c.do(tt.method, tt.path, tt.body)
			equal(t, "status", r.status, tt.status)
			if msg, _ := r.at("error").(string); !strings.Contains(msg, tt.want) {
				t.Errorf("error %q does not mention %q", msg, tt.want)
			}
			equal(t, "state", p.State(), before)
			equal(t, "settings", p.Settings(), settings)
			equal(t, "other panel", s.Panel("garage").Settings().Limit, "strict")
			equal(t, "faults", c.do("GET", "/_sim/faults", nil).at("rules"), []any{})
		})
	}
}

func TestSettingsAreMerged(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newClient(t, s.ControlURL())
	put := func(partial string) reply {
		t.Helper()
		r := c.do("PUT", "/_sim/settings", fmt.Sprintf(`{"panels":{"lobby":%s}}`, partial))
		if r.status != 200 {
			t.Fatal(r)
		}
		return r
	}
	put(`{"username":"root","password":"secret","token_ttl":"2h","item_outcomes":{"a":"x","b":"y"}}`)
	r := put(`{"item_outcomes":{"c":"z"},"omit_results":["d"]}`)
	got := s.Panel("lobby").Settings()
	equal(t, "account", []string{got.Username, got.Password}, []string{"root", "secret"})
	equal(t, "outcomes are replaced", got.ItemOutcomes, map[string]string{"c": "z"})
	equal(t, "answer", r.at("panels", "lobby", "token_ttl"), "2h0m0s")
	equal(t, "other panel", s.Panel("garage").Settings(), simulator.DefaultSettings("garage"))
	if strings.Contains(r.raw, "secret") || strings.Contains(r.raw, "123456") {
		t.Errorf("a password is shown: %s", r)
	}
	// What GET says can be PUT back, and keeps the password.
	equal(t, "put back", c.do("PUT", "/_sim/settings", c.do("GET", "/_sim/settings", nil).raw).status, 200)
	equal(t, "kept", s.Panel("lobby").Settings(), got)

	p := newClient(t, s.Panel("lobby").URL())
	equal(t, "old account", p.do("GET", loginPath("admin", "123456"), nil).status, 400)
	equal(t, "new account", p.do("GET", loginPath("root", "secret"), nil).status, 200)
}

func TestFaultsByControl(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := login(t, s.Panel("lobby"))
	rules := `{"rules":[{"target":"lobby","method":"GET","path":"/api/v1/access/users/*/link","nth":2,"count":1,"status":503,"body":{"error":"x"},"headers":{"Retry-After":"1"},"delay":"1ms"}]}`
	r := c.do("PUT", "/_sim/faults", rules)
	equal(t, "status", r.status, 200)
	var want any
	if err := json.Unmarshal([]byte(rules), &want); err != nil {
		t.Fatal(err)
	}
	equal(t, "answer", r.json, want)
	equal(t, "statuses", statuses(c, 3), []int{200, 503, 200})
	c.do("PUT", "/_sim/faults", rules)
	equal(t, "counted anew", statuses(c, 2), []int{200, 503})
	c.do("PUT", "/_sim/faults", rules)
	equal(t, "delete", c.do("DELETE", "/_sim/faults", nil).status, 204)
	equal(t, "none left", statuses(c, 2), []int{200, 200})
}

func TestTokensExpireByControl(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := login(t, s.Panel("lobby"))
	equal(t, "delete", c.do("DELETE", "/_sim/tokens", nil).status, 204)
	equal(t, "list", c.do("GET", usersPath, nil).status, 401)
}

func TestRequestLog(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := login(t, s.Panel("lobby"))
	c.upsert(usersPath, user(1, "Ada"), user(2, "Bob"))
	c.do("GET", usersPath+"?page_number=2&limit=50", nil)
	c.remove(usersPath, id(1))
	c.do("POST", usersPath, "no JSON")
	newClient(t, s.Panel("garage").URL()).do("GET", "/nowhere", nil)
	c.do("POST", "/api/v1/login", `{"password":"123456"}`)
	c.do("GET", "/api/v1/login?username=admin&password=wrong&x=1", nil)

	r := newClient(t, s.ControlURL()).do("GET", "/_sim/requests", nil)
	var got []string
	for i := range r.at("requests").([]any) {
		at := func(k string) any { return r.at("requests", i, k) }
		got = append(got, fmt.Sprint(at("target"), at("method"), at("path"), "?", at("query"), " ", at("status"), " ", at("ids"), " ", at("in_flight")))
	}
	equal(t, "log", got, []string{
		"lobbyGET/api/v1/login? 200 0 1",
		"lobbyPOST" + usersPath + "? 200 2 1",
		"lobbyGET" + usersPath + "?limit=50&page_number=2 200 0 1",
		"lobbyDELETE" + usersPath + "? 200 1 1",
		"lobbyPOST" + usersPath + "? 400 0 1",
		"garageGET/nowhere? 404 0 1",
		"lobbyPOST/api/v1/login? 405 0 1",
		"lobbyGET/api/v1/login?x=1 400 0 1",
	})
	equal(t, "body", r.at("requests", 3, "body"), refs(1))
	equal(t, "body that is no JSON", r.at("requests", 4, "body"), "no JSON")
	for _, secret := range []string{"123456", "E10ADC", "wrong", c.token} {
		if strings.Contains(r.raw, secret) {
			t.Errorf("the log has %q: %s", secret, r.raw)
		}
	}
	if state := c.do("GET", "/_sim/state", nil); strings.Contains(state.raw, c.token) {
		t.Errorf("the state has a token: %s", state)
	}

	equal(t, "delete", c.do("DELETE", "/_sim/requests", nil).status, 204)
	equal(t, "empty", c.do("GET", "/_sim/requests", nil).json, obj{"requests": []any{}})
}
