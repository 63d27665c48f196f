package bulk

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var (
	errBad     = errors.New("bad")
	errLost    = errors.New("the answer was lost")
	errUnread  = errors.New("cannot read")
	errRefused = &RefusedError{errBad}
	errUnknown = &UnknownError{errLost}
	errExit    = errors.New("not returned: the goroutine ends")
)

func TestErrorOfACallIsThatOfAllItsItems(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  error
		want error
	}{
		"any":                      {errBad, errBad},
		"unknown, without Resolve": {fmt.Errorf("sending: %w", errUnknown), errLost},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, Options[string, item, string]{})
				w.warm(3)
				w.reply = func(_ context.Context, n int, items []item) (answers, error) {
					if n == 1 {
						return echo(items), test.err
					}
					return echo(items), nil
				}
				for _, o := range w.all("a", "b", "c") {
					if o.wait(); !errors.Is(o.err, test.want) || o.err.Error() != test.err.Error() || o.result != "" {
						t.Errorf("operation = %q, %v, want %v", o.result, o.err, test.want)
					}
				}
				if o := w.do(t.Context(), item{key: "d"}).wait(); o.err != nil {
					t.Errorf("the group did not go on: %v", o.err)
				}
				w.sent("a b c", "d")
			})
		})
	}
}

func TestPanicBecomesTheWaitersErrorAndTheGroupGoesOn(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		max     int
		send    func() error
		resolve func()
		want    []string // of the error
	}{
		"in Send":                  {100, func() error { panic("oops") }, nil, []string{"panicked: oops", "failure_test.go"}},
		"in Send, without company": {1, func() error { panic("oops") }, nil, []string{"panicked: oops"}},
		"in Resolve":               {100, func() error { return errUnknown }, func() { panic("oh no") }, []string{"the answer was lost", "panicked: oh no"}},
		"not a panic, but an exit": {100, func() error { runtime.Goexit(); return nil }, nil, []string{"without an outcome"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := Options[string, item, string]{Max: test.max}
			if test.resolve != nil {
				options.Resolve = func(context.Context, []item) (answers, error) { test.resolve(); return nil, nil }
			}
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, options)
				w.warm(2)
				w.reply = func(_ context.Context, _ int, items []item) (answers, error) {
					if items[0].key != "a" {
						return echo(items), nil
					}
					return nil, test.send()
				}
				for _, o := range []*operation{w.do(t.Context(), item{key: "a"}), w.do(t.Context(), item{key: "a"})} {
					o.wait()
					for _, want := range test.want {
						if o.err == nil || !strings.Contains(o.err.Error(), want) {
							t.Errorf("operation = %v, want an error with %q", o.err, want)
						}
					}
				}
				if o := w.do(t.Context(), item{key: "d"}).wait(); o.err != nil {
					t.Errorf("the group did not go on: %v", o.err)
				}
			})
		})
	}
}

func TestOneBadItemAmongManyFailsAlone(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 3, 10, 16, 26} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, Options[string, item, string]{})
				names := strings.Split("abcdefghijklmnopqrstuvwxyz"[:n], "")
				for _, bad := range names {
					w.reply = func(_ context.Context, _ int, items []item) (answers, error) {
						if slices.Contains(items, item{key: bad}) {
							return nil, fmt.Errorf("sending: %w", errRefused)
						}
						return echo(items), nil
					}
					w.warm(n)
					for i, o := range w.all(names...) {
						o.wait()
						if wantErr := names[i] == bad; wantErr != errors.Is(o.err, errBad) || !wantErr && o.result != names[i] {
							t.Errorf("%q is bad, and %q got %q, %v", bad, names[i], o.result, o.err)
						}
					}
					synctest.Wait()
					if limit := 1 + 2*bits.Len(uint(n-1)); len(w.snapshot().calls) > limit {
						t.Errorf("%d calls, want %d at the most: %q", len(w.snapshot().calls), limit, w.snapshot().calls)
					}
				}
			})
		})
	}
}

func TestCallOfUnknownFateIsResolvedNotRepeated(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		max      int
		errs     []error         // of the calls, in turn; then none
		done     map[string]bool // what Resolve finds
		fails    bool            // whether Resolve does
		sent     []string
		want     map[string]error // what the items get; nil without
		resolved int              // how often Resolve is asked
	}{
		"all done":           {100, []error{errUnknown}, map[string]bool{"a": true, "b": true, "c": true}, false, []string{"a b c"}, nil, 1},
		"none done":          {100, []error{errUnknown}, nil, false, []string{"a b c", "a b c"}, nil, 1},
		"one done":           {100, []error{errUnknown}, map[string]bool{"b": true}, false, []string{"a b c", "a c"}, nil, 1},
		"unknown twice":      {100, []error{errUnknown, errUnknown}, map[string]bool{"b": true}, false, []string{"a b c", "a c"}, map[string]error{"a": errLost, "c": errLost}, 2},
		"exit the second":    {100, []error{errUnknown, errExit}, map[string]bool{"b": true}, false, []string{"a b c", "a c"}, map[string]error{"a": errNoOutcome, "c": errNoOutcome}, 1},
		"bad the second":     {100, []error{errUnknown, errBad}, map[string]bool{"b": true}, false, []string{"a b c", "a c"}, map[string]error{"a": errBad, "c": errBad}, 1},
		"refused the second": {100, []error{errUnknown, errRefused, nil, errRefused}, nil, false, []string{"a b c", "a b c", "a", "b c", "b", "c"}, nil, 1},
		"unknown half":       {100, []error{errRefused, errUnknown}, nil, false, []string{"a b c", "a", "b c", "a"}, nil, 1},
		"Resolve fails":      {100, []error{errUnknown}, nil, true, []string{"a b c"}, map[string]error{"a": errUnread, "b": errUnread, "c": errUnread}, 1},
		"without company":    {1, []error{errUnknown, nil, errUnknown, nil, errUnknown}, nil, false, []string{"a", "a", "b", "b", "c", "c"}, nil, 3},
		"alone and twice":    {1, []error{errUnknown, errUnknown}, nil, false, []string{"a", "a", "b", "c"}, map[string]error{"a": errLost}, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			options := Options[string, item, string]{Max: test.max, Resolve: func(_ context.Context, items []item) (answers, error) {
				asked++
				if test.fails {
					return nil, errUnread
				}
				found := echo(items)
				for key := range found {
					if !test.done[key] {
						delete(found, key)
					}
				}
				return found, nil
			}}
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, options)
				w.warm(3)
				w.reply = func(_ context.Context, n int, items []item) (answers, error) {
					if n > len(test.errs) || test.errs[n-1] == nil {
						return echo(items), nil
					}
					if errors.Is(test.errs[n-1], errExit) {
						runtime.Goexit()
					}
					return nil, test.errs[n-1]
				}
				var all []*operation
				for _, key := range []string{"a", "b", "c"} {
					o := w.do(t.Context(), item{key: key})
					if test.max == 1 {
						o.wait() // one after the other, so that the order is known
					}
					all = append(all, o)
				}
				for i, o := range all {
					key := string(rune('a' + i))
					o.wait()
					if want := test.want[key]; !errors.Is(o.err, want) || want == nil && o.result != key {
						t.Errorf("%q got %q, %v, want error %v", key, o.result, o.err, want)
					}
					if test.fails && !errors.Is(o.err, errLost) {
						t.Errorf("%q got %v, which does not tell that %v", key, o.err, errLost)
					}
				}
				w.sent(test.sent...)
				if asked != test.resolved {
					t.Errorf("Resolve was asked %d times, want %d", asked, test.resolved)
				}
			})
		})
	}
}

func TestWhatIsSentOnceMoreKeepsItsPlace(t *testing.T) {
	t.Parallel()
	options := Options[string, item, string]{Same: sameWant, Resolve: func(context.Context, []item) (answers, error) {
		return echo([]item{{"a", "1"}}), nil // so that the other a comes first now
	}}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		w.warm(4)
		w.reply = func(_ context.Context, n int, items []item) (answers, error) {
			if n == 1 {
				return nil, errUnknown
			}
			return echo(items), nil
		}
		var all []*operation
		for _, i := range []item{{"a", "1"}, {"a", "2"}, {"b", ""}, {"c", ""}, {"d", ""}, {"b", ""}} {
			all = append(all, w.do(t.Context(), i))
		}
		for _, o := range all {
			if o.wait(); o.err != nil {
				t.Error(o.err)
			}
		}
		w.sent("a b c", "a b c d", "b")
	})
}

func TestWhatIsToBeSentOnceMoreIsNotWhenNobodyWaits(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w *world, cancel func()){
		"left":   func(_ *world, cancel func()) { cancel() },
		"closed": func(w *world, _ func()) { w.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := Options[string, item, string]{Resolve: func(context.Context, []item) (answers, error) {
				time.Sleep(time.Second)
				return nil, nil
			}}
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, options)
				w.reply = func(context.Context, int, []item) (answers, error) { return nil, errUnknown }
				ctx, cancel := cancellable(t)
				o := w.do(ctx, item{key: "a"})
				pass(1500 * time.Millisecond) // Resolve is under way
				end(w, cancel)
				if o.wait(); o.err == nil {
					t.Error("no error")
				}
				pass(time.Minute)
				w.sent("a")
			})
		})
	}
}
