package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
)

// A misspelt argument is an error of terraform validate at its own line, wherever
// it stands.
func TestAccTypos_areReported(t *testing.T) {
	t.Parallel()
	good := []string{`url = "https://lobby.example.com"`, `password = "x"`}
	within := func(block, line string) string {
		return "provider \"gatehouse\" {\n  " + block + " {\n    " + line + "\n  }\n}\n"
	}
	unsupported := func(typo, meant string) string {
		return fmt.Sprintf("An argument named %q is not expected here. Did you mean %q?", typo, meant)
	}
	mapped := func(member string) string {
		return staff("attribute_mappings = {\n    email = {\n      type = \"rule\"\n      " + member + " = \"{}\"\n    }\n  }")
	}
	for name, test := range map[string]struct{ config, at, want string }{
		"panel":                {block("lobby", append(good, `serial_numbr = "1"`)...) + profile(""), `serial_numbr = "1"`, unsupported("serial_numbr", "serial_number")},
		"panel as map":         {"provider \"gatehouse\" {\n  panel = {}\n}\n" + profile(""), "panel = {}", `Did you mean to define a block of type "panel"?`},
		"the block panel":      {within("panels", "") + profile(""), "panels {", `Did you mean "panel"?`},
		"sailpoint":            {within("sailpoint", `client_sekret = "x"`) + staff(""), `client_sekret = "x"`, unsupported("client_sekret", "client_secret")},
		"api_version":          {within("sailpoint", `api_vesion = "v1"`) + staff(""), `api_vesion = "v1"`, unsupported("api_vesion", "api_version")},
		"bulk":                 {within("bulk", `max_item = 5`) + profile(""), "max_item = 5", unsupported("max_item", "max_items")},
		"repeat":               {profile("repeat {\n    every = \"day\"\n    untl = \"2027-01-01T00:00:00Z\"\n  }"), `untl = "2027-01-01T00:00:00Z"`, unsupported("untl", "until")},
		"repeat by attribute":  {profile(`repeat = { every = "day" }`), `repeat = {`, `Did you mean to define a block of type "repeat"?`},
		"a profile's timeouts": {profile("timeouts {\n    delet = \"1s\"\n  }"), `delet = "1s"`, unsupported("delet", "delete")},
		"a user's timeouts": {
			"resource \"gatehouse_panel_user\" \"test\" {\n  name = \"Ada\"\n  timeouts {\n    updat = \"1s\"\n  }\n}\n",
			`updat = "1s"`, unsupported("updat", "update"),
		},
		"an identity profile's timeouts": {staff("timeouts {\n    craete = \"1s\"\n  }"), `craete = "1s"`, unsupported("craete", "create")},
		"a mapping":                      {mapped("attribs"), "attribute_mappings = {", `attribute "attributes" is required`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := strings.Join([]string{says(test.at).String(), says(test.want).String()}, `(?s:.*)`)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(),
				Steps:                    []resource.TestStep{{Config: test.config, PlanOnly: true, ExpectError: expr(want)}},
			})
		})
	}
}
