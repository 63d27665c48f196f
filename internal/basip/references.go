package basip

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// References is a list of other entities that a user refers to.
type References struct {
	Known bool        // the panel tells them, or they are to be sent
	IDs   []uuid.UUID // sorted
	Local int         // how many more there are that have no link_id and cannot be sent

	numbers []int64 // the panel's own numbers of those that were made at the panel
	unclear bool    // there may be more, in a form that cannot be read
}

// RefersTo returns known references to ids, sorted, each once.
func RefersTo(ids ...uuid.UUID) References {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	return References{Known: true, IDs: slices.Compact(ids)}
}

// holds reports whether id is among the references.
func (r References) holds(id uuid.UUID) bool {
	return slices.Contains(r.IDs, id)
}

// complete reports whether the panel tells all references, and of each what it
// leads to.
func (r References) complete() bool { return r.Known && !r.unclear }

// lacks reports whether r, which a panel tells, is not what was sent.
func (r References) lacks(sent References) bool {
	return sent.Known && r.Known && (!slices.Equal(sent.IDs, r.IDs) || r.Local < sent.Local)
}

// String lists the references for a message.
func (r References) String() string {
	text := fmt.Sprint(r.IDs)
	if r.Local > 0 {
		text += fmt.Sprintf(" and %d without link_id", r.Local)
	}
	return text
}

// decodeReferences reads references in each of the forms that are known or thought
// likely (contract §11, 11): {"link_ids": […]}, a list of link_ids, or a list of
// objects with a link_id. null reads as an empty list, but does not prove that
// there are none.
func decodeReferences(raw json.RawMessage) References {
	if len(raw) == 0 {
		return References{}
	}
	list, unclear := raw, absent(raw) && raw[0] != '['
	if isObject(raw) {
		var object struct {
			LinkIDs json.RawMessage `json:"link_ids"`
			UIDs    json.RawMessage `json:"uid_items"`
			Count   json.RawMessage `json:"count"`
		}
		if json.Unmarshal(raw, &object) != nil || len(object.LinkIDs) == 0 || string(object.LinkIDs) == "null" {
			return References{}
		}
		list, unclear = object.LinkIDs, !absent(object.UIDs)
		if n, err := countItems(list); len(object.Count) > 0 && err == nil {
			count, err := looseInt(object.Count)
			unclear = unclear || err != nil || count != n
		}
	}
	found := References{unclear: unclear}
	if string(list) != "null" && eachItem(list, func(item json.RawMessage) error { found.add(item); return nil }) != nil {
		return References{}
	}
	sorted := RefersTo(found.IDs...)
	found.Known, found.IDs = true, sorted.IDs
	return found
}

// add reads one reference.
func (r *References) add(raw json.RawMessage) {
	id, linked := reference(raw)
	switch {
	case linked:
		r.IDs = append(r.IDs, id)
	case absent(raw) || string(raw) == `""`:
		r.unclear = true
	case isAbsent(raw):
	default:
		r.Local++
		if number, ok := localNumber(raw); ok {
			r.numbers = append(r.numbers, number)
		} else {
			r.unclear = true
		}
	}
}

// reference reads one reference to another entity: a link_id, or an object that
// carries one.
func reference(raw json.RawMessage) (uuid.UUID, bool) {
	var object struct {
		LinkID *string `json:"link_id"`
	}
	into := any(&object)
	if bytes.HasPrefix(raw, []byte(`"`)) {
		into = &object.LinkID
	} else if !isObject(raw) {
		return uuid.Nil, false
	}
	if json.Unmarshal(raw, into) != nil {
		return uuid.Nil, false
	}
	id := linkID(object.LinkID)
	return id, id != uuid.Nil
}

// localNumber reads the panel's own number out of a reference to what was made at
// the panel: an object with a number that says that it has no link_id.
func localNumber(raw json.RawMessage) (int64, bool) {
	var object struct {
		LinkID         json.RawMessage `json:"link_id"`
		UID            json.RawMessage `json:"uid"`
		ItemUID        json.RawMessage `json:"item_uid"`
		TimeprofileUID json.RawMessage `json:"timeprofile_uid"`
		TimeProfileUID json.RawMessage `json:"time_profile_uid"`
	}
	if !isObject(raw) || json.Unmarshal(raw, &object) != nil || string(object.LinkID) != "null" {
		return 0, false
	}
	return ownNumber(object.ItemUID, object.UID, object.TimeprofileUID, object.TimeProfileUID)
}

// isAbsent reports whether a reference stands for none: its number is -1
// (contract §5.7).
func isAbsent(raw json.RawMessage) bool {
	var object struct {
		UID           *int64 `json:"uid"`
		IdentifierUID *int64 `json:"identifier_uid"`
	}
	return absent(raw) || string(raw) == `""` || isObject(raw) && json.Unmarshal(raw, &object) == nil &&
		(valueOr(object.UID, 0) < 0 || valueOr(object.IdentifierUID, 0) < 0)
}
