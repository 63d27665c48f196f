package basip

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// people are users 1 to n.
func people(n int) []object {
	list := make([]object, n)
	for i := range list {
		list[i] = wire(i+1, fmt.Sprintf("user %d", i+1), "")
	}
	return list
}

// pages answers a listing by page number, counted from 1; beyond the last it is
// empty. option makes the answer's further keys.
func pages(option func(page int) object, lists ...[]object) answer {
	return func(_ *panel, w http.ResponseWriter, r *http.Request, _ []byte) {
		var number int
		if _, err := fmt.Sscan(r.URL.Query().Get("page_number"), &number); err != nil {
			write(w, http.StatusBadRequest, `{"error":"Wrong page_number"}`)
			return
		}
		body := object{"list_items": []object{}}
		if number <= len(lists) {
			body["list_items"] = lists[number-1]
		}
		maps.Copy(body, option(number))
		writeJSON(w, body)
	}
}

// pagination is the documented one under one of its two names; a negative number
// is left out.
func pagination(key string, items, pages int) func(int) object {
	return func(page int) object {
		told := object{"items_limit": 50, "current_page": page}
		if items >= 0 {
			told["total_items"] = items
		}
		if pages >= 0 {
			told["total_pages"] = pages
		}
		return object{key: object{"pagination": told}}
	}
}

func noPagination(int) object { return nil }

// missing asks for users 1 to n and one that is nowhere.
func missing(t *testing.T, p *panel, n int) ([]uuid.UUID, error) {
	t.Helper()
	ids := []uuid.UUID{id(9999)}
	for i := range n {
		ids = append(ids, id(i+1))
	}
	return p.client(t).Users().Missing(t.Context(), ids...)
}

func TestListingIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	all := people(120)
	three := [][]object{all[:50], all[50:100], all[100:]}
	tests := map[string]struct {
		answer   answer
		users    int
		requests int
	}{
		"three pages":                 {pages(pagination("list_option", 120, 3), three...), 120, 3},
		"the other spelling":          {pages(pagination("list_options", 120, 3), three...), 120, 3},
		"no pagination":               {pages(noPagination, three...), 120, 4},
		"no number of pages":          {pages(pagination("list_option", 120, -1), three...), 120, 4},
		"no number of items":          {pages(pagination("list_option", -1, 3), three...), 120, 3},
		"just two full pages":         {pages(pagination("list_option", 100, 2), three[:2]...), 100, 2},
		"full pages, no pagination":   {pages(noPagination, three[:2]...), 100, 3},
		"one page":                    {pages(pagination("list_option", 20, 1), all[:20]), 20, 1},
		"one page too many told":      {pages(pagination("list_option", 50, 2), all[:50]), 50, 2},
		"empty":                       {pages(pagination("list_option", 0, 0)), 0, 1},
		"empty, one page told":        {pages(pagination("list_option", 0, 1)), 0, 1},
		"empty without pagination":    {pages(noPagination), 0, 1},
		"empty with null for items":   {says(200, `{"list_option":{"pagination":{"total_items":0,"total_pages":0}},"list_items":null}`), 0, 1},
		"pages shorter than asked":    {pages(pagination("list_option", 30, 3), all[:10], all[10:20], all[20:30]), 30, 3},
		"short pages, no pagination":  {pages(noPagination, all[:10], all[10:20], all[20:25]), 25, 4},
		"a short one again and again": {pages(noPagination, all[:20], all[:20], all[:20]), 20, 2},
		"unknown keys": {pages(func(page int) object {
			option := pagination("list_option", 20, 1)(page)
			option["x_new"], option["sort"] = []int{1}, object{"available_fields": "none"}
			return option
		}, all[:20]), 20, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.always[usersList] = test.answer
			absent, err := missing(t, p, test.users)
			if err != nil || !slices.Equal(absent, []uuid.UUID{id(9999)}) {
				t.Errorf("missing %v, %v; want %v alone", absent, err, id(9999))
			}
			p.expect(t, usersList, test.requests)
			for n, request := range p.sent(usersList) {
				want := map[string][]string{"limit": {"50"}, "page_number": {fmt.Sprint(n + 1)}}
				if !reflect.DeepEqual(map[string][]string(request.query), want) || request.body != "" {
					t.Errorf("request %d has query %v and body %q, want %v", n, request.query, request.body, want)
				}
			}
		})
	}
}

func TestListingThatIsNotWholeProvesNoAbsence(t *testing.T) {
	t.Parallel()
	all := people(150)
	told := func(items, pages int) func(int) object { return pagination("list_option", items, pages) }
	shrinking := func(page int) object { return told(150-page, 3)(page) }
	silent := func(page int) object {
		if page == 1 {
			return told(150, 3)(page)
		}
		return nil
	}
	tests := map[string]answer{
		"page 1 again, a larger total":       pages(told(120, 3), all[:50], all[:50], all[:50]),
		"page 1 again, more pages told":      pages(told(-1, 3), all[:50], all[:50], all[:50]),
		"page 1 again, short, more told":     pages(told(-1, 3), all[:20], all[:20], all[:20]),
		"a full page again, nothing told":    pages(noPagination, all[:50], all[:50], all[:50]),
		"an empty page before the last":      pages(told(-1, 3), all[:50]),
		"too few on the last page":           pages(told(120, 3), all[:50], all[50:100], all[100:119]),
		"the first page short of its total":  pages(told(20, 1), all[:10]),
		"a total that goes on falling":       pages(shrinking, all[:50], all[50:100], all[100:150]),
		"a total that is told no more":       pages(silent, all[:50], all[50:100], all[100:150]),
		"a link_id twice, in another case":   pages(told(2, 1), append(people(1), wire(0, "x", `{"link_id":"`+strings.ToUpper(id(1).String())+`"}`))),
		"a link_id on two pages":             pages(told(100, 2), all[:50], append(slices.Clone(all[50:99]), all[0])),
		"no list_items":                      says(http.StatusOK, `{"list_option":{"pagination":{"total_items":1,"total_pages":1}}}`),
		"an object without anything":         says(http.StatusOK, `{}`),
		"an error with status 200":           says(http.StatusOK, `{"error":"Log In"}`),
		"null":                               says(http.StatusOK, `null`),
		"null for items, nothing told":       says(http.StatusOK, `{"list_items":null}`),
		"list_items of another form":         says(http.StatusOK, `{"list_items":{"1":{}}}`),
		"a list alone":                       says(http.StatusOK, `[]`),
		"a page of something else":           says(http.StatusOK, `<html>It works!</html>`),
		"no body":                            says(http.StatusOK, ``),
		"the beginning of an answer":         says(http.StatusOK, `{"list_items":[`),
		"no content":                         says(http.StatusNoContent, ``),
		"another success than the one known": says(http.StatusAccepted, `{"list_items":[]}`),
	}
	for name, listing := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.always[usersList] = listing
			users := p.client(t).Users()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second) // for a test that fails
			defer cancel()
			_, err := users.Get(ctx, id(9999))
			if err == nil || errors.Is(err, ErrNotFound) {
				t.Errorf("Get: %v, want an error that is not ErrNotFound", err)
			}
			if absent, err := users.Missing(ctx, id(9999)); err == nil || len(absent) > 0 {
				t.Errorf("Missing: %v, %v; want an error", absent, err)
			}
			if _, err := users.Delete(ctx, id(9999)); err == nil {
				t.Error("Delete takes the user for gone")
			}
			if _, err := users.Create(ctx, someone(9999, "Ann")); err == nil {
				t.Error("Create succeeds")
			}
			if strings.HasPrefix(name, "page 1") || strings.Contains(name, "twice") || strings.Contains(name, "total") {
				if !errors.Is(err, ErrListingUnreliable) {
					t.Errorf("error %v, want ErrListingUnreliable", err)
				}
			}
		})
	}
}

func TestListingThatMovesIsReadAgain(t *testing.T) {
	t.Parallel()
	all := people(101)
	before, after := pages(pagination("list_option", 100, 2), all[:50], all[50:100]), pages(pagination("list_option", 101, 3), all[:50], all[50:100], all[100:])
	p := newPanel()
	p.script(usersList, before) // a user is added between the first page and the second
	p.always[usersList] = after
	absent, err := missing(t, p, 101)
	if err != nil || len(absent) != 1 {
		t.Errorf("missing %v, %v", absent, err)
	}
	var numbers []string
	for _, request := range p.sent(usersList) {
		numbers = append(numbers, request.query.Get("page_number"))
	}
	if want := []string{"1", "2", "1", "2", "3"}; !slices.Equal(numbers, want) {
		t.Errorf("pages %v were read, want %v", numbers, want)
	}
}

func TestListingThatMovesForEverIsGivenUp(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.always[usersList] = pages(pagination("list_option", 2, 1), people(1))
	_, err := p.client(t).Users().Get(t.Context(), id(1))
	if !errors.Is(err, ErrListingUnreliable) || !strings.Contains(err.Error(), "1 of 2 users") {
		t.Errorf("error %v", err)
	}
	p.expect(t, usersList, 3)
}

func TestUnreadableUserHidesNoOther(t *testing.T) {
	t.Parallel()
	for name, odd := range map[string]string{
		"name of another form":      `{"name":{"first":"Eve"}}`,
		"info of another form":      `{"info":7}`,
		"lock_number as text":       `{"lock_number":"first"}`,
		"unknown lock_number":       `{"lock_number":3}`,
		"no lock_number":            `{"lock_number":null}`,
		"auth_factors as one word":  `{"auth_factors":"card"}`,
		"custom access as a number": `{"is_custom_user_access":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", ""), wire(2, "Eve", odd), wire(3, "Bob", "")}
			users := p.client(t).Users()
			for _, n := range []int{1, 3} {
				if _, err := users.Get(t.Context(), id(n)); err != nil {
					t.Errorf("user %d: %v", n, err)
				}
			}
			if _, err := users.Get(t.Context(), id(2)); err == nil || errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), id(2).String()) {
				t.Errorf("the odd user: %v, want an error that names it", err)
			}
			if absent, err := users.Missing(t.Context(), id(1), id(2), id(3), id(4)); err != nil || !slices.Equal(absent, []uuid.UUID{id(4)}) {
				t.Errorf("missing %v, %v; want %v alone", absent, err, id(4))
			}
		})
	}
}

// unfiltered lists all users where those with a link_id are asked for.
func unfiltered(p *panel, w http.ResponseWriter, _ *http.Request, _ []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	writeJSON(w, object{"list_option": object{"pagination": object{"total_items": len(p.users), "total_pages": 1}}, "list_items": p.users})
}

func TestLinkIDThatCannotBeReadProvesNoAbsence(t *testing.T) {
	t.Parallel()
	for text, readable := range map[string]bool{
		`"staff-7"`: true, `"7"`: true,
		`null`: false, `"missing"`: false, `""`: false, `7`: false, `1e300`: false, `true`: false, `[]`: false, `{}`: false,
		`["` + id(3).String() + `"]`: false, `{"link_id":"` + id(3).String() + `"}`: false,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", ""), wire(2, "Eve", `{"link_id":`+text+`}`), wire(4, "Zoe", "")}
			p.always[usersList] = unfiltered
			users := p.client(t).Users()
			for _, n := range []int{1, 4} {
				if _, err := users.Get(t.Context(), id(n)); err != nil {
					t.Errorf("user %d, who is listed: %v", n, err)
				}
			}
			want := ErrListingUnreliable
			if readable {
				want = ErrNotFound
			}
			if _, err := users.Get(t.Context(), id(3)); !errors.Is(err, want) {
				t.Errorf("Get: %v, want %v", err, want)
			}
			if _, err := users.Missing(t.Context(), id(3)); (err == nil) != readable {
				t.Errorf("Missing: %v", err)
			}
			if _, err := users.Delete(t.Context(), id(3)); (err == nil) != readable {
				t.Errorf("Delete of a user who may be Eve: %v", err)
			}
			if _, err := users.Delete(t.Context(), id(1)); (err == nil) != readable {
				t.Errorf("Delete: %v", err)
			}
		})
	}
}

func TestItemThatIsNoObjectProvesNoAbsence(t *testing.T) {
	t.Parallel()
	for _, item := range []string{`null`, `7`, `"Ann"`, `[]`} {
		p := newPanel()
		p.always[usersList] = says(http.StatusOK, `{"list_items":[`+item+`]}`)
		p.always[profilesList] = p.always[usersList]
		c := p.client(t)
		_, userErr := c.Users().Get(t.Context(), id(1))
		_, profileErr := c.TimeProfiles().Get(t.Context(), id(1))
		if !errors.Is(userErr, ErrListingUnreliable) || !errors.Is(profileErr, ErrListingUnreliable) {
			t.Errorf("%s: %v and %v, want ErrListingUnreliable", item, userErr, profileErr)
		}
	}
}

func TestTwoEntitiesWithOneLinkID(t *testing.T) {
	t.Parallel()
	for name, twin := range map[string]object{
		"another number": wire(2, "Bob", `{"item_uid":3}`),
		"another name":   wire(2, "Eve", `{"item_uid":null}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", ""), wire(2, "Bob", `{"item_uid":2}`), twin}
			users := p.client(t).Users()
			if _, err := users.Get(t.Context(), id(9)); !errors.Is(err, ErrNotFound) {
				t.Errorf("Get of another: %v, want ErrNotFound", err)
			}
			if _, err := users.Delete(t.Context(), id(1)); err != nil {
				t.Errorf("Delete of another: %v", err)
			}
			_, err := users.Get(t.Context(), id(2))
			if !errors.Is(err, ErrListingUnreliable) || !strings.Contains(err.Error(), `"Bob" and "`) {
				t.Errorf("Get of one of the two: %v, want an error that names them", err)
			}
			if _, err := users.Delete(t.Context(), id(2)); !errors.Is(err, ErrListingUnreliable) {
				t.Errorf("Delete of one of the two: %v", err)
			}
			p.expect(t, usersDelete, 1)
		})
	}
}
