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

func TestCreationThatOnlyWaitedLeavesNothingOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPanel()
		p.users = []object{wire(1, "Ann", "")}
		p.always[usersList] = stillListed(t, wire(1, "Ann", "")) // the deletion is never seen
		c := patient(t, p)
		deletion, stop := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() { _, _ = c.Users().Delete(deletion, id(1)) })
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Second, cancel) // longer than anybody waits while nothing moves
		start := time.Now()
		_, err := c.Users().Create(ctx, someone(2, "Ann"))
		var unconfirmed *UnconfirmedError
		if !errors.Is(err, context.Canceled) || errors.As(err, &unconfirmed) || time.Since(start) != 20*time.Second {
			t.Errorf("error %v after %s, want the interruption and nothing left open", err, time.Since(start))
		}
		stop()
		group.Wait()
		p.expect(t, usersUpsert, 0)
	})
}

// A caller that leaves before the call is made withdraws its item, also when the
// call is made for others.
func TestWithdrawnCreationIsNeverSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPanel()
		c := patient(t, p)
		if err := create(t.Context(), c); err != nil { // user 1: from now on calls are gathered
			t.Fatal(err)
		}
		c.turn <- struct{}{}
		ctx, cancel := context.WithCancel(t.Context())
		errs := make([]error, 3)
		var group sync.WaitGroup
		for n, ctx := range map[int]context.Context{0: t.Context(), 1: ctx, 2: t.Context()} {
			group.Go(func() { _, errs[n] = c.Users().Create(ctx, someone(10+n, fmt.Sprintf("user %d", n))) })
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		<-c.turn
		group.Wait()
		var unconfirmed *UnconfirmedError
		if errs[0] != nil || errs[2] != nil || !errors.Is(errs[1], context.Canceled) || errors.As(errs[1], &unconfirmed) {
			t.Errorf("errors %v", errs)
		}
		if p.user(11) != nil || p.user(10) == nil || p.user(12) == nil {
			t.Errorf("requests %v", p.sent(usersUpsert))
		}
	})
}

// Ten creations take all places, so that the deletions they wait for do not come
// about. Some fail, say how long they waited, and the rest goes through.
func TestCreationsThatTakeAllPlaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := graph{}
		for n := range 12 {
			g[n], g[n+20] = [2]string{fmt.Sprintf("Person %d", n), ""}, [2]string{"", fmt.Sprintf("Person %d", n)}
		}
		c := patient(t, g.panel(t))
		free := make(chan struct{}, 10)
		errs := make([]error, 24)
		var group sync.WaitGroup
		for n := range 24 {
			free <- struct{}{}
			group.Go(func() {
				if n < 12 {
					_, errs[n] = c.Users().Create(t.Context(), someone(n+20, g[n+20][1]))
				} else {
					_, errs[n] = c.Users().Delete(t.Context(), id(n-12))
				}
				<-free
			})
		}
		start := time.Now()
		group.Wait()
		failed := 0
		for _, err := range errs {
			var exists *ExistsError
			if errors.As(err, &exists) && exists.Waited >= 5*time.Second {
				failed++
			} else if err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(start); failed == 0 || failed > 4 || took > 15*time.Second {
			t.Errorf("%d failed, and it took %s", failed, took)
		}
	})
}

func TestSecondOfTwoCreationsIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPanel()
		c := patient(t, p)
		if err := create(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err := c.Users().Create(t.Context(), someone(2, "ann"))
		var exists *ExistsError
		if !errors.As(err, &exists) || exists.Waited != 0 || time.Since(start) > time.Second {
			t.Errorf("error %v after %s, want an ExistsError at once: this apply has made the other one", err, time.Since(start))
		}
	})
}

func TestUpsertIsWithdrawnUntilItsCallHasTheTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPanel()
		c := patient(t, p)
		c.turn <- struct{}{}
		ops := creations(someone(1, "Ann"), someone(2, "Bob"))
		var group sync.WaitGroup
		group.Go(func() {
			if answers, err := c.Users().sendUpserts(t.Context(), ops); err != nil || answers[id(2)].Err != nil {
				t.Errorf("%+v, %v", answers, err)
			}
		})
		synctest.Wait()
		if !ops[0].withdraw() {
			t.Error("nothing was sent, and it could not be withdrawn")
		}
		<-c.turn
		group.Wait()
		if p.user(1) != nil || p.user(2) == nil {
			t.Errorf("the panel holds %v and %v, want the second alone", p.user(1), p.user(2))
		}
		if ops[1].withdraw() {
			t.Error("what was sent was withdrawn")
		}
	})
}

// The listing of all users is older than the one that proves the deletion.
func TestNameIsFreeAsSoonAsTheDeletionIsProven(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPanel()
		ann := wire(1, "Ann", "")
		p.users = []object{ann}
		still := pages(pagination("list_option", 1, 1), []object{ann})
		p.script(usersList, append([]answer{nil}, times(3, still)...)...)
		p.script(usersAll, still)
		c := patient(t, p)
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := c.Users().Delete(t.Context(), id(1)); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(200 * time.Millisecond) // virtual: the deletion was accepted, and Ann is listed still
		start := time.Now()
		if _, err := c.Users().Create(t.Context(), someone(2, "Ann")); err != nil || time.Since(start) > 3*time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		group.Wait()
		p.expect(t, usersAll, 1)
	})
}

// Somebody else, of whom nothing is known here, frees the name.
func TestNameThatSomebodyElseFreesIsTakenInTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPanel()
		p.users = []object{wire(1, "Ann", "")}
		time.AfterFunc(2*time.Second, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.users = nil
		})
		if _, err := patient(t, p).Users().Create(t.Context(), someone(2, "Ann")); err != nil {
			t.Error(err)
		}
	})
}
