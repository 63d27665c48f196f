package simulator_test

import (
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestPatchChangesTheProfile(t *testing.T) {
	t.Parallel()
	uid, mail := mapping("uid", "login"), mapping("email", "mail")
	mappings := func(m ...any) obj { return obj{"enabled": true, "attributeTransforms": append([]any{}, m...)} }
	for name, tt := range map[string]struct {
		ops  [][3]any
		path []any
		want any
		// refresh is what becomes of identityRefreshRequired.
		refresh bool
	}{
		"name":                {[][3]any{{"replace", "/name", "x"}}, []any{"name"}, "x", false},
		"description":         {[][3]any{{"replace", "/description", "x"}}, []any{"description"}, "x", false},
		"no description":      {[][3]any{{"remove", "/description"}}, []any{"description"}, nil, false},
		"null description":    {[][3]any{{"replace", "/description", nil}}, []any{"description"}, nil, false},
		"added description":   {[][3]any{{"remove", "/description"}, {"add", "/description", "x"}}, []any{"description"}, "x", false},
		"priority":            {[][3]any{{"replace", "/priority", 70}}, []any{"priority"}, 70, false},
		"owner":               {[][3]any{{"replace", "/owner", ref("IDENTITY", hex(202))}}, []any{"owner", "name"}, "Bob", false},
		"owner's id":          {[][3]any{{"replace", "/owner/id", hex(202)}}, []any{"owner", "name"}, "Bob", false},
		"no owner":            {[][3]any{{"remove", "/owner"}}, []any{"owner"}, nil, false},
		"null owner":          {[][3]any{{"replace", "/owner", nil}}, []any{"owner"}, nil, false},
		"source":              {[][3]any{{"replace", "/authoritativeSource", ref("SOURCE", hex(109))}}, []any{"authoritativeSource", "id"}, hex(109), true},
		"mappings":            {[][3]any{{"replace", "/identityAttributeConfig", mappings(mail)}}, []any{"identityAttributeConfig"}, mappings(mail), true},
		"one mapping more":    {[][3]any{{"add", "/identityAttributeConfig/attributeTransforms/-", mail}}, []any{"identityAttributeConfig"}, mappings(uid, mail), true},
		"a mapping before":    {[][3]any{{"add", "/identityAttributeConfig/attributeTransforms/0", mail}}, []any{"identityAttributeConfig"}, mappings(mail, uid), true},
		"another mapping":     {[][3]any{{"replace", "/identityAttributeConfig/attributeTransforms/0", mail}}, []any{"identityAttributeConfig"}, mappings(mail), true},
		"one mapping less":    {[][3]any{{"remove", "/identityAttributeConfig/attributeTransforms/0"}}, []any{"identityAttributeConfig"}, mappings(), true},
		"within a mapping":    {[][3]any{{"replace", "/identityAttributeConfig/attributeTransforms/0/identityAttributeName", "x~1"}}, []any{"identityAttributeConfig", "attributeTransforms", 0, "identityAttributeName"}, "x~1", true},
		"an escaped member":   {[][3]any{{"add", "/identityAttributeConfig/attributeTransforms/0/transformDefinition/attributes/a~1b~0", 1}}, []any{"identityAttributeConfig", "attributeTransforms", 0, "transformDefinition", "attributes", "a/b~"}, 1, true},
		"the same mappings":   {[][3]any{{"replace", "/identityAttributeConfig", mappings(uid)}}, []any{"identityAttributeConfig"}, mappings(uid), false},
		"a test that holds":   {[][3]any{{"test", "/priority", 10}, {"test", "/id", hex(1)}, {"test", "/identityAttributeConfig/attributeTransforms/0", uid}}, []any{"priority"}, 10, false},
		"source after a test": {[][3]any{{"test", "/identityAttributeConfig", mappings(uid)}, {"replace", "/authoritativeSource/id", hex(109)}}, []any{"authoritativeSource", "id"}, hex(109), true},
		"several":             {[][3]any{{"replace", "/name", "x"}, {"replace", "/priority", 5}}, []any{"priority"}, 5, false},
		"default mappings":    {[][3]any{{"remove", "/identityAttributeConfig"}}, []any{"identityAttributeConfig", "attributeTransforms", 3, "identityAttributeName"}, "lastname", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, tenant, now := patched(t)
			c := connect(t, tenant)
			now.move(time.Second)
			r := c.patch(hex(1), tt.ops...)
			if r.status != 200 {
				t.Fatal(r)
			}
			equal(t, "answer", r.at(tt.path...), tt.want)
			equal(t, "read", c.do("GET", identityProfiles+"/"+hex(1), nil).at(tt.path...), tt.want)
			equal(t, "refresh", r.at("identityRefreshRequired"), tt.refresh)
			equal(t, "modified", r.at("modified"), "2023-11-14T22:13:21.000Z")
			equal(t, "created", r.at("created"), "2023-11-14T22:13:20.000Z")
			equal(t, "identities", r.at("identityCount"), 4)
		})
	}
}

func TestBigPrioritiesAreKeptWhole(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 1)
	const big = 1<<60 + 1
	c.patch(hex(1), [3]any{"replace", "/priority", big})
	c.patch(hex(1), [3]any{"replace", "/name", "x"})
	equal(t, "priority", tenant.State().Profiles[0].Priority, big)
}

func patched(t *testing.T) (*simulator.Simulator, *simulator.Tenant, *clock) {
	t.Helper()
	s, tenant, now := startTenant(t)
	text := "text"
	tenant.SetState(simulator.TenantState{
		Profiles: []simulator.IdentityProfile{
			{
				ID: hex(1), Name: "P1", Description: &text, OwnerID: hex(201), Priority: 10, SourceID: hex(101), IdentityCount: 4,
				IdentityAttributeConfig: []byte(`{"enabled":true,"attributeTransforms":[{"identityAttributeName":"uid","transformDefinition":
					{"type":"accountAttribute","attributes":{"attributeName":"login","sourceId":"` + hex(101) + `"}}}]}`),
			},
			{ID: hex(2), Name: "P2", SourceID: hex(102)},
		},
		Identities: []simulator.TenantObject{{ID: hex(201), Name: "Ada"}, {ID: hex(202), Name: "Bob"}},
	})
	return s, tenant, now
}

func TestPatchRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body   string
		status int
	}{
		"an object":            {`{"op":"replace","path":"/name","value":"x"}`, 400},
		"no JSON":              {`[`, 400},
		"no operation":         {`[1]`, 400},
		"unknown operation":    {`[{"op":"set","path":"/name","value":"x"}]`, 400},
		"move":                 {`[{"op":"move","path":"/name","from":"/description"}]`, 400},
		"no path":              {`[{"op":"replace","value":"x"}]`, 400},
		"the whole":            {`[{"op":"replace","path":"","value":{}}]`, 400},
		"no value":             {`[{"op":"replace","path":"/description"}]`, 400},
		"id":                   {`[{"op":"replace","path":"/id","value":"x"}]`, 400},
		"created":              {`[{"op":"replace","path":"/created","value":"x"}]`, 400},
		"modified":             {`[{"op":"remove","path":"/modified"}]`, 400},
		"identity count":       {`[{"op":"replace","path":"/identityCount","value":1}]`, 400},
		"refresh required":     {`[{"op":"replace","path":"/identityRefreshRequired","value":true}]`, 400},
		"time based":           {`[{"op":"replace","path":"/hasTimeBasedAttr","value":true}]`, 400},
		"unknown member":       {`[{"op":"add","path":"/x","value":true}]`, 400},
		"source and mappings":  {`[{"op":"replace","path":"/authoritativeSource/id","value":"` + hex(109) + `"},{"op":"replace","path":"/identityAttributeConfig/enabled","value":false}]`, 400},
		"test that fails":      {`[{"op":"replace","path":"/name","value":"x"},{"op":"test","path":"/priority","value":11}]`, 400},
		"missing member":       {`[{"op":"replace","path":"/owner/x","value":"x"}]`, 400},
		"removed twice":        {`[{"op":"remove","path":"/description"},{"op":"remove","path":"/description"}]`, 400},
		"index out of range":   {`[{"op":"replace","path":"/identityAttributeConfig/attributeTransforms/1","value":{}}]`, 400},
		"index too far to add": {`[{"op":"add","path":"/identityAttributeConfig/attributeTransforms/2","value":{}}]`, 400},
		"index with a zero":    {`[{"op":"remove","path":"/identityAttributeConfig/attributeTransforms/00"}]`, 400},
		"within a text":        {`[{"op":"add","path":"/name/x","value":1}]`, 400},
		"no name":              {`[{"op":"remove","path":"/name"}]`, 400},
		"no source":            {`[{"op":"remove","path":"/authoritativeSource"}]`, 400},
		"no priority":          {`[{"op":"remove","path":"/priority"}]`, 400},
		"broken mapping":       {`[{"op":"add","path":"/identityAttributeConfig/attributeTransforms/-","value":{}}]`, 400},
		"source in use":        {`[{"op":"replace","path":"/authoritativeSource/id","value":"` + hex(102) + `"}]`, 409},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, tenant, now := patched(t)
			before := tenant.State()
			now.move(time.Second)
			c := connect(t, tenant).as("application/json-patch+json")
			equal(t, "status", c.do("PATCH", identityProfiles+"/"+hex(1), tt.body).status, tt.status)
			equal(t, "state", tenant.State(), before)
			equal(t, "not there", c.do("PATCH", identityProfiles+"/"+hex(9), tt.body).status, 404)
		})
	}
}
