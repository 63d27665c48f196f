package basip

import (
	"slices"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// foldName returns the form in which names are compared: composed (NFC), without
// case, with single blanks and none at the ends. Which of these a panel applies
// before it matches names is not documented, and a wrong guess would change
// somebody else's entity (contract §2.4).
func foldName(name string) string {
	folded := cases.Fold().String(norm.NFC.String(name))
	return strings.Join(strings.Fields(norm.NFC.String(folded)), " ")
}

// holder is an entity with the link_id and the name that it keeps from others.
type holder struct {
	id     uuid.UUID // uuid.Nil for an entity made at the panel
	name   string
	folded string
	stays  bool // it is sent in the same call
}

func (c *Collection[T]) holder(item T) holder {
	name := c.kind.name(item)
	return holder{id: c.kind.linkID(item), name: name, folded: foldName(name)}
}

// holders returns every entity that a creation or renaming could collide with: those
// that are listed, and those that were sent and are not listed yet. The caller must
// have the turn.
func (c *Collection[T]) holders(listed []entry[T]) []holder {
	holders := make([]holder, 0, len(listed)+len(c.promises))
	for _, e := range listed {
		holders = append(holders, c.holder(e.value))
	}
	for _, promised := range c.promises {
		holders = append(holders, c.holder(promised))
	}
	return holders
}

// sending returns the holder that an upsert of the same call will be.
func (c *Collection[T]) sending(op *upsert[T]) holder {
	h := c.holder(op.wanted)
	h.stays = true
	return h
}

// collision returns an error if one of the holders has the link_id or, in any
// spelling, the name of op. An entity that exists never collides with itself, so
// that it can be respelt. The error is a *heldError if the holder may still move,
// otherwise an *ExistsError. The caller must have the turn.
func (c *Collection[T]) collision(holders []holder, op *upsert[T], exists bool, frees int) error {
	wanted := c.holder(op.wanted)
	var found *ExistsError
	for _, h := range slices.Concat(holders, c.moves.kept()) {
		if h.id == op.id && (exists || op.sent) || h.id != op.id && h.folded != wanted.folded {
			continue
		}
		stays := h.stays || c.stays(h.id, op)
		if found == nil || stays {
			found = &ExistsError{Panel: c.client.name, Kind: c.kind.singular, Name: wanted.name, Existing: h.name, LinkID: h.id, ByName: h.id != op.id}
		}
		if stays {
			return found
		}
	}
	switch {
	case found != nil:
	case op.action == actionCreate && !op.sent && c.moves.deleting(op.id): // it must not delete the new one
		found = &ExistsError{Panel: c.client.name, Kind: c.kind.singular, Name: wanted.name, Existing: wanted.name, LinkID: op.id}
	default:
		return nil
	}
	former := ""
	if exists {
		former = c.kind.name(op.current)
	}
	return &heldError{ExistsError: found, former: former, frees: frees}
}

// stays reports whether the holder of a link_id will not be renamed or deleted by
// this apply: it was made at the panel, or was written by this apply already, which
// has one operation for each entity. What takes a change back does not wait.
func (c *Collection[T]) stays(id uuid.UUID, op *upsert[T]) bool {
	return id == uuid.Nil || c.placed[id] && !c.moves.busy(id, op.move) || op.action == actionRestore || op.action == actionAside
}
