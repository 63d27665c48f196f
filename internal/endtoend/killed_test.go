//go:build unix

package endtoend

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/cli"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// A swap that is killed between its two steps leaves one user with a temporary name.
// The next apply finishes it.
func TestKilledSwapIsFinishedByTheNextApply(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	swapped := func(names ...string) string {
		return "resource \"gatehouse_panel_user\" \"test\" {\n" + forEach(letters(2), names) + "  time_profiles = []\n}\n"
	}
	w := workspace(t, sim, swapped("Ada", "Grace"))
	must(t, w, "apply", "-auto-approve")
	rewrite(t, w, sim, swapped("Grace", "Ada"))
	// The first write gives the temporary name, the second one does not come through.
	if err := sim.SetFaults(simulator.Fault{Method: http.MethodPost, Path: usersPath, Nth: 2, Delay: simulator.Duration(time.Minute), Cut: true}); err != nil {
		t.Fatal(err)
	}
	sim.ResetRequests()
	kill(t, w, func() bool { return acctest.Count(sim, http.MethodPost, usersPath) == 2 })
	if err := sim.SetFaults(); err != nil {
		t.Fatal(err)
	}
	if names := panelNames(sim.Panel("lobby")); len(names) != 2 || !strings.HasPrefix(names[1], "~gatehouse ") {
		t.Fatalf("the panel holds %q, want one temporary name", names)
	}
	must(t, w, "apply", "-auto-approve")
	must(t, w, "plan", "-detailed-exitcode")
	if names := panelNames(sim.Panel("lobby")); !slices.Equal(names, []string{"Ada", "Grace"}) {
		t.Errorf("the panel holds %q", names)
	}
}

// kill applies a configuration and kills the command line and the provider as soon
// as it is time.
func kill(t *testing.T, w *cli.Workspace, now func() bool) {
	t.Helper()
	binary, err := cli.Find()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, "apply", "-auto-approve", "-no-color")
	cmd.Dir = w.Dir
	cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(w.Dir, "cli.tfrc"), "CHECKPOINT_DISABLE=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for !now() && t.Context().Err() == nil {
		<-time.After(5 * time.Millisecond) // looks again, does not wait for a duration
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the command was over before it was killed")
	}
}
