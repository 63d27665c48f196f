package simulator

import (
	"encoding/json"
	"slices"
)

// A User is a panel user as the panel stores it (contract §2.1, §2.2). It is
// the shape of the control API's state, not the shape of the vendor's wire:
// references are plain lists of link_ids.
type User struct {
	// UID is the panel's own number, counted from 1 and never reused. Zero
	// asks for a new one.
	UID int `json:"uid"`
	// LinkID is empty for a user made at the panel itself; the wire shows
	// such a user with a null link_id.
	LinkID             string   `json:"link_id,omitempty"`
	Name               string   `json:"name"`
	Info               string   `json:"info"`
	LockNumber         int      `json:"lock_number"`
	IsCustomUserAccess bool     `json:"is_custom_user_access"`
	AuthFactors        []string `json:"auth_factors"`
	ApartmentLinkID    string   `json:"apartment_link_id,omitempty"`
	TimeProfileLinkIDs []string `json:"time_profile_link_ids"`
	IdentifierLinkIDs  []string `json:"identifier_link_ids"`
	// IdentifierUIDs are attached identifiers that have no link_id: cards
	// enrolled at the panel, which no link call can name.
	IdentifierUIDs []int `json:"identifier_uids,omitempty"`
}

// A TimeProfile is a window of time with its recurrence (contract §3.1). Both
// option objects are kept as the JSON they arrived in, so that a listing gives
// back what was stored and nothing is lost to a Go type.
type TimeProfile struct {
	UID           int             `json:"uid"`
	LinkID        string          `json:"link_id,omitempty"`
	Name          string          `json:"name"`
	TimeOptions   json.RawMessage `json:"time_options"`
	RepeatOptions json.RawMessage `json:"repeat_options"`
}

// An Identifier is a card, code or other credential (contract §4). The
// simulator lists identifiers and lets users refer to them; it has no vendor
// call that changes one.
type Identifier struct {
	UID                int      `json:"uid"`
	LinkID             string   `json:"link_id,omitempty"`
	OwnerName          string   `json:"owner_name"`
	OwnerType          string   `json:"owner_type,omitempty"`
	Type               string   `json:"type"`
	Number             string   `json:"number"`
	Lock               string   `json:"lock,omitempty"`
	ApartmentLinkID    string   `json:"apartment_link_id,omitempty"`
	TimeProfileLinkIDs []string `json:"time_profile_link_ids,omitempty"`
}

// A PanelState is everything one panel stores. It holds no credentials of the
// panel and no tokens.
type PanelState struct {
	Users        []User        `json:"users"`
	TimeProfiles []TimeProfile `json:"time_profiles"`
	Identifiers  []Identifier  `json:"identifiers"`
}

// key is what the calls find an entity by.
type key struct {
	uid    int
	linkID string
	name   string
}

// entity is what a collection needs to know about its members. Copies are
// deep, so that a state handed out never shares memory with the panel.
type entity[T any] interface {
	key() key
	withUID(int) T
	withLinkID(string) T
	copied() T
}

func (u User) key() key { return key{u.UID, u.LinkID, u.Name} }

func (u User) withUID(uid int) User { u.UID = uid; return u }

func (u User) withLinkID(id string) User { u.LinkID = id; return u }

func (u User) copied() User {
	u.AuthFactors = list(u.AuthFactors)
	u.TimeProfileLinkIDs = list(u.TimeProfileLinkIDs)
	u.IdentifierLinkIDs = list(u.IdentifierLinkIDs)
	u.IdentifierUIDs = slices.Clone(u.IdentifierUIDs)
	return u
}

func (t TimeProfile) key() key { return key{t.UID, t.LinkID, t.Name} }

func (t TimeProfile) withUID(uid int) TimeProfile { t.UID = uid; return t }

func (t TimeProfile) withLinkID(id string) TimeProfile { t.LinkID = id; return t }

func (t TimeProfile) copied() TimeProfile {
	t.TimeOptions = slices.Clone(t.TimeOptions)
	t.RepeatOptions = slices.Clone(t.RepeatOptions)
	return t
}

func (i Identifier) key() key { return key{i.UID, i.LinkID, i.OwnerName} }

func (i Identifier) withUID(uid int) Identifier { i.UID = uid; return i }

func (i Identifier) withLinkID(id string) Identifier { i.LinkID = id; return i }

func (i Identifier) copied() Identifier {
	i.TimeProfileLinkIDs = slices.Clone(i.TimeProfileLinkIDs)
	return i
}

// list copies s and never returns nil, so that JSON shows [] and not null.
func list[E any](s []E) []E {
	return append(make([]E, 0, len(s)), s...)
}
