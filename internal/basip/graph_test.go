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
					synctest.Test(t, func(t *testing.T) { g.check(t, seed, items) })
				})
			}
		}
	}
}

// check applies a graph and looks what became of it.
func (g graph) check(t *testing.T, seed uint64, items int) {
	t.Helper()
	p := g.panel(t)
	c := patient(t, p, func(cfg *Config) { cfg.MaxItems = items })
	start := time.Now()
	if err := apply(t.Context(), seed, 10, g.operations(c.Users())); err != nil {
		t.Errorf("%v: %v", g, err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("%v: it took %s", g, took)
	}
	for n, names := range g {
		if got := p.user(n); names[1] == "" && got != nil || names[1] != "" && (got == nil || got["name"] != names[1]) {
			t.Errorf("%v: user %d is %v, want %q", g, n, got, names[1])
		}
	}
}

// randomGraph renames, deletes and creates up to twenty users. It creates fewer than
// Terraform has places, since creations that wait could take all of them.
func randomGraph(seed uint64) graph {
	random := rand.New(rand.NewPCG(seed, 1))
	g := graph{}
	there := random.IntN(14)
	var free []string
	for n := range there + 5 {
		free = append(free, fmt.Sprintf("Person %d", n))
	}
	random.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	for n := range there + random.IntN(6) {
		names := [2]string{}
		if n < there {
			names[0] = fmt.Sprintf("Person %d", n)
		}
		if (n >= there || random.IntN(4) > 0) && len(free) > 0 {
			names[1], free = free[0], free[1:]
		}
		if names[0] != names[1] {
			g[n] = names
		} else if names[0] != "" { // it stays as it is
			g[n] = [2]string{names[0], names[0] + "!"}
		}
	}
	return g
}

func TestAnyApplyFreesTheNamesThatItNeeds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			g := randomGraph(seed)
			synctest.Test(t, func(t *testing.T) { g.check(t, seed, 50) })
		})
	}
}
