package endtoend

import (
	"strings"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
)

// TestPlanWarnsOfDoubtfulSchedules looks at what the plan of one profile says that
// is excluded by its own weekdays, written with two offsets, and over. The plan
// that changes nothing says no more of it.
func TestPlanWarnsOfDoubtfulSchedules(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	schedule := func(name string) string {
		return `
resource "gatehouse_panel_time_profile" "doubtful" {
  name  = "` + name + `"
  start = "2020-03-07T20:00:00+01:00"
  end   = "2020-03-08T06:00:00+02:00"
  repeat {
    every    = "week"
    weekdays = ["friday"]
    until    = "2020-12-31T00:00:00Z"
  }
}
`
	}
	long := strings.Repeat("long ", 20) + "name"
	w := workspace(t, sim, schedule(long))
	warnings := []string{
		`start is Saturday 2020-03-07, which repeat.weekdays excludes, so that it depends on the panel whether the first window opens the door.`,
		`end has the offset +02:00, but start has +01:00: check that each is the offset of the panel's clock on that day, because a panel repeats the window by its clock.`,
		`repeat.until lies in the past, so that the time profile no longer opens a door.`,
		`name has 104 characters.`,
		`Fri 20:00–05:00 next day, every week, until 2020-12-31 01:00`,
	}
	output, _, err := w.Run(t.Context(), "plan")
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(strings.Fields(strings.ReplaceAll(output, "│", "")), " ")
	for _, warning := range warnings {
		if strings.Count(said, warning) != 1 {
			t.Errorf("the plan does not say once %q:\n%s", warning, output)
		}
	}
	must(t, w, "apply", "-auto-approve")
	output, _, err = w.Run(t.Context(), "plan", "-detailed-exitcode")
	if err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(strings.Fields(output), " "); strings.Contains(said, "Schedule lies in the past") || strings.Contains(said, "different offsets") || strings.Contains(said, "not a day of the repetition") {
		t.Errorf("a plan without changes warns:\n%s", output)
	}
	rewrite(t, w, sim, schedule("Short name"))
	if output, _, err = w.Run(t.Context(), "plan"); err != nil || strings.Count(output, "Schedule lies in the past") != 1 {
		t.Errorf("a plan that changes the profile does not warn (%v):\n%s", err, output)
	}
}
