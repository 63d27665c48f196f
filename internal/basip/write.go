package basip

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

// undoTime is how long taking a write back may take, also after Ctrl-C.
const undoTime = 10 * time.Second

// maxLookFailures is how many listings in a row may fail while a write is being
// confirmed, each retried by the transport already.
const maxLookFailures = 3

// free reports with an *ExistsError that link_id or name belong to an entity
// already. The entity with the link_id own does not count.
func (c *Collection[T]) free(ctx context.Context, id uuid.UUID, name string, own ...uuid.UUID) error {
	entries, err := c.list(ctx, c.kind.all)
	if errors.Is(err, ErrNoSuchPath) { // the listing of all is the least certain path (contract §0, row 6)
		entries, err = c.list(ctx, c.kind.list)
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		other := c.kind.linkID(e.value)
		if len(own) > 0 && other == own[0] {
			continue
		}
		if other == id || c.kind.name(e.value) == name {
			return &ExistsError{Panel: c.client.name, Kind: c.kind.singular, Name: name, LinkID: other, ByName: other != id}
		}
	}
	return nil
}

// store sends one upsert. If its answer is lost, the listing tells whether it
// was carried out; if it was not, it is sent once more, which is safe because
// the link_id makes both the same entity. The caller must have the turn.
func (c *Collection[T]) store(ctx context.Context, item T, action string) (stored, error) {
	data, err := c.kind.encode(item)
	if err != nil {
		return stored{}, err
	}
	id := c.kind.linkID(item)
	send := func() (stored, error) {
		var answer results
		err := c.client.call(ctx, request{
			action: action + " " + c.kind.singular + " " + id.String(), op: c.kind.upsert,
			body: map[string]any{"list_items": []json.RawMessage{data}},
		}, &answer)
		if err != nil {
			return stored{}, err
		}
		outcome, words, reason := answer.upsert(id)
		if outcome.unclear {
			return outcome, &UnconfirmedError{c.itemError(action, item, words, reason)}
		}
		if reason != "" {
			return outcome, c.itemError(action, item, words, reason)
		}
		return outcome, nil
	}
	outcome, err := send()
	if !uncertain(err) {
		return outcome, err
	}
	entries, listErr := c.list(ctx, c.kind.list)
	if listErr != nil {
		return stored{}, &UnconfirmedError{errors.Join(err, listErr)}
	}
	if held, findErr := find(entries, c.kind, id); findErr == nil && len(c.kind.differences(item, held)) == 0 {
		return stored{}, nil
	}
	if outcome, err = send(); uncertain(err) {
		return stored{}, &UnconfirmedError{err}
	}
	outcome.updated = false // the first try may be what was updated
	return outcome, err
}

// remove sends one deletion. The caller must have the turn.
func (c *Collection[T]) remove(ctx context.Context, id uuid.UUID) error {
	var answer results
	err := c.client.call(ctx, request{
		action: "delete " + c.kind.singular + " " + id.String(), op: c.kind.delete,
		body: map[string]any{"link_ids": []uuid.UUID{id}},
	}, &answer)
	if err != nil {
		return err
	}
	if words, reason := answer.deletion(id); reason != "" {
		return &ItemError{Panel: c.client.name, Action: "delete " + c.kind.singular, LinkID: id, Words: words, Reason: reason}
	}
	return nil
}

// confirm waits until the panel lists the item as it was sent.
func (c *Collection[T]) confirm(ctx context.Context, item T, outcome stored) (T, error) {
	id := c.kind.linkID(item)
	var held T
	var last error
	var differences []string
	var since time.Time
	failures := 0
	err := poll.Until(ctx, c.client.backoff, func(ctx context.Context) (bool, error) {
		entries, err := c.entries(ctx)
		if err == nil {
			held, err = find(entries, c.kind, id)
		}
		switch {
		case errors.Is(err, ErrNotFound):
			last, failures = err, 0
			return false, nil
		case err != nil:
			if failures++; failures >= maxLookFailures || ctx.Err() != nil {
				return false, err
			}
			last = err
			return false, nil
		}
		failures = 0
		if differences = c.kind.differences(item, held); len(differences) == 0 {
			return true, nil
		}
		if since.IsZero() {
			since = time.Now()
		}
		return len(outcome.bound) > 0 || time.Since(since) >= c.client.settle, nil
	})
	switch {
	case err != nil && last != nil && ctx.Err() != nil:
		return held, &UnconfirmedError{fmt.Errorf("panel %q: waiting until %s %s is listed: %w: %w", c.client.name, c.kind.singular, id, last, err)}
	case err != nil:
		return held, &UnconfirmedError{err}
	case len(differences) > 0 || len(outcome.bound) > 0:
		return held, &DiffersError{Panel: c.client.name, Kind: c.kind.singular, LinkID: id, Differences: differences, Words: outcome.bound.String()}
	}
	return held, nil
}

// undo runs restore after a write that the panel did not carry out as it was
// sent, and returns what there is to report then.
func (c *Collection[T]) undo(ctx context.Context, differs *DiffersError, restore func(context.Context) error) error {
	// Also when the user has pressed Ctrl-C: the door is not left open.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	if err := restore(ctx); err != nil {
		return &UnconfirmedError{fmt.Errorf("%w; putting it back failed: %w", differs, err)}
	}
	differs.Restored = true
	return differs
}

func (c *Collection[T]) itemError(action string, item T, words, reason string) error {
	return &ItemError{
		Panel: c.client.name, Action: action + " " + c.kind.singular,
		LinkID: c.kind.linkID(item), Name: c.kind.name(item), Words: words, Reason: reason,
	}
}
