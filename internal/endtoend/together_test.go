package endtoend

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// TestInterruptedDestroyOfTenKeepsAllTen presses Ctrl-C while one task deletes ten
// identity profiles: the state keeps all ten, and the next destroy goes on with
// that task for each of them, without another bulk-delete.
func TestInterruptedDestroyOfTenKeepsAllTen(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	tenant := sim.Tenant()
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskEnd = "" })
	const ten = `
resource "gatehouse_identity_profile" "staff" {
  count                   = 10
  name                    = "Profile ${count.index}"
  authoritative_source_id = format("2c91808300000000000000000000%04d", count.index)
}
`
	w := tenantWorkspace(t, acctest.TenantBlock(sim), ten)
	must(t, w, "apply", "-auto-approve")
	output := interrupted(t, w, func() bool { return looks(sim) > 0 })
	together := len(tenant.State().Tasks[0].ProfileIDs) // ten, unless the machine is slow
	if n := strings.Count(output, "the next destroy goes on with the same task"); n != together || n < 1 {
		t.Errorf("%d destroys of the %d in the task say how it goes on:\n%s", n, together, output)
	}
	if n := len(strings.Fields(kept(t, w))); n != 10 {
		t.Errorf("after the interrupt the state holds %d profiles, want 10", n)
	}
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskEnd = "Success" })
	must(t, w, "destroy", "-auto-approve", "-refresh=false")
	asked := 0
	for _, request := range sim.Requests() {
		if request.Path == bulkDeletePath {
			asked += request.IDs
		}
	}
	if asked != 10 {
		t.Errorf("the deletion of ten profiles was asked for %d times", asked)
	}
	if list, left := kept(t, w), len(tenant.State().Profiles); list != "" || left > 0 {
		t.Errorf("in the end the state holds %q, and the tenant %d profiles", list, left)
	}
}

// TestMixedItemsOfOneBulkCall destroys users of whom the panel refuses two: those
// two stay, on the panel and in the state, and all others are gone from both.
func TestMixedItemsOfOneBulkCall(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	panel := sim.Panel("lobby")
	w := workspace(t, sim, "resource \"gatehouse_panel_user\" \"person\" {\n  count = 12\n  name = \"Person ${count.index}\"\n}\n")
	must(t, w, "apply", "-auto-approve")
	users := panel.State().Users
	bad := []string{users[2].LinkID, users[7].LinkID}
	panel.SetSettings(func(s *simulator.Settings) {
		s.ItemOutcomes = map[string]string{bad[0]: "wrong_areas", bad[1]: "wrong_rule"}
	})
	output, _, err := w.Run(t.Context(), "destroy", "-auto-approve")
	if err == nil || !strings.Contains(output, "wrong_areas") || !strings.Contains(output, "wrong_rule") {
		t.Errorf("err = %v, and the panel's words are not both in:\n%s", err, output)
	}
	if got, want := fmt.Sprint(panelIDs(panel)), fmt.Sprint(stateIDs(t, w)); got != want || len(panelIDs(panel)) != 2 {
		t.Errorf("the panel holds %s and the state %s, want the two that were refused", got, want)
	}
	if n := acctest.Count(sim, http.MethodDelete, usersPath); n > 6 {
		t.Errorf("%d bulk deletes for twelve users", n)
	}
	panel.SetSettings(func(s *simulator.Settings) { s.ItemOutcomes = nil })
	must(t, w, "destroy", "-auto-approve")
	if left := panelIDs(panel); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
}
