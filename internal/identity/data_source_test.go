package identity_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// one is a configuration that reads one profile, many one that reads several.
func one(sim *simulator.Simulator, lines string) string {
	return acctest.TenantBlock(sim) + fmt.Sprintf("data \"gatehouse_identity_profile\" \"test\" {\n%s\n}\n", lines)
}

func many(sim *simulator.Simulator, lines string) string {
	return acctest.TenantBlock(sim) + fmt.Sprintf("data \"gatehouse_identity_profiles\" \"test\" {\n%s\n}\n", lines)
}

// whole is outside as the data sources tell it.
func whole() map[string]knownvalue.Check {
	element := func(kind, attributes string) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"type": knownvalue.StringExact(kind), "attributes": knownvalue.StringExact(attributes),
		})
	}
	return map[string]knownvalue.Check{
		"id":                        knownvalue.StringExact(existing),
		"name":                      knownvalue.StringExact("Staff"),
		"description":               knownvalue.StringExact("Made by hand"),
		"owner_id":                  knownvalue.StringExact(ownerB),
		"owner_name":                knownvalue.StringExact("Grace Hopper"),
		"priority":                  knownvalue.Int64Exact(70),
		"authoritative_source_id":   knownvalue.StringExact(sourceA),
		"authoritative_source_name": knownvalue.StringExact("HR"),
		"attribute_mappings": knownvalue.MapExact(map[string]knownvalue.Check{
			"uid":        element("accountAttribute", `{"attributeName":"id","sourceId":"`+sourceA+`"}`),
			"email":      element("reference", `{"id":"Lower","input":{"attributes":{"attributeName":"mail"},"type":"accountAttribute"}}`),
			"department": element("rule", `{"id":"Department","limit":1.0}`),
			"location":   element("rule", `{}`),
		}),
		"attribute_mappings_enabled": knownvalue.Bool(true),
		"created":                    knownvalue.StringExact("2026-01-05T09:00:00.000Z"),
		"modified":                   knownvalue.StringExact("2026-02-05T09:00:00.000Z"),
		"identity_count":             knownvalue.Int64Exact(12),
		"identity_refresh_required":  knownvalue.Bool(true),
		"has_time_based_attributes":  knownvalue.Bool(true),
	}
}

// dated sets what outside leaves to the tenant.
func dated(sim *simulator.Simulator) {
	p := outside(sim)
	p.IdentityCount, p.IdentityRefreshRequired = 12, true
	p.Created, p.Modified = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), time.Date(2026, 2, 5, 9, 0, 0, 0, time.UTC)
	sim.Tenant().SetProfile(p)
}

func TestAccProfileData_byIDAndByName(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	dated(sim)
	sim.Tenant().SetProfile(simulator.IdentityProfile{Name: `Staff "B" \`, SourceID: sourceB, IdentityAttributeConfig: json.RawMessage(`{"attributeTransforms":[]}`)})
	found := func(lines string, want map[string]knownvalue.Check) resource.TestStep {
		var checks []statecheck.StateCheck
		for name, check := range want {
			checks = append(checks, statecheck.ExpectKnownValue("data.gatehouse_identity_profile.test", tfjsonpath.New(name), check))
		}
		return resource.TestStep{Config: one(sim, lines), ConfigStateChecks: checks}
	}
	acctest.Run(t, sim,
		found(`id = "`+existing+`"`, whole()),
		found(`name = "Staff"`, whole()),
		found(`name = "Staff \"B\" \\"`, map[string]knownvalue.Check{
			"description": knownvalue.StringExact(""), "owner_id": knownvalue.Null(), "owner_name": knownvalue.Null(),
			"priority": knownvalue.Int64Exact(80), "attribute_mappings": knownvalue.MapSizeExact(0), "attribute_mappings_enabled": knownvalue.Bool(false),
		}),
	)
}

func TestAccProfileData_refusals(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	for _, source := range []string{sourceA, sourceB} {
		sim.Tenant().SetProfile(simulator.IdentityProfile{Name: "Twins", SourceID: source})
	}
	for name, test := range map[string]struct{ config, want string }{
		"neither":        {one(sim, ""), "Exactly one of these attributes must be configured: [id,name]"},
		"both":           {one(sim, "id = \""+existing+"\"\nname = \"Twins\""), "Exactly one of these attributes must be configured: [id,name]"},
		"an empty id":    {one(sim, `id = ""`), "id string length must be at least 1"},
		"an empty name":  {one(sim, `name = ""`), "name string length must be at least 1"},
		"no such id":     {one(sim, `id = "`+existing+`"`), "Could not read identity profile " + existing},
		"no such name":   {one(sim, `name = "Staff"`), `Identity profile "Staff" is not in the tenant`},
		"another case":   {one(sim, `name = "twins"`), "not in the tenant"},
		"several":        {one(sim, `name = "Twins"`), "the name is not unique in the tenant"},
		"a path for one": {one(sim, `id = "x/../y"`), "is not an ID of an identity profile"},
		"a bad filter":   {uninspected(sim, many(sim, `filter = "owner eq \"x\""`)), "Could not list identity profiles"},
		"a bad order":    {uninspected(sim, many(sim, `sort = "source"`)), "sorters: source is not supported"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Run(t, sim, resource.TestStep{Config: test.config, ExpectError: says(test.want)})
		})
	}
}

// uninspected has the tenant itself judge what the documented API does not have.
func uninspected(sim *simulator.Simulator, config string) string {
	return strings.ReplaceAll(config, acctest.TenantURL(sim), sim.Tenant().URL())
}

// crowd is more profiles than one page of the listing holds: "Profile 000" and so
// on, every third one of contractors, with priorities in the other direction.
func crowd(n int) simulator.TenantState {
	var state simulator.TenantState
	for i := range n {
		name := fmt.Sprintf("Profile %03d", i)
		if i%3 == 0 {
			name = fmt.Sprintf("Contractors %03d", i)
		}
		state.Profiles = append(state.Profiles, simulator.IdentityProfile{
			ID: fmt.Sprintf("2c91808300000000000000000001%04x", (i*7)%n), Name: name, Priority: int64(10 * (n - i)),
			SourceID: fmt.Sprintf("2c91808300000000000000000002%04x", i),
		})
	}
	return state
}

func TestAccProfilesData_listsFiltersAndSorts(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	state := crowd(520)
	sim.Tenant().SetState(state)
	names := func(profiles []simulator.IdentityProfile) knownvalue.Check {
		elements := make([]knownvalue.Check, len(profiles))
		for i, p := range profiles {
			elements[i] = knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"id": knownvalue.StringExact(p.ID), "name": knownvalue.StringExact(p.Name), "attribute_mappings": knownvalue.MapSizeExact(4),
			})
		}
		return knownvalue.ListExact(elements)
	}
	listed := func(lines string, want []simulator.IdentityProfile) resource.TestStep {
		return resource.TestStep{Config: many(sim, lines), ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.gatehouse_identity_profiles.test", tfjsonpath.New("profiles"), names(want)),
		}}
	}
	ordered := func(less func(a, b simulator.IdentityProfile) bool) []simulator.IdentityProfile {
		all := slices.Clone(state.Profiles)
		slices.SortFunc(all, func(a, b simulator.IdentityProfile) int {
			if less(a, b) {
				return -1
			}
			return 1
		})
		return all
	}
	contractors := slices.DeleteFunc(slices.Clone(state.Profiles), func(p simulator.IdentityProfile) bool { return p.Name[0] != 'C' })
	byID := listed("", ordered(func(a, b simulator.IdentityProfile) bool { return a.ID < b.ID }))
	byID.ConfigStateChecks = then(func() error {
		pages := map[string]int{}
		for _, request := range sim.Requests() {
			if query, err := url.ParseQuery(request.Query); err == nil && request.Method == http.MethodGet {
				pages[query.Get("offset")]++
			}
		}
		if len(pages) != 3 || pages["0"] == 0 || pages["250"] != pages["0"] || pages["500"] != pages["0"] {
			return fmt.Errorf("pages were asked for from %v, want from 0, 250 and 500", pages)
		}
		return nil
	}, byID.ConfigStateChecks...)
	acctest.Run(t, sim,
		byID,
		listed(`sort = "priority"`, ordered(func(a, b simulator.IdentityProfile) bool { return a.Priority < b.Priority })),
		listed(`sort = "-name"`, ordered(func(a, b simulator.IdentityProfile) bool { return a.Name > b.Name })),
		listed("filter = \"name sw \\\"Contr\\\"\"\nsort = \"name\"", contractors),
		listed(`filter = "priority eq 20"`, state.Profiles[518:519]),
		listed(`filter = "name eq \"Nobody\""`, nil),
	)
}

func TestAccProfilesData_tellsEveryAttribute(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	dated(sim)
	acctest.Run(t, sim, resource.TestStep{Config: many(sim, ""), ConfigStateChecks: []statecheck.StateCheck{
		statecheck.ExpectKnownValue("data.gatehouse_identity_profiles.test", tfjsonpath.New("profiles"),
			knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectExact(whole())})),
	}})
}

// A profile that is only planned is read when it is there.
func TestAccProfileData_ofAProfileMadeInTheSameApply(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	run(t, sim, resource.TestStep{
		Config: profile(sim, staff) + "data \"gatehouse_identity_profile\" \"test\" {\n  id = gatehouse_identity_profile.test.id\n}\n",
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.gatehouse_identity_profile.test", tfjsonpath.New("attribute_mappings"), knownvalue.MapSizeExact(4)),
		},
	})
}
