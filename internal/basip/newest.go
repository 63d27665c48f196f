package basip

import (
	"context"
	"slices"

	"github.com/google/uuid"
)

// afterUpserts returns what a listing says of the entities that were just written.
// That of new ones is cut short: to be on one page proves that an entity is there,
// and with a thousand users a whole listing after each ten would take most of the
// time. The rest of what is returned is then what was known before the call. The
// caller must have the turn.
func (c *Collection[T]) afterUpserts(ctx context.Context, ops []*upsert[T], known snapshot[T]) ([]entry[T], error) {
	fresh := func(op *upsert[T]) bool { return op.action == actionCreate && !op.sent }
	if known.began.IsZero() || c.unsorted || slices.ContainsFunc(ops, func(op *upsert[T]) bool { return !fresh(op) }) {
		return c.listed(ctx, c.wroteAt)
	}
	ids := map[uuid.UUID]bool{}
	for _, op := range ops {
		ids[op.id] = true
	}
	if newest, ok := c.newest(ctx, ids, len(known.entries)+len(ids)); ok {
		c.known = snapshot[T]{slices.Concat(known.entries, newest), known.began}
		return c.known.entries, nil
	}
	entries, err := c.listed(ctx, c.wroteAt)
	// The order of a listing is nowhere documented. If they are listed, but not at
	// the end, the next look there would be in vain as well.
	c.unsorted = err == nil && slices.ContainsFunc(entries, func(e entry[T]) bool { return ids[c.kind.linkID(e.value)] })
	return entries, err
}

// newest looks for new entities on the last pages of a listing of so many, which
// is where a panel lists them that goes by its own numbers. It returns them when
// it has found each of them once.
func (c *Collection[T]) newest(ctx context.Context, ids map[uuid.UUID]bool, total int) (found []entry[T], ok bool) {
	last := (total + pageSize - 1) / pageSize
	first := (total-len(ids))/pageSize + 1 // the page of the first new one
	seen := map[uuid.UUID]bool{}
	for number := last; number >= first; number-- {
		p, err := c.page(ctx, c.kind.list, number)
		if err != nil { // the whole listing that follows reports it
			return nil, false
		}
		for _, raw := range p.Items {
			value, err := c.kind.decode(raw)
			id := c.kind.linkID(value)
			if !ids[id] {
				continue
			}
			if seen[id] {
				return nil, false
			}
			seen[id] = true
			found = append(found, entry[T]{value, err})
		}
	}
	return found, len(seen) == len(ids)
}
