package isc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// maxTaskMessages is how many of a task's messages go into an error.
const maxTaskMessages = 10

// task is what a task status says (contract §3.3). Only the completion status
// is relied on; all the rest is for messages.
type task struct {
	id       string // may be missing
	status   string // the completion status as the tenant writes it; empty while the task runs
	progress string
	percent  *int64
	messages []string
}

// decodeTask reads a task status. Each field may be missing, and only one that
// decides is worth an error.
func decodeTask(raw json.RawMessage) (task, error) {
	fields, err := looseObject(raw)
	if err != nil {
		return task{}, err
	}
	if fields == nil {
		return task{}, errors.New("it is empty")
	}
	var t task
	if t.status, err = looseString(fields["completionStatus"]); err != nil {
		return task{}, fmt.Errorf("completionStatus: %w", err)
	}
	t.status = printable.Text(t.status)
	id, _ := looseString(fields["id"])
	t.id = printable.Text(id)
	t.progress, _ = looseString(fields["progress"])
	t.percent, _ = looseInteger(fields["percentComplete"])
	messages, _ := looseList(fields["messages"])
	for _, raw := range messages[:min(len(messages), maxTaskMessages)] {
		if text := taskMessage(raw); text != "" {
			t.messages = append(t.messages, text)
		}
	}
	return t, nil
}

// taskMessage reads one of a task's messages: its text, or else its key.
func taskMessage(raw json.RawMessage) string {
	fields, err := looseObject(raw)
	if err != nil {
		return excerpt(raw)
	}
	localized, _ := looseObject(fields["localizedText"])
	text, _ := looseString(localized["message"])
	if strings.TrimSpace(text) == "" {
		text, _ = looseString(fields["key"])
	}
	return printable.Text(text)
}

// Ends of a task, in the form of word. All others are bad ones (contract §0, row 5).
const (
	taskSuccess = "SUCCESS"
	taskWarning = "WARNING"
)

// word is the completion status in one case: the same states are written
// Success in one place and SUCCESS in another (contract §4, inconsistency 2).
func (t task) word() string { return strings.ToUpper(t.status) }

// good reports whether the task ended in a way that may be success.
func (t task) good() bool { return t.word() == taskSuccess || t.word() == taskWarning }

// String tells how far the task is.
func (t task) String() string {
	var parts []string
	if t.status != "" {
		parts = append(parts, "status "+t.word())
	}
	if t.progress != "" {
		parts = append(parts, fmt.Sprintf("progress %q", printable.Text(t.progress)))
	}
	if t.percent != nil {
		parts = append(parts, fmt.Sprintf("%d percent complete", *t.percent))
	}
	if len(parts) == 0 {
		return "running"
	}
	return strings.Join(parts, ", ")
}

// A taskPoll follows one task until its end, whoever is interested in it: it
// knows nothing of what the task does.
type taskPoll struct {
	client *Client
	id     string
	since  time.Time // when the task was started, or first heard of

	last    task  // as it was last seen
	lastErr error // of the last look, nil when it was answered
	looks   int   // that were answered

	tell  func(seen string) // told what each look has shown, unless nil
	heard string            // what somebody else has seen
}

// Reasons why a task cannot be followed to its end, which says nothing about it.
var (
	errTaskForbidden = errors.New("the client may not read it")
	errTaskUnknown   = errors.New("the tenant does not know it")
)

// run returns the task at its end. The error is errTaskForbidden or
// errTaskUnknown when its status cannot be had, and otherwise that of the
// context, or one that makes further looks pointless. What fails in passing
// does not end it: the tenant goes on with the task in the meantime.
func (p *taskPoll) run(ctx context.Context) (task, error) {
	err := poll.Paced(ctx, p.client.poll, func(ctx context.Context) (bool, time.Duration, error) {
		done, wait, err := p.look(ctx)
		if p.tell != nil {
			p.tell(p.seen())
		}
		return done, wait, err
	})
	return p.last, err
}

// look asks for the status once.
func (p *taskPoll) look(ctx context.Context) (done bool, wait time.Duration, err error) {
	c := p.client
	r := request{
		action: "read the status of task " + p.id, method: http.MethodGet, path: c.family.tasks + "/" + p.id, right: rightTasks,
	}
	a, err := c.call(ctx, r)
	var seen task
	if err == nil {
		a.body = c.redact(a.body, a.token) // which goes into messages and nowhere else
		if seen, err = decoded(c, r, a, decodeTask); err == nil && seen.id != "" && seen.id != p.id {
			err = c.unexpected(r, a, fmt.Sprintf("it is about task %s instead of %s", seen.id, p.id))
		}
	}
	if err == nil {
		p.saw(ctx, seen)
		asked, _ := transport.RetryAfter(a.header, c.now())
		return seen.status != "", asked, nil
	}
	if ctx.Err() == nil && !errors.Is(err, transport.ErrHeldBack) { // otherwise the look before says more
		p.lastErr = err
	}
	switch s := status(err); {
	case errors.Is(err, ErrLoginRefused), errors.Is(err, ErrThrottled):
		return false, 0, err
	case s == http.StatusForbidden:
		return false, 0, fmt.Errorf("%w: %w", errTaskForbidden, err)
	case s == http.StatusUnauthorized, s == http.StatusRequestTimeout:
	case s >= 300 && s < 500: // it may not be known yet (contract §3.6)
		if c.now().Sub(p.since) >= c.grace {
			return false, 0, fmt.Errorf("%w: %w", errTaskUnknown, err)
		}
	}
	tflog.Debug(ctx, "a look at a task failed; it is repeated", map[string]any{"task": p.id, "error": err.Error()})
	return false, retryAfter(err), nil
}

// saw keeps what a look has shown, and logs it.
func (p *taskPoll) saw(ctx context.Context, seen task) {
	p.looks++
	fields := map[string]any{
		"task": p.id, "state": seen.String(), "looks": p.looks, "elapsed_ms": p.client.now().Sub(p.since).Milliseconds(),
	}
	if p.last.String() != seen.String() || p.looks == 1 {
		tflog.Debug(ctx, "task", fields)
	} else {
		tflog.Trace(ctx, "task unchanged", fields)
	}
	p.last, p.lastErr = seen, nil
}

// seen tells the last look for a message.
func (p *taskPoll) seen() string {
	switch {
	case p.lastErr != nil:
		return p.lastErr.Error()
	case p.looks > 0:
		return "task " + p.last.String()
	default:
		return p.heard
	}
}
