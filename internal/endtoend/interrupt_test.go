package endtoend

import (
	"context"
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
			fault := simulator.Fault{Method: test.method, Path: test.path, Delay: simulator.Duration(time.Minute), Apply: test.apply, Cut: true}
			if err := sim.SetFaults(fault); err != nil {
				t.Fatal(err)
			}
			sim.ResetRequests()
			ctx, interrupt := context.WithCancel(t.Context())
			go func() { // ends with the loop: interrupt is called in any case
				defer interrupt()
				for ctx.Err() == nil && acctest.Count(sim, test.method, test.path) == 0 {
					select {
					case <-ctx.Done():
					case <-time.After(5 * time.Millisecond): // looks again, does not wait for a duration
					}
				}
			}()
			start := time.Now()
			output, _, err := w.Run(ctx, test.command, "-auto-approve")
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
