package basip

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

// TimeProfile is a panel's time profile, which newer panels call an access
// restriction: one window of time and, if it repeats, how. Identifiers and
// users that carry the profile open the door only within it.
//
// From and To are absolute, but a panel repeats them by its own wall clock
// (contract §3.3).
type TimeProfile struct {
	// LinkID is the identity that the creator of the profile gave it. It is
	// uuid.Nil for a profile made at the panel itself.
	LinkID uuid.UUID

	// UID is the panel's own number for the profile, nil when the panel did
	// not tell it.
	UID *int64

	// Name is what people see at the panel.
	Name string

	// AllDay makes the panel look at the dates of From and To alone.
	AllDay bool

	// From and To are the start and the end of the first window in Unix
	// seconds (contract §3.1).
	From, To int64

	// Repeat is how the window comes back, nil when it happens once.
	Repeat *Recurrence

	// AttachedIdentifiers is the number of identifiers (cards, codes) that
	// hang on the profile, and AttachedKnown whether the panel tells it. They
	// are read from the panel and never written.
	AttachedIdentifiers int
	AttachedKnown       bool
}

// decodeTimeProfile reads one item of a panel's listing. Fields that are not
// known are passed over, missing ones are zero. What is there and cannot be
// understood is an error that names the profile and the word: taken for
// nothing, it would turn a repeating profile into one that happens once.
//
// With an error comes the profile as far as it could be read, in any case its
// LinkID, UID and Name if the item has them, so that one odd profile need not
// spoil a listing.
func decodeTimeProfile(raw json.RawMessage) (TimeProfile, error) {
	var item struct {
		LinkID         json.RawMessage `json:"link_id"`
		Name           json.RawMessage `json:"name"`
		ItemUID        json.RawMessage `json:"item_uid"`
		UID            json.RawMessage `json:"uid"`
		TimeprofileUID json.RawMessage `json:"timeprofile_uid"`
		TimeProfileUID json.RawMessage `json:"time_profile_uid"`
		TimeOptions    json.RawMessage `json:"time_options"`
		RepeatOptions  json.RawMessage `json:"repeat_options"`
		Identifiers    json.RawMessage `json:"identifiers"`
	}
	if absent(raw) {
		return TimeProfile{}, errors.New("time profile: the item is empty")
	}
	if err := looseObject(raw, &item); err != nil {
		return TimeProfile{}, fmt.Errorf("time profile: %w", err)
	}

	var p TimeProfile
	var link *string
	if json.Unmarshal(item.LinkID, &link) == nil {
		p.LinkID = linkID(link)
	}
	// The same number has another name on another page of the documents
	// (contract §5.7).
	if n, ok := ownNumber(item.ItemUID, item.UID, item.TimeprofileUID, item.TimeProfileUID); ok {
		p.UID = &n
	}
	p.AttachedIdentifiers, p.AttachedKnown = countAttached(item.Identifiers)

	name, err := looseString(item.Name)
	p.Name = name
	errs := []error{within("name", err)}
	errs = append(errs, decodeWindow(item.TimeOptions, &p))
	p.Repeat, err = decodeRepeat(item.RepeatOptions)
	errs = append(errs, within("repeat_options", err))
	if err := errors.Join(errs...); err != nil {
		return p, fmt.Errorf("time profile %s: %w", p.label(), err)
	}
	return p, nil
}

// decodeWindow reads time_options into p.
func decodeWindow(raw json.RawMessage, p *TimeProfile) error {
	var options struct {
		AllDay json.RawMessage `json:"is_all_day"`
		From   json.RawMessage `json:"date_from"`
		To     json.RawMessage `json:"date_to"`
	}
	if err := looseObject(raw, &options); err != nil {
		return within("time_options", err)
	}
	var errs []error
	var err error
	if !absent(options.AllDay) {
		p.AllDay, err = looseBool(options.AllDay)
		errs = append(errs, within("time_options.is_all_day", err))
	}
	if !absent(options.From) {
		p.From, err = looseInteger(options.From)
		errs = append(errs, within("time_options.date_from", err))
	}
	if !absent(options.To) {
		p.To, err = looseInteger(options.To)
		errs = append(errs, within("time_options.date_to", err))
	}
	return errors.Join(errs...)
}

// countAttached counts the identifiers of a profile, given as a number, as a
// list, or as both (contract §3.1), and reports whether all of that can be read. Of
// two different counts it takes the larger one, since the count protects the
// profile from being deleted in use.
func countAttached(raw json.RawMessage) (count int, known bool) {
	if !isObject(raw) {
		count, err := countItems(raw)
		return count, err == nil
	}
	var identifiers struct {
		UIDs  json.RawMessage `json:"uid_items"`
		Links json.RawMessage `json:"link_ids"`
		Count json.RawMessage `json:"count"`
	}
	if json.Unmarshal(raw, &identifiers) != nil {
		return 0, false
	}
	told, unread := 0, 0
	for _, one := range []struct {
		raw  json.RawMessage
		read func(json.RawMessage) (int, error)
	}{{identifiers.UIDs, countItems}, {identifiers.Links, countItems}, {identifiers.Count, looseInt}} {
		if len(one.raw) == 0 {
			continue
		}
		told++
		n, err := one.read(one.raw)
		if err != nil || n < 0 {
			unread++
		}
		count = max(count, n)
	}
	return count, told > 0 && unread == 0
}

// encodeTimeProfile makes the upsert item of p (contract §3.5). It refuses a
// profile that a panel cannot hold, and one without LinkID, which no later call
// could address.
func encodeTimeProfile(p TimeProfile) (json.RawMessage, error) {
	if p.LinkID == uuid.Nil {
		return nil, fmt.Errorf("time profile %s: cannot be written without a link_id", p.label())
	}
	if err := p.Holdable(); err != nil {
		return nil, fmt.Errorf("time profile %s: %w", p.label(), err)
	}
	var item struct {
		LinkID      uuid.UUID `json:"link_id"`
		Name        string    `json:"name"`
		TimeOptions struct {
			AllDay bool  `json:"is_all_day"`
			From   int64 `json:"date_from"`
			To     int64 `json:"date_to"`
		} `json:"time_options"`
		RepeatOptions repeatItem `json:"repeat_options"`
	}
	item.LinkID = p.LinkID
	item.Name = p.Name
	item.TimeOptions.AllDay = p.AllDay
	item.TimeOptions.From = p.From
	item.TimeOptions.To = p.To
	item.RepeatOptions = encodeRepeat(p.Repeat)
	return json.Marshal(item)
}

// label names p in an error by all that is known about it.
func (p TimeProfile) label() string {
	label := fmt.Sprintf("%q", printable.Text(p.Name))
	if p.LinkID != uuid.Nil {
		label += fmt.Sprintf(" (link_id %s)", p.LinkID)
	} else if p.UID != nil {
		label += fmt.Sprintf(" (uid %d)", *p.UID)
	}
	return label
}

// within puts the name of a field before an error; nil stays nil.
func within(field string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", field, err)
}
