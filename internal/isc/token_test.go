package isc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestLoginRequest(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	if _, err := s.client(t).Profile(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	s.expect(t, loginRoute, 1)
	login := s.sent(loginRoute)[0]
	form, err := url.ParseQuery(login.body)
	want := url.Values{"grant_type": {"client_credentials"}, "client_id": {"client"}, "client_secret": {secret}}
	if err != nil || !reflect.DeepEqual(form, want) {
		t.Errorf("form %v, %v; want %v", form, err, want)
	}
	if login.raw != "" || login.header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("query %q, headers %v", login.raw, login.header)
	}
}

func TestOneLoginIsSharedByAll(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	c := s.client(t)
	var group sync.WaitGroup
	for range 30 {
		group.Go(func() {
			if _, err := c.Profile(t.Context(), a); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	s.expect(t, loginRoute, 1)
	s.expect(t, getPrefix+a, 30)
}

func TestTokenIsRenewedALittleEarly(t *testing.T) {
	t.Parallel()
	type step struct {
		age    time.Duration
		logins int
	}
	tests := map[string]struct {
		lifetime string
		steps    []step
	}{
		"12 hours":         {"43200", []step{{0, 1}, {43169 * time.Second, 1}, {43170 * time.Second, 2}, {43171 * time.Second, 2}}},
		"the docs' 749 s":  {"749", []step{{0, 1}, {718 * time.Second, 1}, {719 * time.Second, 2}, {1437 * time.Second, 2}, {1438 * time.Second, 3}}},
		"15 s":             {"15", []step{{0, 1}, {11 * time.Second, 1}, {12 * time.Second, 2}, {23 * time.Second, 2}, {24 * time.Second, 3}}},
		"1 s":              {"1", []step{{0, 1}, {799 * time.Millisecond, 1}, {800 * time.Millisecond, 2}}},
		"as a string":      {`"100"`, []step{{0, 1}, {79 * time.Second, 1}, {80 * time.Second, 2}}},
		"not told":         {"null", []step{{0, 1}, {1000 * time.Hour, 1}}},
		"nothing sensible": {`{"x":1}`, []step{{0, 1}, {1000 * time.Hour, 1}}},
		"zero":             {"0", []step{{0, 1}, {1000 * time.Hour, 1}}},
		"for ever":         {"1e30", []step{{0, 1}, {1000 * time.Hour, 1}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTenant(wire(a, "Staff", ""))
			s.lifetime = test.lifetime
			var age atomic.Int64
			start := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
			c := s.client(t, func(cfg *Config) { cfg.Now = func() time.Time { return start.Add(time.Duration(age.Load())) } })
			for _, step := range test.steps {
				age.Store(int64(step.age))
				if _, err := c.Profile(t.Context(), a); err != nil {
					t.Fatal(err)
				}
				if got := len(s.sent(loginRoute)); got != step.logins {
					t.Errorf("%d logins at %s, want %d", got, step.age, step.logins)
				}
			}
		})
	}
}

func TestLifeOfATokenBeginsWithTheRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.lifetime = "15"
		s.script(loginRoute, func(s *tenant, w http.ResponseWriter, r *http.Request, body []byte) {
			time.Sleep(10 * time.Second)
			s.serve(w, r, body)
		})
		c := s.inMemory(t)
		for range 2 {
			if _, err := c.Profile(t.Context(), a); err != nil {
				t.Fatal(err)
			}
			time.Sleep(3 * time.Second)
		}
		s.expect(t, loginRoute, 2) // the first came 10 s old and served for 2
	})
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	expired := says(401, `{"error":"JWT validation failed: JWT is expired"}`)
	calls := map[string]func(context.Context, *Client) error{
		getPrefix + a: func(ctx context.Context, c *Client) error { _, err := c.Profile(ctx, a); return err },
		listRoute:     func(ctx context.Context, c *Client) error { _, err := c.Profiles(ctx, Query{}); return err },
		createRoute: func(ctx context.Context, c *Client) error {
			_, err := c.CreateProfile(ctx, NewProfile{Name: "New", Source: Reference{ID: "other"}})
			return err
		},
		patchPrefix + a: func(ctx context.Context, c *Client) error {
			_, err := c.ChangeProfile(ctx, a, Change{Name: ptr("New")})
			return err
		},
		deleteRoute: func(ctx context.Context, c *Client) error { _, err := c.StartDeletion(ctx, a); return err },
	}
	for route, do := range calls {
		t.Run(route, func(t *testing.T) {
			t.Parallel()
			s := newTenant(wire(a, "Staff", ""))
			s.script(route, expired)
			if err := do(t.Context(), s.client(t)); err != nil {
				t.Fatal(err)
			}
			s.expect(t, loginRoute, 2)
			s.expect(t, route, 2)
			sent := s.sent(route)
			if sent[0].body != sent[1].body || sent[1].header.Get("Authorization") != "Bearer token-2" {
				t.Errorf("%q with %q was sent again for %q", sent[1].body, sent[1].header.Get("Authorization"), sent[0].body)
			}
		})
		t.Run(route+" for ever", func(t *testing.T) {
			t.Parallel()
			s := newTenant(wire(a, "Staff", ""))
			s.always[route] = expired
			err := do(t.Context(), s.client(t))
			if failed := as[*Error](t, err); failed.Status != 401 || errors.Is(err, ErrLoginRefused) {
				t.Errorf("error %v, want the tenant's 401", err)
			}
			contains(t, err, "JWT is expired", "just given out")
			s.expect(t, loginRoute, 2)
			s.expect(t, route, 2)
		})
	}
}

func TestManyRefusedTokensAreOneRenewal(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	c := s.client(t)
	if _, err := c.Profile(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	// All thirty carry the first token before any of them is refused.
	const callers = 30
	var arrived sync.WaitGroup
	arrived.Add(callers)
	s.script(getPrefix+a, times(callers, func(_ *tenant, w http.ResponseWriter, _ *http.Request, _ []byte) {
		arrived.Done()
		arrived.Wait()
		write(w, 401, `{"error":"JWT validation failed: JWT is expired"}`)
	})...)
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			if _, err := c.Profile(t.Context(), a); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	s.expect(t, loginRoute, 2)
	s.expect(t, getPrefix+a, 1+2*callers)
}

func TestRefusedLoginIsNotRepeated(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			s := newTenant(wire(a, "Staff", ""))
			s.always[loginRoute] = says(status, `{"error":"invalid_client","error_description":"Bad secret `+secret+`"}`)
			c := s.client(t)
			var group sync.WaitGroup
			for range 20 {
				group.Go(func() {
					_, err := c.Profile(t.Context(), a)
					if !errors.Is(err, ErrLoginRefused) || errors.Is(err, ErrForbidden) {
						t.Errorf("error %v, want ErrLoginRefused", err)
					}
					contains(t, err, "invalid_client", "Bad secret [secret]", "Check client id", "tenant 127.0.0.1")
					if strings.Contains(err.Error(), secret) {
						t.Errorf("the error tells the secret: %v", err)
					}
				})
			}
			group.Wait()
			if _, err := c.StartDeletion(t.Context(), a); !errors.Is(err, ErrLoginRefused) || uncertain(err) {
				t.Errorf("later: %v, want ErrLoginRefused", err)
			}
			s.expect(t, loginRoute, 1)
		})
	}
}

func TestLoginThatFailsOtherwiseIsTriedAgainLater(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reply reply
		words string
	}{
		"502":       {says(502, "<html><title>Bad gateway</title></html>"), "Bad gateway"},
		"cut":       {cut, "EOF"},
		"404":       {says(404, `{}`), "API address"},
		"no token":  {says(200, `{"token_type":"bearer"}`), "no token"},
		"null":      {says(200, `null`), "no token"},
		"a page":    {says(200, "<html><title>Sign in</title></html>"), "Sign in"},
		"odd token": {says(200, `{"access_token":{"secret-token":1}}`), "no token"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTenant(wire(a, "Staff", ""))
			s.script(loginRoute, test.reply)
			c := s.client(t)
			_, err := c.StartDeletion(t.Context(), a)
			contains(t, err, test.words, "get an access token to delete identity profile "+a)
			var unconfirmed *UnconfirmedError
			if errors.Is(err, ErrLoginRefused) || errors.As(err, &unconfirmed) || uncertain(err) {
				t.Errorf("error %v: nothing was sent to delete anything", err)
			}
			if err != nil && strings.Contains(err.Error(), "secret-token") {
				t.Errorf("the error tells what may be a token: %v", err)
			}
			s.expect(t, loginRoute, 1)
			s.expect(t, deleteRoute, 0)
			if _, err := c.Profile(t.Context(), a); err != nil {
				t.Errorf("the next call: %v", err)
			}
		})
	}
}

func TestWaitingForATokenEndsWithTheContextOfTheWaiter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.script(loginRoute, func(s *tenant, w http.ResponseWriter, r *http.Request, body []byte) {
			time.Sleep(20 * time.Second)
			s.serve(w, r, body)
		})
		c := s.inMemory(t)
		var group sync.WaitGroup
		group.Go(func() { // renews
			if _, err := c.Profile(t.Context(), a); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		gaveUp := errors.New("interrupted")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(gaveUp) })
		start := time.Now()
		if _, err := c.Profile(ctx, a); !errors.Is(err, gaveUp) || time.Since(start) != time.Second {
			t.Errorf("after %s: %v, want the waiter's own end after 1s", time.Since(start), err)
		}
		if _, err := c.Profile(t.Context(), a); err != nil { // waits for the rest
			t.Error(err)
		}
		group.Wait()
		s.expect(t, loginRoute, 1)
	})
}

func TestNextCallerRenewsWhenTheFirstGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.script(loginRoute, hangs)
		c := s.inMemory(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := c.Profile(ctx, a); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v, want the deadline", err)
			}
		})
		synctest.Wait()
		for range 5 {
			group.Go(func() {
				if _, err := c.Profile(t.Context(), a); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		s.expect(t, loginRoute, 2)
	})
}

func TestRefusedLoginInTheMiddle(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	c := s.client(t)
	if _, err := c.Profile(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	s.always[getPrefix+a] = says(401, `{"error":"JWT validation failed"}`)
	s.script(loginRoute, says(401, `{"error":"invalid_client"}`))
	for range 3 {
		if _, err := c.Profile(t.Context(), a); !errors.Is(err, ErrLoginRefused) {
			t.Errorf("error %v, want ErrLoginRefused", err)
		}
	}
	s.expect(t, loginRoute, 2)
	s.expect(t, getPrefix+a, 2)
}

// A login that is of no use is not repeated for each object of a run.
func TestThreeLoginsInVainAreTheLast(t *testing.T) {
	t.Parallel()
	logins := map[string]reply{
		"500": says(500, `{"error":"Down."}`), "502": says(502, "<title>Down.</title>"), "404": says(404, `{"error":"Down."}`),
		"429": throttled("3600"), "no token": says(200, `{"note":"Down."}`), "no JSON": says(200, "Down."), "cut": cut,
	}
	for name, login := range logins {
		for _, side := range []bool{true, false} {
			t.Run(fmt.Sprint(name, ", side by side: ", side), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newTenant(wire(a, "Staff", ""))
					s.always[loginRoute] = slowly(login)
					c := s.inMemory(t)
					ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
					defer cancel()
					var all sync.WaitGroup
					for range 12 {
						all.Go(func() {
							_, err := c.Profile(ctx, a)
							if err == nil || errors.Is(err, ErrLoginRefused) || uncertain(err) {
								t.Errorf("error %v", err)
							}
							contains(t, err, "get an access token to read identity profile "+a)
						})
						if !side {
							all.Wait()
						}
					}
					all.Wait()
					_, err := c.StartDeletion(ctx, b)
					contains(t, err, "get an access token to delete identity profile "+b)
					if n := len(s.sent(loginRoute)); n > maxLogins {
						t.Errorf("%d logins", n)
					}
				})
			})
		}
	}
	for _, side := range []bool{true, false} {
		t.Run(fmt.Sprint("every call refuses the token, side by side: ", side), func(t *testing.T) {
			t.Parallel()
			s := newTenant(many(12)...)
			for i := range 12 {
				s.always[fmt.Sprintf("%s%032x", getPrefix, i)] = says(401, `{"error":"JWT validation failed"}`)
			}
			c := s.client(t)
			var all sync.WaitGroup
			for i := range 12 {
				id := fmt.Sprintf("%032x", i)
				all.Go(func() {
					_, err := c.Profile(t.Context(), id)
					if failed := as[*Error](t, err); failed.Status != 401 {
						t.Errorf("error %v, want the tenant's 401", err)
					}
					contains(t, err, "JWT validation failed", id)
				})
				if !side {
					all.Wait()
				}
			}
			all.Wait()
			if n := len(s.sent(loginRoute)); n > maxLogins {
				t.Errorf("%d logins", n)
			}
			// Another call accepts the token that is held.
			if _, err := c.Profiles(t.Context(), Query{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// Where no token can be had, a profile is not gone.
func TestLoginThatIsNotFoundIsNoAbsence(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	c := s.client(t)
	if _, err := c.Profile(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	s.script(getPrefix+a, says(401, ""))
	s.script(loginRoute, says(404, errorBody("404 Not found", "No such path.")))
	if _, err := c.Profile(t.Context(), a); err == nil || errors.Is(err, ErrNotFound) {
		t.Errorf("error %v, want one that says nothing of the profile", err)
	}
}

// A run is longer than three failures that pass.
func TestLoginsInVainAreCountedInARow(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	c := s.client(t)
	for range 3 * maxLogins {
		s.script(loginRoute, says(500, ""))
		s.script(getPrefix+a, says(401, ""))
		_, _ = c.Profile(t.Context(), a)
		if _, err := c.Profile(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
}
