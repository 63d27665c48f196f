package endtoend

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// TestInterruptedCommandLosesNothing presses Ctrl-C while the panel takes its
// time. The command must end soon, the state must know all that is on the panel,
// and the same command must finish the work afterwards.
func TestInterruptedCommandLosesNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		command string
		method  string
		path    string
		apply   bool
	}{
		"create, before the panel stored it": {"apply", http.MethodPost, usersPath, false},
		"create, after the panel stored it":  {"apply", http.MethodPost, usersPath, true},
		"destroy, before the panel did it":   {"destroy", http.MethodDelete, usersPath, false},
		"destroy, after the panel did it":    {"destroy", http.MethodDelete, usersPath, true},
		"login":                              {"apply", http.MethodGet, loginPath, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			w := workspace(t, sim, strings.ReplaceAll(config("one"), `"2s"`, `"1m"`))
			if test.command == "destroy" {
				must(t, w, "apply", "-auto-approve")
			}
			args := []string{test.command, "-auto-approve"}
			if test.path == loginPath { // Terraform does not stop while an apply makes its plan
				must(t, w, "plan", "-out=saved")
				args = []string{test.command, "saved"}
			}
			fault := simulator.Fault{Method: test.method, Path: test.path, Delay: simulator.Duration(time.Minute), Apply: test.apply, Cut: true}
			if err := sim.SetFaults(fault); err != nil {
				t.Fatal(err)
			}
			sim.ResetRequests()
			ctx, interrupt := interruptOnceSent(t, sim, test.method, test.path)
			start := time.Now()
			output, _, err := w.Run(ctx, args...)
			interrupt()
			if err == nil {
				t.Fatalf("the interrupted command succeeded:\n%s", output)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("the interrupted command took %s", took)
			}
			for _, id := range panelIDs(sim.Panel("lobby")) {
				if !slices.Contains(stateIDs(t, w), id) {
					t.Errorf("%s is on the panel and not in the state:\n%s", id, output)
				}
			}
			if err := sim.SetFaults(); err != nil {
				t.Fatal(err)
			}
			must(t, w, test.command, "-auto-approve")
			want := map[string]int{"apply": 2, "destroy": 0}[test.command]
			if got := panelIDs(sim.Panel("lobby")); len(got) != want || !slices.Equal(got, stateIDs(t, w)) {
				t.Errorf("in the end the panel holds %v and the state %v, want %d objects in both", got, stateIDs(t, w), want)
			}
		})
	}
}

// interruptOnceSent returns a context that ends when a panel has got a request on
// one of the paths.
func interruptOnceSent(t *testing.T, sim *simulator.Simulator, method string, paths ...string) (context.Context, context.CancelFunc) {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	go func() { // ends with the loop: the caller interrupts in any case
		defer interrupt()
		for ctx.Err() == nil && !slices.ContainsFunc(paths, func(path string) bool { return acctest.Count(sim, method, path) > 0 }) {
			select {
			case <-ctx.Done():
			case <-time.After(5 * time.Millisecond): // looks again, does not wait for a duration
			}
		}
	}()
	return ctx, interrupt
}

// TestInterruptedCommandDoesNotTaintWhatWasNeverSent presses Ctrl-C while one call
// keeps a slow panel busy and the other creations wait for their turn. Those were
// never sent: the state must not hold them, and the message must say so.
func TestInterruptedCommandDoesNotTaintWhatWasNeverSent(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	w := workspace(t, sim, `
resource "gatehouse_panel_time_profile" "hours" {
  count = 3
  name  = "Hours ${count.index}"
  start = "2026-01-05T09:00:00Z"
  end   = "2026-01-05T18:00:00Z"
}

resource "gatehouse_panel_user" "person" {
  count         = 6
  name          = "Person ${count.index}"
  time_profiles = []
}
`)
	// Of both kinds: whichever comes first keeps the other waiting.
	slow := simulator.Fault{Method: http.MethodPost, Path: usersPath, Delay: simulator.Duration(time.Minute), Cut: true}
	alsoSlow := slow
	alsoSlow.Path = profilesPath
	// Terraform's own requests are all with the provider before the first write:
	// the plugin protocol cancels those alone that came before the interrupt.
	login := simulator.Fault{Method: http.MethodGet, Path: loginPath, Delay: simulator.Duration(time.Second), Apply: true}
	if err := sim.SetFaults(slow, alsoSlow, login); err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := interruptOnceSent(t, sim, http.MethodPost, usersPath, profilesPath)
	output, _, err := w.Run(ctx, "apply", "-auto-approve")
	interrupt()
	if err == nil {
		t.Fatalf("the interrupted command succeeded:\n%s", output)
	}
	sent := sentIDs(t, sim)
	if len(sent) == 0 || len(sent) == 9 {
		t.Fatalf("%d of 9 objects were sent; the test wants some that waited:\n%s", len(sent), output)
	}
	if got := stateIDs(t, w); !slices.Equal(got, sent) {
		t.Errorf("the state holds %v, want what was sent, %v:\n%s", got, sent, output)
	}
	words := strings.Join(strings.Fields(strings.NewReplacer("│", " ").Replace(output)), " ")
	const (
		neverSent = "Nothing was sent that changes the panel. Apply again to go on."
		unknown   = "The request was sent, and its outcome is not known: the object is kept in the state, marked as tainted"
	)
	waited := 9 - len(sent) // the most: Terraform may not have begun with all of the others
	for text, most := range map[string]int{
		"Error: Interrupted before the ": waited, neverSent: waited, "was being created": len(sent), unknown: len(sent),
	} {
		if n := strings.Count(words, text); n == 0 || n > most {
			t.Errorf("%q is printed %d times, want it up to %d times:\n%s", text, n, most, output)
		}
	}
	if err := sim.SetFaults(); err != nil {
		t.Fatal(err)
	}
	must(t, w, "apply", "-auto-approve")
	must(t, w, "plan", "-detailed-exitcode")
	if got := panelIDs(sim.Panel("lobby")); len(got) != 9 || !slices.Equal(got, stateIDs(t, w)) {
		t.Errorf("in the end the panel holds %v and the state %v, want 9 objects in both", got, stateIDs(t, w))
	}
}

// sentIDs returns the link_ids of all upserts that reached a panel, sorted.
func sentIDs(t *testing.T, sim *simulator.Simulator) (ids []string) {
	t.Helper()
	for _, request := range sim.Requests() {
		if request.Method != http.MethodPost {
			continue
		}
		var body struct {
			Items []struct {
				LinkID string `json:"link_id"`
			} `json:"list_items"`
		}
		if err := json.Unmarshal(request.Body, &body); err != nil {
			t.Fatal(err)
		}
		for _, item := range body.Items {
			ids = append(ids, item.LinkID)
		}
	}
	slices.Sort(ids)
	return ids
}
