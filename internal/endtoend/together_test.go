package endtoend

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

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
	begun := 0
	for _, task := range tenant.State().Tasks {
		begun += len(task.ProfileIDs)
	}
	sim.ResetRequests()
	task := tenant.State().Tasks[0].ID
	looked := func() (n int) {
		for _, request := range sim.Requests() {
			if request.Path == tasksPath+task {
				n++
			}
		}
		return n
	}
	// Slow enough for all of them to be there when the first look is answered.
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.Latency = simulator.Duration(300 * time.Millisecond) })
	ctx, stop := context.WithCancel(t.Context())
	watched := make(chan struct{})
	go func() { // ends with the destroy
		defer close(watched)
		for ctx.Err() == nil && looked() == 0 {
			<-time.After(5 * time.Millisecond) // looks again, does not wait for a duration
		}
		tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskEnd = "Success" })
	}()
	_, _, err := w.Run(t.Context(), "destroy", "-auto-approve", "-refresh=false")
	stop()
	<-watched
	if err != nil {
		t.Fatal(err)
	}
	if n := looked(); n >= max(together, 7) { // one poller looks some five times; on a slow machine fewer may share the task
		t.Errorf("%d looks at the task that %d destroys went on with, want one poller's", n, together)
	}
	asked := 0
	for _, request := range sim.Requests() {
		if request.Path == bulkDeletePath {
			asked += request.IDs
		}
	}
	if asked != 10-begun {
		t.Errorf("the second destroy asked for %d deletions, want the %d that the first had not come to", asked, 10-begun)
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

// written returns at which request of a method each entity was sent, by link_id.
func written(t *testing.T, sim *simulator.Simulator, method, path string) map[string]int {
	t.Helper()
	at := map[string]int{}
	for i, request := range sim.Requests() {
		if request.Method != method || request.Path != path {
			continue
		}
		var body struct {
			LinkIDs []string `json:"link_ids"`
			Items   []struct {
				LinkID string `json:"link_id"`
			} `json:"list_items"`
		}
		if err := json.Unmarshal(request.Body, &body); err != nil {
			t.Fatal(err)
		}
		for _, item := range body.Items {
			body.LinkIDs = append(body.LinkIDs, item.LinkID)
		}
		for _, id := range body.LinkIDs {
			at[id] = i
		}
	}
	return at
}

// TestProfilesOutliveTheirUsers makes and destroys two time profiles together with
// users who depend on one of them, among others who do not: the profiles come
// first and go last, because a user without one may pass at any hour.
func TestProfilesOutliveTheirUsers(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	panel := sim.Panel("lobby")
	w := workspace(t, sim, `
resource "gatehouse_panel_time_profile" "shift" {
  count = 2
  name  = "Shift ${count.index}"
  start = "2027-01-04T08:00:00Z"
  end   = "2027-01-04T17:00:00Z"
}

resource "gatehouse_panel_user" "worker" {
  count         = 12
  name          = "Worker ${count.index}"
  time_profiles = [gatehouse_panel_time_profile.shift[count.index % 2].link_id]
}

resource "gatehouse_panel_user" "visitor" {
  count = 6
  name  = "Visitor ${count.index}"
}
`)
	must(t, w, "apply", "-auto-approve")
	users, made, given := panel.State().Users, written(t, sim, http.MethodPost, profilesPath), written(t, sim, http.MethodPost, usersPath)
	must(t, w, "destroy", "-auto-approve")
	taken, removed := written(t, sim, http.MethodDelete, usersPath), written(t, sim, http.MethodDelete, profilesPath)
	if len(made) != 2 || len(given) != 18 || len(taken) != 18 || len(removed) != 2 {
		t.Errorf("made %d profiles and %d users, deleted %d and %d", len(made), len(given), len(removed), len(taken))
	}
	dependent := 0
	for _, user := range users {
		for _, profile := range user.TimeProfileLinkIDs {
			dependent++
			if made[profile] >= given[user.LinkID] || taken[user.LinkID] >= removed[profile] {
				t.Errorf("requests %d profile, %d %s, %d %s deleted, %d profile deleted",
					made[profile], given[user.LinkID], user.Name, taken[user.LinkID], user.Name, removed[profile])
			}
		}
	}
	if left := panelIDs(panel); dependent != 12 || len(left) > 0 {
		t.Errorf("%d users had a profile; %v are left", dependent, left)
	}
}

// TestLostAnswerToACallOfMany loses the answers to bulk calls after they were
// carried out: the same apply and the same destroy find the work done, and nothing
// is made or asked for twice.
func TestLostAnswerToACallOfMany(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]simulator.Fault{
		"cut off": {Cut: true},
		"500":     {Status: http.StatusInternalServerError},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			w := workspace(t, sim, "resource \"gatehouse_panel_user\" \"person\" {\n  count = 24\n  name = \"Person ${count.index}\"\n}\n")
			for _, method := range []string{http.MethodPost, http.MethodDelete} {
				fault := lost
				fault.Method, fault.Path, fault.Apply, fault.Nth = method, usersPath, true, 2
				if err := sim.SetFaults(fault); err != nil {
					t.Fatal(err)
				}
				must(t, w, map[string]string{http.MethodPost: "apply", http.MethodDelete: "destroy"}[method], "-auto-approve")
				sent := 0
				for _, request := range sim.Requests() {
					if request.Method == method && request.Path == usersPath {
						sent += request.IDs
					}
				}
				if held := len(panelIDs(sim.Panel("lobby"))); sent != 24 || held != map[string]int{http.MethodPost: 24}[method] {
					t.Errorf("%s: 24 users were sent %d times, and the panel holds %d", method, sent, held)
				}
			}
		})
	}
}
