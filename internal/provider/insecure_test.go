package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const (
	plainHTTP       = "Panels over plain http"
	factoryPassword = "Panels with the factory password"
)

// The warnings of what is legal and still not safe: each once, with the names of
// the panels in it, and about no other panel.
func TestInsecurePanelsAreWarnedOfOnce(t *testing.T) {
	t.Parallel()
	panel := func(url, password string) attributes { return attributes{"url": url, "password": password} }
	const good = "Tr0mbone-Lantern"
	for name, test := range map[string]struct {
		panels attributes
		want   map[string]string // the summary, and the names in the detail
	}{
		"https":             {attributes{"a": panel("https://lobby.example.com", good)}, nil},
		"http":              {attributes{"a": panel("http://192.0.2.10", good)}, map[string]string{plainHTTP: "in clear to: a."}},
		"http by name":      {attributes{"a": panel("http://localhost.example.com", good)}, map[string]string{plainHTTP: "in clear to: a."}},
		"http to 127.0.0.1": {attributes{"a": panel("http://127.0.0.1:8080", good)}, nil},
		"http to 127.1.2.3": {attributes{"a": panel("http://127.1.2.3", good)}, nil},
		"http to ::1":       {attributes{"a": panel("http://[::1]:8080", good)}, nil},
		"http to localhost": {attributes{"a": panel("http://LocalHost", good)}, nil},
		"not known yet":     {attributes{"a": attributes{"url": tftypes.UnknownValue, "password": tftypes.UnknownValue}}, nil},
		"http to several": {
			attributes{"b": panel("http://192.0.2.11", good), "a": panel("HTTP://192.0.2.10", good), "c": panel("https://192.0.2.12", good), "d": panel("http://127.0.0.1", good)},
			map[string]string{plainHTTP: "in clear to: a, b."},
		},
		"the factory's password": {
			attributes{"a": panel("https://192.0.2.10", "123456"), "b": panel("https://192.0.2.11", good), "c": panel("http://127.0.0.1", "123456")},
			map[string]string{factoryPassword: "Change it on: a, c."},
		},
		"the factory's password of another account": {
			attributes{"a": attributes{"url": "https://192.0.2.10", "username": "terraform", "password": "123456"}}, nil,
		},
		"both": {
			attributes{"a": panel("http://192.0.2.10", "123456"), "b": panel("http://192.0.2.11", good), "c": panel("https://192.0.2.12", "123456")},
			map[string]string{plainHTTP: "in clear to: a, b.", factoryPassword: "Change it on: a, c."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, acknowledged := range []any{nil, false, true} {
				want := test.want
				if acknowledged == true {
					want = nil
				}
				got := configure(t, attributes{"panels": test.panels, "acknowledge_insecure": acknowledged})
				seen := map[string]bool{}
				for _, d := range got {
					if isError(d) || want[d.Summary] == "" || seen[d.Summary] {
						t.Errorf("with acknowledge_insecure = %v: %s: %s", acknowledged, d.Summary, d.Detail)
						continue
					}
					seen[d.Summary] = true
					if !strings.Contains(d.Detail, want[d.Summary]) || !strings.Contains(d.Detail, "acknowledge_insecure = true") {
						t.Errorf("%q says %q, want %q in it and how to silence it", d.Summary, d.Detail, want[d.Summary])
					}
					if at := fmt.Sprint(d.Attribute); !strings.Contains(at, "panel") {
						t.Errorf("%q is at %s, want it at panel", d.Summary, at)
					}
				}
				if len(seen) != len(want) {
					t.Errorf("with acknowledge_insecure = %v there are warnings %v, want %v", acknowledged, seen, want)
				}
			}
		})
	}
}

func TestInsecurePanelOfTheEnvironmentIsWarnedOf(t *testing.T) {
	t.Parallel()
	got := configure(t, attributes{}, environment(map[string]string{
		"GATEHOUSE_PANEL_URL": "http://192.0.2.10", "GATEHOUSE_PANEL_PASSWORD": "123456",
	}))
	if len(got) != 2 || got[0].Summary != plainHTTP || got[1].Summary != factoryPassword {
		t.Errorf("diagnostics %v, want a warning about http and one about the password", summaries(got))
	}
}
