package bulk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Options says what a Group does with what it gathers.
type Options[K comparable, Item, Result any] struct {
	// Key identifies an item. Two items of one key never travel in one call.
	Key func(Item) K

	// Same reports whether two items of one key ask for the same, so that one of
	// them can stand for both; nil means that they always do.
	Same func(a, b Item) bool

	// Send carries out one bulk call for items of different keys, in the order of
	// their arrival, and returns an answer for each key. A key without an answer
	// fails with ErrNoAnswer. An error is the outcome of every item, except that a
	// *RefusedError makes the group split the call and an *UnknownError makes it
	// ask Resolve. Send must return soon after its context has ended.
	Send func(ctx context.Context, items []Item) (map[K]Answer[Result], error)

	// Resolve reads, after a call of unknown fate, which items are done. Those
	// with an answer get it; the others are sent once more. Without Resolve,
	// nothing of unknown fate is sent again.
	Resolve func(ctx context.Context, items []Item) (map[K]Answer[Result], error)

	// Max is how many items a call takes at the most; 1 or less means that every
	// item has a call of its own at once, as if there were no group.
	Max int

	// Linger is how long the group waits for others, from each arrival on, as long
	// as it does not know how long a call takes; zero sends the first operation at
	// once. It is for calls that take seconds, where a first call of one item costs
	// more than a moment's wait for those who come with it.
	Linger time.Duration

	// Company is shared with the other groups that the same callers use; nil when
	// there are none.
	Company *Company
}

// Answer is the outcome of one item of a call.
type Answer[Result any] struct {
	Result Result
	Err    error
}

// Errors of a group itself.
var (
	// ErrClosed is the error of operations on a closed group.
	ErrClosed = errors.New("the provider is stopping")
	// ErrWithdrawn comes with the cause of the context when an item was never sent.
	ErrWithdrawn = errors.New("withdrawn before it was sent")
	// ErrNoAnswer is the error of an item that the other side's answer does not
	// mention.
	ErrNoAnswer = errors.New("the answer to the bulk call does not mention it, so nothing is known to have happened")
)

// RefusedError is a definite refusal of a whole call: nothing of it was carried
// out. The group sends the halves of it, so that one bad item fails alone.
type RefusedError struct{ Err error }

// Error implements error.
func (e *RefusedError) Error() string { return e.Err.Error() }

// Unwrap returns the refusal.
func (e *RefusedError) Unwrap() error { return e.Err }

// UnknownError is a call that may have been carried out, in part or as a whole.
type UnknownError struct{ Err error }

// Error implements error.
func (e *UnknownError) Error() string { return e.Err.Error() }

// Unwrap returns why nothing is known.
func (e *UnknownError) Unwrap() error { return e.Err }

// Group turns concurrent single operations into bulk calls. One call is under way
// at a time; while it is, the next one forms. It is safe for concurrent use and
// must be made with New.
type Group[K comparable, Item, Result any] struct {
	options Options[K, Item, Result]

	mu      sync.Mutex
	pace    pace
	closed  bool
	arrived int                       // entries ever
	waiting []*entry[K, Item, Result] // in order of arrival
	flying  []*batch[K, Item, Result] // the calls under way: one at the most, unless Max is 1
	gather  *time.Timer               // ends the gathering; nil when none is going on
	rounds  int                       // tells a late timer that its gathering is over
	running sync.WaitGroup            // calls and timers
}

// entry is an item and those who wait for its answer.
type entry[K comparable, Item, Result any] struct {
	key      K
	item     Item
	number   int                     // in order of arrival
	seats    []context.Context       // the contexts of its waiters, nil where one has left
	waiters  int                     // seats taken
	batch    *batch[K, Item, Result] // nil while it waits
	sent     bool                    // Send has got it, or is about to
	again    bool                    // its call did not carry it out: it is to be sent once more
	resent   bool                    // it has been
	answered bool
	answer   Answer[Result]
	done     chan struct{} // closed with the answer; nil while its only waiter carries it out itself

	// What a lone operation needs, allocated in one piece.
	firstSeat  [1]context.Context
	firstBatch batch[K, Item, Result]
}

// New returns a group.
func New[K comparable, Item, Result any](options Options[K, Item, Result]) *Group[K, Item, Result] {
	options.Max = max(1, options.Max)
	g := &Group[K, Item, Result]{options: options}
	g.pace.company = options.Company
	if options.Max > 1 {
		g.pace.linger = options.Linger
	}
	return g
}

// Do carries out one operation in company of others and returns its own outcome.
// When ctx ends first, Do returns its cause: an item that was not sent yet is
// withdrawn then, with ErrWithdrawn in the error, and the call of one that was goes on for the others, or is
// cancelled when nobody waits for it any more. An operation that is sent without
// company is carried out by Do itself, which returns when Send does.
func (g *Group[K, Item, Result]) Do(ctx context.Context, item Item) (Result, error) {
	var none Result
	if ctx.Err() != nil {
		return none, withdrawn(context.Cause(ctx))
	}
	e, seat, err := g.join(ctx, item)
	if err != nil {
		return none, err
	}
	if e.done == nil {
		g.run(e.batch)
	}
	if e.done != nil { // it waits, at the first go or for the second; otherwise it is answered
		select {
		case <-e.done:
		case <-ctx.Done():
			switch g.leave(e, seat) {
			case leftWaiting:
				return none, withdrawn(context.Cause(ctx))
			case leftCall:
				return none, context.Cause(ctx)
			case leftAnswered: // the answer came first
			}
		}
	}
	return e.answer.Result, e.answer.Err
}

// join puts an item among those that wait, or its waiter to an equal one. The
// entry has no channel when the caller is to run its call itself.
func (g *Group[K, Item, Result]) join(ctx context.Context, item Item) (e *entry[K, Item, Result], seat int, err error) {
	key := g.options.Key(item)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, 0, ErrClosed
	}
	e = g.equal(key, item)
	if e == nil {
		g.arrived++
		e = &entry[K, Item, Result]{key: key, item: item, number: g.arrived}
		e.seats = e.firstSeat[:0]
		g.waiting = append(g.waiting, e)
	}
	e.seats = append(e.seats, ctx)
	e.waiters++
	g.pace.came()
	b := g.next()
	if b != nil && b.lone() {
		return e, 0, nil
	}
	if e.done == nil {
		e.done = make(chan struct{})
	}
	if b != nil {
		go g.run(b)
	}
	return e, len(e.seats) - 1, nil
}

// equal returns the entry that waits and can stand for the item, or nil.
func (g *Group[K, Item, Result]) equal(key K, item Item) *entry[K, Item, Result] {
	for _, e := range g.waiting {
		if e.key == key && (g.options.Same == nil || g.options.Same(e.item, item)) {
			return e
		}
	}
	return nil
}

// withdrawn is the error of an item that is not sent because its context has ended.
func withdrawn(cause error) error {
	return fmt.Errorf("%w: %w", ErrWithdrawn, cause)
}

// What a waiter leaves.
type left int

const (
	leftAnswered left = iota // nothing: the answer came first
	leftWaiting              // an item that Send has not got
	leftCall                 // an item that Send has got, and may have carried out
)

// leave takes a waiter away, unless the answer came first.
func (g *Group[K, Item, Result]) leave(e *entry[K, Item, Result], seat int) left {
	g.mu.Lock()
	defer g.mu.Unlock()
	if e.answered {
		return leftAnswered
	}
	e.seats[seat] = nil
	e.waiters--
	g.pace.went(1)
	switch {
	case e.batch != nil:
		if e.batch.waiters--; e.batch.waiters == 0 {
			e.batch.cancel()
		}
	case e.waiters == 0:
		g.waiting = slices.DeleteFunc(g.waiting, func(other *entry[K, Item, Result]) bool { return other == e })
		if len(g.waiting) == 0 {
			g.endGathering()
		}
	}
	if e.sent {
		return leftCall
	}
	return leftWaiting
}

// finish sets the answer of an entry, once. The caller holds the mutex.
func (g *Group[K, Item, Result]) finish(e *entry[K, Item, Result], answer Answer[Result]) {
	e.answer, e.answered = answer, true
	g.pace.went(e.waiters)
	if e.batch != nil {
		e.batch.waiters -= e.waiters
	}
	if e.done != nil {
		close(e.done)
	}
}

// next returns the call that is to be run now, if there is one, and otherwise
// sees to it that what waits is gathered. The caller holds the mutex.
func (g *Group[K, Item, Result]) next() *batch[K, Item, Result] {
	if len(g.waiting) == 0 || len(g.flying) > 0 && g.options.Max > 1 {
		return nil
	}
	wait := time.Duration(0)
	if len(g.waiting) < g.options.Max {
		wait = g.pace.wait()
	}
	if wait <= 0 {
		g.endGathering()
		return g.takeOff()
	}
	if g.gather == nil {
		g.running.Add(1)
		round := g.rounds
		g.gather = time.AfterFunc(wait, func() { g.gathered(round) })
	}
	return nil
}

// gathered runs when the time to gather may be over.
func (g *Group[K, Item, Result]) gathered(round int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if round == g.rounds {
		if wait := g.pace.wait(); wait > 0 { // others have come since the timer was set
			g.gather.Reset(wait)
			return
		}
		g.pace.gaveUp()
		g.endGathering()
		go g.run(g.takeOff())
	}
	g.running.Done()
}

// endGathering stops the timer, if it runs. The caller holds the mutex.
func (g *Group[K, Item, Result]) endGathering() {
	if g.gather != nil && g.gather.Stop() {
		g.running.Done()
	}
	g.gather = nil
	g.rounds++
	g.pace.ended()
}

// Close ends the group: what waits fails with ErrClosed, the call under way is
// cancelled, and Close returns when it has ended.
func (g *Group[K, Item, Result]) Close() {
	g.mu.Lock()
	g.closed = true
	g.endGathering()
	for _, e := range g.waiting {
		g.finish(e, Answer[Result]{Err: ErrClosed})
	}
	g.waiting = nil
	for _, b := range g.flying {
		b.cancel()
	}
	g.mu.Unlock()
	g.running.Wait()
}
