package identity

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
)

// declare is a mapping of a configuration.
func declare(kind, attributes string) mapping {
	return mapping{Type: types.StringValue(kind), Attributes: types.StringValue(attributes)}
}

// hold is a rule of the tenant.
func hold(attributes string) isc.Mapping {
	return isc.Mapping{Type: "rule", Attributes: json.RawMessage(attributes)}
}

func TestFulfils(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		held, declared string
		want, back     bool // whether the one fulfils the other, and the other way round
	}{
		"the same":                    {`{"a":1}`, `{"a":1}`, true, true},
		"nothing at all":              {`{}`, `{}`, true, true},
		"the order of keys":           {`{"a":1,"b":{"c":2,"d":3}}`, `{"b":{"d":3,"c":2},"a":1}`, true, true},
		"blanks":                      {"{\"a\":1}", " {\n\"a\" : 1\t} ", true, true},
		"escapes":                     {`{"a":"A<"}`, `{"a":"\u0041\u003c"}`, true, true},
		"a fraction of zero":          {`{"a":1}`, `{"a":1.0}`, true, true},
		"an exponent":                 {`{"a":100}`, `{"a":1e2}`, true, true},
		"a number and another":        {`{"a":1}`, `{"a":1.5}`, false, false},
		"numbers beyond a float's":    {`{"a":9007199254740993}`, `{"a":9007199254740992}`, false, false},
		"a large one and a float":     {`{"a":9007199254740993}`, `{"a":9007199254740992.0}`, false, false},
		"digits of a fraction":        {`{"a":0.5}`, `{"a":0.50}`, true, true},
		"a number that is no float":   {`{"a":1e999}`, `{"a":2e999}`, false, false},
		"a number and its text":       {`{"a":1}`, `{"a":"1"}`, false, false},
		"true and its text":           {`{"a":true}`, `{"a":"true"}`, false, false},
		"true and false":              {`{"a":true}`, `{"a":false}`, false, false},
		"a key that the tenant adds":  {`{"a":1,"b":2}`, `{"a":1}`, true, false},
		"a key that it adds deeper":   {`{"a":{"b":1,"c":2}}`, `{"a":{"b":1}}`, true, false},
		"a key it adds in a list":     {`{"a":[{"b":1,"c":2}]}`, `{"a":[{"b":1}]}`, true, false},
		"keys added to none":          {`{"a":1}`, `{}`, true, false},
		"keys added to an empty one":  {`{"a":{"b":1}}`, `{"a":{}}`, true, false},
		"an item that the tenant has": {`{"a":[1,2]}`, `{"a":[1]}`, false, false},
		"the order of a list":         {`{"a":[1,2]}`, `{"a":[2,1]}`, false, false},
		"null and absent":             {`{}`, `{"a":null}`, true, true},
		"an empty list and absent":    {`{}`, `{"a":[]}`, true, true},
		"an empty object and null":    {`{"a":null}`, `{"a":{}}`, true, true},
		"null and a value":            {`{"a":1}`, `{"a":null}`, false, false},
		"null and an object":          {`{"a":{"b":1}}`, `{"a":null}`, false, false},
		"an empty text is a text":     {`{}`, `{"a":""}`, false, true},
		"zero is a number":            {`{}`, `{"a":0}`, false, true},
		"false is a value":            {`{}`, `{"a":false}`, false, true},
		"an object and a text":        {`{"a":{"b":1}}`, `{"a":"b"}`, false, false},
		"a list and an object":        {`{"a":[1]}`, `{"a":{"b":1}}`, false, false},
		"no attributes at all":        {``, `{}`, true, true},
		"JSON's null":                 {`null`, `{}`, true, true},
		"no JSON":                     {`{`, `{}`, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := fulfils(hold(test.held), declare("rule", test.declared)); got != test.want {
				t.Errorf("%s fulfils %s: %v, want %v", test.held, test.declared, got, test.want)
			}
			if got := fulfils(hold(test.declared), declare("rule", test.held)); got != test.back {
				t.Errorf("%s fulfils %s: %v, want %v", test.declared, test.held, got, test.back)
			}
			if fulfils(hold(test.held), declare("reference", test.declared)) {
				t.Errorf("a rule is taken for a reference")
			}
		})
	}
}

func TestCoversItself(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`null`, `0`, `-0.0`, `""`, `"x"`, `true`, `[]`, `[null]`, `[[],{}]`, `{}`, `{"a":null}`, `{"a":[{"b":[1,null]}]}`, `1e999`, `9007199254740993`} {
		value, err := decode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if !covers(value, value) {
			t.Errorf("%s does not cover itself", text)
		}
	}
}

func TestHeldMappingIsNormalized(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ held, want string }{
		{``, `{}`},
		{`null`, `{}`},
		{`{}`, `{}`},
		{` { "b" : 1.0, "a" : [ 1 ] } `, `{"a":[1],"b":1.0}`},
		{`{"a":9007199254740993}`, `{"a":9007199254740993}`},
		{`{"a":"<&>"}`, "{\"a\":\"\\u003c\\u0026\\u003e\"}"}, // as jsonencode writes it
		{`{`, `{`},
	} {
		held, want := test.held, test.want
		got := heldMapping(hold(held))
		if got.Type.ValueString() != "rule" || got.Attributes.ValueString() != want {
			t.Errorf("%s is held as %s, want %s", held, got.Attributes, want)
		}
	}
}

// object is an element of attribute_mappings.
func object(kind, attributes attr.Value) attr.Value {
	return types.ObjectValueMust(mappingType.AttrTypes, map[string]attr.Value{"type": kind, "attributes": attributes})
}

func TestValidateMappings(t *testing.T) {
	t.Parallel()
	rule, settings := types.StringValue("rule"), types.StringValue(`{"id":"X"}`)
	for name, test := range map[string]struct {
		element attr.Value
		want    string // in the one error; empty for none
	}{
		"a mapping":                {object(rule, settings), ""},
		"no settings":              {object(rule, types.StringValue("{}")), ""},
		"unknown":                  {types.ObjectUnknown(mappingType.AttrTypes), ""},
		"an unknown type":          {object(types.StringUnknown(), settings), ""},
		"unknown settings":         {object(rule, types.StringUnknown()), ""},
		"null":                     {types.ObjectNull(mappingType.AttrTypes), `The mapping of "uid" is null`},
		"a null type":              {object(types.StringNull(), settings), "has no type"},
		"an empty type":            {object(types.StringValue(""), settings), "has no type"},
		"no type, unknown else":    {object(types.StringValue(""), types.StringUnknown()), "has no type"},
		"null settings":            {object(rule, types.StringNull()), "are not a JSON object"},
		"empty settings":           {object(rule, types.StringValue("")), "are not a JSON object"},
		"no JSON":                  {object(rule, types.StringValue("{id: 1}")), "are not a JSON object"},
		"more than JSON":           {object(rule, types.StringValue("{} {}")), "are not a JSON object"},
		"a list":                   {object(rule, types.StringValue("[]")), "are not a JSON object"},
		"a text":                   {object(rule, types.StringValue(`"x"`)), "are not a JSON object"},
		"JSON's null":              {object(rule, types.StringValue("null")), "are not a JSON object"},
		"no JSON, and unknown one": {object(types.StringUnknown(), types.StringValue("x")), "are not a JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diags := validateMappings(t.Context(), types.MapValueMust(mappingType, map[string]attr.Value{"email": object(rule, settings), "uid": test.element}))
			if test.want == "" {
				if len(diags) > 0 {
					t.Errorf("refused: %v", diags)
				}
				return
			}
			if len(diags) != 1 || !strings.Contains(diags[0].Detail(), test.want) {
				t.Fatalf("diagnostics %v, want one with %q", diags, test.want)
			}
			at, ok := diags[0].(diag.DiagnosticWithPath)
			if !ok || at.Path().String() != `attribute_mappings["uid"]` {
				t.Errorf("the error is not at the mapping: %v", diags[0])
			}
		})
	}
	for name, value := range map[string]types.Map{"null": types.MapNull(mappingType), "unknown": types.MapUnknown(mappingType)} {
		if diags := validateMappings(t.Context(), value); len(diags) > 0 {
			t.Errorf("%s is refused: %v", name, diags)
		}
	}
}
