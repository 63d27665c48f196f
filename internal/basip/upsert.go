package basip

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/bulk"
)

// upsert is one creation or change on its way to the panel.
type upsert[T any] struct {
	id     uuid.UUID
	action string    // one of the constants
	make   func(T) T // of the entity that is there, if one is, the wanted one
	move   *move     // that it is part of
	former string    // the name before a temporary one; empty as long as there is none

	fate atomic.Int32 // whether it may have been sent; its caller may leave before that

	// Set when it is prepared, anew for each call.
	current T               // what was there
	wanted  T               // what is sent
	data    json.RawMessage // the same, encoded
	refused error           // why it is not sent
	sent    bool            // it has been in a call whose answer was lost
}

// answered is what becomes of one upsert of a call, upsertAnswers of all by link_id.
type (
	answered[T any]      = bulk.Answer[written[T]]
	upsertAnswers[T any] = map[uuid.UUID]answered[T]
)

// The fates of an upsert.
const (
	fateOpen int32 = iota
	fateSent
	fateWithdrawn
)

// claim reports whether the upsert is still to be sent. After that its caller
// cannot withdraw it any more.
func (op *upsert[T]) claim() bool {
	return op.fate.CompareAndSwap(fateOpen, fateSent) || op.fate.Load() == fateSent
}

// withdraw keeps the upsert from being sent, and reports whether it came in time.
func (op *upsert[T]) withdraw() bool { return op.fate.CompareAndSwap(fateOpen, fateWithdrawn) }

// errWithdrawn is nobody's to see: the caller of the upsert has left.
var errWithdrawn = errors.New("it was withdrawn before it was sent")

// written is the outcome of an upsert that the panel accepted.
type written[T any] struct {
	stored
	first look[T] // at the entity afterwards
}

// look is what a listing after a write says of an entity.
type look[T any] struct {
	held        T
	differences []string
	err         error // why nothing is said; ErrNotFound when it is not listed yet
	duplicates  bool  // another entity with its name is listed
}

// sendUpserts carries out one bulk upsert and looks what became of it.
func (c *Collection[T]) sendUpserts(ctx context.Context, ops []*upsert[T]) (answers upsertAnswers[T], err error) {
	err = c.client.exclusive(ctx, func(ctx context.Context) error {
		if err := c.supported(ctx); err != nil {
			return err
		}
		recently := c.ago(writeAge)
		taken, err := c.prepare(ctx, ops)
		if err != nil {
			return err
		}
		answers = upsertAnswers[T]{}
		var sent []*upsert[T]
		var ids []uuid.UUID
		var items []json.RawMessage
		for _, op := range ops {
			if op.refused == nil && !op.claim() {
				op.refused = errWithdrawn
			}
			if op.refused != nil {
				answers[op.id] = answered[T]{Err: op.refused}
				continue
			}
			sent, ids, items = append(sent, op), append(ids, op.id), append(items, op.data)
		}
		if len(sent) == 0 {
			return nil
		}
		known := c.known
		if !known.since(recently) { // what was looked at was the whole listing
			known = snapshot[T]{}
		}
		var answer results
		err = c.client.call(ctx, request{
			action: c.named(sent[0].action, ids...), op: c.kind.upsert, body: map[string]any{"list_items": items},
		}, &answer)
		c.wrote()
		if err != nil {
			if uncertain(err) {
				for _, op := range sent {
					op.sent = true
				}
				c.promised(sent, func(*upsert[T]) bool { return false })
			}
			return bulkError(err)
		}
		entries, listErr := c.afterUpserts(ctx, sent, known)
		for _, op := range sent {
			outcome, err := c.judge(op, answer)
			answers[op.id] = answered[T]{Result: written[T]{outcome, c.seen(op, entries, listErr)}, Err: err}
		}
		c.settleTakeovers(ctx, sent, answers, taken, entries)
		c.promised(sent, func(op *upsert[T]) bool {
			var unconfirmed *UnconfirmedError
			answer, seen := answers[op.id], answers[op.id].Result.first
			refused := answer.Err != nil && !errors.As(answer.Err, &unconfirmed)
			return refused || seen.err == nil && len(seen.differences) == 0
		})
		for _, op := range sent {
			if answers[op.id].Err == nil && (op.action == actionCreate || op.action == actionUpdate) {
				c.placed[op.id] = true
			}
		}
		return nil
	})
	return answers, err
}

// prepare makes what is to be sent of what is there, and refuses what would take
// another entity over. It returns what the panel lists, if it had to look for
// names. The caller must have the turn.
func (c *Collection[T]) prepare(ctx context.Context, ops []*upsert[T]) (taken []entry[T], err error) {
	frees := c.moves.count()
	var holders []holder // read when the first name needs them, then with those before in the same call
	var before []*upsert[T]
	for _, op := range ops {
		op.refused = nil
		var current T
		exists := false
		if op.action != actionCreate {
			entries, err := c.listed(ctx, c.ago(writeAge))
			if err != nil {
				return nil, err
			}
			if current, op.refused = find(entries, c.kind, op.id); op.refused != nil {
				continue
			}
			exists = true
		}
		op.current, op.wanted = current, op.make(current)
		if !exists || c.kind.name(op.wanted) != c.kind.name(current) {
			if holders == nil {
				if taken, err = c.taken(ctx); err != nil {
					return nil, err
				}
				holders = c.holders(taken)
				for _, op := range before {
					holders = append(holders, c.sending(op))
				}
			}
			if op.refused = c.collision(holders, op, exists, frees); op.refused != nil {
				continue
			}
		}
		if op.data, op.refused = c.kind.encode(op.wanted); op.refused == nil {
			before = append(before, op)
			if holders != nil {
				holders = append(holders, c.sending(op))
			}
			if op.action == actionUpdate && c.kind.name(op.wanted) != c.kind.name(current) {
				c.moves.keep(op.move, c.holder(current))
			}
		}
	}
	return taken, nil
}

// judge returns what the answer says of one item.
func (c *Collection[T]) judge(op *upsert[T], answer results) (stored, error) {
	outcome, words, reason := answer.upsert(op.id)
	switch {
	case outcome.unclear:
		return outcome, &UnconfirmedError{c.itemError(op.action, op.wanted, words, reason)}
	case reason != "":
		return outcome, c.itemError(op.action, op.wanted, words, reason)
	case op.action == actionCreate && outcome.updated && !op.sent: // if it was sent before, that is what was updated
		return outcome, &takeoverError{c.itemError(op.action, op.wanted, wordUpdated,
			"the panel changed an entity that was there already, although none with this name or link_id was listed; "+
				"somebody may have made it at the same moment, another program or a second provider configuration of this panel, such as an alias; look at it on the panel before anything else")}
	}
	return outcome, nil
}

// seen returns what a listing says of an item.
func (c *Collection[T]) seen(op *upsert[T], entries []entry[T], err error) look[T] {
	l := look[T]{err: err}
	if err == nil {
		l.held, l.err = find(entries, c.kind, op.id)
	}
	if l.err == nil {
		l.differences = c.kind.differences(op.wanted, l.held)
		l.duplicates = c.namesakes(entries, l.held)
	}
	return l
}

// resolveUpserts looks, after an upsert whose answer was lost, what was stored.
func (c *Collection[T]) resolveUpserts(ctx context.Context, ops []*upsert[T]) (map[uuid.UUID]bulk.Answer[written[T]], error) {
	entries, err := c.look(ctx, c.client.now())
	if err != nil {
		return nil, fmt.Errorf("looking what became of it: %w", err)
	}
	answers := map[uuid.UUID]bulk.Answer[written[T]]{}
	for _, op := range ops {
		if op.refused != nil {
			answers[op.id] = bulk.Answer[written[T]]{Err: op.refused}
		} else if seen := c.seen(op, entries, nil); seen.err == nil && len(seen.differences) == 0 {
			answers[op.id] = bulk.Answer[written[T]]{Result: written[T]{first: seen}}
		}
	}
	return answers, nil
}

func (c *Collection[T]) itemError(action string, item T, words, reason string) *ItemError {
	return &ItemError{
		Panel: c.client.name, Action: action + " " + c.kind.singular,
		LinkID: c.kind.linkID(item), Name: c.kind.name(item), Words: words, Reason: reason,
	}
}
