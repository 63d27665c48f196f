package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
)

// A Fault is a rule that makes matching requests go wrong. Target, Method and
// Path say which requests match; empty matches all. Nth and Count say which of
// the matching ones it strikes, and the rest what happens then.
type Fault struct {
	Target string `json:"target,omitempty"`
	Method string `json:"method,omitempty"`
	// Path is a whole path or a pattern of [path.Match].
	Path string `json:"path,omitempty"`

	// Nth is the first matching request struck, counted from 1. Zero strikes
	// from the first one on.
	Nth int `json:"nth,omitempty"`
	// Count is how many matching requests are struck in a row. Zero means one
	// when Nth is set and all otherwise.
	Count int `json:"count,omitempty"`

	// Status and Body replace the answer. A Body that is a JSON string is sent
	// as that text, any other JSON as it is; with a Body and no Status the
	// status is 200, with a Status and no Body the body is a JSON error of
	// the target's.
	Status int             `json:"status,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"`
	// Headers are added to the answer.
	Headers map[string]string `json:"headers,omitempty"`
	// Delay makes the answer, or the cut, come later.
	Delay Duration `json:"delay,omitzero"`
	// Cut closes the connection without a byte of an answer.
	Cut bool `json:"cut,omitempty"`
	// Apply lets the request take effect before its answer is replaced or
	// cut. Without it such a request does nothing.
	Apply bool `json:"apply,omitempty"`
}

// replaces reports whether the ordinary answer is not sent.
func (f *Fault) replaces() bool { return f.Status != 0 || len(f.Body) != 0 || f.Cut }

func (f *Fault) validate(targets []string) error {
	switch {
	case f.Target != "" && !slices.Contains(targets, f.Target):
		return fmt.Errorf("unknown target %q", f.Target)
	case f.Nth < 0 || f.Count < 0:
		return errors.New("nth and count must not be negative")
	case f.Delay < 0:
		return errors.New("delay must not be negative")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status %d is not between 200 and 599", f.Status)
	case f.Cut && (f.Status != 0 || len(f.Body) != 0 || len(f.Headers) != 0):
		return errors.New("cut sends no answer, so it goes with neither status, body nor headers")
	case len(f.Body) != 0 && !json.Valid(f.Body):
		return errors.New("body is not JSON")
	case !f.replaces() && f.Delay == 0 && len(f.Headers) == 0:
		return errors.New("rule has no effect: set status, body, headers, delay or cut")
	}
	if _, err := path.Match(f.Path, ""); err != nil {
		return fmt.Errorf("path %q: %w", f.Path, err)
	}
	return nil
}

func (f *Fault) matches(target, method, urlPath string) bool {
	if f.Target != "" && f.Target != target || f.Method != "" && !strings.EqualFold(f.Method, method) {
		return false
	}
	if f.Path == "" || f.Path == urlPath {
		return true
	}
	ok, _ := path.Match(f.Path, urlPath)
	return ok
}

// strikes reports whether the n-th matching request, counted from 1, is struck.
func (f *Fault) strikes(n int) bool {
	first, count := max(1, f.Nth), f.Count
	if count == 0 && f.Nth > 0 {
		count = 1
	}
	return n >= first && (count == 0 || n < first+count)
}

// faults is the set of rules in force, with how often each has matched.
type faults struct {
	mu    sync.Mutex
	rules []Fault
	calls []int
}

func (f *faults) set(rules []Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = slices.Clone(rules)
	f.calls = make([]int, len(rules))
}

func (f *faults) get() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return list(f.rules)
}

// strike counts a request at every rule it matches and returns the first rule
// that strikes it, or nil. Rules count on their own, so that "the third
// upsert" means the same whatever other rules there are.
func (f *faults) strike(target, method, urlPath string) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	var struck *Fault
	for i := range f.rules {
		rule := f.rules[i]
		if !rule.matches(target, method, urlPath) {
			continue
		}
		f.calls[i]++
		if struck == nil && rule.strikes(f.calls[i]) {
			struck = &rule
		}
	}
	return struck
}
