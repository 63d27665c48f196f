package basip

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// takeoverError is the refusal of a creation that the panel carried out as a change
// of an entity that was there already: it takes the two names for one, although
// they are not equal here. A panel may cut long names, for example.
type takeoverError struct{ *ItemError }

// Unwrap returns the panel's answer.
func (e *takeoverError) Unwrap() error { return e.ItemError }

// settleTakeovers finds out which entities the creations of a call took over, by the
// panel's own numbers, and puts right what it can. before is what the panel listed
// before the call, entries what it lists after it. The caller must have the turn.
func (c *Collection[T]) settleTakeovers(ctx context.Context, sent []*upsert[T], answers upsertAnswers[T], before, entries []entry[T]) {
	var took, lost []*upsert[T]
	for _, op := range sent {
		answer := answers[op.id]
		var takeover *takeoverError
		switch missing := errors.Is(answer.Result.first.err, ErrNotFound); {
		case errors.As(answer.Err, &takeover):
			took = append(took, op)
		case answer.Err == nil && answer.Result.created && missing:
			lost = append(lost, op)
		}
	}
	for _, op := range took {
		answer := answers[op.id]
		held, err := find(entries, c.kind, op.id)
		number := c.kind.uid(held)
		victim, found := entry[T]{}, false
		for _, e := range before {
			if uid := c.kind.uid(e.value); uid != nil && number != nil && *uid == *number {
				victim, found = e, true
			}
		}
		switch {
		case err != nil || number == nil: // who it was cannot be told
			continue
		case found && c.kind.linkID(victim.value) != uuid.Nil:
			answer.Err = c.putBack(ctx, op, victim, answer.Err)
		case found: // made at the panel: what it was cannot be sent without a link_id
			answer.Err = fmt.Errorf("%w; it was %q, made at the panel", answer.Err, c.kind.name(victim.value))
		case len(lost) > 0: // it came into being by this call, which is not to leave it behind
			answer.Err = c.oneOfTwo(op)
			for _, other := range lost {
				answers[other.id] = answered[T]{Result: answers[other.id].Result, Err: c.oneOfTwo(other)}
			}
		}
		answers[op.id] = answer
	}
}

// oneOfTwo is the error of each of two new entities that the panel made one of.
func (c *Collection[T]) oneOfTwo(op *upsert[T]) error {
	return &DiffersError{Panel: c.client.name, Kind: c.kind.singular, LinkID: op.id, Differences: []string{
		fmt.Sprintf("it takes the name %q and that of another new %s for one, as if it cut long names", c.kind.name(op.wanted), c.kind.singular),
	}}
}

// putBack gives an entity that a creation took over its link_id and its values
// back: the panel finds it by its name once more. The caller must have the turn.
func (c *Collection[T]) putBack(ctx context.Context, op *upsert[T], victim entry[T], takeover error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	id, name := c.kind.linkID(victim.value), c.kind.name(victim.value)
	restore := func() error {
		if victim.err != nil {
			return victim.err
		}
		data, err := c.kind.encode(victim.value)
		if err != nil {
			return err
		}
		var answer results
		err = c.client.call(ctx, request{action: c.named(actionRestore, id), op: c.kind.upsert, body: map[string]any{"list_items": []any{data}}}, &answer)
		c.wrote()
		if err != nil {
			return err
		}
		entries, err := c.listed(ctx, c.wroteAt)
		if err != nil {
			return err
		}
		if _, err := find(entries, c.kind, op.id); !errors.Is(err, ErrNotFound) {
			return fmt.Errorf("the panel still lists %s", op.id)
		}
		held, err := find(entries, c.kind, id)
		if differences := c.kind.differences(victim.value, held); err == nil && len(differences) > 0 {
			err = &DiffersError{Panel: c.client.name, Kind: c.kind.singular, LinkID: id, Differences: differences}
		}
		return err
	}
	if err := restore(); err != nil {
		return fmt.Errorf("%w; it was %q (%s), and putting that back failed: %w", takeover, name, id, err)
	}
	return fmt.Errorf("%w; it was %q (%s), which was put back as it was listed before", takeover, name, id)
}
