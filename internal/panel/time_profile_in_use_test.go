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

// Nobody must lose a time profile by its destruction: whoever does might be able
// to pass at any hour (contract §3.5).
func TestAccTimeProfile_isNotDestroyedWhileSomebodyRefersToIt(t *testing.T) {
	t.Parallel()
	ids := []string{idB, idA}
	for name, test := range map[string]struct {
		holders simulator.PanelState
		setting func(*simulator.Settings)
		want    []string
	}{
		"a user made at the panel": {
			holders: simulator.PanelState{Users: []simulator.User{{Name: "Ada", TimeProfileLinkIDs: ids}, {Name: "Grace"}}},
			want:    []string{`is still referred to by user "Ada" (made at the panel). Nothing was deleted`},
		},
		"a user with a link_id": {
			holders: simulator.PanelState{Users: []simulator.User{{LinkID: idC, Name: "Ada", TimeProfileLinkIDs: ids}}},
			want:    []string{`is still referred to by user "Ada" (link_id ` + idC + `). Nothing was deleted`},
		},
		"the second of two namesakes made at the panel": {
			holders: simulator.PanelState{Users: []simulator.User{{Name: "Ada"}, {Name: "Ada", TimeProfileLinkIDs: ids}}},
			want:    []string{`is still referred to by user "Ada" (made at the panel). Nothing was deleted`},
		},
		"users listed with objects": {
			holders: simulator.PanelState{Users: []simulator.User{{Name: "Ada", TimeProfileLinkIDs: ids}, {LinkID: idC, Name: "Grace", TimeProfileLinkIDs: ids}}},
			setting: func(s *simulator.Settings) { s.ListingRefs = "objects" },
			want:    []string{`user "Ada" (made at the panel)`, `user "Grace" (link_id ` + idC + `)`},
		},
		"an identifier": {
			holders: simulator.PanelState{Identifiers: []simulator.Identifier{{Type: "card", Number: "1", TimeProfileLinkIDs: ids}, {Type: "card", Number: "2"}}},
			want:    []string{`is still referred to by 1 of the panel's identifiers (cards or codes)`},
		},
		"all of them": {
			holders: simulator.PanelState{
				Users: []simulator.User{{Name: "Ada", TimeProfileLinkIDs: ids}, {LinkID: idC, Name: "Grace", TimeProfileLinkIDs: ids}},
				Identifiers: []simulator.Identifier{
					{Type: "card", Number: "1", TimeProfileLinkIDs: ids}, {LinkID: idB, Type: "qr", Number: idB, TimeProfileLinkIDs: ids},
				},
			},
			want: []string{`"Ada" (made at the panel)`, `"Grace" (link_id ` + idC + `)`, `2 of the panel's identifiers (cards or codes)`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			panel := sim.Panel("lobby")
			if test.setting != nil {
				panel.SetSettings(test.setting)
			}
			hold := func(holders simulator.PanelState) func() {
				return func() {
					holders.TimeProfiles = panel.State().TimeProfiles
					panel.SetState(holders)
				}
			}
			config := profile(sim, `link_id = "`+idA+`"`)
			steps := []resource.TestStep{{Config: config, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionCreate)}}
			for _, want := range test.want {
				steps = append(steps, resource.TestStep{PreConfig: hold(test.holders), Config: config, Destroy: true, ExpectError: says(want)})
			}
			steps = append(steps, resource.TestStep{ // the state still has it
				PreConfig: func() {
					if n := acctest.Count(sim, http.MethodDelete, profilesPath); n != 0 {
						t.Errorf("%d deletions were sent, want none", n)
					}
				},
				Config: config, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionNoop),
			}, resource.TestStep{
				PreConfig: hold(simulator.PanelState{}),
				Config:    config, Destroy: true,
			})
			acctest.Run(t, sim, steps...)
			if n := acctest.Count(sim, http.MethodDelete, profilesPath); n != 1 {
				t.Errorf("%d deletions were sent, want 1", n)
			}
		})
	}
}

// writes are the requests that changed a panel, in order.
func writes(sim *simulator.Simulator) string {
	var list []string
	for _, request := range sim.Requests() {
		if request.Method != http.MethodGet {
			list = append(list, request.Method+" "+strings.TrimSuffix(strings.TrimPrefix(request.Path, "/api/v1/access/"), "/items/link"))
		}
	}
	return strings.Join(list, ", ")
}

func TestAccTimeProfile_isDestroyedAfterTheUserThatHadIt(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	acctest.Run(t, sim, resource.TestStep{
		Config:           user(sim, "name = \"Ada\"\ntime_profiles = [gatehouse_panel_time_profile.test.link_id]") + officeHours,
		ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionCreate),
	})
	if got, want := writes(sim), "POST timeprofile, POST users, DELETE users, DELETE timeprofile"; got != want {
		t.Errorf("the panel was sent %s; want %s", got, want)
	}
}

// Terraform destroys a profile before it changes the user that had it, unless
// the profile is marked: the refusal says so, and what it says works.
func TestAccTimeProfile_isTakenOffAUserAndDestroyed(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	marked := strings.Replace(officeHours, "\n}", "\n  lifecycle { create_before_destroy = true }\n}", 1)
	with := user(sim, "name = \"Ada\"\ntime_profiles = [gatehouse_panel_time_profile.test.link_id]")
	without := user(sim, "name = \"Ada\"\ntime_profiles = []")
	step := func(address string, action plancheck.ResourceActionType, config, want string) resource.TestStep {
		return resource.TestStep{
			PreConfig:        sim.ResetRequests,
			Config:           config,
			ConfigPlanChecks: acctest.Plans(address, action),
			ConfigStateChecks: then(func() error {
				if got := writes(sim); got != want {
					return fmt.Errorf("the panel was sent %q; want %q", got, want)
				}
				return nil
			}),
		}
	}
	acctest.Run(t, sim,
		step(profileAddress, plancheck.ResourceActionCreate, with+officeHours, "POST timeprofile, POST users"),
		resource.TestStep{Config: without, ExpectError: says("bring that about with terraform apply -target=ADDRESS for each of them, then apply the rest")},
		step(userAddress, plancheck.ResourceActionUpdate, without+officeHours, "POST users"),
		step(profileAddress, plancheck.ResourceActionDestroy, without, "DELETE timeprofile"),

		step(userAddress, plancheck.ResourceActionUpdate, with+officeHours, "POST timeprofile, POST users"),
		resource.TestStep{Config: without, ExpectError: says("give the new one another name and set lifecycle { create_before_destroy = true }")},
		step(profileAddress, plancheck.ResourceActionNoop, with+marked, ""),
		step(profileAddress, plancheck.ResourceActionDestroy, without, "POST users, DELETE timeprofile"),
	)
}

// A replacement begins with the destruction, which is refused while the user of
// the old profile has not got the new one. With create_before_destroy and a name
// of its own for the new one it works.
func TestAccTimeProfile_isReplacedUnderItsUser(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	config := func(name, linkID, more string) string {
		return user(sim, "name = \"Ada\"\ntime_profiles = [gatehouse_panel_time_profile.test.link_id]") + fmt.Sprintf(`
resource "gatehouse_panel_time_profile" "test" {
  name    = %q
  link_id = %q
  start   = "2026-01-05T09:00:00Z"
  end     = "2026-01-05T18:00:00Z"
  %s
}
`, name, linkID, more)
	}
	const before = "lifecycle { create_before_destroy = true }"
	acctest.Run(t, sim,
		resource.TestStep{Config: config("One", idA, ""), ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionCreate)},
		resource.TestStep{Config: config("Two", idB, ""), ExpectError: says(`is still referred to by user "Ada"`)},
		resource.TestStep{
			PreConfig:        sim.ResetRequests,
			Config:           config("Two", idB, before),
			ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionCreateBeforeDestroy),
			ConfigStateChecks: then(func() error {
				if got, want := writes(sim), "POST timeprofile, POST users, DELETE timeprofile"; got != want {
					return fmt.Errorf("the panel was sent %s; want %s", got, want)
				}
				return nil
			}),
		},
	)
}

// A panel that does not tell who refers to a profile cannot be asked: the profile
// stays, until the users that do not tell are gone or somebody has looked.
func TestAccTimeProfile_isNotDestroyedWhereNobodyCanCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		listed string
		lacks  bool // the panel has no listing of all users
		want   string
	}{
		"references not listed":        {"absent", false, `does not tell which time profiles user "Ada" (made at the panel) refers to`},
		"references in an odd form":    {"names", false, `does not tell which time profiles user "Ada" (made at the panel) refers to`},
		"users that cannot be listed":  {"link_ids", true, `does not list the users made at the panel`},
		"users and no references told": {"absent", true, `does not list the users made at the panel`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			panel := sim.Panel("lobby")
			config := profile(sim, "")
			acctest.Run(t, sim,
				resource.TestStep{Config: config, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionCreate)},
				resource.TestStep{
					PreConfig: func() {
						panel.SetSettings(func(s *simulator.Settings) { s.ListingRefs = test.listed })
						panel.SetUser(simulator.User{Name: "Ada", TimeProfileLinkIDs: []string{panel.State().TimeProfiles[0].LinkID}})
						if test.lacks {
							if err := sim.SetFaults(simulator.Fault{Target: "lobby", Path: "/api/v1/access/user*/items", Status: http.StatusNotFound}); err != nil {
								t.Error(err)
							}
						}
					},
					Config: config, Destroy: true, ExpectError: says(test.want),
				},
				resource.TestStep{
					PreConfig: func() {
						if n := acctest.Count(sim, http.MethodDelete, profilesPath); n != 0 {
							t.Errorf("%d deletions were sent, want none", n)
						}
						if err := sim.SetFaults(); err != nil {
							t.Error(err)
						}
						panel.SetState(simulator.PanelState{TimeProfiles: panel.State().TimeProfiles})
					},
					Config: config, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionNoop),
				},
			)
		})
	}
}
