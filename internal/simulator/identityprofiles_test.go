package simulator_test

import (
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestCreateFillsWhatTheClientLeavesOut(t *testing.T) {
	t.Parallel()
	_, tenant, _ := startTenant(t)
	tenant.SetState(simulator.TenantState{
		Sources:    []simulator.TenantObject{{ID: hex(101), Name: "HR"}},
		Identities: []simulator.TenantObject{{ID: hex(201), Name: "William Wilson"}},
	})
	c := connect(t, tenant)
	r := c.do("POST", identityProfiles, newProfile("A", 101, obj{"owner": ref("IDENTITY", hex(201)), "id": hex(1), "identityCount": 3}))
	equal(t, "status", r.status, 201)
	profile := with(r.json.(obj), obj{"id": nil, "identityAttributeConfig": nil})
	equal(t, "profile", profile, obj{
		"name": "A", "description": nil, "priority": 10,
		"created": "2023-11-14T22:13:20.000Z", "modified": "2023-11-14T22:13:20.000Z",
		"owner":                   obj{"type": "IDENTITY", "id": hex(201), "name": "William Wilson"},
		"authoritativeSource":     obj{"type": "SOURCE", "id": hex(101), "name": "HR"},
		"identityRefreshRequired": true, "identityCount": 0,
		"identityExceptionReportReference": nil, "hasTimeBasedAttr": false, "x_extra": "ignore me",
	})
	created := tenant.State().Profiles[0]
	if len(created.ID) != 32 || created.ID == hex(1) {
		t.Errorf("id %q", created.ID)
	}
	r = c.do("GET", identityProfiles+"/"+created.ID, nil)
	equal(t, "enabled", r.at("identityAttributeConfig", "enabled"), false)
	equal(t, "a default mapping", r.at("identityAttributeConfig", "attributeTransforms", 0, "transformDefinition", "attributes", "sourceName"), "HR")
	equal(t, "the default config", with(c.do("GET", identityProfiles+"/"+created.ID+"/default-identity-attribute-config", nil).json.(obj), obj{"x_extra": nil}), r.at("identityAttributeConfig"))

	r = c.do("POST", identityProfiles, newProfile("B", 102, obj{"priority": 35, "description": "", "identityAttributeConfig": obj{"attributeTransforms": []any{mapping("uid", "login")}}}))
	equal(t, "given priority", r.at("priority"), 35)
	equal(t, "empty description", r.at("description"), "")
	equal(t, "given mappings", r.at("identityAttributeConfig"), obj{"enabled": false, "attributeTransforms": []any{mapping("uid", "login")}})
	equal(t, "next priority", c.do("POST", identityProfiles, newProfile("C", 103)).at("priority"), 45)
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body   any
		status int
	}{
		"no JSON":             {"{", 400},
		"an array":            {[]any{}, 400},
		"no name":             {newProfile("A", 102, obj{"name": nil}), 400},
		"null name":           {`{"name":null,"authoritativeSource":{"id":"` + hex(102) + `"}}`, 400},
		"empty name":          {newProfile("", 102), 400},
		"no source":           {obj{"name": "A"}, 400},
		"source no object":    {obj{"name": "A", "authoritativeSource": hex(102)}, 400},
		"source without id":   {obj{"name": "A", "authoritativeSource": obj{"name": "HR"}}, 400},
		"source of type x":    {obj{"name": "A", "authoritativeSource": ref("IDENTITY", hex(102))}, 400},
		"unknown source":      {newProfile("A", 103), 400},
		"unknown owner":       {newProfile("A", 102, obj{"owner": ref("IDENTITY", hex(203))}), 400},
		"description no text": {newProfile("A", 102, obj{"description": 1}), 400},
		"priority no integer": {newProfile("A", 102, obj{"priority": 1.5}), 400},
		"priority a text":     {newProfile("A", 102, obj{"priority": "1"}), 400},
		"config no object":    {newProfile("A", 102, obj{"identityAttributeConfig": []any{}}), 400},
		"enabled no bool":     {newProfile("A", 102, obj{"identityAttributeConfig": obj{"enabled": 1}}), 400},
		"mappings no array":   {newProfile("A", 102, obj{"identityAttributeConfig": obj{"attributeTransforms": obj{}}}), 400},
		"mapping of nothing":  {newProfile("A", 102, obj{"identityAttributeConfig": obj{"attributeTransforms": []any{mapping("", "x")}}}), 400},
		"mapping no type":     {newProfile("A", 102, obj{"identityAttributeConfig": obj{"attributeTransforms": []any{obj{"identityAttributeName": "x", "transformDefinition": obj{}}}}}), 400},
		"mapping no object":   {newProfile("A", 102, obj{"identityAttributeConfig": obj{"attributeTransforms": []any{"x"}}}), 400},
		"source in use":       {newProfile("A", 101), 409},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, tenant, _ := startTenant(t)
			tenant.SetState(simulator.TenantState{
				Profiles: []simulator.IdentityProfile{{ID: hex(1), Name: "P1", SourceID: hex(101)}},
				Sources:  []simulator.TenantObject{{ID: hex(101), Name: "HR"}, {ID: hex(102), Name: "AD"}},
			})
			tenant.SetSettings(func(s *simulator.TenantSettings) { s.UnknownReferences = "refuse" })
			c := connect(t, tenant)
			equal(t, "status", c.do("POST", identityProfiles, tt.body).status, tt.status)
			equal(t, "profiles", stored(tenant), "1")
		})
	}
}

func TestWritesWantTheirContentType(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 1)
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded"} {
		equal(t, "create as "+kind, c.as(kind).do("POST", identityProfiles, newProfile("A", 9)).status, 415)
		equal(t, "delete as "+kind, c.as(kind).do("POST", bulkDelete, []string{hex(1)}).status, 415)
	}
	ops := []any{obj{"op": "replace", "path": "/name", "value": "x"}}
	equal(t, "patch as JSON", c.do("PATCH", identityProfiles+"/"+hex(1), ops).status, 415)
	equal(t, "with a charset", c.as("application/json-patch+json; charset=utf-8").do("PATCH", identityProfiles+"/"+hex(1), ops).status, 200)
	equal(t, "profile", tenant.State().Profiles[0].Name, "x")
	equal(t, "tasks", len(tenant.State().Tasks), 0)
}

func TestPathsOfEveryVersion(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 1)
	task := c.bulkDelete(hex(1))
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskEnd = "" })
	for _, v := range []string{"v3", "v2024", "v2025", "v2026", "beta"} {
		want := 200
		if v == "v3" {
			want = 404
		}
		equal(t, v+" profiles", c.do("GET", "/"+v+"/identity-profiles", nil).status, 200)
		equal(t, v+" profile", c.do("GET", "/"+v+"/identity-profiles/"+hex(1), nil).status, 200)
		equal(t, v+" task", c.do("GET", "/"+v+"/task-status/"+task, nil).status, want)
	}
	equal(t, "single deletion by a version", c.do("DELETE", "/beta/identity-profiles/"+hex(1), nil).status, 202)
	for _, path := range []string{
		"/", "/identity-profiles", "/identity-profiles/v2", "/identity-profiles/v1/", "/v1/identity-profiles", "/v3/identity-profiles/v1",
		"/latest/identity-profiles", identityProfiles + "/" + hex(1) + "/", identityProfiles + "/" + hex(1) + "/export",
		"/identity-profiles/v1/{id}", "/oauth", "/oauth/token/", "/sources/v1", "/sources/v1/" + hex(101),
	} {
		equal(t, path, c.do("GET", path, nil).status, 404)
	}
}

func TestLiteralsAreNotIDs(t *testing.T) {
	t.Parallel()
	_, c := seeded(t, 1)
	for path, allow := range map[string]string{
		bulkDelete: "POST", identityProfiles + "/import": "POST", identityProfiles + "/identity-preview": "POST", identityProfiles + "/export": "GET",
	} {
		r := c.do("DELETE", path, nil)
		equal(t, path, r.status, 405)
		equal(t, path+" Allow", r.header.Get("Allow"), allow)
	}
	equal(t, "an id's verbs", c.do("PUT", identityProfiles+"/"+hex(1), nil).header.Get("Allow"), "DELETE, GET, PATCH")
}

// patched is a tenant with a profile that has everything, and a second one.
func TestMappingsAreRewrittenWhenTheyChange(t *testing.T) {
	t.Parallel()
	_, tenant, _ := startTenant(t)
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.RewriteMappings = true })
	c := connect(t, tenant)
	inner := obj{"type": "accountAttribute", "attributes": obj{"attributeName": "mail"}}
	sent := []any{mapping("uid", "login"), obj{"identityAttributeName": "email", "transformDefinition": obj{"type": "reference", "attributes": obj{"id": "Lower", "input": inner}}}}
	r := c.do("POST", identityProfiles, newProfile("A", 101, obj{"identityAttributeConfig": obj{"enabled": true, "attributeTransforms": sent}}))
	id := r.at("id").(string)
	uid := mapping("uid", "login")
	uid["transformDefinition"].(obj)["attributes"].(obj)["requiresPeriodicRefresh"] = false
	inner["attributes"].(obj)["requiresPeriodicRefresh"] = false
	email := obj{"identityAttributeName": "email", "transformDefinition": obj{"type": "reference", "attributes": obj{"id": "Lower", "input": inner, "requiresPeriodicRefresh": false}}}
	want := []any{email, uid}
	equal(t, "created", r.at("identityAttributeConfig", "attributeTransforms"), want)
	equal(t, "read", c.do("GET", identityProfiles+"/"+id, nil).at("identityAttributeConfig", "attributeTransforms"), want)
	equal(t, "after a patch of another member", c.patch(id, [3]any{"replace", "/name", "x"}).at("identityAttributeConfig", "attributeTransforms"), want)
	r = c.patch(id, [3]any{"replace", "/identityAttributeConfig/enabled", false})
	equal(t, "after a patch of the config", r.at("identityAttributeConfig", "attributeTransforms"), []any{uid, email})
}

func TestProcessIdentitiesEndsTheNeedForIt(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 1)
	p := tenant.State().Profiles[0]
	p.IdentityRefreshRequired = true
	tenant.SetProfile(p)
	r := c.do("POST", identityProfiles+"/"+hex(1)+"/process-identities", nil)
	equal(t, "status", r.status, 202)
	equal(t, "body", r.json, obj{})
	equal(t, "needed", tenant.State().Profiles[0].IdentityRefreshRequired, false)
	equal(t, "not there", c.do("POST", identityProfiles+"/"+hex(9)+"/process-identities", nil).status, 404)
}

func TestSmallReads(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 1)
	state := tenant.State()
	state.Sources = []simulator.TenantObject{{ID: hex(101), Name: "HR"}}
	tenant.SetState(state)
	equal(t, "source", c.do("GET", "/v2025/sources/"+hex(101), nil).at("name"), "HR")
	equal(t, "unknown source", c.do("GET", "/sources/v1/"+hex(9), nil).status, 404)
	equal(t, "lifecycle states", c.do("GET", identityProfiles+"/"+hex(1)+"/lifecycle-states", nil).json, []any{})
	equal(t, "of nothing", c.do("GET", identityProfiles+"/"+hex(9)+"/lifecycle-states", nil).status, 404)
	equal(t, "default config of nothing", c.do("GET", identityProfiles+"/"+hex(9)+"/default-identity-attribute-config", nil).status, 404)
}
