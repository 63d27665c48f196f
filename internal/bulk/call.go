package bulk

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"
)

// batch is a call under way.
type batch[K comparable, Item, Result any] struct {
	entries []*entry[K, Item, Result]
	waiters int                // of all entries: those who have neither left nor got their answer
	ctx     context.Context    //nolint:containedctx // of the call, which another goroutine may run
	cancel  context.CancelFunc // of ctx

	firstEntry [1]*entry[K, Item, Result]
}

// takeOff makes a call of what waits: different keys in order of arrival. The
// caller holds the mutex, and sees to it that the call is run.
func (g *Group[K, Item, Result]) takeOff() *batch[K, Item, Result] {
	b := &g.waiting[0].firstBatch
	if g.waiting[0].resent {
		b = &batch[K, Item, Result]{}
	}
	b.entries = b.firstEntry[:0]
	left := g.waiting[:0]
	taken := map[K]bool{}
	for _, e := range g.waiting {
		if len(b.entries) == g.options.Max || taken[e.key] {
			left = append(left, e)
			continue
		}
		taken[e.key] = true
		b.entries = append(b.entries, e)
		b.waiters += e.waiters
		e.batch = b
	}
	clear(g.waiting[len(left):])
	g.waiting = left
	b.ctx, b.cancel = b.context()
	g.flying = append(g.flying, b)
	g.running.Add(1)
	return b
}

// lone reports whether the call is that of one newcomer, who runs it.
func (b *batch[K, Item, Result]) lone() bool {
	return len(b.entries) == 1 && b.entries[0].done == nil
}

// context returns a context for the call. The call of a lone newcomer has its
// waiter's. Nobody's cancellation ends that of another call: it has the values of
// the first waiter's and the latest deadline of all.
func (b *batch[K, Item, Result]) context() (context.Context, context.CancelFunc) {
	if b.lone() {
		return context.WithCancel(b.entries[0].seats[0])
	}
	var values context.Context
	var latest time.Time
	endless := false
	for _, e := range b.entries {
		for _, ctx := range e.seats {
			if ctx == nil {
				continue
			}
			if values == nil {
				values = context.WithoutCancel(ctx)
			}
			deadline, ok := ctx.Deadline()
			endless = endless || !ok
			if deadline.After(latest) {
				latest = deadline
			}
		}
	}
	if endless {
		return context.WithCancel(values)
	}
	return context.WithDeadline(values, latest)
}

// run carries out a call and begins the next one.
func (g *Group[K, Item, Result]) run(b *batch[K, Item, Result]) {
	defer g.running.Done()
	defer g.land(b) // also when Send ends its goroutine
	g.carryOut(b.ctx, b.entries)
}

// land ends a call and begins the next one.
func (g *Group[K, Item, Result]) land(b *batch[K, Item, Result]) {
	b.cancel()
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.flying, b)
	g.flying = slices.Delete(g.flying, i, i+1)
	for _, e := range b.entries {
		switch {
		case e.answered || e.waiters == 0:
		case !e.again:
			g.finish(e, Answer[Result]{Err: errNoOutcome})
		case g.closed:
			g.finish(e, Answer[Result]{Err: ErrClosed})
		default:
			g.waitAgain(e)
		}
	}
	if b := g.next(); b != nil {
		go g.run(b)
	}
}

// waitAgain puts an entry that is to be sent once more among those that wait. The
// caller holds the mutex.
func (g *Group[K, Item, Result]) waitAgain(e *entry[K, Item, Result]) {
	e.batch, e.again, e.resent = nil, false, true
	if e.done == nil {
		e.done = make(chan struct{})
	}
	g.waiting = append(g.waiting, e)
	slices.SortFunc(g.waiting, func(a, b *entry[K, Item, Result]) int { return a.number - b.number })
}

var errNoOutcome = errors.New("the bulk call ended without an outcome")

// carryOut sends those of the entries that are still wanted, in halves where that
// is refused, and settles them.
func (g *Group[K, Item, Result]) carryOut(ctx context.Context, entries []*entry[K, Item, Result]) {
	entries = g.wanted(ctx, entries)
	if len(entries) == 0 {
		return
	}
	start := time.Now()
	answers, err := guarded(ctx, g.options.Send, entries)
	if err != nil {
		g.failed(ctx, entries, err)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pace.took(time.Since(start))
	g.settle(entries, answers, ErrNoAnswer)
}

// wanted returns those of the entries that somebody waits for: none when the
// group is closed or the call's context has ended.
func (g *Group[K, Item, Result]) wanted(ctx context.Context, entries []*entry[K, Item, Result]) []*entry[K, Item, Result] {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closed:
		g.settle(entries, nil, ErrClosed)
		return nil
	case ctx.Err() != nil:
		for _, e := range entries {
			if e.sent {
				g.finish(e, Answer[Result]{Err: context.Cause(ctx)})
			} else {
				g.finish(e, Answer[Result]{Err: withdrawn(context.Cause(ctx))})
			}
		}
		return nil
	}
	for _, e := range entries { // Ctrl-C ends all contexts at once: nothing more is sent then
		if cause := e.ended(); cause != nil && !e.sent { //nolint:contextcheck // these are the waiters' contexts
			g.finish(e, Answer[Result]{Err: withdrawn(cause)})
		}
	}
	left := func(e *entry[K, Item, Result]) bool { return e.waiters == 0 || e.answered }
	if slices.ContainsFunc(entries, left) {
		entries = slices.DeleteFunc(slices.Clone(entries), left)
	}
	for _, e := range entries {
		e.sent = true
	}
	return entries
}

// ended returns why the context of a waiter has ended if those of all waiters have,
// and nil otherwise.
func (e *entry[K, Item, Result]) ended() (cause error) {
	for _, ctx := range e.seats {
		switch {
		case ctx == nil:
		case ctx.Err() == nil:
			return nil
		default:
			cause = context.Cause(ctx)
		}
	}
	return cause
}

// failed does what is to be done after a call that ended with an error.
func (g *Group[K, Item, Result]) failed(ctx context.Context, entries []*entry[K, Item, Result], err error) {
	var refused *RefusedError
	var unknown *UnknownError
	switch {
	case errors.As(err, &refused) && len(entries) > 1:
		half := len(entries) / 2
		g.carryOut(ctx, entries[:half])
		g.carryOut(ctx, entries[half:])
		return
	case errors.As(err, &unknown) && g.options.Resolve != nil && ctx.Err() == nil:
		g.resolve(ctx, entries, err)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.settle(entries, nil, err)
}

// resolve asks what became of a call of unknown fate.
func (g *Group[K, Item, Result]) resolve(ctx context.Context, entries []*entry[K, Item, Result], err error) {
	answers, resolveErr := guarded(ctx, g.options.Resolve, entries)
	g.mu.Lock()
	defer g.mu.Unlock()
	if resolveErr != nil {
		g.settle(entries, nil, errors.Join(err, resolveErr))
		return
	}
	for _, e := range entries {
		answer, known := answers[e.key]
		switch {
		case known:
			g.finish(e, answer)
		case e.resent:
			g.finish(e, Answer[Result]{Err: err})
		default:
			e.again = true
		}
	}
}

// settle gives every entry its answer, or the error otherwise where it has none.
// The caller holds the mutex.
func (g *Group[K, Item, Result]) settle(entries []*entry[K, Item, Result], answers map[K]Answer[Result], otherwise error) {
	for _, e := range entries {
		answer, ok := answers[e.key]
		if !ok {
			answer.Err = otherwise
		}
		g.finish(e, answer)
	}
}

// guarded calls one of the two functions of the options and makes an error of a
// panic in it.
func guarded[K comparable, Item, Result any](ctx context.Context, call func(context.Context, []Item) (map[K]Answer[Result], error), entries []*entry[K, Item, Result]) (answers map[K]Answer[Result], err error) {
	defer func() {
		if value := recover(); value != nil {
			answers, err = nil, fmt.Errorf("the bulk call panicked: %v\n%s", value, debug.Stack())
		}
	}()
	items := make([]Item, len(entries))
	for i, e := range entries {
		items[i] = e.item
	}
	return call(ctx, items)
}
