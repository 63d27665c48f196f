package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// TenantSettings are the knobs of the tenant. Every field may change at any
// time and holds from the next request on, for tasks under way too.
//
// A poll of a task is a request for its status that was answered with it, or a
// read of one of its profiles, alone or in a list: that is how time passes for
// clients that cannot read tasks. With SerialTasks any poll is one of the task
// whose turn it is.
type TenantSettings struct {
	// ClientID and ClientSecret are the one client there is. The control API
	// accepts the secret and never shows it.
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret,omitempty"`
	// TokenLifetime is what expires_in says, in whole seconds, and how long a
	// token is valid by [Config.Now] (contract §1.1).
	TokenLifetime Duration `json:"token_lifetime"`
	// TokenRequests is how many authorised requests a token is good for, to
	// have one expire at a known place; 0 is any number.
	TokenRequests int `json:"token_requests"`
	// Level is ORG_ADMIN or API, the user level of the client. API gets a 403
	// without a body on task-status (contract §3.4).
	Level string `json:"level"`
	// RateLimit is how many requests to one version of the API are answered
	// in 10 s by [Config.Now]; more get a 429 with Retry-After (contract
	// §1.3). 0 is any number.
	RateLimit int `json:"rate_limit"`
	// Latency is added to every answer; it begins as that of [Config].
	Latency Duration `json:"latency"`
	// Unavailable has every request reset.
	Unavailable bool `json:"unavailable"`

	// UnknownReferences is accept or refuse: whether a profile may refer to
	// a source or an owner that the state does not have. Its name is made up.
	UnknownReferences string `json:"unknown_references"`
	// RewriteMappings has the tenant rewrite mappings that a request changes:
	// their order is reversed, and the attributes of transforms get a key
	// that was not sent (contract §2.2).
	RewriteMappings bool `json:"rewrite_mappings"`
	// DropMappings are identity attributes whose mapping the tenant does not
	// store, and ChangeMappings those of which it stores another one; the
	// answer is a success all the same.
	DropMappings   []string `json:"drop_mappings"`
	ChangeMappings []string `json:"change_mappings"`
	// IgnoreFields are members of a profile, other than its name and source,
	// that a request does not change: description, owner, priority or
	// identityAttributeConfig. The answer is a success all the same.
	IgnoreFields []string `json:"ignore_fields"`
	// OmitProfileKeys are members that the answers to a creation and to a
	// change lack. Reads have them.
	OmitProfileKeys []string `json:"omit_profile_keys"`

	// TaskPolls is how many polls find the task without a status before it
	// ends. It has no effect when TaskTime is set, which is how long the task
	// takes by [Config.Now].
	TaskPolls int      `json:"task_polls"`
	TaskTime  Duration `json:"task_time"`
	// TaskEnd is the status a task ends with: Success, Warning, Error,
	// Terminated, TempError or any other word; empty is no end at all. Task
	// status has it in upper case (contract §3.3). With Success and Warning
	// the task deletes its profiles, when it ends and not before.
	TaskEnd string `json:"task_end"`
	// TaskKeeps are the profiles that a task leaves although it ends as it
	// says; "*" is all.
	TaskKeeps []string `json:"task_keeps"`
	// TaskFailsFor are profiles that cannot be deleted, "*" all of them: a
	// task that has one ends with Error, leaves it and deletes the rest.
	TaskFailsFor []string `json:"task_fails_for"`
	// TaskFailsWithIdentities makes profiles with an identity_count above
	// zero such profiles.
	TaskFailsWithIdentities bool `json:"task_fails_with_identities"`
	// UnknownIDs is ignore, warning, error or refuse: what a bulk delete of
	// profiles that are not there becomes (contract §3.6): a task that ends
	// as any other, one that ends with Warning or Error, or a 400.
	UnknownIDs string `json:"unknown_ids"`
	// FailedTaskDeletes has a task delete its profiles although it ends
	// badly, as Terminated and TempError might (contract §3.6).
	FailedTaskDeletes bool `json:"failed_task_deletes"`
	// SerialTasks has tasks run one after another; they run side by side
	// otherwise.
	SerialTasks bool `json:"serial_tasks"`

	// AcceptedStatus is the completionStatus of the 202 that started a task,
	// null for "" (contract §3.2). It says nothing about the task.
	AcceptedStatus string `json:"accepted_status"`
	// TaskWithoutID leaves id out of the 202; ShortTaskBody makes it the old
	// {type, id, name} (contract §3.2).
	TaskWithoutID bool `json:"task_without_id"`
	ShortTaskBody bool `json:"short_task_body"`
	// Task404 is how many requests for the status of a task get a 404 first,
	// which are no polls; -1 is all.
	Task404 int `json:"task_404"`
	// CompletedBeforeStatus is in how many polls, after the ones without
	// anything, completed is set and the status is not (contract §3.5). The
	// task ends after them.
	CompletedBeforeStatus int `json:"completed_before_status"`
	// OmitTaskKeys are members that the body of a task status lacks.
	OmitTaskKeys []string `json:"omit_task_keys"`
	// TaskMessages are the messages of an ended task. A task that failed for
	// some of its profiles has one for each of these besides.
	TaskMessages []TaskMessage `json:"task_messages"`
	// ReadableAfter is how many reads still show a profile after its task
	// has deleted it (contract §3.5). It cannot be changed or deleted again,
	// its source is free, and it is in no state.
	ReadableAfter int `json:"readable_after"`
	// SourceBusy is how many requests for the source of a deleted profile are
	// refused with a 409 after the deletion, although no profile is listed.
	SourceBusy int `json:"source_busy"`
}

// A TaskMessage is one of the messages of a task (contract §3.3).
type TaskMessage struct {
	// Type is INFO, WARN or ERROR.
	Type string `json:"type"`
	Key  string `json:"key"`
	// Text is the localised text; with none localizedText is null.
	Text string `json:"text,omitempty"`
}

// DefaultTenantSettings returns the settings a tenant starts with: it behaves
// as documented, its client is an administrator's, a task ends well after two
// polls, and a token lives as long as in the vendor's example (contract §1.1).
func DefaultTenantSettings() TenantSettings {
	return TenantSettings{
		ClientID:          "simulated-client",
		ClientSecret:      "simulated-secret",
		TokenLifetime:     Duration(749e9),
		Level:             "ORG_ADMIN",
		UnknownReferences: "accept",
		TaskPolls:         2,
		TaskEnd:           "Success",
		TaskKeeps:         []string{},
		TaskFailsFor:      []string{},
		UnknownIDs:        "ignore",
		DropMappings:      []string{},
		ChangeMappings:    []string{},
		IgnoreFields:      []string{},
		OmitProfileKeys:   []string{},
		OmitTaskKeys:      []string{},
		TaskMessages:      []TaskMessage{},
	}
}

// Validate reports the first value that no tenant can have.
func (s *TenantSettings) Validate() error {
	for _, f := range []struct{ name, value, allowed string }{
		{"level", s.Level, "ORG_ADMIN API"},
		{"unknown_references", s.UnknownReferences, "accept refuse"},
		{"unknown_ids", s.UnknownIDs, "ignore warning error refuse"},
	} {
		if !slices.Contains(strings.Fields(f.allowed), f.value) {
			return fmt.Errorf("%s: %q is none of: %s", f.name, f.value, strings.ReplaceAll(f.allowed, " ", ", "))
		}
	}
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"token_requests", int64(s.TokenRequests)},
		{"rate_limit", int64(s.RateLimit)},
		{"latency", int64(s.Latency)},
		{"task_polls", int64(s.TaskPolls)},
		{"task_time", int64(s.TaskTime)},
		{"task_404", int64(s.Task404) + 1},
		{"completed_before_status", int64(s.CompletedBeforeStatus)},
		{"readable_after", int64(s.ReadableAfter)},
		{"source_busy", int64(s.SourceBusy)},
	} {
		if f.value < 0 {
			return fmt.Errorf("%s: must not be negative", f.name)
		}
	}
	for _, field := range s.IgnoreFields {
		if !slices.Contains([]string{"description", "owner", "priority", "identityAttributeConfig"}, field) {
			return fmt.Errorf("ignore_fields: %q is none of: description, owner, priority, identityAttributeConfig", field)
		}
	}
	for i, m := range s.TaskMessages {
		if !slices.Contains([]string{"INFO", "WARN", "ERROR"}, m.Type) {
			return fmt.Errorf("task_messages[%d]: type %q is none of: INFO, WARN, ERROR", i, m.Type)
		}
	}
	if s.TokenLifetime <= 0 {
		return errors.New("token_lifetime: must be above zero")
	}
	if s.ClientID == "" || s.ClientSecret == "" {
		return errors.New("client_id and client_secret: must not be empty")
	}
	return nil
}

// copied returns s with its own slices.
func (s TenantSettings) copied() TenantSettings {
	s.TaskKeeps, s.TaskFailsFor = list(s.TaskKeeps), list(s.TaskFailsFor)
	s.DropMappings, s.ChangeMappings = list(s.DropMappings), list(s.ChangeMappings)
	s.IgnoreFields, s.OmitProfileKeys = list(s.IgnoreFields), list(s.OmitProfileKeys)
	s.OmitTaskKeys, s.TaskMessages = list(s.OmitTaskKeys), list(s.TaskMessages)
	return s
}

// merged returns s changed by the keys that partial has. A key that is there
// replaces the whole value, lists included.
func (s TenantSettings) merged(partial json.RawMessage) (TenantSettings, error) {
	s = s.copied()
	err := decodeStrict(bytes.NewReader(partial), &s)
	if err == nil {
		err = s.Validate()
	}
	return s, err
}
