package identity_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// Paths that tests look for in the request log, and that faults strike.
const (
	bulkDeletePath = "/identity-profiles/v1/bulk-delete"
	anyProfile     = "/identity-profiles/v1/*"
	anyTask        = "/task-status/v1/*"
)

// Operations of the OpenAPI document, to whose answers a test is lenient.
const (
	readTask   = "GET /task-status/v1/{id}"
	bulkDelete = "POST /identity-profiles/v1/bulk-delete"
)

// soon is a delete timeout for what does not end by itself.
const soon = "700ms"

// A destroyTest destroys a profile in a tenant that misbehaves, and once more in
// one that does not, when that failed.
type destroyTest struct {
	tenant  func(*simulator.TenantSettings)
	before  func(tenant *simulator.Tenant, id string) // just before the first destroy
	faults  []simulator.Fault                         // from then on
	timeout string                                    // of the deletion
	spoils  string                                    // the operation whose answers are not the API's

	fails []string // parts of the error; TASK stands for the task's id. None: the destroy succeeds
	warns []string // parts of the warnings
	gone  bool     // the tenant has deleted the profile although the destroy fails
	sends int      // bulk-deletes of the first destroy, 1 when zero, none when negative

	meanwhile func(*simulator.Tenant)         // before the second destroy
	still     func(*simulator.TenantSettings) // what the tenant is like then, other than well
	resends   int                             // bulk-deletes of the second destroy
}

func testDestroys(t *testing.T, tests map[string]destroyTest) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.run(t)
		})
	}
}

func (test destroyTest) run(t *testing.T) {
	t.Helper()
	var spoilt []string
	if test.spoils != "" {
		spoilt = append(spoilt, test.spoils)
	}
	sim := acctest.Tenant(t, spoilt...)
	tenant := sim.Tenant()
	well := tenant.Settings()
	if test.tenant != nil {
		tenant.SetSettings(test.tenant)
	}
	id := ""
	spy := &destroySpy{}
	spy.before = func(n int) {
		if n > 1 {
			return
		}
		id = tenant.State().Profiles[0].ID
		if test.before != nil {
			test.before(tenant, id)
		}
		if err := sim.SetFaults(test.faults...); err != nil {
			t.Error(err)
		}
	}
	spy.after = func(n int) {
		if n > 1 {
			return
		}
		test.check(t, sim, spy, id)
		if test.meanwhile != nil {
			test.meanwhile(tenant)
		}
		tenant.SetSettings(func(s *simulator.TenantSettings) {
			*s = well
			if test.still != nil {
				test.still(s)
			}
		})
		if err := sim.SetFaults(); err != nil {
			t.Error(err)
		}
	}
	config := profile(sim, "name = \"Staff\"\nauthoritative_source_id = \""+sourceA+"\"\n"+test.timeouts())
	steps := []resource.TestStep{{Config: config}} // which are followed by a destroy
	if len(test.fails) > 0 {
		steps = append(steps, resource.TestStep{Config: config, Destroy: true, ExpectError: says(strings.SplitN(test.fails[0], "TASK", 2)[0])})
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: spy.factories(), Steps: steps})

	last := spy.all()[len(spy.all())-1]
	if last.errors != "" || last.kept {
		t.Errorf("the last destroy says %q, and the state has the profile: %t", last.errors, last.kept)
	}
	if profiles := tenant.State().Profiles; len(profiles) > 0 || !provenGone(sim, id) {
		t.Errorf("the last destroy succeeded, and the tenant has %+v, last seen %t", profiles, provenGone(sim, id))
	}
	if n, want := bulkDeletes(sim), test.sent()+test.resends; n != want {
		t.Errorf("%d bulk-deletes were sent in all, want %d", n, want)
	}
	if err := acctest.OnlyBulkDeletes(sim); err != nil {
		t.Error(err)
	}
}

// check looks at what the first destroy did.
func (test destroyTest) check(t *testing.T, sim *simulator.Simulator, spy *destroySpy, id string) {
	t.Helper()
	state, first := sim.Tenant().State(), spy.nth(t, 1)
	task := "TASK"
	if len(state.Tasks) > 0 {
		task = state.Tasks[0].ID
	}
	if fails := first.errors != ""; fails != (len(test.fails) > 0) || first.kept != fails {
		t.Errorf("the destroy says %q, and the state has the profile: %t; want an error with %q", first.errors, first.kept, test.fails)
	}
	for _, part := range test.fails {
		if want := strings.ReplaceAll(part, "TASK", task); !strings.Contains(first.errors, want) {
			t.Errorf("%q is not in the error: %s", want, first.errors)
		}
	}
	for _, part := range test.warns {
		if want := strings.ReplaceAll(part, "TASK", task); !strings.Contains(first.warnings, want) {
			t.Errorf("%q is not in the warnings: %s", want, first.warnings)
		}
	}
	if len(test.warns) == 0 && first.warnings != "" {
		t.Errorf("the destroy warns %q, want nothing", first.warnings)
	}
	if n := bulkDeletes(sim); n != test.sent() {
		t.Errorf("the destroy sent %d bulk-deletes, want %d", n, test.sent())
	}
	if gone := len(state.Profiles) == 0; gone != (test.gone || first.errors == "") {
		t.Errorf("after the destroy, which says %q, the tenant has %+v", first.errors, state.Profiles)
	}
	if first.errors == "" && !provenGone(sim, id) {
		t.Error("the destroy says that it is done, and has not seen that the profile is gone")
	}
}

func (test destroyTest) sent() int {
	if test.sends == 0 {
		return 1
	}
	return max(0, test.sends)
}

func (test destroyTest) timeouts() string {
	if test.timeout == "" {
		return ""
	}
	return "timeouts { delete = \"" + test.timeout + "\" }"
}

// bulkDeletes is how many bulk-deletes were sent, but for those that the tenant
// refused for their token or its rate limit.
func bulkDeletes(sim *simulator.Simulator) (n int) {
	for _, request := range sim.Requests() {
		refused := request.Status == http.StatusUnauthorized || request.Status == http.StatusTooManyRequests
		if request.Method == http.MethodPost && request.Path == bulkDeletePath && !refused {
			n++
		}
	}
	return n
}

// provenGone reports whether the last read of the profile was answered with 404.
func provenGone(sim *simulator.Simulator, id string) bool {
	for _, request := range slices.Backward(sim.Requests()) {
		if request.Method == http.MethodGet && request.Path == profilesPath+"/"+id {
			return request.Status == http.StatusNotFound
		}
	}
	return false
}

// The ways in which a task can end meanwhile.
func finish(tenant *simulator.Tenant) { tenant.FinishTasks() }

func fail(tenant *simulator.Tenant) {
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskEnd = "Error" })
	tenant.FinishTasks()
}
