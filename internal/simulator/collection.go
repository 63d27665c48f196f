package simulator

import (
	"crypto/sha256"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A collection is one kind of entity on one panel, in ascending order of uid.
// Besides what is stored it knows what a listing shows, which is not the same
// thing: devices are eventually consistent (contract §5.5), so a deleted
// entity may linger in listings and a new one may be slow to appear.
//
// The panel's lock guards it.
type collection[T entity[T]] struct {
	records []*record[T]
	ghosts  []*ghost[T]
	lastUID int
}

// A record is a stored entity; hide is in how many further listings it is left
// out, and hidden whether the listing now in progress leaves it out.
type record[T any] struct {
	item   T
	hide   int
	hidden bool
}

// A ghost is a deleted entity that listings still show: left more times, or
// until a moment, whichever ends later. showing belongs to the listing in
// progress, so that its later pages agree with its first one.
type ghost[T any] struct {
	item    T
	left    int
	showing bool
	until   time.Time
}

func (c *collection[T]) byUID(uid int) *record[T] {
	return c.find(func(k key) bool { return k.uid == uid })
}

// byLink finds the entity with the link_id; case does not matter (contract
// §11 row 14). Local entities have none and are never found.
func (c *collection[T]) byLink(linkID string) *record[T] {
	if linkID == "" {
		return nil
	}
	return c.find(func(k key) bool { return strings.EqualFold(k.linkID, linkID) })
}

// byName finds the oldest entity with the name.
func (c *collection[T]) byName(name string, same func(a, b string) bool) *record[T] {
	return c.find(func(k key) bool { return same(k.name, name) })
}

func (c *collection[T]) find(match func(key) bool) *record[T] {
	for _, r := range c.records {
		if match(r.item.key()) {
			return r
		}
	}
	return nil
}

// nameTaken reports whether an entity other than uid has the name.
func (c *collection[T]) nameTaken(name string, uid int, same func(a, b string) bool) bool {
	return c.find(func(k key) bool { return same(k.name, name) && k.uid != uid }) != nil
}

// add stores item under its uid, or under the next one when it has none.
func (c *collection[T]) add(item T) *record[T] {
	if item.key().uid == 0 {
		item = item.withUID(c.lastUID + 1)
	}
	uid := item.key().uid
	c.lastUID = max(c.lastUID, uid)
	c.lay(item.key().linkID)
	r := &record[T]{item: item}
	at, _ := slices.BinarySearchFunc(c.records, uid, func(r *record[T], uid int) int {
		return r.item.key().uid - uid
	})
	c.records = slices.Insert(c.records, at, r)
	return r
}

// set stores item from outside the vendor API: it replaces the entity with the
// same uid or else the same link_id, which keeps its uid, or adds a new one.
func (c *collection[T]) set(item T) {
	k := item.key()
	old := c.byUID(k.uid)
	if old == nil {
		old = c.byLink(k.linkID)
	}
	if old == nil {
		c.add(item)
		return
	}
	c.lay(k.linkID)
	*old = record[T]{item: item.withUID(old.item.key().uid)}
}

// replace makes items the whole content. The uid counter never goes back, so
// no later entity gets the uid of an earlier one.
func (c *collection[T]) replace(items []T) {
	c.records, c.ghosts = nil, nil
	// Those with a uid go first: otherwise one without could be given a uid
	// that a later one asks for.
	for _, item := range items {
		if item.key().uid != 0 {
			c.add(item.copied())
		}
	}
	for _, item := range items {
		if item.key().uid == 0 {
			c.add(item.copied())
		}
	}
}

func (c *collection[T]) snapshot() []T {
	out := make([]T, 0, len(c.records))
	for _, r := range c.records {
		out = append(out, r.item.copied())
	}
	return out
}

func (c *collection[T]) remove(r *record[T]) {
	c.records = slices.DeleteFunc(c.records, func(other *record[T]) bool { return other == r })
}

// retire removes r but lets the next listings show it, and every listing
// before until.
func (c *collection[T]) retire(r *record[T], listings int, now, until time.Time) {
	c.remove(r)
	if listings > 0 || now.Before(until) {
		c.ghosts = append(c.ghosts, &ghost[T]{r.item, listings, listings > 0, until})
	}
}

// lay removes the ghosts with a link_id that is about to be live again.
func (c *collection[T]) lay(linkID string) {
	if linkID == "" {
		return
	}
	c.ghosts = slices.DeleteFunc(c.ghosts, func(g *ghost[T]) bool {
		return strings.EqualFold(g.item.key().linkID, linkID)
	})
}

// shown returns what a listing shows. The first page starts a listing, and
// with it the countdowns of ghosts and hidden records move by one.
func (c *collection[T]) shown(firstPage bool, now time.Time) []T {
	var out []T
	for _, r := range c.records {
		if firstPage {
			r.hidden = r.hide > 0
			r.hide = max(0, r.hide-1)
		}
		if !r.hidden {
			out = append(out, r.item)
		}
	}
	c.ghosts = slices.DeleteFunc(c.ghosts, func(g *ghost[T]) bool {
		if firstPage {
			g.showing = g.left > 0
			g.left = max(0, g.left-1)
		}
		if !g.showing && !now.Before(g.until) {
			return true
		}
		out = append(out, g.item)
		return false
	})
	slices.SortStableFunc(out, func(a, b T) int { return a.key().uid - b.key().uid })
	return out
}

// moveOn removes the first entity and adds one like it at the end.
func (c *collection[T]) moveOn() {
	if len(c.records) == 0 {
		return
	}
	item := c.records[0].item
	c.remove(c.records[0])
	sum := sha256.Sum256([]byte("moved " + strconv.Itoa(c.lastUID)))
	c.add(item.withUID(0).withLinkID(formatUUID([16]byte(sum[:16]))))
}
