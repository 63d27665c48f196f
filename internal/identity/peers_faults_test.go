package identity_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// The faults of other providers (contract §6), and where they are tested for:
//
//	a failed task, status call or timeout passes for success
//	                          TestAccProfileDestroy_taskEnds, …_taskDoesNotEnd,
//	                          …_pollingFails and …_taskCannotBeRead
//	no polling after a delete TestAccPeers_sourceIsFreeAfterTheDestroy
//	token renewal deadlocks   TestAccPeers_tokensEndUnderConcurrency
//	429 is not waited for     TestAccPeers_everyVerbWaitsAfter429 and the rows "429" of
//	                          TestAccProfile_createsOnceWhateverHappens and …_updatesWhateverHappens
//	nil response              TestAccPeers_networkErrorIsAnError
//	secret in the query       isc.TestLoginRequest
//	opaque, ordered mappings  TestAccPeers_mappingsHaveNoOrder, TestAccProfileMappings_changedOutsideShowsAndIsMended
//	                          and …_spellingIsNoChange
//	import loses the source   TestAccProfile_importsToAnEmptyPlan
//	bogus Content-Encoding    TestAccPeers_contentEncodingHidesNoMessage
//	inconsistent results      TestAccPeers_filledDefaultsAreConsistent, TestAccProfile_nullAndEmptyDescriptionAreOne
//	mock answers 204          TestAccPeers_deleteAnswers202

// In one apply the source goes from the old profile to the new one, which the
// tenant allows only when the deletion has really ended.
func TestAccPeers_sourceIsFreeAfterTheDestroy(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.TaskPolls, s.CompletedBeforeStatus, s.ReadableAfter = 6, 3, 2 })
	run(t, sim,
		step(profile(sim, staff), plancheck.ResourceActionCreate),
		resource.TestStep{Config: profile(sim, staff), Taint: []string{address}, ConfigPlanChecks: acctest.Plans(address, plancheck.ResourceActionDestroyBeforeCreate)},
	)
	for _, request := range sim.Requests() {
		if request.Status == http.StatusConflict {
			t.Errorf("%s %s was answered with 409", request.Method, request.Path)
		}
	}
}

// sideBySide is a configuration of many profiles, which are worked on side by side.
func sideBySide(sim *simulator.Simulator, size int, lines string) string {
	return acctest.TenantBlock(sim) + fmt.Sprintf(`resource "gatehouse_identity_profile" "test" {
  count                   = %d
  name                    = "Staff ${count.index}"
  authoritative_source_id = format("2c918083%%024d", count.index)
  timeouts {
  create = "30s"
  read = "30s"
  update = "30s"
  delete = "30s"
}
  %s
}
`, size, lines)
}

func TestAccPeers_tokensEndUnderConcurrency(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.TokenRequests, s.TaskPolls = 21, 12 })
	run(t, sim, resource.TestStep{Config: sideBySide(sim, 10, "")}, resource.TestStep{Config: sideBySide(sim, 10, `description = "changed"`)})
	logins, refused := acctest.Count(sim, http.MethodPost, "/oauth/token"), 0
	for _, request := range sim.Requests() {
		if request.Status == http.StatusUnauthorized {
			refused++
		}
	}
	if calls := len(sim.Requests()) - logins - refused; refused == 0 || logins > calls {
		t.Errorf("%d logins for %d calls, of which tokens ended %d times", logins, calls, refused)
	}
}

func TestAccPeers_everyVerbWaitsAfter429(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	again := map[string]string{"Retry-After": "0"} // at once, that is after the client's own wait
	var rules []simulator.Fault
	for method, path := range map[string]string{http.MethodPost: profilesPath, http.MethodPatch: anyProfile, http.MethodGet: "/*-*/v1/*"} {
		rules = append(rules, simulator.Fault{Method: method, Path: path, Status: 429, Headers: again, Count: 3})
	}
	rules = append(rules, simulator.Fault{Method: http.MethodPost, Path: bulkDeletePath, Status: 429, Headers: again, Count: 3})
	if err := sim.SetFaults(rules...); err != nil {
		t.Fatal(err)
	}
	run(t, sim,
		step(profile(sim, staff), plancheck.ResourceActionCreate),
		step(profile(sim, staff+"priority = 70"), plancheck.ResourceActionUpdate),
	)
	held := map[string]int{}
	for _, request := range sim.Requests() {
		if request.Status == http.StatusTooManyRequests {
			held[request.Method]++
		}
	}
	if held[http.MethodPost] != 6 || held[http.MethodPatch] != 3 || held[http.MethodGet] != 3 {
		t.Errorf("answers of 429 by verb: %v", held)
	}
}

func TestAccPeers_networkErrorIsAnError(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	down := func(down bool) func() {
		return func() { sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.Unavailable = down }) }
	}
	config := profile(sim, staff+`timeouts {
  create = "5s"
  read = "5s"
  update = "5s"
  delete = "5s"
}`)
	lost := says("EOF")
	applied := func(before func()) resource.ConfigPlanChecks {
		return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{between(before)}}
	}
	created, read := step(config, plancheck.ResourceActionCreate), step(config, plancheck.ResourceActionNoop)
	created.PreConfig, read.PreConfig = down(false), down(false)
	run(t, sim,
		resource.TestStep{PreConfig: down(true), Config: config, ExpectError: lost},
		created,
		resource.TestStep{PreConfig: down(true), Config: config, ExpectError: lost}, // the refresh
		read,
		resource.TestStep{ConfigPlanChecks: applied(down(true)), Config: strings.Replace(config, "Staff", "Crew", 1), ExpectError: lost},
		resource.TestStep{PreConfig: down(false), ConfigPlanChecks: applied(down(true)), Config: config, Destroy: true, ExpectError: lost},
		read,
	)
}

// The tenant reverses the list and adds keys to it whenever it is written.
func TestAccPeers_mappingsHaveNoOrder(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.RewriteMappings = true })
	config := func(uid string) string {
		return profile(sim, staff+mapped("uid", account(uid), "email", account("mail"), "displayName", account("cn")))
	}
	run(t, sim,
		step(config("id"), plancheck.ResourceActionCreate, knows("displayName", "email", "uid")),
		step(config("number"), plancheck.ResourceActionUpdate, knows("displayName", "email", "uid")),
	)
}

func TestAccPeers_contentEncodingHidesNoMessage(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t, "POST /identity-profiles/v1")
	fault := simulator.Fault{
		Method: http.MethodPost, Path: profilesPath, Status: 400, Headers: map[string]string{"Content-Encoding": "UTF-8"},
		Body: json.RawMessage(`{"detailCode":"400.1.3 Illegal value","trackingId":"0123456789abcdef","messages":[{"locale":"en-US","localeOrigin":"DEFAULT","text":"No such source."}],"causes":[]}`),
	}
	if err := sim.SetFaults(fault); err != nil {
		t.Fatal(err)
	}
	run(t, sim, resource.TestStep{Config: profile(sim, staff), ExpectError: says(`the tenant says "No such source." (detailCode 400.1.3 Illegal value, trackingId 0123456789abcdef)`)})
}

// The tenant fills the priority, the names and the mappings, and null stands for
// what is empty.
func TestAccPeers_filledDefaultsAreConsistent(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	run(t, sim,
		step(profile(sim, staff), plancheck.ResourceActionCreate),
		step(profile(sim, staff+`description = ""`), plancheck.ResourceActionNoop),
		step(profile(sim, staff+`owner_id = "`+ownerA+`"`), plancheck.ResourceActionUpdate),
		step(profile(sim, staff), plancheck.ResourceActionNoop),
	)
}

// A delete that is answered as no tenant does is not believed.
func TestAccPeers_deleteAnswers202(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	run(t, sim, step(profile(sim, staff), plancheck.ResourceActionCreate))
	for _, request := range sim.Requests() {
		if request.Path == bulkDeletePath && request.Status != http.StatusAccepted {
			t.Errorf("the bulk-delete was answered with %d", request.Status)
		}
	}
	none := []string{"the tenant named no task"}
	testDestroys(t, map[string]destroyTest{
		"204, and it is done": {faults: deletions(1, simulator.Fault{Status: 204, Apply: true}), spoils: bulkDelete, warns: none},
		"204, and nothing is done": {
			faults: deletions(1, simulator.Fault{Status: 204}), spoils: bulkDelete, warns: none, timeout: soon,
			fails: []string{"the profile was not seen to go"}, resends: 1,
		},
	})
}
