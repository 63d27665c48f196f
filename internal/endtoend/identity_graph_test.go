package endtoend

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/cli"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// manyProfiles are identity profiles by count or for_each, each with a source of its own.
func manyProfiles(argument, key string) string {
	return fmt.Sprintf(`
resource "gatehouse_identity_profile" "staff" {
  %s
  name                    = "Staff ${%s}"
  authoritative_source_id = format("2c918083%%024d", %s)
}
`, argument, key, key)
}

// rewriteTenant replaces the configuration of a tenant's workspace.
func rewriteTenant(t *testing.T, w *cli.Workspace, sim *simulator.Simulator, config string) {
	t.Helper()
	if err := w.Write("main.tf", []byte(requiredProviders+acctest.TenantBlock(sim)+config)); err != nil {
		t.Fatal(err)
	}
}

// Twelve profiles change their addresses without moved blocks: every new one waits
// for the source of an old one, ten at a time.
func TestProfilesChangeTheirAddresses(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.SourceBusy = 1 })
	byCount := manyProfiles("count = 12", "count.index")
	w := tenantWorkspace(t, acctest.TenantBlock(sim), byCount)
	must(t, w, "apply", "-auto-approve")
	rewriteTenant(t, w, sim, manyProfiles(`for_each = toset([for i in range(12) : tostring(i)])`, "each.value"))
	output, _, err := w.Run(t.Context(), "plan")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(output, "12 to add, 0 to change, 12 to destroy") {
		t.Errorf("the plan is:\n%s", output)
	}
	must(t, w, "apply", "-auto-approve")
	must(t, w, "plan", "-detailed-exitcode")
	must(t, w, "destroy", "-auto-approve")
}

// Terraform plans the whole configuration before a destroy, to refresh it. What that
// plan refuses stops the destroy, which -refresh=false leaves out.
func TestDestroyBesideACreationThatIsRefused(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	w := tenantWorkspace(t, acctest.TenantBlock(sim), staff("Staff"))
	must(t, w, "apply", "-auto-approve")
	sim.Tenant().SetProfile(simulator.IdentityProfile{Name: "Payroll", SourceID: "2c918083000000000000000000000a02"})
	rewriteTenant(t, w, sim, staff("Staff")+strings.Replace(strings.Replace(staff("More"), `"staff"`, `"more"`, 1), "a01", "a02", 1))
	if output, _, err := w.Run(t.Context(), "plan"); err == nil || !strings.Contains(output, "Source feeds another identity profile") {
		t.Errorf("the plan is:\n%s", output)
	}
	must(t, w, "destroy", "-auto-approve", "-refresh=false")
}

// A replacement passes in one apply while the source is busy, whatever the walk.
func TestReplaceOfAProfileInOneApply(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.SourceBusy = 3 })
	w := tenantWorkspace(t, acctest.TenantBlock(sim), staff("Staff"))
	must(t, w, "apply", "-auto-approve")
	for _, parallelism := range []string{"1", "10"} {
		must(t, w, "apply", "-auto-approve", "-parallelism="+parallelism, "-replace=gatehouse_identity_profile.staff")
		must(t, w, "plan", "-detailed-exitcode")
	}
	must(t, w, "apply", "-auto-approve", "-refresh=false", "-replace=gatehouse_identity_profile.staff")
	must(t, w, "destroy", "-auto-approve")
}

// A creation that is interrupted before anything was sent is in no state, and the
// error says so; one that was sent may be in the tenant.
func TestInterruptedCreationOfAProfile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault simulator.Fault
		count int
		want  string
	}{
		// The plan lists, the apply plans again and lists, and the creation looks for the name.
		"before it was sent": {simulator.Fault{Method: http.MethodGet, Path: identitiesPath, Nth: 3, Count: 1, Delay: simulator.Duration(time.Minute)}, 3, "Interrupted before anything was sent"},
		"after it was sent":  {simulator.Fault{Method: http.MethodPost, Path: identitiesPath, Count: 1, Delay: simulator.Duration(time.Minute), Cut: true}, 1, "The request was sent, and the tenant may have carried it out all the same."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Tenant(t)
			w := tenantWorkspace(t, acctest.TenantBlock(sim), staff("Staff"))
			if err := sim.SetFaults(test.fault); err != nil {
				t.Fatal(err)
			}
			output := interruptedCommand(t, w, "apply", func() bool { return acctest.Count(sim, test.fault.Method, identitiesPath) >= test.count })
			if !strings.Contains(output, test.want) {
				t.Errorf("%q is not in the output:\n%s", test.want, output)
			}
			if list := kept(t, w); list != "" {
				t.Errorf("the state has %s", list)
			}
			must(t, w, "apply", "-auto-approve")
			must(t, w, "destroy", "-auto-approve")
		})
	}
}
