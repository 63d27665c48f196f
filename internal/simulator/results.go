package simulator

// results collects the per-item outcomes of a bulk call: status 200 says
// nothing about the items (contract §1.3).
type results struct {
	settings *Settings
	list     []any
}

// The per-item codes the simulator gives by itself (contract §2.5, §3.5, §2.4).
const (
	codeCreated       = "created"
	codeUpdated       = "updated"
	codeDeleted       = "deleted"
	codeNotFound      = "not_found"
	codeEntityMissing = "entity_not_found"
	codeTooMany       = "number_of_identifiers_exceeded"
	codeBadRules      = "invalid_time_rules_settings"
	codeNoProfile     = "bound_time_profile_doesnt_exist"
	codeNoIdentifier  = "bound_identifier_doesnt_exist"
)

func (r *results) add(linkID string, item map[string]any) {
	if r.settings.omits(linkID) {
		return
	}
	item["link_id"] = linkID
	item["x_extra"] = nil
	r.list = append(r.list, item)
}

// upserted adds the outcome of an upsert; info is a code or a list of codes.
func (r *results) upserted(linkID string, success bool, info any, duplicates bool) {
	r.add(linkID, map[string]any{"success": success, "extended_info": info, "has_dublicates": duplicates})
}

// deleted adds the outcome of a delete, without success in the older shape
// (contract §2.5).
func (r *results) deleted(linkID string, success bool, info string) {
	item := map[string]any{"extended_info": info}
	if r.settings.DeleteShape == "current" {
		item["success"] = success
	}
	r.add(linkID, item)
}

func (r *results) body() map[string]any { return map[string]any{"result": list(r.list)} }
