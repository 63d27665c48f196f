package simulator

import (
	"hash/fnv"
	"strings"
)

// This file writes entities the way listings show them.

// nullable shows the absence of a link_id as null.
func nullable(linkID string) any {
	if linkID == "" {
		return nil
	}
	return linkID
}

// labelled adds the panel's own number under the key it goes by; vendor pages
// use two spellings and one client found none (contract §2.2, §2.3).
func (p *Panel) labelled(uid int, item map[string]any) map[string]any {
	if p.settings.UIDKey != "absent" {
		item[p.settings.UIDKey] = uid
	}
	return item
}

// wireUser is the read model of contract §2.2. The keys of its references are
// not documented, so listing_refs gives several versions.
func (p *Panel) wireUser(u User) map[string]any {
	identifiers := []any{}
	for _, id := range u.IdentifierLinkIDs {
		if r := p.identifiers.byLink(id); r != nil {
			identifiers = append(identifiers, p.wireIdentifier(r.item))
		}
	}
	for _, uid := range u.IdentifierUIDs {
		if r := p.identifiers.byUID(uid); r != nil {
			identifiers = append(identifiers, p.wireIdentifier(r.item))
		}
	}
	item := p.labelled(u.UID, map[string]any{
		"link_id":               nullable(u.LinkID),
		"name":                  u.Name,
		"info":                  u.Info,
		"lock_number":           u.LockNumber,
		"is_custom_user_access": u.IsCustomUserAccess,
		"auth_factors":          list(u.AuthFactors),
		"identifiers":           identifiers,
	})
	switch p.settings.ListingRefs {
	case "link_ids":
		item["time_profiles"] = map[string]any{"link_ids": list(u.TimeProfileLinkIDs)}
		item["apartment_link_id"] = nullable(u.ApartmentLinkID)
	case "objects":
		profiles := []any{}
		for _, id := range u.TimeProfileLinkIDs {
			uid, name := -1, ""
			if r := p.profiles.byLink(id); r != nil {
				uid, name = r.item.UID, r.item.Name
			}
			profiles = append(profiles, map[string]any{"uid": uid, "link_id": id, "name": name})
		}
		item["time_profiles"] = profiles
		item["apartment"] = apartment(u.ApartmentLinkID)
	case "names":
		names := []any{}
		for _, id := range u.TimeProfileLinkIDs {
			if r := p.profiles.byLink(id); r != nil {
				names = append(names, r.item.Name)
			}
		}
		item["time_profiles"] = names
	}
	return item
}

// apartment refers to an apartment, of which the simulator knows no more than
// its link_id; -1 means no reference (contract §5.7).
func apartment(linkID string) map[string]any {
	uid := -1
	if linkID != "" {
		h := fnv.New32a()
		_, _ = h.Write([]byte(strings.ToLower(linkID)))
		uid = int(h.Sum32()%9999) + 1
	}
	return map[string]any{"uid": uid, "link_id": nullable(linkID)}
}

// wireTimeProfile is the read model of contract §3.1.
func (p *Panel) wireTimeProfile(t TimeProfile) map[string]any {
	uids := []int{}
	for _, r := range p.identifiers.records {
		for _, id := range r.item.TimeProfileLinkIDs {
			if t.LinkID != "" && strings.EqualFold(id, t.LinkID) {
				uids = append(uids, r.item.UID)
			}
		}
	}
	return p.labelled(t.UID, map[string]any{
		"link_id":        nullable(t.LinkID),
		"name":           t.Name,
		"time_options":   t.TimeOptions,
		"repeat_options": t.RepeatOptions,
		"identifiers":    map[string]any{"uid_items": uids, "count": len(uids)},
	})
}

// wireIdentifier is an identifier in its own listing and in that of its user
// (contract §2.2, §4).
func (p *Panel) wireIdentifier(i Identifier) map[string]any {
	ownerType, lock := i.OwnerType, i.Lock
	if ownerType == "" {
		ownerType = "owner"
	}
	if lock == "" {
		lock = "all"
	}
	return map[string]any{
		"identifier_uid":    i.UID,
		"link_id":           nullable(i.LinkID),
		"identifier_owner":  map[string]any{"name": i.OwnerName, "type": ownerType},
		"identifier_type":   i.Type,
		"identifier_number": i.Number,
		"lock":              lock,
		"valid": map[string]any{
			"time":   map[string]any{"is_permanent": true},
			"passes": map[string]any{"is_permanent": true},
		},
		"apartment":         apartment(i.ApartmentLinkID),
		"apartment_link_id": nullable(i.ApartmentLinkID),
		"time_profiles":     map[string]any{"link_ids": list(i.TimeProfileLinkIDs)},
	}
}
