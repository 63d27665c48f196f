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

	"github.com/google/uuid"
)

// Limits of a listing, contract §2.3 and §9.
const (
	pageSize     = 50   // the largest documented page
	maxPages     = 1000 // more than any panel holds
	listAttempts = 3    // a listing that changes while it is read is read again
)

// entry is one entity of a listing; err says what of it could not be read. Its
// link_id and name are set all the same where the panel gave them.
type entry[T any] struct {
	value T
	err   error
}

// errMoved: the listing changed while its pages were read.
var errMoved = errors.New("it changed while its pages were read")

// page is one page of a listing, with both spellings of its options (§2.3).
type page struct {
	Items   []json.RawMessage `json:"list_items"` // nil when the answer has none
	Option  *listOption       `json:"list_option"`
	Options *listOption       `json:"list_options"`
}

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
func (c *Collection[T]) list(ctx context.Context, op Operation) ([]entry[T], error) {
	var err error
	for range listAttempts {
		var entries []entry[T]
		entries, err = c.listOnce(ctx, op)
		if !errors.Is(err, errMoved) {
			return entries, err
		}
	}
	return nil, c.unreliable(op, err, "Somebody may be changing the panel at this moment; try again.")
}

func (c *Collection[T]) unreliable(op Operation, err error, hint string) error {
	return &Error{
		Panel: c.client.name, Problem: "gave an incomplete listing", Action: "list " + c.kind.plural, Method: c.client.paths[op][0].method, Path: c.client.base.Path + c.client.paths[op][0].path,
		Status: http.StatusOK, Err: fmt.Errorf("%w: %w", ErrListingUnreliable, err), Hint: hint,
	}
}

// listOnce reads all pages once.
func (c *Collection[T]) listOnce(ctx context.Context, op Operation) ([]entry[T], error) {
	var entries []entry[T]
	var previous []json.RawMessage
	seen := map[uuid.UUID]bool{}
	total, ended := -1, false
	for number := 1; number <= maxPages; number++ {
		p, err := c.page(ctx, op, number)
		if err != nil {
			return nil, err
		}
		items, pages := p.totals()
		if number > 1 && items != total {
			return nil, fmt.Errorf("%w: its count went from %d to %d", errMoved, total, items)
		}
		total = items
		repeated := number > 1 && slices.EqualFunc(p.Items, previous, func(a, b json.RawMessage) bool { return string(a) == string(b) })
		switch {
		case p.Items == nil && items != 0:
			return nil, c.unreliable(op, errors.New("an answer has no list_items"), "")
		case len(p.Items) == 0:
			ended = number >= pages
		case repeated: // a panel that pays no heed to page_number may have more than one page
			ended = total >= 0 || pages < 0 && len(p.Items) < pageSize
		}
		if len(p.Items) == 0 || repeated {
			break
		}
		for _, raw := range p.Items {
			value, err := c.kind.decode(raw)
			id := c.kind.linkID(value)
			if id != uuid.Nil && seen[id] {
				return nil, fmt.Errorf("%w: link_id %s is in it twice", errMoved, id)
			}
			seen[id] = true
			entries = append(entries, entry[T]{value, err})
		}
		previous = p.Items
		if pages >= 0 && number >= pages {
			ended = true
			break
		}
	}
	if len(entries) < total {
		return nil, fmt.Errorf("%w: %d of %d %s are in it", errMoved, len(entries), total, c.kind.plural)
	}
	if !ended {
		return nil, fmt.Errorf("%w: its last page was not found", errMoved)
	}
	return entries, nil
}

// page reads one page; the first one has the number 1.
func (c *Collection[T]) page(ctx context.Context, op Operation, number int) (p page, err error) {
	err = c.client.call(ctx, request{
		action: "list " + c.kind.plural, op: op,
		query: url.Values{"limit": {strconv.Itoa(pageSize)}, "page_number": {strconv.Itoa(number)}},
	}, &p)
	return p, err
}

// find returns the entry with a link_id, and ErrNotFound without one.
func find[T any](entries []entry[T], kind kind[T], id uuid.UUID) (T, error) {
	for _, e := range entries {
		if kind.linkID(e.value) == id {
			return e.value, e.err
		}
	}
	var none T
	return none, ErrNotFound
}
