package basip

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// TimeProfiles is the panel's time profiles.
func (c *Client) TimeProfiles() *Collection[TimeProfile] {
	return &Collection[TimeProfile]{client: c, kind: kind[TimeProfile]{
		singular: "time profile", plural: "time profiles",
		all: OpTimeProfilesAll, list: OpTimeProfilesList, upsert: OpTimeProfilesUpsert, delete: OpTimeProfilesDelete,
		linkID:      func(p TimeProfile) uuid.UUID { return p.LinkID },
		name:        func(p TimeProfile) string { return p.Name },
		decode:      decodeTimeProfile,
		encode:      encodeTimeProfile,
		differences: timeProfileDifferences,
		guard:       profileNotInUse,
	}}
}

// timeProfileDifferences says what of a profile the panel holds otherwise than
// it was sent.
func timeProfileDifferences(sent, held TimeProfile) []string {
	var d []string
	if sent.Name != held.Name {
		d = append(d, fmt.Sprintf("name is %q instead of %q", held.Name, sent.Name))
	}
	if sent.AllDay != held.AllDay || sent.From != held.From || sent.To != held.To {
		d = append(d, fmt.Sprintf("the window is %d to %d (all day: %t) instead of %d to %d (all day: %t)",
			held.From, held.To, held.AllDay, sent.From, sent.To, sent.AllDay))
	}
	if !sameRecurrence(sent.Repeat, held.Repeat) {
		d = append(d, "the recurrence is another")
	}
	return d
}

func sameRecurrence(a, b *Recurrence) bool {
	if a == nil || b == nil {
		return a == b
	}
	return reflect.DeepEqual(a.normalized(), b.normalized())
}

// InUseError refuses the deletion of a time profile that users or identifiers
// still refer to: a panel may let those pass at any hour who lose their profile
// (contract §3.5).
type InUseError struct {
	Panel       string
	LinkID      uuid.UUID
	Users       []User // who refer to it
	Identifiers int    // cards and codes that refer to it directly
}

// Error implements error.
func (e *InUseError) Error() string {
	var holders []string
	for _, user := range e.Users {
		name := fmt.Sprintf("user %q", user.Name)
		if user.LinkID != uuid.Nil {
			name += fmt.Sprintf(" (link_id %s)", user.LinkID)
		} else {
			name += " (made at the panel)"
		}
		holders = append(holders, name)
	}
	if e.Identifiers > 0 {
		holders = append(holders, fmt.Sprintf("%d of the panel's identifiers (cards or codes)", e.Identifiers))
	}
	return fmt.Sprintf("panel %q: time profile %s is still referred to by %s", e.Panel, e.LinkID, strings.Join(holders, ", "))
}

// profileNotInUse refuses with an *InUseError while anything on the panel
// refers to the profile. The caller must have the turn.
func profileNotInUse(ctx context.Context, c *Client, id uuid.UUID) (warnings []string, err error) {
	profiles, err := c.TimeProfiles().list(ctx, OpTimeProfilesList)
	if err != nil {
		return nil, err
	}
	profile, err := find(profiles, c.TimeProfiles().kind, id)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	inUse := &InUseError{Panel: c.name, LinkID: id, Identifiers: profile.AttachedIdentifiers}
	users, told, err := c.profileUsers(ctx, id)
	if err != nil {
		return nil, err
	}
	inUse.Users = users
	if len(inUse.Users) > 0 || inUse.Identifiers > 0 {
		return nil, inUse
	}
	if !told {
		warnings = append(warnings, fmt.Sprintf("panel %q does not tell which time profiles its users refer to, so nobody could check that no user depended on time profile %s (%s)", c.name, id, profile.Name))
	}
	return warnings, nil
}

// profileUsers returns the users that refer to a profile, those made at the
// panel among them, and whether the panel tells such references at all.
func (c *Client) profileUsers(ctx context.Context, id uuid.UUID) (users []User, told bool, err error) {
	switch err := c.Users().supported(ctx); {
	case errors.Is(err, ErrUnsupported): // no users, nobody refers
		return nil, true, nil
	case err != nil:
		return nil, false, err
	}
	holders, known := map[string]bool{}, map[string]bool{}
	for _, op := range []Operation{OpUsersList, OpUsersAll} {
		entries, err := c.Users().list(ctx, op)
		if errors.Is(err, ErrNoSuchPath) { // what the other listing tells is all there is to know
			continue
		}
		if err != nil {
			return nil, false, err
		}
		told = true
		for _, e := range entries {
			user := e.value
			key := user.LinkID.String()
			if user.LinkID == uuid.Nil {
				key = fmt.Sprintf("number %d, name %s", valueOr(user.UID, 0), user.Name)
			}
			if user.TimeProfiles.holds(id) && !holders[key] {
				holders[key] = true
				users = append(users, user)
			}
			// A reference without link_id may lead to any profile.
			known[key] = known[key] || user.TimeProfiles.Known && user.TimeProfiles.Local == 0
		}
	}
	for _, known := range known {
		told = told && known
	}
	return users, told, nil
}

func valueOr[T any](pointer *T, otherwise T) T {
	if pointer == nil {
		return otherwise
	}
	return *pointer
}

// holds reports whether id is among the references.
func (r References) holds(id uuid.UUID) bool {
	return slices.Contains(r.IDs, id)
}
