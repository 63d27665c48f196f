package simulator

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// A listKind is what differs between the listings of the three collections.
type listKind[T any] struct {
	// filters are the documented filter fields and how they match.
	filters map[string]func(item T, value string) bool
	// sortable are the fields, besides the uid, a listing can be sorted by.
	sortable []string
	wire     func(*Panel, T) map[string]any
}

// listEntities answers a listing (contract §2.3). Paging and filtering are not
// to be trusted on real devices, hence the knobs that break them.
func listEntities[T entity[T]](p *Panel, c *call, col *collection[T], linkedOnly bool, kind listKind[T]) (map[string]any, *apiError) {
	limit, page, err := p.paging(c)
	if err != nil {
		return nil, err
	}
	if page == 2 && p.settings.MoveBetweenPages > 0 {
		p.settings.MoveBetweenPages--
		col.moveOn()
	}
	// What is asked for counts as the start of a listing, even where the
	// panel does not heed it.
	items := col.shown(page == 1, p.now())
	if p.settings.PagingIgnored {
		page = 1
	}

	field, value := c.query.Get("filter_field"), c.query.Get("filter_value")
	filter := map[string]any{}
	match := kind.filters[field]
	if p.settings.FilterIgnored || c.query.Get("filter_type") != "equal" || c.query.Get("filter_format") != "string" {
		match = nil
	}
	if match != nil {
		filter = map[string]any{"filter_field": field, "filter_type": "equal", "filter_format": "string", "filter_value": value}
	}
	var wire []map[string]any
	for _, item := range items {
		if linkedOnly && item.key().linkID == "" || match != nil && !match(item, value) {
			continue
		}
		w := kind.wire(p, item)
		w["x_extra"] = 0
		wire = append(wire, w)
	}
	sort := p.sort(c, wire, kind.sortable)

	if p.settings.ShufflePages {
		p.shuffles++
		order := rand.New(rand.NewPCG(1, p.shuffles)) //nolint:gosec // an order, not a secret
		order.Shuffle(len(wire), func(i, j int) { wire[i], wire[j] = wire[j], wire[i] })
	}
	total := len(wire)
	from := min((page-1)*limit, total)
	to := min(from+limit, total)
	answer := map[string]any{"list_items": list(wire[from:to])}
	if p.settings.ListOptionKey != "absent" {
		answer[p.settings.ListOptionKey] = map[string]any{
			"pagination": map[string]any{
				"total_items":  total,
				"items_limit":  limit,
				"total_pages":  (total + limit - 1) / limit,
				"current_page": page,
			},
			"filter": filter,
			"sort":   sort,
		}
	}
	return answer, nil
}

// paging reads limit and page_number.
func (p *Panel) paging(c *call) (limit, page int, _ *apiError) {
	limit, page = 10, 1
	var err error
	if c.query.Has("limit") {
		limit, err = strconv.Atoi(c.query.Get("limit"))
		strict := p.settings.Limit == "strict"
		if err != nil || limit < 1 || strict && !slices.Contains([]int{10, 20, 30, 50}, limit) {
			return 0, 0, errLimit
		}
	}
	if c.query.Has("page_number") {
		page, err = strconv.Atoi(c.query.Get("page_number"))
		if err != nil || page < 1 || page > 1<<20 {
			return 0, 0, errPage
		}
	}
	return min(limit, 1<<20), page, nil
}

// sort orders items in place by a field of theirs and describes the order. An
// unknown field changes nothing.
func (p *Panel) sort(c *call, items []map[string]any, sortable []string) map[string]any {
	available := list(sortable)
	if p.settings.UIDKey != "absent" {
		available = append([]string{p.settings.UIDKey}, available...)
	}
	field, asc := c.query.Get("sort_field"), c.query.Get("sort_type") != "desc"
	if !slices.Contains(available, field) {
		field = ""
	}
	slices.SortStableFunc(items, func(a, b map[string]any) int {
		n := compareValues(a[field], b[field])
		if !asc {
			n = -n
		}
		return n
	})
	if field == "" && !asc {
		slices.Reverse(items)
	}
	if field == "" && len(available) > 0 {
		field = available[0]
	}
	return map[string]any{"field": field, "asc": asc, "available_fields": available}
}

// compareValues orders numbers and texts; null comes first.
func compareValues(a, b any) int {
	switch a := a.(type) {
	case int:
		b, _ := b.(int)
		return cmp.Compare(a, b)
	case string:
		b, _ := b.(string)
		return strings.Compare(a, b)
	case nil:
		if b != nil {
			return -1
		}
	}
	return 0
}
