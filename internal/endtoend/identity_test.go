package endtoend

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/cli"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

const (
	identitiesPath = "/identity-profiles/v1"
	bulkDeletePath = identitiesPath + "/bulk-delete"
	tasksPath      = "/task-status/v1/"
)

// staff is a configuration of an identity profile.
func staff(name string) string {
	return fmt.Sprintf("\nresource \"gatehouse_identity_profile\" \"staff\" {\n  name = %q\n  authoritative_source_id = \"2c918083000000000000000000000a01\"\n}\n", name)
}

// tenantWorkspace is a workspace for the tenant of sim.
func tenantWorkspace(t *testing.T, block, config string) *cli.Workspace {
	t.Helper()
	w, err := cli.NewWorkspace(t.TempDir(), providerDir)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write("main.tf", []byte(requiredProviders+block+config)); err != nil {
		t.Fatal(err)
	}
	return w
}

// kept is the list of resources in a workspace's state.
func kept(t *testing.T, w *cli.Workspace) string {
	t.Helper()
	list, _, err := w.Run(t.Context(), "state", "list")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(list)
}

// looks is how often the status of a task was asked for.
func looks(sim *simulator.Simulator) (n int) {
	for _, request := range sim.Requests() {
		if strings.HasPrefix(request.Path, tasksPath) {
			n++
		}
	}
	return n
}

// interrupted destroys, presses Ctrl-C as soon as when holds, and returns what
// was printed.
func interrupted(t *testing.T, w *cli.Workspace, when func() bool) string {
	t.Helper()
	return interruptedCommand(t, w, "destroy", when)
}

// interruptedCommand is interrupted for any command.
func interruptedCommand(t *testing.T, w *cli.Workspace, command string, when func() bool) string {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	var pressed time.Time
	done := make(chan struct{})
	go func() { // ends with the loop: interrupt is called in any case
		defer close(done)
		defer interrupt()
		for ctx.Err() == nil && !when() {
			select {
			case <-ctx.Done():
			case <-time.After(5 * time.Millisecond): // looks again, does not wait for a duration
			}
		}
		pressed = time.Now()
	}()
	output, _, err := w.Run(ctx, command, "-auto-approve")
	interrupt()
	<-done
	if err == nil {
		t.Fatalf("the interrupted %s succeeded:\n%s", command, output)
	}
	if took := time.Since(pressed); took > 20*time.Second { // of 30 minutes that it would wait
		t.Errorf("the command ended %s after it was interrupted", took)
	}
	// As one line, without the bar at its side.
	return strings.Join(strings.Fields(strings.ReplaceAll(output, "│", " ")), " ")
}

// TestInterruptedDestroyGoesOnWithItsTask presses Ctrl-C while a task deletes an
// identity profile. The command ends, the task goes on, and the next destroy
// goes on with it, whatever became of it.
func TestInterruptedDestroyGoesOnWithItsTask(t *testing.T) {
	t.Parallel()
	end := func(status string) func(*simulator.Tenant) {
		return func(tenant *simulator.Tenant) {
			tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskEnd = status })
			tenant.FinishTasks()
		}
	}
	for name, test := range map[string]struct {
		meanwhile func(*simulator.Tenant)
		deletes   int // in all
		resumes   bool
	}{
		"still running":           {func(*simulator.Tenant) {}, 1, true},
		"has finished meanwhile":  {end("Success"), 1, false},
		"has failed meanwhile":    {end("Error"), 2, true},
		"was stopped meanwhile":   {end("Terminated"), 2, true},
		"profile removed by hand": {func(tenant *simulator.Tenant) { tenant.RemoveProfile(tenant.State().Profiles[0].ID) }, 1, false},
	} {
		for _, refresh := range []string{"true", "false"} {
			t.Run(name+", refresh "+refresh, func(t *testing.T) {
				t.Parallel()
				sim := acctest.Tenant(t)
				tenant := sim.Tenant()
				tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskEnd = "" })
				w := tenantWorkspace(t, acctest.TenantBlock(sim), staff("Staff"))
				must(t, w, "apply", "-auto-approve")
				output := interrupted(t, w, func() bool { return looks(sim) > 0 })

				first := tenant.State().Tasks[0].ID
				for _, want := range []string{"task " + first + " was not seen to end", "The tenant goes on with what it has begun", "the next destroy goes on with the same task"} {
					if !strings.Contains(output, want) {
						t.Errorf("%q is not in the output:\n%s", want, output)
					}
				}
				if list := kept(t, w); list != "gatehouse_identity_profile.staff" {
					t.Errorf("after the interrupt the state holds %q", list)
				}
				test.meanwhile(tenant)
				tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskEnd = "Success" })
				before := len(sim.Requests())
				must(t, w, "destroy", "-auto-approve", "-refresh="+refresh)

				if n := acctest.Count(sim, http.MethodPost, bulkDeletePath); n != test.deletes {
					t.Errorf("%d bulk-deletes were sent in all, want %d", n, test.deletes)
				}
				resumed := false
				for _, request := range sim.Requests()[before:] {
					resumed = resumed || request.Path == tasksPath+first
				}
				if resumed != test.resumes {
					t.Errorf("the second destroy asked for the first one's task: %t, want %t", resumed, test.resumes)
				}
				if list, left := kept(t, w), tenant.State().Profiles; list != "" || len(left) > 0 {
					t.Errorf("in the end the state holds %q, and the tenant %+v", list, left)
				}
			})
		}
	}
}

// TestInterruptedStartOfADeletion presses Ctrl-C while the bulk-delete itself is
// not answered. If the tenant has carried it out, no other one is sent.
func TestInterruptedStartOfADeletion(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	w := tenantWorkspace(t, acctest.TenantBlock(sim), staff("Staff"))
	must(t, w, "apply", "-auto-approve")
	fault := simulator.Fault{Path: bulkDeletePath, Delay: simulator.Duration(time.Hour), Apply: true, Cut: true}
	if err := sim.SetFaults(fault); err != nil {
		t.Fatal(err)
	}
	interrupted(t, w, func() bool { return acctest.Count(sim, http.MethodPost, bulkDeletePath) > 0 })
	if list := kept(t, w); list != "gatehouse_identity_profile.staff" {
		t.Errorf("after the interrupt the state holds %q", list)
	}
	must(t, w, "destroy", "-auto-approve", "-refresh=false")
	if n, left := acctest.Count(sim, http.MethodPost, bulkDeletePath), sim.Tenant().State().Profiles; n != 1 || len(left) > 0 {
		t.Errorf("%d bulk-deletes were sent in all, want 1, and the tenant has %+v", n, left)
	}
}

// TestPlanOfADestroyTellsTheIdentities looks at what the user sees before the
// question whether to go on.
func TestPlanOfADestroyTellsTheIdentities(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	w := tenantWorkspace(t, acctest.TenantBlock(sim), staff("Staff"))
	must(t, w, "apply", "-auto-approve")
	profile := sim.Tenant().State().Profiles[0]
	profile.IdentityCount = 1234
	sim.Tenant().SetProfile(profile)
	output, _, err := w.Run(t.Context(), "plan", "-destroy")
	if err != nil || !regexp.MustCompile(`Warning: Identities lose their profile\n\n`).MatchString(output) || !strings.Contains(output, "1234 identities are attached") {
		t.Errorf("err = %v, and the plan says:\n%s", err, output)
	}
}

// TestForcedReplacementOfAProfileWithIdentitiesIsRefusedAtPlan asks for a replacement
// that the apply is bound to refuse.
func TestForcedReplacementOfAProfileWithIdentitiesIsRefusedAtPlan(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	w := tenantWorkspace(t, acctest.TenantBlock(sim), staff("Staff"))
	must(t, w, "apply", "-auto-approve")
	address, _, err := w.Run(t.Context(), "state", "list")
	if err != nil {
		t.Fatal(err)
	}
	replace := "-replace=" + strings.TrimSpace(address)
	must(t, w, "plan", replace) // nothing is attached
	profile := sim.Tenant().State().Profiles[0]
	profile.IdentityCount = 7
	sim.Tenant().SetProfile(profile)
	output, _, err := w.Run(t.Context(), "plan", replace)
	if err == nil || !strings.Contains(output, "Error: Identity profile has identities") || !strings.Contains(plain(output), "7 identities are attached") {
		t.Errorf("the plan ended with %v:\n%s", err, output)
	}
	must(t, w, "plan", "-detailed-exitcode")
}

// TestNoSecretOfATenantReachesTheLog is TestNoSecretReachesTheLog for a tenant.
func TestNoSecretOfATenantReachesTheLog(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t, "POST /oauth/token", "PATCH /identity-profiles/v1/{id}")
	tokens := recordTokens(t, acctest.TenantURL(sim))
	block := strings.Replace(acctest.TenantBlock(sim), acctest.TenantURL(sim), tokens.url, 1)
	w := tenantWorkspace(t, block, staff("one"))
	log := filepath.Join(w.Dir, "trace.log")
	w.Env = []string{"TF_LOG=TRACE", "TF_LOG_PATH=" + log}

	var printed strings.Builder
	run := func(fails bool, args ...string) {
		output, _, err := w.Run(t.Context(), args...)
		printed.WriteString(output)
		if (err != nil) != fails {
			t.Fatalf("%v: err = %v", args, err)
		}
	}
	run(false, "apply", "-auto-approve")
	if err := w.Write("main.tf", []byte(requiredProviders+block+staff("two"))); err != nil {
		t.Fatal(err)
	}
	echo, err := json.Marshal(map[string]string{"error": "invalid_client", "error_description": "no client with client_secret=" + acctest.ClientSecret})
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range []simulator.Fault{
		{Path: tokenPath, Status: 401, Body: echo},
		{Path: tokenPath, Status: 502},
		{Path: tokenPath, Cut: true},
		{Path: tokenPath, Body: []byte(`"<html>client_secret=` + acctest.ClientSecret + `</html>"`)},
		{Path: tokenPath, Status: 307, Headers: map[string]string{"Location": "https://elsewhere.example/?client_secret=x"}},
		{Path: identitiesPath + "/*", Status: 401},
		{Path: identitiesPath + "/*", Cut: true},
		{Method: http.MethodPatch, Path: identitiesPath + "/*", Status: 400, Body: echo},
	} {
		if err := sim.SetFaults(fault); err != nil {
			t.Fatal(err)
		}
		run(true, "apply", "-auto-approve")
	}
	if err := sim.SetFaults(); err != nil {
		t.Fatal(err)
	}
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.TaskEnd = "Error" })
	run(true, "destroy", "-auto-approve")
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.TaskEnd = "Success" })
	run(false, "destroy", "-auto-approve")
	keptSecret(t, log, printed.String(), tokens, acctest.ClientSecret, url.QueryEscape(acctest.ClientSecret))
}
