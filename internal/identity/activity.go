package identity

import (
	"context"
	"sync"
	"time"
)

// settleTime is how long an operation waits for others of the same process that
// may change its outcome, when nothing else happens.
const settleTime = 2 * time.Second

// activity records what Terraform does with identity profiles in this process: one
// walk of its graph, a plan or an apply. An operation cannot see its address or the
// other resources; what the walk has shown of them is all that there is to judge by.
type activity struct {
	settle time.Duration

	mu       sync.Mutex
	event    chan struct{} // closed at the next event
	last     time.Time     // of the last event
	inFlight int           // operations, those that wait included
	waiting  int
	applying bool // something was created, changed or deleted
	profiles map[string]*seenProfile
	planned  []plannedProfile // creations
}

// seenProfile is a profile that is in the state.
type seenProfile struct {
	profileModel // as it was last read or planned

	stays    *plannedProfile // planned to stay, as this
	replaced bool            // a creation was planned after that, with the same name and source
	destroys bool            // planned for destruction
	leaving  bool            // its deletion or its move to another source is under way
	left     bool            // it is deleted or has moved
}

// plannedProfile is what a plan says of a profile.
type plannedProfile struct {
	name   string
	source string // empty when it is not known
}

func newActivity(settle time.Duration) *activity {
	if settle <= 0 {
		settle = settleTime
	}
	return &activity{settle: settle, event: make(chan struct{}), last: time.Now(), profiles: map[string]*seenProfile{}}
}

// begin counts an operation in and returns what counts it out.
func (a *activity) begin() (end func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.inFlight++
	a.happened()
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.inFlight--
		a.happened()
	}
}

// happened wakes those that wait; a.mu is held.
func (a *activity) happened() {
	a.last = time.Now()
	close(a.event)
	a.event = make(chan struct{})
}

// saw records a profile that is in the state.
func (a *activity) saw(state profileModel) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.profile(state).profileModel = state
	a.happened()
}

// profile returns the record of a profile; a.mu is held.
func (a *activity) profile(state profileModel) *seenProfile {
	id := state.ID.ValueString()
	if a.profiles[id] == nil {
		a.profiles[id] = &seenProfile{profileModel: state}
	}
	return a.profiles[id]
}

// leaves records that a profile's deletion, or its move to another source, has
// begun, and returns what records the end.
func (a *activity) leaves(state profileModel) (end func(done bool)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.profile(state)
	p.leaving = true
	a.happened()
	return func(done bool) {
		a.mu.Lock()
		defer a.mu.Unlock()
		p.leaving, p.left = false, done
		a.happened()
	}
}

// writes records that this process applies a plan.
func (a *activity) writes() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.applying = true
}

// await waits until holds reports true, which it returns, or nothing has happened
// for a while. holds is called with a.mu held. alone reports whether no other
// operation was waiting at the end.
func (a *activity) await(ctx context.Context, holds func() bool) (held, alone bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting++
	defer func() { a.waiting-- }()
	for {
		if holds() {
			return true, a.waiting == 1
		}
		quiet := a.settle - time.Since(a.last)
		if a.inFlight > a.waiting { // that one goes on, and its end is an event
			quiet = max(quiet, a.settle)
		} else if quiet <= 0 {
			return false, a.waiting == 1
		}
		event := a.event
		a.mu.Unlock()
		timer := time.NewTimer(quiet)
		select {
		case <-event:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		a.mu.Lock()
		if ctx.Err() != nil {
			return holds(), a.waiting == 1
		}
	}
}
