package basip

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestCreateReturnsWhatThePanelHolds(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", "")}
	user := User{
		LinkID: id(2), Name: "Bob", Info: "flat 3", Lock: LockAll, CustomAccess: true, AuthFactors: []string{"qr", "card"},
		TimeProfiles: RefersTo(id(7)), Apartment: Apartment{Known: true, LinkID: id(5)},
	}
	stored, err := p.client(t).Users().Create(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	user.UID, user.AuthFactors, user.Identifiers = pointer(int64(1)), []string{"card", "qr"}, RefersTo()
	if want := (Stored[User]{Held: user}); !reflect.DeepEqual(stored, want) {
		t.Errorf("got  %+v\nwant %+v", stored, want)
	}
	if routes := p.routes(); !slices.Equal(routes[len(routes)-3:], []string{usersAll, usersUpsert, usersList}) {
		t.Errorf("requests %v, want a look at all, the upsert and a look at what became of it", routes)
	}
}

func TestCreateWaitsUntilTheUserIsListed(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.script(usersList, times(4, says(http.StatusOK, `{"list_items":[]}`))...)
	if _, err := p.client(t).Users().Create(t.Context(), someone(1, "Ann")); err != nil {
		t.Fatal(err)
	}
	p.expect(t, usersUpsert, 1)
	p.expect(t, usersList, 5)
}

func TestCollisionSendsNothing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		users []object
		want  ExistsError
	}{
		"same name":              {[]object{wire(1, "Ann", "")}, ExistsError{Existing: "Ann", LinkID: id(1), ByName: true}},
		"same link_id":           {[]object{wire(2, "Eve", "")}, ExistsError{Existing: "Eve", LinkID: id(2)}},
		"same name and link_id":  {[]object{wire(2, "Ann", "")}, ExistsError{Existing: "Ann", LinkID: id(2)}},
		"same name, hand-made":   {[]object{wire(1, "Ann", `{"link_id":null}`)}, ExistsError{Existing: "Ann", ByName: true}},
		"same name, unreadable":  {[]object{wire(1, "Ann", `{"lock_number":"x"}`)}, ExistsError{Existing: "Ann", LinkID: id(1), ByName: true}},
		"same name on page 3":    {append(people(110), wire(200, "Ann", "")), ExistsError{Existing: "Ann", LinkID: id(200), ByName: true}},
		"link_id in upper case":  {[]object{wire(2, "Eve", `{"link_id":"`+strings.ToUpper(id(2).String())+`"}`)}, ExistsError{Existing: "Eve", LinkID: id(2)}},
		"name in another case":   {[]object{wire(1, "ANN", "")}, ExistsError{Existing: "ANN", LinkID: id(1), ByName: true}},
		"name with blanks":       {[]object{wire(1, " Ann\u00a0 ", `{"link_id":null}`)}, ExistsError{Existing: " Ann\u00a0 ", ByName: true}},
		"link_id of two, second": {[]object{wire(1, "Eve", ""), wire(2, "Eva", "")}, ExistsError{Existing: "Eva", LinkID: id(2)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = test.users
			_, err := p.client(t).Users().Create(t.Context(), someone(2, "Ann"))
			if name == "same name on page 3" { // user 2 is there, too, but under its own name
				_, err = p.client(t).Users().Create(t.Context(), someone(300, "Ann"))
			}
			var exists *ExistsError
			test.want.Panel, test.want.Kind, test.want.Name = "lobby", "user", "Ann"
			if !errors.As(err, &exists) {
				t.Fatalf("error %v, want an ExistsError", err)
			}
			if waited := exists.Waited > 0; waited != (exists.LinkID != uuid.Nil) { // what was made at the panel does not move
				t.Errorf("waited %s for %s", exists.Waited, exists.LinkID)
			}
			exists.Waited = 0
			if *exists != test.want {
				t.Errorf("error %+v, want %+v", err, test.want)
			}
			p.expectNoWrites(t)
		})
	}
}

func TestTimeProfileCollisionSendsNothing(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.profiles = []object{wireProfile(1, "Office", `{"link_id":null}`)}
	_, err := p.client(t).TimeProfiles().Create(t.Context(), someProfile(7, "Office"))
	var exists *ExistsError
	if !errors.As(err, &exists) || exists.Kind != "time profile" || !exists.ByName {
		t.Errorf("error %v, want an ExistsError", err)
	}
	p.expect(t, profilesAll, 1)
	p.expectNoWrites(t)
}

func TestCreateWithoutTheListingOfAll(t *testing.T) {
	t.Parallel()
	// The path of the listing of all users is the least certain one.
	p := newPanel()
	p.users = []object{wire(1, "Ann", "")}
	for _, route := range []string{usersAll, "GET /api/v1/access/user/items"} {
		p.always[route] = says(http.StatusNotFound, "")
	}
	users := p.client(t).Users()
	var exists *ExistsError
	if _, err := users.Create(t.Context(), someone(2, "Ann")); !errors.As(err, &exists) {
		t.Errorf("error %v, want an ExistsError from the listing of linked users", err)
	}
	p.expectNoWrites(t)
	if _, err := users.Create(t.Context(), someone(2, "Bob")); err != nil {
		t.Error(err)
	}
}

func TestTimeProfileUpsertRequest(t *testing.T) {
	t.Parallel()
	p := newPanel()
	stored, err := p.client(t).TimeProfiles().Create(t.Context(), someProfile(7, "Office"))
	if err != nil || stored.Held.Name != "Office" || stored.Held.From != 1803927600 {
		t.Fatalf("%+v, %v", stored, err)
	}
	want := fmt.Sprintf(`{"list_items":[{"link_id":"%s","name":"Office",
		"time_options":{"is_all_day":false,"date_from":1803927600,"date_to":1803960000},
		"repeat_options":{"repeat_enable":false}}]}`, id(7))
	if got := p.sent(profilesPost)[0].body; !reflect.DeepEqual(parse(got), parse(want)) {
		t.Errorf("body %s\nwant %s", got, want)
	}
}

func TestCreateRefusedByThePanel(t *testing.T) {
	t.Parallel()
	for status, words := range map[int]string{
		400: "auth_factors must contain at least one item",
		403: "Administrator rights required",
	} {
		t.Run(words, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.always[usersUpsert] = says(status, `{"error":"`+words+`"}`)
			_, err := p.client(t).Users().Create(t.Context(), someone(1, "Ann"))
			var failed *Error
			var unconfirmed *UnconfirmedError
			if !errors.As(err, &failed) || failed.Status != status || failed.Words != words || errors.As(err, &unconfirmed) {
				t.Errorf("error %v, want the panel's refusal", err)
			}
			p.expect(t, usersUpsert, 1)
		})
	}
}
