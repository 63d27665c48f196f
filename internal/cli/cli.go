// Package cli runs the real command line, terraform or tofu, on a configuration
// with the provider built from this checkout. The demo, the benchmarks and the
// tests that need a real provider process use it.
package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Build builds the provider of the module in root into dir.
func Build(ctx context.Context, root, dir string) error {
	return BuildProvider(ctx, root, ".", dir, "gatehouse")
}

// BuildProvider builds the program of a package in root into dir as the provider
// gatehouse-iac/NAME.
func BuildProvider(ctx context.Context, root, pkg, dir, name string) error {
	build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(dir, prefix+name), pkg) //nolint:gosec // a folder of the caller's
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the provider: %w\n%s", err, output)
	}
	return nil
}

// prefix is what the name of a provider's program begins with.
const prefix = "terraform-provider-"

// Find returns the path of the command line: $TF, else terraform, else tofu.
func Find() (string, error) {
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

// Workspace is a folder with a configuration, its state, and a CLI configuration
// that makes the command line use the providers in providerDir.
type Workspace struct {
	Dir string   // where main.tf and terraform.tfstate are
	Env []string // added to the environment

	binary string
}

// NewWorkspace prepares dir, which must exist, for the providers that were built
// into providerDir.
func NewWorkspace(dir, providerDir string) (*Workspace, error) {
	binary, err := Find()
	if err != nil {
		return nil, err
	}
	w := &Workspace{Dir: dir, binary: binary}
	programs, err := filepath.Glob(filepath.Join(providerDir, prefix+"*"))
	if err == nil && len(programs) == 0 {
		err = fmt.Errorf("no provider was built into %s", providerDir)
	}
	if err != nil {
		return nil, err
	}
	var overrides strings.Builder
	for _, program := range programs {
		fmt.Fprintf(&overrides, "    %q = %q\n", "gatehouse-iac/"+strings.TrimPrefix(filepath.Base(program), prefix), providerDir)
	}
	config := "provider_installation {\n  dev_overrides {\n" + overrides.String() + "  }\n  direct {}\n}\n"
	if err := w.Write("cli.tfrc", []byte(config)); err != nil {
		return nil, err
	}
	return w, nil
}

// Name returns the command line's name, "terraform" or "tofu".
func (w *Workspace) Name() string { return filepath.Base(w.binary) }

// Write puts a file into the workspace.
func (w *Workspace) Write(name string, content []byte) error {
	return os.WriteFile(filepath.Join(w.Dir, name), content, 0o600)
}

// Error is a run of the command line that did not end well.
type Error struct {
	Command string // "terraform apply"
	Output  string // what it printed
	Err     error
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%s: %v\n%s", e.Command, e.Err, e.Output) }

// Unwrap returns the cause, an *exec.ExitError when the run ended by itself.
func (e *Error) Unwrap() error { return e.Err }

// Run runs one command of the command line and returns what it printed and how
// long it took. When the context ends, the command line is interrupted as by
// Ctrl-C, so that it saves its state.
func (w *Workspace) Run(ctx context.Context, args ...string) (output string, took time.Duration, err error) {
	cmd := exec.CommandContext(ctx, w.binary, args...) //nolint:gosec // the command line that the user has
	cmd.Dir = w.Dir
	cmd.Env = append(os.Environ(),
		"TF_CLI_CONFIG_FILE="+filepath.Join(w.Dir, "cli.tfrc"), "TF_CLI_ARGS=-no-color", "TF_INPUT=0", "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	cmd.Env = append(cmd.Env, w.Env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	start := time.Now()
	err = cmd.Run()
	took = time.Since(start)
	if err != nil {
		err = &Error{Command: w.Name() + " " + args[0], Output: printed.String(), Err: err}
	}
	return printed.String(), took, err
}
