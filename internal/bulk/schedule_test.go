package bulk

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// play runs a schedule against a group and a model of it, which checks what the
// group does. Every byte of the script decides something.
func play(t *testing.T, script []byte) {
	t.Helper()
	if len(script) < 2 {
		return
	}
	synctest.Test(t, func(t *testing.T) {
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("the schedule is %#v", script)
			}
		})
		m := &model{t: t, script: script, limit: int(script[0] % 5)}
		options := Options[int, thing, string]{
			Key:     func(i thing) int { return i.key },
			Send:    m.send,
			Resolve: m.resolve,
			Max:     m.limit,
		}
		if script[1]%2 == 0 {
			options.Same = func(a, b thing) bool { return a.want == b.want }
		}
		if script[1]%8 == 7 {
			options.Resolve = nil
		}
		options.Company = &Company{}
		m.group = New(options)
		for i := 2; i+1 < len(script); i += 2 {
			m.step(script[i], script[i+1])
			synctest.Wait()
		}
		pass(time.Hour) // long enough for everything that does not wait in vain
		m.checkEnd()
		m.group.Close()
		if n := options.Company.present; n != 0 {
			t.Errorf("%d callers are still counted in the end", n)
		}
	})
}

// step is what the outside does: a Do, a cancellation, a Close, or nothing for a
// while.
func (m *model) step(what, how byte) {
	switch {
	case what < 150:
		m.do(int(what)%4, int(what)/4%2, how)
	case what < 180:
		m.cancel(int(how))
	case what >= 252 && how >= 128:
		m.mu.Lock()
		m.closed = true
		m.mu.Unlock()
		m.group.Close()
	default:
		time.Sleep(time.Duration(how) * time.Millisecond)
	}
}

// do begins an operation; the model knows beforehand which item it waits for. A
// quarter of them have a deadline.
func (m *model) do(key, want int, how byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ctx, cancel := context.WithCancelCause(m.t.Context())
	stop := func() {}
	if how%4 == 0 {
		unique := time.Duration(len(m.callers)) * 13 * time.Microsecond
		ctx, stop = context.WithTimeout(ctx, time.Duration(how)*time.Millisecond/2+unique+3*time.Microsecond)
	}
	c := &caller{ctx: ctx, cancel: cancel}
	m.callers = append(m.callers, c)
	if !m.closed {
		c.item = m.accept(key, want)
		c.item.waiters = append(c.item.waiters, c)
	}
	i := thing{id: len(m.items) - 1, key: key, want: want}
	go func() {
		result, err := m.group.Do(ctx, i)
		m.ended(c, result, err)
		stop()
		cancel(nil)
	}()
}

// accept returns the item that a new caller waits for: an equal one that waits,
// or a new one.
func (m *model) accept(key, want int) *accepted {
	for _, a := range m.items {
		if m.limit > 1 && a.state == waits && a.key == key && (m.group.options.Same == nil || a.want == want) {
			return a
		}
	}
	a := &accepted{thing: thing{id: len(m.items), key: key, want: want}}
	m.items = append(m.items, a)
	return a
}

// cancel ends the context of one of the callers who wait.
func (m *model) cancel(which int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var running []*caller
	for _, c := range m.callers {
		if !c.ended {
			running = append(running, c)
		}
	}
	if len(running) > 0 {
		running[which%len(running)].cancel(errStopped)
	}
}

// ended checks what a Do returned.
func (m *model) ended(c *caller, result string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c.ended {
		m.t.Error("a Do returned twice")
	}
	a := c.item
	defer func() { c.ended = true }()
	if a == nil {
		if !errors.Is(err, ErrClosed) {
			m.t.Errorf("Do of a closed group = %v", err)
		}
		return
	}
	cancelled := c.over()
	switch {
	case a.state == settled && a.is(result, err):
	case a.state == unclear && (m.closed || cancelled) && a.is(result, err): // nobody could ask any more
	case m.closed && errors.Is(err, ErrClosed) && result == "" && a.state != settled && a.state != flies:
	case cancelled && (errors.Is(err, errStopped) || errors.Is(err, context.DeadlineExceeded)) && result == "":
		a.waiters = slices.DeleteFunc(a.waiters, func(other *caller) bool { return other == c })
		if len(a.waiters) == 0 && a.state == waits {
			a.state = gone
		}
	default:
		m.t.Errorf("item %d, %s, got %q, %v; it should %q, %v", a.id, a.state, result, err, a.result, a.errs)
	}
}

// is reports whether this is the outcome of the item.
func (a *accepted) is(result string, err error) bool {
	if len(a.errs) == 0 {
		return err == nil && result == a.result
	}
	for _, want := range a.errs {
		if !errors.Is(err, want) && (want != errPanic || err == nil || !strings.Contains(err.Error(), "panicked")) { //nolint:errorlint // of this file
			return false
		}
	}
	return result == ""
}

// checkEnd checks, long after the last step, that nothing is left over.
func (m *model) checkEnd() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, c := range m.callers {
		if !c.ended {
			m.t.Errorf("Do %d never returned; its item is %s", i, c.item.state)
		}
	}
	g := m.group
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) != 0 || len(g.flying) != 0 || g.gather != nil || g.pace.present != 0 || !g.pace.began.IsZero() {
		m.t.Errorf("left over: %d waiting, %d calls, timer %v, %+v", len(g.waiting), len(g.flying), g.gather != nil, g.pace)
	}
}

func TestRandomSchedules(t *testing.T) {
	t.Parallel()
	schedules := 3000
	if testing.Short() {
		schedules = 400
	}
	for seed := range schedules {
		random := rand.New(rand.NewPCG(uint64(seed), 1))
		script := make([]byte, 2+2*random.IntN(60))
		for i := range script {
			script[i] = byte(random.UintN(256))
		}
		if play(t, script); t.Failed() {
			return
		}
	}
}

func FuzzSchedule(f *testing.F) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 2))
		script := make([]byte, 2+4*seed)
		for i := range script {
			script[i] = byte(random.UintN(256))
		}
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		play(t, script[:min(len(script), 400)])
	})
}
