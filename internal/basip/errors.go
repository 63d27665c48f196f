package basip

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

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
	// ErrNotSent: a creation or change ended before anything of it was sent.
	ErrNotSent = errors.New("nothing was sent to the panel")
	// ErrUnsupported: the panel's firmware cannot hold such entities.
	ErrUnsupported = errors.New("not supported by the panel")
	// ErrNoSuchPath: no known form of a path exists on the panel.
	ErrNoSuchPath = errors.New("the panel has none of the known paths")
	// ErrListingUnreliable: the panel's listing was not whole, so that nothing
	// can be said about what is absent from it.
	ErrListingUnreliable = errors.New("the panel's listing is not whole")
)

// Error is a request that a panel did not answer as it should. Each error type of
// this package has two texts: Error is whole, and Detail leaves out the panel, the
// object and the hint, for a message that names them itself.
type Error struct {
	Panel   string // the panel's name in the configuration
	Problem string // the problem in a few words that follow the panel's name: "refused the login"
	Action  string // what was being done, "delete users"
	Method  string // empty if no request was made
	Path    string // never with its query: a login's query is a secret
	Status  int    // 0 when no answer came
	Words   string // what the panel itself said, when it said something
	Hint    string // what the user can do
	Err     error  // the cause, when there is one

	uncertain bool         // the panel may have carried the request out all the same
	told      *atomic.Bool // shared by the copies of an error that is remembered; nil for others
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "panel %q", e.Panel)
	if e.Problem != "" {
		b.WriteString(" " + e.Problem)
	}
	if e.Action != "" {
		b.WriteString(": " + e.Action)
	}
	b.WriteString(": " + e.Detail())
	if e.Hint != "" {
		b.WriteString(". " + e.Hint)
	}
	return b.String()
}

// Detail tells the request and what came of it.
func (e *Error) Detail() string {
	var parts []string
	if e.Method != "" {
		request := e.Method + " " + e.Path
		if e.Status != 0 {
			request = strings.TrimSpace(fmt.Sprintf("%s answered %d %s", request, e.Status, http.StatusText(e.Status)))
		}
		parts = append(parts, request)
	}
	if e.Words != "" {
		parts = append(parts, fmt.Sprintf("the panel says %q", e.Words))
	}
	// These two say what Problem says.
	if e.Err != nil && !errors.Is(e.Err, ErrLoginRefused) && !errors.Is(e.Err, ErrWrongPanel) {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ": ")
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
	object := fmt.Sprintf("%s %s", e.Action, e.LinkID)
	if e.Name != "" {
		object += fmt.Sprintf(" (%s)", e.Name)
	}
	return fmt.Sprintf("panel %q: %s: %s", e.Panel, object, e.Detail())
}

// Detail tells the panel's outcome.
func (e *ItemError) Detail() string {
	if e.Words == "" {
		return e.Reason
	}
	return fmt.Sprintf("%s: the panel says %q", e.Reason, e.Words)
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

	// Waited is how long the provider waited for the existing entity to be renamed
	// or deleted by the same apply; zero when that could not be.
	Waited time.Duration
}

// Error implements error.
func (e *ExistsError) Error() string { return fmt.Sprintf("panel %q: %s", e.Panel, e.Detail()) }

// Detail names the entity that has the name or link_id.
func (e *ExistsError) Detail() string {
	text := fmt.Sprintf("the panel has a %s with the name %q already", e.Kind, e.Existing)
	switch {
	case !e.ByName:
		text = fmt.Sprintf("the panel has a %s with link_id %s already", e.Kind, e.LinkID)
	case e.Existing != e.Name:
		text += fmt.Sprintf(", which a panel may take for %q", e.Name)
	}
	if e.Waited > 0 {
		text += fmt.Sprintf(", and nothing freed it within %s", e.Waited)
	}
	return text
}

// AsideError is a failed renaming of an entity that had taken a temporary name in
// between, so that others could have its own, and that could not have that back.
type AsideError struct {
	Kind      string
	Temporary string // the name that the panel shows
	Former    string // the name before
	Err       error  // why the renaming failed
	Back      error  // why the former name could not be given back
}

// Error implements error.
func (e *AsideError) Error() string {
	return fmt.Sprintf("%v; the %s has the temporary name %q on the panel, since its name %q could not be given back: %v", e.Err, e.Kind, e.Temporary, e.Former, e.Back)
}

// Unwrap returns both causes.
func (e *AsideError) Unwrap() []error { return []error{e.Err, e.Back} }

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
	return fmt.Sprintf("panel %q: %s: %s", e.Panel, e.LinkID, e.Detail())
}

// Detail tells what differs.
func (e *DiffersError) Detail() string {
	text := fmt.Sprintf("the panel did not store the %s as it was sent", e.Kind)
	if len(e.Differences) > 0 {
		text += ": " + strings.Join(e.Differences, "; ")
	}
	if e.Words != "" {
		text += fmt.Sprintf(": the panel says %q", e.Words)
	}
	return text
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
	return fmt.Sprintf("panel %q: delete %s %s: %s", e.Panel, e.Kind, strings.Join(ids, ", "), e.Detail())
}

// Detail tells why the deletion is not proven.
func (e *StillThereError) Detail() string {
	return fmt.Sprintf("the panel accepted the deletion, but no listing without it was seen: %v", e.Err)
}

// Unwrap returns why the wait ended.
func (e *StillThereError) Unwrap() error { return e.Err }

// uncertain reports whether err leaves open what the panel did.
func uncertain(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.uncertain
}
