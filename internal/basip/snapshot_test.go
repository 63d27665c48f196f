package basip

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// A clock goes on by a microsecond each time it is read, and by more when told.
type clock struct{ passed atomic.Int64 }

func (c *clock) now() time.Time {
	return time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(c.passed.Add(int64(time.Microsecond))))
}

func (c *clock) pass(d time.Duration) { c.passed.Add(int64(d)) }

func clocked() (*clock, func(*Config)) {
	c := &clock{}
	return c, func(cfg *Config) { cfg.Now = c.now }
}

// appears adds a user behind the client's back.
func (p *panel) appears(user object) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users = append(p.users, user)
}

func TestReadsShareAListingForHalfAMinute(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", "")}
	clock, with := clocked()
	users := p.client(t, with).Users()
	for _, step := range []struct {
		pass     time.Duration
		listings int
	}{{0, 1}, {29 * time.Second, 1}, {2 * time.Second, 2}, {time.Hour, 3}} {
		clock.pass(step.pass)
		if _, err := users.Get(t.Context(), id(1)); err != nil {
			t.Fatal(err)
		}
		p.expect(t, usersList, step.listings)
	}
}

func TestNoReadAfterAWriteUsesAListingFromBefore(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", "")}
	users := p.client(t).Users()
	if _, err := users.Get(t.Context(), id(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := users.Modify(t.Context(), id(1), renamedToEve); err != nil {
		t.Fatal(err)
	}
	if user, err := users.Get(t.Context(), id(1)); err != nil || user.Held.Name != "Eve" {
		t.Errorf("%+v, %v; want the new name", user, err)
	}
	if _, err := users.Delete(t.Context(), id(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := users.Get(t.Context(), id(1)); !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v, want ErrNotFound", err)
	}
	if _, err := users.Create(t.Context(), someone(1, "Ann")); err != nil {
		t.Fatal(err)
	}
	if _, err := users.Get(t.Context(), id(1)); err != nil {
		t.Error(err)
	}
}

func TestListingFromBeforeProvesNoDeletion(t *testing.T) {
	t.Parallel()
	p := newPanel()
	users := p.client(t).Users()
	if _, err := users.Get(t.Context(), id(1)); !errors.Is(err, ErrNotFound) {
		t.Fatal(err)
	}
	p.appears(wire(1, "Ann", ""))
	if _, err := users.Delete(t.Context(), id(1)); err != nil {
		t.Fatal(err)
	}
	p.expect(t, usersDelete, 1)
	if routes := p.routes(); !slices.Equal(routes[len(routes)-2:], []string{usersDelete, usersList}) {
		t.Errorf("requests %v, want a listing after the deletion", routes)
	}
}

func TestCollisionWithAUserThatAppearedLater(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		other object
		after time.Duration // since the client's last look
	}{
		"linked":    {wire(9, "Bob", ""), 3 * time.Second},
		"hand-made": {handMade(9, "Bob", ""), 31 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			clock, with := clocked()
			users := p.client(t, with).Users()
			if _, err := users.Create(t.Context(), someone(1, "Ann")); err != nil {
				t.Fatal(err)
			}
			p.appears(test.other)
			clock.pass(test.after)
			var exists *ExistsError
			if _, err := users.Create(t.Context(), someone(2, "Bob")); !errors.As(err, &exists) {
				t.Errorf("error %v, want an ExistsError", err)
			}
			p.expect(t, usersUpsert, 1)
		})
	}
}

func TestHandMadeUserCountsFromAnEarlierListing(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{handMade(9, "Guard", "")}
	users := p.client(t).Users()
	for n, name := range []string{"Ann", "Bob"} {
		if _, err := users.Create(t.Context(), someone(n+1, name)); err != nil {
			t.Fatal(err)
		}
	}
	var exists *ExistsError
	if _, err := users.Create(t.Context(), someone(3, "Guard")); !errors.As(err, &exists) {
		t.Errorf("error %v, want an ExistsError", err)
	}
	if _, err := users.Create(t.Context(), someone(4, "Ann")); !errors.As(err, &exists) {
		t.Errorf("error %v, want an ExistsError", err)
	}
	p.expect(t, usersUpsert, 2)
}
