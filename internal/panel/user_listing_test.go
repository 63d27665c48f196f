package panel_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// Another system removes a user and adds one while the pages of a listing are read:
// the user of this configuration slides from the second page to the first, and is
// on neither. It stays in the state, and its destroy does not end before it is gone.
func TestAccUser_isNotLostBetweenTwoPages(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	panel := sim.Panel("lobby")
	others := make([]simulator.User, 70)
	for i := range others {
		others[i] = simulator.User{UID: i + 1, LinkID: fmt.Sprintf("0b000000-0000-4000-8000-%012d", i), Name: fmt.Sprintf("other %d", i), AuthFactors: []string{"card"}}
	}
	ours := simulator.User{UID: 51, LinkID: idA, Name: "Ada", LockNumber: 1, AuthFactors: []string{"card"}}
	others[50] = ours
	set := func(change func(*simulator.Settings)) func() { return func() { panel.SetSettings(change) } }
	config := user(sim, `name = "Ada"`)
	imported := config + fmt.Sprintf("import {\n  to = %s\n  id = \"lobby/%s\"\n}\n", userAddress, idA)
	noop := acctest.Plans(userAddress, plancheck.ResourceActionNoop)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{PreConfig: func() { panel.SetState(simulator.PanelState{Users: others}) }, Config: imported},
			{PreConfig: set(func(s *simulator.Settings) { s.MoveBetweenPages = 1 }), Config: config, ConfigPlanChecks: noop},
			{PreConfig: func() { panel.SetState(simulator.PanelState{Users: others}) }, Config: config, ConfigPlanChecks: noop},
			{
				PreConfig: set(func(s *simulator.Settings) { s.MoveBetweenPages, s.IgnoreDeletes = 1000, true }),
				Config:    user(sim, "name = \"Ada\"\ntimeouts { delete = \"1s\" }"), Destroy: true, ExpectError: says(`Panel "lobby"`),
			},
			{PreConfig: set(func(s *simulator.Settings) { s.MoveBetweenPages, s.ShufflePages = 0, true }), Config: config, Destroy: true, ExpectError: says("gave an incomplete listing")},
			{PreConfig: func() {
				panel.SetSettings(func(s *simulator.Settings) { s.ShufflePages, s.IgnoreDeletes = false, false })
				panel.SetState(simulator.PanelState{Users: others})
			}, Config: config, ConfigPlanChecks: noop},
		},
	})
	for _, u := range panel.State().Users {
		if u.LinkID == idA {
			t.Error("the user is left on the panel")
		}
	}
	if n := len(panel.State().Users); n != len(others)-1 {
		t.Errorf("%d users are left, want the %d others", n, len(others)-1)
	}
}

// A listing with a link_id that cannot be read proves nothing: the user stays in
// the state and its destroy fails.
func TestAccUser_isKeptWhileAListingCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, linkID := range []string{`7`, `null`, `{"id":"` + idA + `"}`} {
		t.Run(linkID, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			config := user(sim, `name = "Ada"`)
			body := json.RawMessage(`{"list_option":{"pagination":{"total_items":1,"total_pages":1}},"list_items":[{"item_uid":1,"link_id":` + linkID + `,"name":"Ada","info":"","lock_number":1,"is_custom_user_access":false,"auth_factors":["card"],"identifiers":[]}]}`)
			faults := func(rules ...simulator.Fault) func() {
				return func() {
					if err := sim.SetFaults(rules...); err != nil {
						t.Error(err)
					}
				}
			}
			odd := faults(simulator.Fault{Target: "lobby", Method: "GET", Path: usersPath, Body: body})
			acctest.Run(t, sim,
				resource.TestStep{Config: config, ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate)},
				resource.TestStep{PreConfig: odd, Config: config, ExpectError: says(`link_id of user "Ada" cannot be read`)},
				resource.TestStep{PreConfig: odd, Config: config, Destroy: true, ExpectError: says(`link_id of user "Ada" cannot be read`)},
				resource.TestStep{PreConfig: faults(), Config: config, ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionNoop)},
			)
		})
	}
}
