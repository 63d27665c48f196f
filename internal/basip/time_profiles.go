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

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
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
		holders = append(holders, user.label())
	}
	if e.Identifiers > 0 {
		holders = append(holders, fmt.Sprintf("%d of the panel's identifiers (cards or codes)", e.Identifiers))
	}
	return strings.Join(holders, ", ")
}

// UseUnknownError refuses the deletion of a time profile because the panel does not
// tell who refers to it. What is not known could be a door left open.
type UseUnknownError struct {
	Panel  string
	LinkID uuid.UUID
	Untold []string // what the panel does not tell
	Err    error    // why a listing is missing, nil if none is
}

// Error implements error.
func (e *UseUnknownError) Error() string {
	return fmt.Sprintf("panel %q: time profile %s: %s", e.Panel, e.LinkID, e.Detail())
}

// Detail tells what is not known.
func (e *UseUnknownError) Detail() string {
	var parts []string
	if len(e.Untold) > 0 {
		parts = append(parts, "the panel does not tell "+strings.Join(e.Untold, ", "))
	}
	if e.Err != nil {
		text := "the panel does not list the users made at the panel"
		var failed *Error
		if errors.As(e.Err, &failed) {
			text += ": " + failed.Detail()
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// Unwrap returns why a listing is missing.
func (e *UseUnknownError) Unwrap() error { return e.Err }

// profilesNotInUse refuses to delete a profile with an *InUseError while anything
// on the panel refers to it, and with a *UseUnknownError while that is not known.
// The caller must have the turn.
func profilesNotInUse(ctx context.Context, c *Client, ids []uuid.UUID) (map[uuid.UUID]verdict, error) {
	return c.useOfProfiles(ctx, ids, c.profiles.ago(writeAge), c.users.recent())
}

// useOfProfiles is profilesNotInUse by listings that began at these times or
// later. The caller must have the turn.
func (c *Client) useOfProfiles(ctx context.Context, ids []uuid.UUID, profilesSince, usersSince time.Time) (map[uuid.UUID]verdict, error) {
	profiles, err := c.profiles.listedFor(ctx, profilesSince, ids...)
	if err != nil {
		return nil, err
	}
	users, missing, err := c.references(ctx, usersSince)
	if err != nil {
		return nil, err
	}
	verdicts := map[uuid.UUID]verdict{}
	for _, id := range ids {
		profile, err := find(profiles, c.profiles.kind, id)
		switch {
		case errors.Is(err, ErrNotFound):
			continue
		case errors.Is(err, ErrListingUnreliable):
			verdicts[id] = verdict{refusal: err}
			continue
		}
		inUse := &InUseError{Panel: c.name, LinkID: id, Identifiers: profile.AttachedIdentifiers}
		unknown := &UseUnknownError{Panel: c.name, LinkID: id, Err: missing}
		if !profile.AttachedKnown {
			unknown.Untold = append(unknown.Untold, "which identifiers (cards or codes) refer to it")
		}
		named := map[string]bool{}
		silent := 0
		for _, user := range users {
			switch {
			case named[user.key()]:
			case user.TimeProfiles.holds(id), user.holdsNumber(profile.UID):
				named[user.key()] = true
				inUse.Users = append(inUse.Users, user.User)
			case !user.told || len(user.TimeProfiles.numbers) > 0 && profile.UID == nil:
				named[user.key()] = true
				if silent++; silent <= maxNamed {
					unknown.Untold = append(unknown.Untold, "which time profiles "+user.label()+" refers to")
				}
			}
		}
		if silent > maxNamed {
			unknown.Untold = append(unknown.Untold, fmt.Sprintf("those of %d more users", silent-maxNamed))
		}
		switch {
		case len(inUse.Users) > 0 || inUse.Identifiers > 0:
			verdicts[id] = verdict{refusal: inUse}
		case len(unknown.Untold) > 0 || unknown.Err != nil:
			verdicts[id] = verdict{refusal: unknown}
		}
	}
	return verdicts, nil
}

// maxNamed is how many users a message names that do not tell their references.
const maxNamed = 3

// referrer is a user, and whether one of the listings tells all that it refers to.
type referrer struct {
	User
	told bool
}

// references returns the users with what they refer to, by listings that began at
// a time or later, those made at the panel among them. A user may be among them
// twice. missing says why they may not be all. The caller must have the turn.
func (c *Client) references(ctx context.Context, since time.Time) (users []referrer, missing, err error) {
	switch err := c.users.supported(ctx); {
	case errors.Is(err, ErrUnsupported): // no users, nobody refers
		return nil, nil, nil
	case err != nil:
		return nil, nil, err
	}
	linked, err := c.users.certain(ctx, since)
	if err != nil && !errors.Is(err, ErrNoSuchPath) { // the other listing has these as well
		return nil, nil, err
	}
	all, err := c.users.certainWhole(ctx, since)
	if errors.Is(err, ErrNoSuchPath) { // nobody knows who was made at the panel
		missing, err = err, nil
	}
	if err != nil {
		return nil, nil, err
	}
	told := map[uuid.UUID]bool{}
	for _, entries := range [][]entry[User]{linked, all} {
		// Of several entities with one link_id each has to tell.
		silent := map[uuid.UUID]bool{}
		for _, e := range entries {
			silent[e.value.LinkID] = silent[e.value.LinkID] || !e.value.TimeProfiles.complete()
		}
		for id, silent := range silent {
			told[id] = told[id] || !silent && id != uuid.Nil
		}
	}
	for _, entries := range [][]entry[User]{linked, all} {
		for _, e := range entries {
			users = append(users, referrer{e.value, told[e.value.LinkID] || e.value.TimeProfiles.complete() && e.value.LinkID == uuid.Nil})
		}
	}
	return users, missing, nil
}

// holdsNumber reports whether the panel's own number of a time profile is among a
// user's references.
func (u User) holdsNumber(number *int64) bool {
	return number != nil && slices.Contains(u.TimeProfiles.numbers, *number)
}

// label names a user in a message.
func (u User) label() string {
	if u.LinkID != uuid.Nil {
		return fmt.Sprintf("user %q (link_id %s)", printable.Text(u.Name), u.LinkID)
	}
	return fmt.Sprintf("user %q (made at the panel)", printable.Text(u.Name))
}

// key tells users of one panel apart in messages, those made at the panel too.
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
