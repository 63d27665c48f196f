package basip

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// Errors to match with errors.Is.
var (
	// ErrNotFound: the panel has no entity with that link_id.
	ErrNotFound = errors.New("not on the panel")
	// ErrLoginRefused: the panel did not accept name and password. It is never
	// tried again in the same process, since panels keep lists of banned
	// addresses (contract §5.4).
	ErrLoginRefused = errors.New("the panel refused the login")
	// ErrWrongPanel: another device answers at the panel's address.
	ErrWrongPanel = errors.New("another device answers at this address")
	// ErrUnsupported: the panel's firmware cannot hold such entities.
	ErrUnsupported = errors.New("not supported by the panel")
	// ErrNoSuchPath: no known form of a path exists on the panel.
	ErrNoSuchPath = errors.New("the panel has none of the known paths")
	// ErrListingUnreliable: the panel's listing was not whole, so that nothing
	// can be said about what is absent from it.
	ErrListingUnreliable = errors.New("the panel's listing is not whole")
)

// Error is a request that a panel did not answer as it should.
type Error struct {
	Panel  string // the panel's name in the configuration
	Action string // what was being done, "delete users"
	Method string
	Path   string // never with its query: a login's query is a secret
	Status int    // 0 when no answer came
	Words  string // what the panel itself said, when it said something
	Hint   string // what the user can do
	Err    error  // the cause, when there is one

	uncertain bool // the panel may have carried the request out all the same
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "panel %q: %s: %s %s", e.Panel, e.Action, e.Method, e.Path)
	if e.Status != 0 {
		fmt.Fprintf(&b, " answered %d %s", e.Status, http.StatusText(e.Status))
	}
	if e.Words != "" {
		fmt.Fprintf(&b, ": the panel says %q", e.Words)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, ". %s", e.Hint)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ItemError is an entity that a panel did not accept, or did not mention, in an
// answer of status 200 (contract §1.3: HTTP 200 is not success).
type ItemError struct {
	Panel  string
	Action string // "delete user"
	LinkID uuid.UUID
	Name   string
	Words  string // the panel's own code, such as "wrong_areas"
	Reason string // what it means
}

// Error implements error.
func (e *ItemError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "panel %q: %s %s", e.Panel, e.Action, e.LinkID)
	if e.Name != "" {
		fmt.Fprintf(&b, " (%s)", e.Name)
	}
	fmt.Fprintf(&b, ": %s", e.Reason)
	if e.Words != "" {
		fmt.Fprintf(&b, ": the panel says %q", e.Words)
	}
	return b.String()
}

// ExistsError is a creation or renaming that would take over an entity which is
// on the panel already: a panel's upsert matches by name as well as by link_id
// (contract §2.4).
type ExistsError struct {
	Panel    string
	Kind     string    // "user"
	Name     string    // the wanted one
	Existing string    // the existing entity's, which may be spelt differently
	LinkID   uuid.UUID // of the existing entity; uuid.Nil when it was made at the panel
	ByName   bool      // the names are the same; otherwise the link_ids are
}

// Error implements error.
func (e *ExistsError) Error() string {
	what := fmt.Sprintf("link_id %s", e.LinkID)
	if e.ByName {
		what = fmt.Sprintf("the name %q", e.Existing)
		if e.Existing != e.Name {
			what += fmt.Sprintf(", which a panel may take for %q,", e.Name)
		}
	}
	return fmt.Sprintf("panel %q has a %s with %s already", e.Panel, e.Kind, what)
}

// UnconfirmedError wraps the error of a creation or change that the panel may
// have carried out: the answer was lost, or the entity could not be read back.
// Whoever tracks the entity must go on tracking it.
type UnconfirmedError struct{ Err error }

// Error implements error.
func (e *UnconfirmedError) Error() string {
	return "the panel may have carried this out: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *UnconfirmedError) Unwrap() error { return e.Err }

// DiffersError is an entity that the panel accepted and then holds in another
// form than was sent.
type DiffersError struct {
	Panel       string
	Kind        string
	LinkID      uuid.UUID
	Differences []string // in words, one a field
	Restored    bool     // the entity was put back as it was before (or taken away again, if it was new)
	Words       string   // the panel's own warning, when it gave one
}

// Error implements error.
func (e *DiffersError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "panel %q did not store the %s %s as it was sent", e.Panel, e.Kind, e.LinkID)
	if len(e.Differences) > 0 {
		fmt.Fprintf(&b, ": %s", strings.Join(e.Differences, "; "))
	}
	if e.Words != "" {
		fmt.Fprintf(&b, ": the panel says %q", e.Words)
	}
	return b.String()
}

// StillThereError is a deletion that the panel accepted, without a listing that
// proves it.
type StillThereError struct {
	Panel   string
	Kind    string
	LinkIDs []uuid.UUID
	Err     error // why the wait ended
}

// Error implements error.
func (e *StillThereError) Error() string {
	ids := make([]string, len(e.LinkIDs))
	for i, id := range e.LinkIDs {
		ids[i] = id.String()
	}
	return fmt.Sprintf("panel %q accepted the deletion of %s %s, but no listing without it was seen: %v", e.Panel, e.Kind, strings.Join(ids, ", "), e.Err)
}

// Unwrap returns why the wait ended.
func (e *StillThereError) Unwrap() error { return e.Err }

// uncertain reports whether err leaves open what the panel did.
func uncertain(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.uncertain
}
