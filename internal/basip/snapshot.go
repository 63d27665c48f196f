package basip

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
)

// How old a listing may be that serves instead of a new one. Whatever its age, a
// listing of linked entities is dropped by our own writes.
const (
	refreshAge = 30 * time.Second // for a refresh: a thousand Reads share one listing
	localAge   = 10 * time.Second // for what was made at the panel, when a name is to be taken
	writeAge   = 2 * time.Second  // for the look before a write
)

// snapshot is a whole listing and when it began.
type snapshot[T any] struct {
	entries []entry[T]
	began   time.Time // zero: there is none
	certain bool      // what is absent from it was absent from the panel
}

// since reports whether there is a listing that began at t or later.
func (s snapshot[T]) since(t time.Time) bool { return !s.began.IsZero() && !s.began.Before(t) }

// listed returns the entities with a link_id by a listing that began at or after
// a time. Whoever waited for the turn meanwhile finds the listing of the one
// before. The caller must have the turn.
func (c *Collection[T]) listed(ctx context.Context, after time.Time) ([]entry[T], error) {
	if c.linked.since(after) {
		return c.linked.entries, nil
	}
	return c.relist(ctx)
}

// relist reads the entities with a link_id anew. The caller must have the turn.
func (c *Collection[T]) relist(ctx context.Context) ([]entry[T], error) {
	began := c.client.now()
	l, err := c.list(ctx, c.kind.list)
	if err != nil {
		return nil, err
	}
	c.linked = snapshot[T]{l.entries, began, c.confirms(l, c.last)}
	c.known, c.last = c.linked, c.linked
	c.fulfil(l.entries)
	return l.entries, nil
}

// listedWhole is listed for all entities, those made at the panel among them. The
// error is ErrNoSuchPath when the panel does not list them: that path is the
// least certain one (contract §0, row 6). The caller must have the turn.
func (c *Collection[T]) listedWhole(ctx context.Context, after time.Time) ([]entry[T], error) {
	if c.whole.since(after) {
		return c.whole.entries, nil
	}
	return c.relistWhole(ctx)
}

// relistWhole is relist for all entities.
func (c *Collection[T]) relistWhole(ctx context.Context) ([]entry[T], error) {
	began := c.client.now()
	l, err := c.list(ctx, c.kind.all)
	if err != nil {
		return nil, err
	}
	c.whole = snapshot[T]{l.entries, began, c.confirms(l, c.whole)}
	return l.entries, nil
}

// wrote drops what is known of linked entities, except for what lately needs. Of
// the whole listing, what was made at the panel goes on to count: our writes do not
// touch that.
func (c *Collection[T]) wrote() {
	c.linked, c.known, c.wroteAt = snapshot[T]{}, snapshot[T]{}, c.client.now()
}

// ago returns the time a duration ago, by the client's clock.
func (c *Collection[T]) ago(d time.Duration) time.Time { return c.client.now().Add(-d) }

// recent returns since when a listing of all entities must have begun to tell
// those with a link_id as they are now.
func (c *Collection[T]) recent() time.Time {
	if recent := c.ago(writeAge); recent.After(c.wroteAt) {
		return recent
	}
	return c.wroteAt
}

// look returns the entities with a link_id by a listing that began at or after a
// time, when it is this caller's turn.
func (c *Collection[T]) look(ctx context.Context, after time.Time) (entries []entry[T], err error) {
	err = c.client.exclusive(ctx, func(ctx context.Context) error {
		if err := c.supported(ctx); err != nil {
			return err
		}
		entries, err = c.listed(ctx, after)
		return err
	})
	return entries, err
}

// taken returns every entity that a new one could collide with: those with a
// link_id as they are now, and those made at the panel. The caller must have the
// turn.
func (c *Collection[T]) taken(ctx context.Context) ([]entry[T], error) {
	whole, err := c.listedWhole(ctx, c.ago(localAge))
	switch {
	case errors.Is(err, ErrNoSuchPath):
		return c.ownNames(ctx)
	case err != nil:
		return nil, err
	case c.whole.since(c.recent()) && c.whole.since(c.last.began): // a later one may have shown that something is gone
		return whole, nil
	}
	linked, err := c.ownNames(ctx)
	if err != nil {
		return nil, err
	}
	local := slices.DeleteFunc(slices.Clone(whole), func(e entry[T]) bool { return c.kind.linkID(e.value) != uuid.Nil })
	return append(local, linked...), nil
}

// ownNames returns the entities with a link_id whose names are taken: those of a
// recent listing and what we have created since. The caller must have the turn.
func (c *Collection[T]) ownNames(ctx context.Context) ([]entry[T], error) {
	if c.known.since(c.ago(writeAge)) {
		return c.known.entries, nil
	}
	return c.listed(ctx, c.ago(writeAge))
}

// lately returns the entities with a link_id as they were a moment ago, before what
// we may have written since: for what no write of ours changes. The caller must
// have the turn.
func (c *Collection[T]) lately(ctx context.Context) ([]entry[T], error) {
	if c.last.since(c.ago(writeAge)) {
		return c.last.entries, nil
	}
	return c.listed(ctx, c.ago(writeAge))
}

// promised notes which of the entities of a call no listing has shown yet as they
// were sent: their names are taken, until they are listed or deleted. settled says
// of which there is nothing left to wait for. The caller must have the turn.
func (c *Collection[T]) promised(ops []*upsert[T], settled func(*upsert[T]) bool) {
	for _, op := range ops {
		if settled(op) {
			delete(c.promises, op.id)
		} else {
			c.promises[op.id] = op.wanted
		}
	}
}

// fulfil drops the promises that a listing shows. The caller must have the turn.
func (c *Collection[T]) fulfil(entries []entry[T]) {
	for _, e := range entries {
		id := c.kind.linkID(e.value)
		if wanted, ok := c.promises[id]; ok && c.kind.name(e.value) == c.kind.name(wanted) {
			delete(c.promises, id)
		}
	}
}
