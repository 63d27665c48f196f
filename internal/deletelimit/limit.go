// Package deletelimit bounds how many objects one run deletes, for pipelines that
// must not empty a building by mistake.
package deletelimit

import (
	"fmt"
	"sync"
)

// Limit counts the deletions of one process. It is safe for concurrent use. A nil
// *Limit allows all.
type Limit struct {
	max int

	mu      sync.Mutex
	planned int
	made    int
}

// New returns a limit of so many deletions; 0 allows none.
func New(most int) *Limit { return &Limit{max: most} }

// ExceededError is a deletion beyond the limit.
type ExceededError struct{ Max int }

// Error tells the limit and what to do, in whole sentences.
func (e *ExceededError) Error() string {
	return fmt.Sprintf("Not deleted: max_deletions in the provider block allows %d deletions of panel users and identity profiles in one run, and this run deletes more. "+
		"Look at what the plan destroys; if all of it is meant, raise max_deletions for this run.", e.Max)
}

// Summary is the summary of a diagnostic about an ExceededError.
const Summary = "More deletions than max_deletions allows"

// Plan counts a deletion that a plan contains. Of those beyond the limit, the first
// one returns an *ExceededError, which fails the plan.
func (l *Limit) Plan() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.planned++
	if l.planned == l.max+1 {
		return &ExceededError{Max: l.max}
	}
	return nil
}

// Delete counts a deletion that is about to be made. Each one beyond the limit
// returns an *ExceededError and must not be made.
func (l *Limit) Delete() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made >= l.max {
		return &ExceededError{Max: l.max}
	}
	l.made++
	return nil
}
