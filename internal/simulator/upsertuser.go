package simulator

import (
	"encoding/json"
	"slices"
	"strings"
)

// authFactors are the factors a user can be asked for (contract §2.2).
var authFactors = []string{"face_id", "card", "input_code", "qr", "license_plate"}

// A userItem is one item of a user upsert. A nil field was not sent.
type userItem struct {
	linkID, name, info string
	lockNumber         *int
	isCustom           *bool
	factors            []string
	apartment          *string
	profiles           *[]string
	identifiers        *[]string
}

// upsertUsers answers the bulk upsert of users (contract §2.4). A body in
// error changes nothing; after that every item is on its own.
func (p *Panel) upsertUsers(c *call) (map[string]any, *apiError) {
	raw, err := listItems(c.body)
	if err != nil {
		return nil, err
	}
	var items []userItem
	for _, o := range raw {
		item, err := readUserItem(o)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	out := results{settings: &p.settings}
	for _, item := range items {
		if code, forced := p.settings.outcome(item.linkID); forced {
			out.upserted(item.linkID, false, code, false)
			continue
		}
		success, info, uid := p.upsertUser(item)
		out.upserted(item.linkID, success, info, p.users.nameTaken(item.name, uid, p.settings.sameName))
	}
	return out.body(), nil
}

// upsertUser stores one item and returns its outcome and the user's uid, 0
// when it was not stored.
func (p *Panel) upsertUser(item userItem) (success bool, info any, uid int) {
	r := p.users.byLink(item.linkID)
	if r == nil && p.settings.NameMatch == "update" {
		// As documented: the name alone makes it the same user, even one made
		// at the panel or owned by another link_id.
		r = p.users.byName(item.name, p.settings.sameName)
	}
	var u User
	if r != nil {
		u, uid = r.item.copied(), r.item.UID
	} else if p.settings.MaxUsers > 0 && len(p.users.records) >= p.settings.MaxUsers {
		return false, codeTooMany, 0
	}
	missing := p.fill(&u, item)
	if len(missing) > 0 && p.settings.MissingRefs == "fail" {
		return false, p.boundInfo("", missing), uid
	}
	outcome := codeUpdated
	if r != nil {
		p.users.lay(u.LinkID)
		r.item = u
	} else {
		outcome = codeCreated
		r = p.users.add(u)
		r.hide = p.settings.UpsertsVisibleAfterListings
		r.hidden = r.hide > 0
	}
	if len(missing) > 0 && p.settings.MissingRefs == "store" {
		return true, p.boundInfo(outcome, missing), r.item.UID
	}
	return true, outcome, r.item.UID
}

// fill puts item into u and returns the codes of the references that lead
// nowhere and were dropped.
func (p *Panel) fill(u *User, item userItem) (missing []string) {
	u.LinkID, u.Name, u.Info = item.linkID, p.settings.storedName(item.name), item.info
	if item.lockNumber != nil {
		u.LockNumber = *item.lockNumber
	}
	if item.isCustom != nil {
		u.IsCustomUserAccess = *item.isCustom
	}
	if item.factors != nil {
		u.AuthFactors = item.factors
	}
	if p.settings.OmittedRefs == "clear" {
		if item.apartment == nil {
			u.ApartmentLinkID = ""
		}
		if item.profiles == nil {
			u.TimeProfileLinkIDs = nil
		}
		if item.identifiers == nil {
			u.IdentifierLinkIDs, u.IdentifierUIDs = nil, nil
		}
	}
	if item.apartment != nil {
		u.ApartmentLinkID = *item.apartment
	}
	if item.profiles != nil {
		u.TimeProfileLinkIDs = existing(&p.profiles, *item.profiles)
		if len(u.TimeProfileLinkIDs) < len(*item.profiles) {
			missing = append(missing, codeNoProfile)
		}
	}
	if item.identifiers != nil {
		// A list names identifiers by link_id, so it says nothing about the
		// attached ones that have none.
		u.IdentifierLinkIDs = existing(&p.identifiers, *item.identifiers)
		if len(u.IdentifierLinkIDs) < len(*item.identifiers) {
			missing = append(missing, codeNoIdentifier)
		}
	}
	return missing
}

// existing returns the link_ids that lead to an entity.
func existing[T entity[T]](col *collection[T], linkIDs []string) []string {
	return slices.DeleteFunc(list(linkIDs), func(id string) bool { return col.byLink(id) == nil })
}

// boundInfo writes dropped references as extended_info. How several codes are
// written is unknown (contract §2.4).
func (p *Panel) boundInfo(outcome string, missing []string) any {
	codes := missing
	if outcome != "" && p.settings.BoundShape != "string" {
		codes = append([]string{outcome}, missing...)
	}
	if p.settings.BoundShape == "array" {
		return codes
	}
	return strings.Join(codes, ", ")
}

func readUserItem(o object) (item userItem, err *apiError) {
	read := func(f func() *apiError) {
		if err == nil {
			err = f()
		}
	}
	read(func() (e *apiError) { item.linkID, e = required(o, "link_id", asUUID); return })
	read(func() (e *apiError) { item.name, e = required(o, "name", asString); return })
	read(func() (e *apiError) { item.info, e = required(o, "info", asString); return })
	read(func() (e *apiError) { item.lockNumber, e = pointer(o, "lock_number", asLock); return })
	read(func() (e *apiError) { item.isCustom, e = pointer(o, "is_custom_user_access", asBool); return })
	read(func() (e *apiError) { item.factors, _, e = optional(o, "auth_factors", each(asFactor)); return })
	read(func() (e *apiError) { item.apartment, e = pointer(o, "apartment_link_id", asNullableUUID); return })
	read(func() (e *apiError) { item.profiles, e = linkIDs(o, "time_profiles"); return })
	read(func() (e *apiError) { item.identifiers, e = linkIDs(o, "identifiers"); return })
	if err == nil && item.factors != nil && len(item.factors) == 0 {
		err = errNoFactors
	}
	return item, err
}

// linkIDs reads {"link_ids": [...]} under name.
func linkIDs(o object, name string) (*[]string, *apiError) {
	refs, present, err := optional(o, name, asObject)
	if err != nil || !present {
		return nil, err
	}
	ids, err := required(refs, "link_ids", each(asUUID))
	return &ids, err
}

// pointer is optional with nil for absence.
func pointer[T any](o object, name string, as func(json.RawMessage) (T, bool)) (*T, *apiError) {
	v, present, err := optional(o, name, as)
	if err != nil || !present {
		return nil, err
	}
	return &v, nil
}

// asLock reads a lock: first, second, or 0 for both.
func asLock(raw json.RawMessage) (int, bool) {
	n, ok := asInt(raw)
	return int(n), ok && n >= 0 && n <= 2
}

// asFactor reads a factor, alone or as the one text in an object: both have
// been documented, the inside of the object has not (contract §2.2).
func asFactor(raw json.RawMessage) (string, bool) {
	factor, ok := asString(raw)
	if !ok {
		o, isObject := asObject(raw)
		if !isObject || len(o) != 1 {
			return "", false
		}
		for _, v := range o {
			factor, _ = asString(v)
		}
	}
	return factor, slices.Contains(authFactors, factor)
}
