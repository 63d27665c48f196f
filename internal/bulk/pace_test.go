package bulk

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestLoneOperationIsSentAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		for range 3 {
			if o := w.do(t.Context(), item{key: "a"}).wait(); o.took != w.takes {
				t.Errorf("operation took %s, want the %s of its call", o.took, w.takes)
			}
			pass(time.Minute)
		}
		w.began(0, w.takes+time.Minute, 2*(w.takes+time.Minute))
	})
}

// arrival is an operation and when it comes.
type arrival struct {
	at  time.Duration
	key string
}

func TestWhenAGatheringEnds(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	tests := map[string]struct {
		max      int // of a call
		callers  int // remembered; a call takes a second
		arrivals []arrival
		calls    []string
		began    []time.Duration
	}{
		"full": {
			3, 9,
			[]arrival{{0, "a"}, {10 * ms, "b"}, {20 * ms, "c"}},
			[]string{"a b c"},
			[]time.Duration{20 * ms},
		},
		"saturated": {
			100, 3,
			[]arrival{{0, "a"}, {100 * ms, "b"}, {300 * ms, "c"}},
			[]string{"a b c"},
			[]time.Duration{300 * ms},
		},
		"saturated with two callers for one item": {
			100, 3,
			[]arrival{{0, "a"}, {100 * ms, "b"}, {300 * ms, "a"}},
			[]string{"a b"},
			[]time.Duration{300 * ms},
		},
		"quiet": {
			100, 9,
			[]arrival{{0, "a"}, {400 * ms, "b"}},
			[]string{"a b"},
			[]time.Duration{900 * ms},
		},
		"quiet from the start": {
			100, 9,
			[]arrival{{0, "a"}},
			[]string{"a"},
			[]time.Duration{500 * ms},
		},
		"the time of a call is over": {
			100, 9,
			[]arrival{{0, "a"}, {400 * ms, "b"}, {800 * ms, "c"}, {999 * ms, "d"}},
			[]string{"a b c d"},
			[]time.Duration{1000 * ms},
		},
		"the second begins anew": {
			100, 9, // then 5, for the first had 1 of 9
			[]arrival{{0, "a"}, {1600 * ms, "b"}},
			[]string{"a", "b"},
			[]time.Duration{500 * ms, 2100 * ms},
		},
		"what comes during a call waits for its end": {
			100, 2,
			[]arrival{{0, "a"}, {10 * ms, "b"}, {300 * ms, "c"}, {500 * ms, "d"}},
			[]string{"a b", "c d"},
			[]time.Duration{10 * ms, 1510 * ms},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, Options[string, item, string]{Max: test.max})
				w.warm(test.callers)
				for _, a := range test.arrivals {
					pass(a.at - time.Since(w.start))
					w.begin(t.Context(), item{key: a.key})
				}
				pass(time.Minute)
				w.sent(test.calls...)
				w.began(test.began...)
			})
		})
	}
}

// Arrivals that each come in time could otherwise draw a gathering out for ever.
func TestGatheringNeverTakesLongerThanACall(t *testing.T) {
	t.Parallel()
	for _, takes := range []time.Duration{time.Millisecond, 30 * time.Millisecond, 5 * time.Second} {
		t.Run(takes.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, Options[string, item, string]{})
				w.takes = takes
				for gap := takes / 16; gap <= takes; gap += takes / 16 {
					w.warm(50)
					first := w.do(t.Context(), item{key: "a"})
					for range 20 {
						pass(gap)
						w.begin(t.Context(), item{key: "b"})
					}
					if first.wait(); first.took > 2*takes {
						t.Errorf("with an arrival every %s, a call of %s began after %s", gap, takes, first.took-takes)
					}
					pass(time.Minute)
				}
			})
		})
	}
}

func TestLoneOperationsStopWaitingForCallersWhoAreGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.warm(10)
		var waits []time.Duration
		for range 8 {
			waits = append(waits, w.do(t.Context(), item{key: "a"}).wait().took-w.takes)
			pass(time.Second)
		}
		for i, wait := range waits { // remembered are 10 callers, then 5, 3, 2 and 1
			want := w.takes / 2
			if i >= 4 {
				want = 0
			}
			if wait != want {
				t.Errorf("lone operation %d waited %s, want %s (all: %v)", i+1, wait, want, waits)
			}
		}
	})
}

func TestReturningCallersAreRememberedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.warm(1)
		w.all("a", "b", "c")
		pass(1250 * time.Millisecond) // b and c are gathered, for three callers are known now
		w.sent("a")
		w.all("d")
		w.sent("a", "b c d")
	})
}

// A caller whom the first half of a split call released is one of those known: when
// it comes back during the second half, it is not one more than ever before.
func TestReleasedCallersAreNotCountedTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.warm(3)
		w.reply = func(_ context.Context, n int, items []item) (answers, error) {
			if n == 1 {
				return nil, errRefused
			}
			return echo(items), nil
		}
		first := w.all("a", "b", "c")[0]
		first.wait()
		w.all("a")
		w.sent("a b c", "a", "b c")
		w.Group.mu.Lock()
		defer w.Group.mu.Unlock()
		if w.pace.peak != 3 || w.pace.present != 3 {
			t.Errorf("%d callers are present and at most %d known, want 3", w.pace.present, w.pace.peak)
		}
	})
}

func TestOnlyAnsweredCallsTeachHowLongOneTakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.warm(1)
		w.takes = time.Hour
		ctx, cancel := cancellable(t)
		w.do(ctx, item{key: "a"})
		pass(30 * time.Minute)
		cancel()
		synctest.Wait()
		w.Group.mu.Lock()
		defer w.Group.mu.Unlock()
		if w.pace.call != time.Second {
			t.Errorf("a call takes %s, it is thought, want 1s", w.pace.call)
		}
	})
}

func TestTimeOfACallIsSmoothed(t *testing.T) {
	t.Parallel()
	var p pace
	for i, want := range []time.Duration{1000, 1800, 2440} {
		took := 5 * time.Microsecond
		if i == 0 {
			took = time.Microsecond
		}
		if p.took(took); p.call != want {
			t.Errorf("after call %d one takes %d ns, want %d", i+1, p.call, want)
		}
	}
}
