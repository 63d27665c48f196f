package isc

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/bulk"
)

// linger is how long a first deletion, and the read before it, waits for others
// that come with it. A task takes seconds; Terraform's ten callers come within two
// milliseconds, or within twenty on a busy machine.
const linger = 30 * time.Millisecond

// asked is one profile on its way out. What is known of its deletion is known
// before the end, for a caller who does not wait that long.
type asked struct {
	id string

	mu       sync.Mutex
	deletion Deletion
	seen     string // of its task
}

// set notes what a deletion has come to.
func (a *asked) set(d Deletion) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.deletion, a.seen = d, ""
}

// saw notes what a look at its task has shown.
func (a *asked) saw(what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen = what
}

// known returns what is known so far.
func (a *asked) known() (d Deletion, seen string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.deletion, a.seen
}

// followed is a deletion whose task was followed as far as it goes. Several
// profiles share it.
type followed struct {
	deletion Deletion
	lost     error // the answer to the request was lost, and there is no task to follow
	poll     *taskPoll
	ended    task
	err      error // why the task was not followed to its end
	gone     bool  // the profile was seen to be gone after a bad end
}

// newDeletions returns what lets deletions travel together: one bulk-delete and
// one task for all that are asked for at the moment.
func newDeletions(c *Client, cfg Config) *bulk.Group[string, *asked, followed] {
	return bulk.New(bulk.Options[string, *asked, followed]{
		Key:     func(a *asked) string { return a.id },
		Same:    func(*asked, *asked) bool { return false },
		Send:    c.deleteTogether,
		Max:     cfg.MaxItems,
		Company: cfg.Company,
		Linger:  linger,
	})
}

// DeleteProfile deletes a profile together with others that are deleted at the
// moment: one request and one task, looked at by one poller, after which each
// caller makes sure that its own profile is gone. If the task does not end well,
// those that are gone are done, and the others are asked for again in halves, so
// that one bad profile fails alone.
//
// The results are those of StartDeletion and AwaitDeletion; the Deletion is what
// may still be going on after an error.
func (c *Client) DeleteProfile(ctx context.Context, id string) (Deletion, []string, error) {
	one := &asked{id: id}
	w := &deletionWait{client: c, id: id, began: c.now()}
	f, err := c.deletions.Do(ctx, one)
	w.deletion, w.seen = one.known()
	switch {
	case err != nil && ctx.Err() != nil && w.deletion != Deletion{}:
		return w.deletion, nil, w.pending(context.Cause(ctx))
	case isRefusal(err): // which may be wrong, or about a profile that somebody else has deleted
		if _, lookErr := c.CurrentProfile(ctx, id); errors.Is(lookErr, ErrNotFound) {
			w.warn("the tenant refused to delete it, but the profile is gone: %v", err)
			return Deletion{}, w.warnings, nil
		}
		return Deletion{}, nil, err
	case err != nil:
		return Deletion{}, nil, err
	case f.lost != nil:
		warnings, err := c.AwaitDeletion(ctx, f.deletion, id)
		if err != nil {
			err = errors.Join(err, f.lost)
		}
		return f.deletion, warnings, err
	case f.gone:
		w.warn("task %s ended with status %s%s, but the profile is gone", f.deletion.TaskID, f.ended.word(), saying(f.ended.messages))
		return f.deletion, w.warnings, nil
	case f.poll == nil: // no task was named
		warnings, err := c.AwaitDeletion(ctx, f.deletion, id)
		return f.deletion, warnings, err
	}
	w.deletion = f.deletion
	warnings, err := w.conclude(ctx, f.poll, f.ended, f.err)
	return f.deletion, warnings, err
}

// deleteTogether asks for the deletion of several profiles and follows the task.
func (c *Client) deleteTogether(ctx context.Context, all []*asked) (map[string]bulk.Answer[followed], error) {
	ids := make([]string, len(all))
	for i, one := range all {
		ids[i] = one.id
		one.set(Deletion{Started: c.now(), Unconfirmed: true}) // until there is an answer
	}
	deletion, err := c.StartDeletion(ctx, ids...)
	var lost *UnconfirmedError
	if err != nil && !errors.As(err, &lost) {
		for _, one := range all {
			one.set(Deletion{})
		}
		if status(err) == http.StatusBadRequest { // about what is in it (contract §3.6)
			err = &bulk.RefusedError{Err: err}
		}
		return nil, err
	}
	for _, one := range all {
		one.set(deletion)
	}
	f := followed{deletion: deletion}
	if lost != nil {
		f.lost = lost
	}
	if lost != nil || !plainID(deletion.TaskID) { // there is no task to follow; each watches its own profile
		return answerAll(all, f), nil //nolint:nilerr // the error travels in the answers
	}
	f.poll = &taskPoll{client: c, id: deletion.TaskID, since: deletion.Started, tell: func(seen string) {
		for _, one := range all {
			one.saw(seen)
		}
	}}
	f.ended, f.err = f.poll.run(ctx)
	if f.err != nil || f.ended.good() || len(all) == 1 {
		return answerAll(all, f), nil //nolint:nilerr // the error travels in the answers
	}
	return c.deleteRest(ctx, all, f)
}

// deleteRest goes on after a bad end: those that are gone are done, the others
// are asked for in halves.
func (c *Client) deleteRest(ctx context.Context, all []*asked, f followed) (map[string]bulk.Answer[followed], error) {
	answers := map[string]bulk.Answer[followed]{}
	ids := make([]string, len(all))
	for i, one := range all {
		ids[i] = one.id
	}
	profiles, err := c.readTogether(ctx, ids)
	if err != nil {
		return nil, err
	}
	var rest []*asked
	for _, one := range all {
		if errors.Is(profiles[one.id].Err, ErrNotFound) {
			gone := f
			gone.gone = true
			answers[one.id] = bulk.Answer[followed]{Result: gone}
		} else {
			rest = append(rest, one)
		}
	}
	half := (len(rest) + 1) / 2
	for _, part := range [][]*asked{rest[:half], rest[half:]} {
		if len(part) == 0 {
			continue
		}
		more, err := c.deleteTogether(ctx, part)
		for _, one := range part {
			answer, ok := more[one.id]
			if !ok {
				answer.Err = err
			}
			answers[one.id] = answer
		}
	}
	return answers, nil
}

func answerAll(all []*asked, f followed) map[string]bulk.Answer[followed] {
	answers := map[string]bulk.Answer[followed]{}
	for _, one := range all {
		answers[one.id] = bulk.Answer[followed]{Result: f}
	}
	return answers
}
