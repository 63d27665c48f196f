package isc

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestParseBaseURL(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		url, want string
		failure   string // a part of the error; empty for none
	}{
		"a tenant":          {"https://acme.api.identitynow.com", "https://acme.api.identitynow.com", ""},
		"slash at the end":  {"https://acme.api.identitynow.com/", "https://acme.api.identitynow.com", ""},
		"blanks around":     {" https://acme.api.identitynow.com\n", "https://acme.api.identitynow.com", ""},
		"gateway with path": {"https://gate.example.com/isc/", "https://gate.example.com/isc", ""},
		"vanity host, port": {"https://id.example.com:8443", "https://id.example.com:8443", ""},
		"simulator":         {"http://127.0.0.1:8080", "http://127.0.0.1:8080", ""},
		"simulator, IPv6":   {"http://[::1]:8080", "http://[::1]:8080", ""},
		"simulator, name":   {"http://localhost:8080", "http://localhost:8080", ""},
		"http elsewhere":    {"http://acme.api.identitynow.com", "", "in clear"},
		"http by name":      {"http://localhost.example.com", "", "in clear"},
		"nothing":           {"", "", "https://"},
		"no scheme":         {"acme.api.identitynow.com", "", "https://"},
		"no host":           {"https://", "", "no host"},
		"other scheme":      {"ftp://acme.api.identitynow.com", "", "https://"},
		"credentials":       {"https://id:s3cret@acme.api.identitynow.com", "", "credentials"},
		"query":             {"https://acme.api.identitynow.com?client_secret=s3cret", "", "query"},
		"fragment":          {"https://acme.api.identitynow.com#x", "", "fragment"},
		"version":           {"https://acme.api.identitynow.com/v2025/", "", "/v2025 does not belong"},
		"beta":              {"https://acme.api.identitynow.com/beta", "", "/beta does not belong"},
		"token address":     {"https://acme.api.identitynow.com/oauth/token", "", "/oauth/token does not belong"},
		"web address":       {"https://acme.identitynow.com", "", "acme.identitynow.com is the tenant's web address; its API is at https://acme.api.identitynow.com"},
		"login address":     {"https://ACME.login.identitynow.com/x", "", "its API is at https://acme.api.identitynow.com"},
		"demo web address":  {"https://acme.identitynow-demo.com", "", "its API is at https://acme.api.identitynow-demo.com"},
		"demo tenant":       {"https://acme.api.identitynow-demo.com", "https://acme.api.identitynow-demo.com", ""},
		"no URL":            {"https://s3cret\x7f@x", "", "not a valid URL"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseBaseURL(test.url)
			switch {
			case test.failure == "" && (err != nil || got.String() != test.want):
				t.Errorf("%v, %v; want %s", got, err, test.want)
			case test.failure != "" && (err == nil || !strings.Contains(err.Error(), test.failure)):
				t.Errorf("error %v, want one about %q", err, test.failure)
			case err != nil && strings.Contains(err.Error(), "s3cret"):
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"base URL":      func(c *Config) { c.BaseURL = "acme" },
		"client id":     func(c *Config) { c.ClientID = "" },
		"client secret": func(c *Config) { c.ClientSecret = "" },
		`"v4"`:          func(c *Config) { c.Family = "v4" },
	} {
		_, err := New(config("https://acme.test", []func(*Config){change}))
		contains(t, err, name)
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
}

func TestFamilies(t *testing.T) {
	t.Parallel()
	want := map[string]struct{ profiles, tasks, experimental string }{
		"v1":    {"/identity-profiles/v1", "/task-status/v1", ""},
		"v3":    {"/v3/identity-profiles", "/v2025/task-status", "true"},
		"v2024": {"/v2024/identity-profiles", "/v2024/task-status", "true"},
		"v2025": {"/v2025/identity-profiles", "/v2025/task-status", "true"},
		"v2026": {"/v2026/identity-profiles", "/v2026/task-status", "true"},
	}
	if got := Families(); len(got) != len(want) || got[0] != "v1" {
		t.Errorf("families %q", got)
	}
	for _, name := range append(Families(), "") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			paths := want[name]
			if name == "" {
				paths = want["v1"]
			}
			s := newTenant()
			maps.Copy(s.always, map[string]reply{
				"GET " + paths.profiles:                   says(200, `[]`),
				"GET " + paths.profiles + "/" + a:         says(404, `{}`),
				"POST " + paths.profiles + "/bulk-delete": says(202, `{"id":"`+taskID+`"}`),
				"GET " + paths.tasks + "/" + taskID:       says(200, taskBody(`"SUCCESS"`)),
			})
			c := s.client(t, func(cfg *Config) { cfg.Family = name })
			d, err := c.StartDeletion(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			if _, err = c.AwaitDeletion(t.Context(), d, a); err != nil {
				t.Fatal(err)
			}
			if _, err = c.Profiles(t.Context(), Query{}); err != nil {
				t.Fatal(err)
			}
			for _, r := range s.requests {
				experimental := r.header.Get("X-SailPoint-Experimental")
				switch {
				case r.route == loginRoute:
					if experimental != "" {
						t.Error("the login is called experimental")
					}
				case s.always[r.route] == nil:
					t.Errorf("%s was asked for", r.route)
				case experimental != paths.experimental:
					t.Errorf("X-SailPoint-Experimental %q with %s, want %q", experimental, r.route, paths.experimental)
				}
			}
		})
	}
}

func TestRequestHeaders(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	c := s.client(t)
	if _, err := c.ChangeProfile(t.Context(), a, Change{Name: ptr("People")}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.StartDeletion(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	types := map[string]string{
		loginRoute: "application/x-www-form-urlencoded", getPrefix + a: "",
		patchPrefix + a: "application/json-patch+json", deleteRoute: "application/json",
	}
	for _, r := range s.requests {
		want, known := types[r.route]
		if got := r.header.Get("Content-Type"); !known || got != want {
			t.Errorf("Content-Type %q with %s, want %q", got, r.route, want)
		}
		if r.header.Get("User-Agent") != "gatehouse/test" || r.header.Get("Accept") != "application/json" {
			t.Errorf("headers of %s: %v", r.route, r.header)
		}
		wantToken := "Bearer token-1"
		if r.route == loginRoute {
			wantToken = ""
		}
		if got := strings.Join(r.header.Values("Authorization"), ","); got != wantToken {
			t.Errorf("Authorization %q with %s", got, r.route)
		}
	}
	if routes := []string{loginRoute, getPrefix + a, patchPrefix + a, deleteRoute}; !slices.Equal(s.routes(), routes) {
		t.Errorf("requests %q, want %q", s.routes(), routes)
	}
}

func TestGatewayPathStandsBeforeEveryPath(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	c := s.client(t)
	c.base.Path = "/isc"
	outer := direct{http.StripPrefix("/isc", s)}
	c.http = outer
	if _, err := c.Profile(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	s.expect(t, loginRoute, 1)
	s.expect(t, getPrefix+a, 1)
}
