package basip

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestParseURL(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		want  string // the form that is used
		wrong string // or a part of the error
	}{
		"http://192.0.2.10":                 {"http://192.0.2.10", ""},
		"http://192.0.2.10/":                {"http://192.0.2.10", ""},
		"https://panel.test:8443":           {"https://panel.test:8443", ""},
		"http://[2001:db8::1]:80/lobby//":   {"http://[2001:db8::1]:80/lobby", ""},
		"192.0.2.10":                        {"", "http://"},
		"panel.test:80":                     {"", "http://"},
		"ftp://panel.test":                  {"", "http://"},
		"http://":                           {"", "has no host"},
		"http://:80":                        {"", "has no host"},
		"http://admin:secret@panel.test":    {"", "credentials"},
		"http://panel.test?password=secret": {"", "query"},
		"http://panel.test#secret":          {"", "fragment"},
		"http://admin:secret@panel.test:x":  {"", "not a valid URL"},
	}
	for text, test := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := ParseURL(text)
			if test.wrong == "" {
				if err != nil || got.String() != test.want {
					t.Errorf("%v, %v; want %s", got, err, test.want)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.wrong) || strings.Contains(err.Error(), "secret") {
				t.Errorf("error %v, want one with %q and no secret", err, test.wrong)
			}
		})
	}
}

func TestPathOfTheURLStaysInFront(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", "")}
	server := httptest.NewServer(http.StripPrefix("/gate/lobby", p))
	defer server.Close()
	c, err := New(config(server.URL+"/gate/lobby/", nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Users().Get(t.Context(), id(1)); err != nil {
		t.Error(err)
	}
	p.expect(t, infoPath, 1)
}

func TestNewNamesThePanelInItsErrors(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"url":         func(cfg *Config) { cfg.URL = "panel.test" },
		"certificate": func(cfg *Config) { cfg.TLS.CACertificate = "none" },
		"path":        func(cfg *Config) { cfg.Paths = map[Operation]string{OpLogin: "x"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(config("http://panel.test", []func(*Config){change}))
			if err == nil || !strings.Contains(err.Error(), `panel "lobby": `+name) {
				t.Errorf("error %v", err)
			}
		})
	}
	c, err := New(config("http://panel.test", nil))
	if err != nil || c.Name() != "lobby" {
		t.Errorf("name %q, %v", c.Name(), err)
	}
}
