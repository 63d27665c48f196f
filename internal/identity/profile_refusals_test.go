package identity_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
)

// What cannot be right is refused before anything is sent.
func TestAccProfile_refusals(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	const source = "authoritative_source_id = \"" + sourceA + "\"\n"
	for name, test := range map[string]struct{ lines, want string }{
		"no name":              {source, `The argument "name" is required`},
		"an empty name":        {"name = \"\"\n" + source, "name string length must be at least 1"},
		"no source":            {`name = "Staff"`, `The argument "authoritative_source_id" is required`},
		"an empty source":      {"name = \"Staff\"\nauthoritative_source_id = \"\"", "authoritative_source_id string length must be at least 1"},
		"an empty owner":       {staff + `owner_id = ""`, "owner_id string length must be at least 1"},
		"a negative priority":  {staff + "priority = -1", "priority value must be at least 0"},
		"a timeout as number":  {staff + `timeouts { create = "5" }`, "sequence of decimal numbers"},
		"a computed value":     {staff + "identity_count = 1", "identity_count"},
		"no type":              {staff + mapped("uid", `{ attributes = "{}" }`), `attribute "type" is required`},
		"a null type":          {staff + mapped("uid", `{ type = null, attributes = "{}" }`), `The mapping of "uid" has no type`},
		"an empty type":        {staff + mapped("uid", `{ type = "", attributes = "{}" }`), `The mapping of "uid" has no type`},
		"no settings":          {staff + mapped("uid", `{ type = "rule" }`), `attribute "attributes" is required`},
		"null settings":        {staff + mapped("uid", `{ type = "rule", attributes = null }`), `attributes of the mapping of "uid" are not a JSON object`},
		"no JSON":              {staff + mapped("uid", `{ type = "rule", attributes = "{id: 1}" }`), `attributes of the mapping of "uid" are not a JSON object`},
		"two objects":          {staff + mapped("uid", `{ type = "rule", attributes = "{}{}" }`), `attributes of the mapping of "uid" are not a JSON object`},
		"a list":               {staff + mapped("uid", `{ type = "rule", attributes = "[]" }`), `attributes of the mapping of "uid" are not a JSON object`},
		"a JSON null":          {staff + mapped("uid", `{ type = "rule", attributes = "null" }`), `attributes of the mapping of "uid" are not a JSON object`},
		"an object":            {staff + mapped("uid", `{ type = "rule", attributes = {} }`), `string required`},
		"a null mapping":       {staff + mapped("email", account("mail"), "uid", "null"), `The mapping of "uid" is null`},
		"a mapping of nothing": {staff + mapped(`""`, account("id")), "string length must be at least 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Run(t, sim, resource.TestStep{Config: profile(sim, test.lines), PlanOnly: true, ExpectError: says(test.want)})
		})
	}
	t.Cleanup(func() {
		if requests := sim.Requests(); len(requests) != 0 {
			t.Errorf("%d requests were sent, want none", len(requests))
		}
	})
}
