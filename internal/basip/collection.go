package basip

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// What an upsert is for.
const (
	actionCreate  = "create"
	actionUpdate  = "update"
	actionRestore = "restore"
	actionAside   = "rename for a moment"
)

// Get returns the entity with a link_id as the panel lists it. The error is
// ErrNotFound when a whole listing does not have it. The listing may be half a
// minute old, if nothing was written since; Gets that are asked for side by side
// share one.
func (c *Collection[T]) Get(ctx context.Context, id uuid.UUID) (Stored[T], error) {
	entries, err := c.lookFor(ctx, c.ago(refreshAge), id)
	if err != nil {
		return Stored[T]{}, err
	}
	held, err := find(entries, c.kind, id)
	return Stored[T]{Held: held, HasDuplicates: c.namesakes(entries, held)}, err
}

// Missing returns those of the link_ids that the panel does not list, by a
// listing as Get uses it.
func (c *Collection[T]) Missing(ctx context.Context, ids ...uuid.UUID) ([]uuid.UUID, error) {
	entries, err := c.look(ctx, c.ago(refreshAge))
	if err != nil {
		return nil, err
	}
	var missing []uuid.UUID
	for _, id := range ids {
		switch _, err := find(entries, c.kind, id); {
		case errors.Is(err, ErrNotFound):
			missing = append(missing, id)
		case errors.Is(err, ErrListingUnreliable):
			return nil, err
		}
	}
	return missing, nil
}

// namesakes reports whether another entity of the listing has item's name.
func (c *Collection[T]) namesakes(entries []entry[T], item T) bool {
	return slices.ContainsFunc(entries, func(e entry[T]) bool {
		return c.kind.linkID(e.value) != c.kind.linkID(item) && c.kind.name(e.value) == c.kind.name(item)
	})
}

// Stored is an entity as the panel has it.
type Stored[T any] struct {
	Held          T    // as the panel lists it
	HasDuplicates bool // the panel has another entity with the name
	Recreated     bool // a change that the panel carried out as a creation: somebody had removed the entity at that moment
}

// Create puts a new entity on the panel, together with others that are written at
// the moment, waits until the panel lists it, and returns it as the panel holds
// it. Nothing stays behind after an error, except after an *UnconfirmedError. The
// error is an *ExistsError when link_id or name are taken, and it is not sent
// then: an upsert would take the other over.
func (c *Collection[T]) Create(ctx context.Context, item T) (Stored[T], error) {
	op := &upsert[T]{id: c.kind.linkID(item), action: actionCreate, make: func(T) T { return item }}
	op.move = c.moves.begin(op.id, creates)
	defer c.moves.end(op.move)
	outcome, err := c.write(ctx, op)
	var held look[T]
	if err == nil {
		held, err = c.confirm(ctx, op, outcome)
	}
	var differs *DiffersError
	if errors.As(err, &differs) {
		// A person without the time profile meant for them may pass at any hour:
		// rather no entity than half of one.
		err = c.undo(ctx, differs, func(ctx context.Context) error {
			_, err := c.Delete(ctx, op.id)
			return err
		})
	}
	return Stored[T]{Held: held.held, HasDuplicates: outcome.duplicates || held.duplicates}, err
}

// Modify reads the entity with a link_id, lets change make the wanted one of it
// and stores that, together with others that are written at the moment. What
// change leaves alone is sent back as it was: it is not known whether a panel
// keeps what is left out (contract §4). change may be called more than once. After
// an error the entity is as it was, except after an *UnconfirmedError or a
// *DiffersError that was not restored. The error is ErrNotFound when the panel
// does not have the entity, an *ExistsError when the new name is taken.
func (c *Collection[T]) Modify(ctx context.Context, id uuid.UUID, change func(T) T) (Stored[T], error) {
	op := &upsert[T]{id: id, action: actionUpdate, make: change}
	op.move = c.moves.begin(id, changes)
	defer c.moves.end(op.move)
	outcome, err := c.write(ctx, op)
	if err != nil {
		return Stored[T]{}, err
	}
	held, err := c.confirm(ctx, op, outcome)
	var differs *DiffersError
	if errors.As(err, &differs) {
		err = c.undo(ctx, differs, func(ctx context.Context) error {
			restore := func(as T) error {
				back := &upsert[T]{id: id, action: actionRestore, move: op.move, make: func(T) T { return as }}
				outcome, err := c.write(ctx, back)
				if err == nil { // what has no link_id cannot be sent back
					_, err = c.confirm(ctx, back, outcome)
				}
				return err
			}
			if op.former == "" {
				return restore(op.current)
			}
			err := restore(c.kind.renamed(op.current, op.former))
			var exists *ExistsError
			if errors.As(err, &exists) { // at least the rest of it
				err = errors.Join(fmt.Errorf("it is called %q now: %w", temporaryName(id), err), restore(op.current))
			}
			return err
		})
	}
	return Stored[T]{Held: held.held, HasDuplicates: outcome.duplicates || held.duplicates, Recreated: outcome.created}, err
}
