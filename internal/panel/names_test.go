package panel_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// A name that somebody spelt differently at the panel: a panel that does not mind
// case would change that one.
func TestAccNames_refuseATwinInAnotherSpelling(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]string{
		"user":         `resource "gatehouse_panel_user" "test" { name = "local 1" }`,
		"time profile": "resource \"gatehouse_panel_time_profile\" \"test\" {\n  name = \"local 1\"\n  start = \"2026-01-05T09:00:00Z\"\n  end = \"2026-01-05T18:00:00Z\"\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			panel := sim.Panel("lobby")
			panel.SetSettings(func(s *simulator.Settings) { s.NameFold = true })
			panel.SetUser(simulator.User{Name: "Local 1"})
			panel.SetTimeProfile(simulator.TimeProfile{Name: "Local 1", TimeOptions: window, RepeatOptions: once})
			before := fmt.Sprint(panel.State())
			for _, want := range []string{`"Local 1"`, `"local 1"`, "made at the panel itself"} {
				resource.UnitTest(t, resource.TestCase{
					ProtoV6ProviderFactories: acctest.Factories(),
					Steps:                    []resource.TestStep{{Config: acctest.ProviderBlock(sim) + config, ExpectError: says(want)}},
				})
			}
			if after := fmt.Sprint(panel.State()); after != before {
				t.Errorf("the panel holds %s, want what it held before, %s", after, before)
			}
			for _, path := range []string{usersPath, profilesPath} {
				if n := acctest.Count(sim, http.MethodPost, path); n != 0 {
					t.Errorf("%d upserts to %s, want none", n, path)
				}
			}
		})
	}
}

func TestAccNames_mayBeRespelt(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	sim.Panel("lobby").SetSettings(func(s *simulator.Settings) { s.NameFold = true })
	acctest.Run(t, sim,
		resource.TestStep{Config: user(sim, `name = "ada"`), ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate)},
		resource.TestStep{Config: user(sim, `name = "Ada"`), ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionUpdate)},
	)
}

// A panel that cuts names at nine characters. Nothing is left of a user whose name
// it cut, and none who was there is changed for good.
func TestAccNames_thatThePanelCuts(t *testing.T) {
	t.Parallel()
	people := func(names string) string {
		return "\nlocals { names = [" + names + "] }\nresource \"gatehouse_panel_user\" \"test\" {\n  count = length(local.names)\n  name = local.names[count.index]\n  info = \"number ${count.index}\"\n}\n"
	}
	for name, test := range map[string]struct {
		first, then string // names, which are applied one after the other
		want        string
		match       string
	}{
		"one, alone":                   {"", `"Alexandra Meyer"`, `name is "Alexandra" instead of "Alexandra Meyer"`, "update"},
		"three at once":                {"", `"Alexandra Meyer", "Alexandra Mueller", "Alexandra Smith"`, "did not store the user", "update"},
		"three at once, no name match": {"", `"Alexandra Meyer", "Alexandra Mueller", "Alexandra Smith"`, "did not store the user", "duplicate"},
		"that of another":              {`"Alexandra"`, `"Alexandra", "Alexandra Meyer"`, "put back as it was listed before", "update"},
		"a renaming":                   {`"Alexandra", "Ada"`, `"Alexandra", "Alexandra Meyer"`, "so that the panel is as it was", "update"},
	} {
		for _, items := range []int{1, 50} {
			t.Run(fmt.Sprintf("%s, %d in a call", name, items), func(t *testing.T) {
				t.Parallel()
				sim := acctest.Panels(t, "lobby")
				panel := sim.Panel("lobby")
				panel.SetSettings(func(s *simulator.Settings) { s.NameMax, s.NameMatch = 9, test.match })
				var before string
				block := strings.TrimSuffix(acctest.ProviderBlock(sim), "}\n") + fmt.Sprintf("  bulk { max_items = %d }\n}\n", items)
				acctest.Run(t, sim,
					resource.TestStep{Config: block + people(test.first)},
					resource.TestStep{
						PreConfig:   func() { before = fmt.Sprint(panel.State().Users) },
						Config:      block + people(test.then),
						ExpectError: says(test.want),
					},
					resource.TestStep{
						PreConfig: func() {
							if after := fmt.Sprint(panel.State().Users); after != before {
								t.Errorf("the panel holds %s, want what it held before, %s", after, before)
							}
						},
						Config: block + people(test.first), PlanOnly: true,
					},
				)
			})
		}
	}
}
