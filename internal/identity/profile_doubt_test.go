package identity_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// Operations of the OpenAPI document, to whose answers a test is lenient.
const (
	readProfile   = "GET /identity-profiles/v1/{id}"
	listProfiles  = "GET /identity-profiles/v1"
	createProfile = "POST /identity-profiles/v1"
	patchProfile  = "PATCH /identity-profiles/v1/{id}"
)

// answer is a profile as the tenant writes it, with more members.
func answer(p simulator.IdentityProfile, members string) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"id":%q,"name":%q,"authoritativeSource":{"type":"SOURCE","id":%q,"name":"HR"}%s}`, p.ID, p.Name, p.SourceID, members))
}

// A destroy that does not know how many identities a profile has is refused, unless
// the configuration allows it to take some along.
func TestAccProfileDestroy_identitiesNotTold(t *testing.T) {
	t.Parallel()
	for name, members := range map[string]string{"null": `,"identityCount":null`, "missing": ``, "text": `,"identityCount":"many"`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Tenant(t, readProfile)
			silent := func() {
				populate(sim, 500)
				faults(t, sim, simulator.Fault{Method: http.MethodGet, Path: anyProfile, Body: answer(only(sim), members)})
			}
			guarded, forced := profile(sim, staff), profile(sim, staff+"force_destroy = true")
			run(t, sim,
				resource.TestStep{Config: guarded},
				resource.TestStep{PreConfig: silent, Config: guarded, Destroy: true, ExpectError: says("The tenant does not tell how many identities are attached to it.")},
				resource.TestStep{PreConfig: func() {
					if n := bulkDeletes(sim); n != 0 {
						t.Errorf("%d bulk-deletes were sent", n)
					}
					faults(t, sim)
				}, Config: forced},
			)
		})
	}
}

// An answer about a profile that was made by hand brings it neither into the state
// nor, with the destroy at the end, out of the tenant.
func TestAccProfile_answersAboutAnotherAreNotBelieved(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoilt string
		fault  simulator.Fault
		create bool // the answer is the one to the creation
		fails  string
	}{
		"a creation":               {createProfile, simulator.Fault{Method: http.MethodPost, Path: profilesPath, Status: 201, Apply: true}, true, ""},
		"a creation that was none": {createProfile, simulator.Fault{Method: http.MethodPost, Path: profilesPath, Status: 201}, true, "it is about identity profile"},
		"a read":                   {readProfile, simulator.Fault{Method: http.MethodGet, Path: anyProfile}, false, "it is about identity profile"},
		"a change":                 {patchProfile, simulator.Fault{Method: http.MethodPatch, Path: anyProfile, Apply: true}, false, "it is about identity profile"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := tenant(t, test.spoilt)
			foreign := sim.Tenant().SetProfile(simulator.IdentityProfile{Name: "By hand", SourceID: sourceB})
			test.fault.Body, test.fault.Count = answer(foreign, ""), 1
			config := profile(sim, staff)
			var steps []resource.TestStep
			if !test.create {
				steps = append(steps, resource.TestStep{Config: config})
				config = profile(sim, staff+`description = "On the payroll"`)
			}
			struck := resource.TestStep{PreConfig: func() { faults(t, sim, test.fault) }, Config: config}
			if test.fails != "" {
				struck.ExpectError = says(test.fails)
			}
			acctest.Run(t, sim, append(steps, struck, resource.TestStep{PreConfig: func() { faults(t, sim) }, Config: config})...)
			if left := only(sim); left.ID != foreign.ID {
				t.Errorf("the tenant has %+v, want what was made by hand", left)
			}
		})
	}
}

// A gateway's 404 neither drops a living profile from the state nor lets a destroy
// leave it.
func TestAccProfile_one404IsNoProof(t *testing.T) {
	t.Parallel()
	gone := simulator.Fault{Method: http.MethodGet, Path: anyProfile, Status: 404}
	blind := simulator.Fault{Method: http.MethodGet, Path: profilesPath, Status: 403}
	noTask := simulator.Fault{Method: http.MethodGet, Path: anyTask, Status: 403}
	config := func(sim *simulator.Simulator, lines string) string { return profile(sim, staff+lines) }
	for name, test := range map[string]struct {
		faults  []simulator.Fault
		destroy bool
		fails   string
	}{
		"a refresh":                           {[]simulator.Fault{gone}, false, ""},
		"a refresh without a listing":         {[]simulator.Fault{gone, blind}, false, "does not prove that it is gone"},
		"a destroy without a listing":         {[]simulator.Fault{gone, blind}, true, "does not prove that it is gone"},
		"a destroy":                           {[]simulator.Fault{gone}, true, ""},
		"a destroy whose task cannot be read": {[]simulator.Fault{gone, noTask}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := tenant(t)
			struck := resource.TestStep{PreConfig: func() { faults(t, sim, test.faults...) }, Config: config(sim, ""), Destroy: test.destroy}
			if test.fails != "" {
				struck.ExpectError = says(test.fails)
			} else if !test.destroy {
				struck.ConfigPlanChecks = acctest.Plans(address, plancheck.ResourceActionNoop)
			}
			steps := []resource.TestStep{{Config: config(sim, "")}, struck}
			if !test.destroy || test.fails != "" {
				healed := step(config(sim, ""), plancheck.ResourceActionNoop)
				healed.PreConfig = func() { faults(t, sim) }
				steps = append(steps, healed)
			}
			run(t, sim, steps...)
		})
	}
}

// What a tenant says reaches the terminal as text in a line, and without secrets.
func TestAccProfile_wordsOfTheTenantArePrintable(t *testing.T) {
	t.Parallel()
	const odd = `\u001b[31mred\u202e\n\u009b Velvet\u002dCompass%2D9 `
	for name, fault := range map[string]simulator.Fault{
		bulkDelete: {Method: http.MethodPost, Path: bulkDeletePath, Count: 1, Status: 400, Body: json.RawMessage(`{"detailCode":"` + odd + `","trackingId":"` + odd + `","messages":[{"text":"` + strings.Repeat(odd, 500) + `"}]}`)},
		readTask:   {Method: http.MethodGet, Path: anyTask, Count: 1, Body: json.RawMessage(`{"completionStatus":"` + odd + `","messages":[{"key":"` + strings.Repeat(odd, 500) + `"}]}`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Tenant(t, name)
			spy := &destroySpy{before: func(n int) {
				if n == 1 {
					faults(t, sim, fault)
				}
			}}
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: spy.factories(), Steps: []resource.TestStep{
				{Config: profile(sim, staff)},
				{Config: profile(sim, staff), Destroy: true, ExpectError: says("[31m")},
			}})
			text := strings.TrimSpace(spy.nth(t, 1).errors)
			contain(t, "error", strings.ToLower(text), "[31mred", "[secret]")
			if len(text) > 2000 || strings.Contains(text, "Velvet") || strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
				t.Errorf("%d bytes: %q", len(text), text)
			}
		})
	}
}

// A tenant that gives no token, or none that serves, is not asked for one by each
// profile.
func TestAccProfile_loginsInVainAreFew(t *testing.T) {
	t.Parallel()
	const login = "/oauth/token"
	for name, test := range map[string]struct {
		spoilt []string
		faults []simulator.Fault
		fails  string
	}{
		"no token":      {[]string{"POST /oauth/token"}, []simulator.Fault{{Path: login, Body: json.RawMessage(`{"token_type":"bearer"}`)}}, "holds no token"},
		"refused token": {nil, []simulator.Fault{{Path: anyProfile, Status: 401}, {Path: profilesPath, Status: 401}}, "JWT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := tenant(t, test.spoilt...)
			config := sideBySide(sim, 12, "")
			run(t, sim,
				resource.TestStep{Config: config},
				resource.TestStep{
					PreConfig: func() { faults(t, sim, test.faults...); sim.ResetRequests() },
					Config:    config, PlanOnly: true, ExpectError: says(test.fails),
				},
				resource.TestStep{PreConfig: func() {
					if n := acctest.Count(sim, http.MethodPost, login); n == 0 || n > 3 {
						t.Errorf("%d logins for twelve profiles, want three at most", n)
					}
					faults(t, sim)
				}, Config: config},
			)
		})
	}
}

// A creation that the tenant refuses and carries out all the same is in the state.
func TestAccProfile_refusedCreationIsLookedUp(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 404, 409} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			sim := tenant(t, createProfile)
			faults(t, sim, simulator.Fault{Method: http.MethodPost, Path: profilesPath, Count: 1, Status: status, Apply: true, Body: json.RawMessage(`{"messages":[{"text":"No."}]}`)})
			run(t, sim, step(profile(sim, staff), plancheck.ResourceActionCreate))
			if n := acctest.Count(sim, http.MethodPost, profilesPath); n != 1 {
				t.Errorf("%d creations were sent, want 1", n)
			}
		})
	}
}
