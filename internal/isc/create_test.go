package isc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// staff is a profile to be created, fed by the source "hr".
func staff() NewProfile { return NewProfile{Name: "Staff", Source: Reference{ID: "hr", Name: "HR"}} }

func TestCreateSendsWhatIsGiven(t *testing.T) {
	t.Parallel()
	whole := staff()
	whole.Description, whole.Owner, whole.Priority = "Every <employee>", &Reference{"o1", "Old name"}, ptr(int64(0))
	whole.MappingsEnabled = ptr(true)
	whole.Mappings = map[string]Mapping{
		"uid":   {"rule", json.RawMessage(`{"id":"Promote"}`)},
		"email": {"accountAttribute", json.RawMessage(`{"sourceName":"HR","attributeName":"mail"}`)},
	}
	off := staff()
	off.MappingsEnabled = ptr(false)
	noOwner := staff()
	noOwner.Owner = &Reference{}
	tests := map[string]struct {
		profile NewProfile
		body    string
	}{
		"little": {staff(), `{"authoritativeSource":{"type":"SOURCE","id":"hr"},"name":"Staff"}`},
		"all": {whole, `{"authoritativeSource":{"type":"SOURCE","id":"hr"},"description":"Every <employee>","identityAttributeConfig":{"attributeTransforms":[
			{"identityAttributeName":"email","transformDefinition":{"type":"accountAttribute","attributes":{"sourceName":"HR","attributeName":"mail"}}},
			{"identityAttributeName":"uid","transformDefinition":{"type":"rule","attributes":{"id":"Promote"}}}],"enabled":true},
			"name":"Staff","owner":{"type":"IDENTITY","id":"o1"},"priority":0}`},
		"mappings off":   {off, `{"authoritativeSource":{"type":"SOURCE","id":"hr"},"identityAttributeConfig":{"attributeTransforms":[],"enabled":false},"name":"Staff"}`},
		"an empty owner": {noOwner, `{"authoritativeSource":{"type":"SOURCE","id":"hr"},"name":"Staff"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTenant(wire(a, "Other", ""))
			got, err := s.client(t).CreateProfile(t.Context(), test.profile)
			if err != nil {
				t.Fatal(err)
			}
			if got.ID != "new1" || got.Name != "Staff" || got.Source.ID != "hr" || !got.IdentityRefreshRequired || len(got.Mappings) != len(test.profile.Mappings) {
				t.Errorf("created %+v", got)
			}
			want := strings.NewReplacer("\n", "", "\t", "").Replace(test.body)
			if body := s.sent(createRoute)[0].body; body != want {
				t.Errorf("sent %s\nwant %s", body, want)
			}
			if routes := []string{loginRoute, listRoute, createRoute}; !slices.Equal(s.routes(), routes) {
				t.Errorf("requests %q, want %q", s.routes(), routes)
			}
		})
	}
	for _, p := range []NewProfile{{}, {Name: "x"}, {Source: Reference{ID: "x"}}} {
		s := newTenant()
		_, err := s.client(t).CreateProfile(t.Context(), p)
		contains(t, err, "needs a name and a source")
		s.expect(t, createRoute, 0)
	}
}

func TestSourceThatFeedsAProfileAlready(t *testing.T) {
	t.Parallel()
	t.Run("another name", func(t *testing.T) {
		t.Parallel()
		s := newTenant(append(many(260), wire(b, "People", `{"authoritativeSource":{"type":"SOURCE","id":"hr"}}`))...)
		_, err := s.client(t).CreateProfile(t.Context(), staff())
		conflict := as[*ConflictError](t, err)
		if conflict.Existing.ID != b || conflict.Source.ID != "hr" || conflict.Err == nil {
			t.Errorf("%+v", conflict)
		}
		contains(t, err, `"People" (`+b+`)`, `"Staff"`, `"HR" (hr)`, "409", "trackingId", "feeds at most one")
		s.expect(t, createRoute, 1)
	})
	t.Run("the same name", func(t *testing.T) {
		t.Parallel()
		s := newTenant(wire(b, "Staff", `{"authoritativeSource":{"type":"SOURCE","id":"hr"}}`))
		_, err := s.client(t).CreateProfile(t.Context(), staff())
		if conflict := as[*ConflictError](t, err); conflict.Existing.ID != b || conflict.Err != nil {
			t.Errorf("%+v", conflict)
		}
		s.expect(t, createRoute, 0)
	})
	t.Run("nobody knows which", func(t *testing.T) {
		t.Parallel()
		s := newTenant()
		s.always[createRoute] = says(409, errorBody("409 Conflict", "In use."))
		_, err := s.client(t).CreateProfile(t.Context(), staff())
		if conflict := as[*ConflictError](t, err); !conflict.Passing() {
			t.Errorf("%+v", conflict)
		}
		contains(t, err, "In use.", "lists no identity profile that it feeds")
	})
	t.Run("the name may be meant", func(t *testing.T) {
		t.Parallel()
		s := newTenant(wire(b, "Staff", `{"authoritativeSource":{"type":"SOURCE","id":"other"}}`))
		s.always[createRoute] = says(409, errorBody("409 Conflict", "In use."))
		_, err := s.client(t).CreateProfile(t.Context(), staff())
		if conflict := as[*ConflictError](t, err); conflict.Passing() || !conflict.Unfed() {
			t.Errorf("%+v", conflict)
		}
		contains(t, err, b+` has the same name, "Staff"`)
	})
	t.Run("the listing fails", func(t *testing.T) {
		t.Parallel()
		s := newTenant()
		s.always[createRoute] = says(409, errorBody("409 Conflict", "In use."))
		s.script(listRoute, nil)
		s.always[listRoute] = says(403, errorBody("403 Forbidden", "No listing."))
		_, err := s.client(t).CreateProfile(t.Context(), staff())
		if conflict := as[*ConflictError](t, err); conflict.Passing() {
			t.Errorf("%+v", conflict)
		}
		contains(t, err, "In use.", "No listing.")
	})
}

func TestRefusedCreationIsAnError(t *testing.T) {
	t.Parallel()
	for status, words := range map[int]string{400: "No such source.", 403: "idn:identity-profile:manage", 404: "version v1"} {
		s := newTenant()
		s.always[createRoute] = says(status, errorBody("x", "No such source."))
		_, err := s.client(t).CreateProfile(t.Context(), staff())
		contains(t, err, words, `create identity profile "Staff"`)
		if failed := as[*Error](t, err); failed.Status != status || uncertain(err) || errors.Is(err, ErrNotFound) {
			t.Errorf("error %v", err)
		}
		s.expect(t, createRoute, 1)
		s.expect(t, listRoute, 2) // also afterwards, whether it was created all the same
	}
}

// lostAnswers are what a client may get instead of the answer.
func lostAnswers() map[string]reply {
	return map[string]reply{
		"500":       says(500, errorBody("500.0 Internal Fault", "An internal fault occurred.")),
		"502 page":  says(502, "<html><title>Bad gateway</title></html>"),
		"408":       says(408, ""),
		"cut":       cut,
		"half":      says(201, `{"id":"new`),
		"page":      says(200, "<html></html>"),
		"no id":     says(201, `{"name":"Staff"}`),
		"empty 201": says(201, ""),
		"in vain":   hangs,
	}
}

func TestLostAnswerOfACreationIsFoundByReading(t *testing.T) {
	t.Parallel()
	for name, lost := range lostAnswers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""), wire(b, "Other", ""))
				s.script(createRoute, doneThen(lost))
				s.script(listRoute, nil, says(503, ""), says(200, `[]`)) // it takes a moment to be listed
				got, err := s.inMemory(t).CreateProfile(t.Context(), staff())
				if err != nil || got.ID != "new1" || got.Source.ID != "hr" {
					t.Errorf("%+v, %v; want the new profile", got, err)
				}
				s.expect(t, createRoute, 1)
			})
		})
		t.Run(name+", not done", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""), wire(b, "Other", `{"authoritativeSource":{"type":"SOURCE","id":"hr"}}`))
				s.script(createRoute, lost)
				c := s.inMemory(t)
				start := time.Now()
				_, err := c.CreateProfile(t.Context(), staff())
				_ = as[*UnconfirmedError](t, err)
				contains(t, err, "may have carried it out", `create identity profile "Staff"`, `"HR" (hr)`, "import it if it is there")
				s.expect(t, createRoute, 1)
				most := 10 * time.Second
				if name == "in vain" {
					most += 30 * time.Second
				}
				if took := time.Since(start); took != most {
					t.Errorf("it took %s, want %s", took, most)
				}
			})
		})
	}
}

func TestProfileThatWasThereBeforeIsNotTheNewOne(t *testing.T) {
	t.Parallel()
	// A profile with that name and source appears between the listing and the
	// creation's lost answer only if it is the new one; one that was listed before
	// would be a conflict, unless its source was not told then.
	synctest.Test(t, func(t *testing.T) {
		s := newTenant()
		s.script(createRoute, cut)
		s.script(listRoute, says(200, `[{"id":"`+a+`","name":"Staff"}]`))
		s.always[listRoute] = says(200, `[{"id":"`+a+`","name":"Staff","authoritativeSource":{"id":"hr"}},{"id":"`+b+`","name":"STAFF","authoritativeSource":{"id":"hr"}},{"id":"c","name":"Staff","authoritativeSource":{"id":"other"}}]`)
		_, err := s.inMemory(t).CreateProfile(t.Context(), staff())
		_ = as[*UnconfirmedError](t, err)
	})
}

func TestInterruptedCreationIsLookedForOnce(t *testing.T) {
	t.Parallel()
	interrupting := func(ctx context.Context, done bool) (Profile, *tenant, time.Duration, error) {
		s := newTenant()
		ctx, cancel := context.WithCancel(ctx)
		s.script(createRoute, func(s *tenant, w http.ResponseWriter, r *http.Request, body []byte) {
			cancel()
			if done {
				s.serve(w, r, body)
			}
		})
		c, err := newClient(config("https://acme.test", nil), direct{s})
		if err != nil {
			return Profile{}, nil, 0, err
		}
		start := time.Now()
		p, err := c.CreateProfile(ctx, staff())
		return p, s, time.Since(start), err
	}
	synctest.Test(t, func(t *testing.T) {
		p, s, took, err := interrupting(t.Context(), true)
		if err != nil || p.ID != "new1" || took != 0 {
			t.Errorf("%+v after %s, %v; want the new profile", p, took, err)
		}
		s.expect(t, createRoute, 1)
	})
	synctest.Test(t, func(t *testing.T) {
		_, s, took, err := interrupting(t.Context(), false)
		_ = as[*UnconfirmedError](t, err)
		if took != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("after %s: %v", took, err)
		}
		s.expect(t, listRoute, 2)
	})
}

func TestCreatedProfileReadsBackAsItWasSent(t *testing.T) {
	t.Parallel()
	s := newTenant()
	c := s.client(t)
	p := staff()
	p.Mappings = map[string]Mapping{"email": {"accountAttribute", json.RawMessage(`{"n":[1,{"x":null}]}`)}}
	created, err := c.CreateProfile(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	read, err := c.Profile(t.Context(), created.ID)
	if err != nil || !reflect.DeepEqual(created, read) || !read.Mappings["email"].Equal(p.Mappings["email"]) {
		t.Errorf("created %+v\nread    %+v, %v", created, read, err)
	}
}

// A 201 is about the new profile only if that has the name, the source and an ID that
// was not there before.
func TestAnswerToACreationMayBeAboutAnother(t *testing.T) {
	t.Parallel()
	const other = `{"id":"` + a + `","name":"By hand","authoritativeSource":{"type":"SOURCE","id":"s` + a + `"}}`
	for name, test := range map[string]struct {
		answer string
		held   string // of the profile that is there; more keys of it
		done   bool
		id     string // of the result; empty for an error
	}{
		"another, done":             {other, "", true, "new1"},
		"another, not done":         {other, "", false, ""},
		"an old ID, done":           {`{"id":"` + a + `","name":"Staff","authoritativeSource":{"id":"hr"}}`, "", true, "new1"},
		"an old ID, not done":       {`{"id":"` + a + `","name":"Staff","authoritativeSource":{"id":"hr"}}`, "", false, ""},
		"an unlisted ID, not done":  {`{"id":"` + b + `","name":"By hand","authoritativeSource":{"id":"hr"}}`, "", false, ""},
		"little, done":              {`{"id":"new1"}`, "", true, "new1"},
		"fed by the source, no use": {`{"id":"` + a + `","name":"By hand","authoritativeSource":{"id":"hr"}}`, `{"authoritativeSource":{"type":"SOURCE","id":"hr"}}`, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "By hand", test.held))
				answer := says(201, test.answer)
				if test.done {
					answer = doneThen(answer)
				}
				s.script(createRoute, answer)
				got, err := s.inMemory(t).CreateProfile(t.Context(), staff())
				s.expect(t, createRoute, 1)
				if test.id != "" {
					if err != nil || got.ID != test.id || got.Name != "Staff" {
						t.Errorf("%+v, %v; want %s", got, err, test.id)
					}
					return
				}
				_ = as[*UnconfirmedError](t, err)
				contains(t, err, "it is about identity profile", `"Staff"`)
				if got.ID != "" {
					t.Errorf("%+v enters the state", got)
				}
			})
		})
	}
}

// The tenant may give a new profile another name; it is still the new one.
func TestCreatedProfileMayGetAnotherName(t *testing.T) {
	t.Parallel()
	s := newTenant()
	s.script(createRoute, func(s *tenant, w http.ResponseWriter, _ *http.Request, _ []byte) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.create(w, []byte(`{"name":"STAFF","authoritativeSource":{"type":"SOURCE","id":"hr"}}`))
	})
	if got, err := s.client(t).CreateProfile(t.Context(), staff()); err != nil || got.ID != "new1" || got.Name != "STAFF" {
		t.Errorf("%+v, %v", got, err)
	}
	s.expect(t, listRoute, 2)
}

// What somebody else's profile holds does not keep a new one from being made.
func TestCreationInSpiteOfAnUnreadableListing(t *testing.T) {
	t.Parallel()
	s := newTenant()
	s.script(listRoute, says(200, `[{"id":7}]`))
	if got, err := s.client(t).CreateProfile(t.Context(), staff()); err != nil || got.ID != "new1" {
		t.Errorf("%+v, %v", got, err)
	}
	if lists := s.sent(listRoute); len(lists) != 2 || lists[1].query.Get("filters") != NameIs("Staff") {
		t.Errorf("listings %+v", lists)
	}
}

// A creation that is refused and carried out all the same is found: nobody else tracks
// the profile.
func TestRefusedCreationMayHaveBeenCarriedOut(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 404, 409, 422} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s := newTenant()
			s.script(createRoute, doneThen(says(status, errorBody("x", "No."))))
			if got, err := s.client(t).CreateProfile(t.Context(), staff()); err != nil || got.ID != "new1" {
				t.Errorf("%+v, %v; want the new profile", got, err)
			}
			s.expect(t, createRoute, 1)
			s.expect(t, listRoute, 2)
		})
		t.Run(fmt.Sprint(status, ", and the listing fails"), func(t *testing.T) {
			t.Parallel()
			s := newTenant()
			s.script(createRoute, doneThen(says(status, errorBody("x", "No."))))
			s.script(listRoute, nil)
			s.always[listRoute] = says(403, errorBody("403 Forbidden", "No listing."))
			_, err := s.client(t).CreateProfile(t.Context(), staff())
			contains(t, err, "No.", "No listing.")
		})
	}
	t.Run("somebody else was first", func(t *testing.T) {
		t.Parallel()
		s := newTenant()
		s.script(createRoute, func(s *tenant, w http.ResponseWriter, r *http.Request, body []byte) {
			s.mu.Lock()
			s.profiles = append(s.profiles, wire(b, "Staff", `{"description":"By hand","authoritativeSource":{"type":"SOURCE","id":"hr"}}`))
			s.mu.Unlock()
			s.serve(w, r, body)
		})
		_, err := s.client(t).CreateProfile(t.Context(), staff())
		if conflict := as[*ConflictError](t, err); conflict.Existing.ID != b {
			t.Errorf("%+v", conflict)
		}
	})
	t.Run("it is on its way out", func(t *testing.T) {
		t.Parallel()
		s := newTenant()
		c := s.client(t)
		if _, err := c.StartDeletion(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		s.script(listRoute, says(200, `[]`)) // a part of the tenant that is ahead of the others
		s.profiles = []object{wire(b, "Staff", `{"authoritativeSource":{"type":"SOURCE","id":"hr"}}`)}
		_, err := c.CreateProfile(t.Context(), staff())
		_ = as[*ConflictError](t, err)
	})
}
