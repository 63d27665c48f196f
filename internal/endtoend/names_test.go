package endtoend

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// TestNamesThatTheSameApplyFrees changes configurations so that objects get names
// and link_ids that others have until the same apply renames or deletes them.
func TestNamesThatTheSameApplyFrees(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first, then string // how many and which, as arguments of the resource
		replace     string // an instance to replace
	}{
		"count to for_each":              {counted(persons(15)), forEach(persons(15), persons(15)), ""}, // Terraform begins with the deletions
		"first of a list removed":        {counted(persons(12)), counted(persons(12)[1:]), ""},
		"one put before a list":          {counted(persons(12)), counted(append([]string{"New"}, persons(12)...)), ""},
		"two swapped":                    {forEach(letters(2), persons(2)), forEach(letters(2), rotated(persons(2))), ""},
		"a ring of five":                 {forEach(letters(5), persons(5)), forEach(letters(5), rotated(persons(5))), ""},
		"a ring of twelve":               {forEach(letters(12), persons(12)), forEach(letters(12), rotated(persons(12))), ""},
		"six keys renamed":               {forEach(letters(6), persons(6)), forEach(persons(6), persons(6)), ""},
		"six keys renamed, with link_id": {forEach(letters(6), persons(6)) + linkID, forEach(persons(6), persons(6)) + linkID, ""},
		"replaced":                       {forEach(letters(1), persons(1)), forEach(letters(1), persons(1)), "a"},
		"replaced, with link_id":         {forEach(letters(1), persons(1)) + linkID, forEach(letters(1), persons(1)) + linkID, "a"},
	} {
		for kind, rest := range map[string]string{
			"gatehouse_panel_user":         "",
			"gatehouse_panel_time_profile": "  start = \"2026-01-05T09:00:00Z\"\n  end = \"2026-01-05T18:00:00Z\"\n",
		} {
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				sim := acctest.Panels(t, "lobby")
				sim.Panel("lobby").SetSettings(func(s *simulator.Settings) { s.NameFold, s.DeletesVisibleListings = true, 1 })
				resource := func(arguments string) string {
					return fmt.Sprintf("resource %q \"test\" {\n%s%s}\n", kind, arguments, rest)
				}
				w := workspace(t, sim, resource(test.first))
				must(t, w, "apply", "-auto-approve")
				rewrite(t, w, sim, resource(test.then))
				args := []string{"apply", "-auto-approve"}
				if test.replace != "" {
					args = append(args, fmt.Sprintf("-replace=%s.test[%q]", kind, test.replace))
				}
				must(t, w, args...)
				must(t, w, "plan", "-detailed-exitcode")
				if got, want := fmt.Sprint(panelIDs(sim.Panel("lobby"))), fmt.Sprint(stateIDs(t, w)); got != want {
					t.Errorf("the panel holds %s, the state %s", got, want)
				}
				if names := panelNames(sim.Panel("lobby")); strings.Contains(fmt.Sprint(names), "~") {
					t.Errorf("the panel holds %q", names)
				}
			})
		}
	}
}

// Ctrl-C while a creation waits for the name of a user whose deletion takes long:
// nothing of it was sent, and the state must not hold it.
func TestInterruptedWaitForANameTaintsNothing(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	one := func(key string) string {
		return "resource \"gatehouse_panel_user\" \"test\" {\n" + forEach([]string{key}, []string{"Ada"}) + "  time_profiles = []\n}\n"
	}
	w := workspace(t, sim, one("a"))
	must(t, w, "apply", "-auto-approve")
	rewrite(t, w, sim, one("b"))
	before := stateIDs(t, w)
	sim.Panel("lobby").SetSettings(func(s *simulator.Settings) { s.DeleteDelay = simulator.Duration(time.Hour) })
	sim.ResetRequests()
	ctx, interrupt := context.WithCancel(t.Context())
	// The plan and the creation have looked who has the name, and the deletion was sent.
	waits := func() bool {
		return acctest.Count(sim, http.MethodGet, "/api/v1/access/users/items") >= 2 && acctest.Count(sim, http.MethodDelete, usersPath) > 0
	}
	go func() { // ends with the loop: interrupt is called in any case
		defer interrupt()
		for ctx.Err() == nil && !waits() {
			select {
			case <-ctx.Done():
			case <-time.After(5 * time.Millisecond): // looks again, does not wait for a duration
			}
		}
	}()
	output, _, err := w.Run(ctx, "apply", "-auto-approve")
	interrupt()
	if err == nil || !strings.Contains(output, "Interrupted before the user was created") {
		t.Errorf("err = %v, output:\n%s", err, output)
	}
	if got := stateIDs(t, w); !slices.Equal(got, before) {
		t.Errorf("the state holds %v, want the old user alone, %v", got, before)
	}
	if n := acctest.Count(sim, http.MethodPost, usersPath); n != 0 {
		t.Errorf("%d upserts, want none", n)
	}
	sim.Panel("lobby").SetSettings(func(s *simulator.Settings) { s.DeleteDelay = 0 })
	sim.Panel("lobby").SetState(sim.Panel("lobby").State()) // which is listed at once
	must(t, w, "apply", "-auto-approve")
	must(t, w, "plan", "-detailed-exitcode")
}

// linkID gives each object a link_id of its own, by its name.
const linkID = `  link_id = format("0a000000-0000-4000-8000-%012d", tonumber(split(" ", each.value)[1]))` + "\n"

func persons(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("Person %d", i))
	}
	return names
}

func letters(n int) (names []string) {
	for i := range n {
		names = append(names, string(rune('a'+i)))
	}
	return names
}

func rotated(names []string) []string { return append(slices.Clone(names[1:]), names[0]) }

// counted are the arguments of objects that are told apart by number.
func counted(names []string) string {
	return fmt.Sprintf("  count = %d\n  name = [%s][count.index]\n", len(names), `"`+strings.Join(names, `", "`)+`"`)
}

// forEach are the arguments of objects that are told apart by key.
func forEach(keys, names []string) string {
	var pairs strings.Builder
	for i, key := range keys {
		fmt.Fprintf(&pairs, "    %q = %q\n", key, names[i])
	}
	return "  for_each = {\n" + pairs.String() + "  }\n  name = each.value\n"
}

func panelNames(panel *simulator.Panel) (names []string) {
	state := panel.State()
	for _, user := range state.Users {
		names = append(names, user.Name)
	}
	for _, profile := range state.TimeProfiles {
		names = append(names, profile.Name)
	}
	slices.Sort(names)
	return names
}
