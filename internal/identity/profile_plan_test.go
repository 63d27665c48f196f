package identity

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
)

// rules is a value of attribute_mappings with rules alone: a name and settings in
// turn. Settings of "?" are not known.
func rules(pairs ...string) types.Map {
	elements := map[string]attr.Value{}
	for i := 0; i < len(pairs); i += 2 {
		settings := types.StringValue(pairs[i+1])
		if pairs[i+1] == "?" {
			settings = types.StringUnknown()
		}
		elements[pairs[i]] = object(types.StringValue("rule"), settings)
	}
	return types.MapValueMust(mappingType, elements)
}

// applied is what private state has of rules.
func applied(pairs ...string) map[string]isc.Mapping {
	all := map[string]isc.Mapping{}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = hold(pairs[i+1])
	}
	return all
}

func TestPlanMappings(t *testing.T) {
	t.Parallel()
	null, unknown := types.MapNull(mappingType), types.MapUnknown(mappingType)
	const x, y, xy = `{"id":"x"}`, `{"id":"y"}`, `{"id":"x","more":1}`
	for name, test := range map[string]struct {
		config, state types.Map
		declared      map[string]isc.Mapping
		kept          bool     // the state is planned, not the configuration
		send, remove  []string // what an update would do
	}{
		"nothing":                          {null, null, nil, true, nil, nil},
		"the same":                         {rules("a", x), rules("a", x), applied("a", x), true, nil, nil},
		"spelled otherwise":                {rules("a", ` { "id" : "x" } `), rules("a", x), applied("a", x), true, nil, nil},
		"empty, as it was":                 {rules(), rules(), applied(), true, nil, nil},
		"a new one":                        {rules("a", x, "b", y), rules("a", x), applied("a", x), false, []string{"b"}, nil},
		"the first ones":                   {rules("a", x, "b", y), null, applied(), false, []string{"a", "b"}, nil},
		"another value":                    {rules("a", y), rules("a", x), applied("a", x), false, []string{"a"}, nil},
		"another value of one":             {rules("a", y, "b", y), rules("a", x, "b", y), applied("a", x, "b", y), false, []string{"a"}, nil},
		"a setting more":                   {rules("a", xy), rules("a", x), applied("a", x), false, []string{"a"}, nil},
		"a setting less":                   {rules("a", x), rules("a", xy), applied("a", xy), false, []string{"a"}, nil},
		"one less":                         {rules("a", x), rules("a", x, "b", y), applied("a", x, "b", y), false, nil, []string{"b"}},
		"none any more":                    {null, rules("a", x), applied("a", x), false, nil, []string{"a"}},
		"none any more, by {}":             {rules(), rules("a", x), applied("a", x), false, nil, []string{"a"}},
		"{} to null":                       {null, rules(), applied(), false, nil, nil},
		"null to {}":                       {rules(), null, applied(), false, nil, nil},
		"drift: gone":                      {rules("a", x), rules(), applied("a", x), false, []string{"a"}, nil},
		"drift: another value":             {rules("a", x), rules("a", y), applied("a", x), false, []string{"a"}, nil},
		"drift to what is wanted now":      {rules("a", y), rules("a", y), applied("a", x), false, []string{"a"}, nil},
		"drift: gone, and not wanted":      {rules("a", x), rules("a", x), applied("a", x, "b", y), true, nil, nil},
		"imported, all declared":           {rules("a", x), rules("a", x), nil, true, nil, nil},
		"imported, some declared":          {rules("a", x), rules("a", x, "b", y), nil, true, nil, nil},
		"imported, none declared":          {null, rules("a", x), nil, true, nil, nil},
		"imported, {} declared":            {rules(), rules("a", x), nil, true, nil, nil},
		"imported with a setting more":     {rules("a", x), rules("a", xy), nil, true, nil, nil},
		"imported, one to add":             {rules("a", x, "c", x), rules("a", x, "b", y), nil, false, []string{"c"}, nil},
		"imported, one to change":          {rules("a", y), rules("a", x, "b", y), nil, false, []string{"a"}, nil},
		"imported, one was applied":        {rules(), rules("a", x, "b", y), applied("a", x), false, nil, []string{"a"}},
		"unknown":                          {unknown, rules("a", x), applied("a", x), false, nil, nil},
		"unknown settings":                 {rules("a", "?"), rules("a", x), applied("a", x), false, nil, nil},
		"unknown settings of a new one":    {rules("a", x, "b", "?"), rules("a", x), applied("a", x), false, nil, nil},
		"unknown settings beside imported": {rules("a", "?"), rules("a", x, "b", y), nil, false, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			planned, diags := planMappings(t.Context(), test.config, test.state, test.declared)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			want := test.config
			if test.kept {
				want = test.state
			}
			if !planned.Equal(want) {
				t.Errorf("planned %s, want %s", planned, want)
			}
			if planned.IsUnknown() || strings.Contains(planned.String(), "<unknown>") {
				return // what is sent is decided when it is known
			}
			change, diags := profileModel{AttributeMappings: planned}.change(t.Context(), profileModel{AttributeMappings: test.state}, test.declared)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			if sent := names(change.Mappings); !slices.Equal(sent, test.send) || !slices.Equal(change.RemoveMappings, test.remove) {
				t.Errorf("sets %q and removes %q, want %q and %q", sent, change.RemoveMappings, test.send, test.remove)
			}
		})
	}
}

func TestUndeclared(t *testing.T) {
	t.Parallel()
	prior := map[string]mapping{"d": declare("rule", "{}"), "a": declare("rule", "{}"), "c": declare("rule", "{}"), "b": declare("rule", "{}")}
	for name, test := range map[string]struct {
		wanted           map[string]mapping
		declared         map[string]isc.Mapping
		dropped, foreign []string
	}{
		"all wanted":            {prior, applied("a", "{}"), nil, nil},
		"none wanted":           {nil, nil, nil, []string{"a", "b", "c", "d"}},
		"all were declared":     {nil, applied("a", "{}", "b", "{}", "c", "{}", "d", "{}"), []string{"a", "b", "c", "d"}, nil},
		"some of each":          {map[string]mapping{"c": declare("rule", "{}")}, applied("d", "{}", "b", "{}"), []string{"b", "d"}, []string{"a"}},
		"declared and gone":     {prior, applied("e", "{}"), nil, nil},
		"wanted and not there":  {map[string]mapping{"e": declare("rule", "{}")}, applied("e", "{}"), nil, []string{"a", "b", "c", "d"}},
		"declared, still so":    {map[string]mapping{"a": declare("rule", "{}")}, applied("a", "{}"), nil, []string{"b", "c", "d"}},
		"another of that name":  {map[string]mapping{"a": declare("other", "{}")}, applied("a", "{}", "b", "{}"), []string{"b"}, []string{"c", "d"}},
		"names in their orders": {map[string]mapping{}, applied("c", "{}", "a", "{}"), []string{"a", "c"}, []string{"b", "d"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dropped, foreign := undeclared(test.wanted, prior, test.declared)
			if !slices.Equal(dropped, test.dropped) || !slices.Equal(foreign, test.foreign) {
				t.Errorf("dropped %q and foreign %q, want %q and %q", dropped, foreign, test.dropped, test.foreign)
			}
		})
	}
}

// FuzzMappingRoundTrip declares a mapping, has a tenant take it, rewrite it and add
// to it, and expects the next plan to be empty, of a profile that was created as
// well as of one that was imported.
func FuzzMappingRoundTrip(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"attributeName":"id","sourceId":"2c918083000000000000000000000a01"}`, ` { "id" : "Lower" , "input" : {"type":"x","attributes":{}} } `,
		`{"a":[1,1.0,1e0,{"b":[]},[null]],"c":null,"d":{},"e":""}`, `{"n":9007199254740993,"m":-0.0,"o":1e999}`, `{"a":1,"a":{"b":2}}`, `{"\u0061":"<&>\u2028\ud800"}`,
	} {
		f.Add(seed, uint8(0))
		f.Add(seed, uint8(0b1011))
	}
	f.Fuzz(func(t *testing.T, attributes string, additions uint8) {
		ctx := t.Context()
		config := rules("uid", attributes)
		if attributes == "?" || validateMappings(ctx, config).HasError() {
			return
		}
		created := profileModel{Name: types.StringValue("Staff"), AttributeMappings: config}
		wanted, diags := created.newProfile(ctx)
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		held := isc.Profile{ID: "1", Name: "Staff", Mappings: map[string]isc.Mapping{
			"uid": {Type: "rule", Attributes: rewritten(t, wanted.Mappings["uid"].Attributes, additions)}, "email": hold(`{"id":"theirs"}`),
		}}
		expectNothing := func(what string, state profileModel, declared map[string]isc.Mapping) {
			diags := state.setProfile(ctx, held)
			planned, d := planMappings(ctx, config, state.AttributeMappings, declared)
			diags.Append(d...)
			if !planned.Equal(state.AttributeMappings) {
				t.Errorf("%s: %s is held as %s, and planned is %s", what, attributes, state.AttributeMappings, planned)
			}
			state.AttributeMappings, planned = planned, state.AttributeMappings
			change, d := state.change(ctx, profileModel{AttributeMappings: planned}, declared)
			diags.Append(d...)
			if len(change.Mappings)+len(change.RemoveMappings) > 0 || len(diags) > 0 {
				t.Errorf("%s: %s: %+v is sent (%v)", what, attributes, change, diags)
			}
		}
		expectNothing("created", created, map[string]isc.Mapping{"uid": wanted.Mappings["uid"]})
		expectNothing("imported", profileModel{AttributeMappings: types.MapNull(mappingType)}, nil)
	})
}

// rewritten is JSON as a tenant may keep it: in another spelling, with keys added
// to some of the objects.
func rewritten(t *testing.T, attributes json.RawMessage, additions uint8) json.RawMessage {
	t.Helper()
	value, err := decode(attributes)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	var add func(value any)
	add = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			n++
			for _, key := range names(value) {
				add(value[key])
			}
			if _, there := value["requiresPeriodicRefresh"]; !there && additions>>(n%8)&1 == 1 {
				value["requiresPeriodicRefresh"] = false
			}
		case []any:
			for _, item := range value {
				add(item)
			}
		}
	}
	add(value)
	text, err := json.MarshalIndent(value, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return text
}
