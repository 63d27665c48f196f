package identity_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

const existing = "2c918083000000000000000000000c01"

func TestAccProfile_imports(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	config := profile(sim, `name = "Staff \"A\", 50% \\ more"
authoritative_source_id = "`+sourceA+`"
description = "People on the payroll"
owner_id = "`+ownerA+`"
priority = 20
attribute_mappings_enabled = true
`+mapped("uid", account("id"), "email", account("mail")))
	refused := func(id, want string) resource.TestStep {
		return resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: id, ExpectError: says(want)}
	}
	run(t, sim,
		step(config, plancheck.ResourceActionCreate),
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateVerify: true},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateId: `name=Staff "A", 50% \ more`},
		refused("name=Staff", `Identity profile "Staff" is not in the tenant`),
		refused("name=", `"name=" is not an import ID of an identity profile. Use the tenant's ID of the profile`),
		refused(existing, "Cannot import non-existent identity profile"),
		refused("no/id", `"no/id" is not an import ID of an identity profile`),
		refused("name= ", "such as name=Contractors"),
		refused(" "+existing, "is not an import ID"),
		refused("Staff A", "and its exact name"),
	)
}

func TestAccProfile_importNeedsOneProfile(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	twins := []string{sourceA, sourceB}
	for i, source := range twins {
		twins[i] = sim.Tenant().SetProfile(simulator.IdentityProfile{Name: "Staff", SourceID: source}).ID
	}
	refused := func(id, want string) resource.TestStep {
		return resource.TestStep{Config: importing(sim, id, staff), PlanOnly: true, ExpectError: says(want)}
	}
	acctest.Run(t, sim,
		refused("name=Staff", "the name is not unique in the tenant"),
		refused("name=Staff", twins[0]),
		refused("name=Staff", twins[1]),
		refused("name=staff", "not in the tenant"),
	)
}

// Import blocks cannot have an empty id; older ways of importing can.
func TestAccProfile_importNeedsAnID(t *testing.T) {
	t.Parallel()
	server, err := acctest.Factories()["gatehouse"]()
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: "gatehouse_identity_profile"})
	if err != nil {
		t.Fatal(err)
	}
	if len(resp.Diagnostics) != 1 || !strings.Contains(resp.Diagnostics[0].Detail, "or name= and its exact name") || len(resp.ImportedResources) != 0 {
		t.Errorf("an empty id imports %v with %v", resp.ImportedResources, resp.Diagnostics)
	}
	sim := tenant(t)
	acctest.Run(t, sim, resource.TestStep{
		Config: importing(sim, "", staff), PlanOnly: true, ExpectError: says("The import ID value evaluates to an empty string"),
	})
}

// outside is a profile that others have made, changed and mapped: by hand, with
// settings in no order and mappings of several kinds.
func outside(sim *simulator.Simulator) simulator.IdentityProfile {
	description := "Made by hand"
	return sim.Tenant().SetProfile(simulator.IdentityProfile{
		ID: existing, Name: "Staff", Description: &description, OwnerID: ownerB, Priority: 70, SourceID: sourceA,
		IdentityAttributeConfig: json.RawMessage(`{"enabled": true, "attributeTransforms": [
			{"identityAttributeName": "uid", "transformDefinition": {"type": "accountAttribute", "attributes": {"sourceId": "` + sourceA + `", "attributeName": "id"}}},
			{"identityAttributeName": "email", "transformDefinition": {"attributes": {"input": {"attributes": {"attributeName": "mail"}, "type": "accountAttribute"}, "id": "Lower"}, "type": "reference"}},
			{"identityAttributeName": "department", "transformDefinition": {"type": "rule", "attributes": {"id": "Department", "limit": 1.0}}},
			{"identityAttributeName": "location", "transformDefinition": {"type": "rule", "attributes": null}}]}`),
		IdentityCount: 0, HasTimeBasedAttr: true,
	})
}

// What outside has, as configuration.
const (
	emailLine      = `{ type = "reference", attributes = jsonencode({ id = "Lower", input = { type = "accountAttribute", attributes = { attributeName = "mail" } } }) }`
	departmentLine = `{ type = "rule", attributes = jsonencode({ id = "Department", limit = 1 }) }`
	locationLine   = `{ type = "rule", attributes = "{}" }`
)

func outsideHeld() map[string]string {
	return map[string]string{
		"uid":        accountHeld("id"),
		"email":      `reference {"id":"Lower","input":{"attributes":{"attributeName":"mail"},"type":"accountAttribute"}}`,
		"department": `rule {"id":"Department","limit":1}`,
		"location":   `rule null`,
	}
}

// A profile made outside Terraform imports to an empty plan with a configuration
// that says the same of it, whatever it leaves unsaid.
func TestAccProfile_importsToAnEmptyPlan(t *testing.T) {
	t.Parallel()
	all := mapped("location", locationLine, "department", departmentLine, "email", emailLine, "uid", account("id"))
	said := "description = \"Made by hand\"\nowner_id = \"" + ownerB + "\"\npriority = 70\nattribute_mappings_enabled = true\n"
	for name, test := range map[string]struct{ id, lines string }{
		"everything":           {existing, said + all},
		"everything, by name":  {"name=Staff", said + all},
		"some of the mappings": {existing, said + mapped("email", emailLine)},
		"no mappings":          {existing, said},
		"the least":            {"name=Staff", "description = \"Made by hand\""},
		"the spelling":         {existing, "description = \"Made by hand\"\n" + mapped("department", `{ type = "rule", attributes = " { \"limit\" : 1.0, \"id\" : \"Department\" } " }`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := tenant(t)
			outside(sim)
			run(t, sim,
				sends(sim, step(importing(sim, test.id, staff+test.lines), plancheck.ResourceActionNoop,
					value("id", knownvalue.StringExact(existing)),
					value("force_destroy", knownvalue.Bool(false)),
					knows("uid", "email", "department", "location"),
					holds(sim, outsideHeld()))),
				sends(sim, step(profile(sim, staff+test.lines), plancheck.ResourceActionNoop, holds(sim, outsideHeld()))),
			)
		})
	}
}

// The mappings that a profile was imported with and that the configuration does
// not declare stay where they are when a declared one changes or goes.
func TestAccProfile_importedMappingsStayOnTheTenant(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	outside(sim)
	var told warnings
	warned := func(want ...string) func() error {
		return func() error {
			got := told.taken()
			if len(want) == 0 && got != "" {
				return fmt.Errorf("the plan warned %q, want nothing", got)
			}
			for _, want := range want {
				if !strings.Contains(got, want) {
					return fmt.Errorf("the plan warned %q, want %q in it", got, want)
				}
			}
			return nil
		}
	}
	warns := func(next resource.TestStep, want ...string) resource.TestStep {
		next.ConfigStateChecks = then(warned(want...), next.ConfigStateChecks...)
		return next
	}
	const said = staff + "description = \"Made by hand\"\n"
	config := func(pairs ...string) string { return profile(sim, said+mapped(pairs...)) }
	holding := func(pairs ...string) statecheck.StateCheck { return holds(sim, with(outsideHeld(), pairs...)) }
	steps := []resource.TestStep{
		warns(step(importing(sim, existing, said+mapped("uid", account("id"), "email", emailLine)), plancheck.ResourceActionNoop)),
		// Another attribute alone leaves the state's mappings as they are.
		warns(sends(sim, step(config("uid", account("id"), "email", emailLine), plancheck.ResourceActionNoop))),
		warns(sends(sim, step(profile(sim, said+"priority = 20\n"+mapped("uid", account("id"), "email", emailLine)), plancheck.ResourceActionUpdate,
			knows("uid", "email", "department", "location"), holding()), "replace /priority")),
		// What somebody else does to theirs is nothing to plan.
		{
			PreConfig:        func() { setMapping(sim, "department", "rule", map[string]any{"id": "Cost centre"}) },
			Config:           config("uid", account("id"), "email", emailLine),
			ConfigPlanChecks: acctest.Plans(address, plancheck.ResourceActionNoop),
		},
		warns(sends(sim, step(config("uid", account("login"), "email", emailLine), plancheck.ResourceActionUpdate, knows("uid", "email"),
			holding("uid", accountHeld("login"), "department", `rule {"id":"Cost centre"}`)), configPatch),
			"Mappings that are not managed", "The mappings of department, location were imported", "They stay in the profile"),
		warns(sends(sim, step(config("uid", account("login")), plancheck.ResourceActionUpdate, knows("uid"),
			holding("uid", accountHeld("login"), "department", `rule {"id":"Cost centre"}`, "email", "")), configPatch)),
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: told.factories(), Steps: steps})
	if profiles := sim.Tenant().State().Profiles; len(profiles) > 0 {
		t.Errorf("after the destroy the tenant has %+v", profiles)
	}
}

// Settings that the tenant has and the configuration does not declare are the
// tenant's own, before and after the first change; one that was declared once and
// is not any more is taken out.
func TestAccProfile_importedSettingsStayOnTheTenant(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	outside(sim)
	const said = staff + "description = \"Made by hand\"\n"
	config := func(lines, attributes string) string {
		return profile(sim, said+lines+mapped("email", `{ type = "reference", attributes = jsonencode(`+attributes+`) }`))
	}
	run(t, sim,
		step(importing(sim, existing, said+mapped("email", `{ type = "reference", attributes = jsonencode({ id = "Lower" }) }`)), plancheck.ResourceActionNoop),
		sends(sim, step(config("priority = 20\n", `{ id = "Lower" }`), plancheck.ResourceActionUpdate, holds(sim, outsideHeld())), "replace /priority"),
		sends(sim, step(config("", `{ id = "Lower" }`), plancheck.ResourceActionNoop, holds(sim, outsideHeld()))),
		sends(sim, step(config("", `{ id = "Lower", input = { type = "accountAttribute" } }`), plancheck.ResourceActionNoop, holds(sim, outsideHeld()))),
		sends(sim, step(config("", `{ id = "Upper", input = { type = "accountAttribute" } }`), plancheck.ResourceActionUpdate, knows("email"),
			holds(sim, with(outsideHeld(), "email", `reference {"id":"Upper","input":{"type":"accountAttribute"}}`))), configPatch),
		sends(sim, step(config("", `{ id = "Upper" }`), plancheck.ResourceActionUpdate, knows("email"),
			holds(sim, with(outsideHeld(), "email", `reference {"id":"Upper"}`))), configPatch),
	)
}

// Until an apply has changed the profile, all of its mappings are somebody else's.
func TestAccProfile_importedMappingIsNotRemovedBeforeItWasApplied(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	outside(sim)
	const said = staff + "description = \"Made by hand\"\n"
	run(t, sim,
		step(importing(sim, existing, said+mapped("uid", account("id"), "email", emailLine)), plancheck.ResourceActionNoop),
		sends(sim, step(profile(sim, said+mapped("uid", account("id"))), plancheck.ResourceActionNoop, holds(sim, outsideHeld()))),
	)
}

// An import that finds differences plans them and carries them out.
func TestAccProfile_importsAndChangesInOneApply(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	outside(sim)
	run(t, sim, sends(sim, step(importing(sim, existing, staff+"owner_id = \""+ownerA+"\"\n"+mapped("uid", account("login"))), plancheck.ResourceActionUpdate,
		value("owner_name", knownvalue.StringExact("Ada Lovelace")), knows("uid"), holds(sim, with(outsideHeld(), "uid", accountHeld("login")))),
		"remove /description, replace /identityAttributeConfig, replace /owner"))
}
