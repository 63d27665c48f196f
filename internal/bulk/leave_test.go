package bulk

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

var errStopped = errors.New("stopped by the user")

// cancellable returns a context and what ends it for the reason errStopped.
func cancellable(t *testing.T) (context.Context, func()) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	t.Cleanup(func() { cancel(nil) })
	return ctx, func() {
		cancel(errStopped)
		synctest.Wait()
	}
}

func TestWithdrawnItemIsNeverSent(t *testing.T) {
	t.Parallel()
	tests := map[string]func(ctx context.Context, w *world) *operation{
		"before it is given": nil,
		"while a call is under way": func(ctx context.Context, w *world) *operation {
			w.all("x")
			return w.do(ctx, item{key: "a"})
		},
		"while it is gathered": func(ctx context.Context, w *world) *operation {
			w.warm(3)
			return w.do(ctx, item{key: "a"})
		},
		"between two others": func(ctx context.Context, w *world) *operation {
			w.all("x", "b")
			o := w.do(ctx, item{key: "a"})
			w.all("c")
			return o
		},
	}
	for name, begin := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, Options[string, item, string]{})
				ctx, cancel := cancellable(t)
				var o *operation
				if begin == nil {
					cancel()
					o = w.do(ctx, item{key: "a"})
				} else {
					o = begin(ctx, w)
					cancel()
				}
				if !o.ended() || !errors.Is(o.err, errStopped) || o.took != 0 {
					t.Errorf("operation = %v after %s, want %v at once", o.err, o.took, errStopped)
				}
				pass(time.Hour)
				for _, call := range w.snapshot().calls {
					if call == "a" || call == "b a c" {
						t.Errorf("the withdrawn item was sent: %q", w.snapshot().calls)
					}
				}
			})
		})
	}
}

func TestItemStaysWhileAnotherWaitsForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		ctx, cancel := cancellable(t)
		w.all("x")
		first := w.do(ctx, item{key: "a"})
		second := w.do(t.Context(), item{key: "a"})
		cancel()
		if !first.ended() || !errors.Is(first.err, errStopped) {
			t.Errorf("who left got %v, want %v", first.err, errStopped)
		}
		if second.wait(); second.err != nil || second.result != "a" {
			t.Errorf("who stayed got %q, %v", second.result, second.err)
		}
	})
}

func TestLeavingDoesNotCancelTheOthersCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.warm(3)
		ctx, cancel := cancellable(t)
		first := w.do(ctx, item{key: "a"})
		second := w.do(t.Context(), item{key: "b"})
		third := w.do(t.Context(), item{key: "b"})
		w.sent("a b")
		cancel()
		if !first.ended() || !errors.Is(first.err, errStopped) {
			t.Errorf("who left got %v, want %v", first.err, errStopped)
		}
		for _, o := range []*operation{second, third} {
			if o.wait(); o.err != nil || o.took != time.Second {
				t.Errorf("who stayed got %v after %s", o.err, o.took)
			}
		}
	})
}

func TestCallIsCancelledWhenItsLastWaiterLeaves(t *testing.T) {
	t.Parallel()
	for name, together := range map[string][]string{"alone": {"a"}, "of several": {"a", "b"}, "of one item": {"a", "a"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, Options[string, item, string]{})
				w.warm(len(together))
				ctx, cancel := cancellable(t)
				var all []*operation
				for _, key := range together {
					all = append(all, w.do(ctx, item{key: key}))
				}
				next := w.do(t.Context(), item{key: "n"})
				cancel()
				for _, o := range all {
					if !o.ended() || !errors.Is(o.err, errStopped) {
						t.Errorf("who left got %v, want %v", o.err, errStopped)
					}
				}
				if len(w.snapshot().ctxs) == 0 || w.snapshot().ctxs[0].Err() == nil {
					t.Error("the call was not cancelled")
				}
				if next.wait(); next.err != nil {
					t.Errorf("the next call's operation failed: %v", next.err)
				}
			})
		})
	}
}

// The half that was answered has no waiters any more, but neither has it left.
func TestSecondHalfIsCancelledWhenItsLastWaiterLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.warm(2)
		w.reply = func(_ context.Context, n int, items []item) (answers, error) {
			if n == 1 {
				return nil, &RefusedError{errors.New("one of them is bad")}
			}
			return echo(items), nil
		}
		ctx, cancel := cancellable(t)
		first, second := w.do(t.Context(), item{key: "a"}), w.do(ctx, item{key: "b"})
		if first.wait(); first.err != nil {
			t.Error(first.err)
		}
		synctest.Wait()
		cancel()
		if !second.ended() || len(w.snapshot().ctxs) != 3 || w.snapshot().ctxs[2].Err() == nil {
			t.Errorf("calls %q; the last was not cancelled", w.snapshot().calls)
		}
	})
}

func TestRefusedItemThatWasWithdrawnIsNotSentAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.warm(4)
		w.reply = func(_ context.Context, n int, items []item) (answers, error) {
			if n == 1 {
				return nil, &RefusedError{errors.New("one of them is bad")}
			}
			return echo(items), nil
		}
		ctx, cancel := cancellable(t)
		first := w.do(t.Context(), item{key: "a"})
		w.do(ctx, item{key: "b"})
		w.all("c", "d")
		cancel()
		if first.wait(); first.err != nil {
			t.Error(first.err)
		}
		pass(time.Minute)
		w.sent("a b c d", "a", "c d")
	})
}

func TestDeadlineOfACallIsTheLatestOfItsWaiters(t *testing.T) {
	t.Parallel()
	const never = time.Duration(0)
	type waiter struct {
		key    string
		until  time.Duration // never: no deadline
		leaves bool          // before the call is sent
	}
	tests := map[string]struct {
		waiters []waiter
		want    time.Duration
	}{
		"one":                              {[]waiter{{"a", time.Minute, false}}, time.Minute},
		"one without":                      {[]waiter{{"a", never, false}}, never},
		"of several items":                 {[]waiter{{"a", time.Minute, false}, {"b", time.Hour, false}, {"c", time.Minute, false}}, time.Hour},
		"of several for one item":          {[]waiter{{"a", time.Minute, false}, {"a", time.Hour, false}, {"a", time.Minute, false}}, time.Hour},
		"one of several items without":     {[]waiter{{"a", time.Minute, false}, {"b", never, false}}, never},
		"one of several waiters without":   {[]waiter{{"a", never, false}, {"a", time.Minute, false}}, never},
		"who left does not count":          {[]waiter{{"a", time.Minute, false}, {"a", time.Hour, true}, {"b", time.Minute, false}}, time.Minute},
		"who left without does not either": {[]waiter{{"a", never, true}, {"a", time.Minute, false}}, time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, Options[string, item, string]{})
				w.all("x")
				for _, waits := range test.waiters {
					ctx, cancel := cancellable(t)
					if waits.until != never {
						var stop context.CancelFunc
						ctx, stop = context.WithDeadline(ctx, w.start.Add(waits.until))
						t.Cleanup(stop)
					}
					o := w.do(ctx, item{key: waits.key})
					if waits.leaves {
						cancel()
						o.wait()
					}
				}
				pass(1600 * time.Millisecond)
				late, cancel := context.WithTimeout(t.Context(), 10*time.Hour)
				defer cancel()
				w.do(late, item{key: test.waiters[0].key}) // comes too late to extend the call
				if len(w.snapshot().ctxs) != 2 {
					t.Fatalf("sent %q, want two calls", w.snapshot().calls)
				}
				deadline, ok := w.snapshot().ctxs[1].Deadline()
				if ok != (test.want != never) || ok && deadline.Sub(w.start) != test.want {
					t.Errorf("deadline %s (%v), want %s", deadline.Sub(w.start), ok, test.want)
				}
			})
		})
	}
}

func TestCallHasTheValuesOfItsFirstWaiter(t *testing.T) {
	t.Parallel()
	type name struct{}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.all("x")
		for _, key := range []string{"a", "b"} {
			w.do(context.WithValue(t.Context(), name{}, "of "+key), item{key: key})
		}
		pass(1600 * time.Millisecond)
		if got := w.snapshot().ctxs[1].Value(name{}); got != "of a" {
			t.Errorf("value = %v, want that of a", got)
		}
	})
}
