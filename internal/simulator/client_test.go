package simulator_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	usersPath    = "/api/v1/access/users/items/link"
	profilesPath = "/api/v1/access/timeprofile/items/link"
)

// id is a link_id that shows the number it was made of.
func id(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// obj spells JSON objects shortly.
type obj = map[string]any

// start runs panels "lobby" and "garage" until the test ends.
func start(t *testing.T) *simulator.Simulator {
	t.Helper()
	return startWith(t, simulator.Config{Panels: []string{"lobby", "garage"}})
}

func startWith(t *testing.T, cfg simulator.Config) *simulator.Simulator {
	t.Helper()
	s, err := simulator.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// A client is one user of an HTTP API, without any knowledge of it.
type client struct {
	t           *testing.T
	base, token string
	contentType string // of every request, when it is set
	http        *http.Client
}

func newClient(t *testing.T, base string) *client {
	t.Helper()
	// Without reuse of connections the transport never repeats a request.
	tr := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &client{t: t, base: base, http: &http.Client{
		Transport:     tr,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// login returns a client of the panel that has a token.
func login(t *testing.T, p *simulator.Panel) *client {
	t.Helper()
	c := newClient(t, p.URL())
	c.login()
	return c
}

func (c *client) login() {
	c.t.Helper()
	r := c.do("GET", loginPath("admin", "123456"), nil)
	if r.status != 200 {
		c.t.Fatalf("login: %s", r)
	}
	c.token = r.at("token").(string)
}

func loginPath(username, password string) string {
	return fmt.Sprintf("/api/v1/login?username=%s&password=%X", username, md5.Sum([]byte(password)))
}

type reply struct {
	t      *testing.T
	status int
	header http.Header
	raw    string
	json   any
}

func (r reply) String() string { return fmt.Sprintf("%d %s", r.status, r.raw) }

// at follows keys and indices into the answer.
func (r reply) at(path ...any) any {
	r.t.Helper()
	v := r.json
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				r.t.Fatalf("%v is not in %s", path, r)
			}
			v = m[p]
		case int:
			a, ok := v.([]any)
			if !ok || p >= len(a) {
				r.t.Fatalf("%v is not in %s", path, r)
			}
			v = a[p]
		}
	}
	return v
}

// items are the listed objects.
func (r reply) items() []any {
	r.t.Helper()
	items, ok := r.at("list_items").([]any)
	if !ok {
		r.t.Fatalf("no list: %s", r)
	}
	return items
}

// names are those of the listed objects.
func (r reply) names() string {
	r.t.Helper()
	var names []string
	for _, item := range r.items() {
		names = append(names, item.(obj)["name"].(string))
	}
	return strings.Join(names, " ")
}

// outcomes are the codes of a bulk answer, with a ! before those of failures.
func (r reply) outcomes() string {
	r.t.Helper()
	if r.status != 200 {
		r.t.Fatalf("no results: %s", r)
	}
	var codes []string
	for _, item := range r.at("result").([]any) {
		code := fmt.Sprint(item.(obj)["extended_info"])
		if item.(obj)["success"] != true {
			code = "!" + code
		}
		codes = append(codes, code)
	}
	return strings.Join(codes, " ")
}

// try sends a request whose body is raw text or anything JSON can hold.
func (c *client) try(ctx context.Context, method, path string, body any) (reply, error) {
	var text []byte
	switch b := body.(type) {
	case nil:
	case string:
		text = []byte(b)
	default:
		var err error
		if text, err = json.Marshal(b); err != nil {
			return reply{}, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(text))
	if err != nil {
		return reply{}, err
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.contentType != "" {
		req.Header.Set("Content-Type", c.contentType)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	r := reply{t: c.t, status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	if err == nil && strings.Contains(resp.Header.Get("Content-Type"), "json") {
		err = json.Unmarshal(raw, &r.json)
	}
	return r, err
}

func (c *client) do(method, path string, body any) reply {
	c.t.Helper()
	r, err := c.try(c.t.Context(), method, path, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

func (c *client) upsert(path string, items ...any) reply {
	c.t.Helper()
	return c.do("POST", path, obj{"list_items": items})
}

func (c *client) remove(path string, ids ...string) reply {
	c.t.Helper()
	return c.do("DELETE", path, obj{"link_ids": ids})
}

// user is an upsert item; more adds or, with nil, removes keys.
func user(n int, name string, more ...obj) obj {
	return with(obj{
		"link_id": id(n), "name": name, "info": "", "lock_number": 1,
		"is_custom_user_access": false, "auth_factors": []string{"card"},
	}, more...)
}

// profile is an upsert item: every day of one week without end.
func profile(n int, name string, more ...obj) obj {
	return with(obj{
		"link_id": id(n), "name": name,
		"time_options":   obj{"is_all_day": true, "date_from": 1700000000, "date_to": 1700003600},
		"repeat_options": obj{"repeat_enable": true, "repeat_format": obj{"repeat_type": "week", "repeat_end": obj{"format": "never"}}},
	}, more...)
}

func with(o obj, more ...obj) obj {
	for _, m := range more {
		for k, v := range m {
			if o[k] = v; v == nil {
				delete(o, k)
			}
		}
	}
	return o
}

func refs(ns ...int) obj {
	ids := []string{}
	for _, n := range ns {
		ids = append(ids, id(n))
	}
	return obj{"link_ids": ids}
}

// seedProfile is a time profile for a state.
func seedProfile(n int, name string) simulator.TimeProfile {
	return simulator.TimeProfile{
		LinkID: id(n), Name: name,
		TimeOptions:   json.RawMessage(`{"is_all_day":false,"date_from":1700000000,"date_to":1700003600}`),
		RepeatOptions: json.RawMessage(`{"repeat_enable":false}`),
	}
}

// set changes the settings of the panel.
func set(p *simulator.Panel, change func(*simulator.Settings)) { p.SetSettings(change) }

// equal reports a difference between what is and what should be.
func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if string(g) != string(w) {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}
