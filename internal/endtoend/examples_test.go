package endtoend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// examples is the folder with what the documentation shows.
var examples = filepath.Join("..", "..", "examples")

func example(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{examples}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// appliesAndDestroys applies what is in a workspace, plans nothing more, and
// destroys it.
func appliesAndDestroys(t *testing.T, sim *simulator.Simulator, config string, env ...string) {
	t.Helper()
	w := workspace(t, sim, "")
	w.Env = env
	if err := w.Write("main.tf", []byte(config)); err != nil {
		t.Fatal(err)
	}
	must(t, w, "apply", "-auto-approve")
	if len(stateIDs(t, w)) == 0 {
		t.Error("the example makes nothing")
	}
	must(t, w, "plan", "-detailed-exitcode")
	must(t, w, "destroy", "-auto-approve")
	if err := acctest.Empty(sim); err != nil {
		t.Error(err)
	}
	if sim.Tenant() != nil && len(sim.Tenant().State().Profiles) > 0 {
		t.Error("identity profiles are left in the tenant")
	}
}

func TestResourceExamplesApply(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(examples, "resources", "*", "resource.tf"))
	if err != nil || len(files) < 3 {
		t.Fatalf("examples are %v (%v), want one for each resource", files, err)
	}
	for _, file := range files {
		resource := filepath.Base(filepath.Dir(file))
		t.Run(resource, func(t *testing.T) {
			t.Parallel()
			sim, block := target(t, resource)
			appliesAndDestroys(t, sim, requiredProviders+block+example(t, "resources", resource, "resource.tf"))
		})
	}
}

// target starts what a resource or data source needs, and returns the provider
// block for it.
func target(t *testing.T, name string) (*simulator.Simulator, string) {
	t.Helper()
	if strings.HasPrefix(name, "gatehouse_identity") {
		sim := acctest.Tenant(t)
		return sim, acctest.TenantBlock(sim)
	}
	sim := acctest.Panels(t, "lobby", "garage")
	return sim, acctest.ProviderBlock(sim)
}

// The data source examples look for what the resource example makes.
func TestDataSourceExamplesApply(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"gatehouse_identity_profile", "gatehouse_identity_profiles"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, block := target(t, name)
			config := requiredProviders + block + example(t, "resources", "gatehouse_identity_profile", "resource.tf")
			w := workspace(t, sim, "")
			if err := w.Write("main.tf", []byte(config)); err != nil {
				t.Fatal(err)
			}
			must(t, w, "apply", "-auto-approve")
			if err := w.Write("main.tf", []byte(config+example(t, "data-sources", name, "data-source.tf"))); err != nil {
				t.Fatal(err)
			}
			output, _, err := w.Run(t.Context(), "apply", "-auto-approve")
			if err != nil || !strings.Contains(output, map[string]string{
				"gatehouse_identity_profile": "contractors = 0", "gatehouse_identity_profiles": `"Contractors",`,
			}[name]) {
				t.Errorf("the example finds nothing (%v):\n%s", err, output)
			}
			must(t, w, "destroy", "-auto-approve")
		})
	}
}

// The provider examples name panels that do not exist; here they do.
func TestProviderExamplesApply(t *testing.T) {
	t.Parallel()
	for file, test := range map[string]struct{ garageUser, variable string }{
		"provider.tf":    {"terraform", "TF_VAR_panel_password=" + acctest.Password},
		"many-panels.tf": {"admin", `TF_VAR_panel_passwords={ lobby = "` + acctest.Password + `", garage = "` + acctest.Password + `" }`},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby", "garage")
			sim.Panel("garage").SetSettings(func(s *simulator.Settings) { s.Username = test.garageUser })
			config := example(t, "provider", file)
			for _, panel := range sim.Panels() {
				config = strings.ReplaceAll(config, "https://"+panel.Name()+".example.com", panel.URL())
			}
			if strings.Contains(config, "example.com") {
				t.Fatal("the example names a panel that this test does not have")
			}
			config += "resource \"gatehouse_panel_user\" \"on\" {\n  for_each = toset([\"lobby\", \"garage\"])\n  panel = each.key\n  name = \"Ada\"\n}\n"
			appliesAndDestroys(t, sim, config, test.variable)
		})
	}
}

// TestImportExamplesImport imports what the panel holds under the id of the
// example, with the configuration of the example, to an empty plan.
func TestImportExamplesImport(t *testing.T) {
	t.Parallel()
	for _, resource := range []string{"gatehouse_panel_user", "gatehouse_panel_time_profile"} {
		t.Run(resource, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			w := workspace(t, sim, example(t, "resources", resource, "resource.tf"))
			must(t, w, "apply", "-auto-approve")
			block := example(t, "resources", resource, "import-by-string-id.tf")
			command := example(t, "resources", resource, "import.sh")
			_, id, _ := strings.Cut(block, "lobby/")
			id, _, _ = strings.Cut(id, `"`)
			if !strings.Contains(command, "lobby/"+id+"\n") {
				t.Errorf("import.sh does not import %q as the import block does", id)
			}

			// Forget it, under another identity on the panel.
			_, address, _ := strings.Cut(block, "to = ")
			address, _, _ = strings.Cut(address, "\n")
			state := sim.Panel("lobby").State()
			renamed := rename(t, &state, resource, strings.TrimPrefix(address, resource+"."), id)
			sim.Panel("lobby").SetState(state)
			must(t, w, "state", "rm", address)
			if err := w.Write("import.tf", []byte(block)); err != nil {
				t.Fatal(err)
			}
			must(t, w, "apply", "-auto-approve")
			must(t, w, "plan", "-detailed-exitcode")
			if len(panelIDs(sim.Panel("lobby"))) != renamed {
				t.Errorf("the panel holds %v, want the %d objects it held", panelIDs(sim.Panel("lobby")), renamed)
			}
		})
	}
}

// rename gives the object of an example another link_id on the panel, and returns
// how many objects the panel holds.
func rename(t *testing.T, state *simulator.PanelState, resource, name, id string) int {
	t.Helper()
	same := func(shown string) bool { return strings.EqualFold(strings.ReplaceAll(shown, " ", "_"), name) }
	found := false
	for i := range state.Users {
		if resource == "gatehouse_panel_user" && same(state.Users[i].Name) {
			state.Users[i].LinkID, found = id, true
		}
	}
	for i := range state.TimeProfiles {
		if resource == "gatehouse_panel_time_profile" && same(state.TimeProfiles[i].Name) {
			state.TimeProfiles[i].LinkID, found = id, true
		}
	}
	if !found {
		t.Fatalf("the panel holds no %s named like %q", resource, name)
	}
	return len(state.Users) + len(state.TimeProfiles)
}
