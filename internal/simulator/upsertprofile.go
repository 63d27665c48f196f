package simulator

import "encoding/json"

// A profileItem is one item of a time profile upsert; refused is the rule of
// contract §3.4 it breaks, if any.
type profileItem struct {
	linkID, name string
	time, repeat json.RawMessage
	refused      *apiError
}

// listItems reads the body of an upsert.
func listItems(body []byte) ([]object, *apiError) {
	o, err := bodyObject(body)
	if err != nil {
		return nil, err
	}
	items, err := required(o, "list_items", each(asObject))
	if err == nil && len(items) == 0 {
		err = errEmptyList
	}
	return items, err
}

// upsertTimeProfiles answers the bulk upsert of time profiles (contract §3.5).
// Whether one bad item spoils the whole list is unknown, so bad_item decides.
func (p *Panel) upsertTimeProfiles(c *call) (map[string]any, *apiError) {
	raw, err := listItems(c.body)
	if err != nil {
		return nil, err
	}
	var items []profileItem
	for _, o := range raw {
		item, err := readProfileItem(o)
		if err != nil {
			return nil, err
		}
		if item.refused != nil && p.settings.BadItem == "reject_all" {
			return nil, item.refused
		}
		items = append(items, item)
	}
	out := results{settings: &p.settings}
	for _, item := range items {
		if code, forced := p.settings.outcome(item.linkID); forced {
			out.upserted(item.linkID, false, code, false)
			continue
		}
		success, code, uid := p.upsertTimeProfile(item)
		out.upserted(item.linkID, success, code, p.profiles.nameTaken(item.name, uid, p.settings.sameName))
	}
	return out.body(), nil
}

// upsertTimeProfile stores one item. Time profiles are the same only by
// link_id: matching by name is documented for users alone.
func (p *Panel) upsertTimeProfile(item profileItem) (success bool, code string, uid int) {
	r := p.profiles.byLink(item.linkID)
	if r != nil {
		uid = r.item.UID
	}
	if item.refused != nil {
		return false, codeBadRules, uid
	}
	t := TimeProfile{uid, item.linkID, p.settings.storedName(item.name), item.time, item.repeat}
	if r != nil {
		r.item = t.copied()
		return true, codeUpdated, uid
	}
	if p.settings.MaxTimeProfiles > 0 && len(p.profiles.records) >= p.settings.MaxTimeProfiles {
		return false, codeTooMany, 0
	}
	r = p.profiles.add(t.copied())
	r.hide = p.settings.UpsertsVisibleAfterListings
	r.hidden = r.hide > 0
	return true, codeCreated, r.item.UID
}

func readProfileItem(o object) (item profileItem, err *apiError) {
	if item.linkID, err = required(o, "link_id", asUUID); err != nil {
		return item, err
	}
	if item.name, err = required(o, "name", asString); err != nil {
		return item, err
	}
	if _, err = required(o, "time_options", asObject); err != nil {
		return item, err
	}
	if _, err = required(o, "repeat_options", asObject); err != nil {
		return item, err
	}
	item.time, item.repeat = o["time_options"], o["repeat_options"]
	if err = validateTimeProfile(item.time, item.repeat); err != nil && err.rule {
		item.refused, err = err, nil
	}
	return item, err
}
