// Package endtoend holds the tests that need a provider process of its own: what
// reaches a log, what a signal does, and what is left when anything goes wrong.
package endtoend

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/cli"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// providerDir is where the provider is that these tests run.
var providerDir string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "gatehouse-endtoend-")
	if err == nil {
		err = cli.Build(context.Background(), filepath.Join("..", ".."), dir)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	providerDir = dir
	code := m.Run()
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

const requiredProviders = "terraform {\n  required_providers {\n    gatehouse = { source = \"gatehouse-iac/gatehouse\" }\n  }\n}\n"

// workspace is a workspace for the panels of sim with a configuration after the
// provider block.
func workspace(t *testing.T, sim *simulator.Simulator, config string) *cli.Workspace {
	t.Helper()
	w, err := cli.NewWorkspace(t.TempDir(), providerDir)
	if err != nil {
		t.Fatal(err)
	}
	rewrite(t, w, sim, config)
	return w
}

func rewrite(t *testing.T, w *cli.Workspace, sim *simulator.Simulator, config string) {
	t.Helper()
	if err := w.Write("main.tf", []byte(requiredProviders+acctest.ProviderBlock(sim)+config)); err != nil {
		t.Fatal(err)
	}
}

// must runs a command that has to succeed.
func must(t *testing.T, w *cli.Workspace, args ...string) {
	t.Helper()
	if _, _, err := w.Run(t.Context(), args...); err != nil {
		t.Fatal(err)
	}
}

// stateIDs returns the link_id of every object in a workspace's state.
func stateIDs(t *testing.T, w *cli.Workspace) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(w.Dir, "terraform.tfstate"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Instances []struct {
				Attributes struct {
					LinkID string `json:"link_id"`
				} `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(data, &state); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			ids = append(ids, instance.Attributes.LinkID)
		}
	}
	slices.Sort(ids)
	return ids
}

// panelIDs returns the link_id of everything on a panel.
func panelIDs(panel *simulator.Panel) []string {
	var ids []string
	state := panel.State()
	for _, user := range state.Users {
		ids = append(ids, user.LinkID)
	}
	for _, profile := range state.TimeProfiles {
		ids = append(ids, profile.LinkID)
	}
	slices.Sort(ids)
	return ids
}
