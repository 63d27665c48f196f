package basip

import (
	"context"
	"errors"

	"github.com/google/uuid"
)

// The functions of this file answer a plan's questions. They change nothing, and a
// listing serves them that is half a minute old, so that a plan of any size reads
// each listing once.

// FoldName returns the form in which names are compared: two names of one folded
// form may be one name to a panel.
func FoldName(name string) string { return foldName(name) }

// MadeAtPanel returns the spelling of a name that an entity without link_id has,
// or "" if none has it. Such an entity is nobody's to change. A panel that does
// not list these entities has none.
func (c *Collection[T]) MadeAtPanel(ctx context.Context, name string) (spelling string, err error) {
	folded := foldName(name)
	err = c.client.exclusive(ctx, func(ctx context.Context) error {
		if err := c.supported(ctx); err != nil {
			return err
		}
		entries, err := c.listedWhole(ctx, c.ago(refreshAge))
		if errors.Is(err, ErrNoSuchPath) {
			return nil
		}
		for _, e := range entries {
			if c.kind.linkID(e.value) == uuid.Nil && foldName(c.kind.name(e.value)) == folded {
				spelling = c.kind.name(e.value)
			}
		}
		return err
	})
	return spelling, err
}

// UseOfTimeProfile returns who refers to a time profile, nil if nobody does or the
// panel does not tell.
func (c *Client) UseOfTimeProfile(ctx context.Context, id uuid.UUID) (*InUseError, error) {
	var inUse *InUseError
	err := c.exclusive(ctx, func(ctx context.Context) error {
		if err := c.profiles.supported(ctx); err != nil {
			return err
		}
		verdicts, err := c.useOfProfiles(ctx, []uuid.UUID{id}, c.profiles.ago(refreshAge), c.users.ago(refreshAge))
		if err == nil {
			errors.As(verdicts[id].refusal, &inUse)
		}
		return err
	})
	return inUse, err
}
