package basip

import (
	"errors"
	"strings"
	"testing"
)

func TestNamesThatAPanelMayTakeForOne(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		a, b string
		same bool
	}{
		"equal":                         {"Local 1", "Local 1", true},
		"case":                          {"Local 1", "lOCAL 1", true},
		"sharp s":                       {"Straße", "STRASSE", true},
		"Greek final sigma":             {"ΟΔΟΣ", "οδος", true},
		"composed and not":              {"Zoë", "Zoe\u0308", true},
		"composed, not, and in capital": {"ZOË", "zoe\u0308", true},
		"blanks at the ends":            {"Ada", " Ada\t", true},
		"blanks within":                 {"Ada  Lovelace", "Ada\u00a0Lovelace", true},
		"a blank and none":              {"Ada L", "AdaL", false},
		"an accent":                     {"Zoë", "Zoe", false},
		"other digits":                  {"Local 1", "Local 2", false},
		"ligature, which NFC keeps":     {"ﬁn", "fin", true}, // full case folding resolves it
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := foldName(test.a) == foldName(test.b); got != test.same {
				t.Errorf("%q and %q: same = %t, want %t", test.a, test.b, got, test.same)
			}
		})
	}
}

func TestRespellingOfATakenNameIsRefused(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", ""), wire(2, "eve ", `{"link_id":null}`)}
	_, err := p.client(t).Users().Modify(t.Context(), id(1), renamedToEve)
	var exists *ExistsError
	if !errors.As(err, &exists) || !exists.ByName || exists.Existing != "eve " || !strings.Contains(err.Error(), `"Eve"`) || !strings.Contains(err.Error(), `"eve "`) {
		t.Errorf("error %v, want an ExistsError with both spellings", err)
	}
	p.expectNoWrites(t)
}

func TestUserMayBeRespelt(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "eve", "")}
	stored, err := p.client(t).Users().Modify(t.Context(), id(1), renamedToEve)
	if err != nil || stored.Held.Name != "Eve" {
		t.Errorf("%+v, %v; want the new spelling", stored, err)
	}
}

func TestTwinDoesNotBlockAChangeOfSomethingElse(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", ""), wire(2, "ANN", `{"link_id":null}`)}
	stored, err := p.client(t).Users().Modify(t.Context(), id(1), func(u User) User { u.Info = "flat 3"; return u })
	if err != nil || stored.Held.Info != "flat 3" {
		t.Errorf("%+v, %v", stored, err)
	}
}

// The second of two names that are one to a panel is refused also if the first is
// only on its way.
func TestTwinInTheSameCallIsRefused(t *testing.T) {
	t.Parallel()
	p := newPanel()
	users := p.client(t).Users()
	answers, err := users.sendUpserts(t.Context(), creations(someone(1, "Ada"), someone(2, "ada")))
	var exists *ExistsError
	if err != nil || answers[id(1)].Err != nil || !errors.As(answers[id(2)].Err, &exists) || exists.LinkID != id(1) {
		t.Errorf("%+v, %v; want the second refused", answers, err)
	}
}

func creations(users ...User) (ops []*upsert[User]) {
	for _, user := range users {
		ops = append(ops, &upsert[User]{id: user.LinkID, action: actionCreate, make: func(User) User { return user }})
	}
	return ops
}
