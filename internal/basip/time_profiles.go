package basip

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// TimeProfiles is the panel's time profiles.
func (c *Client) TimeProfiles() *Collection[TimeProfile] { return c.profiles }

func timeProfileKind() kind[TimeProfile] {
	return kind[TimeProfile]{
		singular: "time profile", plural: "time profiles",
		all: OpTimeProfilesAll, list: OpTimeProfilesList, upsert: OpTimeProfilesUpsert, delete: OpTimeProfilesDelete,
		linkID:      func(p TimeProfile) uuid.UUID { return p.LinkID },
		uid:         func(p TimeProfile) *int64 { return p.UID },
		name:        func(p TimeProfile) string { return p.Name },
		renamed:     func(p TimeProfile, name string) TimeProfile { p.Name = name; return p },
		decode:      decodeTimeProfile,
		encode:      encodeTimeProfile,
		differences: timeProfileDifferences,
		guard:       profilesNotInUse,
	}
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
	return fmt.Sprintf("panel %q: time profile %s: %s", e.Panel, e.LinkID, e.Detail())
}

// Detail tells who refers to the profile.
func (e *InUseError) Detail() string { return "it is still referred to by " + e.Holders() }

// Holders lists those who refer to the profile.
func (e *InUseError) Holders() string {
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
	return strings.Join(holders, ", ")
}

// profilesNotInUse refuses with an *InUseError to delete a profile while anything
// on the panel refers to it. The caller must have the turn.
func profilesNotInUse(ctx context.Context, c *Client, ids []uuid.UUID) (map[uuid.UUID]verdict, error) {
	return c.useOfProfiles(ctx, ids, c.profiles.ago(writeAge), c.users.recent())
}

// useOfProfiles is profilesNotInUse by listings that began at these times or
// later. The caller must have the turn.
func (c *Client) useOfProfiles(ctx context.Context, ids []uuid.UUID, profilesSince, usersSince time.Time) (map[uuid.UUID]verdict, error) {
	profiles, err := c.profiles.listed(ctx, profilesSince)
	if err != nil {
		return nil, err
	}
	users, told, err := c.references(ctx, usersSince)
	if err != nil {
		return nil, err
	}
	verdicts := map[uuid.UUID]verdict{}
	for _, id := range ids {
		profile, err := find(profiles, c.profiles.kind, id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		inUse := &InUseError{Panel: c.name, LinkID: id, Identifiers: profile.AttachedIdentifiers}
		named := map[string]bool{}
		for _, user := range users {
			if user.TimeProfiles.holds(id) && !named[user.key()] {
				named[user.key()] = true
				inUse.Users = append(inUse.Users, user)
			}
		}
		switch {
		case len(inUse.Users) > 0 || inUse.Identifiers > 0:
			verdicts[id] = verdict{refusal: inUse}
		case !told:
			verdicts[id] = verdict{warnings: []string{fmt.Sprintf("Panel %q does not tell which time profiles its users refer to, so nobody could check that no user depended on time profile %s (%s).", c.name, id, profile.Name)}}
		}
	}
	return verdicts, nil
}

// references returns the users with what they refer to, by listings that began at
// a time or later, those made at the panel among them, and whether the panel tells the references of all of them. A user
// may be among them twice. The caller must have the turn.
func (c *Client) references(ctx context.Context, since time.Time) (users []User, told bool, err error) {
	switch err := c.users.supported(ctx); {
	case errors.Is(err, ErrUnsupported): // no users, nobody refers
		return nil, true, nil
	case err != nil:
		return nil, false, err
	}
	known := map[string]bool{}
	for _, listing := range []func(context.Context, time.Time) ([]entry[User], error){c.users.listed, c.users.listedWhole} {
		entries, err := listing(ctx, since)
		if errors.Is(err, ErrNoSuchPath) { // what the other listing tells is all there is to know
			continue
		}
		if err != nil {
			return nil, false, err
		}
		told = true
		for _, e := range entries {
			users = append(users, e.value)
			// A reference without link_id may lead to any profile.
			complete := e.value.TimeProfiles.Known && e.value.TimeProfiles.Local == 0
			known[e.value.key()] = known[e.value.key()] || complete
		}
	}
	for _, known := range known {
		told = told && known
	}
	return users, told, nil
}

// key tells users of one panel apart, those made at the panel too.
func (u User) key() string {
	if u.LinkID != uuid.Nil {
		return u.LinkID.String()
	}
	return fmt.Sprintf("number %d, name %s", valueOr(u.UID, 0), u.Name)
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
