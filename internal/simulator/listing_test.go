package simulator_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// crowd seeds n users u01, u02, … and one local user.
func crowd(p *simulator.Panel, n int) {
	var state simulator.PanelState
	for i := range n {
		state.Users = append(state.Users, simulator.User{LinkID: id(i + 1), Name: fmt.Sprintf("u%02d", i+1)})
	}
	state.Users = append(state.Users, simulator.User{Name: "local"})
	p.SetState(state)
}

func TestPaging(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	crowd(p, 25)
	c := login(t, p)
	for _, tt := range []struct {
		query              string
		first, last        string
		count              int
		limit, pages, page int
	}{
		{"", "u01", "u10", 10, 10, 3, 1},
		{"?page_number=2", "u11", "u20", 10, 10, 3, 2},
		{"?page_number=3", "u21", "u25", 5, 10, 3, 3},
		{"?page_number=4", "", "", 0, 10, 3, 4},
		{"?limit=20&page_number=2", "u21", "u25", 5, 20, 2, 2},
		{"?limit=30", "u01", "u25", 25, 30, 1, 1},
		{"?limit=50&unknown=x", "u01", "u25", 25, 50, 1, 1},
	} {
		r := c.do("GET", usersPath+tt.query, nil)
		items := r.items()
		equal(t, tt.query+" count", len(items), tt.count)
		if tt.count > 0 {
			equal(t, tt.query+" first", r.at("list_items", 0, "name"), tt.first)
			equal(t, tt.query+" last", r.at("list_items", tt.count-1, "name"), tt.last)
		}
		equal(t, tt.query+" pagination", r.at("list_option", "pagination"), obj{
			"total_items": 25, "items_limit": tt.limit, "total_pages": tt.pages, "current_page": tt.page,
		})
	}
	equal(t, "all users include local ones",
		c.do("GET", "/api/v1/access/users/items?limit=50", nil).at("list_option", "pagination", "total_items"), 26)
}

func TestLimits(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	crowd(p, 25)
	c := login(t, p)
	for _, tt := range []struct {
		limit, query string
		status       int
	}{
		{"strict", "limit=1", 400},
		{"strict", "limit=100", 400},
		{"strict", "limit=25", 400},
		{"strict", "limit=50", 200},
		{"strict", "page_number=0", 400},
		{"strict", "page_number=x", 400},
		{"lax", "limit=1", 200},
		{"lax", "limit=25", 200},
		{"lax", "limit=0", 400},
		{"lax", "limit=x", 400},
	} {
		set(p, func(s *simulator.Settings) { s.Limit = tt.limit })
		equal(t, tt.limit+" "+tt.query, c.do("GET", usersPath+"?"+tt.query, nil).status, tt.status)
	}
}

func filter(field, value string) string {
	return "?" + url.Values{"filter_field": {field}, "filter_type": {"equal"}, "filter_format": {"string"}, "filter_value": {value}}.Encode()
}

func TestFilter(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	p.SetState(simulator.PanelState{
		Users:        []simulator.User{{LinkID: "AAAAAAAA-0000-4000-8000-000000000001", Name: "Ada"}, {LinkID: id(2), Name: "Bob"}, {Name: "Local"}},
		TimeProfiles: []simulator.TimeProfile{seedProfile(1, "Day"), seedProfile(2, "Night")},
	})
	c := login(t, p)
	for name, tt := range map[string]struct{ path, want string }{
		"name":                            {usersPath + filter("name", "Bob"), "Bob"},
		"name is exact":                   {usersPath + filter("name", "bob"), ""},
		"link_id in any case":             {usersPath + filter("link_id", "aaaaaaaa-0000-4000-8000-000000000001"), "Ada"},
		"local users have no link_id":     {"/api/v1/access/users/items" + filter("link_id", ""), "Local"},
		"unknown field is ignored":        {usersPath + filter("shoe_size", "44"), "Ada Bob"},
		"half a filter is ignored":        {usersPath + "?filter_field=name&filter_value=Bob", "Ada Bob"},
		"profile name":                    {profilesPath + filter("name", "Day"), "Day"},
		"profile date":                    {profilesPath + filter("date_from", "1700000000"), "Day Night"},
		"profile other date":              {profilesPath + filter("date_to", "1700000000"), ""},
		"profiles have no link_id filter": {profilesPath + filter("link_id", id(1)), "Day Night"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &client{t: t, base: c.base, token: c.token, http: c.http}
			equal(t, "names", c.do("GET", tt.path, nil).names(), tt.want)
		})
	}
}

func TestFilterIgnored(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	p.SetState(simulator.PanelState{Users: []simulator.User{{LinkID: id(1), Name: "Ada"}, {LinkID: id(2), Name: "Bob"}}})
	set(p, func(s *simulator.Settings) { s.FilterIgnored = true })
	equal(t, "names", login(t, p).do("GET", usersPath+filter("name", "Bob"), nil).names(), "Ada Bob")
}

func TestSort(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	p.SetState(simulator.PanelState{Users: []simulator.User{
		{LinkID: id(3), Name: "Bob", LockNumber: 2}, {LinkID: id(1), Name: "Cyd", LockNumber: 1}, {LinkID: id(2), Name: "Ada", LockNumber: 2},
	}})
	c := login(t, p)
	for query, want := range map[string]string{
		"":                                    "Bob Cyd Ada",
		"?sort_type=desc":                     "Ada Cyd Bob",
		"?sort_field=name":                    "Ada Bob Cyd",
		"?sort_field=name&sort_type=desc":     "Cyd Bob Ada",
		"?sort_field=link_id":                 "Cyd Ada Bob",
		"?sort_field=lock_number":             "Cyd Bob Ada",
		"?sort_field=item_uid&sort_type=desc": "Ada Cyd Bob",
		"?sort_field=shoe_size":               "Bob Cyd Ada",
	} {
		equal(t, query, c.do("GET", usersPath+query, nil).names(), want)
	}
	equal(t, "description", c.do("GET", usersPath+"?sort_field=name&sort_type=desc", nil).at("list_option", "sort"),
		obj{"field": "name", "asc": false, "available_fields": []string{"item_uid", "link_id", "name", "info", "lock_number"}})
}

func TestPagingIgnoredShowsTheFirstPageAgain(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	crowd(p, 15)
	set(p, func(s *simulator.Settings) { s.PagingIgnored = true })
	r := login(t, p).do("GET", usersPath+"?page_number=2", nil)
	equal(t, "first", r.at("list_items", 0, "name"), "u01")
	equal(t, "count", len(r.items()), 10)
	equal(t, "page", r.at("list_option", "pagination", "current_page"), 1)
}

func TestListOptionSpellings(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	c := login(t, p)
	for key, has := range map[string][2]bool{"list_option": {true, false}, "list_options": {false, true}, "absent": {false, false}} {
		set(p, func(s *simulator.Settings) { s.ListOptionKey = key })
		r := c.do("GET", usersPath, nil)
		equal(t, key, [2]bool{r.at("list_option") != nil, r.at("list_options") != nil}, has)
		equal(t, key+" items", r.at("list_items"), []any{})
	}
}

func TestUserReadModel(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	p.SetState(simulator.PanelState{
		Users: []simulator.User{
			{
				UID: 7, LinkID: id(1), Name: "Ada", Info: "2nd floor", LockNumber: 2, IsCustomUserAccess: true, AuthFactors: []string{"card", "qr"},
				ApartmentLinkID: id(9), TimeProfileLinkIDs: []string{id(5)}, IdentifierLinkIDs: []string{id(6)}, IdentifierUIDs: []int{2},
			},
			{Name: "Local"},
		},
		TimeProfiles: []simulator.TimeProfile{seedProfile(5, "Day")},
		Identifiers:  []simulator.Identifier{{UID: 1, LinkID: id(6), Type: "card", Number: "1234"}, {UID: 2, Type: "inputCode", Number: "77"}},
	})
	c := login(t, p)
	r := c.do("GET", "/api/v1/access/users/items", nil)
	ada := r.at("list_items", 0).(obj)
	for k, want := range (obj{
		"item_uid": 7, "link_id": id(1), "name": "Ada", "info": "2nd floor", "lock_number": 2, "is_custom_user_access": true,
		"auth_factors": []string{"card", "qr"}, "time_profiles": refs(5), "apartment_link_id": id(9),
	}) {
		equal(t, k, ada[k], want)
	}
	if _, ok := ada["x_extra"]; !ok {
		t.Error("no unknown field in the item")
	}
	equal(t, "identifier uid", r.at("list_items", 0, "identifiers", 0, "identifier_uid"), 1)
	equal(t, "identifier link_id", r.at("list_items", 0, "identifiers", 0, "link_id"), id(6))
	equal(t, "local identifier uid", r.at("list_items", 0, "identifiers", 1, "identifier_uid"), 2)
	equal(t, "local identifier link_id", r.at("list_items", 0, "identifiers", 1, "link_id"), nil)

	local := r.at("list_items", 1).(obj)
	for k, want := range (obj{"item_uid": 8, "link_id": nil, "auth_factors": []any{}, "identifiers": []any{}, "time_profiles": refs(), "apartment_link_id": nil}) {
		if got, ok := local[k]; !ok {
			t.Errorf("local user has no %s", k)
		} else {
			equal(t, "local "+k, got, want)
		}
	}
	equal(t, "by uid", c.do("GET", "/api/v1/access/users/item/7", nil).at("name"), "Ada")
	equal(t, "identifier list", c.do("GET", "/api/v1/access/identifier/items/link", nil).at("list_items", 0, "identifier_number"), "1234")
}

func TestReferenceAndUIDKeysInListings(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	p.SetState(simulator.PanelState{
		Users: []simulator.User{
			{LinkID: id(1), ApartmentLinkID: id(9), TimeProfileLinkIDs: []string{id(5)}},
			{LinkID: id(2)},
		},
		TimeProfiles: []simulator.TimeProfile{seedProfile(5, "Day")},
	})
	c := login(t, p)
	list := func() (ada, bob obj) {
		r := c.do("GET", usersPath, nil)
		return r.at("list_items", 0).(obj), r.at("list_items", 1).(obj)
	}
	set(p, func(s *simulator.Settings) { s.ListingRefs = "objects" })
	ada, bob := list()
	equal(t, "profiles", ada["time_profiles"], []any{obj{"uid": 1, "link_id": id(5), "name": "Day"}})
	equal(t, "apartment", ada["apartment"].(obj)["link_id"], id(9))
	equal(t, "no profiles", bob["time_profiles"], []any{})
	equal(t, "no apartment", bob["apartment"], obj{"uid": -1, "link_id": nil})
	equal(t, "other key", ada["apartment_link_id"], nil)

	set(p, func(s *simulator.Settings) { s.ListingRefs = "names" })
	ada, bob = list()
	equal(t, "names", [2]any{ada["time_profiles"], bob["time_profiles"]}, [2]any{[]any{"Day"}, []any{}})

	set(p, func(s *simulator.Settings) { s.ListingRefs = "absent" })
	ada, _ = list()
	for _, k := range []string{"time_profiles", "apartment", "apartment_link_id"} {
		if _, ok := ada[k]; ok {
			t.Errorf("absent: there is %s", k)
		}
	}

	for key, want := range map[string][2]any{"item_uid": {1, nil}, "uid": {nil, 1}, "absent": {nil, nil}} {
		set(p, func(s *simulator.Settings) { s.UIDKey = key })
		ada, _ = list()
		equal(t, key, [2]any{ada["item_uid"], ada["uid"]}, want)
		r := c.do("GET", profilesPath, nil)
		equal(t, key+" of profiles", [2]any{r.at("list_items", 0, "item_uid"), r.at("list_items", 0, "uid")}, want)
	}
}

func TestPagesThatMove(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	users := make([]simulator.User, 20)
	for i := range users {
		users[i] = simulator.User{LinkID: id(i + 1), Name: fmt.Sprintf("user-%d", i+1)}
	}
	p.SetState(simulator.PanelState{Users: users})
	c := login(t, p)
	page := func(n int) []string {
		return strings.Fields(c.do("GET", fmt.Sprintf("%s?limit=10&page_number=%d", usersPath, n), nil).names())
	}
	set(p, func(s *simulator.Settings) { s.MoveBetweenPages = 1 })
	first, second := page(1), page(2)
	equal(t, "the first page", [2]string{first[0], first[9]}, [2]string{"user-1", "user-10"})
	equal(t, "the second page, without user-11", [2]string{second[0], second[9]}, [2]string{"user-12", "user-1"})
	equal(t, "the next listing", page(1)[9], "user-11")
	equal(t, "the next listing's second page", page(2)[0], "user-12")

	set(p, func(s *simulator.Settings) { s.ShufflePages = true })
	if one, other := page(1), page(1); slices.Equal(one, other) {
		t.Errorf("the same page twice: %v", one)
	}
}
