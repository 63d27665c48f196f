package bulk

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestNothingIsSentWhenTheContextOfTheCallHasEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.reply = func(context.Context, int, []item) (answers, error) { return nil, errRefused }
		for range 100 {
			w.warm(2)
			short, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
			long, cancelToo := context.WithTimeout(t.Context(), 1700*time.Millisecond)
			w.do(short, item{key: "a"})
			if o := w.do(long, item{key: "b"}).wait(); !errors.Is(o.err, context.DeadlineExceeded) {
				t.Errorf("operation = %v, want %v", o.err, context.DeadlineExceeded)
			}
			pass(time.Minute)
			w.sent("a b", "a")
			cancel()
			cancelToo()
		}
	})
}

func TestContextOfACallEndsWithIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.all("a", "b", "c")
		pass(time.Minute)
		for i, ctx := range w.snapshot().ctxs {
			if ctx.Err() == nil {
				t.Errorf("that of call %d has not ended", i+1)
			}
		}
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

// The caller of an item that was never sent learns so: nothing can have come of
// it.
func TestWithdrawnItemSaysThatItWasNeverSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		ctx, cancel := cancellable(t)
		sent := w.do(ctx, item{key: "a"})
		pass(time.Millisecond)
		waiting := w.do(ctx, item{key: "b"})
		pass(time.Millisecond)
		cancel()
		if o := sent.wait(); !errors.Is(o.err, errStopped) || errors.Is(o.err, ErrWithdrawn) {
			t.Errorf("the operation under way = %v, want %v alone", o.err, errStopped)
		}
		if o := waiting.wait(); !errors.Is(o.err, errStopped) || !errors.Is(o.err, ErrWithdrawn) {
			t.Errorf("the one that waits = %v, want %v and %v", o.err, ErrWithdrawn, errStopped)
		}
		if o := w.do(ctx, item{key: "c"}).wait(); !errors.Is(o.err, ErrWithdrawn) {
			t.Errorf("the one that comes too late = %v, want %v", o.err, ErrWithdrawn)
		}
		w.sent("a")
	})
}
