package simulator

import (
	"net/http"
	"strings"
	"time"
)

// terminator is what the vendor's example says a deletion is (contract §3.2).
const terminator = "Generic task for terminating data in the overlay, used by the TerminationService."

// wireAccepted is the TaskResultSimplified that a deletion is answered with
// (contract §3.2).
func (t *Tenant) wireAccepted(k *task) map[string]any {
	var completed, status any
	if s := t.settings.AcceptedStatus; s != "" {
		completed, status = javaDate(k.created), s
	}
	var launched any
	if !k.launched.IsZero() {
		launched = javaDate(k.launched)
	}
	body := map[string]any{
		"id":               k.id,
		"name":             k.name,
		"description":      terminator,
		"launcher":         "support",
		"completed":        completed,
		"launched":         launched,
		"completionStatus": status,
	}
	if t.settings.ShortTaskBody {
		body = map[string]any{"type": "TASK_RESULT", "id": k.id, "name": nil}
	}
	if t.settings.TaskWithoutID {
		delete(body, "id")
	}
	return body
}

// javaDate writes a date as java.util.Date does, in the zone of the vendor's
// example; no other part of the API has dates like this.
func javaDate(at time.Time) string {
	return at.In(time.FixedZone("CDT", -5*60*60)).Format("Mon Jan 02 15:04:05 MST 2006")
}

// getTask answers a poll (contract §3.3).
func (t *Tenant) getTask(c *tenantCall) (answer, *tenantError) {
	for _, k := range t.tasks {
		if k.id != c.id {
			continue
		}
		k.asked++
		if t.settings.Task404 < 0 || k.hidden < t.settings.Task404 {
			k.hidden++
			return answer{}, errNoTask
		}
		t.poll(k)
		return jsonAnswer(http.StatusOK, t.wireTask(k)), nil
	}
	return answer{}, errNoTask
}

// taskFields are those of the vendor's list that make sense for deletions.
var taskFields = listFields{
	filters: map[string]string{
		"id":               "eq in",
		"completionStatus": "eq in isnull",
		"type":             "eq in",
		"launcher":         "eq in",
	},
	sorters: []string{"created"},
}

// listTasks answers the list of tasks, which counts as no poll.
func (t *Tenant) listTasks(c *tenantCall) (answer, *tenantError) {
	q, err := readListQuery(c.query, taskFields)
	if err != nil {
		return answer{}, err
	}
	var rows []map[string]any
	for _, k := range t.tasks {
		rows = append(rows, t.wireTask(k))
	}
	rows, total := q.page(rows)
	return q.answer(rows, total), nil
}

// wireTask is the TaskStatus of contract §3.3.
func (t *Tenant) wireTask(k *task) map[string]any {
	var status, progress any
	percent, modified := 0, k.created
	if !k.launched.IsZero() {
		progress, modified = "Started", k.launched
	}
	if !k.worked.IsZero() {
		percent, modified = 100, k.worked
	}
	if k.status != "" {
		status, modified = k.status, k.ended
	}
	messages := []any{}
	for _, m := range k.messages {
		var text any
		if m.Text != "" {
			text = map[string]any{"locale": "en-US", "message": m.Text}
		}
		messages = append(messages, map[string]any{"type": m.Type, "localizedText": text, "key": m.Key, "parameters": nil})
	}
	body := extra(map[string]any{
		"id":               k.id,
		"type":             "QUARTZ",
		"uniqueName":       k.name,
		"description":      terminator,
		"parentName":       nil,
		"launcher":         "support",
		"target":           nil,
		"created":          isoDate(k.created),
		"modified":         isoDate(modified),
		"launched":         nullableDate(k.launched),
		"completed":        nullableDate(k.worked),
		"completionStatus": status,
		"messages":         messages,
		"returns":          []any{},
		"attributes":       map[string]any{},
		"progress":         progress,
		"percentComplete":  percent,
		"taskDefinitionSummary": map[string]any{
			"id":          strings.Repeat("0", 32),
			"uniqueName":  "Background Object Terminator",
			"description": terminator,
			"parentName":  "Background Object Terminator",
			"executor":    nil,
			"arguments":   map[string]any{},
		},
	})
	for _, key := range t.settings.OmitTaskKeys {
		delete(body, key)
	}
	return body
}

func nullableDate(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return isoDate(at)
}
