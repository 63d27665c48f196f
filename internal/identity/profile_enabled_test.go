package identity_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// plansEnabled checks that a plan knows that the mappings are in force.
func plansEnabled(next resource.TestStep) resource.TestStep {
	next.ConfigPlanChecks.PreApply = append(next.ConfigPlanChecks.PreApply,
		plancheck.ExpectKnownValue(address, tfjsonpath.New("attribute_mappings_enabled"), knownvalue.Bool(true)))
	return next
}

// enabled checks what the tenant holds.
func enabled(sim *simulator.Simulator, want bool) func() error {
	return func() error {
		var config struct{ Enabled bool }
		if err := json.Unmarshal(only(sim).IdentityAttributeConfig, &config); err != nil {
			return err
		}
		if config.Enabled != want {
			return fmt.Errorf("the tenant has enabled = %t, want %t", config.Enabled, want)
		}
		return nil
	}
}

// Declared mappings are in force unless the configuration says otherwise.
func TestAccProfileMappings_declaredOnesAreInForce(t *testing.T) {
	t.Parallel()
	uid := mapped("uid", account("id"))
	t.Run("from the creation on", func(t *testing.T) {
		t.Parallel()
		sim := tenant(t)
		created := plansEnabled(step(profile(sim, staff+uid), plancheck.ResourceActionCreate))
		created.ConfigStateChecks = then(enabled(sim, true))
		switchedOff := plansEnabled(step(profile(sim, staff+uid), plancheck.ResourceActionUpdate))
		switchedOff.PreConfig = func() { switchOff(sim) }
		switchedOff.ConfigStateChecks = then(enabled(sim, true))
		run(t, sim, created, switchedOff)
	})
	t.Run("when they are added later", func(t *testing.T) {
		t.Parallel()
		sim := tenant(t)
		without := step(profile(sim, staff), plancheck.ResourceActionCreate)
		without.ConfigStateChecks = then(enabled(sim, false))
		with := plansEnabled(step(profile(sim, staff+uid), plancheck.ResourceActionUpdate))
		with.ConfigStateChecks = then(enabled(sim, true))
		run(t, sim, without, with, step(profile(sim, staff), plancheck.ResourceActionUpdate, value("attribute_mappings_enabled", knownvalue.Bool(true))))
	})
	t.Run("not known before apply", func(t *testing.T) {
		t.Parallel()
		sim := tenant(t)
		config := func(names string) string {
			return "resource \"terraform_data\" \"later\" { input = " + names + " }\n" + profile(sim, staff+
				"attribute_mappings = { for name in terraform_data.later.output : name => { type = \"rule\", attributes = jsonencode({ id = name }) } }\n")
		}
		created := step(config(`["uid"]`), plancheck.ResourceActionCreate)
		created.ConfigStateChecks = then(enabled(sim, true))
		run(t, sim, created)
	})
	t.Run("unless it is said otherwise", func(t *testing.T) {
		t.Parallel()
		sim := tenant(t)
		var told warnings
		off := step(profile(sim, staff+uid+"attribute_mappings_enabled = false\n"), plancheck.ResourceActionCreate)
		off.ConfigStateChecks = then(func() error {
			if got := told.taken(); !strings.Contains(got, "Attribute mappings are not in force: The mappings of uid are declared") {
				return fmt.Errorf("the plan warned %q", got)
			}
			return enabled(sim, false)()
		})
		on := plansEnabled(step(profile(sim, staff+uid), plancheck.ResourceActionUpdate))
		on.PreConfig = func() { told.taken() }
		on.ConfigStateChecks = then(func() error {
			if got := told.taken(); got != "" {
				return fmt.Errorf("the plan warned %q, want nothing", got)
			}
			return nil
		})
		resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: told.factories(), Steps: []resource.TestStep{off, on}})
	})
}

// switchOff has somebody take the mappings out of force.
func switchOff(sim *simulator.Simulator) {
	p := only(sim)
	p.IdentityAttributeConfig = json.RawMessage(strings.Replace(string(p.IdentityAttributeConfig), `"enabled":true`, `"enabled":false`, 1))
	sim.Tenant().SetProfile(p)
}

// An import changes nothing by itself; the first change of a mapping puts them in
// force.
func TestAccProfileMappings_importedOnesStayOutOfForceUntilTheyChange(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	p := outside(sim)
	p.IdentityAttributeConfig = json.RawMessage(strings.Replace(string(p.IdentityAttributeConfig), `"enabled":true`, `"enabled":false`, 1))
	sim.Tenant().SetProfile(p)
	said := staff + "description = \"Made by hand\"\n"
	same := said + mapped("uid", account("id"))
	changed := step(profile(sim, said+mapped("uid", account("login"))), plancheck.ResourceActionUpdate)
	changed.ConfigStateChecks = then(enabled(sim, true))
	run(t, sim,
		step(importing(sim, existing, same), plancheck.ResourceActionNoop, value("attribute_mappings_enabled", knownvalue.Bool(false))),
		step(profile(sim, same+"priority = 20\n"), plancheck.ResourceActionUpdate, value("attribute_mappings_enabled", knownvalue.Bool(false))),
		step(profile(sim, same+"priority = 20\n"), plancheck.ResourceActionNoop),
		plansEnabled(changed),
	)
}
