package simulator_test

import (
	"bytes"
	"mime/multipart"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestTokenAnswers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change []string
		status int
		err    any
	}{
		"right":               {nil, 200, nil},
		"unknown client":      {[]string{"client_id", "x"}, 401, "invalid_client"},
		"wrong secret":        {[]string{"client_secret", "x"}, 401, "invalid_client"},
		"no secret":           {[]string{"client_secret", ""}, 401, "invalid_client"},
		"no grant":            {[]string{"grant_type", ""}, 400, "invalid_request"},
		"other grant":         {[]string{"grant_type", "password"}, 400, "unsupported_grant_type"},
		"grant in upper case": {[]string{"grant_type", "CLIENT_CREDENTIALS"}, 400, "unsupported_grant_type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, tenant, _ := startTenant(t)
			r := authenticate(newClient(t, tenant.URL()), tokenForm(tt.change...))
			equal(t, "status", r.status, tt.status)
			equal(t, "error", r.at("error"), tt.err)
			if tt.err == nil {
				equal(t, "type", r.at("token_type"), "bearer")
				equal(t, "lifetime", r.at("expires_in"), 749)
				equal(t, "tenant", r.at("org"), "acme")
			}
		})
	}
}

func TestTokenRequestsInEveryForm(t *testing.T) {
	t.Parallel()
	s, tenant, _ := startTenant(t)
	c := newClient(t, tenant.URL())

	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range tokenForm() {
		if err := w.WriteField(k, v[0]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	equal(t, "urlencoded", authenticate(c, tokenForm()).status, 200)
	equal(t, "multipart", c.as(w.FormDataContentType()).do("POST", "/oauth/token", body.String()).status, 200)
	equal(t, "query", c.do("POST", "/oauth/token?"+tokenForm().Encode(), nil).status, 200)
	equal(t, "the body goes first", c.as("application/x-www-form-urlencoded").do("POST", "/oauth/token?client_id=x", tokenForm().Encode()).status, 200)
	equal(t, "not read as a form", c.as("application/json").do("POST", "/oauth/token", tokenForm().Encode()).status, 400)
	equal(t, "broken multipart", c.as("multipart/form-data").do("POST", "/oauth/token", body.String()).status, 400)

	var inQuery []bool
	for _, r := range s.Requests() {
		inQuery = append(inQuery, r.SecretInQuery)
		if len(r.Body) > 0 || strings.Contains(r.Query, "secret") {
			t.Errorf("a secret is in the log: %+v", r)
		}
	}
	equal(t, "secret in query", inQuery, []bool{false, false, true, false, false, false})
	log := newClient(t, s.ControlURL()).do("GET", "/_sim/requests", nil)
	if strings.Contains(log.raw, "simulated-secret") {
		t.Errorf("a secret is in the log: %s", log)
	}
	equal(t, "flag in the log", log.at("requests", 2, "secret_in_query"), true)
}

func TestOAuthInfoNamesTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	_, tenant, _ := startTenant(t)
	r := newClient(t, tenant.URL()).do("GET", "/oauth/info", nil)
	equal(t, "endpoint", r.at("tokenEndpoint"), tenant.URL()+"/oauth/token")
}

func TestTenantTokensEnd(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		setting func(*simulator.TenantSettings)
		end     func(c *client, tenant *simulator.Tenant, now *clock)
	}{
		"by time": {
			func(s *simulator.TenantSettings) { s.TokenLifetime = simulator.Duration(15 * time.Second) },
			func(c *client, _ *simulator.Tenant, now *clock) {
				now.move(15*time.Second - 1)
				equal(c.t, "just before the end", c.do("GET", identityProfiles, nil).status, 200)
				now.move(1)
			},
		},
		"by use": {
			func(s *simulator.TenantSettings) { s.TokenRequests = 3 },
			func(c *client, _ *simulator.Tenant, _ *clock) {
				equal(c.t, "second use", c.do("GET", identityProfiles, nil).status, 200)
				equal(c.t, "third use", c.do("GET", taskStatus+hex(9), nil).status, 404)
			},
		},
		"all at once": {
			func(*simulator.TenantSettings) {},
			func(_ *client, tenant *simulator.Tenant, _ *clock) { tenant.ExpireTokens() },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, tenant, now := startTenant(t)
			tenant.SetSettings(tt.setting)
			c := connect(t, tenant)
			equal(t, "first use", c.do("GET", identityProfiles, nil).status, 200)
			tt.end(c, tenant, now)
			r := c.do("GET", identityProfiles, nil)
			equal(t, "status after the end", r.status, 401)
			equal(t, "body after the end", r.json, obj{"error": "JWT validation failed: JWT is expired"})
			c.reconnect()
			equal(t, "with a new token", c.do("GET", identityProfiles, nil).status, 200)
		})
	}
}

func TestEveryTenantPathWantsAToken(t *testing.T) {
	t.Parallel()
	_, tenant, _ := startTenant(t)
	c := newClient(t, tenant.URL())
	for _, req := range [][2]string{
		{"GET", identityProfiles},
		{"POST", identityProfiles},
		{"POST", bulkDelete},
		{"GET", identityProfiles + "/" + hex(1)},
		{"PATCH", identityProfiles + "/" + hex(1)},
		{"DELETE", identityProfiles + "/" + hex(1)},
		{"GET", "/v2025/task-status"},
		{"GET", taskStatus + hex(1)},
		{"GET", "/sources/v1/" + hex(1)},
	} {
		equal(t, req[0]+req[1], c.do(req[0], req[1], nil).status, 401)
	}
}

func TestAPIClientDeletesButReadsNoTasks(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 1)
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.Level = "API" })
	task := c.bulkDelete(hex(1))
	for _, path := range []string{taskStatus + task, taskStatus + hex(9), "/task-status/v1"} {
		r := c.do("GET", path, nil)
		equal(t, path, r.status, 403)
		equal(t, path+" body", r.raw, "")
	}
	r := c.do("GET", identityProfiles+"/"+hex(1)+"/lifecycle-states", nil)
	equal(t, "lifecycle states", r.status, 403)
	equal(t, "body", r.at("detailCode"), "403 Forbidden")
	// What it cannot poll still ends, as it reads the profile.
	equal(t, "reads", c.gets(hex(1), 4), []int{200, 200, 404, 404})
}

func TestRateLimitIsPerVersion(t *testing.T) {
	t.Parallel()
	_, tenant, now := startTenant(t)
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.RateLimit = 2 })
	c := connect(t, tenant)
	get := func(path string) int { return c.do("GET", path, nil).status }
	equal(t, "within", []int{get(identityProfiles), get("/task-status/v1")}, []int{200, 200})
	now.move(2500 * time.Millisecond)
	r := c.do("GET", identityProfiles, nil)
	equal(t, "beyond", r.status, 429)
	equal(t, "body", r.json, obj{"message": " Rate Limit Exceeded "})
	equal(t, "Retry-After, rounded up", r.header.Get("Retry-After"), "8")
	equal(t, "another version", get("/v2025/identity-profiles"), 200)
	equal(t, "tokens are not counted", authenticate(c, tokenForm()).status, 200)
	now.move(7500 * time.Millisecond)
	equal(t, "the next window", get(identityProfiles), 200)
}

func TestTenantErrorsHaveTheVendorsShape(t *testing.T) {
	t.Parallel()
	_, c := seeded(t, 1)
	for name, tt := range map[string]struct {
		method, path, body string
		status             int
		code               string
	}{
		"bad request": {"POST", bulkDelete, "{}", 400, "400.1 Bad Request Content"},
		"not found":   {"GET", identityProfiles + "/" + hex(9), "", 404, "404 Not found"},
		"conflict":    {"POST", identityProfiles, `{"name":"x","authoritativeSource":{"id":"` + hex(101) + `"}}`, 409, "409.1 Reference conflict"},
		"verb":        {"PUT", identityProfiles, "", 405, "405 Method not allowed"},
		"not offered": {"GET", identityProfiles + "/export", "", 501, "Not Implemented"},
	} {
		r := c.do(tt.method, tt.path, tt.body)
		equal(t, name+" status", r.status, tt.status)
		equal(t, name+" code", r.at("detailCode"), tt.code)
		equal(t, name+" locale", r.at("messages", 0, "localeOrigin"), "DEFAULT")
		if id, _ := r.at("trackingId").(string); !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(id) {
			t.Errorf("%s: trackingId %q", name, id)
		}
	}
}
