package simulator_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// stocked is a panel with users 1 to 3, of whom the first has time profile 1,
// time profiles 1 and 2, and a local one of each.
func stocked(t *testing.T, cfg simulator.Config) *simulator.Panel {
	t.Helper()
	cfg.Panels = []string{"lobby"}
	p := startWith(t, cfg).Panel("lobby")
	local := seedProfile(0, "local")
	local.LinkID = ""
	p.SetState(simulator.PanelState{
		Users: []simulator.User{
			{LinkID: id(1), Name: "u1", TimeProfileLinkIDs: []string{id(1)}},
			{LinkID: id(2), Name: "u2"},
			{LinkID: id(3), Name: "u3"},
			{Name: "local"},
		},
		TimeProfiles: []simulator.TimeProfile{seedProfile(1, "t1"), seedProfile(2, "t2"), local},
	})
	return p
}

func TestBulkDelete(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		path, gone string
		left       []string
	}{
		"users":         {usersPath, "not_found", []string{"u3", "local"}},
		"time profiles": {profilesPath, "entity_not_found", []string{"local"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := stocked(t, simulator.Config{})
			c := login(t, p)
			r := c.remove(tt.path, id(1), id(8), id(2), id(1))
			equal(t, "outcomes", r.outcomes(), "deleted !"+tt.gone+" deleted !"+tt.gone)
			equal(t, "link_id", r.at("result", 1, "link_id"), id(8))
			if _, ok := r.at("result", 0).(obj)["has_dublicates"]; ok {
				t.Error("a delete result has has_dublicates")
			}
			var left []string
			state := p.State()
			if tt.path == usersPath {
				for _, u := range state.Users {
					left = append(left, u.Name)
				}
			} else {
				for _, tp := range state.TimeProfiles {
					left = append(left, tp.Name)
				}
			}
			equal(t, "left", left, tt.left)
		})
	}
}

func TestLegacyDeleteResultHasNoSuccessKey(t *testing.T) {
	t.Parallel()
	p := stocked(t, simulator.Config{})
	set(p, func(s *simulator.Settings) { s.DeleteShape = "legacy" })
	c := login(t, p)
	for _, path := range []string{usersPath, profilesPath} {
		r := c.remove(path, id(1), id(8))
		for i, want := range []string{"deleted", map[string]string{usersPath: "not_found", profilesPath: "entity_not_found"}[path]} {
			item := r.at("result", i).(obj)
			if _, ok := item["success"]; ok {
				t.Errorf("%s: item %d has a success key", path, i)
			}
			equal(t, path, item["extended_info"], want)
		}
	}
}

func TestGoneCode(t *testing.T) {
	t.Parallel()
	p := stocked(t, simulator.Config{})
	c := login(t, p)
	for _, code := range []string{"not_found", "entity_not_found"} {
		set(p, func(s *simulator.Settings) { s.GoneCode = code })
		equal(t, "users", c.remove(usersPath, id(8)).outcomes(), "!"+code)
		equal(t, "time profiles", c.remove(profilesPath, id(8)).outcomes(), "!"+code)
	}
}

func TestBulkDeleteRefusesWrongBodies(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body any
		want string
	}{
		"no body":         {nil, "Wrong JSON body"},
		"not JSON":        {"link_ids", "Wrong JSON body"},
		"no link_ids":     {obj{}, "Wrong JSON body: no value for `link_ids`"},
		"null":            {`{"link_ids":null}`, "Wrong JSON body: value `link_ids` was of the wrong type"},
		"a text":          {obj{"link_ids": id(1)}, "Wrong JSON body: value `link_ids` was of the wrong type"},
		"not a uuid":      {obj{"link_ids": []string{id(1), "2"}}, "Wrong JSON body: value `link_ids` was of the wrong type"},
		"an empty string": {obj{"link_ids": []string{""}}, "Wrong JSON body: value `link_ids` was of the wrong type"},
		"empty list":      {obj{"link_ids": []string{}}, "List cannot be empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := stocked(t, simulator.Config{})
			c := login(t, p)
			for _, path := range []string{usersPath, profilesPath} {
				r := c.do("DELETE", path, tt.body)
				equal(t, path+" status", r.status, 400)
				equal(t, path+" error", r.at("error"), tt.want)
			}
			equal(t, "users", len(p.State().Users), 4)
		})
	}
}

func TestDeletedProfileLeavesItsUsers(t *testing.T) {
	t.Parallel()
	p := stocked(t, simulator.Config{})
	c := login(t, p)
	set(p, func(s *simulator.Settings) { s.ProfileDelete = "refuse" })
	equal(t, "refuse", c.remove(profilesPath, id(1), id(2)).outcomes(), "!invalid_time_rules_settings deleted")
	equal(t, "still attached", p.State().Users[0].TimeProfileLinkIDs, []string{id(1)})
	set(p, func(s *simulator.Settings) { s.ProfileDelete = "unlink" })
	equal(t, "unlink", c.remove(profilesPath, id(1)).outcomes(), "deleted")
	equal(t, "unlinked", c.do("GET", usersPath, nil).at("list_items", 0, "time_profiles"), refs())
}

func TestDeletedUserLeavesItsIdentifiers(t *testing.T) {
	t.Parallel()
	p := attached(t)
	c := login(t, p)
	equal(t, "delete", c.remove(usersPath, id(1)).outcomes(), "deleted")
	equal(t, "identifiers", len(p.State().Identifiers), 2)
}

func TestIgnoredDelete(t *testing.T) {
	t.Parallel()
	p := stocked(t, simulator.Config{})
	set(p, func(s *simulator.Settings) { s.IgnoreDeletes = true })
	c := login(t, p)
	equal(t, "users", c.remove(usersPath, id(1)).outcomes(), "deleted")
	equal(t, "time profiles", c.remove(profilesPath, id(1)).outcomes(), "deleted")
	equal(t, "users stay", c.do("GET", usersPath, nil).names(), "u1 u2 u3")
	equal(t, "time profiles stay", c.do("GET", profilesPath, nil).names(), "t1 t2")
	equal(t, "attached", p.State().Users[0].TimeProfileLinkIDs, []string{id(1)})
}

func TestDeletedEntitiesLingerInListings(t *testing.T) {
	t.Parallel()
	p := stocked(t, simulator.Config{})
	set(p, func(s *simulator.Settings) { s.DeletesVisibleListings = 2 })
	c := login(t, p)
	equal(t, "delete", c.remove(usersPath, id(1)).outcomes(), "deleted")
	equal(t, "state", len(p.State().Users), 3)
	equal(t, "by uid", c.do("GET", "/api/v1/access/users/item/1", nil).status, 404)
	equal(t, "again", c.remove(usersPath, id(1)).outcomes(), "!not_found")
	total := func(query string) any {
		return c.do("GET", usersPath+query, nil).at("list_option", "pagination", "total_items")
	}
	equal(t, "listing in progress", total("?page_number=2"), 3)
	equal(t, "first listing", c.do("GET", usersPath, nil).names(), "u1 u2 u3")
	equal(t, "its later page", total("?page_number=2"), 3)
	equal(t, "second listing", total(""), 3)
	equal(t, "its later page", total("?page_number=2"), 3)
	equal(t, "third listing", c.do("GET", usersPath, nil).names(), "u2 u3")
	equal(t, "its later page", total("?page_number=2"), 2)

	c.remove(usersPath, id(2))
	equal(t, "made anew", c.upsert(usersPath, user(2, "new")).outcomes(), "created")
	equal(t, "shown once", c.do("GET", usersPath, nil).names(), "u3 new")
}

func TestUserTakenOverEndsTheLingeringOne(t *testing.T) {
	t.Parallel()
	p := stocked(t, simulator.Config{})
	set(p, func(s *simulator.Settings) { s.DeletesVisibleListings = 5 })
	c := login(t, p)
	c.remove(usersPath, id(1))
	equal(t, "take over", c.upsert(usersPath, user(1, "local")).outcomes(), "updated")
	equal(t, "listed", c.do("GET", usersPath, nil).names(), "u2 u3 local")
}

func TestDeletedEntitiesLingerForATime(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	p := stocked(t, simulator.Config{Now: func() time.Time { return time.Unix(now.Load(), 0) }})
	set(p, func(s *simulator.Settings) { s.DeleteDelay = simulator.Duration(5 * time.Second) })
	c := login(t, p)
	equal(t, "delete", c.remove(profilesPath, id(1)).outcomes(), "deleted")
	now.Store(4)
	equal(t, "before the end", c.do("GET", profilesPath, nil).names(), "t1 t2")
	equal(t, "user has lost it", p.State().Users[0].TimeProfileLinkIDs, []string{})
	now.Store(5)
	equal(t, "after the end", c.do("GET", profilesPath, nil).names(), "t2")
}

func TestDeleteByUID(t *testing.T) {
	t.Parallel()
	p := stocked(t, simulator.Config{})
	c := login(t, p)
	equal(t, "local user", c.do("DELETE", "/api/v1/access/users/item/4", nil).status, 200)
	equal(t, "again", c.do("DELETE", "/api/v1/access/users/item/4", nil).status, 404)
	equal(t, "users", len(p.State().Users), 3)
	equal(t, "time profile", c.do("DELETE", "/api/v1/access/timeprofile/item/1", nil).status, 200)
	equal(t, "unlinked", p.State().Users[0].TimeProfileLinkIDs, []string{})
}
