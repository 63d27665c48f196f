package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// workspace is a temporary folder with the example, the provider built from this
// checkout, and a CLI configuration that makes the CLI use it.
type workspace struct {
	dir    string
	binary string // terraform or tofu
}

// newWorkspace prepares a workspace for the panels of sim. It must run in the
// module's root.
func newWorkspace(ctx context.Context, sim *simulator.Simulator) (*workspace, error) {
	binary, err := findCLI()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "gatehouse-demo-")
	if err != nil {
		return nil, err
	}
	w := &workspace{dir: dir, binary: binary}
	start := time.Now()
	build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(dir, "bin", "terraform-provider-gatehouse"), ".") //nolint:gosec // a path of our own
	if output, err := build.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("building the provider: %w\n%s", err, output), w.remove())
	}
	fmt.Printf("provider:    built in %.1f s, run by %s\n", time.Since(start).Seconds(), filepath.Base(binary))

	panels := map[string]string{}
	for _, panel := range sim.Panels() {
		panels[panel.Name()] = panel.URL()
	}
	variables, err := json.Marshal(map[string]any{"panels": panels, "panel_password": sim.Panels()[0].Settings().Password})
	if err != nil {
		return nil, errors.Join(err, w.remove())
	}
	example, err := os.ReadFile(filepath.Join("examples", "demo", "main.tf"))
	if err != nil {
		return nil, errors.Join(err, w.remove())
	}
	for name, content := range map[string][]byte{
		"main.tf":               example,
		"demo.auto.tfvars.json": variables,
		"cli.tfrc":              fmt.Appendf(nil, "provider_installation {\n  dev_overrides {\n    \"gatehouse-iac/gatehouse\" = %q\n  }\n  direct {}\n}\n", filepath.Join(dir, "bin")),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return nil, errors.Join(err, w.remove())
		}
	}
	return w, nil
}

// findCLI returns the path of the CLI: $TF, else terraform, else tofu.
func findCLI() (string, error) {
	for _, name := range []string{os.Getenv("TF"), "terraform", "tofu"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("neither terraform nor tofu is on the PATH; install one of them, or name one in TF")
}

// cli runs the CLI in the workspace and returns how long it took. Its output is
// shown only when it fails.
func (w *workspace) cli(ctx context.Context, args ...string) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, w.binary, append(args, "-no-color", "-input=false")...) //nolint:gosec // the CLI that the user has
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(w.dir, "cli.tfrc"), "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that it can save its state
	cmd.WaitDelay = 30 * time.Second
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("%s %s: %w\n%s", filepath.Base(w.binary), args[0], err, output.Bytes())
	}
	return time.Since(start), nil
}

// remove deletes the workspace.
func (w *workspace) remove() error { return os.RemoveAll(w.dir) }
