package basip

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

// undoTime is how long taking a write back may take, also after Ctrl-C.
const undoTime = 10 * time.Second

// maxLookFailures is how many listings in a row may fail while a write is being
// confirmed, each retried by the transport already.
const maxLookFailures = 3

// confirm waits until the panel lists an entity as it was sent. The first look
// came with the write; the others use listings that begin after the one before.
func (c *Collection[T]) confirm(ctx context.Context, op *upsert[T], outcome written[T]) (look[T], error) {
	seen := outcome.first
	var last error
	var since time.Time
	failures := 0
	after := c.client.now()
	first := true
	settled := func() bool {
		if since.IsZero() {
			since = time.Now()
		}
		return time.Since(since) >= c.client.settle
	}
	err := poll.Until(ctx, c.client.backoff, func(ctx context.Context) (bool, error) {
		if !first {
			entries, err := c.look(ctx, after)
			seen = c.seen(op, entries, err)
			after = c.client.now()
		}
		first = false
		switch {
		case errors.Is(seen.err, ErrNotFound):
			last, failures = seen.err, 0
			// With a warning about a reference, it may be that the panel has not
			// stored it at all, and then there is nothing to wait for (§2.4).
			return len(outcome.bound) > 0 && settled(), nil
		case seen.err != nil:
			if failures++; failures >= maxLookFailures || ctx.Err() != nil {
				return false, seen.err
			}
			last = seen.err
			return false, nil
		case len(seen.differences) == 0:
			return true, nil
		}
		failures = 0
		return len(outcome.bound) > 0 || settled(), nil
	})
	switch {
	case err != nil && last != nil && ctx.Err() != nil:
		return seen, &UnconfirmedError{fmt.Errorf("panel %q: waiting until %s %s is listed: %w: %w", c.client.name, c.kind.singular, op.id, last, err)}
	case err != nil:
		return seen, &UnconfirmedError{err}
	case len(seen.differences) > 0 || len(outcome.bound) > 0:
		return seen, &DiffersError{Panel: c.client.name, Kind: c.kind.singular, LinkID: op.id, Differences: seen.differences, Words: outcome.bound.String()}
	}
	return seen, nil
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
