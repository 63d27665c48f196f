package bulk

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestCloseFailsWhatWaitsAndCancelsTheCall(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]int{"in company": 100, "without company": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, Options[string, item, string]{Max: limit})
				all := w.all("a", "b", "c")
				before := len(w.snapshot().calls)
				w.Close()
				w.Close() // a second time does no harm
				synctest.Wait()
				for i, o := range all {
					want := ErrClosed
					if i < before {
						want = context.Canceled
					}
					if !o.ended() || !errors.Is(o.err, want) || o.took != 0 {
						t.Errorf("operation %d ended %v after %s with %v, want %v at once", i, o.ended(), o.took, o.err, want)
					}
				}
				if o := w.do(t.Context(), item{key: "d"}); !errors.Is(o.err, ErrClosed) {
					t.Errorf("Do after Close = %v, want %v", o.err, ErrClosed)
				}
				pass(time.Hour)
				if len(w.snapshot().calls) != before {
					t.Errorf("sent %q after Close", w.snapshot().calls[before:])
				}
			})
		})
	}
}

func TestCloseEndsAGathering(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.warm(3)
		o := w.do(t.Context(), item{key: "a"})
		w.Close()
		if o.wait(); !errors.Is(o.err, ErrClosed) || time.Since(w.start) != 0 {
			t.Errorf("operation = %v after %s, want %v at once", o.err, time.Since(w.start), ErrClosed)
		}
		pass(time.Hour)
		w.sent()
	})
}

func TestCloseWaitsForTheCallToEnd(t *testing.T) {
	t.Parallel()
	ended := false
	synctest.Test(t, func(t *testing.T) {
		g := New(Options[string, item, string]{
			Key: func(i item) string { return i.key },
			Send: func(ctx context.Context, _ []item) (answers, error) {
				<-ctx.Done()
				time.Sleep(time.Second)
				ended = true
				return nil, ctx.Err()
			},
			Max: 100,
		})
		go func() { _, _ = g.Do(t.Context(), item{key: "a"}) }()
		synctest.Wait()
		g.Close()
		if !ended {
			t.Error("Close returned before the call had ended")
		}
	})
}

func TestCloseFailsTheHalfThatWasNotSentYet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.warm(2)
		w.reply = func(context.Context, int, []item) (answers, error) { return nil, errRefused }
		all := w.all("a", "b")
		pass(1500 * time.Millisecond) // a is under way
		w.Close()
		for i, want := range []error{context.Canceled, ErrClosed} {
			if all[i].wait(); !errors.Is(all[i].err, want) {
				t.Errorf("operation %d = %v, want %v", i, all[i].err, want)
			}
		}
		w.sent("a b", "a")
	})
}

// What the end of a call would have it send once more must not begin a gathering.
func TestCloseDoesNotGatherAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{Resolve: func(context.Context, []item) (answers, error) {
			time.Sleep(time.Second)
			return nil, nil
		}})
		w.warm(3)
		w.reply = func(context.Context, int, []item) (answers, error) { return nil, errUnknown }
		all := w.all("a", "b")
		ctx, cancel := cancellable(t)
		w.do(ctx, item{key: "b"})
		cancel()                      // so that fewer are there than could come
		pass(1500 * time.Millisecond) // Resolve is under way
		w.Close()
		if took := time.Since(w.start); took != 2*time.Second {
			t.Errorf("Close returned after %s, want 2s, when Resolve did", took)
		}
		if all[0].wait(); !errors.Is(all[0].err, ErrClosed) {
			t.Errorf("operation = %v, want %v", all[0].err, ErrClosed)
		}
	})
}

// A timer that fires while its gathering ends comes too late.
func TestLateTimerDoesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.warm(2)
		w.all("a")
		round := w.rounds
		w.all("b", "c")
		w.running.Add(1)
		w.gathered(round)
		synctest.Wait()
		w.sent("a b")
	})
}
