package endtoend

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/cli"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// blocks is a provider block of panels by name, each at the address of a simulated
// one.
func blocks(sim *simulator.Simulator, panels ...[2]string) string {
	var b strings.Builder
	b.WriteString("provider \"gatehouse\" {\n")
	for _, panel := range panels {
		b.WriteString(acctest.PanelBlock(panel[0], sim.Panel(panel[1]).URL()))
	}
	b.WriteString("}\n")
	return b.String()
}

func configure(t *testing.T, w *cli.Workspace, config string) {
	t.Helper()
	if err := w.Write("main.tf", []byte(requiredProviders+config)); err != nil {
		t.Fatal(err)
	}
}

// untouched fails if anything was written to the panels since the log was emptied.
func untouched(t *testing.T, sim *simulator.Simulator) {
	t.Helper()
	for _, request := range sim.Requests() {
		if request.Method != http.MethodGet {
			t.Errorf("%s %s was sent to panel %s", request.Method, request.Path, request.Target)
		}
	}
}

// entities are a time profile, and a user who refers to it, with these lines.
func entities(lines ...string) string {
	return hours("p", "Office", lines...) + person("a", "Ada", append(lines, "time_profiles = [gatehouse_panel_time_profile.p.link_id]")...)
}

// TestSecondPanelIsAdded adds a panel while objects leave panel out: they stay where
// they are, also in a destroy.
func TestSecondPanelIsAdded(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby", "garage")
	w := workspace(t, sim, "")
	configure(t, w, blocks(sim, [2]string{"lobby", "lobby"})+entities())
	must(t, w, "apply", "-auto-approve")
	both := blocks(sim, [2]string{"garage", "garage"}, [2]string{"lobby", "lobby"})
	configure(t, w, both+entities())
	must(t, w, "plan", "-detailed-exitcode")
	configure(t, w, both+strings.Replace(entities(), `"Ada"`, `"Grace"`, 1))
	must(t, w, "apply", "-auto-approve")
	if users := sim.Panel("lobby").State().Users; len(users) != 1 || users[0].Name != "Grace" {
		t.Errorf("the first panel has %+v", users)
	}
	configure(t, w, both+entities()+person("new", "Alan"))
	output, _, err := w.Run(t.Context(), "plan")
	if err == nil || !strings.Contains(plain(output), "a resource must say which one it is on") {
		t.Errorf("a new user without panel: %v\n%s", err, output)
	}
	configure(t, w, both+entities())
	must(t, w, "destroy", "-auto-approve")
	if err := acctest.Empty(sim); err != nil {
		t.Error(err)
	}
}

// TestPanelIsRenamed gives a panel another name in the provider block: its objects
// are found by the serial number, and nothing on the panel is touched.
func TestPanelIsRenamed(t *testing.T) {
	t.Parallel()
	named := func(name string) []string { return []string{fmt.Sprintf("panel = %q", name)} }
	for name, test := range map[string]struct{ before, after []string }{
		"named":    {named("lobby"), named("foyer")},
		"left out": {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby", "garage")
			w := workspace(t, sim, "")
			configure(t, w, blocks(sim, [2]string{"lobby", "lobby"}, [2]string{"garage", "garage"})+entities(named("lobby")...))
			must(t, w, "apply", "-auto-approve")
			renamed := blocks(sim, [2]string{"foyer", "lobby"}, [2]string{"garage", "garage"})
			if test.after == nil {
				renamed = blocks(sim, [2]string{"foyer", "lobby"})
			}
			configure(t, w, renamed+entities(test.after...))
			sim.ResetRequests()
			output, _, err := w.Run(t.Context(), "apply", "-auto-approve")
			if err != nil || !strings.Contains(output, "Resources: 0 added, 2 changed, 0 destroyed") {
				t.Fatalf("the renaming ended with %v:\n%s", err, output)
			}
			untouched(t, sim)
			must(t, w, "plan", "-detailed-exitcode")
			must(t, w, "destroy", "-auto-approve")
			if err := acctest.Empty(sim); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("destroyed before it is applied", func(t *testing.T) {
		t.Parallel()
		sim := acctest.Panels(t, "lobby")
		w := workspace(t, sim, "")
		configure(t, w, blocks(sim, [2]string{"lobby", "lobby"})+entities())
		must(t, w, "apply", "-auto-approve")
		configure(t, w, blocks(sim, [2]string{"foyer", "lobby"}))
		must(t, w, "destroy", "-auto-approve")
		if err := acctest.Empty(sim); err != nil {
			t.Error(err)
		}
	})
	t.Run("to another device", func(t *testing.T) {
		t.Parallel()
		sim := acctest.Panels(t, "lobby", "garage")
		w := workspace(t, sim, "")
		both := blocks(sim, [2]string{"lobby", "lobby"}, [2]string{"garage", "garage"})
		configure(t, w, both+entities(named("lobby")...))
		must(t, w, "apply", "-auto-approve")
		configure(t, w, both+entities(named("garage")...))
		output, _, err := w.Run(t.Context(), "apply", "-auto-approve")
		if err != nil || !strings.Contains(output, "Resources: 2 added, 0 changed, 2 destroyed") {
			t.Fatalf("the move ended with %v:\n%s", err, output)
		}
		must(t, w, "destroy", "-auto-approve")
	})
}

// TestPanelIsRemoved takes a panel away while the state has objects on it. The error
// names them, and both ways to forget them work.
func TestPanelIsRemoved(t *testing.T) {
	t.Parallel()
	for name, forget := range map[string]func(t *testing.T, w *cli.Workspace, block string){
		"a removed block": func(t *testing.T, w *cli.Workspace, block string) {
			t.Helper()
			configure(t, w, block+"removed {\n  from = gatehouse_panel_user.a\n  lifecycle { destroy = false }\n}\n")
			must(t, w, "apply", "-auto-approve")
		},
		"state rm": func(t *testing.T, w *cli.Workspace, block string) {
			t.Helper()
			configure(t, w, block)
			must(t, w, "state", "rm", "gatehouse_panel_user.a")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby", "garage")
			w := workspace(t, sim, "")
			configure(t, w, blocks(sim, [2]string{"lobby", "lobby"})+person("a", "Ada", fmt.Sprintf("link_id = %q", idA)))
			must(t, w, "apply", "-auto-approve")
			block := blocks(sim, [2]string{"garage", "garage"})
			configure(t, w, block)
			sim.ResetRequests()
			for _, command := range []string{"plan", "destroy"} {
				output, _, err := w.Run(t.Context(), command, "-input=false")
				for _, want := range []string{
					`Error: Provider block lacks panel "lobby"`, `It holds the user "Ada" (` + idA + `)`, "terraform state rm", "lifecycle { destroy = false }",
				} {
					if err == nil || !strings.Contains(plain(output), want) {
						t.Errorf("%s (%v) does not say %q:\n%s", command, err, want, output)
					}
				}
			}
			forget(t, w, block)
			must(t, w, "plan", "-detailed-exitcode")
			untouched(t, sim)
			if users := sim.Panel("lobby").State().Users; len(users) != 1 {
				t.Errorf("the panel has %+v", users)
			}
		})
	}
}

// TestOneDeviceUnderTwoNames names one device twice, by two addresses: the second
// name is refused, and nothing is written under it.
func TestOneDeviceUnderTwoNames(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	w := workspace(t, sim, "")
	url := sim.Panel("lobby").URL()
	configure(t, w, "provider \"gatehouse\" {\n"+acctest.PanelBlock("lobby", url)+acctest.PanelBlock("entrance", strings.Replace(url, "127.0.0.1", "localhost", 1))+"}\n"+
		person("a", "Ada", `panel = "lobby"`)+person("b", "Grace", `panel = "entrance"`, "depends_on = [gatehouse_panel_user.a]"))
	output, _, err := w.Run(t.Context(), "plan")
	if said := plain(output); err == nil || !strings.Contains(said, `Error: Panel "entrance" is another panel's device`) || !strings.Contains(said, `is that of panel "lobby"`) {
		t.Errorf("the plan ended with %v:\n%s", err, output)
	}
	untouched(t, sim)
}

// TestPanelBecomesAnotherDevice lets the url of a panel lead to another device. What
// the state has is neither lost nor created there, and no destroy reports success.
func TestPanelBecomesAnotherDevice(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby", "garage")
	w := workspace(t, sim, "")
	configure(t, w, blocks(sim, [2]string{"lobby", "lobby"})+entities())
	must(t, w, "apply", "-auto-approve")
	configure(t, w, blocks(sim, [2]string{"lobby", "garage"})+entities())
	sim.ResetRequests()
	for _, args := range [][]string{{"plan"}, {"apply", "-auto-approve"}, {"destroy", "-auto-approve"}, {"destroy", "-auto-approve", "-refresh=false"}} {
		output, _, err := w.Run(t.Context(), args...)
		for _, want := range []string{
			`Error: Panel "lobby" is another device than before`, `last seen on the device with the serial number "` + sim.Panel("lobby").Settings().SerialNumber,
			`set serial_number = "` + sim.Panel("garage").Settings().SerialNumber,
		} {
			if err == nil || !strings.Contains(plain(output), want) {
				t.Errorf("%v (%v) does not say %q:\n%s", args, err, want, output)
			}
		}
	}
	untouched(t, sim)
	if ids := stateIDs(t, w); len(ids) != 2 {
		t.Errorf("the state has %v", ids)
	}

	// The exchange is meant: the new device gets what the old one had.
	pinned := strings.Replace(blocks(sim, [2]string{"lobby", "garage"}), "    name =", fmt.Sprintf("    serial_number = %q\n    name =", sim.Panel("garage").Settings().SerialNumber), 1)
	configure(t, w, pinned+entities())
	must(t, w, "apply", "-auto-approve")
	if users := sim.Panel("garage").State().Users; len(users) != 1 {
		t.Errorf("the new device has %+v", users)
	}
	configure(t, w, blocks(sim, [2]string{"lobby", "garage"})+entities())
	must(t, w, "plan", "-detailed-exitcode")
	must(t, w, "destroy", "-auto-approve")
}

// TestPanelsSwapTheirNames exchanges the names of two panels: objects that follow
// stay on their device, and objects that do not are destroyed there and created anew.
func TestPanelsSwapTheirNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ panel, changes, device string }{
		"followed": {`panel = "garage"`, "Resources: 0 added, 2 changed, 0 destroyed", "lobby"},
		"kept":     {`panel = "lobby"`, "Resources: 2 added, 0 changed, 2 destroyed", "garage"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby", "garage")
			w := workspace(t, sim, "")
			configure(t, w, blocks(sim, [2]string{"lobby", "lobby"}, [2]string{"garage", "garage"})+entities(`panel = "lobby"`))
			must(t, w, "apply", "-auto-approve")
			swapped := blocks(sim, [2]string{"lobby", "garage"}, [2]string{"garage", "lobby"})
			configure(t, w, swapped+entities(test.panel))
			output, _, err := w.Run(t.Context(), "apply", "-auto-approve")
			if err != nil || !strings.Contains(output, test.changes) {
				t.Errorf("the swap ended with %v, want %q:\n%s", err, test.changes, output)
			}
			if users := sim.Panel(test.device).State().Users; len(users) != 1 {
				t.Errorf("device %s has %+v", test.device, users)
			}
			must(t, w, "plan", "-detailed-exitcode")
			must(t, w, "destroy", "-auto-approve")
			if err := acctest.Empty(sim); err != nil {
				t.Error(err)
			}
		})
	}
}
