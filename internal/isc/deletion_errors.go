package isc

import (
	"fmt"
	"strings"
	"time"
)

// TaskError is a deletion whose task ended otherwise than well, with the profile
// still there. The task is over: another attempt needs a new one.
type TaskError struct {
	Tenant    string
	ProfileID string
	TaskID    string
	Status    string   // the tenant's own word, "TERMINATED"
	Messages  []string // what the task itself says
	Err       error    // set when the profile could not be read after the task's end
}

// Error implements error.
func (e *TaskError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "could not delete identity profile %s on tenant %s: task %s ended with status %s", e.ProfileID, e.Tenant, e.TaskID, e.Status)
	if len(e.Messages) > 0 {
		fmt.Fprintf(&b, ": the task says %q", e.Messages)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ", and it could not be seen whether the profile is gone: %v", e.Err)
	} else {
		b.WriteString(", and the profile is still there")
	}
	b.WriteString(". Look at the task in the tenant's Dashboard > Monitor, then destroy again")
	return b.String()
}

// Unwrap returns why the profile could not be read.
func (e *TaskError) Unwrap() error { return e.Err }

// StillThereError is a deletion whose task ended well while the profile can
// still be read after Config.Grace. The task is over.
type StillThereError struct {
	Tenant    string
	ProfileID string
	TaskID    string
	Status    string
	Messages  []string
	Grace     time.Duration
	Err       error // set when the last look at the profile failed
}

// Error implements error.
func (e *StillThereError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "could not delete identity profile %s on tenant %s: task %s ended with status %s, but ", e.ProfileID, e.Tenant, e.TaskID, e.Status)
	if e.Err != nil {
		fmt.Fprintf(&b, "within %s it could not be seen that the profile is gone: %v", e.Grace, e.Err)
	} else {
		fmt.Fprintf(&b, "the profile is still there %s later", e.Grace)
	}
	if len(e.Messages) > 0 {
		fmt.Fprintf(&b, "; the task says %q", e.Messages)
	}
	b.WriteString(". Destroy again; if it stays, look at what refers to it in the tenant")
	return b.String()
}

// Unwrap returns the error of the last look.
func (e *StillThereError) Unwrap() error { return e.Err }

// PendingError is a deletion whose end was not seen: the context ended, or the
// tenant could not be asked any more. The tenant goes on by itself.
type PendingError struct {
	Tenant    string
	ProfileID string
	TaskID    string // empty when the tenant did not name a task
	Elapsed   time.Duration
	Seen      string // what was last seen of the task or the profile
	Blind     bool   // the task could not be followed, so only the profile was watched
	Err       error  // why the waiting ended
}

// Error implements error.
func (e *PendingError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the deletion of identity profile %s on tenant %s has not ended: ", e.ProfileID, e.Tenant)
	switch {
	case e.TaskID == "":
		b.WriteString("the profile was not seen to go")
	case e.Blind:
		fmt.Fprintf(&b, "task %s could not be followed, and the profile was not seen to go", e.TaskID)
	default:
		fmt.Fprintf(&b, "task %s was not seen to end", e.TaskID)
	}
	fmt.Fprintf(&b, " in %s: %v", e.Elapsed.Round(time.Second), e.Err)
	if e.Seen != "" {
		fmt.Fprintf(&b, "; last seen: %s", e.Seen)
	}
	b.WriteString(". The tenant goes on with what it has begun; destroy again to wait for the rest, with a longer timeout where it takes long")
	return b.String()
}

// Unwrap returns why the waiting ended.
func (e *PendingError) Unwrap() error { return e.Err }

// NoEffectError is a deletion whose request was not answered, with the profile
// still there after Config.Grace: the tenant has not carried it out, or not yet.
type NoEffectError struct {
	Tenant    string
	ProfileID string
	Elapsed   time.Duration
}

// Error implements error.
func (e *NoEffectError) Error() string {
	return fmt.Sprintf("identity profile %s on tenant %s is still there %s after its deletion was requested and the answer was lost",
		e.ProfileID, e.Tenant, e.Elapsed.Round(time.Millisecond))
}
