package identity_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/provider"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// block is one resource block: an address's label, a name and a source.
func block(label, name, source, lines string) string {
	return fmt.Sprintf("resource \"gatehouse_identity_profile\" %q {\n  name = %q\n  authoritative_source_id = %q\n  %s\n}\n", label, name, source, lines)
}

func blocks(sim *simulator.Simulator, all ...string) string {
	config := acctest.TenantBlock(sim)
	for _, one := range all {
		config += one
	}
	return config
}

// patient is run with an operation that waits long for others, as on a slow machine.
func patient(t *testing.T, sim *simulator.Simulator, steps ...resource.TestStep) {
	t.Helper()
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(provider.WithSettle(20 * time.Second)), Steps: steps})
	if err := errors.Join(acctest.OnlyBulkDeletes(sim)); err != nil {
		t.Error(err)
	}
	if profiles := sim.Tenant().State().Profiles; len(profiles) > 0 {
		t.Errorf("after the destroy the tenant has %+v", profiles)
	}
}

// fed checks which profile each source feeds, by name.
func fed(sim *simulator.Simulator, want map[string]string) []statecheck.StateCheck {
	return then(func() error {
		got := map[string]string{}
		for _, p := range sim.Tenant().State().Profiles {
			got[p.SourceID] = p.Name
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			return fmt.Errorf("the sources feed %v, want %v", got, want)
		}
		return nil
	})
}

const planError = "Error running pre-apply plan"

func TestAccProfile_sourceTwiceInOneConfiguration(t *testing.T) {
	t.Parallel()
	a, b := block("a", "A", sourceA, ""), block("b", "B", sourceB, "")
	for name, test := range map[string]struct {
		before, after []string
		want          []string
	}{
		"two creations":               {nil, []string{a, block("b", "B", sourceA, "")}, []string{"Source is planned for two identity profiles", planError}},
		"two creations of one name":   {nil, []string{a, block("b", "A", sourceA, "")}, []string{`two identity profiles named "A"`, planError}},
		"two of a count":              {nil, []string{block("a", "A ${count.index}", sourceA, "count = 2")}, []string{"Source is planned for two identity profiles"}},
		"a new one beside an old one": {[]string{a}, []string{a, block("b", "B", sourceA, "")}, []string{"Source is planned for two identity profiles", planError}},
		"one that moves to another's": {[]string{a, b}, []string{a, block("b", "B", sourceA, "")}, []string{"Source is planned for two identity profiles", planError}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := tenant(t)
			var steps []resource.TestStep
			if test.before != nil {
				steps = append(steps, resource.TestStep{Config: blocks(sim, test.before...)})
			}
			for _, want := range test.want {
				steps = append(steps, resource.TestStep{Config: blocks(sim, test.after...), ExpectError: says(want)})
			}
			run(t, sim, steps...)
		})
	}
}

// What looks like one source twice, and is not.
func TestAccProfile_sourceChangesHands(t *testing.T) {
	t.Parallel()
	a := block("a", "A", sourceA, "")
	for name, test := range map[string]struct {
		before, after []string
		want          map[string]string
	}{
		"another address":            {[]string{a}, []string{block("b", "A", sourceA, "")}, map[string]string{sourceA: "A"}},
		"another name and address":   {[]string{a}, []string{block("b", "B", sourceA, "")}, map[string]string{sourceA: "B"}},
		"one moves, a new one comes": {[]string{a}, []string{block("a", "A", sourceB, ""), block("b", "B", sourceA, "")}, map[string]string{sourceA: "B", sourceB: "A"}},
		"one goes, another moves":    {[]string{a, block("b", "B", sourceB, "")}, []string{block("b", "B", sourceA, "")}, map[string]string{sourceA: "B"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := tenant(t)
			sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.SourceBusy, s.ReadableAfter = 2, 2 })
			patient(t, sim,
				resource.TestStep{Config: blocks(sim, test.before...)},
				resource.TestStep{
					Config: blocks(sim, test.after...), ConfigStateChecks: fed(sim, test.want),
					ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
				})
		})
	}
}

// The replacement of a profile waits for its source.
func TestAccProfile_replacementWaitsForTheSource(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.SourceBusy, s.ReadableAfter = 3, 2 })
	replaced := func(generation int) string {
		return fmt.Sprintf("resource \"terraform_data\" \"g\" { input = %d }\n", generation) +
			profile(sim, staff+"lifecycle { replace_triggered_by = [terraform_data.g] }\n")
	}
	run(t, sim,
		step(replaced(1), plancheck.ResourceActionCreate),
		step(replaced(2), plancheck.ResourceActionDestroyBeforeCreate),
		resource.TestStep{Config: replaced(2), Taint: []string{address}, ConfigPlanChecks: acctest.Plans(address, plancheck.ResourceActionDestroyBeforeCreate)},
	)
}

// A profile under two addresses may be kept under both or destroyed under both.
func TestAccProfile_underTwoAddresses(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	id := sim.Tenant().SetProfile(simulator.IdentityProfile{Name: "A", SourceID: sourceA}).ID
	imports := func(label string) string {
		return fmt.Sprintf("import {\n  to = gatehouse_identity_profile.%s\n  id = %q\n}\n", label, id)
	}
	a, b := block("a", "A", sourceA, ""), block("b", "A", sourceA, "")
	run(t, sim,
		resource.TestStep{Config: blocks(sim, imports("a"), a)},
		// As after following an advice to import under a new address.
		resource.TestStep{Config: blocks(sim, imports("b"), b), ExpectError: says("Identity profile has a second address")},
		resource.TestStep{Config: blocks(sim, imports("b"), a, b)},
		resource.TestStep{Config: blocks(sim, b), ExpectError: says("which would lose it. To forget one of them")},
		resource.TestStep{Config: blocks(sim, "removed {\n  from = gatehouse_identity_profile.a\n  lifecycle { destroy = false }\n}\n", b)},
		resource.TestStep{Config: blocks(sim, imports("a"), a, b)},
	)
}

// The plan finds what an apply would fail with.
func TestAccProfile_planAsksTheTenant(t *testing.T) {
	t.Parallel()
	t.Run("a source in use", func(t *testing.T) {
		t.Parallel()
		sim := tenant(t)
		sim.Tenant().SetProfile(simulator.IdentityProfile{ID: existing, Name: "Payroll", SourceID: sourceA})
		refused := resource.TestStep{Config: blocks(sim, block("a", "A", sourceA, "")), PlanOnly: true, ExpectError: says("Source feeds another identity profile")}
		acctest.Run(t, sim, refused)
	})
	t.Run("the costs", func(t *testing.T) {
		t.Parallel()
		sim := tenant(t)
		config := acctest.TenantBlock(sim)
		for i := range 8 {
			config += block(fmt.Sprint("p", i), fmt.Sprint("P ", i), fmt.Sprintf("2c918083%024d", i), "")
		}
		acctest.Run(t, sim, resource.TestStep{Config: config, PlanOnly: true, ExpectNonEmptyPlan: true})
		if n := acctest.Count(sim, http.MethodGet, profilesPath); n > 2 { // of the step's two plans
			t.Errorf("%d listings, want one for each plan", n)
		}
	})
	t.Run("a tenant that does not answer", func(t *testing.T) {
		t.Parallel()
		sim := tenant(t)
		sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.Unavailable = true })
		var told warnings
		resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: told.factories(), Steps: []resource.TestStep{{
			Config: blocks(sim, block("a", "A", sourceA, ""), block("b", "B", sourceB, "")), PlanOnly: true, ExpectNonEmptyPlan: true,
		}}})
		if got := told.taken(); !says("Tenant cannot be reached: The plan of new and changed identity profiles was not compared").MatchString(got) {
			t.Errorf("the plan warned %q", got)
		}
	})
}

// Who replaces a profile or gives it another source is told how many identities it has.
func TestAccProfile_identitiesAreTold(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	var told warnings
	warns := func(next resource.TestStep, want string) resource.TestStep {
		next.PreConfig = func() {
			told.taken()
			p := only(sim)
			p.IdentityCount = 7
			sim.Tenant().SetProfile(p)
		}
		next.ConfigPlanChecks.PreApply = append(next.ConfigPlanChecks.PreApply, between(func() {
			if got := told.taken(); !says(want).MatchString(got) {
				t.Errorf("the plan warned %q, want %q", got, want)
			}
		}))
		return next
	}
	force := "force_destroy = true\n"
	triggered := func(generation int, source string) string {
		return fmt.Sprintf("resource \"terraform_data\" \"g\" { input = %d }\n", generation) +
			profile(sim, fmt.Sprintf("name = \"Staff\"\nauthoritative_source_id = %q\n", source)+force+"lifecycle { replace_triggered_by = [terraform_data.g] }\n")
	}
	steps := []resource.TestStep{
		step(triggered(1, sourceA), plancheck.ResourceActionCreate),
		warns(step(triggered(1, sourceB), plancheck.ResourceActionUpdate), "Identities get another source: 7 identities are attached"),
		warns(step(triggered(2, sourceB), plancheck.ResourceActionDestroyBeforeCreate), "Identities lose their profile: A replacement destroys the identity profile first. 7 identities"),
		warns(resource.TestStep{Config: triggered(2, sourceB), Taint: []string{address}}, "Identities lose their profile: A replacement destroys the identity profile first. 7 identities"),
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: told.factories(), Steps: steps})
}
