package simulator_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestUpsertUserCreatesThenUpdates(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	c := login(t, p)
	r := c.upsert(usersPath, user(1, "Ada"), user(2, "Bob"))
	equal(t, "create", r.outcomes(), "created created")
	equal(t, "link_id", r.at("result", 0, "link_id"), id(1))
	equal(t, "has_dublicates", r.at("result", 0, "has_dublicates"), false)
	equal(t, "update", c.upsert(usersPath, user(1, "Ada L.", obj{"lock_number": 0})).outcomes(), "updated")

	users := p.State().Users
	equal(t, "uids", []int{users[0].UID, users[1].UID}, []int{1, 2})
	equal(t, "name", users[0].Name, "Ada L.")
	equal(t, "lock", users[0].LockNumber, 0)

	// A uid is never used again.
	c.remove(usersPath, id(2))
	c.upsert(usersPath, user(3, "Cyd"))
	equal(t, "uid after a delete", p.State().Users[1].UID, 3)
}

func TestUpsertFindsLinkIDInAnyCase(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	c := login(t, p)
	lower := "abcdefab-0000-4000-8000-000000000001"
	c.upsert(usersPath, user(1, "Ada", obj{"link_id": lower}))
	r := c.upsert(usersPath, user(1, "Ada L.", obj{"link_id": strings.ToUpper(lower)}))
	equal(t, "outcome", r.outcomes(), "updated")
	equal(t, "delete", c.remove(usersPath, lower).outcomes(), "deleted")
}

func TestUserUpsertRefusesWrongBodies(t *testing.T) {
	t.Parallel()
	item := func(more obj) any { return obj{"list_items": []any{user(1, "Good"), user(2, "Ada", more)}} }
	wrong := func(param string) string { return "Wrong JSON body: value `" + param + "` was of the wrong type" }
	missing := func(param string) string { return "Wrong JSON body: no value for `" + param + "`" }
	for name, tt := range map[string]struct {
		body any
		want string
	}{
		"no body":                 {nil, "Wrong JSON body"},
		"not JSON":                {"{", "Wrong JSON body"},
		"more than JSON":          {`{"list_items":[]} x`, "Wrong JSON body"},
		"array":                   {"[]", "Wrong JSON body"},
		"null":                    {"null", "Wrong JSON body"},
		"no list_items":           {obj{"items": []any{}}, missing("list_items")},
		"list_items no array":     {obj{"list_items": obj{}}, wrong("list_items")},
		"item no object":          {obj{"list_items": []any{1}}, wrong("list_items")},
		"empty list":              {obj{"list_items": []any{}}, "List cannot be empty"},
		"no link_id":              {item(obj{"link_id": nil}), missing("link_id")},
		"link_id with a g":        {item(obj{"link_id": "g" + id(1)[1:]}), wrong("link_id")},
		"link_id without dashes":  {item(obj{"link_id": strings.ReplaceAll(id(1), "-", "0")}), wrong("link_id")},
		"factor of two keys":      {item(obj{"auth_factors": []any{obj{"type": "qr", "x": "y"}}}), wrong("auth_factors")},
		"link_id no uuid":         {item(obj{"link_id": "42"}), wrong("link_id")},
		"no name":                 {item(obj{"name": nil}), missing("name")},
		"Name is another field":   {item(obj{"name": nil, "Name": "Ada"}), missing("name")},
		"name a number":           {item(obj{"name": 1}), wrong("name")},
		"no info":                 {item(obj{"info": nil}), missing("info")},
		"lock_number a text":      {item(obj{"lock_number": "1"}), wrong("lock_number")},
		"lock_number a fraction":  {item(obj{"lock_number": 1.5}), wrong("lock_number")},
		"no such lock":            {item(obj{"lock_number": 3}), wrong("lock_number")},
		"custom access a number":  {item(obj{"is_custom_user_access": 0}), wrong("is_custom_user_access")},
		"no factor":               {item(obj{"auth_factors": []string{}}), "auth_factors must contain at least one item"},
		"unknown factor":          {item(obj{"auth_factors": []string{"inputCode"}}), wrong("auth_factors")},
		"factors a text":          {item(obj{"auth_factors": "card"}), wrong("auth_factors")},
		"apartment no uuid":       {item(obj{"apartment_link_id": "x"}), wrong("apartment_link_id")},
		"time_profiles an array":  {item(obj{"time_profiles": []string{id(1)}}), wrong("time_profiles")},
		"time_profiles empty":     {item(obj{"time_profiles": obj{}}), missing("link_ids")},
		"time_profiles ids wrong": {item(obj{"time_profiles": obj{"link_ids": []int{1}}}), wrong("link_ids")},
		"identifiers an array":    {item(obj{"identifiers": []string{}}), wrong("identifiers")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t).Panel("lobby")
			r := login(t, p).do("POST", usersPath, tt.body)
			equal(t, "status", r.status, 400)
			equal(t, "error", r.at("error"), tt.want)
			if n := len(p.State().Users); n != 0 {
				t.Errorf("%d users were stored all the same", n)
			}
		})
	}
}

func TestBackticksCanBeMissing(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	set(p, func(s *simulator.Settings) { s.Backticks = false })
	equal(t, "error", login(t, p).do("POST", usersPath, obj{}).at("error"), "Wrong JSON body: no value for list_items")
}

func TestAuthFactorsAreTakenAsTextsOrObjects(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	c := login(t, p)
	item := user(1, "Ada", obj{"auth_factors": []any{"card", obj{"type": "qr"}}})
	equal(t, "outcome", c.upsert(usersPath, item).outcomes(), "created")
	equal(t, "listed", c.do("GET", usersPath, nil).at("list_items", 0, "auth_factors"), []string{"card", "qr"})
}

func TestNamesAsPanelsStoreAndCompareThem(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change       func(*simulator.Settings)
		second       string // after "Ada Lovelace"
		stored, info string // of the second; "updated" means that it took the first one over
	}{
		"as they are":  {func(*simulator.Settings) {}, " ada lovelace", " ada lovelace", "created"},
		"folded":       {func(s *simulator.Settings) { s.NameFold = true }, "ada LOVELACE", "ada LOVELACE", "updated"},
		"trimmed":      {func(s *simulator.Settings) { s.NameTrim = true }, " Ada  Lovelace ", "Ada Lovelace", "updated"},
		"cut":          {func(s *simulator.Settings) { s.NameMax = 5 }, "Ada Lovett", "Ada L", "updated"},
		"cut by runes": {func(s *simulator.Settings) { s.NameMax = 3 }, "Zoë Ada", "Zoë", "created"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t).Panel("lobby")
			set(p, tt.change)
			c := login(t, p)
			c.upsert(usersPath, user(1, "Ada Lovelace"))
			r := c.upsert(usersPath, user(2, tt.second))
			equal(t, "outcome", r.outcomes(), tt.info)
			users := p.State().Users
			equal(t, "name", users[len(users)-1].Name, tt.stored)
			c.upsert(profilesPath, profile(1, tt.second))
			equal(t, "name of a time profile", p.State().TimeProfiles[0].Name, tt.stored)
		})
	}
}

func TestNameMatch(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		mode      string
		old       simulator.User
		outcome   string
		users     int
		uid       int
		duplicate bool
	}{
		"takes over a local user":         {"update", simulator.User{Name: "Ada"}, "updated", 1, 1, false},
		"takes over another's user":       {"update", simulator.User{LinkID: id(9), Name: "Ada"}, "updated", 1, 1, false},
		"leaves another name alone":       {"update", simulator.User{Name: "ada"}, "created", 2, 2, false},
		"duplicates a local user":         {"duplicate", simulator.User{Name: "Ada"}, "created", 2, 2, true},
		"duplicates another's user":       {"duplicate", simulator.User{LinkID: id(9), Name: "Ada"}, "created", 2, 2, true},
		"same link_id is no name problem": {"duplicate", simulator.User{LinkID: id(1), Name: "Ada"}, "updated", 1, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t).Panel("lobby")
			p.SetUser(tt.old)
			set(p, func(s *simulator.Settings) { s.NameMatch = tt.mode })
			r := login(t, p).upsert(usersPath, user(1, "Ada"))
			equal(t, "outcome", r.outcomes(), tt.outcome)
			equal(t, "has_dublicates", r.at("result", 0, "has_dublicates"), tt.duplicate)
			users := p.State().Users
			equal(t, "users", len(users), tt.users)
			last := users[len(users)-1]
			equal(t, "link_id and uid", []any{last.LinkID, last.UID}, []any{id(1), tt.uid})
		})
	}
}

func TestSecondUserOfANameIsReportedOnUpdate(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	p.SetState(simulator.PanelState{Users: []simulator.User{{LinkID: id(1), Name: "Ada"}, {LinkID: id(2), Name: "Bob"}}})
	r := login(t, p).upsert(usersPath, user(2, "Ada"))
	equal(t, "outcome", r.outcomes(), "updated")
	equal(t, "has_dublicates", r.at("result", 0, "has_dublicates"), true)
	equal(t, "users", len(p.State().Users), 2)
}

// attached is a panel with a user that has one of everything.
func attached(t *testing.T) *simulator.Panel {
	t.Helper()
	p := start(t).Panel("lobby")
	p.SetState(simulator.PanelState{
		Users: []simulator.User{{
			LinkID: id(1), Name: "Ada", LockNumber: 2, AuthFactors: []string{"qr"}, ApartmentLinkID: id(9),
			TimeProfileLinkIDs: []string{id(5)}, IdentifierLinkIDs: []string{id(6)}, IdentifierUIDs: []int{2},
		}},
		TimeProfiles: []simulator.TimeProfile{seedProfile(5, "Day"), seedProfile(4, "Night")},
		Identifiers:  []simulator.Identifier{{UID: 1, LinkID: id(6), Type: "card"}, {UID: 2, Type: "card"}},
	})
	return p
}

func TestOmittedReferences(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		mode                             string
		item                             obj
		apartment                        string
		profiles, identifiers, localCard int
	}{
		"clear":                      {"clear", user(1, "Ada"), "", 0, 0, 0},
		"keep":                       {"keep", user(1, "Ada"), id(9), 1, 1, 1},
		"clear only what is omitted": {"clear", user(1, "Ada", obj{"time_profiles": refs(4, 5), "identifiers": refs()}), "", 2, 0, 1},
		"keep only what is omitted":  {"keep", user(1, "Ada", obj{"apartment_link_id": id(8), "time_profiles": refs()}), id(8), 0, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := attached(t)
			set(p, func(s *simulator.Settings) { s.OmittedRefs = tt.mode })
			equal(t, "outcome", login(t, p).upsert(usersPath, tt.item).outcomes(), "updated")
			u := p.State().Users[0]
			equal(t, "apartment", u.ApartmentLinkID, tt.apartment)
			equal(t, "time profiles", len(u.TimeProfileLinkIDs), tt.profiles)
			equal(t, "identifiers", len(u.IdentifierLinkIDs), tt.identifiers)
			equal(t, "local identifiers", len(u.IdentifierUIDs), tt.localCard)
		})
	}
}

func TestOmittedPlainFieldsAreKept(t *testing.T) {
	t.Parallel()
	p := attached(t)
	login(t, p).upsert(usersPath, obj{"link_id": id(1), "name": "Ada", "info": ""})
	u := p.State().Users[0]
	equal(t, "lock", u.LockNumber, 2)
	equal(t, "factors", u.AuthFactors, []string{"qr"})
}

func TestNullApartmentClears(t *testing.T) {
	t.Parallel()
	p := attached(t)
	set(p, func(s *simulator.Settings) { s.OmittedRefs = "keep" })
	c := login(t, p)
	body := `{"list_items":[{"link_id":"` + id(1) + `","name":"Ada","info":"","apartment_link_id":null}]}`
	equal(t, "outcome", c.do("POST", usersPath, body).outcomes(), "updated")
	equal(t, "apartment", p.State().Users[0].ApartmentLinkID, "")
}

func TestReferencesToNothing(t *testing.T) {
	t.Parallel()
	const noProfile, noIdentifier = "bound_time_profile_doesnt_exist", "bound_identifier_doesnt_exist"
	for name, tt := range map[string]struct {
		missing, shape string
		item           obj
		success        bool
		info           any
		stored         []string
	}{
		"stored and reported":   {"store", "string", user(1, "Ada", obj{"time_profiles": refs(5, 7)}), true, noProfile, []string{id(5)}},
		"both codes":            {"store", "string", user(1, "Ada", obj{"time_profiles": refs(7), "identifiers": refs(7)}), true, noProfile + ", " + noIdentifier, []string{}},
		"after the outcome":     {"store", "comma", user(1, "Ada", obj{"time_profiles": refs(7)}), true, "updated, " + noProfile, []string{}},
		"as an array":           {"store", "array", user(1, "Ada", obj{"time_profiles": refs(7)}), true, []string{"updated", noProfile}, []string{}},
		"stored without a word": {"silent", "string", user(1, "Ada", obj{"time_profiles": refs(7)}), true, "updated", []string{}},
		"refused":               {"fail", "string", user(1, "Ada", obj{"time_profiles": refs(7)}), false, noProfile, []string{id(5)}},
		"refused, as an array":  {"fail", "array", user(1, "Ada", obj{"identifiers": refs(7)}), false, []string{noIdentifier}, []string{id(5)}},
		"nothing is missing":    {"store", "comma", user(1, "Ada", obj{"time_profiles": refs(4), "identifiers": refs(6)}), true, "updated", []string{id(4)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := attached(t)
			set(p, func(s *simulator.Settings) { s.MissingRefs, s.BoundShape = tt.missing, tt.shape })
			r := login(t, p).upsert(usersPath, tt.item)
			equal(t, "success", r.at("result", 0, "success"), tt.success)
			equal(t, "extended_info", r.at("result", 0, "extended_info"), tt.info)
			equal(t, "time profiles", p.State().Users[0].TimeProfileLinkIDs, tt.stored)
		})
	}
}

func TestCeilings(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	set(p, func(s *simulator.Settings) { s.MaxUsers, s.MaxTimeProfiles = 2, 1 })
	c := login(t, p)
	const full = "!number_of_identifiers_exceeded"
	equal(t, "users", c.upsert(usersPath, user(1, "Ada"), user(2, "Bob"), user(3, "Cyd"), user(1, "Ada L.")).outcomes(), "created created "+full+" updated")
	equal(t, "time profiles", c.upsert(profilesPath, profile(1, "Day"), profile(2, "Night"), profile(1, "Noon")).outcomes(), "created "+full+" updated")
	c.remove(usersPath, id(1))
	equal(t, "after a delete", c.upsert(usersPath, user(3, "Cyd")).outcomes(), "created")
}

func TestForcedAndOmittedOutcomes(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	set(p, func(s *simulator.Settings) {
		s.ItemOutcomes = map[string]string{id(2): "wrong_rule"}
		s.OmitResults = []string{id(3)}
	})
	c := login(t, p)
	for path, item := range map[string]func(int, string, ...obj) obj{usersPath: user, profilesPath: profile} {
		r := c.upsert(path, item(1, "one"), item(2, "two"), item(3, "three"))
		equal(t, path, r.outcomes(), "created !wrong_rule")
		equal(t, path+" stored", c.do("GET", path, nil).names(), "one three")
		equal(t, path+" deleted", c.remove(path, id(1), id(2), id(3)).outcomes(), "deleted !wrong_rule")
		equal(t, path+" left", c.do("GET", path, nil).names(), "")
	}
}

func TestNewEntitiesAppearLate(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	crowd(p, 12)
	p.SetState(simulator.PanelState{Users: p.State().Users[:10]})
	set(p, func(s *simulator.Settings) { s.UpsertsVisibleAfterListings = 2 })
	c := login(t, p)
	equal(t, "create", c.upsert(usersPath, user(40, "new")).outcomes(), "created")
	total := func(query string) any {
		return c.do("GET", usersPath+query, nil).at("list_option", "pagination", "total_items")
	}
	equal(t, "first listing", total(""), 10)
	equal(t, "its second page", total("?page_number=2"), 10)
	equal(t, "second listing", total(""), 10)
	equal(t, "its second page", total("?page_number=2"), 10)
	equal(t, "third listing", total(""), 11)
	equal(t, "an update of it", c.upsert(usersPath, user(40, "new")).outcomes(), "updated")
	equal(t, "after an update", total(""), 11)
}
