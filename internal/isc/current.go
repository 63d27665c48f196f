package isc

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/bulk"
)

// newReads returns what lets reads travel together: one listing for all that are
// asked for at the moment.
func newReads(c *Client, cfg Config) *bulk.Group[string, string, Profile] {
	return bulk.New(bulk.Options[string, string, Profile]{
		Key:     func(id string) string { return id },
		Send:    c.readTogether,
		Max:     cfg.MaxItems,
		Company: cfg.Company,
		Linger:  linger, // who is read together is deleted together
	})
}

// CurrentProfile returns the profile with an id, and never what was read before it
// was asked for. Those that are asked for side by side share a listing, once they are
// more than a few. The error is ErrNotFound when the tenant answers 404 for the profile
// and a listing does not have it either. A profile that is listed is there.
func (c *Client) CurrentProfile(ctx context.Context, id string) (Profile, error) {
	return c.reads.Do(ctx, id)
}

// readTogether reads several profiles.
func (c *Client) readTogether(ctx context.Context, ids []string) (map[string]bulk.Answer[Profile], error) {
	var listed map[string]Profile
	var listErr error
	if len(ids) > fewReads {
		if listed, listErr = c.freshProfiles(ctx); listErr != nil {
			tflog.Debug(ctx, "the listing failed; each profile is read by itself", map[string]any{"error": listErr.Error()})
		}
	}
	answers := map[string]bulk.Answer[Profile]{}
	var mu sync.Mutex // guards answers
	var all sync.WaitGroup
	answer := func(id string, p Profile, err error) {
		mu.Lock()
		defer mu.Unlock()
		answers[id] = bulk.Answer[Profile]{Result: p, Err: err}
	}
	for _, id := range ids {
		// How many identities go with it decides about a deletion. The count may be
		// left out of a listing (contract §2.2).
		if p, found := listed[id]; found && p.IdentityCount != nil {
			answer(id, p, nil)
			continue
		}
		all.Go(func() {
			p, err := c.read(ctx, id)
			answer(id, p, err)
		})
	}
	all.Wait()
	for _, id := range ids {
		if notFound := answers[id].Err; isAbsent(notFound) {
			if listed == nil && listErr == nil {
				listed, listErr = c.freshProfiles(ctx)
			}
			p, err := c.judgeAbsence(id, notFound, listed, listErr)
			answer(id, p, err)
		}
	}
	return answers, nil
}
