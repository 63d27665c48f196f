package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/provider"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// lobby is a provider block of the panel lobby with these lines more.
func lobby(url, lines string) string {
	return block("lobby", fmt.Sprintf("url = %q", url), fmt.Sprintf("password = %q", acctest.Password), lines)
}

// noLogin checks that the panels were asked who they are, and for nothing else.
func noLogin(t *testing.T, sim *simulator.Simulator) {
	t.Helper()
	asked := false
	for _, request := range sim.Requests() {
		asked = asked || strings.HasSuffix(request.Path, "/api/info")
		if !strings.HasSuffix(request.Path, "/api/info") {
			t.Errorf("%s %s was sent, want no more than a question for device info", request.Method, request.Path)
		}
	}
	if !asked {
		t.Error("the panel was not asked who it is")
	}
}

// Whoever answers at a panel's address and is not that panel gets no password.
func TestAccDevice_wrongOneIsRefusedBeforeTheLogin(t *testing.T) {
	t.Parallel()
	serial := simulator.DefaultSettings("lobby").SerialNumber
	for name, test := range map[string]struct {
		lines    string
		settings func(*simulator.Settings)
		info     string // what device info says instead
		want     string
	}{
		"another serial number": {
			lines: `serial_number = "0a6b3f0e-7c1d-4e55-9b1a-d2f0c8a1b001"`,
			want:  `serial_number is set to "0a6b3f0e-7c1d-4e55-9b1a-d2f0c8a1b001", and the device that answers has "` + serial + `".`,
		},
		"no serial number":    {lines: `serial_number = "1"`, info: `{"device_type": "panel", "api_version": "2.10.0"}`, want: `the device that answers has "".`},
		"a monitor":           {settings: func(s *simulator.Settings) { s.DeviceType = "monitor" }, want: `The device that answers is of type "monitor", and a door panel is needed.`},
		"something with JSON": {info: `{"status": "ok"}`, want: "The answer has none of a panel's fields. Nothing was changed; check the panel's url."},
		"a web page":          {info: `"<html>Welcome</html>"`, want: "the answer is not what a panel answers"},
		"no panel":            {info: "404", want: "What answers does not look like a BAS-IP panel; check the panel's url."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			if test.settings != nil {
				sim.Panel("lobby").SetSettings(test.settings)
			}
			fault := simulator.Fault{Path: "/api/info", Body: json.RawMessage(test.info)}
			if test.info == "404" {
				fault = simulator.Fault{Path: "/*/*", Status: http.StatusNotFound}
			}
			if test.info != "" {
				if err := sim.SetFaults(fault); err != nil {
					t.Fatal(err)
				}
			}
			run(t, sim, nil, resource.TestStep{Config: lobby(sim.Panel("lobby").URL(), test.lines) + profile(""), ExpectError: says(test.want)})
			noLogin(t, sim)
		})
	}
}

func TestAccDevice_pinnedOneIsAccepted(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	pin := fmt.Sprintf("serial_number = %q", strings.ToUpper(sim.Panel("lobby").Settings().SerialNumber))
	run(t, sim, nil, works(lobby(sim.Panel("lobby").URL(), pin)+profile(""), "lobby"))
}

// A panel that was exchanged while the state has objects on it: they are neither
// taken for gone nor deleted on the new one.
func TestAccDevice_exchangedOneIsLeftAlone(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	panel := sim.Panel("lobby")
	serial := panel.Settings().SerialNumber
	config := lobby(panel.URL(), fmt.Sprintf("serial_number = %q", serial)) + profile("")
	exchange := func(serial string) func() {
		return func() {
			sim.ResetRequests()
			panel.SetSettings(func(s *simulator.Settings) { s.SerialNumber = serial })
		}
	}
	run(t, sim, nil,
		works(config, "lobby"),
		resource.TestStep{PreConfig: exchange("another"), Config: config, Destroy: true, ExpectError: says(`the device that answers has "another". Nothing was changed`)},
		resource.TestStep{
			PreConfig: func() { noLogin(t, sim); exchange(serial)() },
			Config:    config, ConfigPlanChecks: acctest.Plans(address, plancheck.ResourceActionNoop),
		},
	)
}

func TestAccDevice_redirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	redirecting := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, sim.Panel("lobby").URL()+r.URL.RequestURI(), http.StatusTemporaryRedirect)
	}))
	t.Cleanup(redirecting.Close)
	want := "Redirects are not followed, since the login would travel along. If the address is the panel's, set its url to " + sim.Panel("lobby").URL()
	run(t, sim, nil, resource.TestStep{Config: lobby(redirecting.URL, "") + profile(""), ExpectError: says(want)})
	if requests := sim.Requests(); len(requests) != 0 {
		t.Errorf("%d requests came through the redirect, want none", len(requests))
	}
}

// An address where nobody listens shows soon, with the waits of every day.
func TestAccDevice_unreachableOneFailsSoon(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(nil)
	closed.Close()
	start := time.Now()
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(provider.WithBackoff(poll.Backoff{})),
		Steps: []resource.TestStep{{
			Config:      lobby(closed.URL, "") + profile(""),
			ExpectError: says("connection refused. Check the panel's url and that the panel is switched on and can be reached from here."),
		}},
	})
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %s, want seconds", took)
	}
}
