package bulk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func sameWant(a, b item) bool { return a.want == b.want }

func TestEveryWaiterGetsItsOwnAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		bad := errors.New("bad")
		w.reply = func(_ context.Context, _ int, items []item) (answers, error) {
			result := echo(items)
			if _, ok := result["c"]; ok {
				result["c"] = answer{Result: "half", Err: bad}
			}
			delete(result, "d")
			result["stranger"] = answer{Result: "nobody asked"}
			return result, nil
		}
		all := w.all("a", "b", "c", "d", "e")
		want := []struct {
			result string
			err    error
		}{{"a", nil}, {"b", nil}, {"half", bad}, {"", ErrNoAnswer}, {"e", nil}}
		for i, o := range all {
			o.wait()
			if o.result != want[i].result || !errors.Is(o.err, want[i].err) {
				t.Errorf("operation %d = %q, %v, want %q, %v", i, o.result, o.err, want[i].result, want[i].err)
			}
		}
		w.sent("a", "b c d e")
	})
}

func TestWhatWaitsTogetherTravelsTogether(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		max   int
		same  func(a, b item) bool
		items []item // the first is under way while the others come
		sent  []string
	}{
		"in order of arrival":           {100, nil, []item{{"x", ""}, {"d", ""}, {"a", ""}, {"c", ""}, {"b", ""}}, []string{"x", "d a c b"}},
		"as many as a call takes":       {2, nil, []item{{"x", ""}, {"a", ""}, {"b", ""}, {"c", ""}, {"d", ""}, {"e", ""}}, []string{"x", "a b", "c d", "e"}},
		"one for all of a key":          {100, nil, []item{{"x", ""}, {"a", ""}, {"b", ""}, {"a", ""}, {"a", ""}}, []string{"x", "a b"}},
		"a key under way is another":    {100, nil, []item{{"x", ""}, {"x", ""}, {"x", ""}}, []string{"x", "x"}},
		"one for all that are the same": {100, sameWant, []item{{"x", ""}, {"a", "1"}, {"b", "1"}, {"a", "1"}}, []string{"x", "a b"}},
		"the same key twice, never":     {100, sameWant, []item{{"x", ""}, {"a", "1"}, {"a", "2"}, {"b", ""}, {"a", "1"}, {"a", "3"}}, []string{"x", "a b", "a", "a"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, Options[string, item, string]{Max: test.max, Same: test.same})
				var all []*operation
				for _, i := range test.items {
					all = append(all, w.do(t.Context(), i))
				}
				for i, o := range all {
					if o.wait(); o.err != nil || o.result != test.items[i].key+test.items[i].want {
						t.Errorf("operation %d = %q, %v", i, o.result, o.err)
					}
				}
				w.sent(test.sent...)
				if w.snapshot().most != 1 {
					t.Errorf("%d calls at a time, want 1", w.snapshot().most)
				}
			})
		})
	}
}

func TestWithoutCompanyEveryItemHasItsOwnCallAtOnce(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, -1} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, Options[string, item, string]{Max: limit})
				all := w.all("a", "b", "b", "c")
				if w.snapshot().most != 4 {
					t.Errorf("%d calls at a time, want 4", w.snapshot().most)
				}
				for _, o := range all {
					if o.wait(); o.err != nil || o.took != time.Second {
						t.Errorf("operation took %s, %v, want the second of its call", o.took, o.err)
					}
				}
				w.sent("a", "b", "b", "c")
			})
		})
	}
}

func TestTenThousandOperationsAtOnce(t *testing.T) {
	t.Parallel()
	const n = 10_000
	var mu sync.Mutex
	sent := map[int]int{}
	g := New(Options[int, int, int]{
		Key: func(i int) int { return i },
		Send: func(_ context.Context, items []int) (map[int]Answer[int], error) {
			mu.Lock()
			defer mu.Unlock()
			result := map[int]Answer[int]{}
			for _, i := range items {
				sent[i]++
				result[i] = Answer[int]{Result: -i}
			}
			return result, nil
		},
		Max: 500,
	})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if result, err := g.Do(t.Context(), i); result != -i || err != nil {
				t.Errorf("Do(%d) = %d, %v", i, result, err)
			}
		})
	}
	all.Wait()
	g.Close()
	if len(sent) != n {
		t.Errorf("%d items sent, want %d", len(sent), n)
	}
	for i, times := range sent {
		if times != 1 {
			t.Errorf("item %d was sent %d times", i, times)
		}
	}
}
