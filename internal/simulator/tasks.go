package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A task is one deletion under way or over. It first works, for so many polls
// or so long; then its work is done, and it has completed but may lack a
// status for some more polls; then it ends, and only that has an effect.
type task struct {
	id, name string
	ids      []string // as the client sent them
	missing  []string // those of ids that named no profile
	created  time.Time
	launched time.Time // zero while it waits for its turn
	worked   time.Time // zero until its work is done
	ended    time.Time // zero, as status is empty, until its end
	status   string    // in upper case
	messages []TaskMessage

	asked  int // see Task.Polls
	polls  int // of its work
	late   int // polls since its work is done
	hidden int // answers with 404
}

// bulkDeleteProfiles answers the bulk delete (contract §3.1).
func (t *Tenant) bulkDeleteProfiles(c *tenantCall) (answer, *tenantError) {
	if !c.contentType("application/json") {
		return answer{}, errMediaType
	}
	ids, ok := each(asString)(c.body)
	if !ok || len(ids) == 0 {
		return answer{}, illegal("the request body is not an array of one or more ids")
	}
	return t.launch(ids)
}

// deleteProfile answers the delete of one, which starts the same task and
// differs in that it minds an unknown id (contract §3.2).
func (t *Tenant) deleteProfile(c *tenantCall) (answer, *tenantError) {
	if t.profile(c.id) == nil {
		return answer{}, errAbsent
	}
	return t.launch([]string{c.id})
}

// launch starts a task that deletes profiles. An id that is listed twice is
// deleted once.
func (t *Tenant) launch(ids []string) (answer, *tenantError) {
	k := &task{id: newTenantID(), ids: ids, created: t.now()}
	k.name = "Background Object Terminator " + newUUID()
	for _, id := range ids {
		if t.profile(id) == nil {
			k.missing = append(k.missing, id)
		}
	}
	if len(k.missing) > 0 && t.settings.UnknownIDs == "refuse" {
		return answer{}, illegal("unknown identity profiles: " + strings.Join(k.missing, ", "))
	}
	t.tasks = append(t.tasks, k)
	t.advance()
	return jsonAnswer(http.StatusAccepted, extra(t.wireAccepted(k))), nil
}

// advance brings all tasks to where the clock says they are.
func (t *Tenant) advance() {
	var turn time.Time // of the next task, when they are serial
	for _, k := range t.tasks {
		if k.status == "" {
			if k.launched.IsZero() {
				k.launched = latest(k.created, turn)
			}
			t.pass(k)
		}
		if t.settings.SerialTasks {
			if k.status == "" {
				return
			}
			turn = latest(turn, k.ended)
		}
	}
}

// pass lets the task come to where the clock says it is.
func (t *Tenant) pass(k *task) {
	s := &t.settings
	if s.TaskEnd == "" {
		return
	}
	due := k.launched.Add(time.Duration(s.TaskTime))
	if s.TaskTime > 0 && k.worked.IsZero() && !t.now().Before(due) {
		k.worked = due
	}
	if !k.worked.IsZero() && s.CompletedBeforeStatus == 0 {
		t.end(k, k.worked)
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// poll lets one poll's worth of time pass for the task, or for the one whose
// turn it is, and ends it when that was all of its time.
func (t *Tenant) poll(k *task) {
	if t.settings.SerialTasks {
		i := slices.IndexFunc(t.tasks, func(k *task) bool { return k.status == "" })
		if i < 0 {
			return
		}
		k = t.tasks[i]
	}
	s := &t.settings
	switch {
	case k.status != "" || s.TaskEnd == "" || k.worked.IsZero() && s.TaskTime > 0:
		return
	case k.worked.IsZero() && k.polls < s.TaskPolls:
		k.polls++
		return
	case k.worked.IsZero():
		k.worked = t.now()
	}
	if k.late < s.CompletedBeforeStatus {
		k.late++
		return
	}
	t.end(k, t.now())
	t.advance()
}

// readsProfile counts a read of a profile as a poll of the tasks that are to
// delete it.
func (t *Tenant) readsProfile(id any) {
	for _, k := range t.tasks {
		if k.status == "" && slices.ContainsFunc(k.ids, func(other string) bool { return other == id }) {
			k.asked++
			t.poll(k)
		}
	}
}

// end gives the task its status and has it delete what it deletes.
func (t *Tenant) end(k *task, at time.Time) {
	s := &t.settings
	end := s.TaskEnd
	if end == "" {
		end = "Success"
	}
	deletes := endsWell(end) || s.FailedTaskDeletes
	switch {
	case len(k.missing) == 0:
	case s.UnknownIDs == "warning" && endsWell(end):
		end = "Warning"
	case s.UnknownIDs == "error":
		end = "Error"
	}
	k.messages = slices.Clone(s.TaskMessages)
	for _, id := range slices.Compact(slices.Sorted(slices.Values(k.ids))) {
		p := t.profile(id)
		switch {
		case p == nil:
		case listed(s.TaskFailsFor, id), s.TaskFailsWithIdentities && p.IdentityCount > 0:
			end = "Error"
			k.messages = append(k.messages, TaskMessage{"ERROR", "identity_profile_not_deleted", fmt.Sprintf("The identity profile %s (%s) was not deleted.", p.Name, id)})
		case deletes && !listed(s.TaskKeeps, id):
			t.drop(id)
			t.busy[p.SourceID] = s.SourceBusy
			if s.ReadableAfter > 0 {
				t.lingering = append(t.lingering, &lingering{p, s.ReadableAfter})
			}
		}
	}
	k.status, k.ended = strings.ToUpper(end), at
}

func endsWell(status string) bool {
	return strings.EqualFold(status, "Success") || strings.EqualFold(status, "Warning")
}

// listed reports whether ids has id, or has all ids.
func listed(ids []string, id string) bool {
	return slices.Contains(ids, id) || slices.Contains(ids, "*")
}

// view is the task as a state shows it.
func (k *task) view() Task {
	return Task{ID: k.id, ProfileIDs: list(k.ids), Polls: k.asked, Status: k.status}
}
