package bulk

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// item is what the tests send: want is what is asked for the key.
type item struct{ key, want string }

type (
	answer  = Answer[string]
	answers = map[string]answer
)

// world is a group and the other side that it talks to, within a synctest bubble.
type world struct {
	*Group[string, item, string]
	t     *testing.T
	takes time.Duration // how long a call takes

	// reply is what the n-th call answers, counted from 1; nil echoes.
	reply func(ctx context.Context, n int, items []item) (answers, error)

	mu    sync.Mutex
	start time.Time
	log   traffic
}

// traffic is what was sent.
type traffic struct {
	calls  []string          // the keys of each call
	times  []time.Duration   // when each call began
	ctxs   []context.Context // of each call
	active int               // calls under way
	most   int               // the most that ever were
}

// newWorld returns a world whose calls take a second and whose group is closed at
// the end of the test.
func newWorld(t *testing.T, options Options[string, item, string]) *world {
	t.Helper()
	w := &world{t: t, start: time.Now(), takes: time.Second}
	options.Key = func(i item) string { return i.key }
	options.Send = w.send
	if options.Max == 0 {
		options.Max = 100
	}
	w.Group = New(options)
	t.Cleanup(w.Close)
	return w
}

func (w *world) send(ctx context.Context, items []item) (answers, error) {
	w.mu.Lock()
	w.log.calls = append(w.log.calls, keys(items))
	w.log.times = append(w.log.times, time.Since(w.start))
	w.log.ctxs = append(w.log.ctxs, ctx)
	w.log.active++
	w.log.most = max(w.log.most, w.log.active)
	n := len(w.log.calls)
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.log.active--
		w.mu.Unlock()
	}()
	timer := time.NewTimer(w.takes)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if w.reply != nil {
		return w.reply(ctx, n, items)
	}
	return echo(items), nil
}

// echo answers every item with its key and what it wants.
func echo(items []item) answers {
	result := answers{}
	for _, i := range items {
		result[i.key] = answer{Result: i.key + i.want}
	}
	return result
}

func keys(items []item) string {
	var all []string
	for _, i := range items {
		all = append(all, i.key)
	}
	return strings.Join(all, " ")
}

// operation is a Do that runs in a goroutine. Its fields are to be read after
// synctest.Wait or wait.
type operation struct {
	result string
	err    error
	took   time.Duration
	done   chan struct{}
}

// do starts an operation and returns when it waits or has ended.
func (w *world) do(ctx context.Context, i item) *operation {
	o := w.begin(ctx, i)
	synctest.Wait()
	return o
}

// all starts operations without a context, in this order, and returns when they
// wait or have ended.
func (w *world) all(names ...string) []*operation {
	var started []*operation
	for _, key := range names {
		started = append(started, w.do(w.t.Context(), item{key: key}))
	}
	return started
}

func (w *world) begin(ctx context.Context, i item) *operation {
	o := &operation{done: make(chan struct{})}
	start := time.Now()
	go func() {
		defer close(o.done)
		o.result, o.err = w.Do(ctx, i)
		o.took = time.Since(start)
	}()
	return o
}

func (o *operation) wait() *operation {
	<-o.done
	return o
}

func (o *operation) ended() bool {
	select {
	case <-o.done:
		return true
	default:
		return false
	}
}

// pass lets virtual time pass, and then what is due happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// warm teaches the group that there are so many callers and that a call takes
// w.takes, and forgets what was sent for that.
func (w *world) warm(callers int) {
	for i := range callers {
		w.begin(w.t.Context(), item{key: string(rune('A' + i))})
	}
	pass(time.Hour)
	w.mu.Lock()
	w.log = traffic{}
	w.start = time.Now()
	w.mu.Unlock()
	w.Group.mu.Lock()
	w.pace.peak, w.pace.call = callers, w.takes
	w.Group.mu.Unlock()
}

// snapshot returns what was sent up to now.
func (w *world) snapshot() traffic {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log
}

// sent checks what was sent, call by call.
func (w *world) sent(want ...string) {
	w.t.Helper()
	if got := w.snapshot().calls; !slices.Equal(got, want) {
		w.t.Errorf("sent %q, want %q", got, want)
	}
}

// began checks when the calls began.
func (w *world) began(want ...time.Duration) {
	w.t.Helper()
	if got := w.snapshot().times; !slices.Equal(got, want) {
		w.t.Errorf("calls began at %v, want %v", got, want)
	}
}
