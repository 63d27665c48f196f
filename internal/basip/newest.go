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
	if newest, ok := c.newest(ctx, ids, known.entries); ok {
		c.known = snapshot[T]{entries: slices.Concat(known.entries, newest), began: known.began}
		return c.known.entries, nil
	}
	entries, err := c.listed(ctx, c.wroteAt)
	c.unsorted = err == nil && c.standsBefore(entries, ids)
	return entries, err
}

// standsBefore reports whether new entities are listed far from the end: the order
// of a listing is nowhere documented, and the next look there would be in vain as
// well.
func (c *Collection[T]) standsBefore(entries []entry[T], ids map[uuid.UUID]bool) bool {
	early := entries[:max(0, len(entries)-len(ids)-pageSize)]
	return slices.ContainsFunc(early, func(e entry[T]) bool { return ids[c.kind.linkID(e.value)] })
}

// newest looks for new entities on the last pages of a listing, which is where a
// panel lists them that goes by its own numbers. It returns them when it has found
// each of them once, and nothing that tells that what was known is not all there
// is.
func (c *Collection[T]) newest(ctx context.Context, ids map[uuid.UUID]bool, known []entry[T]) (found []entry[T], ok bool) {
	expected := map[uuid.UUID]bool{}
	for _, e := range known {
		expected[c.kind.linkID(e.value)] = true
	}
	total := len(known) + len(ids)
	last := (total + pageSize - 1) / pageSize
	first := len(known)/pageSize + 1 // the page of the first new one
	seen := map[uuid.UUID]bool{}
	for number := last; number >= first; number-- {
		p, err := c.page(ctx, c.kind.list, number)
		if err != nil { // the whole listing that follows reports it
			return nil, false
		}
		if items, _ := p.totals(); items >= 0 && items != total {
			return nil, false
		}
		for _, raw := range p.Items {
			value, err := c.kind.decode(raw)
			switch id := c.kind.linkID(value); {
			case ids[id] && !seen[id]:
				seen[id] = true
				found = append(found, entry[T]{value: value, err: err})
			case !expected[id]:
				return nil, false
			}
		}
	}
	return found, len(seen) == len(ids)
}
