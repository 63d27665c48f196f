package basip

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

// kind says what is particular to one sort of entity. All sorts share one API:
// list in pages, upsert a list, delete a list of link_ids, with an outcome for
// each item.
type kind[T any] struct {
	singular, plural string
	all              Operation // every entity, also those made at the panel
	list             Operation // those with a link_id
	upsert, delete   Operation
	minAPI           int // the first major API version that has them

	linkID      func(T) uuid.UUID
	name        func(T) string
	decode      func(json.RawMessage) (T, error)
	encode      func(T) (json.RawMessage, error)
	differences func(sent, held T) []string                                 // in words; empty when held is what was sent
	guard       func(context.Context, *Client, uuid.UUID) ([]string, error) // may refuse a deletion, or warn; nil: none
}

// Collection is the entities of one kind on one panel, keyed by link_id.
type Collection[T any] struct {
	client *Client
	kind   kind[T]
}

// Get returns the entity with a link_id as the panel lists it. The error is
// ErrNotFound when a whole listing does not have it.
func (c *Collection[T]) Get(ctx context.Context, id uuid.UUID) (Stored[T], error) {
	entries, err := c.entries(ctx)
	if err != nil {
		return Stored[T]{}, err
	}
	held, err := find(entries, c.kind, id)
	return Stored[T]{Held: held, HasDuplicates: c.namesakes(entries, held)}, err
}

// Missing returns those of the link_ids that the panel does not list.
func (c *Collection[T]) Missing(ctx context.Context, ids ...uuid.UUID) ([]uuid.UUID, error) {
	entries, err := c.entries(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id uuid.UUID) bool {
		_, err := find(entries, c.kind, id)
		return !errors.Is(err, ErrNotFound)
	}), nil
}

// namesakes reports whether another entity of the listing has item's name.
func (c *Collection[T]) namesakes(entries []entry[T], item T) bool {
	return slices.ContainsFunc(entries, func(e entry[T]) bool {
		return c.kind.linkID(e.value) != c.kind.linkID(item) && c.kind.name(e.value) == c.kind.name(item)
	})
}

// entries returns every entity with a link_id. An entity that could not be read
// is among them with its error, so that one odd entity hides no other.
func (c *Collection[T]) entries(ctx context.Context) ([]entry[T], error) {
	var entries []entry[T]
	err := c.client.exclusive(ctx, func(ctx context.Context) (err error) {
		if err := c.supported(ctx); err != nil {
			return err
		}
		entries, err = c.list(ctx, c.kind.list)
		return err
	})
	return entries, err
}

// Create puts a new entity on the panel, waits until the panel lists it, and
// returns it as the panel holds it. Nothing stays behind after an error, except
// after an *UnconfirmedError. The error is an *ExistsError when link_id or name
// are taken, and nothing is sent then: an upsert would take the other over.
func (c *Collection[T]) Create(ctx context.Context, item T) (Stored[T], error) {
	id := c.kind.linkID(item)
	var outcome stored
	err := c.client.exclusive(ctx, func(ctx context.Context) error {
		if err := c.supported(ctx); err != nil {
			return err
		}
		if err := c.free(ctx, id, c.kind.name(item)); err != nil {
			return err
		}
		var err error
		outcome, err = c.store(ctx, item, "create")
		return err
	})
	if err != nil {
		return Stored[T]{}, err
	}
	if outcome.updated {
		return Stored[T]{}, c.itemError("create", item, wordUpdated,
			"the panel changed an entity that was there already, although none with this name or link_id was listed; look at it on the panel before anything else")
	}
	held, err := c.confirm(ctx, item, outcome)
	var differs *DiffersError
	if errors.As(err, &differs) {
		// A person without the time profile meant for them may pass at any hour:
		// rather no entity than half of one.
		err = c.undo(ctx, differs, func(ctx context.Context) error {
			_, err := c.Delete(ctx, id)
			return err
		})
	}
	return Stored[T]{Held: held, HasDuplicates: outcome.duplicates}, err
}

// Stored is an entity after a write.
type Stored[T any] struct {
	Held          T    // as the panel lists it
	HasDuplicates bool // the panel has another entity with the name
	Recreated     bool // a change that the panel carried out as a creation: somebody had removed the entity at that moment
}

// Modify reads the entity with a link_id, lets change make the wanted one of it
// and stores that, so that what change leaves alone is sent back as it was: it
// is not known whether a panel keeps what is left out (contract §4). After an
// error the entity is as it was, except after an *UnconfirmedError or a
// *DiffersError that was not restored. The error is ErrNotFound when the panel
// does not have the entity, an *ExistsError when the new name is taken.
func (c *Collection[T]) Modify(ctx context.Context, id uuid.UUID, change func(T) T) (Stored[T], error) {
	var outcome stored
	var current, wanted T
	err := c.client.exclusive(ctx, func(ctx context.Context) error {
		if err := c.supported(ctx); err != nil {
			return err
		}
		entries, err := c.list(ctx, c.kind.list)
		if err != nil {
			return err
		}
		if current, err = find(entries, c.kind, id); err != nil {
			return err
		}
		wanted = change(current)
		if name := c.kind.name(wanted); name != c.kind.name(current) {
			if err := c.free(ctx, id, name, id); err != nil {
				return err
			}
		}
		outcome, err = c.store(ctx, wanted, "update")
		return err
	})
	if err != nil {
		return Stored[T]{}, err
	}
	held, err := c.confirm(ctx, wanted, outcome)
	var differs *DiffersError
	if errors.As(err, &differs) {
		err = c.undo(ctx, differs, func(ctx context.Context) error {
			err := c.client.exclusive(ctx, func(ctx context.Context) error {
				_, err := c.store(ctx, current, "restore")
				return err
			})
			if err == nil { // what has no link_id cannot be sent back
				_, err = c.confirm(ctx, current, stored{})
			}
			return err
		})
	}
	return Stored[T]{Held: held, HasDuplicates: outcome.duplicates, Recreated: outcome.created}, err
}

// Delete removes the entity with a link_id through the vendor's bulk-delete
// endpoint and returns when a listing that began afterwards does not have it
// any more; an entity that was not there is as good. The warnings tell what
// could not be checked beforehand.
func (c *Collection[T]) Delete(ctx context.Context, id uuid.UUID) (warnings []string, err error) {
	const maxSends = 3
	var sends, failures int
	accepted := false
	var last error
	err = poll.Until(ctx, c.client.backoff, func(ctx context.Context) (gone bool, err error) {
		err = c.client.exclusive(ctx, func(ctx context.Context) error {
			if err := c.supported(ctx); err != nil {
				return err
			}
			if !accepted && sends < maxSends {
				if sends == 0 && c.kind.guard != nil {
					if warnings, err = c.kind.guard(ctx, c.client, id); err != nil {
						return err
					}
				}
				sends++
				err := c.remove(ctx, id)
				if err != nil && !uncertain(err) {
					return err
				}
				accepted, last = err == nil, err
			}
			entries, err := c.list(ctx, c.kind.list)
			if err != nil {
				last = err
				if failures++; failures >= maxLookFailures || ctx.Err() != nil {
					return err
				}
				return nil
			}
			failures = 0
			_, err = find(entries, c.kind, id)
			gone = errors.Is(err, ErrNotFound)
			return nil
		})
		return gone, err
	})
	var gaveUp *poll.Error
	switch {
	case err == nil:
		return warnings, nil
	case accepted && ctx.Err() != nil:
		return warnings, &StillThereError{Panel: c.client.name, Kind: c.kind.singular, LinkIDs: []uuid.UUID{id}, Err: err}
	case errors.As(err, &gaveUp) && last != nil:
		return warnings, fmt.Errorf("%w: %w", last, err)
	default:
		return warnings, err
	}
}

// supported reports whether the panel's API has this kind at all. The caller
// must have the turn.
func (c *Collection[T]) supported(ctx context.Context) error {
	if c.client.device == nil {
		if err := c.client.identify(ctx); err != nil {
			return err
		}
	}
	if major := c.client.device.apiMajor(); major >= 0 && major < c.kind.minAPI {
		return fmt.Errorf("panel %q: %w: %s need API %d or later; %s is what answers", c.client.name, ErrUnsupported, c.kind.plural, c.kind.minAPI, c.client.device)
	}
	return nil
}
