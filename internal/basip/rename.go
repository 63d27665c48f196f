package basip

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/bulk"
)

// temporaryName is the name of an entity that made way for others: one that a
// person understands, valid on a panel, and nobody else's.
func temporaryName(id uuid.UUID) string {
	return "~gatehouse " + strings.ReplaceAll(id.String(), "-", "")
}

// write carries out one upsert in company of others, as soon as nothing else has
// the link_id or name that it needs. An error that leaves open what the panel did
// is an *UnconfirmedError.
func (c *Collection[T]) write(ctx context.Context, op *upsert[T]) (written[T], error) {
	start := time.Now()
	for last := false; ; {
		outcome, err := c.upserts.Do(ctx, op)
		var held *heldError
		if !errors.As(err, &held) {
			err = op.outcome(ctx, err)
			var unconfirmed *UnconfirmedError
			if err != nil && !errors.As(err, &unconfirmed) {
				err = c.stepBack(ctx, op, err)
			}
			return outcome, err
		}
		what := giveUp
		var failure error
		if !last {
			what, failure = c.moves.wait(ctx, op.move, held)
		}
		switch {
		case last, errors.Is(ctx.Err(), context.DeadlineExceeded):
			held.Waited = max(time.Since(start).Round(time.Millisecond), time.Millisecond)
			failure = held.ExistsError
			c.moves.gaveUp(op.move)
		case failure != nil: // interrupted
		case what == giveUp:
			last = true // one more look, since what others free on the panel is no movement here
		case what == stepAside:
			failure = c.stepAside(ctx, op, held)
		}
		if failure != nil {
			return outcome, c.stepBack(ctx, op, failure)
		}
	}
}

// outcome says what an error means for an upsert.
func (op *upsert[T]) outcome(ctx context.Context, err error) error {
	var unknown *bulk.UnknownError
	var unconfirmed *UnconfirmedError
	switch {
	case err == nil, errors.As(err, &unconfirmed):
		return err
	case errors.As(err, &unknown):
		return &UnconfirmedError{err}
	case ctx.Err() == nil, op.withdraw():
		return err
	}
	return &UnconfirmedError{err}
}

// stepAside gives an entity a temporary name, so that operations that wait for its
// name can go on. With ten operations at a time, a chain of twelve renamings would
// wait for ever otherwise.
func (c *Collection[T]) stepAside(ctx context.Context, op *upsert[T], held *heldError) error {
	aside := &upsert[T]{id: op.id, action: actionAside, move: op.move, make: func(current T) T {
		return c.kind.renamed(current, temporaryName(op.id))
	}}
	outcome, err := c.upserts.Do(ctx, aside)
	err = aside.outcome(ctx, err)
	var unconfirmed *UnconfirmedError
	if err == nil || errors.As(err, &unconfirmed) {
		op.former = held.former
	}
	if err == nil {
		_, err = c.confirm(ctx, aside, outcome)
	}
	if err == nil {
		c.moves.steppedAside(op.move)
	}
	return err
}

// stepBack gives an entity that stepped aside its former name again, after the
// operation has failed with err.
func (c *Collection[T]) stepBack(ctx context.Context, op *upsert[T], err error) error {
	if op.former == "" {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	back := &upsert[T]{id: op.id, action: actionRestore, move: op.move, make: func(current T) T {
		return c.kind.renamed(current, op.former)
	}}
	outcome, backErr := c.upserts.Do(ctx, back)
	if backErr == nil {
		_, backErr = c.confirm(ctx, back, outcome)
	}
	if backErr != nil {
		return &AsideError{Kind: c.kind.singular, Temporary: temporaryName(op.id), Former: op.former, Err: err, Back: backErr}
	}
	op.former = ""
	var differs *DiffersError
	if errors.As(err, &differs) { // the temporary name was stored differently
		differs.Restored = true
	}
	return err
}
