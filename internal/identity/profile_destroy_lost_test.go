package identity_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// deletions makes bulk-deletes go wrong, all of them or the first ones.
func deletions(count int, fault simulator.Fault) []simulator.Fault {
	fault.Method, fault.Path, fault.Count = http.MethodPost, bulkDeletePath, count
	return []simulator.Fault{fault}
}

// A bulk-delete whose answer is lost is sent once more only after the profile
// was seen to stay, and not a third time.
func TestAccProfileDestroy_lostBulkDelete(t *testing.T) {
	t.Parallel()
	watched := []string{"the answer to its deletion was lost, so the profile itself was watched"}
	asked := append([]string{"is still there", "after its deletion was requested and the answer was lost", "It was requested once more."}, watched...)
	tests := map[string]destroyTest{}
	for name, fault := range map[string]simulator.Fault{
		"cut": {Cut: true},
		"500": {Status: 500},
	} {
		done := fault
		done.Apply = true
		tests[name+" after it was queued"] = destroyTest{faults: deletions(1, done), warns: watched}
		tests[name+" before it was queued"] = destroyTest{faults: deletions(1, fault), warns: asked, sends: 2}
		tests[name+" for ever"] = destroyTest{
			faults: deletions(0, fault), warns: asked, sends: 2, resends: 1,
			fails: []string{"the tenant may have carried it out", "is still there", "Destroy again: it reads the profile first", "It is kept in the state"},
		}
	}
	tests["500 for ever, though the second one was queued"] = destroyTest{
		faults: append(deletions(1, simulator.Fault{Status: 500}), deletions(0, simulator.Fault{Status: 500, Apply: true})...),
		warns:  asked, sends: 2,
	}
	tests["500 after it was queued, behind other tasks"] = destroyTest{ // for longer than the profile is watched
		tenant: func(s *simulator.TenantSettings) { s.TaskTime = simulator.Duration(600 * time.Millisecond) },
		faults: deletions(1, simulator.Fault{Status: 500, Apply: true}), warns: asked, sends: 2,
	}
	tests["500 after it was queued, and it ends badly"] = destroyTest{
		tenant: ends("Error"), faults: deletions(1, simulator.Fault{Status: 500, Apply: true}), warns: asked, sends: 2,
		fails: []string{"ended with status ERROR", "the profile is still there"}, resends: 1,
	}
	tests["500, and the profile cannot be read"] = destroyTest{
		faults: append(deletions(1, simulator.Fault{Status: 500}), simulator.Fault{Method: http.MethodGet, Path: anyProfile, Status: 500, Nth: 2, Count: 1000}),
		warns:  watched, timeout: soon, resends: 1,
		fails: []string{"the tenant may have carried it out", "the profile was not seen to go", "last seen: ", "500 Internal Server Error", "It is kept in the state."},
	}
	testDestroys(t, tests)
}

// A refused bulk-delete has started nothing, whatever is said about it.
func TestAccProfileDestroy_refusedBulkDelete(t *testing.T) {
	t.Parallel()
	refused := func(spoils string, fault simulator.Fault, says ...string) destroyTest {
		return destroyTest{faults: deletions(0, fault), spoils: spoils, fails: append(says, "POST "+bulkDeletePath), resends: 1}
	}
	testDestroys(t, map[string]destroyTest{
		"400":                  refused("", simulator.Fault{Status: 400}, "The request was syntactically correct", "400.1 Bad Request Content", "trackingId"),
		"403":                  refused("", simulator.Fault{Status: 403}, "The server understood the request but refuses to authorize it.", "idn:identity-profile:delete and idn:identity-profile:manage"),
		"404":                  refused(bulkDelete, simulator.Fault{Status: 404, Body: page}, "Bad Gateway at the edge", "Check that the base URL"),
		"429 with Retry-After": {faults: deletions(3, simulator.Fault{Status: 429, Headers: map[string]string{"Retry-After": "0"}})},
		"401":                  {faults: deletions(1, simulator.Fault{Status: 401})},
		"error object with another content encoding": refused(bulkDelete, simulator.Fault{
			Status: 400, Headers: map[string]string{"Content-Encoding": "UTF-8"},
			Body: json.RawMessage(`{"detailCode":"400.1.3 Illegal value","trackingId":"0123456789abcdef","messages":[{"locale":"en-US","localeOrigin":"DEFAULT","text":"The profile feeds others."}],"causes":[]}`),
		}, "The profile feeds others.", "400.1.3 Illegal value", "0123456789abcdef"),
	})
}
