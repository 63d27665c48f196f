package basip

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// holding is the reference to time profile 7, in JSON.
func holding() string { return fmt.Sprintf(`{"time_profiles":{"link_ids":["%s"]}}`, id(7)) }

// handMade is a user made at the panel.
func handMade(uid int, name, more string) object {
	user := wire(0, name, more)
	user["link_id"], user["item_uid"] = nil, uid
	return user
}

func TestTimeProfileInUseIsNotDeleted(t *testing.T) {
	t.Parallel()
	const free = `{"time_profiles":{"link_ids":[]}}`
	other := fmt.Sprintf(`{"time_profiles":[{"link_id":"%s"},{"link_id":"%s"}]}`, id(8), strings.ToUpper(id(7).String()))
	tests := map[string]struct {
		users   []object
		profile string // keys over those of an unused profile
		names   []string
	}{
		"a user":                        {[]object{wire(1, "Ann", holding())}, "", []string{`"Ann"`, id(1).String()}},
		"two users":                     {[]object{wire(1, "Ann", holding()), wire(2, "Bob", free), wire(3, "Eve", other)}, "", []string{`"Ann"`, `"Eve"`}},
		"a user made at the panel":      {[]object{handMade(1, "Guard", holding())}, "", []string{`"Guard"`, "made at the panel"}},
		"the second of two namesakes":   {[]object{handMade(1, "Guard", free), handMade(2, "Guard", holding())}, "", []string{`"Guard"`}},
		"a user on page 3":              {append(people(110), wire(200, "Zoe", holding())), "", []string{`"Zoe"`}},
		"a user that cannot be read":    {[]object{wire(1, "Ann", fmt.Sprintf(`{"lock_number":9,"time_profiles":["%s"]}`, id(7)))}, "", []string{`"Ann"`}},
		"identifiers":                   {nil, `{"identifiers":{"uid_items":[4,5],"count":2}}`, []string{"2 of the panel's identifiers"}},
		"identifiers of an odd profile": {nil, `{"identifiers":{"count":3},"time_options":"none"}`, []string{"3 of the panel's identifiers"}},
		"both":                          {[]object{wire(1, "Ann", holding())}, `{"identifiers":[{}]}`, []string{`"Ann"`, "1 of the panel's identifiers"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users, p.profiles = test.users, []object{wireProfile(7, "Office", test.profile), wireProfile(8, "Night", "")}
			warnings, err := p.client(t).TimeProfiles().Delete(t.Context(), id(7))
			var inUse *InUseError
			if !errors.As(err, &inUse) || inUse.LinkID != id(7) || len(warnings) > 0 {
				t.Fatalf("warnings %q, error %v, want an InUseError", warnings, err)
			}
			for _, name := range test.names {
				if !strings.Contains(err.Error(), name) {
					t.Errorf("%s is not in the error: %v", name, err)
				}
			}
			if strings.Contains(err.Error(), `"Bob"`) {
				t.Errorf("the error names somebody without the profile: %v", err)
			}
			p.expectNoWrites(t)
		})
	}
}

func TestHolderIsNamedOnce(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", holding()), handMade(2, "Guard", holding()), handMade(3, "Guard", holding())}
	p.profiles = []object{wireProfile(7, "Office", "")}
	_, err := p.client(t).TimeProfiles().Delete(t.Context(), id(7))
	var inUse *InUseError
	if !errors.As(err, &inUse) || len(inUse.Users) != 3 {
		t.Errorf("error %v, want Ann, who is in both listings, once, and both guards", err)
	}
}

func TestTimeProfileOfUnknownUseIsNotDeleted(t *testing.T) {
	t.Parallel()
	const free = `{"time_profiles":{"link_ids":[]}}`
	refers := func(references string) []object {
		return []object{wire(1, "Ann", `{"time_profiles":`+references+`}`)}
	}
	silent := people(5)
	for _, user := range silent {
		delete(user, "time_profiles")
	}
	twins := []object{wire(1, "Ann", `{"item_uid":1}`), wire(1, "Ann", `{"item_uid":2,"time_profiles":"missing"}`)}
	tests := map[string]struct {
		users   []object
		profile string // keys over those of an unused profile
		untold  string // a part of the error; empty when the profile may be deleted
	}{
		"no users":                          {nil, "", ""},
		"all told":                          {[]object{wire(1, "Ann", free), handMade(2, "Guard", `{"time_profiles":[]}`)}, "", ""},
		"another profile":                   {refers(`["` + id(8).String() + `"]`), "", ""},
		"another profile made at the panel": {refers(`[{"uid":8,"link_id":null,"name":"Night"}]`), "", ""},
		"references that stand for none":    {refers(`[{"uid":-1}]`), "", ""},

		"missing":                                {[]object{wire(1, "Ann", `{"time_profiles":"missing"}`)}, "", `user "Ann" (link_id `},
		"missing of one":                         {[]object{wire(1, "Ann", free), wire(2, "Bob", `{"time_profiles":"missing"}`)}, "", `user "Bob"`},
		"missing of a hand-made":                 {[]object{wire(1, "Ann", free), handMade(2, "Guard", `{"time_profiles":"missing"}`)}, "", `user "Guard" (made at the panel)`},
		"missing of one namesake":                {[]object{handMade(2, "Guard", free), handMade(3, "Guard", `{"time_profiles":"missing"}`)}, "", `user "Guard"`},
		"missing of a namesake of no number":     {[]object{handMade(-1, "Guard", free), handMade(-1, "Guard", `{"time_profiles":"missing"}`)}, "", `user "Guard"`},
		"missing of one of two with one link_id": {twins, "", `user "Ann"`},
		"missing of five":                        {silent, "", "those of 2 more users"},
		"null":                                   {refers(`null`), "", `user "Ann"`},
		"a number":                               {refers(`7`), "", `user "Ann"`},
		"a text":                                 {refers(`"Office"`), "", `user "Ann"`},
		"a truth value":                          {refers(`true`), "", `user "Ann"`},
		"an object":                              {refers(`{"count":1}`), "", `user "Ann"`},
		"an empty object":                        {refers(`{}`), "", `user "Ann"`},
		"an object with null":                    {refers(`{"link_ids":null}`), "", `user "Ann"`},
		"an object with more than it lists":      {refers(`{"link_ids":[],"count":1}`), "", `user "Ann"`},
		"an object with numbers":                 {refers(`{"link_ids":[],"uid_items":[7]}`), "", `user "Ann"`},
		"a list of numbers":                      {refers(`[8]`), "", `user "Ann"`},
		"a list of texts":                        {refers(`["Night"]`), "", `user "Ann"`},
		"a list with an empty text":              {refers(`[""]`), "", `user "Ann"`},
		"a list with null":                       {refers(`[null]`), "", `user "Ann"`},
		"a list with an empty object":            {refers(`[{}]`), "", `user "Ann"`},
		"a list of lists":                        {refers(`[["` + id(8).String() + `"]]`), "", `user "Ann"`},
		"an object with another number":          {refers(`[{"uid":8,"name":"Night"}]`), "", `user "Ann"`},
		"a link_id of another type":              {refers(`[{"uid":8,"link_id":8}]`), "", `user "Ann"`},
		"a number that cannot be compared":       {refers(`[{"uid":8,"link_id":null}]`), `{"item_uid":null}`, `user "Ann"`},
		"identifiers missing":                    {nil, `{"identifiers":null}`, "which identifiers"},
		"identifiers as text":                    {nil, `{"identifiers":"three"}`, "which identifiers"},
		"identifiers as a number":                {nil, `{"identifiers":3}`, "which identifiers"},
		"a count that is no number":              {nil, `{"identifiers":{"uid_items":[],"count":"three"}}`, "which identifiers"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users, p.profiles = test.users, []object{wireProfile(7, "Office", test.profile)}
			warnings, err := p.client(t).TimeProfiles().Delete(t.Context(), id(7))
			if len(warnings) > 0 {
				t.Errorf("warnings %q", warnings)
			}
			if test.untold == "" {
				if err != nil {
					t.Error(err)
				}
				p.expect(t, profilesDel, 1)
				return
			}
			var unknown *UseUnknownError
			if !errors.As(err, &unknown) || unknown.LinkID != id(7) || !strings.Contains(err.Error(), test.untold) {
				t.Errorf("error %v, want a UseUnknownError about %s", err, test.untold)
			}
			p.expectNoWrites(t)
		})
	}
}

func TestReferenceByThePanelsOwnNumber(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", `{"time_profiles":[{"uid":7,"link_id":null,"name":"Office"}]}`)}
	p.profiles = []object{wireProfile(7, "Office", "")}
	var inUse *InUseError
	if _, err := p.client(t).TimeProfiles().Delete(t.Context(), id(7)); !errors.As(err, &inUse) {
		t.Errorf("error %v, want an InUseError", err)
	}
}

func TestReferencesToldInOneListingOnly(t *testing.T) {
	t.Parallel()
	for name, quiet := range map[string]string{"told among all": usersList, "told among those with link_id": usersAll} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users, p.profiles = []object{wire(1, "Ann", holding())}, []object{wireProfile(7, "Office", "")}
			p.always[quiet] = stillListed(t, wire(1, "Ann", `{"time_profiles":"missing"}`))
			var inUse *InUseError
			if _, err := p.client(t).TimeProfiles().Delete(t.Context(), id(7)); !errors.As(err, &inUse) {
				t.Errorf("error %v, want an InUseError", err)
			}
		})
	}
}

func TestGuardThatCannotLookRefuses(t *testing.T) {
	t.Parallel()
	for route, listing := range map[string]answer{
		usersList:    says(http.StatusInternalServerError, ""),
		usersAll:     says(http.StatusOK, `{"list_option":{"pagination":{"total_items":1}},"list_items":[]}`),
		profilesList: says(http.StatusForbidden, `{"error":"Administrator rights required"}`),
	} {
		t.Run(route, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.profiles = []object{wireProfile(7, "Office", "")}
			p.always[route] = listing
			if _, err := p.client(t).TimeProfiles().Delete(t.Context(), id(7)); err == nil {
				t.Error("no error")
			}
			p.expectNoWrites(t)
		})
	}
}

func TestGuardWithoutOneOfTheListingsOfUsers(t *testing.T) {
	t.Parallel()
	const answer404 = `{"error":"Not found"}`
	for name, test := range map[string]struct {
		lacks []string
		good  bool // the other listing has everything
	}{
		"those with a link_id": {[]string{usersList, "GET /api/v1/access/user/items/link"}, true},
		"all users":            {[]string{usersAll, "GET /api/v1/access/user/items"}, false},
		"both":                 {[]string{usersList, "GET /api/v1/access/user/items/link", usersAll, "GET /api/v1/access/user/items"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", `{"time_profiles":[]}`)}
			p.profiles = []object{wireProfile(7, "Office", "")}
			for _, route := range test.lacks {
				p.always[route] = says(http.StatusNotFound, answer404)
			}
			_, err := p.client(t).TimeProfiles().Delete(t.Context(), id(7))
			if test.good {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var unknown *UseUnknownError
			var failed *Error
			if !errors.As(err, &unknown) || !errors.As(err, &failed) || !strings.Contains(failed.Hint, "api_paths") {
				t.Errorf("error %v, want a UseUnknownError that says what to do", err)
			}
			p.expectNoWrites(t)
		})
	}
}

func TestDeletionOfAUserWarnsOfIdentifiers(t *testing.T) {
	t.Parallel()
	linked := fmt.Sprintf(`{"identifier_uid":4,"link_id":"%s"}`, id(11))
	for identifiers, count := range map[string]string{
		`[]`:                                    "",
		`[{"identifier_uid":-1}]`:               "",
		`[` + linked + `]`:                      "1 of the identifiers",
		`[{"identifier_uid":5},` + linked + `]`: "2 of the identifiers",
		`[5]`:                                   "1 of the identifiers",
		`null`:                                  "does not tell which of its identifiers",
		`5`:                                     "does not tell which of its identifiers",
		`"two"`:                                 "does not tell which of its identifiers",
		`{"count":2}`:                           "does not tell which of its identifiers",
		`[null]`:                                "does not tell which of its identifiers",
	} {
		t.Run(identifiers, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", `{"identifiers":`+identifiers+`}`), wire(2, "Bob", `{"identifiers":[{"identifier_uid":9}]}`)}
			warnings, err := p.client(t).Users().Delete(t.Context(), id(1))
			switch {
			case err != nil:
				t.Error(err)
			case count == "" && len(warnings) > 0:
				t.Errorf("warnings %q", warnings)
			case count != "" && (len(warnings) != 1 || !strings.Contains(warnings[0], count) || !strings.Contains(warnings[0], `"Ann"`)):
				t.Errorf("warnings %q, want one of %s", warnings, count)
			}
		})
	}
}

func TestWarningOutlivesALostAnswer(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", `{"identifiers":[{"identifier_uid":5}]}`)}
	p.script(usersDelete, appliedThen(cut))
	warnings, err := p.client(t).Users().Delete(t.Context(), id(1))
	if err != nil || len(warnings) != 1 {
		t.Errorf("warnings %q, %v; want one of the identifier", warnings, err)
	}
}
