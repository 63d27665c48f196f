package bulk

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// model knows what a group must do in a schedule: it is told of every Do, plays
// the other side, and so knows where every item is and what its outcome must be.
// Times are such that no two things happen at one instant by chance.
type model struct {
	t      *testing.T
	group  *Group[int, thing, string]
	limit  int
	script []byte

	mu      sync.Mutex
	items   []*accepted
	callers []*caller
	closed  bool
	calls   int // of Send and Resolve, ever
	active  int // of them, now
}

// thing is what is sent; want is what is asked for the key.
type thing struct{ id, key, want int }

// caller is one Do.
type caller struct {
	ctx    context.Context //nolint:containedctx // the model compares it with that of the call
	cancel context.CancelCauseFunc
	item   *accepted // nil when the group was closed
	ended  bool
}

// over reports whether the caller needs its item no longer. The call's context may
// reach the same deadline a moment earlier.
func (c *caller) over() bool {
	deadline, ok := c.ctx.Deadline()
	return c.ended || c.ctx.Err() != nil || ok && !time.Now().Before(deadline)
}

// accepted is what is known of an item that the group has accepted.
type accepted struct {
	thing
	waiters []*caller // who wait for it still
	state   state
	flight  []*accepted // the items of the call that it is in
	resent  bool        // it is to be sent once more, or has been
	result  string      // its outcome …
	errs    []error     // … which is all of these
}

// state is where an item is.
type state string

const (
	waits   state = ""        // to be sent
	flies   state = "sent"    // in a call
	refused state = "refused" // in a call that was refused, so that it may be sent again
	unclear state = "unclear" // in a call of unknown fate
	later   state = "later"   // not done, so that it is to be sent once more after the call
	settled state = "settled" // done with
	gone    state = "gone"    // withdrawn before it was sent
)

var errPanic = errors.New("panicked")

// decide returns a byte that says what the n-th call does.
func (m *model) decide(n, salt int) byte {
	return m.script[(7*n+salt)%len(m.script)] ^ byte(31*n+salt)
}

// send answers, refuses, fails, panics, or loses its answer.
func (m *model) send(ctx context.Context, items []thing) (map[int]Answer[string], error) {
	n, batch := m.begin(ctx, items, "Send")
	ended := m.sleep(ctx, n, 100)
	m.mu.Lock()
	defer m.mu.Unlock()
	defer m.end(batch)
	m.checkCancelled(ctx, batch)
	what := m.decide(n, 2)
	switch {
	case ended && what%2 == 0: // and so of unknown fate
		return nil, failed(batch, &UnknownError{context.Cause(ctx)})
	case ended:
		return nil, failed(batch, context.Cause(ctx))
	case what < 40:
		err := fmt.Errorf("call %d: %w", n, &RefusedError{errBad})
		if len(batch) == 1 {
			return nil, failed(batch, err)
		}
		for _, a := range batch {
			a.state = refused
		}
		return nil, err
	case what < 80:
		err := fmt.Errorf("call %d: %w", n, &UnknownError{errLost})
		if settle(batch, err); m.group.options.Resolve != nil {
			for _, a := range batch {
				a.state = unclear
			}
		}
		return nil, err
	case what < 90:
		return nil, failed(batch, fmt.Errorf("call %d: %w", n, errBad))
	case what < 94:
		settle(batch, errPanic)
		panic("oops")
	case what < 96 && len(items) > 1: // a lone one would end the goroutine of its Do
		for _, a := range batch[0].flight {
			if a.state != settled && a.state != later {
				settle([]*accepted{a}, errNoOutcome)
			}
		}
		runtime.Goexit()
	}
	return m.answers(n, batch, func(a *accepted) { settle([]*accepted{a}, ErrNoAnswer) }), nil
}

// resolve finds some of the items done and others not, or fails.
func (m *model) resolve(ctx context.Context, items []thing) (map[int]Answer[string], error) {
	n, batch := m.begin(ctx, items, "Resolve")
	ended := m.sleep(ctx, n, 20)
	m.mu.Lock()
	defer m.mu.Unlock()
	defer m.end(batch)
	unknown := batch[0].errs[0]
	if what := m.decide(n, 2); ended || what < 30 {
		err := fmt.Errorf("reading %d: %w", n, errUnread)
		settle(batch, unknown, err)
		return nil, err
	} else if what < 40 {
		settle(batch, unknown, errPanic)
		panic("oh no")
	}
	return m.answers(n, batch, func(a *accepted) {
		if a.resent {
			settle([]*accepted{a}, unknown)
			return
		}
		a.state, a.resent, a.errs = later, true, nil
	}), nil
}

// answers settles most items with a result and some with an error of their own;
// a few are left out.
func (m *model) answers(n int, batch []*accepted, leftOut func(*accepted)) map[int]Answer[string] {
	result := map[int]Answer[string]{-1: {Result: "nobody asked"}}
	for i, a := range batch {
		what := m.decide(n, 3+i)
		if what < 60 {
			leftOut(a)
			continue
		}
		settle([]*accepted{a})
		a.result = fmt.Sprintf("item %d in call %d", a.id, n)
		if what < 80 {
			a.errs = []error{errors.New(a.result)}
			a.result = ""
			result[a.key] = Answer[string]{Err: a.errs[0]}
			continue
		}
		result[a.key] = Answer[string]{Result: a.result}
	}
	return result
}

// settle notes the outcome of items.
func settle(batch []*accepted, errs ...error) {
	for _, a := range batch {
		a.state, a.errs = settled, errs
	}
}

// failed settles items with an error and returns it.
func failed(batch []*accepted, err error) error {
	settle(batch, err)
	return err
}

// sleep takes the time of a call, or until its context has ended.
func (m *model) sleep(ctx context.Context, n, limit int) (ended bool) {
	timer := time.NewTimer(time.Duration(int(m.decide(n, 1))%limit)*time.Millisecond + time.Duration(n)*time.Microsecond + 7)
	defer timer.Stop()
	select {
	case <-timer.C:
		return false
	case <-ctx.Done():
		return true
	}
}

// begin checks the items of a call that begins.
func (m *model) begin(ctx context.Context, items []thing, what string) (n int, batch []*accepted) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	if m.active++; m.active > 1 && m.limit > 1 {
		m.t.Errorf("%d calls at a time", m.active)
	}
	if m.closed || ctx.Err() != nil {
		m.t.Errorf("%s after Close (%v), context %v", what, m.closed, ctx.Err())
	}
	if len(items) == 0 || len(items) > max(1, m.limit) {
		m.t.Errorf("%s of %d items, with at most %d", what, len(items), m.limit)
	}
	seen := map[int]bool{}
	for i, item := range items {
		a := m.items[item.id]
		if seen[item.key] || i > 0 && item.id < items[i-1].id || item != a.thing {
			m.t.Errorf("%s of %v: not in order, or a key twice", what, items)
		}
		seen[item.key] = true
		batch = append(batch, a)
	}
	if what == "Send" {
		m.take(ctx, batch)
	}
	for _, a := range batch {
		if what == "Resolve" && a.state != unclear {
			m.t.Errorf("Resolve of item %d, which is %s", a.id, a.state)
		}
	}
	return m.calls, batch
}

// take checks that items may be sent, and that the context is made of those of
// their waiters.
func (m *model) take(ctx context.Context, batch []*accepted) {
	first := batch[0].state == waits
	var latest time.Time
	endless := false
	for _, a := range batch {
		if first != (a.state == waits) || !first && a.state != refused {
			m.t.Errorf("item %d is sent, which is %s", a.id, a.state)
		}
		if len(a.waiters) == 0 {
			m.t.Errorf("item %d is sent, which nobody waits for", a.id)
		}
		for _, c := range a.waiters {
			deadline, ok := c.ctx.Deadline()
			endless = endless || !ok
			if deadline.After(latest) {
				latest = deadline
			}
		}
		a.state = flies
		if first {
			a.flight = batch
		}
	}
	if deadline, ok := ctx.Deadline(); first && (ok == endless || ok && !deadline.Equal(latest)) {
		m.t.Errorf("the call's deadline is %v (%v), its waiters' latest %v (%v)", deadline, ok, latest, !endless)
	}
}

// checkCancelled checks that a call is cancelled when nobody waits for it, and
// only then or by Close.
func (m *model) checkCancelled(ctx context.Context, batch []*accepted) {
	whole := len(batch) == len(batch[0].flight)
	for _, a := range batch[0].flight {
		for _, c := range a.waiters {
			if ctx.Err() != nil && !m.closed && !c.over() {
				m.t.Errorf("a call was cancelled though item %d is waited for", a.id)
			}
		}
	}
	if whole && ctx.Err() == nil && !slices.ContainsFunc(batch, func(a *accepted) bool { return len(a.waiters) > 0 }) {
		m.t.Error("a call went on though nobody waited for it")
	}
}

// end notes the end of a call. When it was the last of a flight, what is to be
// sent once more waits again.
func (m *model) end(batch []*accepted) {
	m.active--
	flight := batch[0].flight
	for _, a := range flight {
		if a.state == flies || a.state == unclear || a.state == refused && len(a.waiters) > 0 {
			return
		}
	}
	for _, a := range flight {
		switch {
		case a.state != later:
		case len(a.waiters) == 0:
			a.state = gone
		default:
			a.state = waits
		}
	}
}
