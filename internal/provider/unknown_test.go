package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// later is a value that is not known before apply. It is so again in each step
// with another generation.
func later(generation int, value string) string {
	return fmt.Sprintf("\nresource \"terraform_data\" \"later\" {\n  triggers_replace = %d\n  input = %s\n}\n", generation, value)
}

const known = "terraform_data.later.output"

// dynamicPanels is a provider block whose panels are not known before apply.
const dynamicPanels = `provider "gatehouse" {
  dynamic "panel" {
    for_each = ` + known + `
    content {
      name     = panel.key
      url      = panel.value
      password = "` + acctest.Password + `"
    }
  }
}
`

// What of the provider block is not known before apply keeps nothing from being
// planned, and is used when it is known. That goes for objects in the state too.
func TestAccUnknown_doesNotFailThePlan(t *testing.T) {
	t.Parallel()
	const (
		password = `"` + acctest.Password + `"`
		lobby    = `panel = "lobby"`
	)
	const url, secret = `url = "URL"`, "password = " + password
	for name, test := range map[string]struct{ panels, value, panel string }{
		"password":                 {block("lobby", url, "password = "+known), password, lobby},
		"password, panel left out": {block("lobby", url, "password = "+known), password, ""},
		"url":                      {block("lobby", "url = "+known, secret), `"URL"`, lobby},
		"an API path":              {block("lobby", url, secret, "api_paths = { login = "+known+" }"), `"/api/v1/login"`, ""},
		"a name":                   {strings.ReplaceAll(block("lobby", url, secret), `"lobby"`, known), `"lobby"`, lobby},
		"a name, panel left out":   {strings.ReplaceAll(block("lobby", url, secret), `"lobby"`, known), `"lobby"`, ""},
		"all panels":               {dynamicPanels, `{ lobby = "URL" }`, lobby},
		"all, panel left out":      {dynamicPanels, `{ lobby = "URL" }`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			config := func(generation int, user string) string {
				return withURL(sim, later(generation, test.value)+test.panels) +
					profile(test.panel) + fmt.Sprintf("resource \"gatehouse_panel_user\" \"test\" {\n  %s\n  name = %q\n}\n", test.panel, user)
			}
			again := func(config string, action plancheck.ResourceActionType) resource.TestStep {
				checks := acctest.Plans("gatehouse_panel_user.test", action)
				checks.PreApply = append(checks.PreApply,
					plancheck.ExpectResourceAction("terraform_data.later", plancheck.ResourceActionReplace),
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionNoop))
				return resource.TestStep{Config: config, ConfigPlanChecks: checks}
			}
			run(t, sim, nil,
				works(config(1, "Ada"), "lobby"),
				again(config(2, "Ada"), plancheck.ResourceActionNoop),
				again(config(3, "Grace"), plancheck.ResourceActionUpdate),
			)
		})
	}
}

// withURL puts the panel's URL for "URL".
func withURL(sim *simulator.Simulator, config string) string {
	return strings.ReplaceAll(config, `"URL"`, `"`+sim.Panel("lobby").URL()+`"`)
}

// A name that is not known before apply may turn out to be of the same panel or
// of another: the plan allows for both.
func TestAccUnknown_panelOfAResource(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby", "garage")
	config := func(generation int, name string) string {
		return acctest.ProviderBlock(sim) + later(generation, `"`+name+`"`) + profile("panel = "+known)
	}
	moved := func(generation int, name string) resource.TestStep {
		step := works(config(generation, name), name)
		step.ConfigPlanChecks = acctest.Plans(address, plancheck.ResourceActionReplace)
		return step
	}
	run(t, sim, nil,
		works(config(1, "lobby"), "lobby"),
		moved(2, "garage"),
		moved(3, "garage"),
		resource.TestStep{Config: config(4, "attic"), ExpectError: says(`The provider block has no panel "attic". Valid names are: garage, lobby.`)},
		works(config(5, "garage"), "garage"),
	)
}

// An object can only be imported from a panel that can be spoken to.
func TestAccUnknown_importIsRefused(t *testing.T) {
	t.Parallel()
	const id = "0a6b3f0e-7c1d-4e55-9b1a-d2f0c8a1b001"
	for name, test := range map[string]struct{ panels, value, id, want string }{
		"password": {
			block("lobby", `url = "URL"`, "password = "+known), `"` + acctest.Password + `"`,
			"lobby/" + id, "cannot be imported: its password is not known before apply.",
		},
		"all panels": {
			dynamicPanels, `{ lobby = "URL" }`,
			"lobby/" + id, "cannot be imported: the panels of the provider block are not known before apply.",
		},
		"all panels, none named": {
			dynamicPanels, `{ lobby = "URL" }`,
			id, "cannot be imported: the panels of the provider block are not known before apply.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			config := withURL(sim, later(1, test.value)+test.panels) + profile("") +
				fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, test.id)
			run(t, sim, nil, resource.TestStep{Config: config, ExpectError: says(test.want)})
		})
	}
}
