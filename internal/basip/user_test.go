package basip

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// TestUserUpsertBody holds the body against contract §2.4, key by key.
func TestUserUpsertBody(t *testing.T) {
	t.Parallel()
	base := func(rest string) string {
		return fmt.Sprintf(`{"link_id":"%s","name":"Ann","info":"",%s}`, id(1), rest)
	}
	tests := map[string]struct {
		change func(*User)
		want   string
	}{
		"nothing but the necessary": {
			func(*User) {},
			base(`"lock_number":1,"is_custom_user_access":false,"auth_factors":["card"]`),
		},
		"words that need escaping": {
			func(u *User) { u.Info = "flat \"3\"\nÄ <b>" },
			fmt.Sprintf(`{"link_id":"%s","name":"Ann","info":"flat \"3\"\nÄ \u003cb\u003e","lock_number":1,"is_custom_user_access":false,"auth_factors":["card"]}`, id(1)),
		},
		"the second lock": {
			func(u *User) { u.Lock = LockSecond },
			base(`"lock_number":2,"is_custom_user_access":false,"auth_factors":["card"]`),
		},
		"both locks": {
			func(u *User) { u.Lock = LockAll },
			base(`"lock_number":0,"is_custom_user_access":false,"auth_factors":["card"]`),
		},
		"custom access": {
			func(u *User) { u.CustomAccess, u.AuthFactors = true, []string{"qr", "input_code"} },
			base(`"lock_number":1,"is_custom_user_access":true,"auth_factors":["qr","input_code"]`),
		},
		"factors without custom access": {
			func(u *User) { u.AuthFactors = []string{"qr", "input_code"} },
			base(`"lock_number":1,"is_custom_user_access":false,"auth_factors":["card"]`),
		},
		"time profiles, sorted and each once": {
			func(u *User) { u.TimeProfiles = RefersTo(id(8), id(7), id(8)) },
			base(fmt.Sprintf(`"lock_number":1,"is_custom_user_access":false,"auth_factors":["card"],"time_profiles":{"link_ids":["%s","%s"]}`, id(7), id(8))),
		},
		"time profiles taken off": {
			func(u *User) { u.TimeProfiles = RefersTo() },
			base(`"lock_number":1,"is_custom_user_access":false,"auth_factors":["card"],"time_profiles":{"link_ids":[]}`),
		},
		"time profiles that cannot be sent": {
			func(u *User) { u.TimeProfiles = References{Known: true, Local: 1} },
			base(`"lock_number":1,"is_custom_user_access":false,"auth_factors":["card"]`),
		},
		"an apartment": {
			func(u *User) { u.Apartment = Apartment{Known: true, LinkID: id(5)} },
			base(fmt.Sprintf(`"lock_number":1,"is_custom_user_access":false,"auth_factors":["card"],"apartment_link_id":"%s"`, id(5))),
		},
		"out of the apartment": {
			func(u *User) { u.Apartment = Apartment{Known: true} },
			base(`"lock_number":1,"is_custom_user_access":false,"auth_factors":["card"],"apartment_link_id":null`),
		},
		"an apartment that cannot be sent": {
			func(u *User) { u.Apartment = Apartment{Known: true, Local: true} },
			base(`"lock_number":1,"is_custom_user_access":false,"auth_factors":["card"]`),
		},
		"identifiers": {
			func(u *User) { u.Identifiers = RefersTo(id(12), id(11)) },
			base(fmt.Sprintf(`"lock_number":1,"is_custom_user_access":false,"auth_factors":["card"],"identifiers":{"link_ids":["%s","%s"]}`, id(11), id(12))),
		},
		"identifiers that cannot be sent": {
			func(u *User) { u.Identifiers = References{Known: true, Local: 2} },
			base(`"lock_number":1,"is_custom_user_access":false,"auth_factors":["card"]`),
		},
		"no identifiers": {
			func(u *User) { u.Identifiers = RefersTo() },
			base(`"lock_number":1,"is_custom_user_access":false,"auth_factors":["card"]`),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.reticent = true // what cannot be sent is not on the panel either
			user := someone(1, "Ann")
			test.change(&user)
			if _, err := p.client(t).Users().Create(t.Context(), user); err != nil {
				t.Fatal(err)
			}
			p.expect(t, usersUpsert, 1)
			request := p.sent(usersUpsert)[0]
			got, want := parse(request.body), parse(`{"list_items":[`+test.want+`]}`)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("body\n%s\nwant\n%s", request.body, test.want)
			}
			if len(request.query) != 0 || request.header.Get("Content-Type") != "application/json" {
				t.Errorf("query %v, Content-Type %q", request.query, request.header.Get("Content-Type"))
			}
			if got := request.header.Get("Content-Length"); got != fmt.Sprint(len(request.body)) {
				t.Errorf("Content-Length %q for %d bytes", got, len(request.body))
			}
		})
	}
}

func TestUnknownLockIsNotSent(t *testing.T) {
	t.Parallel()
	p := newPanel()
	user := someone(1, "Ann")
	user.Lock = "third"
	if _, err := p.client(t).Users().Create(t.Context(), user); err == nil || !strings.Contains(err.Error(), `"third"`) {
		t.Errorf("error %v", err)
	}
	p.expectNoWrites(t)
}

// TestUserAsListed reads the model of contract §2.2 in the spellings of §5.7 and
// §11, 11.
func TestUserAsListed(t *testing.T) {
	t.Parallel()
	two := fmt.Sprintf(`["%s","%s"]`, id(8), id(7))
	tests := map[string]struct {
		more   string // keys over those of a user with nothing out of the ordinary
		change func(*User)
	}{
		"nothing told of references": {`{"time_profiles":"missing","identifiers":"missing"}`, func(u *User) { u.TimeProfiles, u.Identifiers = References{}, References{} }},
		"a number that is none":      {`{"item_uid":-1}`, func(u *User) { u.UID = nil }},
		"a number out of range":      {`{"item_uid":1e+300}`, func(u *User) { u.UID = nil }},
		"a number as text":           {`{"item_uid":"3"}`, func(u *User) { u.UID = pointer(int64(3)) }},
		"uid for item_uid":           {`{"item_uid":null,"uid":3}`, func(u *User) { u.UID = pointer(int64(3)) }},
		"no number":                  {`{"item_uid":null}`, func(u *User) { u.UID = nil }},
		"both locks":                 {`{"lock_number":0}`, func(u *User) { u.Lock = LockAll }},
		"second lock":                {`{"lock_number":2}`, func(u *User) { u.Lock = LockSecond }},
		"factors as strings":         {`{"auth_factors":["qr","card","qr"]}`, func(u *User) { u.AuthFactors = []string{"card", "qr"} }},
		"factors as objects":         {`{"auth_factors":[{"type":"qr"},{"auth_factor":"card"},{"x":1},7]}`, func(u *User) { u.AuthFactors = []string{"card", "qr"} }},
		"auth_factor":                {`{"auth_factors":null,"auth_factor":["face_id"]}`, func(u *User) { u.AuthFactors = []string{"face_id"} }},
		"custom access":              {`{"is_custom_user_access":true}`, func(u *User) { u.CustomAccess = true }},
		"time profiles by link_ids":  {`{"time_profiles":{"link_ids":` + two + `}}`, func(u *User) { u.TimeProfiles = RefersTo(id(7), id(8)) }},
		"time profiles as a list":    {`{"time_profiles":` + two + `}`, func(u *User) { u.TimeProfiles = RefersTo(id(7), id(8)) }},
		"time profiles as objects": {
			fmt.Sprintf(`{"time_profiles":[{"uid":1,"link_id":"%s"},{"uid":2,"link_id":null},{"uid":-1,"link_id":null},null]}`, strings.ToUpper(id(7).String())),
			func(u *User) {
				u.TimeProfiles = References{Known: true, IDs: []uuid.UUID{id(7)}, Local: 1, numbers: []int64{2}, unclear: true}
			},
		},
		"no time profiles":      {`{"time_profiles":[]}`, func(u *User) { u.TimeProfiles = RefersTo() }},
		"null for a list":       {`{"time_profiles":null}`, func(u *User) { u.TimeProfiles = References{Known: true, unclear: true} }},
		"time profiles unknown": {`{"time_profiles":{"count":2}}`, func(u *User) { u.TimeProfiles = References{} }},
		"identifiers": {
			fmt.Sprintf(`{"identifiers":[{"identifier_uid":4,"link_id":"%s","identifier_type":"card"},{"identifier_uid":5,"link_id":null},{"identifier_uid":-1}]}`, id(11)),
			func(u *User) {
				u.Identifiers = References{Known: true, IDs: []uuid.UUID{id(11)}, Local: 1, unclear: true}
			},
		},
		"apartment_link_id":       {`{"apartment_link_id":"` + id(5).String() + `"}`, func(u *User) { u.Apartment = Apartment{Known: true, LinkID: id(5)} }},
		"apartment":               {`{"apartment":{"uid":1,"link_id":"` + id(5).String() + `"}}`, func(u *User) { u.Apartment = Apartment{Known: true, LinkID: id(5)} }},
		"apartment without link":  {`{"apartment":{"uid":1,"link_id":null}}`, func(u *User) { u.Apartment = Apartment{Known: true, Local: true} }},
		"apartment in two forms":  {`{"apartment_link_id":null,"apartment":{"uid":1,"link_id":null}}`, func(u *User) { u.Apartment = Apartment{Known: true, Local: true} }},
		"apartment that is none":  {`{"apartment":{"uid":-1,"link_id":null}}`, func(u *User) { u.Apartment = Apartment{Known: true} }},
		"null for the apartment":  {`{"apartment_link_id":null}`, func(u *User) { u.Apartment = Apartment{Known: true} }},
		"nothing for a link":      {`{"apartment_link_id":""}`, func(u *User) { u.Apartment = Apartment{Known: true} }},
		"link_id in upper case":   {`{"link_id":"` + strings.ToUpper(id(1).String()) + `"}`, func(*User) {}},
		"link_id of another form": {`{"link_id":"staff-7"}`, func(u *User) { u.LinkID = uuid.Nil }},
		"made at the panel":       {`{"link_id":null}`, func(u *User) { u.LinkID = uuid.Nil }},
		"unknown keys":            {`{"kone_rules":[1],"x":{"y":null}}`, func(*User) {}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := User{LinkID: id(1), UID: pointer(int64(1)), Name: "Ann", Lock: LockFirst, AuthFactors: []string{"card"}, TimeProfiles: RefersTo(), Identifiers: RefersTo()}
			test.change(&want)
			raw, err := json.Marshal(wire(1, "Ann", test.more))
			if err != nil {
				t.Fatal(err)
			}
			got, err := decodeUser(raw)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
			}
		})
	}
}

func TestUserDifferences(t *testing.T) {
	t.Parallel()
	base := User{
		LinkID: id(1), Name: "Ann", Info: "flat 3", Lock: LockFirst, CustomAccess: true, AuthFactors: []string{"card", "qr"},
		TimeProfiles: RefersTo(id(7)), Apartment: Apartment{Known: true, LinkID: id(5)}, Identifiers: RefersTo(id(11)),
	}
	tests := map[string]struct {
		held func(*User)
		says string // of the one difference; empty for none
	}{
		"the same":                 {func(*User) {}, ""},
		"another number":           {func(u *User) { u.UID = pointer(int64(9)) }, ""},
		"name":                     {func(u *User) { u.Name = "ann" }, `name is "ann" instead of "Ann"`},
		"info":                     {func(u *User) { u.Info = "" }, `info is "" instead of "flat 3"`},
		"lock":                     {func(u *User) { u.Lock = LockAll }, "lock is all instead of first"},
		"custom access":            {func(u *User) { u.CustomAccess = false }, "custom access is false instead of true"},
		"factors":                  {func(u *User) { u.AuthFactors = []string{"card"} }, "authentication factors is [card] instead of [card qr]"},
		"a time profile less":      {func(u *User) { u.TimeProfiles = RefersTo() }, "time profiles is [] instead of"},
		"a time profile more":      {func(u *User) { u.TimeProfiles = RefersTo(id(7), id(8)) }, "time profiles"},
		"time profiles not told":   {func(u *User) { u.TimeProfiles = References{} }, ""},
		"a local profile more":     {func(u *User) { u.TimeProfiles.Local = 1 }, ""},
		"no apartment":             {func(u *User) { u.Apartment.LinkID = uuid.Nil }, "apartment is none instead of " + id(5).String()},
		"an apartment of no link":  {func(u *User) { u.Apartment = Apartment{Known: true, Local: true} }, "apartment is one without link_id"},
		"apartment not told":       {func(u *User) { u.Apartment = Apartment{} }, ""},
		"another identifier":       {func(u *User) { u.Identifiers = RefersTo(id(12)) }, "identifiers"},
		"a new local identifier":   {func(u *User) { u.Identifiers.Local = 1 }, ""},
		"identifiers are not told": {func(u *User) { u.Identifiers = References{} }, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			held := base
			test.held(&held)
			got := userDifferences(base, held)
			if test.says == "" && len(got) > 0 || test.says != "" && (len(got) != 1 || !strings.Contains(got[0], test.says)) {
				t.Errorf("differences %q, want %q", got, test.says)
			}
		})
	}
	plain, other := someone(1, "Ann"), someone(1, "Ann")
	other.AuthFactors = []string{"card", "face_id"}
	if got := userDifferences(plain, other); len(got) > 0 {
		t.Errorf("factors that do not apply differ: %q", got)
	}
}
