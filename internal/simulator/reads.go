package simulator

import "strings"

// byNameField is the one filter every listing documents.
func byNameField[T entity[T]](item T, value string) bool { return item.key().name == value }

func byLinkField[T entity[T]](item T, value string) bool {
	return strings.EqualFold(item.key().linkID, value)
}

// userList has the link_id filter that newer panels document (contract §2.3).
var userList = listKind[User]{
	filters:  map[string]func(User, string) bool{"name": byNameField[User], "link_id": byLinkField[User]},
	sortable: []string{"link_id", "name", "info", "lock_number"},
	wire:     (*Panel).wireUser,
}

// profileList has no link_id filter: none is documented (contract §3.5), and a
// panel ignores what it does not know.
var profileList = listKind[TimeProfile]{
	filters: map[string]func(TimeProfile, string) bool{
		"name":      byNameField[TimeProfile],
		"date_from": func(t TimeProfile, value string) bool { from, _ := t.window(); return from == value },
		"date_to":   func(t TimeProfile, value string) bool { _, to := t.window(); return to == value },
	},
	sortable: []string{"link_id", "name"},
	wire:     (*Panel).wireTimeProfile,
}

var identifierList = listKind[Identifier]{
	filters:  map[string]func(Identifier, string) bool{"link_id": byLinkField[Identifier]},
	sortable: []string{"link_id", "identifier_type"},
	wire:     (*Panel).wireIdentifier,
}

func (p *Panel) listUsers(c *call) (map[string]any, *apiError) {
	return listEntities(p, c, &p.users, false, userList)
}

func (p *Panel) listLinkedUsers(c *call) (map[string]any, *apiError) {
	return listEntities(p, c, &p.users, true, userList)
}

func (p *Panel) listTimeProfiles(c *call) (map[string]any, *apiError) {
	return listEntities(p, c, &p.profiles, false, profileList)
}

func (p *Panel) listLinkedTimeProfiles(c *call) (map[string]any, *apiError) {
	return listEntities(p, c, &p.profiles, true, profileList)
}

func (p *Panel) listLinkedIdentifiers(c *call) (map[string]any, *apiError) {
	return listEntities(p, c, &p.identifiers, true, identifierList)
}

func (p *Panel) getUser(c *call) (map[string]any, *apiError) {
	r := p.users.byUID(c.uid())
	if r == nil {
		return nil, errNotFound
	}
	return p.wireUser(r.item), nil
}

func (p *Panel) getTimeProfile(c *call) (map[string]any, *apiError) {
	r := p.profiles.byUID(c.uid())
	if r == nil {
		return nil, errNotFound
	}
	return p.wireTimeProfile(r.item), nil
}
