package basip

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/bulk"
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
	uid         func(T) *int64 // the panel's own number, nil when it does not tell
	name        func(T) string
	renamed     func(T, string) T
	decode      func(json.RawMessage) (T, error)
	encode      func(T) (json.RawMessage, error)
	differences func(sent, held T) []string // in words; empty when held is what was sent

	// guard judges deletions before they are sent. The caller has the turn.
	guard func(context.Context, *Client, []uuid.UUID) (map[uuid.UUID]verdict, error)
}

// verdict is what a guard says of one deletion.
type verdict struct {
	warnings []string // what the user should know
	refusal  error    // why it must not be sent
}

// Collection is the entities of one kind on one panel, keyed by link_id.
// Operations that are asked for side by side travel together.
type Collection[T any] struct {
	client  *Client
	kind    kind[T]
	upserts *bulk.Group[uuid.UUID, *upsert[T], written[T]]
	deletes *bulk.Group[uuid.UUID, uuid.UUID, deletion]
	moves   *moves

	// Whoever has the client's turn may use what follows.
	linked   snapshot[T]            // of the entities with a link_id
	known    snapshot[T]            // the same as listed last, and what we have created since
	last     snapshot[T]            // the same as listed last, whatever was written since
	unsorted bool                   // new entities are not listed at the end
	promises map[uuid.UUID]T        // what was sent and is not listed yet
	placed   map[uuid.UUID]bool     // what was created or changed by us
	whole    snapshot[T]            // of all entities
	wroteAt  time.Time              // the end of our last write
	deleted  map[uuid.UUID]bool     // of which we have ever asked for the deletion
	warned   map[uuid.UUID][]string // the guard's warnings of deletions whose answer was lost
}

func newCollection[T any](client *Client, kind kind[T], cfg Config) *Collection[T] {
	c := &Collection[T]{client: client, kind: kind, warned: map[uuid.UUID][]string{}, promises: map[uuid.UUID]T{}, placed: map[uuid.UUID]bool{}, deleted: map[uuid.UUID]bool{}}
	c.moves = newMoves(cfg.NameWait)
	c.upserts = bulk.New(bulk.Options[uuid.UUID, *upsert[T], written[T]]{
		Key:     func(u *upsert[T]) uuid.UUID { return u.id },
		Same:    func(a, b *upsert[T]) bool { return false },
		Send:    c.sendUpserts,
		Resolve: c.resolveUpserts,
		Max:     cfg.MaxItems,
		Company: cfg.Company,
	})
	c.deletes = bulk.New(bulk.Options[uuid.UUID, uuid.UUID, deletion]{
		Key:     func(id uuid.UUID) uuid.UUID { return id },
		Send:    c.sendDeletes,
		Resolve: c.resolveDeletes,
		Max:     cfg.MaxItems,
		Company: cfg.Company,
	})
	return c
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
		return &Error{
			Panel: c.client.name, Problem: "does not support " + c.kind.plural,
			Err: fmt.Errorf("%w: %s need API %d or later (the device that answers: %s)", ErrUnsupported, c.kind.plural, c.kind.minAPI, c.client.device),
		}
	}
	return nil
}

// named names one or several entities in an action: "delete user 0a6b…", "delete
// 12 users".
func (c *Collection[T]) named(action string, ids ...uuid.UUID) string {
	if len(ids) == 1 {
		return fmt.Sprintf("%s %s %s", action, c.kind.singular, ids[0])
	}
	return fmt.Sprintf("%s %d %s", action, len(ids), c.kind.plural)
}
