package provider_test

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/provider"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

const address = "gatehouse_panel_time_profile.test"

// profile is a time profile with these lines in it.
func profile(lines string) string {
	return "\n" + `resource "gatehouse_panel_time_profile" "test" {
  name  = "Office hours"
  start = "2026-01-05T09:00:00Z"
  end   = "2026-01-05T18:00:00Z"
  ` + lines + "\n}\n"
}

// block is a provider block of one panel with these lines.
func block(name string, lines ...string) string {
	return fmt.Sprintf("provider \"gatehouse\" {\n  panel {\n    name = %q\n    %s\n  }\n}\n", name, strings.Join(lines, "\n    "))
}

// says matches words however the CLI wrapped them.
func says(words string) *regexp.Regexp {
	return regexp.MustCompile(regexp.MustCompile(`\s+`).ReplaceAllString(regexp.QuoteMeta(words), `[\s│]+`))
}

// expr is a regular expression.
func expr(text string) *regexp.Regexp { return regexp.MustCompile(text) }

// run applies the steps with the real CLI and a provider with these options.
// After the destroy at the end the panels must be empty.
func run(t *testing.T, sim *simulator.Simulator, options []provider.Option, steps ...resource.TestStep) {
	t.Helper()
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(options...), Steps: steps})
	if err := acctest.Empty(sim); err != nil {
		t.Errorf("after the destroy: %v", err)
	}
}

// works is a step that creates the time profile on a panel of this name.
func works(config, panel string) resource.TestStep {
	return resource.TestStep{
		Config:           config,
		ConfigPlanChecks: acctest.Plans(address, plancheck.ResourceActionCreate),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(address, tfjsonpath.New("panel"), knownvalue.StringExact(panel)),
		},
	}
}

func TestAccPanels_eachResourceIsOnTheOneItNames(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby", "garage")
	acctest.Run(t, sim, resource.TestStep{
		Config: acctest.ProviderBlock(sim) + `
resource "gatehouse_panel_user" "test" {
  count = 2
  panel = ["lobby", "garage"][count.index]
  name  = "Ada of the ${["lobby", "garage"][count.index]}"
}
`,
		ConfigPlanChecks: acctest.Plans("gatehouse_panel_user.test[1]", plancheck.ResourceActionCreate),
		ConfigStateChecks: []statecheck.StateCheck{acctest.Then(func() error {
			for _, panel := range sim.Panels() {
				users := panel.State().Users
				if len(users) != 1 || users[0].Name != "Ada of the "+panel.Name() {
					return fmt.Errorf("panel %s holds %+v", panel.Name(), users)
				}
			}
			return nil
		})},
	})
}

func TestAccPanels_areFoundInTheEnvironment(t *testing.T) {
	t.Parallel()
	all := func(changes ...string) map[string]string {
		variables := map[string]string{
			"GATEHOUSE_PANEL_URL": "URL", "GATEHOUSE_PANEL_USERNAME": "terraform", "GATEHOUSE_PANEL_PASSWORD": acctest.Password,
			"GATEHOUSE_PANEL_SERIAL_NUMBER": simulator.DefaultSettings("lobby").SerialNumber, "GATEHOUSE_PANEL_REQUEST_TIMEOUT": "5s",
		}
		for i := 0; i < len(changes); i += 2 {
			variables["GATEHOUSE_PANEL_"+changes[i]] = changes[i+1]
		}
		return variables
	}
	const (
		alone  = "provider \"gatehouse\" {}\n"
		secret = `password = "` + acctest.Password + `"`
	)
	for name, test := range map[string]struct { // URL stands for the panel's
		config    string
		variables map[string]string
		refused   string // what is said if it does not work
	}{
		"alone":                   {alone, all(), ""},
		"alone, without a block":  {"", all(), ""},
		"alone, with no panels":   {"provider \"gatehouse\" {\n  dynamic \"panel\" {\n    for_each = {}\n    content { name = panel.key }\n  }\n}\n", all(), ""},
		"alone, another account":  {alone, all("USERNAME", "admin"), `"default" refused the login`},
		"alone, default account":  {alone, all("USERNAME", ""), `"default" refused the login`},
		"alone, another password": {alone, all("PASSWORD", "sesame"), `"default" refused the login`},
		"alone, another device":   {alone, all("SERIAL_NUMBER", "1"), `serial_number is set to "1"`},
		"alone, no time":          {alone, all("REQUEST_TIMEOUT", "1ns"), `Panel "default" did not answer in time`},
		"the configuration wins": {
			block("default", `url = "URL"`, `username = "terraform"`, secret, `serial_number = "`+all()["GATEHOUSE_PANEL_SERIAL_NUMBER"]+`"`, `request_timeout = "10s"`),
			all("URL", "http://127.0.0.1:1", "USERNAME", "x", "PASSWORD", "x", "SERIAL_NUMBER", "x", "REQUEST_TIMEOUT", "1ns"), "",
		},
		"default takes all":           {block("default"), all(), ""},
		"default takes the password":  {block("default", `url = "URL"`), all("URL", ""), ""},
		"default takes the url":       {block("default", secret), all("PASSWORD", ""), ""},
		"another panel takes nothing": {block("lobby", `url = "URL"`, secret), all(), `"lobby" refused the login`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			sim.Panel("lobby").SetSettings(func(s *simulator.Settings) { s.Username = "terraform" })
			variables := maps.Clone(test.variables)
			if variables["GATEHOUSE_PANEL_URL"] == "URL" {
				variables["GATEHOUSE_PANEL_URL"] = sim.Panel("lobby").URL()
			}
			config := withURL(sim, test.config) + profile("")
			step := works(config, "default")
			if test.refused != "" {
				step = resource.TestStep{Config: config, ExpectError: says(test.refused)}
			}
			run(t, sim, []provider.Option{environment(variables)}, step)
		})
	}
}

func TestAccPanels_mustBeNamedWhereThereIsAChoice(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby", "garage")
	both := acctest.ProviderBlock(sim)
	for name, test := range map[string]struct{ config, want string }{
		"unknown":             {both + profile(`panel = "attic"`), `The provider block has no panel "attic". Valid names are: garage, lobby.`},
		"left out":            {both + profile(""), `a resource must say which one it is on. Valid names are: garage, lobby.`},
		"empty":               {both + profile(`panel = ""`), `a resource must say which one it is on. Valid names are: garage, lobby.`},
		"no panels":           {"provider \"gatehouse\" {}\n" + profile(""), "The provider block has no panels; add a panel block, or set GATEHOUSE_PANEL_URL."},
		"no panels, but name": {"provider \"gatehouse\" {}\n" + profile(`panel = "lobby"`), `The provider block has no panel "lobby". The provider block has no panels`},
		"not the environment": {both + profile(`panel = "default"`), `The provider block has no panel "default". Valid names are: garage, lobby.`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, sim, nil, resource.TestStep{Config: test.config, PlanOnly: true, ExpectError: says(test.want)})
		})
	}
	t.Cleanup(func() {
		if requests := sim.Requests(); len(requests) != 0 {
			t.Errorf("%d requests were sent, want none", len(requests))
		}
	})
}

// A panel that is taken out of the block while the state has objects on it: they
// are neither lost nor destroyed, and the error says what to do.
func TestAccPanels_doNotVanishUnderTheirObjects(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby", "garage")
	both := acctest.ProviderBlock(sim)
	garage := block("garage", fmt.Sprintf("url = %q", sim.Panel("garage").URL()), fmt.Sprintf("password = %q", acctest.Password))
	want := says(`Error: Provider block lacks panel "lobby"`).String() + `(?s:.*)` + says(`It holds the time profile "Office hours" (`).String() + `[-0-9a-f]{36}` +
		says(`), and the provider block has no panel of that name. Valid names are: garage.`).String() + `(?s:.*)` +
		says("a removed block with lifecycle { destroy = false }, or run terraform state rm").String()
	config := profile(`panel = "lobby"`)
	run(t, sim, nil,
		works(both+config, "lobby"),
		// The refresh fails, so that no plan for its end can be approved.
		resource.TestStep{Config: garage, ExpectError: regexp.MustCompile(`(?s)pre-apply plan.*` + want)},
		resource.TestStep{Config: garage + config, ExpectError: says(`Provider block lacks panel "lobby"`)},
		resource.TestStep{Config: both + config, ConfigPlanChecks: acctest.Plans(address, plancheck.ResourceActionNoop)},
	)
}
