package isc

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// owned is a profile with everything that a change can take away.
const owned = `{"description":"Old","owner":{"type":"IDENTITY","id":"o1","name":"One"},"identityAttributeConfig":` + heldConfig + `}`

func TestChangeSendsWhatDiffers(t *testing.T) {
	t.Parallel()
	set := func(m map[string]Mapping) Change { return Change{Mappings: m} }
	const tail = `],"enabled":false,"futureKey":{"x":1}}}]`
	tests := map[string]struct {
		held    string // more keys of the profile
		without string // a key that it lacks
		change  Change
		patch   string // empty for none
	}{
		"nothing": {owned, "", Change{}, ""},
		"nothing new": {owned, "", Change{
			Name: ptr("Staff"), Description: ptr("Old"), Owner: &Reference{"o1", "Other name"}, Priority: ptr(int64(10)),
			Source: &Reference{ID: "s" + a}, MappingsEnabled: ptr(false), RemoveMappings: []string{"absent"},
			Mappings: map[string]Mapping{"twice": {Type: "rule"}},
		}, `[{"op":"replace","path":"/identityAttributeConfig"`}, // the second of the pair goes
		"all but the source": {owned, "", Change{
			Name: ptr("People & <more>"), Description: ptr("New"), Owner: &Reference{"o2", "Two"}, Priority: ptr(int64(0)), MappingsEnabled: ptr(true),
		}, `[{"op":"replace","path":"/name","value":"People & <more>"},{"op":"replace","path":"/description","value":"New"},` +
			`{"op":"replace","path":"/owner","value":{"type":"IDENTITY","id":"o2"}},{"op":"replace","path":"/priority","value":0},` +
			`{"op":"replace","path":"/identityAttributeConfig","value":{"attributeTransforms":[`},
		"taken away":           {owned, "", Change{Description: ptr(""), Owner: &Reference{}}, `[{"op":"remove","path":"/description"},{"op":"remove","path":"/owner"}]`},
		"taken away where not": {`{}`, "", Change{Description: ptr(""), Owner: &Reference{}}, ""},
		"null is replaced":     {`{}`, "", Change{Description: ptr("New"), Owner: &Reference{ID: "o2"}}, `[{"op":"replace","path":"/description","value":"New"},{"op":"replace","path":"/owner","value":{"type":"IDENTITY","id":"o2"}}]`},
		"missing is added":     {`{}`, "description", Change{Description: ptr("New")}, `[{"op":"add","path":"/description","value":"New"}]`},
		"no mappings yet":      {`{}`, "identityAttributeConfig", set(map[string]Mapping{"x": {Type: "rule"}}), `[{"op":"add","path":"/identityAttributeConfig","value":{"attributeTransforms":[{"identityAttributeName":"x","transformDefinition":{"type":"rule"}}]}}]`},
		"null mappings":        {`{"identityAttributeConfig":null}`, "", Change{MappingsEnabled: ptr(false)}, `[{"op":"replace","path":"/identityAttributeConfig","value":{"attributeTransforms":[],"enabled":false}}]`},
		"one mapping": {owned, "", set(map[string]Mapping{"email": {"rule", json.RawMessage(`{"id":"x"}`)}}), `[{"op":"replace","path":"/identityAttributeConfig","value":{"attributeTransforms":[` +
			`{"extra":[1],"identityAttributeName":"uid","transformDefinition":{"attributes":{"id":"Cloud \u003cPromote\u003e \u0026 more"},"newer":1,"type":"rule"}},"odd",` +
			`{"extra":true,"identityAttributeName":"email","transformDefinition":{"type":"rule","attributes":{"id":"x"}}},` +
			`{"identityAttributeName":"twice","transformDefinition":{"type":"rule"}},{"identityAttributeName":"twice","transformDefinition":{"type":"reference"}}` + tail},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			held := wire(a, "Staff", test.held)
			delete(held, test.without)
			s := newTenant(held)
			got, err := s.client(t).ChangeProfile(t.Context(), a, test.change)
			if err != nil || got.ID != a {
				t.Fatalf("%+v, %v", got, err)
			}
			s.expect(t, getPrefix+a, 1)
			sent := s.sent(patchPrefix + a)
			if test.patch == "" {
				if len(sent) != 0 {
					t.Errorf("sent %s", sent[0].body)
				}
				return
			}
			if len(sent) != 1 || !strings.HasPrefix(sent[0].body, test.patch) {
				t.Fatalf("sent %v\nwant one that begins %s", sent, test.patch)
			}
			if test.change.Name != nil && got.Name != *test.change.Name {
				t.Errorf("the answer is not what is returned: %+v", got)
			}
		})
	}
}

func TestSourceAndMappingsTravelApart(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", owned))
	// The tenant adds a mapping of its own when the source changes, and its answer
	// does not show the mappings at all.
	s.script(patchPrefix+a, doneThen(func(s *tenant, w http.ResponseWriter, _ *http.Request, _ []byte) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.profiles[0]["identityAttributeConfig"] = parse(`{"enabled":false,"attributeTransforms":[{"identityAttributeName":"fresh","transformDefinition":{"type":"rule"}}]}`)
		write(w, 200, `{"id":"`+a+`","authoritativeSource":{"id":"hr"}}`)
	}))
	got, err := s.client(t).ChangeProfile(t.Context(), a, Change{
		Name: ptr("People"), Source: &Reference{ID: "hr"}, Mappings: map[string]Mapping{"uid": {Type: "rule"}}, RemoveMappings: []string{"email"},
	})
	if err != nil || got.Name != "People" || got.Source.ID != "hr" || len(got.Mappings) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	sent := s.sent(patchPrefix + a)
	want := []string{
		`[{"op":"replace","path":"/name","value":"People"},{"op":"replace","path":"/authoritativeSource","value":{"type":"SOURCE","id":"hr"}}]`,
		`[{"op":"replace","path":"/identityAttributeConfig","value":{"attributeTransforms":[{"identityAttributeName":"fresh","transformDefinition":{"type":"rule"}},` +
			`{"identityAttributeName":"uid","transformDefinition":{"type":"rule"}}],"enabled":false}}]`,
	}
	if len(sent) != 2 || sent[0].body != want[0] || sent[1].body != want[1] {
		t.Errorf("sent %v", sent)
	}
}

func TestSourceAloneIsOnePatch(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", owned))
	if got, err := s.client(t).ChangeProfile(t.Context(), a, Change{Source: &Reference{ID: "hr"}}); err != nil || got.Source.ID != "hr" {
		t.Errorf("%+v, %v", got, err)
	}
	s.expect(t, patchPrefix+a, 1)
}

func TestMappingsThatComeBackInAnotherShapeAreSentOnce(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	s.script(patchPrefix+a, func(s *tenant, w http.ResponseWriter, _ *http.Request, _ []byte) {
		write(w, 200, `{"id":"`+a+`","identityAttributeConfig":{"attributeTransforms":[{"identityAttributeName":"x","transformDefinition":{"type":"reference","attributes":{"other":"shape"}}}]}}`)
	})
	got, err := s.client(t).ChangeProfile(t.Context(), a, Change{Mappings: map[string]Mapping{"x": {"reference", json.RawMessage(`{"id":"y"}`)}}})
	if err != nil || !strings.Contains(string(got.Mappings["x"].Attributes), "shape") {
		t.Errorf("%+v, %v; want what the tenant made of it", got, err)
	}
	s.expect(t, patchPrefix+a, 1)
}

func TestHalfAChangeIsReturnedWithItsError(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	s.script(patchPrefix+a, nil, says(400, errorBody("400.1.3 Illegal value", "No such attribute.")))
	got, err := s.client(t).ChangeProfile(t.Context(), a, Change{Source: &Reference{ID: "hr"}, Mappings: map[string]Mapping{"x": {Type: "rule"}}})
	contains(t, err, "No such attribute.", "change identity profile "+a)
	if got.Source.ID != "hr" || len(got.Mappings) != 0 {
		t.Errorf("returned %+v, want the new source and the old mappings", got)
	}
	s.expect(t, patchPrefix+a, 2)
}

func TestLostAnswerOfAChange(t *testing.T) {
	t.Parallel()
	change := Change{Name: ptr("People"), Description: ptr(""), Mappings: map[string]Mapping{"x": {Type: "rule"}}}
	for name, lost := range map[string]reply{"500": says(500, ""), "cut": cut, "in vain": hangs, "408": says(408, "")} {
		tests := map[string]struct {
			replies []reply
			patches int
			failure bool
		}{
			"done":               {[]reply{doneThen(lost)}, 1, false},
			"not done":           {[]reply{lost}, 2, false},
			"done at the second": {[]reply{lost, doneThen(lost)}, 2, false},
			"never done":         {[]reply{lost, lost, lost}, 2, true},
		}
		for outcome, test := range tests {
			t.Run(name+" "+outcome, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newTenant(wire(a, "Staff", owned))
					s.script(patchPrefix+a, test.replies...)
					got, err := s.inMemory(t).ChangeProfile(t.Context(), a, change)
					s.expect(t, patchPrefix+a, test.patches)
					if test.failure {
						_ = as[*UnconfirmedError](t, err)
						contains(t, err, "may have carried it out", a, "Apply again")
						return
					}
					if err != nil || got.Name != "People" || got.Description != "" || got.Mappings["x"].Type != "rule" {
						t.Errorf("%+v, %v", got, err)
					}
				})
			})
		}
	}
	t.Run("and reading fails", func(t *testing.T) {
		t.Parallel()
		s := newTenant(wire(a, "Staff", owned))
		s.script(patchPrefix+a, cut)
		s.script(getPrefix+a, nil, says(403, ""))
		got, err := s.client(t).ChangeProfile(t.Context(), a, change)
		_ = as[*UnconfirmedError](t, err)
		if got.Name != "Staff" {
			t.Errorf("returned %+v, want what was last seen", got)
		}
		s.expect(t, patchPrefix+a, 1)
	})
}

func TestChangeOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	s := newTenant()
	if _, err := s.client(t).ChangeProfile(t.Context(), a, Change{Name: ptr("x")}); !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v, want ErrNotFound", err)
	}
	s.expect(t, patchPrefix+a, 0)

	s = newTenant(wire(a, "Staff", ""))
	s.script(patchPrefix+a, says(404, errorBody("404 Not found", "It is gone.")))
	if _, err := s.client(t).ChangeProfile(t.Context(), a, Change{Name: ptr("x")}); !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v, want ErrNotFound", err)
	}
}

func TestUnreadableAnswerOfAChangeIsReadBack(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "<html>", `{}`, `null`} {
		s := newTenant(wire(a, "Staff", ""))
		s.script(patchPrefix+a, doneThen(says(200, body)))
		if got, err := s.client(t).ChangeProfile(t.Context(), a, Change{Name: ptr("x")}); err != nil || got.Name != "x" {
			t.Errorf("%q: %+v, %v", body, got, err)
		}
		s.expect(t, patchPrefix+a, 1)
	}
}

// The mappings are replaced as a whole: those that an answer leaves out are not gone.
func TestMappingsThatAnAnswerLeavesOutAreKept(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]string{
		"missing": "", "null": `,"identityAttributeConfig":null`, "no list": `,"identityAttributeConfig":{"enabled":true,"attributeTransforms":null}`,
	} {
		sparse := says(200, `{"id":"`+a+`","name":"Staff"`+config+`}`)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTenant(wire(a, "Staff", owned))
			s.script(getPrefix+a, sparse)
			if _, err := s.client(t).ChangeProfile(t.Context(), a, Change{Mappings: map[string]Mapping{"x": {Type: "rule"}}}); err != nil {
				t.Fatal(err)
			}
			if sent := s.sent(patchPrefix + a); len(sent) != 1 || !strings.Contains(sent[0].body, `"uid"`) || !strings.Contains(sent[0].body, `"x"`) {
				t.Errorf("sent %+v, want the mappings that were there and the new one", sent)
			}
			s.expect(t, listRoute, 1)
		})
		t.Run(name+", and the listing fails", func(t *testing.T) {
			t.Parallel()
			s := newTenant(wire(a, "Staff", owned))
			s.script(getPrefix+a, sparse)
			s.always[listRoute] = says(403, "")
			_, err := s.client(t).ChangeProfile(t.Context(), a, Change{RemoveMappings: []string{"uid"}})
			contains(t, err, "does not tell the mappings", "idn:identity-profile:read")
			s.expect(t, patchPrefix+a, 0)
		})
	}
}
