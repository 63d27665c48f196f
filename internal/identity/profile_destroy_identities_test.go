package identity_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// populate attaches identities to the one profile of a tenant.
func populate(sim *simulator.Simulator, count int) {
	p := sim.Tenant().State().Profiles[0]
	p.IdentityCount = count
	sim.Tenant().SetProfile(p)
}

// A profile with identities is not destroyed, unless the configuration that was
// applied last says so. Either way the plan tells what would happen.
func TestAccProfileDestroy_identitiesAttached(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	spy := &destroySpy{}
	guarded, forced := profile(sim, staff), profile(sim, staff+"force_destroy = true")
	consequences := []string{
		"42 identities are attached", "They lose their profile", "are deleted by the tenant in the following night",
		"Their access in other systems is not taken away", "the accounts on the source stay",
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: spy.factories(),
		Steps: []resource.TestStep{
			step(guarded, plancheck.ResourceActionCreate),
			{
				PreConfig: func() { populate(sim, 42) },
				Config:    guarded, Destroy: true, ExpectError: says("42 identities are attached"),
			},
			{
				PreConfig: func() {
					refused := spy.nth(t, 1)
					contain(t, "error", refused.errors, append(consequences, "Nothing was sent", "set force_destroy = true and apply that first")...)
					contain(t, "plan", spy.plans(), append(consequences, "The destroy will refuse", "set force_destroy = true")...)
					if n := bulkDeletes(sim); n != 0 || !refused.kept || len(sim.Tenant().State().Tasks) > 0 {
						t.Errorf("%d bulk-deletes were sent, and the state has the profile: %t", n, refused.kept)
					}
				},
				Config: forced, ConfigPlanChecks: acctest.Plans(address, plancheck.ResourceActionUpdate),
			},
			{
				Config: forced, Destroy: true,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{between(func() {
					all := strings.Split(spy.plans(), "\n")
					last := strings.Join(all[len(all)-2:], "\n")
					contain(t, "plan", last, consequences...)
					if strings.Contains(last, "refuse") {
						t.Errorf("the plan says that the destroy refuses, with force_destroy: %s", last)
					}
				})}},
			},
		},
	})
	if n := bulkDeletes(sim); n != 1 || len(sim.Tenant().State().Profiles) > 0 {
		t.Errorf("%d bulk-deletes were sent, and the tenant has %+v", n, sim.Tenant().State().Profiles)
	}
}

// The number that counts is the one of the moment, not that of the plan.
func TestAccProfileDestroy_identitiesArriveAfterThePlan(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	spy := &destroySpy{
		before: func(n int) { populate(sim, 2-n) },
		after: func(n int) {
			if sent := bulkDeletes(sim); sent != n-1 {
				t.Errorf("%d bulk-deletes were sent by the destroys up to number %d, want %d", sent, n, n-1)
			}
		},
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: spy.factories(),
		Steps: []resource.TestStep{
			step(profile(sim, staff), plancheck.ResourceActionCreate),
			{Config: profile(sim, staff), Destroy: true, ExpectError: says("1 identity is attached")},
		},
	})
	contain(t, "error", spy.nth(t, 1).errors, "Nothing was sent")
	if strings.TrimSpace(spy.plans()) != "" {
		t.Errorf("the plan of a profile without identities warns: %s", spy.plans())
	}
}

// Attached identities may make the task fail; it then says so, and the profile
// is kept.
func TestAccProfileDestroy_identitiesMakeTheTaskFail(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.TaskFailsWithIdentities = true })
	spy := &destroySpy{after: func(int) {
		sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.TaskFailsWithIdentities = false })
	}}
	config := profile(sim, staff+"force_destroy = true")
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: spy.factories(),
		Steps: []resource.TestStep{
			step(config, plancheck.ResourceActionCreate),
			{
				PreConfig: func() { populate(sim, 3) },
				Config:    config, Destroy: true, ExpectError: says("ended with status ERROR"),
			},
		},
	})
	contain(t, "error", spy.nth(t, 1).errors, "The identity profile Staff (", "was not deleted.", "It is kept in the state")
	if last := spy.nth(t, 2); last.errors != "" || len(sim.Tenant().State().Profiles) > 0 {
		t.Errorf("the second destroy says %q, and the tenant has %+v", last.errors, sim.Tenant().State().Profiles)
	}
}

// contain fails unless a text has all parts.
func contain(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in the %s: %s", part, what, text)
		}
	}
}
