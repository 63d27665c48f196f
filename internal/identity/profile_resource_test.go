package identity_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestAccProfile_basic(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	run(t, sim, step(profile(sim, staff), plancheck.ResourceActionCreate,
		value("id", knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f]{32}$`))),
		value("name", knownvalue.StringExact("Staff")),
		value("description", knownvalue.StringExact("")),
		value("owner_id", knownvalue.Null()),
		value("owner_name", knownvalue.Null()),
		value("priority", knownvalue.Int64Exact(10)),
		value("authoritative_source_id", knownvalue.StringExact(sourceA)),
		value("authoritative_source_name", knownvalue.StringExact("HR")),
		value("attribute_mappings", knownvalue.Null()),
		value("attribute_mappings_enabled", knownvalue.Bool(false)),
		value("force_destroy", knownvalue.Bool(false)),
		value("created", knownvalue.NotNull()),
		value("modified", knownvalue.NotNull()),
		value("identity_count", knownvalue.Int64Exact(0)),
		value("identity_refresh_required", knownvalue.Bool(true)),
		value("has_time_based_attributes", knownvalue.Bool(false)),
		value("timeouts", knownvalue.Null()),
	))
}

func TestAccProfile_createsWithEverythingGiven(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	run(t, sim, step(profile(sim, staff+`
description = "People on the payroll"
owner_id = "`+ownerA+`"
priority = 0
attribute_mappings_enabled = true
force_destroy = true
timeouts {
  create = "1m"
  read = "1m"
  update = "1m"
  delete = "1m"
}
`+mapped("uid", account("id"))), plancheck.ResourceActionCreate,
		value("description", knownvalue.StringExact("People on the payroll")),
		value("owner_id", knownvalue.StringExact(ownerA)),
		value("owner_name", knownvalue.StringExact("Ada Lovelace")),
		value("priority", knownvalue.Int64Exact(0)),
		value("attribute_mappings_enabled", knownvalue.Bool(true)),
		value("force_destroy", knownvalue.Bool(true)),
		knows("uid"),
		holds(sim, map[string]string{"uid": accountHeld("id")}),
	))
}

func TestAccProfile_updatesEveryAttributeInPlace(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	sameID := statecheck.CompareValue(compare.ValuesSame())
	update := func(lines, patch string, checks ...statecheck.StateCheck) resource.TestStep {
		checks = append(checks, sameID.AddStateValue(address, tfjsonpath.New("id")))
		one := step(profile(sim, staff+lines), plancheck.ResourceActionUpdate, checks...)
		if patch == "" {
			return sends(sim, one)
		}
		return sends(sim, one, patch)
	}
	kept := func(lines string, checks ...statecheck.StateCheck) resource.TestStep {
		return sends(sim, step(profile(sim, staff+lines), plancheck.ResourceActionNoop, checks...))
	}
	const owned = "owner_id = \"" + ownerB + "\"\n"
	name := update("", "replace /name", value("name", knownvalue.StringExact("All staff")))
	name.Config = profile(sim, `name = "All staff"`+"\nauthoritative_source_id = \""+sourceA+`"`)
	run(t, sim,
		step(profile(sim, staff), plancheck.ResourceActionCreate, sameID.AddStateValue(address, tfjsonpath.New("id"))),
		name,
		update("", "replace /name", value("name", knownvalue.StringExact("Staff"))),

		update(`description = "Payroll"`, "replace /description", value("description", knownvalue.StringExact("Payroll"))),
		update(`description = "On the payroll"`, "replace /description", value("description", knownvalue.StringExact("On the payroll"))),
		update("", "remove /description", value("description", knownvalue.StringExact(""))),

		update("owner_id = \""+ownerA+"\"\n", "replace /owner", value("owner_name", knownvalue.StringExact("Ada Lovelace"))),
		update(owned, "replace /owner", value("owner_name", knownvalue.StringExact("Grace Hopper"))),
		kept("", value("owner_id", knownvalue.StringExact(ownerB))),

		update("priority = 40", "replace /priority", value("priority", knownvalue.Int64Exact(40))),
		update("priority = 0", "replace /priority", value("priority", knownvalue.Int64Exact(0))),
		kept("", value("priority", knownvalue.Int64Exact(0))),

		update("attribute_mappings_enabled = true", configPatch, value("attribute_mappings_enabled", knownvalue.Bool(true))),
		kept("", value("attribute_mappings_enabled", knownvalue.Bool(true))),
		update("attribute_mappings_enabled = false", configPatch, value("attribute_mappings_enabled", knownvalue.Bool(false))),

		update("force_destroy = true", "", value("force_destroy", knownvalue.Bool(true))),
		update("", "", value("force_destroy", knownvalue.Bool(false))),
		update(`timeouts { update = "1m" }`, "", value("timeouts", knownvalue.NotNull())),
		update(`timeouts {
  update = "2m"
  delete = "3m"
}`, "", value("timeouts", knownvalue.NotNull())),
		update("", "", value("timeouts", knownvalue.Null())),
	)
}

// The tenant takes a new source and new mappings in two requests only.
func TestAccProfile_movesToAnotherSourceByItself(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	config := func(name, source, uid string) string {
		return profile(sim, fmt.Sprintf("name = %q\nauthoritative_source_id = %q\npriority = %d\n", name, source, len(name))+
			mapped("uid", account(uid)))
	}
	moved := value("authoritative_source_name", knownvalue.StringExact("Contractors"))
	run(t, sim,
		step(config("Staff", sourceA, "id"), plancheck.ResourceActionCreate),
		sends(sim, step(config("Staff", sourceB, "id"), plancheck.ResourceActionUpdate, moved), "replace /authoritativeSource"),
		sends(sim, step(config("Staff", sourceA, "number"), plancheck.ResourceActionUpdate, holds(sim, map[string]string{"uid": accountHeld("number")})),
			"replace /authoritativeSource", configPatch),
		sends(sim, step(config("Externals", sourceB, "login"), plancheck.ResourceActionUpdate, moved, holds(sim, map[string]string{"uid": accountHeld("login")})),
			"replace /authoritativeSource, replace /name, replace /priority", configPatch),
	)
}

func TestAccProfile_nullAndEmptyDescriptionAreOne(t *testing.T) {
	t.Parallel()
	empty := ""
	for name, test := range map[string]struct {
		held  *string
		lines []string
	}{
		"null on the tenant":  {nil, []string{"", `description = ""`, "description = null"}},
		"empty on the tenant": {&empty, []string{`description = ""`, "description = null", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := tenant(t)
			steps := []resource.TestStep{step(profile(sim, staff), plancheck.ResourceActionCreate)}
			for _, lines := range test.lines {
				next := step(profile(sim, staff+lines), plancheck.ResourceActionNoop, value("description", knownvalue.StringExact("")))
				next.PreConfig = func() {
					changed := only(sim)
					changed.Description = test.held
					sim.Tenant().SetProfile(changed)
				}
				steps = append(steps, next)
			}
			run(t, sim, steps...)
		})
	}
}

func TestAccProfile_disappears(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	remove := func() { sim.Tenant().RemoveProfile(only(sim).ID) }
	config := profile(sim, staff)
	again := step(config, plancheck.ResourceActionCreate)
	again.PreConfig = remove
	meanwhile := resource.TestStep{
		Config:           profile(sim, staff+"priority = 70"),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{between(remove)}},
		ExpectError:      says("is not there any more; somebody has removed it since the plan. Plan again to create it anew."),
	}
	run(t, sim,
		step(config, plancheck.ResourceActionCreate),
		again,
		meanwhile,
		step(config, plancheck.ResourceActionCreate),
		// And once more just before the destroy, which must not mind.
		resource.TestStep{PreConfig: remove, Config: config, Destroy: true},
	)
}

func TestAccProfile_showsAndMendsDrift(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	config := profile(sim, staff+`
description = "People on the payroll"
owner_id = "`+ownerA+`"
priority = 20
attribute_mappings_enabled = true
`+mapped("uid", account("id"), "email", account("mail")))
	var want simulator.IdentityProfile
	drift := func(patch string, change func(*simulator.IdentityProfile)) resource.TestStep {
		next := step(config, plancheck.ResourceActionUpdate)
		next.PreConfig = func() {
			want = only(sim)
			changed := only(sim)
			change(&changed)
			sim.Tenant().SetProfile(changed)
		}
		next.ConfigStateChecks = then(func() error {
			got := only(sim)
			for _, p := range []*simulator.IdentityProfile{&got, &want} { // what changes with every change
				p.Modified, p.IdentityRefreshRequired, p.IdentityAttributeConfig = time.Time{}, false, nil
			}
			g, _ := json.Marshal(got)
			w, _ := json.Marshal(want)
			if string(g) != string(w) {
				return fmt.Errorf("after the apply the tenant holds %s, want %s", g, w)
			}
			return nil
		}, holds(sim, map[string]string{"uid": accountHeld("id"), "email": accountHeld("mail")}))
		return sends(sim, next, patch)
	}
	mapping := func(name, kind string) func(*simulator.IdentityProfile) {
		return func(p *simulator.IdentityProfile) {
			setMapping(sim, name, kind, map[string]any{"id": "Somebody's"})
			*p = only(sim)
		}
	}
	run(t, sim,
		step(config, plancheck.ResourceActionCreate),
		drift("replace /name", func(p *simulator.IdentityProfile) { p.Name = "Somebody's" }),
		drift("replace /description", func(p *simulator.IdentityProfile) { p.Description = nil }),
		drift("replace /owner", func(p *simulator.IdentityProfile) { p.OwnerID = ownerB }),
		drift("replace /owner", func(p *simulator.IdentityProfile) { p.OwnerID = "" }),
		drift("replace /priority", func(p *simulator.IdentityProfile) { p.Priority = 5 }),
		drift("replace /authoritativeSource", func(p *simulator.IdentityProfile) { p.SourceID = sourceB }),
		drift(configPatch, func(p *simulator.IdentityProfile) {
			p.IdentityAttributeConfig = json.RawMessage(regexp.MustCompile(`"enabled":\s*true`).ReplaceAll(p.IdentityAttributeConfig, []byte(`"enabled":false`)))
		}),
		drift(configPatch, mapping("uid", "rule")),
		drift(configPatch, mapping("email", "")),
		drift(configPatch, func(p *simulator.IdentityProfile) {
			p.IdentityAttributeConfig = json.RawMessage(`{"enabled":true,"attributeTransforms":[]}`)
		}),
		drift(configPatch+", replace /name", func(p *simulator.IdentityProfile) { mapping("uid", "")(p); p.Name = "Somebody's" }),
	)
}

// What the tenant counts and names by itself is read and never planned.
func TestAccProfile_followsWhatTheTenantDecides(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	config := profile(sim, staff+"owner_id = \""+ownerA+"\"\n")
	rename := func(suffix string) {
		state := sim.Tenant().State()
		for i := range state.Sources {
			state.Sources[i].Name += suffix
		}
		for i := range state.Identities {
			state.Identities[i].Name += suffix
		}
		for i := range state.Profiles {
			p := &state.Profiles[i]
			p.IdentityCount, p.IdentityRefreshRequired, p.HasTimeBasedAttr = 3, false, true
			p.Modified = p.Modified.Add(time.Hour)
		}
		sim.Tenant().SetState(state)
	}
	seen := step(config, plancheck.ResourceActionNoop,
		value("identity_count", knownvalue.Int64Exact(3)),
		value("identity_refresh_required", knownvalue.Bool(false)),
		value("has_time_based_attributes", knownvalue.Bool(true)),
		value("owner_name", knownvalue.StringExact("Ada Lovelace (2)")),
		value("authoritative_source_name", knownvalue.StringExact("HR (2)")))
	seen.PreConfig = func() { rename(" (2)") }
	meanwhile := step(profile(sim, staff+"force_destroy = true\nowner_id = \""+ownerA+"\"\npriority = 20"), plancheck.ResourceActionUpdate)
	meanwhile.ConfigPlanChecks.PreApply = append(meanwhile.ConfigPlanChecks.PreApply, between(func() { rename(" (3)") }))
	run(t, sim, step(config, plancheck.ResourceActionCreate), seen, meanwhile)
}
