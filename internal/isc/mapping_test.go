package isc

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestMappingEqual(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		same bool
	}{
		{`{"a":1,"b":[1,{"c":null}]}`, ` {"b": [1, {"c": null}], "a": 1.0}`, true},
		{`{"a":100}`, `{"a":1e2}`, true},
		{`{"a":9007199254740993}`, `{"a":9007199254740992}`, false},
		{`{"a":9007199254740993.0}`, `{"a":9007199254740992}`, false},
		{`{"a":"1"}`, `{"a":1}`, false},
		{`{"a":null}`, `{}`, false},
		{`{"a":[1,2]}`, `{"a":[2,1]}`, false},
		{`{"a":"\u00e4"}`, `{"a":"ä"}`, true},
		{`{"a":{}}`, `{"a":[]}`, false},
		{``, `null`, true},
		{``, `{}`, true},
		{`{"a":true}`, `{"a":false}`, false},
		{`{`, `}`, false},
		{`{`, `{`, true},
		{`{"a":1e999999999}`, `{"a":1}`, false},
	}
	for _, test := range tests {
		x, y := Mapping{"rule", json.RawMessage(test.a)}, Mapping{"rule", json.RawMessage(test.b)}
		if x.Equal(y) != test.same || y.Equal(x) != test.same {
			t.Errorf("%s and %s: want the same %t", test.a, test.b, test.same)
		}
	}
	if (Mapping{Type: "rule"}).Equal(Mapping{Type: "reference"}) {
		t.Error("another type is the same")
	}
}

// heldConfig has an order, keys and items that only the tenant understands.
const heldConfig = `{"futureKey":{"x":1.0},"enabled":false,"attributeTransforms":[
	{"identityAttributeName":"uid","transformDefinition":{"type":"rule","attributes":{"id":"Cloud <Promote> & more"},"newer":1},"extra":[1]},
	"odd",
	{"identityAttributeName":"email","transformDefinition":{"type":"accountAttribute","attributes":{"n":12345678901234567890}},"extra":true},
	{"identityAttributeName":"twice","transformDefinition":{"type":"rule"}},
	{"identityAttributeName":"twice","transformDefinition":{"type":"reference"}}]}`

func TestMappingsAreChangedInPlace(t *testing.T) {
	t.Parallel()
	const (
		uid   = `{"identityAttributeName":"uid","transformDefinition":{"type":"rule","attributes":{"id":"Cloud <Promote> & more"},"newer":1},"extra":[1]}`
		odd   = `"odd"`
		email = `{"identityAttributeName":"email","transformDefinition":{"type":"accountAttribute","attributes":{"n":12345678901234567890}},"extra":true}`
		twice = `{"identityAttributeName":"twice","transformDefinition":{"type":"rule"}}`
		again = `{"identityAttributeName":"twice","transformDefinition":{"type":"reference"}}`
	)
	tests := map[string]struct {
		change mappingChange
		want   []string // the list; nil for no change
		tail   string   // the rest of the config
	}{
		"nothing": {mappingChange{}, nil, ""},
		"the same, written otherwise": {mappingChange{set: map[string]Mapping{
			"email": {"accountAttribute", json.RawMessage(` { "n" : 12345678901234567890 } `)},
		}, enabled: ptr(false), remove: []string{"absent"}}, nil, ""},
		"one is set": {
			mappingChange{set: map[string]Mapping{"email": {"rule", json.RawMessage(`{"id":"<x>"}`)}}},
			[]string{uid, odd, `{"extra":true,"identityAttributeName":"email","transformDefinition":{"type":"rule","attributes":{"id":"<x>"}}}`, twice, again},
			"",
		},
		"two are new": {
			mappingChange{set: map[string]Mapping{"z": {Type: "rule"}, "b": {"rule", json.RawMessage(`null`)}}},
			[]string{
				uid, odd, email, twice, again,
				`{"identityAttributeName":"b","transformDefinition":{"type":"rule"}}`,
				`{"identityAttributeName":"z","transformDefinition":{"type":"rule"}}`,
			},
			"",
		},
		"one is taken away":   {mappingChange{remove: []string{"uid"}}, []string{odd, email, twice, again}, ""},
		"both of a pair are":  {mappingChange{remove: []string{"twice"}}, []string{uid, odd, email}, ""},
		"a pair becomes one":  {mappingChange{set: map[string]Mapping{"twice": {Type: "rule"}}}, []string{uid, odd, email, twice}, ""},
		"switched on":         {mappingChange{enabled: ptr(true)}, []string{uid, odd, email, twice, again}, `"enabled":true`},
		"set and taken away":  {mappingChange{set: map[string]Mapping{"n": {Type: "rule"}}, remove: []string{"n", "uid"}}, []string{odd, email, twice, again}, ""},
		"case does not match": {mappingChange{remove: []string{"UID"}}, nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			held, err := decodeMappingConfig([]byte(heldConfig))
			if err != nil {
				t.Fatal(err)
			}
			config, changed, err := held.apply(test.change)
			if err != nil || changed != (test.want != nil) {
				t.Fatalf("changed %t, %v", changed, err)
			}
			if !changed {
				return
			}
			enabled := `"enabled":false`
			if test.tail != "" {
				enabled = test.tail
			}
			want := `{"attributeTransforms":[` + strings.Join(test.want, ",") + `],` + enabled + `,"futureKey":{"x":1.0}}`
			if string(config) != want {
				t.Errorf("got  %s\nwant %s", config, want)
			}
		})
	}
}

func TestMappingThatCannotBeSent(t *testing.T) {
	t.Parallel()
	for words, set := range map[string]map[string]Mapping{
		"no identity attribute": {"": {Type: "rule"}},
		`"x" has no type`:       {"x": {}},
		`"y" are not a JSON`:    {"y": {"rule", json.RawMessage(`[1]`)}},
		`"z" are not a JSON`:    {"z": {"rule", json.RawMessage(`{`)}},
	} {
		_, _, err := mappingConfig{}.apply(mappingChange{set: set})
		contains(t, err, words)
		s := newTenant(wire(a, "Staff", ""))
		c := s.client(t)
		_, err = c.CreateProfile(t.Context(), NewProfile{Name: "New", Source: Reference{ID: "other"}, Mappings: set})
		contains(t, err, words, `create identity profile "New"`)
		_, err = c.ChangeProfile(t.Context(), a, Change{Mappings: set})
		contains(t, err, words, "change identity profile "+a)
		s.expect(t, createRoute, 0)
		s.expect(t, patchPrefix+a, 0)
	}
}
