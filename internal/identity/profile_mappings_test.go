package identity_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// defaults are the mappings that the tenant gives a profile without any.
func defaults() map[string]string {
	all := map[string]string{}
	for name, attribute := range map[string]string{"uid": "id", "email": "email", "firstname": "givenName", "lastname": "familyName"} {
		all[name] = fmt.Sprintf(`accountAttribute {"attributeName":%q,"sourceId":%q,"sourceName":"HR"}`, attribute, sourceA)
	}
	return all
}

// with is a copy of mappings with changes; an empty one is taken out.
func with(mappings map[string]string, pairs ...string) map[string]string {
	changed := maps.Clone(mappings)
	for i := 0; i < len(pairs); i += 2 {
		changed[pairs[i]] = pairs[i+1]
		if pairs[i+1] == "" {
			delete(changed, pairs[i])
		}
	}
	return changed
}

const configPatch = "replace /identityAttributeConfig"

// Whoever declares some mappings manages these and no others.
func TestAccProfileMappings_keepsTheUndeclared(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	config := func(mappings string) string { return profile(sim, staff+mappings) }
	const theirs = `rule {"id":"Department of the manager"}`
	theirMapping := step(config(mapped("uid", account("number"))), plancheck.ResourceActionNoop, knows("uid"))
	theirMapping.PreConfig = func() {
		setMapping(sim, "department", "rule", map[string]any{"id": "Department of the manager"})
	}
	others := with(defaults(), "department", theirs)
	run(t, sim,
		step(config(""), plancheck.ResourceActionCreate, value("attribute_mappings", knownvalue.Null()), holds(sim, defaults())),
		sends(sim, step(config(mapped("uid", account("number"))), plancheck.ResourceActionUpdate, knows("uid"),
			holds(sim, with(defaults(), "uid", accountHeld("number")))), configPatch),
		theirMapping,
		sends(sim, step(config(mapped("uid", account("login"))), plancheck.ResourceActionUpdate, knows("uid"),
			holds(sim, with(others, "uid", accountHeld("login")))), configPatch),
		// One that is there already is taken over.
		sends(sim, step(config(mapped("uid", account("login"), "email", account("mail"))), plancheck.ResourceActionUpdate, knows("uid", "email"),
			holds(sim, with(others, "uid", accountHeld("login"), "email", accountHeld("mail")))), configPatch),
		// Other attributes leave them all alone.
		sends(sim, step(config("priority = 70\n"+mapped("uid", account("login"), "email", account("mail"))), plancheck.ResourceActionUpdate,
			holds(sim, with(others, "uid", accountHeld("login"), "email", accountHeld("mail")))), "replace /priority"),
		sends(sim, step(config(mapped("uid", account("login"))), plancheck.ResourceActionUpdate, knows("uid"),
			holds(sim, with(others, "uid", accountHeld("login"), "email", ""))), configPatch),
		sends(sim, step(config(""), plancheck.ResourceActionUpdate, value("attribute_mappings", knownvalue.Null()),
			holds(sim, with(others, "uid", "", "email", ""))), configPatch),
	)
}

func TestAccProfileMappings_takenOutOneByOneOrAllAtOnce(t *testing.T) {
	t.Parallel()
	three := mapped("uid", account("id"), "email", account("mail"), "lastname", account("sn"))
	for name, test := range map[string]struct {
		after string
		want  map[string]string
	}{
		"one":            {mapped("uid", account("id"), "lastname", account("sn")), map[string]string{"uid": accountHeld("id"), "lastname": accountHeld("sn")}},
		"all, by {}":     {"attribute_mappings = {}", map[string]string{}},
		"all, by null":   {"attribute_mappings = null", map[string]string{}},
		"all, left out":  {"", map[string]string{}},
		"one for others": {mapped("uid", account("id"), "email", account("mail"), "title", account("title")), map[string]string{"uid": accountHeld("id"), "email": accountHeld("mail"), "title": accountHeld("title")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := tenant(t)
			run(t, sim,
				step(profile(sim, staff+three), plancheck.ResourceActionCreate),
				sends(sim, step(profile(sim, staff+test.after), plancheck.ResourceActionUpdate, holds(sim, test.want)), configPatch),
			)
		})
	}
}

// One that somebody has removed already is nothing to do, but to forget it.
func TestAccProfileMappings_takenOutWhatIsNotThere(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	gone := step(profile(sim, staff+mapped("uid", account("id"))), plancheck.ResourceActionNoop, holds(sim, map[string]string{"uid": accountHeld("id")}))
	gone.PreConfig = func() { setMapping(sim, "email", "", nil) }
	run(t, sim,
		step(profile(sim, staff+mapped("uid", account("id"), "email", account("mail"))), plancheck.ResourceActionCreate),
		sends(sim, gone),
	)
}

// The same settings are the same, however they are written and in whatever order
// the tenant keeps them; other values are not.
func TestAccProfileMappings_spellingIsNoChange(t *testing.T) {
	t.Parallel()
	for name, rewrite := range map[string]bool{"kept as sent": false, "rewritten by the tenant": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := tenant(t)
			sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.RewriteMappings = rewrite })
			config := func(uid string) string {
				return profile(sim, staff+mapped("email", account("mail"), "uid", `{ type = "reference", attributes = `+uid+" }", "alias", account("nick")))
			}
			const encoded = `jsonencode({ id = "Upper", length = 1, list = [1, "b"], nothing = null, input = { type = "accountAttribute", attributes = { attributeName = "id" } } })`
			same := func(uid string) resource.TestStep { return sends(sim, step(config(uid), plancheck.ResourceActionNoop)) }
			other := func(uid string) resource.TestStep {
				return sends(sim, step(config(uid), plancheck.ResourceActionUpdate, knows("email", "uid", "alias")), configPatch)
			}
			spaced := "<<-JSON\n{\n  \"input\" : { \"attributes\": {\"attributeName\": \"id\"}, \"type\": \"accountAttribute\" },\n" +
				"  \"list\": [ 1, \"b\" ],   \"length\": 1.0,\n  \"id\": \"\\u0055pper\"\n}\nJSON\n"
			inList := `jsonencode({ list = [1, "b"], length = 1, id = "Upper", input = { attributes = { attributeName = "id" }, type = "accountAttribute" } })`
			run(t, sim,
				step(config(encoded), plancheck.ResourceActionCreate),
				same(spaced),
				same(`"{\"length\":1e0,\"id\":\"Upper\",\"list\":[1.0,\"b\"],\"input\":{\"type\":\"accountAttribute\",\"attributes\":{\"attributeName\":\"id\"}}}"`),
				same(inList),
				same(encoded),
				other(`jsonencode({ id = "Upper", length = 2, list = [1, "b"], input = { type = "accountAttribute", attributes = { attributeName = "id" } } })`),
				other(`jsonencode({ id = "Upper", length = 2, list = ["b", 1], input = { type = "accountAttribute", attributes = { attributeName = "id" } } })`),
				other(`jsonencode({ id = "Upper", length = 2, list = ["b", 1], input = { type = "accountAttribute", attributes = { attributeName = "number" } } })`),
				other(`jsonencode({ id = "Upper", length = 2, list = ["b", 1] })`),
				other(`jsonencode({ id = "upper", length = 2, list = ["b", 1] })`),
				same(`jsonencode({ length = 2, id = "upper", list = ["b", 1] })`),
			)
		})
	}
}

// Numbers that a floating point number cannot tell apart are not the same.
func TestAccProfileMappings_longNumbersAreTold(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	config := func(number string) string {
		return profile(sim, staff+mapped("uid", `{ type = "rule", attributes = "{\"id\":`+number+`}" }`))
	}
	run(t, sim,
		step(config("9007199254740992"), plancheck.ResourceActionCreate),
		sends(sim, step(config("9007199254740993"), plancheck.ResourceActionUpdate), configPatch),
	)
}

// What the tenant adds to a mapping is not the configuration's, nor is what
// others change of it.
func TestAccProfileMappings_keepsWhatTheTenantAdds(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	config := profile(sim, staff+mapped("uid", account("id")))
	added := step(config, plancheck.ResourceActionNoop, knows("uid"))
	added.PreConfig = func() {
		setMapping(sim, "uid", "accountAttribute", map[string]any{"attributeName": "id", "sourceId": sourceA, "sourceName": "HR"})
	}
	run(t, sim, step(config, plancheck.ResourceActionCreate), sends(sim, added))
}

func TestAccProfileMappings_changedOutsideShowsAndIsMended(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.RewriteMappings = true })
	config := profile(sim, staff+mapped("uid", account("id"), "email", account("mail")))
	drift := func(change func()) resource.TestStep {
		next := sends(sim, step(config, plancheck.ResourceActionUpdate, knows("uid", "email")), configPatch)
		reset := next.PreConfig
		next.PreConfig = func() { reset(); change() }
		return next
	}
	id := func(attribute string) map[string]any {
		return map[string]any{"attributeName": attribute, "sourceId": sourceA}
	}
	run(t, sim,
		step(config, plancheck.ResourceActionCreate),
		drift(func() { setMapping(sim, "uid", "accountAttribute", id("login")) }),
		drift(func() { setMapping(sim, "uid", "rule", id("id")) }),
		drift(func() { setMapping(sim, "uid", "accountAttribute", map[string]any{"sourceId": sourceA}) }),
		drift(func() { setMapping(sim, "email", "accountAttribute", nil) }),
		drift(func() { setMapping(sim, "email", "", nil) }),
	)
}

// Values that are not known before apply may be anywhere in the mappings.
func TestAccProfileMappings_unknownAtPlan(t *testing.T) {
	t.Parallel()
	for name, mappings := range map[string]string{
		"a setting":    mapped("email", account("mail"), "uid", `{ type = "rule", attributes = jsonencode({ id = terraform_data.later.output }) }`),
		"all settings": mapped("uid", `{ type = "rule", attributes = "{\"id\":\"${terraform_data.later.output}\"}" }`),
		"a type":       mapped("uid", `{ type = terraform_data.later.output, attributes = jsonencode({ id = "X" }) }`),
		"a mapping":    mapped("uid", `terraform_data.later.output == "" ? null : { type = "rule", attributes = jsonencode({ id = terraform_data.later.output }) }`),
		"a name":       mapped("(terraform_data.later.output)", `{ type = "rule", attributes = "{}" }`),
		"all of them":  "attribute_mappings = { for name in [terraform_data.later.output] : name => { type = \"rule\", attributes = jsonencode({ id = name }) } }\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := tenant(t)
			config := func(generation int, value string) string {
				return fmt.Sprintf("resource \"terraform_data\" \"later\" {\n  triggers_replace = %d\n  input = %q\n}\n", generation, value) + profile(sim, staff+mappings)
			}
			first := step(config(1, "one"), plancheck.ResourceActionCreate)
			// The value turns out to be the old one, and then another.
			same := step(config(2, "one"), plancheck.ResourceActionUpdate)
			other := step(config(3, "two"), plancheck.ResourceActionUpdate)
			known := step(config(3, "two"), plancheck.ResourceActionNoop)
			run(t, sim, first, sends(sim, same), sends(sim, other, configPatch), known)
		})
	}
}
