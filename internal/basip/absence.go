package basip

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// While the pages of a listing are read, another system may remove one entity and
// add one: the count stays the same, and what slides across the border of two pages
// is in none of them. Absence from a listing counts only if that cannot have
// happened: the listing has one page, or the same entities as the one before,
// except for those that were deleted by us. Who adds or removes anything shows as
// a difference.

// maxAgreement is how many more listings are read to find two that agree.
const maxAgreement = 4

// lookFor returns the entities with a link_id by a listing that began at or after a
// time, when it is this caller's turn. If one of ids is absent from it, that is
// certain.
func (c *Collection[T]) lookFor(ctx context.Context, after time.Time, ids ...uuid.UUID) (entries []entry[T], err error) {
	err = c.client.exclusive(ctx, func(ctx context.Context) error {
		if err := c.supported(ctx); err != nil {
			return err
		}
		entries, err = c.listedFor(ctx, after, ids...)
		return err
	})
	return entries, err
}

// listedFor is lookFor for a caller that has the turn.
func (c *Collection[T]) listedFor(ctx context.Context, after time.Time, ids ...uuid.UUID) ([]entry[T], error) {
	entries, err := c.listed(ctx, after)
	if err != nil || !slices.ContainsFunc(ids, func(id uuid.UUID) bool {
		_, err := find(entries, c.kind, id)
		return errors.Is(err, ErrNotFound)
	}) {
		return entries, err
	}
	return c.certain(ctx, after)
}

// certain returns the entities with a link_id by a listing that began at or after a
// time and from which every absence counts. The caller must have the turn.
func (c *Collection[T]) certain(ctx context.Context, after time.Time) ([]entry[T], error) {
	entries, err := c.listed(ctx, after)
	return c.agreed(ctx, c.kind.list, &c.linked, entries, err, c.relist)
}

// certainWhole is certain for all entities.
func (c *Collection[T]) certainWhole(ctx context.Context, after time.Time) ([]entry[T], error) {
	entries, err := c.listedWhole(ctx, after)
	return c.agreed(ctx, c.kind.all, &c.whole, entries, err, c.relistWhole)
}

// agreed reads a listing again until an absence from it counts.
func (c *Collection[T]) agreed(ctx context.Context, op Operation, last *snapshot[T], entries []entry[T], err error, again func(context.Context) ([]entry[T], error)) ([]entry[T], error) {
	for range maxAgreement {
		if err != nil || last.certain {
			return entries, err
		}
		entries, err = again(ctx)
	}
	if err != nil || last.certain {
		return entries, err
	}
	return nil, c.unreliable(op, fmt.Errorf("%w: of %d listings no two hold the same", errMoved, maxAgreement+1), "Somebody may be changing the panel at this moment; try again.")
}

// confirms reports whether a listing l makes every absence from it certain, by
// itself or by the listing before. The caller must have the turn.
func (c *Collection[T]) confirms(l listing[T], before snapshot[T]) bool {
	if l.single {
		return true
	}
	if before.began.IsZero() {
		return false
	}
	left := map[string]int{}
	for _, e := range before.entries {
		left[c.identity(e.value)]++
	}
	for _, e := range l.entries {
		key := c.identity(e.value)
		if left[key]--; left[key] < 0 {
			return false
		}
	}
	removed := false
	for _, e := range before.entries {
		if left[c.identity(e.value)] > 0 {
			removed = true
			if !c.deleted[c.kind.linkID(e.value)] {
				return false
			}
		}
	}
	// Without a count, one that is missing may have slid away, and an entity that
	// somebody removes meanwhile does not show.
	return l.counted || !removed && before.since(c.wroteAt)
}

// identity tells entities apart, those of other systems too.
func (c *Collection[T]) identity(item T) string {
	return fmt.Sprintf("%s %d %q", c.kind.linkID(item), valueOr(c.kind.uid(item), 0), c.kind.name(item))
}
