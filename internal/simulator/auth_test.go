package simulator_test

import (
	"crypto/md5"
	"fmt"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestInfo(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := s.Panel("lobby")
	c := newClient(t, p.URL())

	r := c.do("GET", "/api/info", nil)
	equal(t, "status without a token", r.status, 200)
	equal(t, "api_version", r.at("api_version"), "2.10.0")
	equal(t, "device_type", r.at("device_type"), "panel")
	equal(t, "serial", r.at("device_serial_number"), p.Settings().SerialNumber)
	if other := s.Panel("garage").Settings().SerialNumber; other == p.Settings().SerialNumber {
		t.Error("two panels have one serial number")
	}
	equal(t, "serial depends on the name alone", simulator.DefaultSettings("lobby").SerialNumber, p.Settings().SerialNumber)
	if r.at("x_extra") == nil {
		t.Error("no unknown field")
	}
	equal(t, "other path", c.do("GET", "/api/v1/api/info", nil).status, 404)

	set(p, func(s *simulator.Settings) { s.InfoPathV1, s.APIVersion, s.DeviceType = true, "1.3.5", "monitor" })
	r = c.do("GET", "/api/v1/api/info", nil)
	equal(t, "version by knob", r.at("api_version"), "1.3.5")
	equal(t, "type by knob", r.at("device_type"), "monitor")
	equal(t, "root path", c.do("GET", "/api/info", nil).status, 404)
}

func TestLogin(t *testing.T) {
	t.Parallel()
	const hash = "E10ADC3949BA59ABBE56E057F20F883E" // the vendor's sample for 123456
	for name, tt := range map[string]struct {
		query  string
		status int
		err    any
	}{
		"upper case hash":   {"username=admin&password=" + hash, 200, nil},
		"lower case hash":   {fmt.Sprintf("username=admin&password=%x", md5.Sum([]byte("123456"))), 200, nil},
		"plain password":    {"username=admin&password=123456", 400, "Wrong login or password"},
		"unknown user":      {"username=root&password=" + hash, 400, "Wrong login or password"},
		"no password":       {"username=admin", 400, "Required parameters missed"},
		"no username":       {"password=" + hash, 400, "Required parameters missed"},
		"nothing":           {"", 400, "Required parameters missed"},
		"user case matters": {"username=Admin&password=" + hash, 400, "Wrong login or password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, start(t).Panel("lobby").URL())
			r := c.do("GET", "/api/v1/login?"+tt.query, nil)
			equal(t, "status", r.status, tt.status)
			equal(t, "error", r.at("error"), tt.err)
			if tt.err == nil {
				equal(t, "account_type", r.at("account_type"), "admin")
				if token, _ := r.at("token").(string); !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(token) {
					t.Errorf("token %q is not 40 hex digits", token)
				}
			}
		})
	}
}

func TestEveryPathButInfoAndLoginWantsAToken(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := newClient(t, s.Panel("lobby").URL())
	for _, token := range []string{"", "0000000000000000000000000000000000000000"} {
		c.token = token
		for _, req := range [][2]string{
			{"GET", "/api/v1/logout"},
			{"GET", "/api/v1/network/management/server"},
			{"GET", usersPath},
			{"POST", usersPath},
			{"DELETE", usersPath},
			{"GET", "/api/v1/access/users/items"},
			{"GET", "/api/v1/access/users/item/1"},
			{"DELETE", "/api/v1/access/users/item/1"},
			{"GET", profilesPath},
			{"POST", profilesPath},
			{"DELETE", profilesPath},
			{"GET", "/api/v1/access/timeprofile/items"},
			{"GET", "/api/v1/access/timeprofile/item/1"},
			{"GET", "/api/v1/access/identifier/items/link"},
		} {
			r := c.do(req[0], req[1], nil)
			equal(t, req[0]+req[1]+" status", r.status, 401)
			equal(t, req[0]+req[1]+" error", r.at("error"), "Log In")
		}
	}
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	// setting makes first tokens that end, and end brings one there.
	for name, tt := range map[string]struct {
		setting func(*simulator.Settings)
		end     func(c *client, p *simulator.Panel, now *atomic.Int64)
	}{
		"by time": {
			func(s *simulator.Settings) { s.TokenTTL = simulator.Duration(2 * time.Hour) },
			func(c *client, _ *simulator.Panel, now *atomic.Int64) {
				now.Add(int64(2*time.Hour) - 1)
				equal(c.t, "just before the end", c.do("GET", usersPath, nil).status, 200)
				now.Add(1)
			},
		},
		"by use": {
			func(s *simulator.Settings) { s.TokenRequests = 3 },
			func(c *client, _ *simulator.Panel, _ *atomic.Int64) {
				equal(c.t, "second use", c.do("GET", usersPath, nil).status, 200)
				equal(c.t, "third use", c.do("GET", profilesPath, nil).status, 200)
			},
		},
		"by logout": {
			func(*simulator.Settings) {},
			func(c *client, _ *simulator.Panel, _ *atomic.Int64) {
				equal(c.t, "logout", c.do("GET", "/api/v1/logout", nil).status, 200)
			},
		},
		"all at once": {
			func(*simulator.Settings) {},
			func(_ *client, p *simulator.Panel, _ *atomic.Int64) { p.ExpireTokens() },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var now atomic.Int64
			p := startWith(t, simulator.Config{Panels: []string{"lobby"}, Now: func() time.Time { return time.Unix(0, now.Load()) }}).Panel("lobby")
			set(p, tt.setting)
			c := login(t, p)
			equal(t, "first use", c.do("GET", usersPath, nil).status, 200)
			tt.end(c, p, &now)
			r := c.do("GET", usersPath, nil)
			equal(t, "status after the end", r.status, 401)
			equal(t, "error after the end", r.at("error"), "Log In")
			c.login()
			equal(t, "after a new login", c.do("GET", usersPath, nil).status, 200)
		})
	}
}

func TestSecondLoginKeepsTheFirstToken(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	first, second := login(t, p), login(t, p)
	equal(t, "first", first.do("GET", usersPath, nil).status, 200)
	equal(t, "second", second.do("GET", usersPath, nil).status, 200)
}

func TestManagerReadsButDoesNotWrite(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	set(p, func(s *simulator.Settings) { s.Role = "manager" })
	c := newClient(t, p.URL())
	r := c.do("GET", loginPath("admin", "123456"), nil)
	equal(t, "account_type", r.at("account_type"), "manager")
	c.token = r.at("token").(string)
	equal(t, "read", c.do("GET", usersPath, nil).status, 200)
	for _, r := range []reply{
		c.upsert(usersPath, user(1, "Ada")), c.remove(usersPath, id(1)), c.remove(profilesPath, id(1)),
		c.do("DELETE", "/api/v1/access/users/item/1", nil),
	} {
		equal(t, "status", r.status, 403)
		equal(t, "error", r.at("error"), "Administrator rights required")
	}
	equal(t, "users", len(p.State().Users), 0)
}

func TestErrorShapes(t *testing.T) {
	t.Parallel()
	for shape, want := range map[string]any{
		"string": "Log In",
		"bool":   true,
		"object": obj{"code": "invalid_authentication", "message": "Log In", "data": nil},
	} {
		t.Run(shape, func(t *testing.T) {
			t.Parallel()
			p := start(t).Panel("lobby")
			set(p, func(s *simulator.Settings) { s.ErrorShape = shape })
			r := newClient(t, p.URL()).do("GET", usersPath, nil)
			equal(t, "status", r.status, 401)
			equal(t, "error", r.at("error"), want)
		})
	}
}

func TestUnknownPathsAndVerbs(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	c := login(t, p)
	for _, tt := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/", 404},
		{"GET", "/api/v1/access/user/items/link", 404},
		{"POST", "/api/v1/access/users/link/delete", 404},
		{"POST", "/api/v1/access/timeprofile/link/delete", 404},
		{"GET", "//api/info", 404},
		{"GET", usersPath + "/", 404},
		{"GET", "/api/v1/access/users/item/1/2", 404},
		{"GET", "/api/v1/access/users/item/1", 404},
		{"GET", "/api/v1/access/users/item/x", 404},
		{"PUT", usersPath, 405},
		{"PATCH", "/api/v1/access/users/item/1", 405},
		{"POST", "/api/info", 405},
		{"POST", "/api/v1/login", 405},
		{"DELETE", "/api/v1/access/identifier/items/link", 405},
	} {
		r := c.do(tt.method, tt.path, nil)
		equal(t, tt.method+" "+tt.path, r.status, tt.status)
		if r.at("error") == nil {
			t.Errorf("%s %s: no JSON error: %s", tt.method, tt.path, r)
		}
	}
}

func TestAlternativePathsReplaceTheDefaults(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	set(p, func(s *simulator.Settings) { s.Paths = "alternative" })
	c := login(t, p)
	for _, method := range []string{"GET", "POST", "DELETE"} {
		equal(t, method+" default", c.do(method, usersPath, nil).status, 404)
	}
	const singular = "/api/v1/access/user/items/link"
	equal(t, "upsert", c.upsert(singular, user(1, "Ada")).outcomes(), "created")
	equal(t, "list", c.do("GET", singular, nil).names(), "Ada")
	equal(t, "delete by the default verb", c.remove(singular, id(1)).status, 405)
	equal(t, "delete", c.do("POST", "/api/v1/access/users/link/delete", refs(1)).outcomes(), "deleted")

	equal(t, "upsert profile", c.upsert(profilesPath, profile(1, "Week")).outcomes(), "created")
	equal(t, "delete profile by the default verb", c.remove(profilesPath, id(1)).status, 405)
	equal(t, "delete profile", c.do("POST", "/api/v1/access/timeprofile/link/delete", refs(1)).outcomes(), "deleted")
}

func TestFirstAPIGenerationHasNoUsers(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	set(p, func(s *simulator.Settings) { s.APIVersion = "1.3.5" })
	c := login(t, p)
	equal(t, "users by link", c.do("GET", usersPath, nil).status, 404)
	equal(t, "users", c.do("GET", "/api/v1/access/users/items", nil).status, 404)
	equal(t, "user", c.do("GET", "/api/v1/access/users/item/1", nil).status, 404)
	equal(t, "time profiles", c.do("GET", profilesPath, nil).status, 200)
}

func TestManagementServerTellsWhetherItIsEnabled(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	c := login(t, p)
	for _, enabled := range []bool{false, true} {
		set(p, func(s *simulator.Settings) { s.LinkManagementEnabled = enabled })
		equal(t, "is_enabled", c.do("GET", "/api/v1/network/management/server", nil).at("is_enabled"), enabled)
	}
}
