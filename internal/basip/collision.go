package basip

import (
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
}

func (c *Collection[T]) holder(item T) holder {
	name := c.kind.name(item)
	return holder{c.kind.linkID(item), name, foldName(name)}
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

// collision returns an *ExistsError if one of the holders has the link_id or, in
// any spelling, the name of op. An entity that exists never collides with itself,
// so that it can be respelt.
func (c *Collection[T]) collision(holders []holder, op *upsert[T], exists bool) error {
	wanted := c.holder(op.wanted)
	for _, h := range holders {
		if h.id == op.id && (exists || op.sent) || h.id != op.id && h.folded != wanted.folded {
			continue
		}
		return &ExistsError{
			Panel: c.client.name, Kind: c.kind.singular, Name: wanted.name, Existing: h.name, LinkID: h.id, ByName: h.id != op.id,
		}
	}
	return nil
}
