package simulator

import (
	"slices"
	"strings"
	"time"
)

// deleteUsers answers the bulk delete of users (contract §2.5). The users'
// identifiers stay on the panel.
func (p *Panel) deleteUsers(c *call) (map[string]any, *apiError) {
	return p.bulkDelete(c, codeNotFound, func(linkID string) string {
		r := p.users.byLink(linkID)
		if r == nil {
			return ""
		}
		if !p.settings.IgnoreDeletes {
			retire(p, &p.users, r)
		}
		return codeDeleted
	})
}

// deleteTimeProfiles answers the bulk delete of time profiles (contract §3.5).
// By default their users lose them and are then let in at any time.
func (p *Panel) deleteTimeProfiles(c *call) (map[string]any, *apiError) {
	return p.bulkDelete(c, codeEntityMissing, func(linkID string) string {
		r := p.profiles.byLink(linkID)
		switch {
		case r == nil:
			return ""
		case p.settings.ProfileDelete == "refuse" && p.profileInUse(linkID):
			return codeBadRules
		case !p.settings.IgnoreDeletes:
			retire(p, &p.profiles, r)
			p.unlinkProfile(linkID)
		}
		return codeDeleted
	})
}

// bulkDelete reads link_ids and reports what remove says of each, in order; an
// id that is listed twice is gone the second time. remove returns "" for an
// entity that is not there, which the two collections spell differently.
func (p *Panel) bulkDelete(c *call, gone string, remove func(linkID string) string) (map[string]any, *apiError) {
	body, err := bodyObject(c.body)
	if err != nil {
		return nil, err
	}
	ids, err := required(body, "link_ids", each(asUUID))
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, errEmptyList
	}
	if p.settings.GoneCode != "" {
		gone = p.settings.GoneCode
	}
	out := results{settings: &p.settings}
	for _, id := range ids {
		if code, forced := p.settings.outcome(id); forced {
			out.deleted(id, false, code)
			continue
		}
		code := remove(id)
		if code == "" {
			code = gone
		}
		out.deleted(id, code == codeDeleted, code)
	}
	return out.body(), nil
}

// retire removes r from col and leaves it in listings as the settings say.
func retire[T entity[T]](p *Panel, col *collection[T], r *record[T]) {
	now := p.now()
	col.retire(r, p.settings.DeletesVisibleListings, now, now.Add(time.Duration(p.settings.DeleteDelay)))
}

func (p *Panel) profileInUse(linkID string) bool {
	return slices.ContainsFunc(p.users.records, func(r *record[User]) bool {
		return slices.ContainsFunc(r.item.TimeProfileLinkIDs, func(id string) bool { return strings.EqualFold(id, linkID) })
	})
}

// deleteUser and deleteTimeProfile answer the deletes by uid (contract §0 rows
// 5 and 14), which remove local entities too. They exist to show that a client
// does not use them.
func (p *Panel) deleteUser(c *call) (map[string]any, *apiError) {
	r := p.users.byUID(c.uid())
	if r == nil {
		return nil, errNotFound
	}
	p.users.remove(r)
	return map[string]any{}, nil
}

func (p *Panel) deleteTimeProfile(c *call) (map[string]any, *apiError) {
	r := p.profiles.byUID(c.uid())
	if r == nil {
		return nil, errNotFound
	}
	p.profiles.remove(r)
	if id := r.item.LinkID; id != "" {
		p.unlinkProfile(id)
	}
	return map[string]any{}, nil
}
