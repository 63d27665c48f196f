package basip

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// blocked is a panel on which Ann is to be called Bob, Bob is to be called Cyd, and
// Cyd stays. Bob steps aside for Ann in vain.
func blocked(t *testing.T) *panel {
	t.Helper()
	p := newPanel()
	jealous(t, p)
	p.users = []object{wire(1, "Ann", ""), wire(2, "Bob", ""), wire(3, "Cyd", "")}
	return p
}

func rename(ctx context.Context, c *Client, n int, name string) error {
	_, err := c.Users().Modify(ctx, id(n), func(u User) User { u.Name, u.Info = name, "renamed"; return u })
	return err
}

func TestFailedRenamingTakesItsFormerNameBack(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]struct {
		after time.Duration // when the context ends; 0 for never
		cause error
		as    func(error) bool
	}{
		"given up": {0, nil, func(err error) bool {
			var exists *ExistsError
			return errors.As(err, &exists) && exists.Waited >= 5*time.Second
		}},
		"interrupted": {2 * time.Second, context.Canceled, func(err error) bool { return errors.Is(err, context.Canceled) }},
		"late": {2 * time.Second, context.DeadlineExceeded, func(err error) bool {
			var exists *ExistsError
			return errors.As(err, &exists) && exists.Waited == 2*time.Second
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := blocked(t)
				c := patient(t, p)
				ctx := t.Context()
				if end.cause != nil {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, end.after)
					if end.cause == context.Canceled { //nolint:errorlint // of the table
						ctx, cancel = context.WithCancel(t.Context())
						time.AfterFunc(end.after, cancel)
					}
					defer cancel()
				}
				// Bob has stepped aside, and Ann is refused.
				p.script(usersUpsert, nil, outcomeOf(1, `"success":false,"extended_info":"wrong_areas"`))
				var group sync.WaitGroup
				group.Go(func() {
					var item *ItemError
					if err := rename(t.Context(), c, 1, "Bob"); !errors.As(err, &item) {
						t.Errorf("error %v, want the panel's refusal", err)
					}
				})
				err := rename(ctx, c, 2, "Cyd")
				group.Wait()
				var unconfirmed *UnconfirmedError
				if !end.as(err) || errors.As(err, &unconfirmed) {
					t.Errorf("error %v", err)
				}
				if got := p.user(2); got["name"] != "Bob" || got["info"] != "" {
					t.Errorf("the panel holds %v, want Bob as he was", got)
				}
				p.expect(t, usersUpsert, 3)
			})
		})
	}
}

func TestTemporaryNameThatStaysIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := blocked(t)
		c := patient(t, p)
		var group sync.WaitGroup
		group.Go(func() {
			if err := rename(t.Context(), c, 1, "Bob"); err != nil {
				t.Error(err)
			}
		})
		err := rename(t.Context(), c, 2, "Cyd")
		group.Wait()
		var aside *AsideError
		temporary := temporaryName(id(2))
		if !errors.As(err, &aside) || aside.Temporary != temporary || aside.Former != "Bob" || len(temporary) > 45 || CheckName(temporary) != "" {
			t.Errorf("error %v, want an AsideError", err)
		}
		if got := p.user(2); got["name"] != temporary {
			t.Errorf("the panel holds %v", got)
		}
		// The next apply sees the name as drift and brings the wanted one about.
		if err := rename(t.Context(), patient(t, p), 2, "Dan"); err != nil || p.user(2)["name"] != "Dan" {
			t.Errorf("%v, the panel holds %v", err, p.user(2))
		}
	})
}

// A change that the panel stored differently is taken back to the name before the
// temporary one.
func TestDifferingRenamingIsTakenBackToTheFormerName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPanel()
		p.users = []object{wire(2, "Bob", attached()), wire(1, "Ann", ""), wire(3, "Cyd", "")}
		c := patient(t, p)
		// 2 steps aside for 1, which is refused. Then 3 is deleted, and 2 loses a reference.
		p.script(usersUpsert, nil, outcomeOf(1, `"success":false,"extended_info":"wrong_areas"`), losing("time_profiles"))
		var group sync.WaitGroup
		group.Go(func() {
			if err := rename(t.Context(), c, 1, "Bob"); err == nil {
				t.Error("the panel's refusal is lost")
			}
			if _, err := c.Users().Delete(t.Context(), id(3)); err != nil {
				t.Error(err)
			}
		})
		err := rename(t.Context(), c, 2, "Cyd")
		group.Wait()
		var differs *DiffersError
		if !errors.As(err, &differs) || !differs.Restored {
			t.Errorf("error %v, want a restored DiffersError", err)
		}
		if got := p.user(2); got["name"] != "Bob" || got["info"] != "" || fmt.Sprint(got["time_profiles"]) != fmt.Sprint(parse(attached())["time_profiles"]) {
			t.Errorf("the panel holds %v, want Bob as he was", got)
		}
	})
}

// The name before a renaming stays the entity's until that is confirmed: it may
// have to be given back.
func TestFormerNameIsKeptUntilTheRenamingIsConfirmed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPanel()
		jealous(t, p)
		p.users = []object{wire(1, "Ann", attached()), wire(2, "Bob", "")}
		p.script(usersUpsert, losing("time_profiles"))
		c := patient(t, p)
		var group sync.WaitGroup
		group.Go(func() {
			var differs *DiffersError
			if err := rename(t.Context(), c, 1, "Eve"); !errors.As(err, &differs) || !differs.Restored {
				t.Errorf("error %v, want a restored DiffersError", err)
			}
		})
		time.Sleep(time.Second) // virtual: the renaming was sent, and the panel has some time left to show it whole
		var exists *ExistsError
		if err := rename(t.Context(), c, 2, "Ann"); !errors.As(err, &exists) || exists.LinkID != id(1) {
			t.Errorf("error %v, want an ExistsError", err)
		}
		group.Wait()
		if ann, bob := p.user(1), p.user(2); ann["name"] != "Ann" || bob["name"] != "Bob" {
			t.Errorf("the panel holds %v and %v", ann, bob)
		}
	})
}
