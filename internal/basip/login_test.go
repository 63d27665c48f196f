package basip

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestLoginRequest(t *testing.T) {
	t.Parallel()
	const user = "Ä dmin&=+?"
	p := newPanel()
	c := p.client(t, func(cfg *Config) { cfg.Username = user })
	if _, err := c.Users().Get(t.Context(), id(1)); !errors.Is(err, ErrNotFound) {
		t.Fatal(err)
	}
	p.expect(t, loginPath, 1)
	login := p.sent(loginPath)[0]
	want := url.Values{"username": {user}, "password": {"E10ADC3949BA59ABBE56E057F20F883E"}} // the documented sample
	if !reflect.DeepEqual(login.query, want) {
		t.Errorf("query %v, want %v", login.query, want)
	}
	if login.body != "" || login.header.Get("Authorization") != "" || login.header.Get("Content-Type") != "" {
		t.Errorf("the login carries a body %q or the headers of one: %v", login.body, login.header)
	}
	for _, request := range p.sent(usersList) {
		if got := request.header.Values("Authorization"); len(got) != 1 || got[0] != "Bearer token-1" {
			t.Errorf("Authorization %q, want Bearer token-1", got)
		}
	}
}

func TestOneLoginIsSharedByAll(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", "")}
	c := p.client(t)
	var group sync.WaitGroup
	for range 30 {
		group.Go(func() {
			if _, err := c.Users().Create(t.Context(), User{LinkID: uuid.New(), Name: uuid.NewString(), Lock: LockFirst}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	p.expect(t, loginPath, 1)
}

func TestRefusedLoginIsNeverRepeated(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.always[loginPath] = says(status, `{"error":"Wrong login or password"}`)
			c := p.client(t)
			var group sync.WaitGroup
			for _, do := range everyCall() {
				group.Go(func() {
					if err := do(t.Context(), c); !errors.Is(err, ErrLoginRefused) || !strings.Contains(err.Error(), "Wrong login or password") {
						t.Errorf("error %v, want ErrLoginRefused with the panel's words", err)
					}
				})
			}
			group.Wait()
			if _, err := c.TimeProfiles().Get(t.Context(), id(7)); !errors.Is(err, ErrLoginRefused) {
				t.Errorf("a later call: %v, want ErrLoginRefused", err)
			}
			p.expect(t, loginPath, 1)
			p.expect(t, usersList, 0)
			if _, err := c.Device(t.Context()); err != nil {
				t.Errorf("the device's information needs no login, but: %v", err)
			}
		})
	}
}

// failedLogins are the answers to a login that are no refusal of name and password.
func failedLogins() map[string]answer {
	return map[string]answer{
		"500":       says(http.StatusInternalServerError, ""),
		"503":       says(http.StatusServiceUnavailable, ""),
		"404":       says(http.StatusNotFound, ""),
		"429":       says(http.StatusTooManyRequests, ""),
		"no token":  says(http.StatusOK, `{"account_type":"admin"}`),
		"no JSON":   says(http.StatusOK, "<html></html>"),
		"odd token": says(http.StatusOK, `{"token":5}`),
		"cut off":   cut,
	}
}

func TestThirdLoginThatFailsIsTheLast(t *testing.T) {
	t.Parallel()
	for name, failed := range failedLogins() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.always[loginPath] = failed
			c := p.client(t)
			var last error
			for range 4 {
				for what, do := range everyCall() {
					last = do(t.Context(), c)
					var failed *Error
					if !errors.As(last, &failed) || errors.Is(last, ErrLoginRefused) || uncertain(last) {
						t.Errorf("%s: error %v, want one that is no refusal and leaves nothing open", what, last)
					}
				}
			}
			if !strings.Contains(last.Error(), "not tried again in this run") {
				t.Errorf("%v does not say that it is the end", last)
			}
			if first, second := ToldBefore(last), ToldBefore(last); first || !second {
				t.Errorf("told before: %t and then %t, want false and then true", first, second)
			}
			p.expect(t, loginPath, 3)
			p.expect(t, usersList, 0)
		})
	}
}

func TestThirdLoginMaySucceed(t *testing.T) {
	t.Parallel()
	for name, failed := range failedLogins() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", "")}
			p.script(loginPath, times(2, failed)...)
			c := p.client(t)
			var err error
			for range 3 {
				if _, err = c.Users().Get(t.Context(), id(1)); err == nil {
					break
				}
			}
			if err != nil {
				t.Error(err)
			}
			p.expect(t, loginPath, 3)
		})
	}
}

// A token that one operation refuses is good for the others, and not a reason to
// log in for each object.
func TestTokenThatIsRefusedCostsThreeLogins(t *testing.T) {
	t.Parallel()
	for name, routes := range map[string][]string{
		"by every call": {usersAll, usersList, usersUpsert, usersDelete, profilesAll, profilesList, profilesPost, profilesDel},
		"by deletions":  {usersDelete},
		"by upserts":    {usersUpsert, profilesPost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", ""), wire(2, "Bob", "")}
			for _, route := range routes {
				p.always[route] = says(http.StatusUnauthorized, `{"error":"Log In"}`)
			}
			c := p.client(t)
			refused := 0
			for n := range 6 {
				_, createErr := c.Users().Create(t.Context(), someone(10+n, fmt.Sprint("New ", n)))
				_, deleteErr := c.Users().Delete(t.Context(), id(1))
				_, getErr := c.Users().Get(t.Context(), id(2))
				_, missingErr := c.TimeProfiles().Missing(t.Context(), id(3))
				_, localErr := c.Users().MadeAtPanel(t.Context(), "Ann")
				for _, err := range []error{createErr, deleteErr, getErr, missingErr, localErr} {
					if err != nil && strings.Contains(err.Error(), "401") {
						refused++
					}
				}
			}
			if logins := len(p.sent(loginPath)); refused < 6 || logins > 3 {
				t.Errorf("%d logins, %d calls that failed by the token; want 3 at most and 6 at least", logins, refused)
			}
		})
	}
}

func TestTokensThatWereOfUseAreNotCounted(t *testing.T) {
	t.Parallel()
	p := newPanel()
	c := p.client(t)
	for n := range 8 {
		p.script(usersUpsert, says(http.StatusUnauthorized, `{"error":"Log In"}`)) // the token has expired
		if _, err := c.Users().Create(t.Context(), someone(10+n, fmt.Sprint("New ", n))); err != nil {
			t.Fatal(err)
		}
	}
	p.script(usersUpsert, says(http.StatusUnauthorized, `{"error":"Log In"}`))
	p.script(loginPath, times(2, says(http.StatusInternalServerError, ""))...)
	if err := create(t.Context(), c); err != nil {
		t.Error(err)
	}
	p.expect(t, loginPath, 12)
}

// An outage may take an answer to a login away, and a panel forgets its tokens.
func TestRebootAroundTheLogin(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*panel){
		"before the login": func(p *panel) { p.script(infoPath, times(5, cut)...) },
		"in the login": func(p *panel) {
			p.script(loginPath, cut)
			p.script(infoPath, append([]answer{nil}, times(5, cut)...)...)
		},
		"after the login": func(p *panel) {
			p.script(usersList, append(times(5, says(http.StatusServiceUnavailable, "")), says(http.StatusUnauthorized, ""))...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", "")}
			prepare(p)
			c := p.client(t, func(cfg *Config) { cfg.Outage.Longest = time.Minute })
			if _, err := c.Users().Get(t.Context(), id(1)); err != nil {
				t.Error(err)
			}
			if logins := len(p.sent(loginPath)); logins > 2 {
				t.Errorf("%d logins", logins)
			}
		})
	}
}

func TestTokenIsRenewedByItsAge(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", "")}
	var age atomic.Int64
	start := time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
	c := p.client(t, func(cfg *Config) {
		cfg.Now = func() time.Time { return start.Add(time.Duration(age.Load())) }
	})
	for _, step := range []struct {
		age    time.Duration
		logins int
	}{
		{0, 1}, {20*time.Minute - time.Minute, 1}, {20 * time.Minute, 2}, {39 * time.Minute, 2}, {40 * time.Minute, 3}, {9 * time.Hour, 4},
	} {
		age.Store(int64(step.age))
		if _, err := c.Users().Get(t.Context(), id(1)); err != nil {
			t.Fatal(err)
		}
		p.expect(t, loginPath, step.logins)
	}
	for n, request := range p.sent(usersList) {
		if request.header.Get("Authorization") == "" {
			t.Errorf("listing %d without a token", n)
		}
	}
}

func TestExpiredTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.script(usersUpsert, says(http.StatusUnauthorized, `{"error":"Log In"}`))
	c := p.client(t)
	if _, err := c.Users().Create(t.Context(), someone(1, "Ann")); err != nil {
		t.Fatal(err)
	}
	p.expect(t, loginPath, 2)
	p.expect(t, usersUpsert, 2)
	writes := p.sent(usersUpsert)
	if writes[0].body != writes[1].body || writes[0].body == "" {
		t.Errorf("the repeated request carries %q instead of %q", writes[1].body, writes[0].body)
	}
	if first, second := writes[0].header.Get("Authorization"), writes[1].header.Get("Authorization"); first != "Bearer token-1" || second != "Bearer token-2" {
		t.Errorf("tokens %q and then %q", first, second)
	}
}

func TestSecond401EndsInAnError(t *testing.T) {
	t.Parallel()
	for route, do := range map[string]func(*testing.T, *Client) error{
		usersList: func(t *testing.T, c *Client) error {
			t.Helper()
			_, err := c.Users().Get(t.Context(), id(1))
			return err
		},
		usersUpsert: func(t *testing.T, c *Client) error {
			t.Helper()
			_, err := c.Users().Create(t.Context(), someone(2, "Bob"))
			return err
		},
		usersDelete: func(t *testing.T, c *Client) error {
			t.Helper()
			_, err := c.Users().Delete(t.Context(), id(1))
			return err
		},
	} {
		t.Run(route, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", "")}
			p.always[route] = says(http.StatusUnauthorized, `{"error":"Log In"}`)
			err := do(t, p.client(t))
			var failed *Error
			if !errors.As(err, &failed) || failed.Status != http.StatusUnauthorized || errors.Is(err, ErrLoginRefused) {
				t.Errorf("error %v, want the panel's 401", err)
			}
			p.expect(t, route, 2)
			p.expect(t, loginPath, 2)
		})
	}
}

func TestLoginRefusedAtRenewal(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", "")}
	var age atomic.Int64
	start := time.Now()
	c := p.client(t, func(cfg *Config) { cfg.Now = func() time.Time { return start.Add(time.Duration(age.Load())) } })
	if _, err := c.Users().Get(t.Context(), id(1)); err != nil {
		t.Fatal(err)
	}
	age.Store(int64(time.Minute)) // the listing is too old for another look
	p.always[usersList] = says(http.StatusUnauthorized, `{"error":"Log In"}`)
	p.script(loginPath, says(http.StatusBadRequest, `{"error":"Wrong login or password"}`))
	for range 3 {
		if _, err := c.Users().Get(t.Context(), id(1)); !errors.Is(err, ErrLoginRefused) {
			t.Errorf("error %v, want ErrLoginRefused", err)
		}
	}
	p.expect(t, loginPath, 2)
}
