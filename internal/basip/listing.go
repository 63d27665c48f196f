package basip

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

// Limits of a listing, contract §2.3 and §9.
const (
	pageSize     = 50   // the largest documented page
	smallestPage = 10   // the smallest
	maxPages     = 1000 // more than any panel holds
	listAttempts = 3    // a listing that changes while it is read is read again
)

// entry is one entity of a listing; err says what of it could not be read. Its
// link_id and name are set all the same where the panel gave them.
type entry[T any] struct {
	value T
	err   error

	// doubt, when not nil, says that it is not certain which entity this is: its
	// link_id cannot be read, so that it may be any, or another has the same.
	doubt error
}

// listing is what the pages of a listing hold together.
type listing[T any] struct {
	entries []entry[T]
	single  bool // one page holds them all
	counted bool // each page told the same total
}

// errMoved: the listing changed while its pages were read.
var errMoved = errors.New("it changed while its pages were read")

// page is one page of a listing, with both spellings of its options (§2.3).
type page struct {
	Items   pageItems   `json:"list_items"` // nil when the answer has none
	Option  *listOption `json:"list_option"`
	Options *listOption `json:"list_options"`
}

// pageItems is at most as many items as a page was asked to have. Further ones are
// refused while they are read, before they take memory.
type pageItems []json.RawMessage

// UnmarshalJSON implements json.Unmarshaler.
func (p *pageItems) UnmarshalJSON(data []byte) error {
	if *p = nil; string(data) == "null" {
		return nil
	}
	*p = pageItems{}
	return eachItem(data, func(item json.RawMessage) error {
		if len(*p) == pageSize {
			return fmt.Errorf("%w: more than the %d that were asked for", errPageTooLong, pageSize)
		}
		*p = append(*p, item) // a part of the answer, which nobody changes
		return nil
	})
}

// errPageTooLong: a page has more items than it was asked to have.
var errPageTooLong = errors.New("a page of the listing has too many items")

type listOption struct {
	Pagination struct {
		TotalItems *int `json:"total_items"`
		TotalPages *int `json:"total_pages"`
	} `json:"pagination"`
}

// totals returns the number of items and pages, -1 for what is not told.
func (p page) totals() (items, pages int) {
	items, pages = -1, -1
	option := p.Option
	if option == nil {
		option = p.Options
	}
	if option == nil {
		return items, pages
	}
	if option.Pagination.TotalItems != nil {
		items = *option.Pagination.TotalItems
	}
	if option.Pagination.TotalPages != nil {
		pages = *option.Pagination.TotalPages
	}
	return items, pages
}

// list reads all pages of a listing. What it returns is whole: a listing that
// moves, repeats itself or falls short of its own count is an error, because
// absence from a listing is what proves a deletion. The caller must have the
// turn, so that no write of ours moves the pages.
func (c *Collection[T]) list(ctx context.Context, op Operation) (listing[T], error) {
	var err error
	for range listAttempts {
		var l listing[T]
		l, err = c.listOnce(ctx, op)
		if !errors.Is(err, errMoved) {
			return l, err
		}
	}
	return listing[T]{}, c.unreliable(op, err, "Somebody may be changing the panel at this moment; try again.")
}

func (c *Collection[T]) unreliable(op Operation, err error, hint string) error {
	return &Error{
		Panel: c.client.name, Problem: "gave an incomplete listing", Action: "list " + c.kind.plural, Method: c.client.paths[op][0].method, Path: c.client.base.Path + c.client.paths[op][0].path,
		Status: http.StatusOK, Err: fmt.Errorf("%w: %w", ErrListingUnreliable, err), Hint: hint,
	}
}

// listOnce reads all pages once.
func (c *Collection[T]) listOnce(ctx context.Context, op Operation) (l listing[T], err error) {
	var previous []json.RawMessage
	seen := map[uuid.UUID]int{}
	total, ended := -1, false
	for number := 1; number <= maxPages; number++ {
		p, err := c.page(ctx, op, number)
		if err != nil {
			return l, err
		}
		items, pages := p.totals()
		if number > 1 && items != total {
			return l, fmt.Errorf("%w: its count went from %d to %d", errMoved, total, items)
		}
		total = items
		repeated := number > 1 && slices.EqualFunc(p.Items, previous, func(a, b json.RawMessage) bool { return string(a) == string(b) })
		switch {
		case p.Items == nil && items != 0:
			return l, c.unreliable(op, errors.New("an answer has no list_items"), "")
		case len(p.Items) == 0:
			ended = number >= pages
		case repeated: // a panel that pays no heed to page_number may have more than one page
			ended = total >= 0 || pages < 0 && len(p.Items) < pageSize
		}
		if len(p.Items) == 0 || repeated {
			// A page too short for any page size that panels know is the only one,
			// and so is one that comes back unchanged.
			l.single = number == 2 && (repeated || len(l.entries) < smallestPage || len(l.entries) == total)
			break
		}
		for _, raw := range p.Items {
			if err := c.enter(&l, seen, op, raw); err != nil {
				return l, err
			}
		}
		previous = p.Items
		if pages >= 0 && number >= pages {
			ended, l.single = true, number == 1
			break
		}
	}
	if len(l.entries) < total {
		return l, fmt.Errorf("%w: %d of %d %s are in it", errMoved, len(l.entries), total, c.kind.plural)
	}
	if !ended {
		return l, fmt.Errorf("%w: its last page was not found", errMoved)
	}
	l.single, l.counted = l.single || len(l.entries) == 0, total >= 0
	return l, nil
}

// enter adds an item to a listing. seen holds the place of each link_id in it.
func (c *Collection[T]) enter(l *listing[T], seen map[uuid.UUID]int, op Operation, raw json.RawMessage) error {
	value, err := c.kind.decode(raw)
	e := entry[T]{value: value, err: err}
	id := c.kind.linkID(value)
	if id == uuid.Nil && !tellsIdentity(raw, op == c.kind.list) {
		e.doubt = c.unreliable(op, fmt.Errorf("the link_id of %s %q cannot be read, so that it may be any", c.kind.singular, printable.Text(c.kind.name(value))), "Look at it on the panel.")
	}
	if id != uuid.Nil {
		if first, twice := seen[id]; twice {
			other := &l.entries[first]
			if !c.differ(other.value, value) {
				return fmt.Errorf("%w: link_id %s is in it twice", errMoved, id)
			}
			e.doubt = c.unreliable(op, fmt.Errorf("two %s have the link_id %s: %q and %q", c.kind.plural, id, printable.Text(c.kind.name(other.value)), printable.Text(c.kind.name(value))), "Look at both on the panel; one of them needs another link_id.")
			other.doubt = e.doubt
		}
		seen[id] = len(l.entries)
	}
	l.entries = append(l.entries, e)
	return nil
}

// differ reports whether two items of one link_id are two entities, and not one
// that is listed twice because the pages moved.
func (c *Collection[T]) differ(a, b T) bool {
	first, second := c.kind.uid(a), c.kind.uid(b)
	if first != nil && second != nil {
		return *first != *second
	}
	return c.kind.name(a) != c.kind.name(b)
}

// tellsIdentity reports whether an item without a UUID for a link_id says that it
// is none of ours: it has another system's link_id or, in a listing of all
// entities, none.
func tellsIdentity(raw json.RawMessage, linked bool) bool {
	var item struct {
		LinkID json.RawMessage `json:"link_id"`
	}
	if !isObject(raw) || json.Unmarshal(raw, &item) != nil {
		return false
	}
	var text string
	if len(item.LinkID) > 0 && json.Unmarshal(item.LinkID, &text) != nil {
		return false
	}
	return !linked || strings.TrimSpace(text) != ""
}

// page reads one page; the first one has the number 1.
func (c *Collection[T]) page(ctx context.Context, op Operation, number int) (p page, err error) {
	err = c.client.call(ctx, request{
		action: "list " + c.kind.plural, op: op,
		query: url.Values{"limit": {strconv.Itoa(pageSize)}, "page_number": {strconv.Itoa(number)}},
	}, &p)
	return p, err
}

// find returns the entry with a link_id, and ErrNotFound without one. What is in
// doubt makes the listing unreliable for those that are not in it, and for those
// that are in it twice.
func find[T any](entries []entry[T], kind kind[T], id uuid.UUID) (T, error) {
	absent := ErrNotFound
	for _, e := range entries {
		switch found := kind.linkID(e.value); {
		case found == id && e.doubt != nil:
			return e.value, e.doubt
		case found == id:
			return e.value, e.err
		case found == uuid.Nil && e.doubt != nil:
			absent = e.doubt
		}
	}
	var none T
	return none, absent
}
