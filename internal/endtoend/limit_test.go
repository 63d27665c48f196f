package endtoend

import (
	"strings"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
)

// TestMaxDeletions plans more deletions than the provider block allows, of every
// sort, and as many as it allows.
func TestMaxDeletions(t *testing.T) {
	t.Parallel()
	people := func(n string, lines string) string {
		return "resource \"gatehouse_panel_user\" \"a\" {\n  count = " + n + "\n  name = \"Person ${count.index}\"\n  time_profiles = []\n  " + lines + "\n}\n"
	}
	for name, test := range map[string]struct {
		config  string
		args    []string
		refused bool
	}{
		"destroys":         {people("1", ""), []string{"apply", "-auto-approve"}, true},
		"a destroy of all": {people("5", ""), []string{"destroy", "-auto-approve"}, true},
		"replacements":     {people("5", `link_id = format("0a000000-0000-4000-8000-%012d", count.index)`), []string{"apply", "-auto-approve"}, true},
		"replacements on request": {people("5", ""), []string{
			"apply", "-auto-approve", "-replace=gatehouse_panel_user.a[0]", "-replace=gatehouse_panel_user.a[1]", "-replace=gatehouse_panel_user.a[2]", "-replace=gatehouse_panel_user.a[3]",
		}, true},
		"as many as are allowed": {people("2", ""), []string{"apply", "-auto-approve"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			w := workspace(t, sim, people("5", ""))
			must(t, w, "apply", "-auto-approve")
			before := strings.Join(panelIDs(sim.Panel("lobby")), " ")
			limited := strings.TrimSuffix(acctest.ProviderBlock(sim), "}\n") + "  max_deletions = 3\n}\n"
			configure(t, w, limited+test.config)
			output, _, err := w.Run(t.Context(), test.args...)
			if (err != nil) != test.refused {
				t.Fatalf("%s ended with %v:\n%s", test.args[0], err, output)
			}
			if test.refused && (!strings.Contains(output, "Error: More deletions than max_deletions allows") || strings.Join(panelIDs(sim.Panel("lobby")), " ") != before) {
				t.Errorf("something was deleted, or the error says something else:\n%s", output)
			}
			configure(t, w, acctest.ProviderBlock(sim))
			must(t, w, "destroy", "-auto-approve")
		})
	}
}
