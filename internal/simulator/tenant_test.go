package simulator_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestTenantIsOneMoreTarget(t *testing.T) {
	t.Parallel()
	s, tenant, _ := startTenant(t)
	equal(t, "name", tenant.Name(), "acme")
	equal(t, "panels", len(s.Panels()), 1)
	if s.Panel("acme") != nil || start(t).Tenant() != nil {
		t.Error("a panel and a tenant are confused")
	}
	equal(t, "panel API", newClient(t, tenant.URL()).do("GET", "/api/info", nil).status, 404)
	equal(t, "tenant API", newClient(t, s.Panel("lobby").URL()).do("GET", "/oauth/info", nil).status, 404)
	if other, err := simulator.Start(simulator.Config{Panels: []string{"x"}, Tenant: "x"}); err == nil {
		t.Error("two targets have one name")
		_ = other.Close()
	}
	equal(t, "port of the tenant", simulator.Config{Listen: "127.0.0.1:65534", Tenant: "x"}.Validate(), nil)
	if (simulator.Config{Listen: "127.0.0.1:65534", Tenant: "x", Panels: []string{"y"}}).Validate() == nil {
		t.Error("there is no port left for the tenant")
	}
}

func TestOutsideChangesOfATenant(t *testing.T) {
	t.Parallel()
	s, tenant, _ := startTenant(t)
	first := tenant.SetProfile(simulator.IdentityProfile{Name: "A", SourceID: hex(101)})
	equal(t, "priority", first.Priority, 10)
	equal(t, "id", len(first.ID), 32)
	if first.Created.IsZero() || first.Modified.IsZero() || len(first.IdentityAttributeConfig) == 0 {
		t.Errorf("not filled: %+v", first)
	}
	first.Name, first.IdentityAttributeConfig = "B", json.RawMessage(`{"enabled":true}`)
	first = tenant.SetProfile(first)
	equal(t, "mappings", first.IdentityAttributeConfig, obj{"enabled": true, "attributeTransforms": []any{}})
	second := tenant.SetProfile(simulator.IdentityProfile{Name: "C", SourceID: "00000000-0000-4000-8000-000000000001"})
	equal(t, "priority", second.Priority, 20)
	equal(t, "profiles", tenant.State().Profiles, []simulator.IdentityProfile{first, second})
	equal(t, "remove", []bool{tenant.RemoveProfile(first.ID), tenant.RemoveProfile(first.ID)}, []bool{true, false})
	equal(t, "profiles", tenant.State().Profiles, []simulator.IdentityProfile{second})
	equal(t, "requests", len(s.Requests()), 0)
}

func TestSetStateKeepsTasksAndFillsPriorities(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 2)
	task := c.bulkDelete(hex(1))
	tenant.SetState(simulator.TenantState{
		Profiles: []simulator.IdentityProfile{{Name: "A", SourceID: hex(101)}, {ID: hex(1), Name: "B", SourceID: hex(102), Priority: 30}},
		Tasks:    []simulator.Task{{ID: hex(9)}},
	})
	var priorities []int64
	for _, p := range tenant.State().Profiles {
		priorities = append(priorities, p.Priority)
	}
	equal(t, "priorities", priorities, []int{40, 30})
	equal(t, "task", tenant.State().Tasks[0].ID, task)
	tenant.FinishTasks()
	equal(t, "left", tenant.State().Profiles[0].Name, "A")

	tenant.SetSettings(func(s *simulator.TenantSettings) { s.ReadableAfter = 9 })
	id := tenant.State().Profiles[0].ID
	c.bulkDelete(id)
	tenant.FinishTasks()
	tenant.SetState(simulator.TenantState{})
	equal(t, "nothing is left to read", c.gets(id, 1), []int{404})
}

func TestTenantStateSharesNoMemory(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 1)
	text := "text"
	p := tenant.State().Profiles[0]
	p.Description = &text
	stored := tenant.SetProfile(p)
	c.bulkDelete(hex(1))
	text = "changed"
	*stored.Description = "changed"
	state := tenant.State()
	*state.Profiles[0].Description = "changed"
	state.Profiles[0].IdentityAttributeConfig[0] = 'x'
	state.Tasks[0].ProfileIDs[0] = "changed"
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskKeeps = []string{"a"} })
	tenant.Settings().TaskKeeps[0] = "changed"
	equal(t, "settings", tenant.Settings().TaskKeeps, []string{"a"})
	state = tenant.State()
	equal(t, "description", *state.Profiles[0].Description, "text")
	equal(t, "config", string(state.Profiles[0].IdentityAttributeConfig[:1]), "{")
	equal(t, "task", state.Tasks[0].ProfileIDs, []string{hex(1)})
}

func TestImpossibleTenantsPanic(t *testing.T) {
	t.Parallel()
	tenant, _ := seeded(t, 1)
	settings, state := tenant.Settings(), tenant.State()
	settingsOf := func(change func(*simulator.TenantSettings)) func() { return func() { tenant.SetSettings(change) } }
	profile := func(p simulator.IdentityProfile) func() { return func() { tenant.SetProfile(p) } }
	for name, change := range map[string]func(){
		"level":          settingsOf(func(s *simulator.TenantSettings) { s.Level = "HELPDESK" }),
		"unknown ids":    settingsOf(func(s *simulator.TenantSettings) { s.UnknownIDs = "" }),
		"references":     settingsOf(func(s *simulator.TenantSettings) { s.UnknownReferences = "" }),
		"task_404":       settingsOf(func(s *simulator.TenantSettings) { s.Task404 = -2 }),
		"polls":          settingsOf(func(s *simulator.TenantSettings) { s.TaskPolls = -1 }),
		"lifetime":       settingsOf(func(s *simulator.TenantSettings) { s.TokenLifetime = 0 }),
		"secret":         settingsOf(func(s *simulator.TenantSettings) { s.ClientSecret = "" }),
		"message":        settingsOf(func(s *simulator.TenantSettings) { s.TaskMessages = []simulator.TaskMessage{{Type: "x"}} }),
		"id":             profile(simulator.IdentityProfile{ID: "abcd", Name: "A", SourceID: hex(102)}),
		"no name":        profile(simulator.IdentityProfile{SourceID: hex(102)}),
		"no source":      profile(simulator.IdentityProfile{Name: "A"}),
		"source in use":  profile(simulator.IdentityProfile{Name: "A", SourceID: hex(101)}),
		"owner":          profile(simulator.IdentityProfile{Name: "A", SourceID: hex(102), OwnerID: "me"}),
		"negative count": profile(simulator.IdentityProfile{Name: "A", SourceID: hex(102), IdentityCount: -1}),
		"mappings":       profile(simulator.IdentityProfile{Name: "A", SourceID: hex(102), IdentityAttributeConfig: json.RawMessage("[]")}),
		"id twice": func() {
			tenant.SetState(simulator.TenantState{Profiles: append(state.Profiles, simulator.IdentityProfile{ID: hex(1), Name: "A", SourceID: hex(102)})})
		},
		"source feeds two": func() {
			tenant.SetState(simulator.TenantState{Profiles: []simulator.IdentityProfile{{Name: "A", SourceID: hex(1)}, {Name: "B", SourceID: hex(1)}}})
		},
		"source without id": func() { tenant.SetState(simulator.TenantState{Sources: []simulator.TenantObject{{Name: "HR"}}}) },
		"identity twice": func() {
			tenant.SetState(simulator.TenantState{Identities: []simulator.TenantObject{{ID: hex(1)}, {ID: hex(1)}}})
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			change()
		}()
	}
	equal(t, "settings", tenant.Settings(), settings)
	equal(t, "state", tenant.State(), state)
}

func TestUnavailableAndSlowTenants(t *testing.T) {
	t.Parallel()
	const latency = 30 * time.Millisecond
	s := startWith(t, simulator.Config{Tenant: "acme", Latency: latency})
	tenant := s.Tenant()
	began := time.Now()
	c := connect(t, tenant)
	if d := time.Since(began); d < latency {
		t.Errorf("answered in %v", d)
	}
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.Latency, s.Unavailable = 0, true })
	if r, err := c.try(t.Context(), "GET", identityProfiles, nil); err == nil {
		t.Errorf("answered %s", r)
	}
	equal(t, "control", c.do("PUT", "/_sim/settings", `{"tenant":{"unavailable":false}}`).status, 200)
	equal(t, "back again", c.do("GET", identityProfiles, nil).status, 200)
}

func TestConcurrentUseOfATenant(t *testing.T) {
	t.Parallel()
	s, tenant, now := startTenant(t)
	var wg sync.WaitGroup
	for i := range 4 {
		c := connect(t, tenant)
		wg.Go(func() {
			for k := range 5 {
				n := 100 + i*10 + k
				r, err := c.try(t.Context(), "POST", identityProfiles, newProfile(fmt.Sprint(n), n))
				if err != nil || r.status != 201 {
					t.Errorf("create: %v %s", err, r)
					return
				}
				id, _ := r.json.(obj)["id"].(string)
				if r, err := c.try(t.Context(), "POST", bulkDelete, []string{id}); err != nil || r.status != 202 {
					t.Errorf("delete: %v %s", err, r)
				}
				for {
					if r, err := c.try(t.Context(), "GET", identityProfiles+"/"+id, nil); err != nil || r.status == 404 {
						break
					}
				}
			}
		})
	}
	wg.Go(func() {
		for i := range 20 {
			_ = tenant.Settings()
			tenant.SetSettings(func(s *simulator.TenantSettings) { s.SerialTasks = i%2 == 0 })
			tenant.SetProfile(simulator.IdentityProfile{ID: hex(1), Name: "A", SourceID: hex(1)})
			_ = s.Requests()
			now.move(1)
		}
	})
	wg.Wait()
	equal(t, "left", stored(tenant), "1")
}
