package simulator

import (
	"net/http"
	"slices"
	"time"
)

// A lingering profile is one that was deleted and that reads still show, left
// more times (contract §3.5).
type lingering struct {
	profile *IdentityProfile
	left    int
}

// profileFields are what profiles are filtered and sorted by (contract §2.1).
var profileFields = listFields{
	filters: map[string]string{
		"id":       "eq ne ge gt in le sw",
		"name":     "eq ne ge gt in le sw",
		"priority": "eq ne",
	},
	sorters: []string{"id", "name", "priority", "created", "modified", "owner.id", "owner.name"},
}

// listProfiles answers the list (contract §2.1).
func (t *Tenant) listProfiles(c *tenantCall) (answer, *tenantError) {
	q, err := readListQuery(c.query, profileFields)
	if err != nil {
		return answer{}, err
	}
	rows, _ := q.page(t.wireProfiles())
	for _, row := range rows {
		t.readsProfile(row["id"])
	}
	// The reading itself may have been the poll that ends a task.
	rows, total := q.page(t.wireProfiles())
	for _, row := range rows {
		t.showsLingering(row["id"])
	}
	return q.answer(rows, total), nil
}

// wireProfiles are all profiles that a read shows.
func (t *Tenant) wireProfiles() []map[string]any {
	var rows []map[string]any
	for _, p := range t.profiles {
		rows = append(rows, extra(t.wireProfile(p)))
	}
	for _, g := range t.lingering {
		rows = append(rows, extra(t.wireProfile(g.profile)))
	}
	return rows
}

func (t *Tenant) getProfile(c *tenantCall) (answer, *tenantError) {
	t.readsProfile(c.id)
	p := t.profile(c.id)
	if p == nil {
		p = t.showsLingering(c.id)
	}
	if p == nil {
		return answer{}, errAbsent
	}
	return t.profileAnswer(http.StatusOK, p), nil
}

// showsLingering counts one read of a deleted profile and returns it, or nil
// when there is none to be shown any more.
func (t *Tenant) showsLingering(id any) *IdentityProfile {
	for i, g := range t.lingering {
		if g.profile.ID != id {
			continue
		}
		g.left--
		if g.left <= 0 {
			t.lingering = slices.Delete(t.lingering, i, i+1)
		}
		return g.profile
	}
	return nil
}

func (t *Tenant) createProfile(c *tenantCall) (answer, *tenantError) {
	if !c.contentType("application/json") {
		return answer{}, errMediaType
	}
	doc, err := bodyDocument(c.body)
	if err != nil {
		return answer{}, err
	}
	now := t.now()
	p := IdentityProfile{ID: newTenantID(), Created: now, Modified: now}
	if err := t.readProfile(doc, &p); err != nil {
		return answer{}, err
	}
	t.profiles = append(t.profiles, &p)
	return t.writeAnswer(http.StatusCreated, &p), nil
}

// patchProfile answers PATCH (contract §2.3).
func (t *Tenant) patchProfile(c *tenantCall) (answer, *tenantError) {
	if !c.contentType("application/json-patch+json") {
		return answer{}, errMediaType
	}
	p := t.profile(c.id)
	if p == nil {
		return answer{}, errAbsent
	}
	ops, err := readPatch(c.body)
	if err != nil {
		return answer{}, err
	}
	if err := patchable(ops); err != nil {
		return answer{}, err
	}
	doc := t.wireProfile(p)
	// Operations work on decoded JSON. It was valid when it was stored.
	doc["identityAttributeConfig"], _ = readConfig(p.IdentityAttributeConfig)
	for _, op := range ops {
		if err := op.apply(doc); err != nil {
			return answer{}, err
		}
	}
	changed := p.copied()
	if err := t.readProfile(doc, &changed); err != nil {
		return answer{}, err
	}
	changed.Modified = t.now()
	*p = changed
	return t.writeAnswer(http.StatusOK, p), nil
}

func (t *Tenant) getDefaultConfig(c *tenantCall) (answer, *tenantError) {
	p := t.profile(c.id)
	if p == nil {
		return answer{}, errAbsent
	}
	// It was made here, so it can be read.
	config, _ := readConfig(t.defaultConfig(p.SourceID))
	return jsonAnswer(http.StatusOK, extra(config)), nil
}

// processIdentities answers the refresh (contract §2.1), which is over at once.
func (t *Tenant) processIdentities(c *tenantCall) (answer, *tenantError) {
	p := t.profile(c.id)
	if p == nil {
		return answer{}, errAbsent
	}
	p.IdentityRefreshRequired = false
	return jsonAnswer(http.StatusAccepted, map[string]any{}), nil
}

// listLifecycleStates answers that there are none: the simulator has no
// lifecycle states.
func (t *Tenant) listLifecycleStates(c *tenantCall) (answer, *tenantError) {
	if t.profile(c.id) == nil {
		return answer{}, errAbsent
	}
	return jsonAnswer(http.StatusOK, []any{}), nil
}

func (t *Tenant) getSource(c *tenantCall) (answer, *tenantError) {
	for _, s := range t.sources {
		if s.ID == c.id {
			return jsonAnswer(http.StatusOK, extra(map[string]any{"id": s.ID, "name": s.Name, "type": "DelimitedFile", "authoritative": true})), nil
		}
	}
	return answer{}, errAbsent
}

func (t *Tenant) profileAnswer(status int, p *IdentityProfile) answer {
	return jsonAnswer(status, extra(t.wireProfile(p)))
}

// writeAnswer is profileAnswer without the keys that answers to writes lack.
func (t *Tenant) writeAnswer(status int, p *IdentityProfile) answer {
	wire := t.wireProfile(p)
	for _, key := range t.settings.OmitProfileKeys {
		delete(wire, key)
	}
	return jsonAnswer(status, extra(wire))
}

// wireProfile is the read model of contract §2.2.
func (t *Tenant) wireProfile(p *IdentityProfile) map[string]any {
	var description, owner any
	if p.Description != nil {
		description = *p.Description
	}
	if p.OwnerID != "" {
		owner = reference("IDENTITY", p.OwnerID, t.identities)
	}
	return map[string]any{
		"id":                               p.ID,
		"name":                             p.Name,
		"created":                          isoDate(p.Created),
		"modified":                         isoDate(p.Modified),
		"description":                      description,
		"owner":                            owner,
		"priority":                         p.Priority,
		"authoritativeSource":              reference("SOURCE", p.SourceID, t.sources),
		"identityRefreshRequired":          p.IdentityRefreshRequired,
		"identityCount":                    p.IdentityCount,
		"identityAttributeConfig":          p.IdentityAttributeConfig,
		"identityExceptionReportReference": nil,
		"hasTimeBasedAttr":                 p.HasTimeBasedAttr,
	}
}

// reference writes a reference with the name of what it refers to, whatever
// name the client had for it; one that is not in the state gets a made-up name.
func reference(kind, id string, known []TenantObject) map[string]any {
	name := kind + " " + id
	for _, o := range known {
		if o.ID == id {
			name = o.Name
		}
	}
	return map[string]any{"type": kind, "id": id, "name": name}
}

// isoDate writes a date as profiles and tasks have it (contract §2.2, §3.3).
func isoDate(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
