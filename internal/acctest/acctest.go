// Package acctest is what acceptance tests share: a started simulator, the
// provider served in process, and the provider block that joins the two. The
// tests run the real CLI and need nothing but it: all they talk to is local.
package acctest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/provider"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// Password is the password of simulated panels in tests: not the factory's, so
// that no warning comes of it, and not to be found anywhere else.
const Password = "Tr0mbone-Lantern"

// Factories serves the provider in process, with waits of milliseconds.
func Factories(options ...provider.Option) map[string]func() (tfprotov6.ProviderServer, error) {
	options = append([]provider.Option{
		provider.WithBackoff(poll.Backoff{First: 5 * time.Millisecond, Max: 50 * time.Millisecond}),
		provider.WithOutage(transport.Outage{Longest: 300 * time.Millisecond, Hurried: 200 * time.Millisecond, Rest: time.Millisecond}),
		provider.WithSettle(200 * time.Millisecond),
		provider.WithGrace(300 * time.Millisecond),
		provider.WithRateLimit(transport.Limit{Requests: -1}),
		provider.WithEnvironment(func(string) string { return "" }),
	}, options...)
	return map[string]func() (tfprotov6.ProviderServer, error){
		"gatehouse": func() (tfprotov6.ProviderServer, error) { return provider.NewServer("test", options...), nil },
	}
}

// Panels starts simulated panels, which end with the test.
func Panels(t *testing.T, names ...string) *simulator.Simulator {
	t.Helper()
	sim, err := simulator.Start(simulator.Config{Panels: names})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, panel := range sim.Panels() {
		panel.SetSettings(func(s *simulator.Settings) { s.Password = Password })
	}
	return sim
}

// ProviderBlock is the provider block for all panels of sim.
func ProviderBlock(sim *simulator.Simulator) string {
	var b strings.Builder
	b.WriteString("provider \"gatehouse\" {\n")
	for _, panel := range sim.Panels() {
		b.WriteString(PanelBlock(panel.Name(), panel.URL()))
	}
	b.WriteString("}\n")
	return b.String()
}

// PanelBlock is the panel block of one panel, with more lines in it.
func PanelBlock(name, url string, lines ...string) string {
	return fmt.Sprintf("  panel {\n    name = %q\n    url = %q\n    password = %q\n%s\n  }\n", name, url, Password, strings.Join(lines, "\n"))
}

// Tenant starts a simulated tenant, which ends with the test. Its tasks end after
// three looks. Whatever goes to TenantURL and comes back is held against an
// OpenAPI document of the contract, and fails the test when it is not in there.
// spoilt are the operations to which the test makes the tenant answer otherwise,
// as "GET /task-status/v1/{id}".
func Tenant(t *testing.T, spoilt ...string) *simulator.Simulator {
	t.Helper()
	sim, err := simulator.Start(simulator.Config{Tenant: "tenant"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) {
		s.ClientID, s.ClientSecret, s.TaskPolls = "client", ClientSecret, 3
	})
	inspected.Store(sim, inspect(t, sim.Tenant().URL(), t.Errorf, spoilt...))
	t.Cleanup(func() { inspected.Delete(sim) })
	return sim
}

// inspected has the URL of the inspector of each simulator with a tenant.
var inspected sync.Map

// ClientSecret is the client secret of simulated tenants in tests.
const ClientSecret = "Velvet-Compass-9"

// TenantBlock is the provider block for the tenant of sim.
func TenantBlock(sim *simulator.Simulator) string {
	return fmt.Sprintf("provider \"gatehouse\" {\n  sailpoint {\n    base_url = %q\n    client_id = \"client\"\n    client_secret = %q\n  }\n}\n", TenantURL(sim), ClientSecret)
}

// TenantURL is the base URL under which the tenant of sim is inspected.
func TenantURL(sim *simulator.Simulator) string {
	address, ok := inspected.Load(sim)
	if !ok {
		panic("the simulator does not come from Tenant, or its test is over")
	}
	return fmt.Sprint(address)
}

// Run applies the steps with the real CLI and destroys at the end. Everything
// that Terraform made must be gone then, through the bulk endpoints alone.
// (Steps cannot use for_each: the test library reads the last state in a form
// that knows only numbers as keys.)
func Run(t *testing.T, sim *simulator.Simulator, steps ...resource.TestStep) {
	t.Helper()
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories(),
		Steps:                    steps,
	})
	if err := errors.Join(OnlyBulkDeletes(sim), Empty(sim)); err != nil {
		t.Errorf("after the destroy: %v", err)
	}
}

// OnlyBulkDeletes reports a deletion that did not go through a bulk endpoint.
func OnlyBulkDeletes(sim *simulator.Simulator) error {
	for _, request := range sim.Requests() {
		if request.Method == http.MethodDelete && !strings.HasSuffix(request.Path, "/items/link") {
			return fmt.Errorf("%s %s is not a bulk endpoint", request.Method, request.Path)
		}
	}
	return nil
}

// Then is a check that looks at the panels instead of the state.
type Then func() error

// CheckState implements statecheck.StateCheck.
func (f Then) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = f()
}

// Empty reports what is left on the panels that has a link_id.
func Empty(sim *simulator.Simulator) error {
	for _, panel := range sim.Panels() {
		state := panel.State()
		for _, user := range state.Users {
			if user.LinkID != "" {
				return fmt.Errorf("user %q is left on panel %q", user.Name, panel.Name())
			}
		}
		for _, profile := range state.TimeProfiles {
			if profile.LinkID != "" {
				return fmt.Errorf("time profile %q is left on panel %q", profile.Name, panel.Name())
			}
		}
	}
	return nil
}

// Plans checks what the plan of a step does with a resource.
func Plans(address string, action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{
		PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
}

// Count returns how many logged requests have this method and path.
func Count(sim *simulator.Simulator, method, path string) int {
	n := 0
	for _, request := range sim.Requests() {
		if request.Method == method && request.Path == path {
			n++
		}
	}
	return n
}
