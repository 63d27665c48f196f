package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// bodyDocument reads a body that is a JSON object.
func bodyDocument(body []byte) (map[string]any, *tenantError) {
	v, err := decodeAny(body)
	doc, ok := v.(map[string]any)
	if err != nil || !ok {
		return nil, illegal("the request body is not a JSON object")
	}
	return doc, nil
}

// readProfile reads what a client may write into p, which is new when it has no
// source yet (contract §2.2, §2.3). What only the server writes is not looked
// at: on create it has no effect, and a patch cannot have changed it.
func (t *Tenant) readProfile(doc map[string]any, p *IdentityProfile) *tenantError {
	create := p.SourceID == ""
	t.ignoreFields(doc, p, create)
	name, ok := doc["name"].(string)
	if !ok || name == "" {
		return illegal("name is required")
	}
	p.Name = name
	p.Description = nil
	switch d := doc["description"].(type) {
	case nil:
	case string:
		p.Description = &d
	default:
		return illegal("description is not a string")
	}
	switch n := doc["priority"].(type) {
	case nil:
		if !create {
			return illegal("priority is required")
		}
		p.Priority = t.nextPriority()
	case int64: // as it was before the patch
		p.Priority = n
	case json.Number:
		priority, err := strconv.ParseInt(n.String(), 10, 64)
		if err != nil {
			return illegal("priority is not an integer")
		}
		p.Priority = priority
	default:
		return illegal("priority is not an integer")
	}
	var err *tenantError
	if p.OwnerID, err = t.readReference(doc, "owner", "IDENTITY", t.identities); err != nil {
		return err
	}
	source, err := t.readReference(doc, "authoritativeSource", "SOURCE", t.sources)
	if err != nil {
		return err
	}
	if source == "" {
		return illegal("authoritativeSource is required")
	}
	if other := t.fedBy(source); other != nil && other.ID != p.ID {
		return refuse(http.StatusConflict, fmt.Sprintf("the source %s already feeds the identity profile %s", source, other.Name))
	}
	if source != p.SourceID && t.busy[source] > 0 {
		t.busy[source]--
		return refuse(http.StatusConflict, fmt.Sprintf("the source %s is in use", source))
	}
	if source != p.SourceID {
		p.IdentityRefreshRequired = true
	}
	p.SourceID = source
	return t.storeConfig(doc["identityAttributeConfig"], p)
}

// ignoreFields gives the fields of the setting the value that they have, or none
// in a new profile.
func (t *Tenant) ignoreFields(doc map[string]any, p *IdentityProfile, create bool) {
	for _, field := range t.settings.IgnoreFields {
		if create {
			delete(doc, field)
			continue
		}
		doc[field] = t.wireProfile(p)[field]
		if field == "identityAttributeConfig" {
			// Operations work on decoded JSON. It was valid when it was stored.
			doc[field], _ = readConfig(p.IdentityAttributeConfig)
		}
	}
}

// readReference reads a reference, "" when it is absent or null. The type may
// be left out; the name is the tenant's to know (contract §2.3).
func (t *Tenant) readReference(doc map[string]any, field, kind string, known []TenantObject) (id string, _ *tenantError) {
	if doc[field] == nil {
		return "", nil
	}
	ref, _ := doc[field].(map[string]any)
	id, _ = ref["id"].(string)
	if id == "" {
		return "", illegal(field + " has no id")
	}
	if given, ok := ref["type"]; ok && given != kind {
		return "", illegal(fmt.Sprintf("%s is not of type %s", field, kind))
	}
	found := slices.ContainsFunc(known, func(o TenantObject) bool { return o.ID == id })
	if !found && t.settings.UnknownReferences == "refuse" || !isTenantID(id) {
		return "", illegal(fmt.Sprintf("%s %s was not found", field, id))
	}
	return id, nil
}

// storeConfig stores the mappings v, or the default ones for none. They are
// rewritten only when they change, or else every patch of anything would show
// as another order of them.
func (t *Tenant) storeConfig(v any, p *IdentityProfile) *tenantError {
	if v == nil {
		p.IdentityAttributeConfig, p.IdentityRefreshRequired = t.defaultConfig(p.SourceID), true
		return nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return illegal("identityAttributeConfig cannot be stored")
	}
	config, err := readConfig(raw)
	if err != nil {
		return illegal("identityAttributeConfig: " + err.Error())
	}
	if len(p.IdentityAttributeConfig) > 0 {
		old, _ := readConfig(p.IdentityAttributeConfig)
		if sameJSON(old, config) {
			return nil
		}
	}
	spoilConfig(config, t.settings.DropMappings, t.settings.ChangeMappings)
	if t.settings.RewriteMappings {
		rewriteConfig(config)
	}
	p.IdentityAttributeConfig, _ = json.Marshal(config)
	p.IdentityRefreshRequired = true
	return nil
}

// sameJSON compares decoded JSON by what it is written as, in which the keys of
// objects are in order.
func sameJSON(a, b any) bool {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && string(x) == string(y)
}
