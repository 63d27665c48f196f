package basip

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

// Users is the panel's users: named persons that group identifiers and carry
// restrictions. Only panels of API 2 and later have them (contract §1.1).
func (c *Client) Users() *Collection[User] { return c.users }

func userKind() kind[User] {
	return kind[User]{
		singular: "user", plural: "users",
		all: OpUsersAll, list: OpUsersList, upsert: OpUsersUpsert, delete: OpUsersDelete,
		minAPI:      2,
		linkID:      func(u User) uuid.UUID { return u.LinkID },
		uid:         func(u User) *int64 { return u.UID },
		name:        func(u User) string { return u.Name },
		renamed:     func(u User, name string) User { u.Name = name; return u },
		decode:      decodeUser,
		encode:      encodeUser,
		differences: userDifferences,
		guard:       identifiersOutlive,
	}
}

// User is a person at a panel.
type User struct {
	LinkID       uuid.UUID // uuid.Nil for a user made at the panel
	UID          *int64    // the panel's own number, nil when it does not say
	Name         string
	Info         string
	Lock         Lock
	CustomAccess bool     // AuthFactors apply to this user instead of the panel's own
	AuthFactors  []string // in the vendor's words: card, input_code, face_id, qr, license_plate
	TimeProfiles References
	Apartment    Apartment
	Identifiers  References // cards, codes, faces enrolled for the user
}

// Apartment is the apartment a user belongs to.
type Apartment struct {
	Known  bool      // the panel tells it, or it is to be sent
	LinkID uuid.UUID // uuid.Nil: none
	Local  bool      // there is one that has no link_id and cannot be sent
}

// Lock says which of a panel's locks a user may open.
type Lock string

// The locks of a panel.
const (
	LockFirst  Lock = "first"
	LockSecond Lock = "second"
	LockAll    Lock = "all"
)

// lockNumbers are the vendor's numbers (contract §2.2).
var lockNumbers = map[Lock]int{LockAll: 0, LockFirst: 1, LockSecond: 2}

// anyFactor is sent where none applies: a panel refuses a user without one
// (contract §1.3), also when is_custom_user_access says that it means nothing.
const anyFactor = "card"

// wireUser is a user as panels list it. The names of what it refers to are not
// documented in what is known; each likely spelling is read (contract §11, 11).
type wireUser struct {
	ItemUID      json.RawMessage `json:"item_uid"`
	UID          json.RawMessage `json:"uid"`
	LinkID       *string         `json:"link_id"`
	Name         string          `json:"name"`
	Info         string          `json:"info"`
	LockNumber   *int            `json:"lock_number"`
	CustomAccess bool            `json:"is_custom_user_access"`
	AuthFactors  json.RawMessage `json:"auth_factors"`
	AuthFactor   json.RawMessage `json:"auth_factor"` // the older spelling (§2.2)

	TimeProfiles    json.RawMessage `json:"time_profiles"`
	Identifiers     json.RawMessage `json:"identifiers"`
	ApartmentLinkID json.RawMessage `json:"apartment_link_id"`
	Apartment       json.RawMessage `json:"apartment"`
}

func decodeUser(raw json.RawMessage) (User, error) {
	var w wireUser
	err := json.Unmarshal(raw, &w) // reads what it can
	user := User{LinkID: linkID(w.LinkID), Name: w.Name}
	user.TimeProfiles = decodeReferences(w.TimeProfiles)
	user.Identifiers = decodeReferences(w.Identifiers)
	if err != nil {
		return user, fmt.Errorf("user %s (%q) is listed in a form that cannot be read: %w", user.LinkID, printable.Text(user.Name), err)
	}
	if number, ok := ownNumber(w.ItemUID, w.UID); ok {
		user.UID = &number
	}
	user.Info, user.CustomAccess = w.Info, w.CustomAccess
	if user.AuthFactors, err = decodeFactors(w.AuthFactors, w.AuthFactor); err != nil {
		return user, fmt.Errorf("user %s (%q) is listed in a form that cannot be read: %w", user.LinkID, printable.Text(user.Name), err)
	}
	for _, apartment := range []json.RawMessage{w.ApartmentLinkID, w.Apartment} {
		if len(apartment) > 0 && user.Apartment.LinkID == uuid.Nil && !user.Apartment.Local {
			id, linked := reference(apartment)
			user.Apartment = Apartment{Known: true, LinkID: id, Local: !linked && !isAbsent(apartment)}
		}
	}
	if w.LockNumber == nil {
		return user, fmt.Errorf("user %s (%q) is listed without lock_number", user.LinkID, printable.Text(user.Name))
	}
	for lock, number := range lockNumbers {
		if number == *w.LockNumber {
			user.Lock = lock
			return user, nil
		}
	}
	return user, fmt.Errorf("user %s (%q) has the unknown lock_number %d", user.LinkID, printable.Text(user.Name), *w.LockNumber)
}

// decodeFactors reads lists of factors as strings or as objects that hold one: the
// list was documented as either (contract §2.2).
func decodeFactors(lists ...json.RawMessage) (factors []string, err error) {
	for _, list := range lists {
		if absent(list) {
			continue
		}
		n := 0
		err = errors.Join(err, eachItem(list, func(raw json.RawMessage) error {
			if n++; n > maxFactors {
				return fmt.Errorf("it has more than %d factors", maxFactors)
			}
			factor, ok := decodeFactor(raw)
			if ok && !slices.Contains(factors, factor) {
				factors = append(factors, factor)
			}
			return nil
		}))
	}
	slices.Sort(factors)
	return factors, err
}

// maxFactors is more than there are (contract §2.2).
const maxFactors = 50

// decodeFactor reads one factor.
func decodeFactor(raw json.RawMessage) (factor string, ok bool) {
	if !isObject(raw) {
		factor, err := looseString(raw)
		return factor, err == nil && factor != ""
	}
	var object struct {
		AuthFactor json.RawMessage `json:"auth_factor"`
		Factor     json.RawMessage `json:"factor"`
		Type       json.RawMessage `json:"type"`
		Name       json.RawMessage `json:"name"`
	}
	if json.Unmarshal(raw, &object) != nil {
		return "", false
	}
	for _, value := range []json.RawMessage{object.AuthFactor, object.Factor, object.Type, object.Name} {
		if factor, err := looseString(value); err == nil && factor != "" {
			return factor, true
		}
	}
	return "", false
}

// upsertUser is a user as it is sent (contract §2.4).
type upsertUser struct {
	LinkID          uuid.UUID        `json:"link_id"`
	Name            string           `json:"name"`
	Info            string           `json:"info"`
	LockNumber      int              `json:"lock_number"`
	CustomAccess    bool             `json:"is_custom_user_access"`
	AuthFactors     []string         `json:"auth_factors"`
	ApartmentLinkID *json.RawMessage `json:"apartment_link_id,omitempty"`
	TimeProfiles    *linkIDs         `json:"time_profiles,omitempty"`
	Identifiers     *linkIDs         `json:"identifiers,omitempty"`
}

type linkIDs struct {
	LinkIDs []uuid.UUID `json:"link_ids"`
}

func encodeUser(u User) (json.RawMessage, error) {
	number, ok := lockNumbers[u.Lock]
	if !ok {
		return nil, fmt.Errorf("user %s (%s): a panel has no lock %q", u.LinkID, u.Name, u.Lock)
	}
	item := upsertUser{
		LinkID: u.LinkID, Name: u.Name, Info: u.Info, LockNumber: number,
		CustomAccess: u.CustomAccess, AuthFactors: u.AuthFactors,
	}
	// An empty list could detach those that have no link_id.
	if u.TimeProfiles.Known && (len(u.TimeProfiles.IDs) > 0 || u.TimeProfiles.Local == 0) {
		item.TimeProfiles = &linkIDs{append([]uuid.UUID{}, u.TimeProfiles.IDs...)}
	}
	if len(u.Identifiers.IDs) > 0 {
		item.Identifiers = &linkIDs{u.Identifiers.IDs}
	}
	if !u.CustomAccess || len(u.AuthFactors) == 0 {
		item.AuthFactors = []string{anyFactor}
	}
	if u.Apartment.Known && (u.Apartment.LinkID != uuid.Nil || !u.Apartment.Local) {
		apartment := json.RawMessage("null")
		if u.Apartment.LinkID != uuid.Nil {
			apartment = json.RawMessage(`"` + u.Apartment.LinkID.String() + `"`)
		}
		item.ApartmentLinkID = &apartment
	}
	return json.Marshal(item)
}

// identifiersOutlive warns, before users are deleted, of the cards and codes that
// may go on to open the door: whether a panel deletes them with the user or only
// detaches them is not known (contract §2.5). The caller must have the turn.
func identifiersOutlive(ctx context.Context, c *Client, ids []uuid.UUID) (map[uuid.UUID]verdict, error) {
	entries, err := c.users.lately(ctx)
	if err != nil {
		return nil, err
	}
	verdicts := map[uuid.UUID]verdict{}
	for _, id := range ids {
		user, err := find(entries, c.users.kind, id)
		switch {
		case errors.Is(err, ErrNotFound):
			continue
		case errors.Is(err, ErrListingUnreliable): // it may be another's
			verdicts[id] = verdict{refusal: err}
			continue
		}
		const kept = "The panel may have kept them, and they may still open the door: look for them in the panel's list of identifiers and delete them there."
		switch n := len(user.Identifiers.IDs) + user.Identifiers.Local; {
		case n > 0:
			verdicts[id] = verdict{warnings: []string{fmt.Sprintf("%d of the identifiers (cards, codes, faces) of panel %q belonged to user %q (%s). "+kept, n, c.name, printable.Text(user.Name), id)}}
		case !user.Identifiers.complete():
			verdicts[id] = verdict{warnings: []string{fmt.Sprintf("Panel %q does not tell which of its identifiers (cards, codes, faces) belonged to user %q (%s). "+kept, c.name, printable.Text(user.Name), id)}}
		}
	}
	return verdicts, nil
}

// userDifferences says what of a user the panel holds otherwise than it was
// sent. What the panel does not tell is not compared.
func userDifferences(sent, held User) []string {
	var d []string
	differ := func(what string, sent, held any) {
		d = append(d, fmt.Sprintf("%s is %v instead of %v", what, held, sent))
	}
	if sent.Name != held.Name {
		differ("name", fmt.Sprintf("%q", sent.Name), fmt.Sprintf("%q", held.Name))
	}
	if sent.Info != held.Info {
		differ("info", fmt.Sprintf("%q", sent.Info), fmt.Sprintf("%q", held.Info))
	}
	if sent.Lock != held.Lock {
		differ("lock", sent.Lock, held.Lock)
	}
	if sent.CustomAccess != held.CustomAccess {
		differ("custom access", sent.CustomAccess, held.CustomAccess)
	}
	if factors := slices.Sorted(slices.Values(sent.AuthFactors)); sent.CustomAccess && !slices.Equal(factors, held.AuthFactors) {
		differ("the list of authentication factors", factors, held.AuthFactors)
	}
	if held.TimeProfiles.lacks(sent.TimeProfiles) {
		differ("the list of time profiles", sent.TimeProfiles, held.TimeProfiles)
	}
	if sent.Apartment.Known && held.Apartment.Known && (sent.Apartment.LinkID != held.Apartment.LinkID || sent.Apartment.Local && !held.Apartment.Local) {
		differ("the apartment", sent.Apartment, held.Apartment)
	}
	if held.Identifiers.lacks(sent.Identifiers) {
		differ("the list of identifiers", sent.Identifiers, held.Identifiers)
	}
	return d
}

// String names the apartment for a message.
func (a Apartment) String() string {
	switch {
	case a.LinkID != uuid.Nil:
		return a.LinkID.String()
	case a.Local:
		return "one without link_id"
	default:
		return "none"
	}
}
