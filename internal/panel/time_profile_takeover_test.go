package panel_test

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestAccTimeProfile_refusesToTakeOverAnExistingTimeProfile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		existing simulator.TimeProfile
		config   string
		want     []string
	}{
		"of the same name": {
			simulator.TimeProfile{LinkID: idA, Name: "Office hours"},
			"",
			[]string{`has a time profile with the name "Office hours" already`, "from = gatehouse_panel_time_profile.OLD", `an import block with the id "lobby/` + idA + `"`},
		},
		"of the same name, made at the panel": {
			simulator.TimeProfile{Name: "Office hours"},
			"",
			[]string{`has a time profile with the name "Office hours" already`, "has no link_id, so that it cannot be imported"},
		},
		"of the same link_id": {
			simulator.TimeProfile{LinkID: idA, Name: "Night"},
			`link_id = "` + idA + `"`,
			[]string{"has a time profile with link_id " + idA + " already", "from = gatehouse_panel_time_profile.OLD", `an import block with the id "lobby/` + idA + `"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			test.existing.TimeOptions, test.existing.RepeatOptions = window, once
			sim.Panel("lobby").SetTimeProfile(test.existing)
			before := text(sim.Panel("lobby").State())
			var steps []resource.TestStep
			for _, want := range test.want {
				steps = append(steps, resource.TestStep{Config: profile(sim, test.config), ExpectError: says(want)})
			}
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
			if after := text(sim.Panel("lobby").State()); after != before {
				t.Errorf("the panel holds %s, want what it held before, %s", after, before)
			}
			for _, request := range sim.Requests() {
				if request.Method != http.MethodGet {
					t.Errorf("%s %s was sent, want nothing but reads", request.Method, request.Path)
				}
			}
		})
	}
}

// What the refusal says to do is what works.
func TestAccTimeProfile_takesOverWhatItWasToldToImport(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	sim.Panel("lobby").SetTimeProfile(simulator.TimeProfile{LinkID: idA, Name: "Office hours", TimeOptions: window, RepeatOptions: once})
	config := profile(sim, `end = "2026-01-05T20:00:00Z"`)
	acctest.Run(t, sim,
		resource.TestStep{Config: config, ExpectError: says(`an import block with the id "lobby/` + idA + `"`)},
		resource.TestStep{
			Config:           "import {\n  to = " + profileAddress + "\n  id = \"lobby/" + idA + "\"\n}\n" + config,
			ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: then(holds(sim.Panel("lobby"), "Office hours",
				`{"is_all_day": false, "date_from": 1767603600, "date_to": 1767643200}`, string(once))),
		},
	)
}

func TestAccTimeProfile_refusesToTakeANameThatAnotherHas(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	sim.Panel("lobby").SetTimeProfile(simulator.TimeProfile{Name: "Night", TimeOptions: window, RepeatOptions: once})
	day, night := profile(sim, `name = "Day"`), profile(sim, `name = "Night"`)
	acctest.Run(t, sim,
		resource.TestStep{Config: day, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionCreate)},
		resource.TestStep{Config: night, ExpectError: says(`has a time profile with the name "Night" already. Nothing was sent`)},
		resource.TestStep{Config: day, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionNoop)},
	)
	if n := acctest.Count(sim, http.MethodPost, profilesPath); n != 1 {
		t.Errorf("%d upserts were sent, want 1", n)
	}
}
