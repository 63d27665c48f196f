package provider_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/provider"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

const (
	identityAddress = "gatehouse_identity_profile.test"
	sourceID        = "2c918083000000000000000000000a01"

	// The variables that all of the vendor's tools read.
	baseURLVariable, clientIDVariable, secretVariable = "SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"
)

// staff is an identity profile with these lines in it.
func staff(lines string) string {
	return fmt.Sprintf("\nresource \"gatehouse_identity_profile\" \"test\" {\n  name = \"Staff\"\n  authoritative_source_id = %q\n  %s\n}\n", sourceID, lines)
}

// tenantBlock is a provider block with a sailpoint block of these arguments,
// separated by commas, or without one when they are "null". "URL" and "SECRET"
// stand for those of the tenant.
func tenantBlock(sim *simulator.Simulator, sailpoint string) string {
	text := withTenant(sim, sailpoint)
	if text == "null" {
		return "provider \"gatehouse\" {}\n"
	}
	return "provider \"gatehouse\" {\n  sailpoint {\n    " + strings.ReplaceAll(text, ", ", "\n    ") + "\n  }\n}\n"
}

// withTenant puts the tenant's own for "URL" and "SECRET".
func withTenant(sim *simulator.Simulator, config string) string {
	return strings.NewReplacer(`"URL"`, `"`+acctest.TenantURL(sim)+`"`, `"SECRET"`, `"`+acctest.ClientSecret+`"`).Replace(config)
}

// runTenant is run for a tenant, which must be empty after the destroy.
func runTenant(t *testing.T, sim *simulator.Simulator, options []provider.Option, steps ...resource.TestStep) {
	t.Helper()
	run(t, sim, options, steps...)
	if left := sim.Tenant().State().Profiles; len(left) > 0 {
		t.Errorf("after the destroy the tenant has %+v", left)
	}
}

// creates is a step that creates the identity profile.
func creates(config string) resource.TestStep {
	return resource.TestStep{Config: config, ConfigPlanChecks: acctest.Plans(identityAddress, plancheck.ResourceActionCreate)}
}

// sailpoint is a good tenant's block, with changes.
func sailpoint(changes attributes) attributes {
	block := attributes{"base_url": "https://acme.api.identitynow.com", "client_id": "client", "client_secret": "sesame"}
	maps.Copy(block, changes)
	return attributes{"sailpoint": block}
}

func sail(baseURL, clientID, secret string) map[string]string {
	return map[string]string{baseURLVariable: baseURL, clientIDVariable: clientID, secretVariable: secret}
}

func TestSailpointBlockIsAccepted(t *testing.T) {
	t.Parallel()
	const url = "https://acme.api.identitynow.com"
	type accepted struct {
		block     attributes
		variables map[string]string
	}
	tests := map[string]accepted{
		"everything":                 {sailpoint(attributes{"api_version": "v1"}), nil},
		"no family":                  {sailpoint(nil), nil},
		"a slash at the end":         {sailpoint(attributes{"base_url": url + "/"}), nil},
		"another name of a tenant":   {sailpoint(attributes{"base_url": "https://identity.example.com:8443/isc"}), nil},
		"plain http on this machine": {sailpoint(attributes{"base_url": "http://127.0.0.1:8080"}), nil},
		"the environment":            {attributes{}, sail(url, "client", "sesame")},
		"the environment, by {}":     {attributes{"sailpoint": attributes{}}, sail(url, "client", "sesame")},
		"the secret from outside":    {sailpoint(attributes{"client_secret": nil}), sail("", "", "sesame")},
		"nothing":                    {attributes{}, nil},
		"panels alone":               {one(nil), nil},
		"panels, a url from outside": {one(nil), sail(url, "", "")},
		"panels, a bad url":          {one(nil), sail("acme", "", "")},
		"panels, a bad url, and all": {one(nil), sail("http://acme", "client", "sesame")},
		"unknown":                    {attributes{"sailpoint": tftypes.UnknownValue}, nil},
		"unknown, a bad url outside": {attributes{"sailpoint": tftypes.UnknownValue}, sail("acme", "client", "sesame")},
		"an unknown url":             {sailpoint(attributes{"base_url": tftypes.UnknownValue}), nil},
		"an unknown client":          {sailpoint(attributes{"client_id": tftypes.UnknownValue}), nil},
		"an unknown secret":          {sailpoint(attributes{"client_secret": tftypes.UnknownValue}), nil},
		"an unknown family":          {sailpoint(attributes{"api_version": tftypes.UnknownValue}), nil},
		"a good block, a bad url":    {sailpoint(nil), sail("acme", "", "")},
	}
	for _, family := range isc.Families() {
		tests["the family "+family] = accepted{sailpoint(attributes{"api_version": family}), nil}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := configure(t, test.block, environment(test.variables)); len(got) != 0 {
				t.Errorf("diagnostics %q, want none", summaries(got))
			}
		})
	}
}

func TestSailpointBlockIsRefused(t *testing.T) {
	t.Parallel()
	without := func(attribute string) attributes { return sailpoint(attributes{attribute: nil}) }
	url := func(url string) attributes { return sailpoint(attributes{"base_url": url}) }
	for name, test := range map[string]struct {
		block     attributes
		variables map[string]string
		at, want  string // of the one error
	}{
		"no url":                  {without("base_url"), nil, "base_url", "The tenant has no base_url. Set it in the provider block or in the environment variable SAIL_BASE_URL."},
		"no client":               {without("client_id"), nil, "client_id", "or in the environment variable SAIL_CLIENT_ID."},
		"no secret":               {without("client_secret"), nil, "client_secret", "or in the environment variable SAIL_CLIENT_SECRET."},
		"an empty secret":         {sailpoint(attributes{"client_secret": ""}), nil, "client_secret", "The tenant has no client_secret."},
		"an empty one goes first": {sailpoint(attributes{"client_secret": ""}), sail("", "", "sesame"), "client_secret", "The tenant has no client_secret."},
		"no url, unknown secret":  {sailpoint(attributes{"base_url": nil, "client_secret": tftypes.UnknownValue}), nil, "base_url", "The tenant has no base_url."},
		"a host alone":            {url("acme.api.identitynow.com"), nil, "base_url", "it needs to begin with https://"},
		"plain http":              {url("http://acme.api.identitynow.com"), nil, "base_url", "the client secret would travel in clear"},
		"no host":                 {url("https://"), nil, "base_url", "it names no host"},
		"a version":               {url("https://acme.api.identitynow.com/v3"), nil, "base_url", "/v3 does not belong in it"},
		"a path of the login":     {url("https://acme.api.identitynow.com/oauth/token"), nil, "base_url", "/oauth/token does not belong in it"},
		"credentials":             {url("https://client:sesame@acme.api.identitynow.com"), nil, "base_url", "it holds credentials"},
		"a secret in the query":   {url("https://acme.api.identitynow.com?client_secret=sesame"), nil, "base_url", "it has a query"},
		"no URL":                  {url("https://client:sesame@acme:door"), nil, "base_url", "it is not a valid URL"},
		"from outside":            {without("base_url"), sail("acme", "", ""), "base_url", "it needs to begin with https://"},
		"another family":          {sailpoint(attributes{"api_version": "beta"}), nil, "api_version", `value must be one of: ["v1" "v3" "v2024" "v2025" "v2026"]`},
		"an empty family":         {sailpoint(attributes{"api_version": ""}), nil, "api_version", "value must be one of"},
		"a bad url, unknown secret": {
			sailpoint(attributes{"base_url": "acme", "client_secret": tftypes.UnknownValue}), nil, "base_url", "it needs to begin with https://",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := configure(t, test.block, environment(test.variables))
			if len(got) != 1 || !isError(got[0]) || at(got[0]) != "sailpoint."+test.at || !strings.Contains(got[0].Detail, test.want) {
				t.Fatalf("diagnostics %q, want one error at sailpoint.%s with %q", summaries(got), test.at, test.want)
			}
			if strings.Contains(got[0].Summary+got[0].Detail, "sesame") {
				t.Errorf("the error tells a secret: %s", got[0].Detail)
			}
		})
	}
}

// The block goes before the environment, value for value.
func TestAccSailpoint_isFoundInBlockAndEnvironment(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config    string // with "URL" and "SECRET"
		variables map[string]string
		refused   string
	}{
		"the block":                {`base_url = "URL", client_id = "client", client_secret = "SECRET"`, nil, ""},
		"the environment":          {"null", sail("URL", "client", "SECRET"), ""},
		"the environment, by {}":   {"", sail("URL", "client", "SECRET"), ""},
		"some of each":             {`base_url = "URL", client_id = "client"`, sail("", "", "SECRET"), ""},
		"the other some of each":   {`client_secret = "SECRET"`, sail("URL", "client", "x"), ""},
		"the block wins":           {`base_url = "URL", client_id = "client", client_secret = "SECRET"`, sail("https://127.0.0.1:1", "x", "x"), ""},
		"the block's client":       {`client_id = "x"`, sail("URL", "client", "SECRET"), "the tenant refused the client's credentials"},
		"the block's secret":       {`client_secret = "sesame"`, sail("URL", "client", "SECRET"), "the tenant refused the client's credentials"},
		"nothing":                  {"null", nil, "the environment does not set its base_url, client_id and client_secret. Add a sailpoint block with base_url, client_id and client_secret, or set SAIL_BASE_URL, SAIL_CLIENT_ID and SAIL_CLIENT_SECRET."},
		"only a part":              {"null", sail("URL", "", ""), "the environment does not set its client_id and client_secret."},
		"a bad url in a block":     {`base_url = "acme", client_id = "client", client_secret = "SECRET"`, nil, "The tenant's base_url cannot be used: it needs to begin with https://"},
		"a bad url from outside":   {"null", sail("acme", "client", "SECRET"), "SAIL_BASE_URL cannot be used. The tenant's base_url cannot be used"},
		"a family there is not":    {`base_url = "URL", client_id = "client", client_secret = "SECRET", api_version = "v2023"`, nil, "api_version value must be one of"},
		"the environment's panels": {"null", map[string]string{"GATEHOUSE_PANEL_URL": "http://127.0.0.1:1", "GATEHOUSE_PANEL_PASSWORD": "x"}, "No SailPoint tenant"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Tenant(t)
			variables := maps.Clone(test.variables)
			for name, value := range variables {
				variables[name] = strings.NewReplacer("URL", acctest.TenantURL(sim), "SECRET", acctest.ClientSecret).Replace(value)
			}
			config := tenantBlock(sim, test.config) + staff("")
			step := creates(config)
			if test.refused != "" {
				step = resource.TestStep{Config: config, PlanOnly: true, ExpectError: says(test.refused)} // found at plan
			}
			runTenant(t, sim, []provider.Option{environment(variables)}, step)
		})
	}
}

// Who has panels alone does not notice that there could be a tenant.
func TestAccSailpoint_isNothingToPanels(t *testing.T) {
	t.Parallel()
	for name, variables := range map[string]map[string]string{
		"no environment":     nil,
		"a url alone":        sail("https://acme.api.identitynow.com", "", ""),
		"a secret alone":     sail("", "", "sesame"),
		"a url that is none": sail("acme", "client", "sesame"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			run(t, sim, []provider.Option{environment(variables)}, works(acctest.ProviderBlock(sim)+profile(""), "lobby"))
		})
	}
}

// The paths of each family, and no others, are what goes over the wire, also when
// a task is followed.
func TestAccSailpoint_speaksTheFamilyThatIsSet(t *testing.T) {
	t.Parallel()
	for family, want := range map[string]struct{ profiles, tasks string }{
		"":      {"/identity-profiles/v1", "/task-status/v1"},
		"v1":    {"/identity-profiles/v1", "/task-status/v1"},
		"v3":    {"/v3/identity-profiles", "/v2025/task-status"},
		"v2024": {"/v2024/identity-profiles", "/v2024/task-status"},
		"v2025": {"/v2025/identity-profiles", "/v2025/task-status"},
		"v2026": {"/v2026/identity-profiles", "/v2026/task-status"},
	} {
		t.Run("family "+family, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Tenant(t)
			line := ""
			if family != "" {
				line = fmt.Sprintf(", api_version = %q", family)
			}
			config := func(lines string) string {
				return tenantBlock(sim, `base_url = "URL", client_id = "client", client_secret = "SECRET"`+line) + staff(lines)
			}
			runTenant(t, sim, nil, creates(config("")),
				resource.TestStep{Config: config("priority = 20"), ConfigPlanChecks: acctest.Plans(identityAddress, plancheck.ResourceActionUpdate)})
			seen := map[string]bool{}
			for _, request := range sim.Requests() {
				path := request.Path
				for _, prefix := range []string{want.profiles, want.tasks} {
					if strings.HasPrefix(path, prefix) {
						path = prefix
					}
				}
				seen[request.Method+" "+path] = true
			}
			all := []string{"GET " + want.profiles, "GET " + want.tasks, "PATCH " + want.profiles, "POST " + want.profiles, "POST /oauth/token"}
			slices.Sort(all)
			if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, all) {
				t.Errorf("requests %q, want %q", got, all)
			}
		})
	}
}

// A login that was refused is not tried again, by whatever resources, and what it
// was tried with is not told.
func TestAccSailpoint_wrongSecretIsSentOnce(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	config := tenantBlock(sim, `base_url = "URL", client_id = "client", client_secret = "open-sesame"`) + fmt.Sprintf(`
resource "gatehouse_identity_profile" "test" {
  count                   = 4
  name                    = "Staff ${count.index}"
  authoritative_source_id = "%s${count.index}"
}
`, sourceID[:len(sourceID)-1])
	told := func(err error) error {
		switch text := err.Error(); {
		case strings.Contains(text, "sesame"):
			return fmt.Errorf("the error tells the secret: %s", text)
		case !says("the tenant refused the client's credentials. Check client id and client secret").MatchString(text):
			return fmt.Errorf("the error does not say what to check: %s", text)
		}
		return nil
	}
	var said error
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		ErrorCheck:               func(err error) error { said = told(err); return nil },
		Steps:                    []resource.TestStep{{Config: config}},
	})
	if said != nil {
		t.Error(said)
	}
	requests := sim.Requests()
	if len(requests) != 1 || requests[0].Path != "/oauth/token" || requests[0].Method != http.MethodPost || requests[0].SecretInQuery {
		t.Errorf("requests %+v, want one for a token with the secret in its body", requests)
	}
}
