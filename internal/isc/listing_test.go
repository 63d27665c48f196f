package isc

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func many(n int) []object {
	var profiles []object
	for i := range n {
		profiles = append(profiles, wire(fmt.Sprintf("%032x", i), fmt.Sprintf("Profile %d", i), ""))
	}
	return profiles
}

func TestAllPagesAreRead(t *testing.T) {
	t.Parallel()
	for total, offsets := range map[int][]string{
		0: {"0"}, 1: {"0"}, 249: {"0"}, 250: {"0"}, 251: {"0", "250"}, 500: {"0", "250"}, 620: {"0", "250", "500"},
	} {
		t.Run(fmt.Sprint(total), func(t *testing.T) {
			t.Parallel()
			s := newTenant(many(total)...)
			got, err := s.client(t).Profiles(t.Context(), Query{})
			if err != nil || len(got) != total {
				t.Fatalf("%d profiles, %v; want %d", len(got), err, total)
			}
			var asked []string
			for _, r := range s.sent(listRoute) {
				asked = append(asked, r.query.Get("offset"))
				if r.query.Get("limit") != "250" || r.query.Get("sorters") != "id" || r.query.Has("filters") {
					t.Errorf("query %v", r.query)
				}
			}
			if !slices.Equal(asked, offsets) {
				t.Errorf("offsets %q, want %q", asked, offsets)
			}
			for i, p := range got {
				if p.ID != fmt.Sprintf("%032x", i) {
					t.Fatalf("profile %d is %s", i, p.ID)
				}
			}
		})
	}
}

// uncounted answers a page without a total.
func uncounted(s *tenant, w http.ResponseWriter, r *http.Request, _ []byte) {
	query := r.URL.Query()
	query.Del("count")
	r.URL.RawQuery = query.Encode()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list(w, r)
}

func TestEndOfAListingWithoutATotal(t *testing.T) {
	t.Parallel()
	for total, pages := range map[int]int{0: 1, 249: 1, 250: 2, 251: 2} {
		s := newTenant(many(total)...)
		s.always[listRoute] = uncounted
		got, err := s.client(t).Profiles(t.Context(), Query{})
		if err != nil || len(got) != total {
			t.Errorf("%d profiles, %v; want %d", len(got), err, total)
		}
		s.expect(t, listRoute, pages)
	}
}

func TestShortPageIsNotTheEndWhenTheTotalSaysSo(t *testing.T) {
	t.Parallel()
	s := newTenant(many(130)...)
	s.always[listRoute] = func(s *tenant, w http.ResponseWriter, r *http.Request, _ []byte) {
		query := r.URL.Query()
		query.Set("limit", "50") // the tenant gives less than was asked for
		r.URL.RawQuery = query.Encode()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.list(w, r)
	}
	if got, err := s.client(t).Profiles(t.Context(), Query{}); err != nil || len(got) != 130 {
		t.Errorf("%d profiles, %v; want 130", len(got), err)
	}
	s.expect(t, listRoute, 3)
}

func TestListingThatMovesIsReadAgain(t *testing.T) {
	t.Parallel()
	moves := map[string]func(s *tenant){
		"one is deleted": func(s *tenant) { s.profiles = slices.Delete(slices.Clone(s.profiles), 3, 4) },
		"one is added":   func(s *tenant) { s.profiles = slices.Insert(slices.Clone(s.profiles), 3, wire("new", "New", "")) },
		"one is replaced by another": func(s *tenant) {
			s.profiles = slices.Insert(slices.Delete(slices.Clone(s.profiles), 290, 291), 3, wire("new", "New", ""))
		},
	}
	for name, move := range moves {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTenant(many(300)...)
			s.script(listRoute, nil, func(s *tenant, w http.ResponseWriter, r *http.Request, body []byte) {
				s.mu.Lock()
				move(s)
				s.mu.Unlock()
				s.serve(w, r, body)
			})
			got, err := s.client(t).Profiles(t.Context(), Query{})
			if err != nil || len(got) != len(s.profiles) {
				t.Errorf("%d profiles, %v; want %d", len(got), err, len(s.profiles))
			}
			s.expect(t, listRoute, 4)
		})
		t.Run(name+" for ever", func(t *testing.T) {
			t.Parallel()
			s := newTenant(many(300)...)
			for range 3 {
				s.script(listRoute, nil, says(200, `[]`, "X-Total-Count", "300"))
			}
			_, err := s.client(t).Profiles(t.Context(), Query{})
			contains(t, err, "changed while its pages were read", "try again", "tenant 127")
			s.expect(t, listRoute, 6)
		})
	}
}

func TestListingThatIsNone(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"object": `{}`, "null": `null`, "empty": ``, "page": `<html>`, "numbers": `[1]`, "nulls": `[null]`, "no id": `[{"name":"x"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTenant()
			s.always[listRoute] = says(200, body)
			_, err := s.client(t).ProfileByName(t.Context(), "x")
			if errors.Is(err, ErrNotFound) {
				t.Error("nothing says that there is no such profile")
			}
			contains(t, err, "not what a tenant answers")
		})
	}
	s := newTenant()
	s.always[listRoute] = says(404, `{}`)
	_, err := s.client(t).Profiles(t.Context(), Query{})
	contains(t, err, "version v1")
	if errors.Is(err, ErrNotFound) {
		t.Error("a missing path passes for a missing profile")
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		query           Query
		filters, sorter string
	}{
		"none":             {Query{}, "", "id"},
		"both":             {Query{`priority eq 10`, "-created"}, "priority eq 10", "-created,id"},
		"by id downwards":  {Query{"", "name, -id"}, "", "name, -id"},
		"by owner's id":    {Query{"", "owner.id"}, "", "owner.id,id"},
		"name with quotes": {Query{NameIs(`A "B" \ C & D+E #%`), ""}, `name eq "A \"B\" \\ C & D+E #%"`, "id"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTenant()
			s.always[listRoute] = says(200, `[]`)
			if _, err := s.client(t).Profiles(t.Context(), test.query); err != nil {
				t.Fatal(err)
			}
			r := s.sent(listRoute)[0]
			if r.query.Get("filters") != test.filters || r.query.Get("sorters") != test.sorter {
				t.Errorf("query %v", r.query)
			}
			if strings.ContainsAny(r.raw, `+"\ #`) {
				t.Errorf("query %q is not fit for every server", r.raw)
			}
		})
	}
}

func TestProfileByName(t *testing.T) {
	t.Parallel()
	odd := `Quo"te \ Ä + & #%`
	s := newTenant(wire(a, "Staff", ""), wire(b, "staff", ""), wire("c1", "Twins", ""), wire("c2", "Twins", ""), wire("c3", odd, ""))
	c := s.client(t)
	for name, id := range map[string]string{"Staff": a, "staff": b, odd: "c3"} {
		if got, err := c.ProfileByName(t.Context(), name); err != nil || got.ID != id {
			t.Errorf("%s: %s, %v; want %s", name, got.ID, err, id)
		}
	}
	_, err := c.ProfileByName(t.Context(), "Nobody")
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v, want ErrNotFound", err)
	}
	contains(t, err, `"Nobody"`, "tenant 127.0.0.1")
	_, err = c.ProfileByName(t.Context(), "Twins")
	if !errors.Is(err, ErrAmbiguous) {
		t.Errorf("error %v, want ErrAmbiguous", err)
	}
	contains(t, err, `"Twins"`, "c1, c2")

	// A filter that folds case, or one that the tenant does not heed.
	s.always[listRoute] = says(200, `[{"id":"c1","name":"STAFF"},{"id":"c2","name":"Staff"}]`)
	if got, err := c.ProfileByName(t.Context(), "Staff"); err != nil || got.ID != "c2" {
		t.Errorf("%s, %v; want c2", got.ID, err)
	}
}

func TestListedProfilesAreWhole(t *testing.T) {
	t.Parallel()
	s := newTenant(parse(example))
	c := s.client(t)
	listed, err := c.Profiles(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	read, err := c.Profile(t.Context(), listed[0].ID)
	if err != nil || !reflect.DeepEqual(listed[0], read) {
		t.Errorf("listed %+v\nread   %+v, %v", listed[0], read, err)
	}
}
