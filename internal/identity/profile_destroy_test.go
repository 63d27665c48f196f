package identity_test

import (
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// said is what tasks say at their end.
var said = []simulator.TaskMessage{
	{Type: "WARN", Key: "identities_left", Text: "Two identities were left."},
	{Type: "ERROR", Key: "task_out_of_luck"},
}

// ends has tasks end in a way, with said.
func ends(status string, more ...func(*simulator.TenantSettings)) func(*simulator.TenantSettings) {
	return func(s *simulator.TenantSettings) {
		s.TaskEnd, s.TaskMessages = status, said
		for _, change := range more {
			change(s)
		}
	}
}

func keeping(s *simulator.TenantSettings)        { s.TaskKeeps = []string{"*"} }
func deletingAnyhow(s *simulator.TenantSettings) { s.FailedTaskDeletes = true }

// An end other than success is a failure unless the profile is gone, and the
// next destroy starts another task.
func TestAccProfileDestroy_taskEnds(t *testing.T) {
	t.Parallel()
	bad := func(status, want string) destroyTest {
		return destroyTest{
			tenant: ends(status),
			fails: []string{
				"task TASK ended with status " + want, `"Two identities were left."`, `"task_out_of_luck"`, "the profile is still there",
				"Look at the task in the tenant's Dashboard", "It is kept in the state",
			},
			resends: 1,
		}
	}
	odd := func(status, want string) destroyTest {
		test := bad(status, want)
		test.spoils = readTask
		return test
	}
	testDestroys(t, map[string]destroyTest{
		"Success":       {},
		"another case":  {tenant: ends("sUCCESS")},
		"Warning, gone": {tenant: ends("Warning"), warns: []string{"task TASK ended with status WARNING", "Two identities were left."}},
		"Warning, still there": {
			tenant: ends("Warning", keeping),
			fails:  []string{"task TASK ended with status WARNING", "the profile is still there", "Two identities were left.", "It is kept in the state"},
			warns:  []string{"task TASK ended with status WARNING"}, resends: 1,
		},
		"Success, still there": {
			tenant: ends("Success", keeping),
			fails:  []string{"task TASK ended with status SUCCESS, but the profile is still there", "Two identities were left."}, resends: 1,
		},
		"Error":           bad("Error", "ERROR"),
		"Terminated":      bad("Terminated", "TERMINATED"),
		"TempError":       bad("TempError", "TEMPERROR"),
		"an unknown word": odd("Quarantined", "QUARANTINED"),
		"a peer's word":   odd("TerminatedWithErrors", "TERMINATEDWITHERRORS"),
		"TempError, gone": {tenant: ends("TempError", deletingAnyhow), warns: []string{"task TASK ended with status TEMPERROR", "but the profile is gone"}},
		"Error, gone":     {tenant: ends("Error", deletingAnyhow), warns: []string{"task TASK ended with status ERROR", "but the profile is gone"}},
		"Error, and the profile cannot be read": {
			tenant: ends("Error"), faults: []simulator.Fault{{Method: "GET", Path: anyProfile, Status: 500, Nth: 2, Count: 1000}},
			fails: []string{"task TASK ended with status ERROR", "it could not be seen whether the profile is gone", "An internal fault occurred."}, resends: 1,
		},
	})
}

// A deletion that is not seen to end is gone on with by the next destroy.
func TestAccProfileDestroy_taskDoesNotEnd(t *testing.T) {
	t.Parallel()
	pending := destroyTest{
		tenant: ends(""), timeout: soon,
		fails: []string{"task TASK was not seen to end", "last seen: task progress", "with a longer timeout", "the next destroy goes on with the same task"},
	}
	finished, failed := pending, pending
	finished.meanwhile = finish
	failed.meanwhile, failed.resends = fail, 1
	testDestroys(t, map[string]destroyTest{
		"in time":                         pending,
		"and finishes meanwhile":          finished,
		"and fails meanwhile":             failed,
		"completed stands before the end": {tenant: func(s *simulator.TenantSettings) { s.CompletedBeforeStatus = 4 }},
		"completed stands before an error": {
			tenant: ends("Error", func(s *simulator.TenantSettings) { s.CompletedBeforeStatus = 4 }),
			fails:  []string{"task TASK ended with status ERROR"}, resends: 1,
		},
		"though the start says Success": {
			tenant: ends("Error", func(s *simulator.TenantSettings) { s.AcceptedStatus = "Success" }),
			fails:  []string{"task TASK ended with status ERROR"}, resends: 1,
		},
		"though the start says Error": {tenant: func(s *simulator.TenantSettings) { s.AcceptedStatus = "Error" }},
	})
}

// The tenant may show a profile for a while after its task has deleted it.
func TestAccProfileDestroy_readableAfterTheEnd(t *testing.T) {
	t.Parallel()
	testDestroys(t, map[string]destroyTest{
		"for some reads": {tenant: func(s *simulator.TenantSettings) { s.ReadableAfter = 4 }},
		"for long": {
			tenant: func(s *simulator.TenantSettings) { s.ReadableAfter = 1 << 30 },
			fails:  []string{"task TASK ended with status SUCCESS, but the profile is still there", "It is kept in the state"}, gone: true,
			meanwhile: func(tenant *simulator.Tenant) { tenant.SetState(simulator.TenantState{}) }, // no read shows it any more
		},
		"not at all, as somebody else has deleted it": {
			before: func(tenant *simulator.Tenant, id string) { tenant.RemoveProfile(id) }, sends: -1,
		},
	})
}

// What the start of the deletion and the task's body may lack.
func TestAccProfileDestroy_incompleteAnswers(t *testing.T) {
	t.Parallel()
	unnamed := func(s *simulator.TenantSettings) { s.TaskWithoutID = true }
	testDestroys(t, map[string]destroyTest{
		"202 without an id": {tenant: unnamed, warns: []string{"the tenant named no task"}},
		"202 without an id, and no end": {
			tenant: ends("", unnamed), timeout: soon, warns: []string{"the tenant named no task"},
			fails:     []string{"the profile was not seen to go", "last seen: the profile is still there", "It is kept in the state."},
			meanwhile: finish,
		},
		"202 without an id, and a bad end": {
			tenant: ends("Error", unnamed), timeout: soon, warns: []string{"the tenant named no task"},
			fails: []string{"the profile was not seen to go"}, resends: 1,
		},
		"202 with the short body": {tenant: func(s *simulator.TenantSettings) { s.ShortTaskBody = true }},
		"task without most keys": {spoils: readTask, tenant: func(s *simulator.TenantSettings) {
			s.OmitTaskKeys = []string{"id", "type", "uniqueName", "launched", "completed", "messages", "returns", "attributes", "progress", "percentComplete", "x_extra"}
		}},
		"task that fails without messages": {
			tenant: ends("Error", func(s *simulator.TenantSettings) { s.OmitTaskKeys = []string{"messages", "progress"} }),
			fails:  []string{"task TASK ended with status ERROR, and the profile is still there"}, resends: 1, spoils: readTask,
		},
		"task without its status": {
			tenant: func(s *simulator.TenantSettings) { s.OmitTaskKeys = []string{"completionStatus"} }, timeout: soon,
			fails: []string{"task TASK was not seen to end"}, gone: true, spoils: readTask,
		},
	})
}
