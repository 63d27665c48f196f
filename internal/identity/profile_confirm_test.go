package identity_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// stores makes the tenant store otherwise than it is told.
func stores(sim *simulator.Simulator, change func(*simulator.TenantSettings)) {
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) {
		s.DropMappings, s.ChangeMappings, s.IgnoreFields = nil, nil, nil
		change(s)
	})
}

// What the tenant answers with success and does not hold is an error that names it.
func TestAccProfile_answersAreComparedWithThePlan(t *testing.T) {
	t.Parallel()
	drop := func(s *simulator.TenantSettings) { s.DropMappings = []string{"email"} }
	change := func(s *simulator.TenantSettings) { s.ChangeMappings = []string{"email"} }
	ignore := func(field string) func(*simulator.TenantSettings) {
		return func(s *simulator.TenantSettings) { s.IgnoreFields = []string{field} }
	}
	faithful := func(*simulator.TenantSettings) {}
	both := mapped("uid", account("id"), "email", account("mail"))
	for name, test := range map[string]struct {
		tenant func(*simulator.TenantSettings)
		lines  string
		want   string
	}{
		"a mapping is dropped": {drop, both, `Tenant dropped the mapping of "email"`},
		"a mapping is changed": {change, both, `Tenant changed the mapping of "email"`},
		"a description":        {ignore("description"), `description = "x"`, "Tenant did not take the description"},
		"an owner":             {ignore("owner"), `owner_id = "` + ownerB + `"`, "Tenant did not take the owner id"},
		"a priority":           {ignore("priority"), `priority = 70`, "Tenant did not take the priority"},
		"all mappings":         {ignore("identityAttributeConfig"), both, `Tenant dropped the mapping of "email"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := tenant(t)
			config := profile(sim, staff+test.lines)
			if name == "all mappings" { // the tenant's defaults have one of email
				test.want = `Tenant changed the mapping of "email"`
			}
			refused := resource.TestStep{
				PreConfig: func() { stores(sim, test.tenant) },
				Config:    config, ExpectError: says(test.want),
			}
			created := refused
			created.ExpectError = says("run \"terraform untaint\" with the address of this resource")
			healed := step(config, plancheck.ResourceActionDestroyBeforeCreate)
			healed.PreConfig = func() { stores(sim, faithful) }
			removed := resource.TestStep{Config: config, Destroy: true}
			plain := step(profile(sim, staff), plancheck.ResourceActionCreate)
			plain.PreConfig = func() { stores(sim, faithful) }
			updated := step(config, plancheck.ResourceActionUpdate) // the state had what the tenant holds
			updated.PreConfig = func() { stores(sim, faithful) }
			run(t, sim, created, healed, removed, plain, refused, refused, updated)
		})
	}
}

// An answer that says nothing of the mappings is followed by a read.
func TestAccProfile_answersWithoutMappingsAreCompleted(t *testing.T) {
	t.Parallel()
	sim := tenant(t, "POST /identity-profiles/v1", "PATCH /identity-profiles/v1/{id}")
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.OmitProfileKeys = []string{"identityAttributeConfig"} })
	dropped := resource.TestStep{
		PreConfig: func() {
			sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.DropMappings = []string{"email"} })
		},
		Config:      profile(sim, staff+mapped("uid", account("login"), "email", account("mail"))),
		ExpectError: says(`Tenant dropped the mapping of "email"`),
	}
	run(t, sim,
		step(profile(sim, staff+mapped("uid", account("id"))), plancheck.ResourceActionCreate, knows("uid")),
		step(profile(sim, staff+mapped("uid", account("login"))), plancheck.ResourceActionUpdate, knows("uid")),
		dropped,
	)
}

// A mapping that is ignored stays one that the configuration declared.
func TestAccProfileMappings_ignoredOnesStayDeclared(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	const ignored = "lifecycle { ignore_changes = [attribute_mappings] }\n"
	run(t, sim,
		step(profile(sim, staff+mapped("uid", account("id"))), plancheck.ResourceActionCreate),
		sends(sim, step(profile(sim, staff+ignored+"description = \"x\"\n"), plancheck.ResourceActionUpdate, knows("uid")), "replace /description"),
		sends(sim, step(profile(sim, staff+"description = \"x\"\n"), plancheck.ResourceActionUpdate, holds(sim, map[string]string{})), configPatch),
	)
}

// One that is ignored from an import on does not become the configuration's.
func TestAccProfileMappings_ignoredOnesOfAnImportStayTheTenants(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	outside(sim)
	said := staff + "description = \"Made by hand\"\n"
	const ignored = "lifecycle { ignore_changes = [attribute_mappings] }\n"
	run(t, sim,
		step(importing(sim, existing, said+ignored+mapped("uid", account("login"))), plancheck.ResourceActionNoop),
		sends(sim, step(profile(sim, said+ignored+"priority = 20\n"+mapped("uid", account("login"))), plancheck.ResourceActionUpdate), "replace /priority"),
		sends(sim, step(profile(sim, said+"priority = 20\n"), plancheck.ResourceActionNoop, holds(sim, outsideHeld()))),
	)
}

// A change plans what the configuration changes, and nothing that a refresh brings.
func TestAccProfile_changeLeavesTheTenantsValuesKnown(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	changed := step(profile(sim, staff+"description = \"x\"\n"+mapped("uid", account("id"))), plancheck.ResourceActionUpdate)
	changed.ConfigPlanChecks.PreApply = append(changed.ConfigPlanChecks.PreApply, noUnknowns{})
	run(t, sim, step(profile(sim, staff), plancheck.ResourceActionCreate), changed)
}

// noUnknowns checks that a plan has nothing that is known after apply.
type noUnknowns struct{}

// CheckPlan implements plancheck.PlanCheck.
func (noUnknowns) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	for _, change := range req.Plan.ResourceChanges {
		if unknown, _ := change.Change.AfterUnknown.(map[string]any); change.Address == address && len(unknown) > 0 {
			for name, value := range unknown {
				if value == true {
					resp.Error = errors.Join(resp.Error, fmt.Errorf("%s is known after apply", name))
				}
			}
		}
	}
}
