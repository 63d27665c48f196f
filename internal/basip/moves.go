package basip

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
)

// moves tracks the operations under way on one collection. Terraform runs the
// operations of one apply side by side and in any order, so that a name or link_id
// may be freed by an operation that runs, or is yet to come. One that needs it
// waits here, without the panel's turn. It is safe for concurrent use.
type moves struct {
	quiet time.Duration // how long to wait for a holder while nothing moves

	mu      sync.Mutex
	under   map[*move]struct{}
	changed chan struct{}     // closed and replaced when a waiting operation is to look again
	frees   int               // how often an entity may have given its name or link_id up
	freed   map[uuid.UUID]int // what frees was when this one last did
	last    time.Time         // of the last movement
}

// move is one operation under way. The mutex of its moves guards what may change.
type move struct {
	id    uuid.UUID
	kind  moveKind
	began time.Time

	keeps holder     // the former name of a renamed entity, which a failure may give back to it
	waits *heldError // what it waits for; nil while it does not wait
	aside bool       // its entity has a temporary name
	gone  bool       // it gave up
}

type moveKind int

const (
	creates moveKind = iota
	changes
	deletes
)

// heldError says that an upsert was not sent, since another entity has its name or
// link_id, which that one may still give up.
type heldError struct {
	*ExistsError
	former string // what the entity is called that is to be renamed
	frees  int    // moves.frees before the panel was looked at
}

// Unwrap returns the collision.
func (e *heldError) Unwrap() error { return e.ExistsError }

// What an operation that waited is to do.
type next int

const (
	tryAgain  next = iota // the holder may have moved
	stepAside             // give the own name up, so that those behind can go on
	giveUp                // the holder does not move
)

// quietShare is the part of the quiet time after which an operation steps aside,
// and the next one gives up when one has: either leaves Terraform a place for an
// operation that may be the one that is waited for.
const quietShare = 10

func newMoves(quiet time.Duration) *moves {
	return &moves{quiet: quiet, under: map[*move]struct{}{}, changed: make(chan struct{}), freed: map[uuid.UUID]int{}}
}

// begin notes the arrival of an operation, to be ended with end. A creation frees
// nothing, so that its arrival is no movement.
func (w *moves) begin(id uuid.UUID, kind moveKind) *move {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := &move{id: id, kind: kind, began: time.Now()}
	w.under[m] = struct{}{}
	if kind != creates {
		w.last = m.began
	}
	w.signal()
	return m
}

// end notes that an operation is over, well or not.
func (w *moves) end(m *move) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.under, m)
	w.free(m)
}

// gaveUp notes that an operation ends without having moved anything.
func (w *moves) gaveUp(m *move) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m.gone = true
}

// steppedAside notes that the entity of an operation has a temporary name.
func (w *moves) steppedAside(m *move) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m.aside = true
	w.free(m)
}

// waits reports whether an operation waits for a holder that has not moved since.
// The caller holds the mutex.
func (w *moves) waits(m *move) bool {
	return m.waits != nil && w.freed[m.waits.LinkID] <= m.waits.frees
}

// free lets those look again who wait for the entity of an operation. The caller
// holds the mutex.
func (w *moves) free(m *move) {
	w.frees++
	w.freed[m.id] = w.frees
	if !m.gone {
		w.last = time.Now()
	}
	w.signal()
}

func (w *moves) signal() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// count returns how often anything may have become free so far.
func (w *moves) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.frees
}

// keep keeps the former name of an entity that is being renamed for it.
func (w *moves) keep(m *move, former holder) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m.keeps = former
}

// kept returns the names that are kept.
func (w *moves) kept() (kept []holder) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for m := range w.under {
		if m.keeps.id != uuid.Nil {
			kept = append(kept, m.keeps)
		}
	}
	return kept
}

// busy reports whether an operation on an entity is under way, other than m.
func (w *moves) busy(id uuid.UUID, m *move) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.other(m, func(o *move) bool { return o.id == id }) != nil
}

// deleting reports whether a deletion of an entity is under way.
func (w *moves) deleting(id uuid.UUID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.other(nil, func(o *move) bool { return o.id == id && o.kind == deletes }) != nil
}

// other returns an operation other than m. The caller holds the mutex.
func (w *moves) other(m *move, match func(*move) bool) *move {
	for o := range w.under {
		if o != m && match(o) {
			return o
		}
	}
	return nil
}

// wait blocks until there is something to do for an operation that is held up. It
// gives up when every operation under way waits and none has come or gone for the
// quiet time. The error is the context's cause.
func (w *moves) wait(ctx context.Context, m *move, held *heldError) (next, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m.waits = held
	defer func() { m.waits = nil }()
	w.signal() // what it waits for may close a circle
	for {
		last := w.last
		if m.began.After(last) {
			last = m.began
		}
		pause, quiet := last.Add(w.quiet/quietShare), last.Add(w.quiet)
		now := time.Now()
		idle := w.other(nil, func(o *move) bool { return !w.waits(o) }) == nil
		switch {
		case !w.waits(m):
			return tryAgain, nil
		case w.stepsAside(m, idle && !now.Before(pause)):
			return stepAside, nil
		case idle && !now.Before(quiet):
			w.last = now.Add(w.quiet/quietShare - w.quiet)
			return giveUp, nil
		}
		var timer <-chan time.Time
		if idle && now.Before(pause) {
			timer = time.After(pause.Sub(now))
		} else if idle {
			timer = time.After(quiet.Sub(now))
		}
		changed := w.changed
		w.mu.Unlock()
		select {
		case <-changed:
		case <-timer:
		case <-ctx.Done():
		}
		w.mu.Lock()
		if ctx.Err() != nil {
			return giveUp, context.Cause(ctx)
		}
	}
}

// stepsAside reports whether an operation that waits is the one to step aside: in a
// circle that with the lowest link_id, in a chain the last one, if its holder is
// not about to move. It must be worth it to another. The caller holds the mutex.
func (w *moves) stepsAside(m *move, idle bool) bool {
	if m.kind != changes || m.aside || w.other(m, func(o *move) bool { return w.waits(o) && o.waits.LinkID == m.id }) == nil {
		return false
	}
	lowest := m.id.String()
	at := m
	for range w.under {
		holder := w.other(nil, func(o *move) bool { return o.id == at.waits.LinkID && o.kind != creates })
		switch {
		case holder == nil:
			return at == m && idle
		case holder == m:
			return m.id.String() == lowest
		case !w.waits(holder):
			return false
		}
		at, lowest = holder, min(lowest, holder.id.String())
	}
	return false // it leads to a circle of others
}
