package basip

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/bulk"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

// deletion is the outcome of a deletion that the panel accepted.
type deletion struct {
	warnings []string
	gone     bool // a listing that began afterwards does not have the entity
}

// Delete removes the entity with a link_id through the vendor's bulk-delete
// endpoint, together with others that are deleted at the moment, and returns when
// a listing that began afterwards does not have it any more; an entity that was
// not there is as good. The warnings tell what could not be checked beforehand.
func (c *Collection[T]) Delete(ctx context.Context, id uuid.UUID) (warnings []string, err error) {
	defer c.moves.end(c.moves.begin(id, deletes))
	accepted, err := c.deletes.Do(ctx, id)
	if ctx.Err() != nil && neverSent(err) {
		err = fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	if err != nil || accepted.gone {
		return accepted.warnings, err
	}
	failures := 0
	after := c.client.now()
	err = poll.Until(ctx, c.client.backoff, func(ctx context.Context) (gone bool, err error) {
		entries, err := c.lookFor(ctx, after, id)
		after = c.client.now()
		if err == nil {
			_, findErr := find(entries, c.kind, id)
			if !errors.Is(findErr, ErrListingUnreliable) {
				failures = 0
				return errors.Is(findErr, ErrNotFound), nil
			}
			err = findErr
		}
		if failures++; failures >= maxLookFailures || ctx.Err() != nil {
			return false, err
		}
		return false, nil
	})
	if err != nil {
		err = &StillThereError{Panel: c.client.name, Kind: c.kind.singular, LinkIDs: []uuid.UUID{id}, Err: err}
	}
	return accepted.warnings, err
}

// sendDeletes carries out one bulk deletion and looks what became of it. In
// between others get their turn, so that deletions that do not travel together
// share at least the listing that proves them.
func (c *Collection[T]) sendDeletes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bulk.Answer[deletion], error) {
	answers, sent, wroteAt, err := c.requestDeletes(ctx, ids)
	if err != nil || len(sent) == 0 {
		return answers, err
	}
	entries, err := c.lookFor(ctx, wroteAt, sent...)
	for _, id := range sent {
		answer := answers[id]
		_, findErr := find(entries, c.kind, id)
		answer.Result.gone = err == nil && errors.Is(findErr, ErrNotFound) // a listing that fails proves nothing
		answers[id] = answer
	}
	return answers, nil
}

// requestDeletes asks for one bulk deletion, and returns what the answer says, which
// of the entities were in the request, and when it was over.
func (c *Collection[T]) requestDeletes(ctx context.Context, ids []uuid.UUID) (answers map[uuid.UUID]bulk.Answer[deletion], sent []uuid.UUID, wroteAt time.Time, err error) {
	err = c.client.exclusive(ctx, func(ctx context.Context) error {
		if err := c.supported(ctx); err != nil {
			return err
		}
		verdicts, err := c.verdicts(ctx, ids)
		if err != nil {
			return err
		}
		answers = map[uuid.UUID]bulk.Answer[deletion]{}
		for _, id := range ids {
			if refusal := verdicts[id].refusal; refusal != nil {
				answers[id] = bulk.Answer[deletion]{Err: refusal}
			} else {
				sent = append(sent, id)
			}
		}
		if len(sent) == 0 {
			return nil
		}
		for _, id := range sent {
			c.deleted[id] = true
		}
		var answer results
		err = c.client.call(ctx, request{
			action: c.named("delete", sent...), op: c.kind.delete, body: map[string]any{"link_ids": sent},
		}, &answer)
		c.wrote()
		wroteAt = c.wroteAt
		for _, id := range sent {
			if warnings := verdicts[id].warnings; len(warnings) > 0 {
				c.warned[id] = warnings
			}
		}
		if err != nil {
			return bulkError(err)
		}
		for _, id := range sent {
			one := bulk.Answer[deletion]{Result: deletion{warnings: c.takeWarnings(id)}}
			if words, reason := answer.deletion(id); reason != "" {
				one.Err = &ItemError{Panel: c.client.name, Action: "delete " + c.kind.singular, LinkID: id, Words: words, Reason: reason}
			} else {
				delete(c.promises, id)
				delete(c.placed, id)
			}
			answers[id] = one
		}
		return nil
	})
	return answers, sent, wroteAt, err
}

// verdicts asks the kind's guard.
func (c *Collection[T]) verdicts(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]verdict, error) {
	if c.kind.guard == nil {
		return nil, nil
	}
	return c.kind.guard(ctx, c.client, ids)
}

// resolveDeletes looks, after a deletion whose answer was lost, what is gone.
func (c *Collection[T]) resolveDeletes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bulk.Answer[deletion], error) {
	answers := map[uuid.UUID]bulk.Answer[deletion]{}
	err := c.client.exclusive(ctx, func(ctx context.Context) error {
		entries, err := c.listedFor(ctx, c.client.now(), ids...)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := find(entries, c.kind, id); errors.Is(err, ErrNotFound) {
				answers[id] = bulk.Answer[deletion]{Result: deletion{warnings: c.takeWarnings(id), gone: true}}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking what became of it: %w", err)
	}
	return answers, nil
}

// takeWarnings returns the guard's warnings of a deletion, also of one that was
// sent before and found nothing any more the second time. The caller must have
// the turn.
func (c *Collection[T]) takeWarnings(id uuid.UUID) []string {
	warnings := c.warned[id]
	delete(c.warned, id)
	return warnings
}
