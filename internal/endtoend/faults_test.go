package endtoend

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

const (
	usersPath    = "/api/v1/access/users/items/link"
	profilesPath = "/api/v1/access/timeprofile/items/link"
)

// config is a time profile and a user that refers to it, in one of two forms.
func config(form string) string {
	return fmt.Sprintf(`
resource "gatehouse_panel_time_profile" "hours" {
  name  = "Hours %[1]s"
  start = "2026-01-05T09:00:00Z"
  end   = "2026-01-05T18:00:00Z"
  timeouts {
  create = "2s"
  read = "2s"
  update = "2s"
  delete = "2s"
}
}

resource "gatehouse_panel_user" "person" {
  name          = "Person %[1]s"
  time_profiles = [gatehouse_panel_time_profile.hours.link_id]
  timeouts {
  create = "2s"
  read = "2s"
  update = "2s"
  delete = "2s"
}
}
`, form)
}

// TestStateAndPanelTellOneStoryAfterAFault makes one write go wrong in each way
// there is, once and for good, in each kind of apply. Whether the apply fails is
// not the question: afterwards nothing may be on the panel that the state has
// forgotten, and once the panel is well again, the same command must succeed
// without manual work and with nothing left to do.
func TestStateAndPanelTellOneStoryAfterAFault(t *testing.T) {
	t.Parallel()
	faults := map[string]simulator.Fault{
		"cut before it was applied":   {Cut: true},
		"cut after it was applied":    {Cut: true, Apply: true},
		"500 before it was applied":   {Status: http.StatusInternalServerError},
		"500 after it was applied":    {Status: http.StatusInternalServerError, Apply: true},
		"HTML after it was applied":   {Body: []byte(`"<html>welcome</html>"`), Apply: true},
		"empty result, applied":       {Body: []byte(`{"result":[]}`), Apply: true},
		"400 with a vendor's message": {Status: http.StatusBadRequest, Body: []byte(`{"error":"Wrong JSON body"}`)},
		"404":                         {Status: http.StatusNotFound},
	}
	for name, fault := range faults {
		for _, path := range []string{usersPath, profilesPath} {
			for _, command := range []string{"create", "update", "destroy"} {
				for _, count := range []int{1, 1000} {
					what := map[string]string{usersPath: "users", profilesPath: "time profiles"}[path]
					if count == 1000 && path == profilesPath {
						continue // the users' rows tell it
					}
					t.Run(fmt.Sprintf("%s %s/%s/%d times", command, what, name, count), func(t *testing.T) {
						t.Parallel()
						fault := fault
						fault.Path, fault.Nth, fault.Count = path, 1, count
						fault.Method = http.MethodPost
						if command == "destroy" {
							fault.Method = http.MethodDelete
						}
						testFault(t, command, fault)
					})
				}
			}
		}
	}
}

func testFault(t *testing.T, command string, fault simulator.Fault) {
	t.Helper()
	sim := acctest.Panels(t, "lobby")
	panel := sim.Panel("lobby")
	w := workspace(t, sim, config("one"))
	args := []string{"apply", "-auto-approve"}
	switch command {
	case "update":
		must(t, w, args...)
		rewrite(t, w, sim, config("two"))
	case "destroy":
		must(t, w, args...)
		args = []string{"destroy", "-auto-approve"}
	}
	if err := sim.SetFaults(fault); err != nil {
		t.Fatal(err)
	}
	_, _, faultErr := w.Run(t.Context(), args...)
	inState := stateIDs(t, w)
	for _, id := range panelIDs(panel) {
		if !slices.Contains(inState, id) {
			t.Errorf("after the fault %s is on the panel and not in the state (%v)", id, faultErr)
		}
	}
	if faultErr == nil && command == "destroy" && len(panelIDs(panel)) > 0 {
		t.Errorf("the destroy succeeded, and %v is on the panel", panelIDs(panel))
	}

	if err := sim.SetFaults(); err != nil {
		t.Fatal(err)
	}
	must(t, w, args...)
	want := 2
	if command == "destroy" {
		want = 0
	} else {
		must(t, w, "plan", "-detailed-exitcode")
	}
	if got := panelIDs(panel); len(got) != want || !slices.Equal(got, stateIDs(t, w)) {
		t.Errorf("in the end the panel holds %v and the state %v, want %d objects in both", got, stateIDs(t, w), want)
	}
}
