package provider_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// dynamicTenant is a provider block whose sailpoint block is not known before
// apply.
const dynamicTenant = `provider "gatehouse" {
  dynamic "sailpoint" {
    for_each = ` + known + `
    content {
      base_url      = sailpoint.value.base_url
      client_id     = sailpoint.value.client_id
      client_secret = sailpoint.value.client_secret
    }
  }
}
`

// What of the tenant is not known before apply keeps nothing from being planned,
// and is used when it is known.
func TestAccSailpoint_unknownDoesNotFailThePlan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ block, value string }{
		"url":    {`base_url = ` + known + `, client_id = "client", client_secret = "SECRET"`, `"URL"`},
		"client": {`base_url = "URL", client_id = ` + known + `, client_secret = "SECRET"`, `"client"`},
		"secret": {`base_url = "URL", client_id = "client", client_secret = ` + known, `"SECRET"`},
		"family": {`base_url = "URL", client_id = "client", client_secret = "SECRET", api_version = ` + known, `"v2025"`},
		"all":    {dynamicTenant, `[{ base_url = "URL", client_id = "client", client_secret = "SECRET" }]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Tenant(t)
			config := func(generation int, lines string) string {
				block := test.block
				if block != dynamicTenant {
					block = tenantBlock(sim, block)
				}
				return block + withTenant(sim, later(generation, test.value)) + staff(lines)
			}
			again := func(config string, action plancheck.ResourceActionType) resource.TestStep {
				step := resource.TestStep{Config: config, ConfigPlanChecks: acctest.Plans(identityAddress, action)}
				step.ConfigPlanChecks.PreApply = append(step.ConfigPlanChecks.PreApply,
					plancheck.ExpectResourceAction("terraform_data.later", plancheck.ResourceActionReplace))
				return step
			}
			changed := again(config(3, "priority = 70"), plancheck.ResourceActionUpdate)
			changed.ConfigStateChecks = []statecheck.StateCheck{acctest.Then(func() error {
				if profiles := sim.Tenant().State().Profiles; len(profiles) != 1 || profiles[0].Priority != 70 {
					return fmt.Errorf("the tenant has %+v", profiles)
				}
				return nil
			})}
			runTenant(t, sim, nil, creates(config(1, "")), again(config(2, ""), plancheck.ResourceActionNoop), changed)
		})
	}
}

// A profile can only be imported from a tenant that can be spoken to: all that it
// holds would be planned as new otherwise.
func TestAccSailpoint_unknownImportIsRefused(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	held := sim.Tenant().SetProfile(simulator.IdentityProfile{Name: "Staff", SourceID: sourceID})
	for name, id := range map[string]string{"by id": held.ID, "by name": "name=Staff"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := tenantBlock(sim, `base_url = "URL", client_id = "client", client_secret = `+known) + later(1, `"`+acctest.ClientSecret+`"`) +
				staff("") + fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", identityAddress, id)
			run(t, sim, nil, resource.TestStep{Config: config, ExpectError: says("The client_secret in the provider's sailpoint block is not known before apply.")})
		})
	}
}
