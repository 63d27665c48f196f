package panel_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestAccTimeProfile_destroysWhateverTheAnswersShape(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(*simulator.Settings){
		"current":            func(s *simulator.Settings) { s.DeleteShape = "current" },
		"legacy":             func(s *simulator.Settings) { s.DeleteShape = "legacy" },
		"eventually":         func(s *simulator.Settings) { s.DeletesVisibleListings = 3 },
		"legacy, eventually": func(s *simulator.Settings) { s.DeleteShape, s.DeletesVisibleListings = "legacy", 5 },
		"created eventually": func(s *simulator.Settings) { s.UpsertsVisibleAfterListings = 2 },
		"other paths":        func(s *simulator.Settings) { s.Paths = "alternative" },
		"other spellings":    func(s *simulator.Settings) { s.ListOptionKey, s.UIDKey = "list_options", "uid" },
		"no number":          func(s *simulator.Settings) { s.UIDKey = "absent" },
		"no pagination":      func(s *simulator.Settings) { s.ListOptionKey = "absent" },
		"a panel of API 1":   func(s *simulator.Settings) { s.APIVersion = "1.3.5" },
		"refuses one in use": func(s *simulator.Settings) { s.ProfileDelete = "refuse" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			sim.Panel("lobby").SetSettings(settings)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(),
				Steps: []resource.TestStep{{
					Config:            profile(sim, ""),
					ConfigPlanChecks:  acctest.Plans(profileAddress, plancheck.ResourceActionCreate),
					ConfigStateChecks: then(holds(sim.Panel("lobby"), "Office hours", string(window), string(once))),
				}},
			})
			if err := acctest.Empty(sim); err != nil {
				t.Error(err)
			}
		})
	}
}

// After the destroy no listing shows the profile any more, however long the
// panel went on to list it.
func TestAccTimeProfile_isNotDestroyedBeforeItsLastListing(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	sim.Panel("lobby").SetSettings(func(s *simulator.Settings) { s.DeletesVisibleListings = 4 })
	acctest.Run(t, sim, resource.TestStep{
		Config: profile(sim, ""), ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionCreate),
	})
	after := 0
	for _, request := range sim.Requests() {
		switch {
		case request.Method == http.MethodDelete && request.Path == profilesPath:
			after = 0
		case request.Method == http.MethodGet && request.Path == profilesPath:
			after++
		}
	}
	if n := acctest.Count(sim, http.MethodDelete, profilesPath); n != 1 || after != 5 {
		t.Errorf("%d deletions were sent and %d listings read after the last, want 1 and 5", n, after)
	}
}

// A panel that says deleted and goes on to list the profile: the destroy fails
// and the state keeps the profile.
func TestAccTimeProfile_isNotDestroyedUntilAListingProvesIt(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	config := profile(sim, `timeouts { delete = "300ms" }`)
	ignore := func(on bool) func() {
		return func() { sim.Panel("lobby").SetSettings(func(s *simulator.Settings) { s.IgnoreDeletes = on }) }
	}
	acctest.Run(t, sim,
		resource.TestStep{Config: config, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionCreate)},
		resource.TestStep{PreConfig: ignore(true), Config: config, Destroy: true, ExpectError: says("but no listing without it was seen")},
		resource.TestStep{PreConfig: ignore(false), Config: config, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionNoop)},
	)
}

// A panel that refuses the item in an answer of status 200.
func TestAccTimeProfile_isNotDestroyedWhenThePanelRefuses(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	config := profile(sim, `link_id = "`+idA+`"`)
	outcomes := func(codes map[string]string) func() {
		return func() { sim.Panel("lobby").SetSettings(func(s *simulator.Settings) { s.ItemOutcomes = codes }) }
	}
	acctest.Run(t, sim,
		resource.TestStep{Config: config, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionCreate)},
		resource.TestStep{
			PreConfig: outcomes(map[string]string{idA: "wrong_areas"}),
			Config:    config, Destroy: true, ExpectError: says(`the panel says "wrong_areas"`),
		},
		resource.TestStep{
			PreConfig: outcomes(nil),
			Config:    config, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionNoop),
		},
	)
}

// Many at once: all of them go, and no other.
func TestAccTimeProfile_destroysManyAndNoOther(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	panel := sim.Panel("lobby")
	panel.SetTimeProfile(simulator.TimeProfile{Name: "Night", TimeOptions: window, RepeatOptions: once})
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{
				Config:           profile(sim, "count = 55\nname = \"Profile ${count.index}\""), // more than a page lists
				ConfigPlanChecks: acctest.Plans(profileAddress+"[54]", plancheck.ResourceActionCreate),
			},
			{
				PreConfig: func() {
					if n := len(panel.State().TimeProfiles); n != 56 {
						t.Errorf("the panel holds %d time profiles, want 56", n)
					}
				},
				Config: profile(sim, ""), // the first of them goes on without its number
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(profileAddress, plancheck.ResourceActionUpdate),
						plancheck.ExpectResourceAction(profileAddress+"[1]", plancheck.ResourceActionDestroy),
						plancheck.ExpectResourceAction(profileAddress+"[54]", plancheck.ResourceActionDestroy),
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: then(func() error {
					if left := panel.State().TimeProfiles; len(left) != 2 {
						return fmt.Errorf("the panel holds %s, want two", text(left))
					}
					return nil
				}),
			},
		},
	})
	if left := panel.State().TimeProfiles; len(left) != 1 || left[0].Name != "Night" {
		t.Errorf("the panel holds %s, want what was made there", text(left))
	}
}
