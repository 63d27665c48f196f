package bulk

import (
	"context"
	"errors"
	"strings"
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
	tests := map[string]func(ctx context.Context, w *world, cancel func()) *operation{
		"before it is given": func(ctx context.Context, w *world, cancel func()) *operation {
			cancel()
			return w.do(ctx, item{key: "a"})
		},
		"while a call is under way": func(ctx context.Context, w *world, _ func()) *operation {
			w.all("x")
			return w.do(ctx, item{key: "a"})
		},
		"while it is gathered": func(ctx context.Context, w *world, _ func()) *operation {
			w.warm(3)
			return w.do(ctx, item{key: "a"})
		},
		"between two others": func(ctx context.Context, w *world, _ func()) *operation {
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
				o := begin(ctx, w, cancel)
				cancel()
				if !o.ended() || !errors.Is(o.err, errStopped) || o.took != 0 {
					t.Errorf("operation = %v after %s, want %v at once", o.err, o.took, errStopped)
				}
				pass(time.Hour)
				if calls := w.snapshot().calls; strings.Contains(strings.Join(calls, " "), "a") {
					t.Errorf("the withdrawn item was sent: %q", calls)
				}
			})
		})
	}
}

func TestOperationThatWasCancelledBeforeDoesNotCount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.warm(2)
		w.all("b")
		ctx, cancel := cancellable(t)
		cancel()
		w.do(ctx, item{key: "a"})
		pass(time.Hour)
		w.sent("b")
		w.began(500 * time.Millisecond) // not saturated by the other
	})
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

func TestCallThatIsSentOnceMoreIsCancelledWhenItsLastWaiterLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{Resolve: func(context.Context, []item) (answers, error) { return nil, nil }})
		w.reply = func(context.Context, int, []item) (answers, error) { return nil, errUnknown }
		ctx, cancel := cancellable(t)
		w.do(ctx, item{key: "a"})
		pass(1500 * time.Millisecond)
		w.sent("a", "a")
		cancel()
		if w.snapshot().ctxs[1].Err() == nil {
			t.Error("the second call was not cancelled")
		}
	})
}

// Both may happen at one instant; which comes first is open, but not that the
// waiter is counted out once.
func TestAnswerAndCancellationAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		for range 200 {
			w.warm(2)
			ctx, cancel := context.WithCancelCause(t.Context())
			w.reply = func(_ context.Context, _ int, items []item) (answers, error) {
				cancel(errStopped)
				return echo(items), nil
			}
			for _, o := range []*operation{w.do(ctx, item{key: "a"}), w.do(ctx, item{key: "b"})} {
				if o.wait(); !errors.Is(o.err, errStopped) && (o.err != nil || o.result == "") {
					t.Errorf("operation = %q, %v", o.result, o.err)
				}
			}
			synctest.Wait()
			if w.pace.present != 0 {
				t.Fatalf("%d callers are left", w.pace.present)
			}
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
