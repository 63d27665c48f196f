package simulator_test

import (
	"fmt"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestTenantStoresOtherThanItWasSent(t *testing.T) {
	t.Parallel()
	_, tenant, _ := startTenant(t)
	tenant.SetSettings(func(s *simulator.TenantSettings) {
		s.DropMappings, s.ChangeMappings, s.IgnoreFields = []string{"uid"}, []string{"email"}, []string{"description", "priority"}
	})
	c := connect(t, tenant)
	sent := []any{mapping("uid", "login"), mapping("email", "mail"), mapping("lastname", "sn")}
	r := c.do("POST", identityProfiles, newProfile("A", 101, obj{"description": "x", "priority": 35, "identityAttributeConfig": obj{"attributeTransforms": sent}}))
	equal(t, "status", r.status, 201)
	changed := obj{"identityAttributeName": "email", "transformDefinition": obj{"type": "rule", "attributes": obj{"id": "Chosen by the tenant"}}}
	equal(t, "mappings", r.at("identityAttributeConfig", "attributeTransforms"), []any{changed, mapping("lastname", "sn")})
	equal(t, "description", r.at("description"), nil)
	equal(t, "priority", r.at("priority"), 10)

	r = c.patch(r.at("id").(string), [3]any{"add", "/description", "y"}, [3]any{"replace", "/priority", 70}, [3]any{"replace", "/name", "B"})
	equal(t, "status of the patch", r.status, 200)
	equal(t, "description after it", r.at("description"), nil)
	equal(t, "priority after it", r.at("priority"), 10)
	equal(t, "name after it", r.at("name"), "B")
}

func TestAnswersToWritesLackKeys(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 1)
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.OmitProfileKeys = []string{"identityAttributeConfig"} })
	r := c.patch(hex(1), [3]any{"replace", "/name", "x"})
	equal(t, "in the answer", r.at("identityAttributeConfig"), nil)
	if r = c.do("GET", identityProfiles+"/"+hex(1), nil); r.at("identityAttributeConfig") == nil {
		t.Errorf("a read lacks the key: %s", r)
	}
}

func TestSourceStaysBusyAfterTheDeletion(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 2)
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskPolls, s.SourceBusy = 0, 2 })
	c.poll(c.bulkDelete(hex(1)))
	equal(t, "profiles", listed(c.do("GET", identityProfiles, nil)), "P2")
	var got []int
	for range 3 {
		got = append(got, c.do("POST", identityProfiles, newProfile("A", 101)).status)
	}
	equal(t, "creations", fmt.Sprint(got), "[409 409 201]")
	equal(t, "another source", c.do("POST", identityProfiles, newProfile("B", 103)).status, 201)
}
