package identity_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// page is what something before the tenant answers with.
var page = json.RawMessage(`"<html><head><title>Bad Gateway at the edge</title></head><body>x</body></html>"`)

// polls makes some looks at the task go wrong.
func polls(count int, fault simulator.Fault) []simulator.Fault {
	fault.Method, fault.Path, fault.Count = http.MethodGet, anyTask, count
	return []simulator.Fault{fault}
}

// What fails in passing while the task is followed does not end the destroy, and
// what fails for good ends it without a claim that the profile is gone.
func TestAccProfileDestroy_pollingFails(t *testing.T) {
	t.Parallel()
	tests := map[string]destroyTest{
		"a token is good for one request": {tenant: func(s *simulator.TenantSettings) { s.TokenLifetime, s.TokenRequests = simulator.Duration(15e9), 1 }},
		"the tokens expire when the deletion starts": {
			before: func(tenant *simulator.Tenant, _ string) { tenant.ExpireTokens() },
		},
		"429 that asks for more time than there is": {
			tenant: ends(""), faults: polls(1, simulator.Fault{Status: 429, Headers: map[string]string{"Retry-After": "1200"}}),
			fails:   []string{"task TASK was not seen to end", "Rate Limit Exceeded", "The tenant asks to wait for 20m0s", "the next destroy goes on with the same task"},
			timeout: "29s", meanwhile: finish, // less than a read waits when it is asked to wait for long
		},
		"the client's secret is changed": {
			tenant: ends("", func(s *simulator.TenantSettings) { s.TokenRequests = 3 }),
			faults: []simulator.Fault{{Path: "/oauth/token", Nth: 2, Count: 1000, Status: 401, Body: json.RawMessage(`{"error":"invalid_client","error_description":"Bad client credentials"}`)}},
			fails:  []string{"task TASK was not seen to end", "Bad client credentials", "the next destroy goes on with the same task"},
		},
	}
	for name, fault := range map[string]simulator.Fault{
		"connection cut":       {Cut: true},
		"500":                  {Status: 500},
		"503":                  {Status: 503},
		"HTML 502":             {Status: 502, Body: page},
		"HTML 200":             {Body: page},
		"no JSON":              {Body: json.RawMessage(`"{\"completionStatus\":"`)},
		"a list":               {Body: json.RawMessage(`[]`)},
		"401":                  {Status: 401},
		"429 with Retry-After": {Status: 429, Headers: map[string]string{"Retry-After": "0"}},
		"408":                  {Status: 408},
	} {
		spoils := readTask
		if slices.Contains([]string{"connection cut", "500", "401", "429 with Retry-After"}, name) {
			spoils = "" // which are the API's own
		}
		tests[name+", some times"] = destroyTest{faults: polls(5, fault), spoils: spoils}
		if !slices.Contains([]string{"connection cut", "500", "HTML 502", "HTML 200", "401"}, name) {
			continue // these tell it for all
		}
		forever := destroyTest{
			faults: polls(0, fault), spoils: spoils, timeout: soon,
			fails: []string{"task TASK was not seen to end", "deadline exceeded; last seen: ", "the next destroy goes on with the same task"},
		}
		if len(fault.Body) > 0 && fault.Status == 502 {
			forever.fails = append(forever.fails, "502 Bad Gateway", "Bad Gateway at the edge")
		}
		tests[name+", for ever"] = forever
		if name == "500" {
			forever.meanwhile = finish
			tests[name+", for ever, and the task ends meanwhile"] = forever
		}
	}
	testDestroys(t, tests)
}

// A task whose status cannot be had says nothing, so the profile is watched.
func TestAccProfileDestroy_taskCannotBeRead(t *testing.T) {
	t.Parallel()
	level := func(s *simulator.TenantSettings) { s.Level = "API" }
	hidden := func(n int) func(*simulator.TenantSettings) {
		return func(s *simulator.TenantSettings) { s.Task404 = n }
	}
	forbidden := []string{"the client may not read task TASK", "idn:task-management:read", "a personal access token of an ORG_ADMIN"}
	unknown := []string{"the tenant does not know task TASK", "404 Not Found"}
	blind := []string{"task TASK could not be followed, and the profile was not seen to go", "last seen: the profile is still there", "It is kept in the state."}
	testDestroys(t, map[string]destroyTest{
		"403":             {tenant: level, warns: forbidden},
		"403, and no end": {tenant: ends("", level), timeout: soon, warns: forbidden, fails: blind, resends: 1},
		"403, and an end meanwhile": {
			tenant: ends("", level), timeout: soon, warns: forbidden, fails: blind, meanwhile: finish,
		},
		"403, and a bad end":                  {tenant: ends("Error", level), timeout: soon, warns: forbidden, fails: blind, still: level, resends: 1},
		"403, and the profile stays readable": {tenant: func(s *simulator.TenantSettings) { s.Level, s.ReadableAfter = "API", 5 }, warns: forbidden},
		"404 at first":                        {tenant: hidden(4)},
		"404 for ever":                        {tenant: hidden(-1), warns: unknown},
		"404 for ever, and no end":            {tenant: ends("", hidden(-1)), timeout: soon, warns: unknown, fails: blind, resends: 1},
		"404 for ever, and a bad end": {
			tenant: ends("Error", hidden(-1)), timeout: soon, warns: unknown, fails: blind, still: hidden(-1), resends: 1,
		},
	})
}

// No answer to a look at the task or the profile is ever taken for the end: the
// profile was there at every read before the last one.
func TestAccProfileDestroy_waitsForTheTask(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.TaskPolls, s.ReadableAfter = 6, 2 })
	run(t, sim, step(profile(sim, staff), plancheck.ResourceActionCreate))
	var looks []int
	requests := sim.Requests()
	start := slices.IndexFunc(requests, func(r simulator.Request) bool { return r.Path == bulkDeletePath })
	for _, request := range requests[start:] {
		looks = append(looks, request.Status)
	}
	if want := []int{202, 200, 200, 200, 200, 200, 200, 200, 200, 200, 404}; !slices.Equal(looks, want) {
		t.Errorf("from the bulk-delete on, the tenant answered %v, want %v: 7 looks at the task, 3 at the profile", looks, want)
	}
	if body := string(requests[start].Body); len(requests[start].Body) == 0 || requests[start].IDs != 1 {
		t.Errorf("the bulk-delete's body is %s, want a list of one id", body)
	}
}
