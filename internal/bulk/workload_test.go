package bulk

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// workload is a walk of Terraform: so many callers at a time, each with one item
// after the other, and after each item a write of the whole state, one at a time,
// that takes 2 to 10 ms. So callers who are released together come back one by one.
// The other side carries out one call at a time.
type workload struct {
	callers, items int
	takes          time.Duration // a call
}

// ideal is how long full calls and the state writes between them take.
func (l workload) ideal() (calls int, total time.Duration) {
	calls = (l.items + l.callers - 1) / l.callers
	return calls, time.Duration(calls)*l.takes + time.Duration(l.items)*6*time.Millisecond
}

// run runs the workload and returns the calls and the virtual time it needed.
// batcher makes the function that takes one item from the one that takes many.
func (l workload) run(t *testing.T, batcher func(send func(items []int)) (do func(item int), stop func())) (calls int, total time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server, state := make(chan struct{}, 1), make(chan struct{}, 1)
		do, stop := batcher(func([]int) {
			server <- struct{}{}
			time.Sleep(l.takes)
			calls++
			<-server
		})
		random := rand.New(rand.NewPCG(1, 2))
		items := make(chan int, l.items)
		for i := range l.items {
			items <- i
		}
		close(items)
		start := time.Now()
		var callers sync.WaitGroup
		for range l.callers {
			callers.Go(func() {
				for i := range items {
					do(i)
					state <- struct{}{}
					time.Sleep(2*time.Millisecond + time.Duration(random.Int64N(int64(8*time.Millisecond))))
					<-state
				}
			})
		}
		callers.Wait()
		total = time.Since(start)
		stop()
	})
	return calls, total
}

// grouped is a Group. after runs at the end of every call.
func grouped(limit int, after func(*pace)) func(send func([]int)) (func(int), func()) {
	return func(send func([]int)) (func(int), func()) {
		var g *Group[int, int, int]
		g = New(Options[int, int, int]{
			Key: func(i int) int { return i },
			Send: func(_ context.Context, items []int) (map[int]Answer[int], error) {
				send(items)
				result := map[int]Answer[int]{}
				for _, i := range items {
					result[i] = Answer[int]{Result: i}
				}
				g.mu.Lock()
				defer g.mu.Unlock()
				after(&g.pace)
				return result, nil
			},
			Max: limit,
		})
		return func(i int) { _, _ = g.Do(context.Background(), i) }, g.Close
	}
}

// windowed is what other batchers do: the first item opens a window, and what has
// come when it closes is sent.
func windowed(window time.Duration) func(send func([]int)) (func(int), func()) {
	return func(send func([]int)) (func(int), func()) {
		var mu sync.Mutex
		var waiting []int
		var sent chan struct{}
		return func(i int) {
			mu.Lock()
			if waiting = append(waiting, i); len(waiting) == 1 {
				sent = make(chan struct{})
				time.AfterFunc(window, func() {
					mu.Lock()
					items, done := waiting, sent
					waiting = nil
					mu.Unlock()
					send(items)
					close(done)
				})
			}
			done := sent
			mu.Unlock()
			<-done
		}, func() {}
	}
}

var (
	asIs   = grouped(1000, func(*pace) {})
	alone  = grouped(1, func(*pace) {})
	commit = grouped(1000, func(p *pace) { p.peak = 0 }) // saturated whenever a call ends: plain group commit
)

func TestWorkload(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	tests := []struct {
		workload
		calls int // at the most
	}{
		{workload{10, 200, 30 * ms}, 29},
		{workload{10, 200, 150 * ms}, 21},
		{workload{10, 200, 300 * ms}, 21},
		{workload{10, 200, 5000 * ms}, 21},
		{workload{10, 1000, 30 * ms}, 140},
		{workload{10, 1000, 150 * ms}, 101},
		{workload{10, 1000, 300 * ms}, 101},
		{workload{10, 1000, 5000 * ms}, 101},
		{workload{100, 200, 30 * ms}, 14},
		{workload{100, 200, 150 * ms}, 5},
		{workload{100, 200, 300 * ms}, 4},
		{workload{100, 200, 5000 * ms}, 3},
		{workload{100, 1000, 30 * ms}, 95},
		{workload{100, 1000, 150 * ms}, 22},
		{workload{100, 1000, 300 * ms}, 16},
		{workload{100, 1000, 5000 * ms}, 11},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%d callers, %d items, %s", test.callers, test.items, test.takes), func(t *testing.T) {
			t.Parallel()
			calls, total := test.run(t, asIs)
			aloneCalls, aloneTotal := test.run(t, alone)
			idealCalls, idealTotal := test.ideal()
			t.Logf("%d calls in %s; one by one %d in %s; ideal %d in %s",
				calls, total.Round(ms), aloneCalls, aloneTotal.Round(ms), idealCalls, idealTotal.Round(ms))
			if calls > test.calls {
				t.Errorf("%d calls, want %d at the most", calls, test.calls)
			}
			if test.takes >= 150*ms && calls > test.items/8 {
				t.Errorf("%d calls are more than an eighth of %d", calls, test.items)
			}
			if aloneCalls != test.items || total > aloneTotal/3 {
				t.Errorf("took %s; without a group %s", total, aloneTotal)
			}
			// The first is sent alone, and the last may wait for callers who do not come.
			if limit := idealTotal*13/10 + 2*test.takes; total > limit {
				t.Errorf("took %s, want %s at the most; ideal is %s", total, limit, idealTotal)
			}
		})
	}
}

// The other batchers are worse, as the package documentation says.
func TestWorkloadWithOtherBatchers(t *testing.T) {
	t.Parallel()
	load := workload{10, 200, 300 * time.Millisecond}
	ourCalls, ours := load.run(t, asIs)
	for name, test := range map[string]struct {
		batcher func(func([]int)) (func(int), func())
		worse   func(calls int, total time.Duration) bool
	}{
		"window of 3s":   {windowed(3 * time.Second), func(_ int, total time.Duration) bool { return total > 8*ours }},
		"window of 16ms": {windowed(16 * time.Millisecond), func(calls int, total time.Duration) bool { return calls > 2*ourCalls && total > 2*ours }},
		"group commit":   {commit, func(calls int, total time.Duration) bool { return calls == 2*20 && total > ours*3/2 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls, total := load.run(t, test.batcher)
			t.Logf("%d calls in %s, against %d in %s", calls, total, ourCalls, ours)
			if !test.worse(calls, total) {
				t.Errorf("%d calls in %s, against %d in %s: not as bad as the documentation says", calls, total, ourCalls, ours)
			}
		})
	}
}

// A call that fails now and then costs its own items, not the pace.
func TestWorkloadGoesOnAfterErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Options[string, item, string]{})
		w.reply = func(_ context.Context, n int, items []item) (answers, error) {
			if n%3 == 0 {
				return nil, errBad
			}
			return echo(items), nil
		}
		var callers sync.WaitGroup
		var mu sync.Mutex
		failed := 0
		for i := range 10 {
			callers.Go(func() {
				for range 30 {
					_, err := w.Do(t.Context(), item{key: string(rune('a' + i))})
					if err != nil {
						mu.Lock()
						failed++
						mu.Unlock()
						if !errors.Is(err, errBad) {
							t.Error(err)
						}
					}
				}
			})
		}
		callers.Wait()
		if len(w.snapshot().calls) > 34 || failed == 0 || failed > 110 {
			t.Errorf("%d calls and %d failures for 300 operations", len(w.snapshot().calls), failed)
		}
	})
}
