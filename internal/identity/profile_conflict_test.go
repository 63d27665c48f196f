package identity_test

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// A source feeds one profile. The error is at the source, names the profile that
// it feeds and says how to take it over; nothing of the attempt is left.
func TestAccProfile_createOnASourceInUse(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]string{"by another profile": "Payroll", "by one of this name": "Staff"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := tenant(t)
			sim.Tenant().SetProfile(simulator.IdentityProfile{ID: existing, Name: other, SourceID: sourceA})
			refused := func(want string) resource.TestStep {
				return resource.TestStep{Config: profile(sim, staff), ExpectError: says(want)}
			}
			free := step(profile(sim, `name = "Staff"`+"\nauthoritative_source_id = \""+sourceB+"\"\n"), plancheck.ResourceActionCreate)
			free.ConfigStateChecks = then(func() error {
				if !sim.Tenant().RemoveProfile(existing) {
					return fmt.Errorf("the profile %s that was in the way is not there any more", existing)
				}
				return nil
			})
			run(t, sim,
				refused(fmt.Sprintf("feeds identity profile %q (%s) already", other, existing)),
				refused("Error running pre-apply plan"),
				refused("add a moved block from its address to this one. Only if no state tracks it, import it under the ID "+existing),
				refused(`in resource "gatehouse_identity_profile" "test":`),
				refused(`authoritative_source_id = "`+sourceA+`"`), // the line that the error is at
				free, // a creation, so nothing was in the state
			)
		})
	}
}

// A source that no profile is listed for is busy with a deletion, and waited for.
func TestAccProfile_createOnASourceThatIsNotFreeYet(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	faults(t, sim, simulator.Fault{Method: http.MethodPost, Path: profilesPath, Count: 3, Status: http.StatusConflict})
	run(t, sim, step(profile(sim, staff), plancheck.ResourceActionCreate))
	if n := acctest.Count(sim, http.MethodPost, profilesPath); n != 4 {
		t.Errorf("%d creations were sent, want 4", n)
	}
}

// It is waited for no longer than the timeout.
func TestAccProfile_createOnASourceThatStaysBusy(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	faults(t, sim, simulator.Fault{Method: http.MethodPost, Path: profilesPath, Status: http.StatusConflict})
	run(t, sim, resource.TestStep{Config: profile(sim, staff+"timeouts {\n  create = \"2s\"\n}\n"), ExpectError: regexp.MustCompile(`waiting[\s│]+for[\s│]+the[\s│]+source|context[\s│]+deadline[\s│]+exceeded`)})
}

// A change to a source in use is refused by the tenant, and changes nothing.
func TestAccProfile_moveToASourceInUse(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	config := func(source, uid string) string {
		return profile(sim, fmt.Sprintf("name = \"Staff\"\nauthoritative_source_id = %q\n", source)+mapped("uid", account(uid)))
	}
	steps := []resource.TestStep{
		step(config(sourceA, "id"), plancheck.ResourceActionCreate),
		{
			PreConfig: func() {
				sim.Tenant().SetProfile(simulator.IdentityProfile{ID: existing, Name: "Contractors", SourceID: sourceB})
			},
			Config: config(sourceB, "login"), ExpectError: says(`feeds identity profile "Contractors" (` + existing + `) already`),
		},
		sends(sim, step(config(sourceA, "id"), plancheck.ResourceActionNoop)),
		sends(sim, resource.TestStep{
			PreConfig:        func() { sim.Tenant().RemoveProfile(existing) },
			Config:           config(sourceB, "login"),
			ConfigPlanChecks: acctest.Plans(address, plancheck.ResourceActionUpdate),
		}, "replace /authoritativeSource", configPatch),
	}
	run(t, sim, steps...)
}
