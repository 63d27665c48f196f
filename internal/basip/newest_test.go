package basip

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
)

// pages returns the numbers of the pages of linked users that were asked for since
// the last upsert.
func (p *panel) pages() (numbers []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.requests {
		switch r.route {
		case usersUpsert:
			numbers = nil
		case usersList:
			numbers = append(numbers, r.query.Get("page_number"))
		}
	}
	return numbers
}

// createAll creates users in one call and returns the outcomes.
func createAll(t *testing.T, users *Collection[User], numbers ...int) map[uuid.UUID]look[User] {
	t.Helper()
	var ops []*upsert[User]
	for _, n := range numbers {
		ops = append(ops, &upsert[User]{id: id(n), action: actionCreate, make: func(User) User { return someone(n, "New "+id(n).String()) }})
	}
	answers, err := users.sendUpserts(t.Context(), ops)
	if err != nil {
		t.Fatal(err)
	}
	looks := map[uuid.UUID]look[User]{}
	for at, answer := range answers {
		if answer.Err != nil {
			t.Errorf("%s: %v", at, answer.Err)
		}
		looks[at] = answer.Result.first
	}
	return looks
}

// reversed lists the newest user first.
func reversed(p *panel, w http.ResponseWriter, r *http.Request, _ []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	users := slices.Clone(p.users)
	slices.Reverse(users)
	p.list(w, r, users)
}

// twice lists the last item of a page twice.
func twice(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
	recorded := httptest.NewRecorder()
	p.serve(recorded, r, body)
	var page object
	if json.NewDecoder(bytes.NewReader(recorded.Body.Bytes())).Decode(&page) != nil {
		panic(http.ErrAbortHandler)
	}
	items := page["list_items"].([]any)
	page["list_items"] = append(items, items[len(items)-1])
	writeJSON(w, page)
}

func TestNewUsersAreLookedForAtTheEnd(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		there  int      // before
		new    int      // in one call
		always answer   // instead of the panel's own listing
		once   answer   // before it
		want   []string // pages
	}{
		"on the last page":       {120, 10, nil, nil, []string{"3"}},
		"on a page of their own": {100, 10, nil, nil, []string{"3"}},
		"that they fill":         {90, 10, nil, nil, []string{"2"}},
		"on two pages":           {95, 10, nil, nil, []string{"3", "2"}},
		"on the only page":       {3, 1, nil, nil, []string{"1"}},
		"and then everywhere":    {120, 10, reversed, nil, []string{"3", "1", "2", "3"}},
		"but not if it is twice": {120, 1, nil, twice, []string{"3", "1", "2", "3"}},
		"not on a bad page":      {120, 1, nil, says(http.StatusOK, `{"list_items":7}`), []string{"3", "1", "2", "3"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = people(test.there - 1)
			_, with := clocked() // a slow machine makes no listing old
			users := p.client(t, with).Users()
			createAll(t, users, 1000)
			if test.always != nil {
				p.always[usersList] = test.always
			}
			if test.once != nil {
				p.script(usersList, test.once)
			}
			var numbers []int
			for n := range test.new {
				numbers = append(numbers, 2000+n)
			}
			for at, look := range createAll(t, users, numbers...) {
				if look.err != nil || look.held.LinkID != at || len(look.differences) > 0 {
					t.Errorf("%s: %+v", at, look)
				}
			}
			if got := p.pages(); !slices.Equal(got, test.want) {
				t.Errorf("pages %v, want %v", got, test.want)
			}
		})
	}
}

// A panel that lists by name, say, is not asked for its last page in vain again;
// another one is, after whatever went wrong once.
func TestEndOfAListingIsTriedUntilItIsKnownToBeInVain(t *testing.T) {
	t.Parallel()
	unlisted := says(http.StatusOK, `{"list_items":[],"list_option":{"pagination":{"total_items":0,"total_pages":0}}}`)
	for name, test := range map[string]struct {
		list []answer // for the second creation and what follows
		want []string // pages of the third
	}{
		"newest first":     {times(9, reversed), []string{"1", "2", "3"}},
		"one bad page":     {[]answer{says(http.StatusOK, `{"list_items":7}`)}, []string{"3"}},
		"listed late":      {times(2, unlisted), []string{"1", "1", "2", "3"}}, // the end of what was listed last is page 1
		"another one came": {[]answer{appearing(wire(500, "Zoe", ""))}, []string{"3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = people(120)
			_, with := clocked() // a slow machine makes no listing old
			users := p.client(t, with).Users()
			createAll(t, users, 1000)
			p.script(usersList, test.list...)
			createAll(t, users, 1001)
			createAll(t, users, 1002)
			if got := p.pages(); !slices.Equal(got, test.want) {
				t.Errorf("pages %v, want %v", got, test.want)
			}
		})
	}
}

// appearing adds a user behind the client's back before it lists.
func appearing(user object) answer {
	return func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		p.appears(user)
		p.serve(w, r, body)
	}
}

// What a page shows beside the new users tells that others have come: their
// names are taken, and the panel would take a user of such a name for that one.
func TestUserWhoAppearsMeanwhileTakesItsName(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]answer{
		"counted":         appearing(wire(500, "Zoe", "")),
		"not counted":     appearingUncounted(wire(500, "Zoe", "")),
		"on another page": appearingFirst(wire(500, "Zoe", "")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = people(120)
			_, with := clocked() // a slow machine makes no listing old
			users := p.client(t, with).Users()
			createAll(t, users, 1000)
			p.script(usersList, list)
			createAll(t, users, 1001)
			var exists *ExistsError
			if _, err := users.Create(t.Context(), someone(1002, "Zoe")); !errors.As(err, &exists) || exists.LinkID != id(500) {
				t.Errorf("error %v, want an ExistsError", err)
			}
			p.expect(t, usersUpsert, 2)
		})
	}
}

// appearingFirst is appearing at the beginning of the listing.
func appearingFirst(user object) answer {
	return func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		p.mu.Lock()
		p.users = append([]object{user}, p.users...)
		p.mu.Unlock()
		p.serve(w, r, body)
	}
}

// appearingUncounted is appearing on a panel that does not tell totals.
func appearingUncounted(user object) answer {
	return func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		recorded := httptest.NewRecorder()
		appearing(user)(p, recorded, r, body)
		var page object
		if json.Unmarshal(recorded.Body.Bytes(), &page) != nil {
			panic(http.ErrAbortHandler)
		}
		writeJSON(w, object{"list_items": page["list_items"]})
	}
}

// A name is taken from the moment a user was sent, even if the panel takes a while
// to list it, and until the user is deleted.
func TestNameOfAUserThatIsNotListedYetIsTaken(t *testing.T) {
	t.Parallel()
	unlisted := says(http.StatusOK, `{"list_items":[]}`)
	for name, sent := range map[string]answer{
		"answered": nil, "answer lost": appliedThen(cut), "answer without it": mangled(func([]any) []any { return []any{} }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			users := p.client(t).Users()
			p.script(usersUpsert, sent)
			p.script(usersList, unlisted)
			op := func(n int) []*upsert[User] {
				return []*upsert[User]{{id: id(n), action: actionCreate, make: func(User) User { return someone(n, "Ann") }}}
			}
			if _, err := users.sendUpserts(t.Context(), op(1)); (err != nil) != (name == "answer lost") {
				t.Fatal(err)
			}
			p.script(usersList, times(3, unlisted)...)
			var exists *ExistsError
			answers, err := users.sendUpserts(t.Context(), op(2))
			if err != nil || !errors.As(answers[id(2)].Err, &exists) {
				t.Errorf("%v, %v; want an ExistsError", answers[id(2)].Err, err)
			}
			p.expect(t, usersUpsert, 1)
		})
	}
}

// Whether the panel has made twice what it was sent twice shows in the whole.
func TestUsersThatWereSentTwiceAreLookedForEverywhere(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = people(120)
	users := p.client(t).Users()
	createAll(t, users, 1000)
	p.script(usersUpsert, cut)
	if _, err := users.Create(t.Context(), someone(1001, "Zoe")); err != nil {
		t.Fatal(err)
	}
	if got := p.pages(); !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("pages %v, want all", got)
	}
}

func TestNewUsersCountAsNamesakesOfLaterOnes(t *testing.T) {
	t.Parallel()
	p := newPanel()
	users := p.client(t).Users()
	for n, name := range []string{"Ann", "Bob", "Eve"} {
		if _, err := users.Create(t.Context(), someone(n, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"Ann", "Bob", "Eve"} {
		var exists *ExistsError
		if _, err := users.Create(t.Context(), someone(9, name)); !errors.As(err, &exists) {
			t.Errorf("error %v, want an ExistsError", err)
		}
	}
	p.expect(t, usersUpsert, 3)
}

func TestNameIsFreeAgainAfterADeletionOrAChange(t *testing.T) {
	t.Parallel()
	for name, free := range map[string]func(*Collection[User]) error{
		"deletion": func(users *Collection[User]) error {
			_, err := users.Delete(t.Context(), id(1))
			return err
		},
		"change": func(users *Collection[User]) error {
			_, err := users.Modify(t.Context(), id(1), renamedToEve)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			users := newPanel().client(t).Users()
			for n, name := range []string{"Zoe", "Ann"} {
				if _, err := users.Create(t.Context(), someone(n, name)); err != nil {
					t.Fatal(err)
				}
			}
			if err := free(users); err != nil {
				t.Fatal(err)
			}
			if _, err := users.Create(t.Context(), someone(2, "Ann")); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatWasKnownLongAgoIsNotAddedTo(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = people(120)
	clock, with := clocked()
	users := p.client(t, with).Users()
	if _, err := users.Get(t.Context(), id(1)); err != nil && !errors.Is(err, ErrNotFound) {
		t.Fatal(err)
	}
	clock.pass(5 * time.Second)
	createAll(t, users, 1000)
	if got := p.pages(); !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("pages %v, want all", got)
	}
}

func TestNameOfAUserWhoWasNeverListedIsFreeAfterItsDeletion(t *testing.T) {
	t.Parallel()
	p := newPanel()
	users := p.client(t).Users()
	p.script(usersList, says(http.StatusOK, `{"list_items":[]}`))
	createAll(t, users, 1)
	if _, err := users.Delete(t.Context(), id(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := users.Create(t.Context(), someone(2, "New "+id(1).String())); err != nil {
		t.Error(err)
	}
}

func TestPromiseOfAUserEndsWhenItIsListed(t *testing.T) {
	t.Parallel()
	p := newPanel()
	clock, with := clocked()
	users := p.client(t, with).Users()
	p.script(usersList, says(http.StatusOK, `{"list_items":[]}`))
	createAll(t, users, 1)
	if len(users.promises) != 1 {
		t.Errorf("promises %v, want one of the user that is not listed", users.promises)
	}
	clock.pass(time.Minute) // a listing of before is too old
	if _, err := users.Get(t.Context(), id(1)); err != nil {
		t.Fatal(err)
	}
	if len(users.promises) != 0 {
		t.Errorf("promises %v are left", users.promises)
	}
}

func TestTwoCreationsOfOneLinkIDAreOneTooMany(t *testing.T) {
	t.Parallel()
	p := newPanel()
	users := p.client(t).Users()
	p.script(usersList, says(http.StatusOK, `{"list_items":[]}`))
	createAll(t, users, 1)
	p.script(usersList, times(3, says(http.StatusOK, `{"list_items":[]}`))...)
	p.script(usersAll, times(3, says(http.StatusOK, `{"list_items":[]}`))...)
	var exists *ExistsError
	if _, err := users.Create(t.Context(), someone(1, "Bob")); !errors.As(err, &exists) || exists.ByName {
		t.Errorf("error %v, want an ExistsError", err)
	}
	p.expect(t, usersUpsert, 1)
}
