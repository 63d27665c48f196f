package basip

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

// gauge counts the requests that are with a panel at one time.
type gauge struct {
	next http.RoundTripper
	each time.Duration // what one takes; a second when zero

	mu        sync.Mutex
	now, most int
}

func (g *gauge) RoundTrip(req *http.Request) (*http.Response, error) {
	g.add(1)
	defer g.add(-1)
	if err := poll.Wait(req.Context(), cmp.Or(g.each, time.Second)); err != nil {
		return nil, err
	}
	return g.next.RoundTrip(req)
}

func (g *gauge) add(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now += n
	g.most = max(g.most, g.now)
}

func TestRequestsToOnePanelNeverOverlap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPanel()
		p.users, p.profiles = []object{wire(1, "Ann", ""), wire(3, "Eva", "")}, []object{wireProfile(7, "Office", "")}
		c := p.inMemory(t)
		g := &gauge{next: c.http}
		c.http = g
		var group sync.WaitGroup
		for name, do := range everyCall() {
			group.Go(func() {
				if err := do(t.Context(), c); err != nil && !errors.Is(err, ErrNotFound) { // somebody deletes meanwhile
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		group.Go(func() {
			if _, err := c.TimeProfiles().Delete(t.Context(), id(7)); err != nil {
				t.Error(err)
			}
		})
		group.Go(func() {
			if _, err := c.Device(t.Context()); err != nil {
				t.Error(err)
			}
		})
		group.Wait()
		if g.most != 1 {
			t.Errorf("%d requests at one time, want 1", g.most)
		}
	})
}

func TestPanelsDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gauge{}
		start := time.Now()
		var group sync.WaitGroup
		for range 3 {
			p := newPanel()
			c := p.inMemory(t)
			c.http = struct{ http.RoundTripper }{chain{g, c.http}}
			group.Go(func() {
				if _, err := c.Device(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if elapsed := time.Since(start); g.most != 3 || elapsed != time.Second {
			t.Errorf("%d panels were asked at one time in %s, want 3 in 1s", g.most, elapsed)
		}
	})
}

// chain passes a gauge on the way to a panel.
type chain struct {
	gauge *gauge
	next  http.RoundTripper
}

func (c chain) RoundTrip(req *http.Request) (*http.Response, error) {
	c.gauge.add(1)
	defer c.gauge.add(-1)
	if err := poll.Wait(req.Context(), time.Second); err != nil {
		return nil, err
	}
	return c.next.RoundTrip(req)
}

func TestWaitingForAPanelLetsOthersIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPanel()
		p.users = []object{wire(1, "Ann", ""), wire(2, "Bob", "")}
		c := p.inMemory(t)
		var group sync.WaitGroup
		group.Go(func() {
			// The panel goes on listing the user for long.
			p.script(usersList, times(20, stillListed(t, wire(1, "Ann", ""), wire(2, "Bob", "")))...)
			start := time.Now()
			if _, err := c.Users().Delete(t.Context(), id(1)); err != nil || time.Since(start) < 5*time.Second {
				t.Errorf("deleted after %s, %v", time.Since(start), err)
			}
		})
		synctest.Wait() // the deletion is accepted and waits for its second look
		start := time.Now()
		if _, err := c.Users().Get(t.Context(), id(2)); err != nil || time.Since(start) > 0 {
			t.Errorf("another call took %s, %v; it should not wait", time.Since(start), err)
		}
		group.Wait()
	})
}

func TestEndOfTheContextEndsEveryWait(t *testing.T) {
	t.Parallel()
	empty := says(http.StatusOK, `{"list_items":[]}`)
	tests := map[string]struct {
		prepare func(*testing.T, *panel, *Client)
		do      func(context.Context, *Client) error
	}{
		"for the turn": {
			func(_ *testing.T, _ *panel, c *Client) { c.turn <- struct{}{} },
			func(ctx context.Context, c *Client) error { _, err := c.Users().Get(ctx, id(1)); return err },
		},
		"for an answer": {
			func(_ *testing.T, p *panel, _ *Client) {
				p.always[usersList] = func(_ *panel, _ http.ResponseWriter, r *http.Request, _ []byte) { <-r.Context().Done() }
			},
			func(ctx context.Context, c *Client) error { _, err := c.Users().Get(ctx, id(1)); return err },
		},
		"for a user to be listed": {
			func(_ *testing.T, p *panel, _ *Client) { p.always[usersList] = empty },
			func(ctx context.Context, c *Client) error {
				_, err := c.Users().Create(ctx, someone(2, "Bob"))
				return err
			},
		},
		"for a deletion to be seen": {
			func(t *testing.T, p *panel, _ *Client) {
				t.Helper()
				p.always[usersList] = stillListed(t, wire(1, "Ann", ""))
			},
			func(ctx context.Context, c *Client) error { _, err := c.Users().Delete(ctx, id(1)); return err },
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPanel()
				p.users = []object{wire(1, "Ann", "")}
				c := p.inMemory(t, func(cfg *Config) { cfg.Backoff = poll.Backoff{First: time.Hour, Max: time.Hour} })
				test.prepare(t, p, c)
				interrupted := errors.New("interrupted")
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Minute, func() { cancel(interrupted) })
				start := time.Now()
				err := test.do(ctx, c)
				if elapsed := time.Since(start); err == nil || elapsed != time.Minute {
					t.Errorf("ended after %s with %v, want an error after 1m", elapsed, err)
				}
				if !errors.Is(err, interrupted) && !errors.Is(err, context.Canceled) {
					t.Errorf("error %v, want the cause", err)
				}
				if name == "for the turn" {
					<-c.turn
				}
				if _, err := c.Device(t.Context()); err != nil { // nobody holds the turn
					t.Error(err)
				}
			})
		})
	}
}

// With bulk calls switched off, the listing that proves one deletion serves those
// that were sent before it.
func TestSingleDeletionsShareTheirProof(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPanel()
		p.users = people(20)
		c := p.inMemory(t, func(cfg *Config) { cfg.MaxItems = 1 })
		c.http = &gauge{next: c.http, each: 30 * time.Millisecond}
		var group sync.WaitGroup
		for _, user := range slices.Clone(p.users)[:10] {
			group.Go(func() {
				if _, err := c.Users().Delete(t.Context(), uuid.MustParse(user["link_id"].(string))); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		p.expect(t, usersDelete, 10)
		p.expect(t, usersList, 2) // one before them, for what hangs on the users, and one as a proof
	})
}
