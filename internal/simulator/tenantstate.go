package simulator

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A TenantState is everything a tenant stores, without its credentials and
// tokens.
type TenantState struct {
	Profiles []IdentityProfile `json:"profiles"`
	// Sources and Identities are what profiles can refer to; with
	// unknown_references at refuse, all they can refer to.
	Sources    []TenantObject `json:"sources"`
	Identities []TenantObject `json:"identities"`
	// Tasks are shown, oldest first, and cannot be set.
	Tasks []Task `json:"tasks"`
}

// An IdentityProfile is one profile as the tenant stores it (contract §2.2). It
// is the shape of the control API's state, not that of the vendor's wire. In a
// state that is set, a zero ID, Priority, Created, Modified or
// IdentityAttributeConfig asks for what the tenant would fill in.
type IdentityProfile struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	Description *string `json:"description"`
	// OwnerID is empty for a profile without an owner.
	OwnerID  string `json:"owner_id,omitempty"`
	Priority int64  `json:"priority"`
	SourceID string `json:"source_id"`
	// IdentityAttributeConfig is the vendor's JSON.
	IdentityAttributeConfig json.RawMessage `json:"identity_attribute_config"`
	IdentityRefreshRequired bool            `json:"identity_refresh_required"`
	IdentityCount           int             `json:"identity_count"`
	HasTimeBasedAttr        bool            `json:"has_time_based_attr"`
	Created                 time.Time       `json:"created"`
	Modified                time.Time       `json:"modified"`
}

// A TenantObject is something that profiles refer to and of which the
// simulator knows no more than the name: a source or an identity.
type TenantObject struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// A Task is a view of a deletion (contract §3.3).
type Task struct {
	ID string `json:"id"`
	// ProfileIDs are those the client sent, in order and with duplicates.
	ProfileIDs []string `json:"profile_ids"`
	// Polls is how often its status was asked for, answers with 404 included,
	// and how often one of its profiles was read before it ended.
	Polls int `json:"polls"`
	// Status is empty until the task has ended and in upper case then.
	Status string `json:"status"`
}

func (p IdentityProfile) copied() IdentityProfile {
	if p.Description != nil {
		text := *p.Description
		p.Description = &text
	}
	p.IdentityAttributeConfig = slices.Clone(p.IdentityAttributeConfig)
	return p
}

// Validate reports what no tenant can store: an id that is none or is used
// twice, a profile without a name or a source, two profiles of one source
// (contract §2.2). References to sources and identities that are not there are
// allowed. Tasks are not looked at.
func (s *TenantState) Validate() error {
	seen, fed := map[string]bool{}, map[string]bool{}
	for i, p := range s.Profiles {
		var err error
		switch {
		case p.ID != "" && !isTenantID(p.ID):
			err = fmt.Errorf("id %q is neither 32 hex digits nor a UUID", p.ID)
		case p.ID != "" && seen[p.ID]:
			err = fmt.Errorf("id %s is used twice", p.ID)
		case p.Name == "":
			err = errors.New("name is empty")
		case !isTenantID(p.SourceID):
			err = fmt.Errorf("source_id %q is neither 32 hex digits nor a UUID", p.SourceID)
		case fed[p.SourceID]:
			err = fmt.Errorf("source %s feeds two profiles", p.SourceID)
		case p.OwnerID != "" && !isTenantID(p.OwnerID):
			err = fmt.Errorf("owner_id %q is neither 32 hex digits nor a UUID", p.OwnerID)
		case p.IdentityCount < 0:
			err = errors.New("identity_count is negative")
		case len(p.IdentityAttributeConfig) > 0:
			_, err = readConfig(p.IdentityAttributeConfig)
		}
		if err != nil {
			return fmt.Errorf("profiles[%d]: %w", i, err)
		}
		seen[p.ID], fed[p.SourceID] = true, true
	}
	for kind, objects := range map[string][]TenantObject{"sources": s.Sources, "identities": s.Identities} {
		seen := map[string]bool{}
		for i, o := range objects {
			if !isTenantID(o.ID) || seen[o.ID] {
				return fmt.Errorf("%s[%d]: id %q is used twice, or neither 32 hex digits nor a UUID", kind, i, o.ID)
			}
			seen[o.ID] = true
		}
	}
	return nil
}

// newTenantID makes an id of the form that real ones have (contract §2.2).
func newTenantID() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	return hex.EncodeToString(raw[:])
}

// newUUID makes a random UUID.
func newUUID() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:])
	return formatUUID(raw)
}

// isTenantID takes the two forms that vendor pages have.
func isTenantID(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == 16 || isUUID(s)
}

// decodeAny reads JSON without making floats of its numbers.
func decodeAny(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, errors.New("data after the JSON value")
	}
	return v, nil
}
