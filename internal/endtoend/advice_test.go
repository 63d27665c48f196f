package endtoend

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
)

// TestAdviceOfATimeProfileInUseWorks takes a profile off its user and out of the
// configuration at once, which is refused, and then does what the refusal says.
func TestAdviceOfATimeProfileInUseWorks(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	person := func(profiles string) string {
		return fmt.Sprintf("resource \"gatehouse_panel_user\" \"person\" {\n  name = \"Ada\"\n  time_profiles = [%s]\n}\n", profiles)
	}
	const hours = `
resource "gatehouse_panel_time_profile" "hours" {
  name  = "Hours"
  start = "2026-01-05T09:00:00Z"
  end   = "2026-01-05T18:00:00Z"
}
`
	w := workspace(t, sim, person("gatehouse_panel_time_profile.hours.link_id")+hours)
	must(t, w, "apply", "-auto-approve")
	rewrite(t, w, sim, person(""))
	output, _, err := w.Run(t.Context(), "apply", "-auto-approve")
	if err == nil {
		t.Fatalf("the profile was deleted under its user:\n%s", output)
	}
	words := strings.Join(strings.Fields(output), " ")
	for _, text := range []string{"Error: Time profile in use", "terraform apply -target=ADDRESS for each of them, then apply the rest"} {
		if !strings.Contains(words, text) {
			t.Errorf("%q is not in the refusal:\n%s", text, output)
		}
	}
	rewrite(t, w, sim, person(""))
	must(t, w, "apply", "-auto-approve", "-target=gatehouse_panel_user.person")
	must(t, w, "apply", "-auto-approve")
	must(t, w, "plan", "-detailed-exitcode")
	if state := sim.Panel("lobby").State(); len(state.TimeProfiles) != 0 || len(state.Users) != 1 {
		t.Errorf("in the end the panel holds %+v, want Ada alone", state)
	}
}
