package basip

import (
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Words of per-item outcomes, contract §2.5 and §3.5.
const (
	wordCreated        = "created"
	wordUpdated        = "updated"
	wordDeleted        = "deleted"
	wordNotFound       = "not_found"        // said of users
	wordEntityNotFound = "entity_not_found" // said of time profiles
	wordDuplicates     = "has_dublicates"   // the vendor's spelling
	wordBound          = "bound_"           // begins each warning about a reference that leads nowhere
)

// results is the answer to every bulk call.
type results struct {
	Result []itemResult `json:"result"`
}

type itemResult struct {
	LinkID        *string `json:"link_id"`
	Success       *bool   `json:"success"` // absent up to API 2.10 (§2.5)
	ExtendedInfo  codes   `json:"extended_info"`
	HasDuplicates bool    `json:"has_dublicates"`
}

// of returns the outcomes for one id. Ids are matched by value and not by
// position, and one id may come more than once (§2.5).
func (r results) of(id uuid.UUID) []itemResult {
	var found []itemResult
	for _, item := range r.Result {
		if linkID(item.LinkID) == id {
			found = append(found, item)
		}
	}
	return found
}

// reasonMissing is why an id without an outcome fails.
const reasonMissing = "the answer does not mention it, so nothing is known to have happened"

// deletion judges the outcome of a deletion: deleted and both words for an
// absent entity are good, nothing else is.
func (r results) deletion(id uuid.UUID) (words, reason string) {
	found := r.of(id)
	if len(found) == 0 {
		return "", reasonMissing
	}
	for _, item := range found {
		refused := item.Success != nil && !*item.Success
		switch info := item.ExtendedInfo; {
		case len(info) == 1 && (info[0] == wordNotFound || info[0] == wordEntityNotFound):
		case len(info) == 1 && info[0] == wordDeleted && !refused:
		default:
			return info.String(), "it was not deleted"
		}
	}
	return "", ""
}

// stored is a judged outcome of an upsert.
type stored struct {
	created    bool
	updated    bool
	duplicates bool
	bound      codes // warnings about references; the entity is stored without them
	unclear    bool  // a failure that leaves open whether the entity is stored
}

// upsert judges the outcome of an upsert: created, updated and the note that
// another entity has the name are good. Warnings about references are returned
// for the caller to judge; anything else is a failure.
func (r results) upsert(id uuid.UUID) (outcome stored, words, reason string) {
	found := r.of(id)
	if len(found) == 0 {
		return stored{unclear: true}, "", reasonMissing
	}
	for _, item := range found {
		info := item.ExtendedInfo
		refused := item.Success != nil && !*item.Success
		if len(info) == 0 {
			return stored{unclear: !refused}, "", "the answer holds no outcome for it"
		}
		for _, word := range info {
			switch {
			case strings.HasPrefix(word, wordBound):
				// Also with success false: released panels do not say whether the
				// entity was stored all the same (§2.4).
				outcome.bound = append(outcome.bound, word)
			case refused:
				return stored{}, info.String(), "it was not stored"
			case word == wordCreated:
				outcome.created = true
			case word == wordUpdated:
				outcome.updated = true
			case word == wordDuplicates:
				outcome.duplicates = true
			default:
				return stored{unclear: item.Success != nil}, info.String(), "the outcome is not one that is known to be good"
			}
		}
		outcome.duplicates = outcome.duplicates || item.HasDuplicates
	}
	slices.Sort(outcome.bound)
	return outcome, "", ""
}
