package basip

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A writing is something that ten callers ask for side by side.
type writing struct {
	route string
	there []object // at the beginning
	do    func(ctx context.Context, users *Collection[User], n int) error
	done  func(p *panel, n int) bool
}

// writings are on the users 0 to 9.
func writings() map[string]writing {
	var there []object
	for n := range 10 {
		there = append(there, wire(n, "Old "+id(n).String(), ""))
	}
	named := func(p *panel, n int, name string) bool {
		u := p.user(n)
		return u != nil && u["name"] == name+id(n).String()
	}
	return map[string]writing{
		"create": {
			usersUpsert, nil,
			func(ctx context.Context, users *Collection[User], n int) error {
				_, err := users.Create(ctx, someone(n, "New "+id(n).String()))
				return err
			},
			func(p *panel, n int) bool { return named(p, n, "New ") },
		},
		"update": {
			usersUpsert, there,
			func(ctx context.Context, users *Collection[User], n int) error {
				_, err := users.Modify(ctx, id(n), func(u User) User {
					u.Name = "New " + id(n).String()
					return u
				})
				return err
			},
			func(p *panel, n int) bool { return named(p, n, "New ") },
		},
		"delete": {
			usersDelete, there,
			func(ctx context.Context, users *Collection[User], n int) error {
				_, err := users.Delete(ctx, id(n))
				return err
			},
			func(p *panel, n int) bool { return p.user(n) == nil },
		},
	}
}

// mangled carries the request out and changes the list of outcomes.
func mangled(change func([]any) []any) answer {
	return func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		recorded := httptest.NewRecorder()
		p.serve(recorded, r, body)
		var results struct {
			Result []any `json:"result"`
		}
		if json.Unmarshal(recorded.Body.Bytes(), &results) != nil {
			panic(http.ErrAbortHandler)
		}
		results.Result = change(results.Result)
		writeJSON(w, results)
	}
}

// refusesAny refuses a request that names an entity; nothing of it is carried out.
func refusesAny(n int) answer {
	return func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		if strings.Contains(string(body), id(n).String()) {
			write(w, http.StatusBadRequest, `{"error":"Wrong JSON body"}`)
			return
		}
		p.serve(w, r, body)
	}
}

// Ten callers, of whom the first one comes alone and the other nine make one call.
func TestOneCallOfNine(t *testing.T) {
	t.Parallel()
	extra := map[string]any{"link_id": id(99).String(), "success": false, "extended_info": "no_such_thing"}
	tests := map[string]struct {
		answers []answer // to the calls after the first one
		calls   int      // in all
		fails   []int    // callers who get an error
		other   []int    // of them, those whose outcome differs from what the panel did
	}{
		"answered in order":                 {nil, 2, nil, nil},
		"answered in another order":         {[]answer{mangled(func(all []any) []any { slices.Reverse(all); return all })}, 2, nil, nil},
		"answered twice":                    {[]answer{mangled(func(all []any) []any { return slices.Concat(all, all) })}, 2, nil, nil},
		"with an answer nobody asked for":   {[]answer{mangled(func(all []any) []any { return append([]any{extra}, all...) })}, 2, nil, nil},
		"with an answer missing":            {[]answer{mangled(func(all []any) []any { return without(all, 5) })}, 2, []int{5}, []int{5}},
		"500, and then it recovers":         {[]answer{says(http.StatusInternalServerError, `{"error":"system_error"}`)}, 3, nil, nil},
		"500, although it was carried out":  {[]answer{appliedThen(says(http.StatusInternalServerError, ""))}, 2, nil, nil},
		"cut off":                           {[]answer{cut}, 3, nil, nil},
		"cut off after it was carried out":  {[]answer{appliedThen(cut)}, 2, nil, nil},
		"cut off, carried out in part":      {[]answer{partly(4, cut)}, 3, nil, nil},
		"refused because of one of them":    {times(20, refusesAny(5)), 8, []int{5}, nil},
		"answered half, with a broken body": {[]answer{appliedThen(says(http.StatusOK, `{"result":[`))}, 2, nil, nil},
	}
	for what, writing := range writings() {
		for name, test := range tests {
			t.Run(what+", "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					p := newPanel()
					p.users = slices.Clone(writing.there)
					p.script(writing.route, append([]answer{nil}, test.answers...)...)
					c := p.inMemory(t)
					c.http = &gauge{next: c.http, each: 30 * time.Millisecond}
					failures := make([]error, 10)
					var group sync.WaitGroup
					for n := range 10 {
						group.Go(func() { failures[n] = writing.do(t.Context(), c.Users(), n) })
						synctest.Wait()
					}
					group.Wait()
					for n, err := range failures {
						fails, other := slices.Contains(test.fails, n), slices.Contains(test.other, n)
						if (err != nil) != fails || writing.done(p, n) != (fails == other) {
							t.Errorf("caller %d: done %t, %v", n, writing.done(p, n), err)
						}
						if err != nil && !strings.Contains(err.Error(), id(n).String()) {
							t.Errorf("caller %d: the error does not name the user: %v", n, err)
						}
					}
					p.expect(t, writing.route, test.calls)
					if want := 10 - len(test.fails) + len(test.other); what == "create" && len(p.users) != want {
						t.Errorf("%d users are there, want %d: something was made twice", len(p.users), want)
					}
				})
			})
		}
	}
}

// without leaves the outcome of one entity out.
func without(all []any, n int) []any {
	return slices.DeleteFunc(all, func(one any) bool { return one.(map[string]any)["link_id"] == id(n).String() })
}

// partly carries out what a request asks for of the first few, and then answers
// otherwise.
func partly(first int, other answer) answer {
	return func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		var request map[string][]any
		if json.Unmarshal(body, &request) != nil {
			panic(http.ErrAbortHandler)
		}
		for key, all := range request {
			request[key] = all[:min(first, len(all))]
		}
		part, err := json.Marshal(request)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		p.serve(httptest.NewRecorder(), r, part)
		other(p, w, r, body)
	}
}

// One of ten gives up while their call is under way.
func TestOneOfTenGivesUp(t *testing.T) {
	t.Parallel()
	for what, writing := range writings() {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPanel()
				p.users = slices.Clone(writing.there)
				c := p.inMemory(t)
				c.http = &gauge{next: c.http}
				failures := make([]error, 10)
				gone, leave := context.WithCancel(t.Context())
				var group sync.WaitGroup
				for n := range 10 {
					ctx := t.Context()
					if n == 5 {
						ctx = gone
					}
					group.Go(func() { failures[n] = writing.do(ctx, c.Users(), n) })
					synctest.Wait()
				}
				for len(p.sent(writing.route)) < 1 { // the first caller's
					<-time.After(time.Second)
				}
				leave()
				group.Wait()
				for n, err := range failures {
					if n == 5 && !errors.Is(err, context.Canceled) || n != 5 && err != nil {
						t.Errorf("caller %d: %v", n, err)
					}
				}
				p.expect(t, writing.route, 2)
				if writing.done(p, 5) {
					t.Error("it was sent although its caller had left before")
				}
			})
		})
	}
}
