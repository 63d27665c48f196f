package panel_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// What somebody else gave a user, an update of something else leaves alone, on
// panels that clear what an upsert leaves out as well as on those that keep it.
func TestAccUser_updateKeepsReferencesOfOthers(t *testing.T) {
	t.Parallel()
	for _, omitted := range []string{"clear", "keep"} {
		for _, listing := range []string{"link_ids", "objects"} {
			t.Run(omitted+", listed as "+listing, func(t *testing.T) {
				t.Parallel()
				sim := acctest.Panels(t, "lobby")
				panel := sim.Panel("lobby")
				panel.SetSettings(func(s *simulator.Settings) { s.OmittedRefs, s.ListingRefs = omitted, listing })
				acctest.Run(t, sim,
					resource.TestStep{
						Config:           user(sim, "name = \"Ada\"\nlink_id = \""+idA+`"`),
						ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate),
					},
					resource.TestStep{
						PreConfig: func() { giveReferences(panel) },
						Config:    user(sim, "name = \"Ada Lovelace\"\nlink_id = \""+idA+`"`),
						// The plan shows no more than the name.
						ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionUpdate),
						ConfigStateChecks: then(func() error {
							got := panel.State().Users[0]
							if got.Name != "Ada Lovelace" || got.ApartmentLinkID != idB ||
								!slices.Equal(got.TimeProfileLinkIDs, []string{idC}) || !slices.Equal(got.IdentifierLinkIDs, []string{idD}) {
								return fmt.Errorf("the panel holds %+v", got)
							}
							panel.RemoveTimeProfile(idC) // it is not Terraform's to destroy
							return nil
						}, userValue("apartment_link_id", knownvalue.StringExact(idB)), userValue("time_profiles", knownvalue.SetSizeExact(1))),
					},
				)
			})
		}
	}
}

const idD = "0a6b3f0e-7c1d-4e55-9b1a-d2f0c8a1b004"

// giveReferences gives the only user of a panel a card, a time profile and an
// apartment, as an operator would.
func giveReferences(panel *simulator.Panel) {
	state := panel.State()
	state.Identifiers = append(state.Identifiers, simulator.Identifier{LinkID: idD, OwnerName: "Ada", Type: "card", Number: "4711"})
	state.TimeProfiles = append(state.TimeProfiles, simulator.TimeProfile{LinkID: idC, Name: "Night", TimeOptions: window, RepeatOptions: once})
	state.Users[0].ApartmentLinkID = idB
	state.Users[0].TimeProfileLinkIDs = []string{idC}
	state.Users[0].IdentifierLinkIDs = []string{idD}
	panel.SetState(state)
}

// A reference that the configuration spoke of goes when the configuration no
// longer speaks of it.
func TestAccUser_referencesTakenOutOfTheConfigurationAreTakenOffThePanel(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	acctest.Run(t, sim,
		resource.TestStep{
			Config: user(sim, `
name = "Ada"
time_profiles = [gatehouse_panel_time_profile.test.link_id]
apartment_link_id = "`+idB+`"`) + officeHours,
			ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate),
		},
		resource.TestStep{
			Config:           user(sim, `name = "Ada"`) + officeHours,
			ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: then(func() error {
				if got := sim.Panel("lobby").State().Users[0]; len(got.TimeProfileLinkIDs) > 0 || got.ApartmentLinkID != "" {
					return fmt.Errorf("the panel holds %+v", got)
				}
				return nil
			}, userValue("time_profiles", knownvalue.SetSizeExact(0)), userValue("apartment_link_id", knownvalue.Null())),
		},
	)
}

// A card enrolled at the panel has no link_id and cannot be sent back. Where the
// panel drops it, the update says so and does not pretend.
func TestAccUser_reportsCardsThatThePanelDrops(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	panel := sim.Panel("lobby")
	config := func(name string) string { return user(sim, fmt.Sprintf("name = %q\nlink_id = %q", name, idA)) }
	acctest.Run(t, sim,
		resource.TestStep{Config: config("Ada"), ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate)},
		resource.TestStep{
			PreConfig: func() {
				state := panel.State()
				state.Identifiers = append(state.Identifiers, simulator.Identifier{UID: 9, OwnerName: "Ada", Type: "card", Number: "4711"})
				state.Users[0].IdentifierUIDs = []int{9}
				panel.SetState(state)
			},
			Config:      config("Ada Lovelace"),
			ExpectError: says("the list of identifiers is [] instead of [] and 1 without link_id"),
		},
		resource.TestStep{Config: config("Ada"), ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionNoop)},
	)
}
