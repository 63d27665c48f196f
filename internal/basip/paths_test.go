package basip

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// fallbacks are the forms of contract §0.1 of each operation that has several,
// the most believed first, with a call that uses the operation.
func fallbacks() map[Operation]struct {
	routes []string
	use    func(context.Context, *Client) error
} {
	get := func(ctx context.Context, c *Client) error { _, err := c.Users().Get(ctx, id(1)); return err }
	create := func(ctx context.Context, c *Client) error {
		_, err := c.Users().Create(ctx, someone(2, "Bob"))
		return err
	}
	deletion := func(ctx context.Context, c *Client) error { _, err := c.Users().Delete(ctx, id(1)); return err }
	profile := func(ctx context.Context, c *Client) error {
		_, err := c.TimeProfiles().Delete(ctx, id(7))
		return err
	}
	return map[Operation]struct {
		routes []string
		use    func(context.Context, *Client) error
	}{
		OpUsersAll:    {[]string{usersAll, "GET /api/v1/access/user/items"}, create},
		OpUsersList:   {[]string{usersList, "GET /api/v1/access/user/items/link"}, get},
		OpUsersUpsert: {[]string{usersUpsert, "POST /api/v1/access/user/items/link"}, create},
		OpUsersDelete: {[]string{
			usersDelete, "DELETE /api/v1/access/user/items/link",
			"POST /api/v1/access/users/link/delete", "POST /api/v1/access/user/link/delete",
		}, deletion},
		OpTimeProfilesDelete: {[]string{
			profilesDel, "POST /api/v1/access/timeprofile/link/delete", "POST /api/v1/access/timeprofiles/link/delete",
		}, profile},
	}
}

// moved is a panel that has an operation under one of its forms only.
func moved(routes []string, at int, missing answer) *panel {
	p := newPanel()
	p.users, p.profiles = []object{wire(1, "Ann", "")}, []object{wireProfile(7, "Office", "")}
	for n, route := range routes {
		p.always[route] = missing
		if n == at {
			p.always[route] = func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
				r.Method, r.URL.Path, _ = strings.Cut(routes[0], " ")
				p.serve(w, r, body)
			}
		}
	}
	return p
}

// asked are the requests to some routes, in order.
func (p *panel) asked(routes []string) []string {
	return slices.DeleteFunc(p.routes(), func(route string) bool { return !slices.Contains(routes, route) })
}

func TestOtherFormsAreTriedWhereAPathIsMissing(t *testing.T) {
	t.Parallel()
	for op, test := range fallbacks() {
		for at := range test.routes {
			for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed} {
				t.Run(string(op)+", "+test.routes[at]+", "+http.StatusText(status), func(t *testing.T) {
					t.Parallel()
					p := moved(test.routes, at, says(status, "<html>no such page</html>"))
					c := p.client(t)
					if err := test.use(t.Context(), c); err != nil {
						t.Fatal(err)
					}
					asked := p.asked(test.routes)
					if want := test.routes[:at+1]; !slices.Equal(asked[:at+1], want) {
						t.Errorf("tried %v, want %v", asked, want)
					}
					for _, later := range asked[at+1:] { // further calls of the same use
						if later != test.routes[at] {
							t.Errorf("%s was tried after %s had answered", later, test.routes[at])
						}
					}
					bodies := map[string]bool{}
					for _, route := range test.routes[:at+1] {
						bodies[p.sent(route)[0].body] = true
					}
					if len(bodies) != 1 {
						t.Errorf("the forms were sent different bodies: %v", bodies)
					}
				})
			}
		}
	}
}

func TestOtherFormsAreNotTriedForAnotherReason(t *testing.T) {
	t.Parallel()
	answers := map[string]answer{
		"400":      says(http.StatusBadRequest, `{"error":"Wrong JSON body"}`),
		"401":      says(http.StatusUnauthorized, `{"error":"Log In"}`),
		"403":      says(http.StatusForbidden, `{"error":"Administrator rights required"}`),
		"409":      says(http.StatusConflict, ""),
		"429":      says(http.StatusTooManyRequests, ""),
		"500":      says(http.StatusInternalServerError, ""),
		"501":      says(http.StatusNotImplemented, ""),
		"redirect": says(http.StatusFound, ""),
		"no JSON":  says(http.StatusOK, "<html>It works!</html>"),
	}
	for op, test := range fallbacks() {
		for name, other := range answers {
			t.Run(string(op)+", "+name, func(t *testing.T) {
				t.Parallel()
				p := moved(test.routes, -1, says(http.StatusNotFound, ""))
				p.always[test.routes[0]] = other
				// A deletion of unknown fate is looked after until its time is over.
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				defer cancel()
				if err := test.use(ctx, p.client(t)); err == nil {
					t.Error("no error")
				}
				for _, route := range test.routes[1:] {
					p.expect(t, route, 0)
				}
			})
		}
	}
}

func TestFormIsRememberedForEachClient(t *testing.T) {
	t.Parallel()
	routes := fallbacks()[OpUsersList].routes
	p := moved(routes, 1, says(http.StatusNotFound, ""))
	var minutes atomic.Int64 // so that no listing serves twice
	start := time.Now()
	first := p.client(t, func(cfg *Config) {
		cfg.Now = func() time.Time { return start.Add(time.Duration(minutes.Load()) * time.Minute) }
	})
	for range 3 {
		minutes.Add(1)
		if _, err := first.Users().Get(t.Context(), id(1)); err != nil {
			t.Fatal(err)
		}
	}
	p.expect(t, routes[0], 1)
	p.expect(t, routes[1], 3)
	if _, err := p.client(t).Users().Get(t.Context(), id(1)); err != nil {
		t.Fatal(err)
	}
	p.expect(t, routes[0], 2)
}

func TestNoFormAtAll(t *testing.T) {
	t.Parallel()
	for op, test := range fallbacks() {
		if op == OpUsersAll {
			continue // its listing has a substitute, see TestCreateWithoutTheListingOfAll
		}
		t.Run(string(op), func(t *testing.T) {
			t.Parallel()
			p := moved(test.routes, -1, says(http.StatusNotFound, ""))
			err := test.use(t.Context(), p.client(t))
			if !errors.Is(err, ErrNoSuchPath) {
				t.Fatalf("error %v, want ErrNoSuchPath", err)
			}
			for _, text := range append(slices.Clone(test.routes), "api_paths as "+string(op), "AA-14FB") {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%q is not in the error: %v", text, err)
				}
			}
			if got := p.asked(test.routes); !slices.Equal(got, test.routes) {
				t.Errorf("tried %v, want each of %v once", got, test.routes)
			}
		})
	}
}

func TestOverriddenPath(t *testing.T) {
	t.Parallel()
	const elsewhere = "POST /api/v2/users/remove"
	p := newPanel()
	p.users = []object{wire(1, "Ann", "")}
	p.always[elsewhere] = func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		r.Method, r.URL.Path, _ = strings.Cut(usersDelete, " ")
		p.serve(w, r, body)
	}
	overridden := func(cfg *Config) {
		cfg.Paths = map[Operation]string{OpUsersDelete: elsewhere, OpUsersList: "/api/v2/users"}
	}
	c := p.client(t, overridden)
	if _, err := c.Users().Delete(t.Context(), id(1)); !errors.Is(err, ErrNoSuchPath) {
		t.Errorf("error %v, want ErrNoSuchPath: an override has no fallback", err)
	}
	p.expect(t, "GET /api/v2/users", 1) // without a verb it is the table's
	p.expect(t, usersList, 0)
	p.always["GET /api/v2/users"] = func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		r.Method, r.URL.Path, _ = strings.Cut(usersList, " ")
		p.serve(w, r, body)
	}
	if _, err := c.Users().Delete(t.Context(), id(1)); err != nil {
		t.Error(err)
	}
	p.expect(t, elsewhere, 1)
	p.expect(t, usersDelete, 0)
}

func TestCheckPath(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		op       Operation
		override string
		wrong    string // a part of the error; empty for none
	}{
		"path":              {OpUsersDelete, "/api/v1/access/user/items/link", ""},
		"verb and path":     {OpUsersDelete, "POST /api/v1/access/users/link/delete", ""},
		"unknown operation": {"users_rename", "/api/v1/x", "is not an operation"},
		"no verb":           {OpUsersDelete, "REMOVE /api/v1/x", "is not an HTTP verb"},
		"verb in lower":     {OpUsersDelete, "post /api/v1/x", "is not an HTTP verb"},
		"relative":          {OpUsersDelete, "api/v1/x", "is not a path from the panel's root"},
		"URL":               {OpUsersDelete, "http://panel.test/api/v1/x", "is not a path from the panel's root"},
		"query":             {OpUsersList, "/api/v1/x?limit=10", "is not a path from the panel's root"},
		"fragment":          {OpUsersList, "/api/v1/x#1", "is not a path from the panel's root"},
		"space":             {OpUsersList, "GET /api/v1/x y", "is not a path from the panel's root"},
		"empty":             {OpUsersList, "", "is not a path from the panel's root"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := CheckPath(test.op, test.override)
			_, newErr := New(config("http://panel.test", []func(*Config){func(cfg *Config) {
				cfg.Paths = map[Operation]string{test.op: test.override}
			}}))
			for _, err := range []error{err, newErr} {
				if test.wrong == "" && err != nil || test.wrong != "" && (err == nil || !strings.Contains(err.Error(), test.wrong)) {
					t.Errorf("error %v, want one with %q", err, test.wrong)
				}
			}
		})
	}
}
