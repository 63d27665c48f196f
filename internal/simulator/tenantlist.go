package simulator

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// listFields are what a list can be filtered and sorted by: the operators of
// each field, and the sorters.
type listFields struct {
	filters map[string]string
	sorters []string
}

// A listQuery is what a client asks of a list (contract §2.1).
type listQuery struct {
	limit, offset int
	count         bool
	conditions    []condition
	sorters       []string
}

// maxPage is the highest limit, and the one for none.
const maxPage = 250

func readListQuery(query url.Values, fields listFields) (*listQuery, *tenantError) {
	q := &listQuery{limit: maxPage}
	for _, p := range []struct {
		name    string
		into    *int
		highest int
	}{{"limit", &q.limit, maxPage}, {"offset", &q.offset, 1<<31 - 1}} {
		if !query.Has(p.name) {
			continue
		}
		n, err := strconv.Atoi(query.Get(p.name))
		if err != nil || n < 0 || n > p.highest {
			return nil, illegal(fmt.Sprintf("%s is not a number from 0 to %d", p.name, p.highest))
		}
		*p.into = n
	}
	switch query.Get("count") {
	case "true":
		q.count = true
	case "", "false":
	default:
		return nil, illegal("count is not a boolean")
	}
	conditions, err := readFilter(query.Get("filters"))
	if err != nil {
		return nil, illegal("filters: " + err.Error())
	}
	for _, c := range conditions {
		if !slices.Contains(strings.Fields(fields.filters[c.field]), c.op) {
			return nil, illegal(fmt.Sprintf("filters: %s %s is not supported", c.field, c.op))
		}
	}
	q.conditions = conditions
	if text := query.Get("sorters"); text != "" {
		q.sorters = strings.Split(text, ",")
	}
	for _, s := range q.sorters {
		if !slices.Contains(fields.sorters, strings.TrimPrefix(s, "-")) {
			return nil, illegal(fmt.Sprintf("sorters: %s is not supported", s))
		}
	}
	return q, nil
}

// page picks the rows that are to be answered, and says of how many. Without
// sorters the order is the one the tenant has, which means nothing.
func (q *listQuery) page(rows []map[string]any) (page []map[string]any, total int) {
	rows = slices.DeleteFunc(rows, func(row map[string]any) bool {
		return slices.ContainsFunc(q.conditions, func(c condition) bool { return !c.holds(row) })
	})
	slices.SortStableFunc(rows, func(a, b map[string]any) int {
		for _, s := range q.sorters {
			field, descending := strings.CutPrefix(s, "-")
			n := compareMembers(member(a, field), member(b, field))
			if descending {
				n = -n
			}
			if n != 0 {
				return n
			}
		}
		return 0
	})
	from := min(q.offset, len(rows))
	return rows[from:min(from+q.limit, len(rows))], len(rows)
}

func (q *listQuery) answer(page []map[string]any, total int) answer {
	a := jsonAnswer(http.StatusOK, list(page))
	if q.count {
		a.header.Set("X-Total-Count", strconv.Itoa(total))
	}
	return a
}

// member is the value of a field like "owner.id"; null where there is none.
func member(row map[string]any, field string) any {
	name, rest, deeper := strings.Cut(field, ".")
	if !deeper {
		return row[name]
	}
	inner, _ := row[name].(map[string]any)
	return member(inner, rest)
}

// compareMembers orders integers and texts; null is as an empty text.
func compareMembers(a, b any) int {
	if x, ok := a.(int64); ok {
		y, _ := b.(int64)
		return cmp.Compare(x, y)
	}
	x, _ := a.(string)
	y, _ := b.(string)
	return strings.Compare(x, y)
}
