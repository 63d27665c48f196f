package basip

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A graph is what one apply does to the users of a panel: by number, the name of
// each user before and after, "" for none.
type graph map[int][2]string

// graphs are the changes of configuration that need names in some order.
func graphs() map[string]graph {
	name := func(n int) string { return fmt.Sprintf("Person %d", n) }
	chain, front, ring, swap, moved, keys := graph{}, graph{}, graph{}, graph{1: {"Ann", "Bob"}, 2: {"Bob", "Ann"}}, graph{}, graph{}
	for n := range 12 {
		chain[n] = [2]string{name(n), name(n + 1)}
		front[n] = [2]string{name(n), name(n - 1)}
		ring[n] = [2]string{name(n), name((n + 1) % 12)}
	}
	chain[11] = [2]string{name(11), ""}
	front[12] = [2]string{"", name(11)}
	for n := range 8 {
		moved[n], moved[n+20] = [2]string{name(n), ""}, [2]string{"", name(n)}
	}
	for n := range 6 { // with the same link_ids
		keys[n] = [2]string{name(n), name(n)}
	}
	return map[string]graph{
		"first of a list removed": chain, "one put before a list": front, "ring of twelve": ring, "two swapped": swap,
		"count to for_each": moved, "addresses moved, with link_id": keys,
		"respelt and swapped": {1: {"Ann", "bob"}, 2: {"Bob", "ANN"}},
		"two rings and a chain": {
			1: {"a", "b"}, 2: {"b", "a"}, 3: {"c", "d"}, 4: {"d", "e"}, 5: {"e", "c"}, 6: {"f", "g"}, 7: {"g", "h"}, 8: {"h", "i"}, 9: {"", "f"},
		},
	}
}

// operations of a graph on a collection.
func (g graph) operations(users *Collection[User]) (ops []func(context.Context) error) {
	for n, names := range g {
		before, after := names[0], names[1]
		create := func(ctx context.Context) error { _, err := users.Create(ctx, someone(n, after)); return err }
		remove := func(ctx context.Context) error { _, err := users.Delete(ctx, id(n)); return err }
		switch {
		case before == after: // an address that is destroyed, and one that is created with its link_id
			ops = append(ops, create, remove)
		case before == "":
			ops = append(ops, create)
		case after == "":
			ops = append(ops, remove)
		default:
			ops = append(ops, func(ctx context.Context) error {
				_, err := users.Modify(ctx, id(n), func(u User) User { u.Name = after; return u })
				return err
			})
		}
	}
	return ops
}

// apply runs operations as Terraform does: in any order, so many at a time. Between
// two of them it writes its state.
func apply(ctx context.Context, seed uint64, slots int, ops []func(context.Context) error) error {
	order := rand.New(rand.NewPCG(seed, 0))
	order.Shuffle(len(ops), func(i, j int) { ops[i], ops[j] = ops[j], ops[i] })
	var group sync.WaitGroup
	var mu sync.Mutex
	var failures []error
	free, state := make(chan struct{}, slots), make(chan struct{}, 1)
	for _, op := range ops {
		free <- struct{}{}
		group.Go(func() {
			err := op(ctx)
			state <- struct{}{}
			time.Sleep(5 * time.Millisecond) // virtual
			<-state
			mu.Lock()
			failures = append(failures, err)
			mu.Unlock()
			<-free
		})
	}
	group.Wait()
	return errors.Join(failures...)
}

// jealous is a panel on which no name may be sent that another user has before the
// call, or that another item of the same call has, in any spelling.
func jealous(t *testing.T, p *panel) {
	t.Helper()
	p.always[usersUpsert] = func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		var request struct {
			Items []object `json:"list_items"`
		}
		if err := json.Unmarshal(body, &request); err != nil {
			t.Error(err)
		}
		p.mu.Lock()
		there := slices.Clone(p.users)
		p.mu.Unlock()
		for _, item := range request.Items {
			for _, other := range append(slices.Clone(request.Items), there...) {
				if other["link_id"] != item["link_id"] && strings.EqualFold(other["name"].(string), item["name"].(string)) {
					t.Errorf("%s is sent as %q while %s is %q", item["link_id"], item["name"], other["link_id"], other["name"])
				}
			}
		}
		p.serve(w, r, body)
	}
}

func (g graph) panel(t *testing.T) *panel {
	t.Helper()
	p := newPanel()
	jealous(t, p)
	for n := range 40 {
		if names := g[n]; names[0] != "" {
			p.users = append(p.users, wire(n, names[0], ""))
		}
	}
	return p
}

// patient returns a client with the product's own patience, and a panel that takes
// its time.
func patient(t *testing.T, p *panel, changes ...func(*Config)) *Client {
	t.Helper()
	c := p.inMemory(t, append(changes, func(cfg *Config) { cfg.NameWait = 5 * time.Second })...)
	c.http = &gauge{next: c.http, each: 30 * time.Millisecond}
	return c
}

func TestApplyFreesTheNamesThatItNeeds(t *testing.T) {
	t.Parallel()
	for name, g := range graphs() {
		for _, items := range []int{1, 50} {
			for seed := range uint64(8) {
				t.Run(fmt.Sprintf("%s, %d in a call, order %d", name, items, seed), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						p := g.panel(t)
						c := patient(t, p, func(cfg *Config) { cfg.MaxItems = items })
						start := time.Now()
						if err := apply(t.Context(), seed, 10, g.operations(c.Users())); err != nil {
							t.Error(err)
						}
						if took := time.Since(start); took > 5*time.Second {
							t.Errorf("it took %s", took)
						}
						for n, names := range g {
							if got := p.user(n); names[1] == "" && got != nil || names[1] != "" && (got == nil || got["name"] != names[1]) {
								t.Errorf("user %d is %v, want %q", n, got, names[1])
							}
						}
					})
				})
			}
		}
	}
}

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
