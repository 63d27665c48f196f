package isc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// Deletion is a deletion that a tenant was asked for. To go on with one of an
// earlier run, its TaskID is enough.
type Deletion struct {
	TaskID  string    // empty when the tenant did not name a task
	Started time.Time // when it was asked for; zero when that is not known

	// Unconfirmed: the answer was lost, so that it is not known whether the
	// tenant has begun. Another request could start a second task.
	Unconfirmed bool
}

// StartDeletion asks the tenant to delete profiles in one task (contract §3.1).
// It returns as soon as the task is queued; AwaitDeletion waits for the end of
// each. The request is sent once. When its answer is lost the error is an
// *UnconfirmedError, and the Deletion that comes with it can be awaited: whether
// the profile goes away is all there is to see.
func (c *Client) StartDeletion(ctx context.Context, ids ...string) (Deletion, error) {
	distinct := slices.Compact(slices.Sorted(slices.Values(ids)))
	r := request{
		action: "delete identity profile " + strings.Join(distinct, ", "), method: http.MethodPost,
		path: c.family.profiles + "/bulk-delete", contentType: typeJSON, right: rightDelete,
	}
	if len(distinct) == 0 {
		return Deletion{}, fmt.Errorf("%s: no ID is given", c.couldNot("delete identity profiles"))
	}
	for _, id := range distinct {
		if !plainID(id) {
			return Deletion{}, fmt.Errorf("%s: %w", c.couldNot(r.action), notAnID(id))
		}
	}
	var err error
	if r.body, err = encode(distinct); err != nil {
		return Deletion{}, err
	}
	for _, id := range distinct {
		c.doomed.Store(id, true)
	}
	started := Deletion{Started: c.now()}
	a, err := c.call(ctx, r)
	switch {
	case uncertain(err):
		started.Unconfirmed = true
		return started, &UnconfirmedError{Err: err, Hint: "Destroy again: it reads the profile first, and asks for the deletion only if it is still there"}
	case err != nil:
		return Deletion{}, err
	}
	// Only the id can be relied on, and that only when it is there (§3.2). A status
	// that stands beside it is that of the start, whatever it says.
	if fields, err := looseObject(a.body); err == nil {
		if id, err := looseString(fields["id"]); err == nil && plainID(id) {
			started.TaskID = id
		}
	}
	return started, nil
}

// isDoomed reports whether the deletion of a profile was asked for.
func (c *Client) isDoomed(id string) bool {
	_, doomed := c.doomed.Load(id)
	return doomed
}

// AwaitDeletion returns without an error when the profile is proven gone: the
// tenant answers 404 for it after the good end of the task (contract §0), or answers
// so and does not list it either. The warnings
// tell what was not as it should be. The error is
//
//   - a *PendingError when the end was not seen before the context's end,
//   - a *TaskError when the task ended otherwise than well,
//   - a *StillThereError when it ended well and the profile stays, and
//   - a *NoEffectError when the deletion is unconfirmed and the profile stays.
func (c *Client) AwaitDeletion(ctx context.Context, d Deletion, id string) (warnings []string, err error) {
	w := &deletionWait{client: c, deletion: d, id: id, began: c.now()}
	switch {
	case d.Unconfirmed:
		w.warn("the answer to its deletion was lost, so the profile itself was watched")
		return w.doubt(ctx)
	case !plainID(d.TaskID):
		w.warn("the tenant named no task for its deletion, so the profile itself was watched")
		return w.watch(ctx)
	}
	since := d.Started
	if since.IsZero() {
		since = w.began
	}
	ended, followed, err := c.follow(ctx, d.TaskID, since)
	return w.conclude(ctx, &followed, ended, err)
}

// conclude finds out what became of the profile after its task was followed as
// far as it goes.
func (w *deletionWait) conclude(ctx context.Context, followed *taskPoll, ended task, err error) ([]string, error) {
	w.seen = followed.seen()
	switch {
	case errors.Is(err, errTaskForbidden):
		w.warn("the client may not read task %s, for which it needs the right %s, so the profile itself was watched; a personal access token of an ORG_ADMIN with the scope sp:scopes:all has that right", followed.id, rightTasks)
		return w.watch(ctx)
	case errors.Is(err, errTaskUnknown):
		w.warn("the tenant does not know task %s (%v), so the profile itself was watched", followed.id, followed.lastErr)
		return w.watch(ctx)
	case err != nil:
		return w.warnings, w.pending(err)
	case ended.good():
		return w.confirm(ctx, ended)
	default:
		return w.judgeBadEnd(ctx, ended)
	}
}

// deletionWait is one caller's wait for one profile.
type deletionWait struct {
	client   *Client
	deletion Deletion
	id       string
	began    time.Time
	warnings []string
	seen     string // what was last seen, for messages
	blind    bool   // only the profile is watched
	ended    bool   // the task has ended well, so that a 404 is proof enough
}

func (w *deletionWait) warn(format string, values ...any) {
	w.warnings = append(w.warnings, fmt.Sprintf("Identity profile %s on tenant %s: ", w.id, w.client.Tenant())+fmt.Sprintf(format, values...))
}

func (w *deletionWait) pending(err error) error {
	var gaveUp *poll.Error
	if errors.As(err, &gaveUp) { // whose own times are part of this one's
		err = gaveUp.Err
	}
	return &PendingError{
		Tenant: w.client.Tenant(), ProfileID: w.id, TaskID: w.deletion.TaskID,
		Elapsed: w.client.now().Sub(w.began), Seen: w.seen, Blind: w.blind, Err: err,
	}
}

// look reads the profile once. The error is ErrNotFound when it is gone.
func (w *deletionWait) look(ctx context.Context) error {
	read := w.client.certain
	if w.ended {
		read = w.client.Profile
	}
	_, err := read(ctx, w.id)
	switch {
	case err == nil:
		w.seen = "the profile is still there"
	case errors.Is(err, ErrNotFound), errors.Is(err, transport.ErrHeldBack), ctx.Err() != nil:
	default:
		w.seen = err.Error()
	}
	return err
}

// until looks until the profile is gone, or enough says that it has been there
// for long enough. What fails in passing does not end it.
func (w *deletionWait) until(ctx context.Context, enough func() bool) (gone bool, err error) {
	err = poll.Paced(ctx, w.client.poll, func(ctx context.Context) (bool, time.Duration, error) {
		err := w.look(ctx)
		switch {
		case err == nil:
			return enough(), 0, nil
		case errors.Is(err, ErrNotFound):
			gone = true
			return true, 0, nil
		case errors.Is(err, ErrThrottled): // the wait would end after the context
			return false, 0, err
		}
		return false, retryAfter(err), hopeless(err)
	})
	return gone, err
}

// never is the patience of a wait that only the context ends.
func never() bool { return false }

// watch waits for the profile to go without a task that could be followed.
func (w *deletionWait) watch(ctx context.Context) ([]string, error) {
	w.blind = true
	if _, err := w.until(ctx, never); err != nil {
		return w.warnings, w.pending(err)
	}
	return w.warnings, nil
}

// doubt is watch for a deletion of which it is not known whether it was begun: a
// profile that is still there after a while speaks against it.
func (w *deletionWait) doubt(ctx context.Context) ([]string, error) {
	w.blind = true
	gone, err := w.until(ctx, func() bool { return w.client.now().Sub(w.began) >= w.client.grace })
	switch {
	case err != nil:
		return w.warnings, w.pending(err)
	case !gone:
		return w.warnings, &NoEffectError{Tenant: w.client.Tenant(), ProfileID: w.id, Elapsed: w.client.now().Sub(w.began)}
	}
	return w.warnings, nil
}

// confirm makes sure that the profile is gone after a good end. It looks for as
// long as the tenant's reads may lag behind its tasks, and then once more.
func (w *deletionWait) confirm(ctx context.Context, ended task) ([]string, error) {
	c := w.client
	if w.ended = ended.word() == taskSuccess; !w.ended { // a warning may mean that something was left
		w.warn("task %s ended with status %s%s", w.deletion.TaskID, ended.word(), saying(ended.messages))
	}
	short, cancel := context.WithTimeout(ctx, c.grace)
	defer cancel()
	_, err := w.until(short, never)
	if err == nil {
		return w.warnings, nil
	}
	if ctx.Err() == nil && (short.Err() != nil || errors.Is(err, ErrThrottled)) {
		if err = w.look(ctx); errors.Is(err, ErrNotFound) {
			return w.warnings, nil
		}
	}
	if w.ended && err != nil && ctx.Err() == nil { // the listing may tell what the profile does not
		if listed, listErr := c.freshProfiles(ctx); listErr == nil {
			if _, found := listed[w.id]; !found {
				return w.warnings, nil
			}
			err = nil
		}
	}
	if ctx.Err() != nil {
		return w.warnings, w.pending(context.Cause(ctx))
	}
	return w.warnings, &StillThereError{
		Tenant: c.Tenant(), ProfileID: w.id, TaskID: w.deletion.TaskID,
		Status: ended.word(), Messages: ended.messages, Grace: c.grace, Err: err,
	}
}

// judgeBadEnd looks whether the profile is gone all the same: TEMPERROR, and a
// word that is not known, may not be the last one (contract §3.6).
func (w *deletionWait) judgeBadEnd(ctx context.Context, ended task) ([]string, error) {
	err := w.look(ctx)
	if errors.Is(err, ErrNotFound) {
		w.warn("task %s ended with status %s%s, but the profile is gone", w.deletion.TaskID, ended.word(), saying(ended.messages))
		return w.warnings, nil
	}
	return w.warnings, &TaskError{
		Tenant: w.client.Tenant(), ProfileID: w.id, TaskID: w.deletion.TaskID,
		Status: ended.word(), Messages: ended.messages, Err: err,
	}
}

// saying adds a task's messages to a sentence.
func saying(messages []string) string {
	if len(messages) == 0 {
		return ""
	}
	return fmt.Sprintf(" and says %q", messages)
}
