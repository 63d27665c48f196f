package instanttype_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/instanttype"
)

// TestMain makes the local time zone one that shows when it is used by mistake.
func TestMain(m *testing.M) {
	time.Local = time.FixedZone("far away", 5*60*60)
	m.Run()
}

// refusal returns what ValidateAttribute says of a value, empty for nothing.
func refusal(value instanttype.InstantValue) string {
	var resp xattr.ValidateAttributeResponse
	req := xattr.ValidateAttributeRequest{Path: path.Root("start")}
	value.ValidateAttribute(context.Background(), req, &resp)
	if !resp.Diagnostics.HasError() {
		return ""
	}
	return resp.Diagnostics[0].Detail()
}

func TestValidateAttribute(t *testing.T) {
	t.Parallel()
	for _, value := range []instanttype.InstantValue{{}, instanttype.NewInstantNull(), instanttype.NewInstantUnknown()} {
		if got := refusal(value); got != "" {
			t.Errorf("%s refused: %s", value, got)
		}
		if value.IsValid() {
			t.Errorf("%s passes for valid", value)
		}
	}
	tests := map[string]string{ // to a part of the error; empty for none
		"2027-03-01T08:00:00Z":           "",
		"2027-03-01T09:00:00+01:00":      "",
		"2027-03-01T08:00:00.000Z":       "",
		"1970-01-01T00:00:00Z":           "",
		"9999-12-31T23:59:59Z":           "",
		"2028-02-29T00:00:00Z":           "",
		"":                               "not a date",
		"Z":                              "not a date",
		"tomorrow":                       "not a date",
		"2027-03-01":                     "not a date",
		"2027-03-01 08:00:00Z":           "not a date",
		"2027-03-01T8:00:00Z":            "not a date",
		"2027-03-01T08:00:00,5Z":         "not a date",
		"2027-03-01T08:00:00+24:00":      "not a date",
		"2027-03-01T08:00:00+01":         "not a date",
		"2027-03-01T08:00:00+0100":       "not a date",
		"2027-03-01T08:00:00-00:00":      "",
		"2027-03-01T24:00:00Z":           "not a date",
		"2027-02-29T00:00:00Z":           "not a date",
		"2027-03-01T08:00:00ZZ":          "not a date",
		"2027-03-01T08:00:00":            "offset",
		"2027-03-01T08:00:00.5Z":         "fraction",
		"1969-12-31T23:59:59Z":           "1970",
		"1970-01-01T00:59:59+01:00":      "1970",
		"9999-12-31T23:59:59-00:01":      "9999",
		"2027-03-01T08:00:00.000000001Z": "fraction",
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got := refusal(instanttype.NewInstantValue(text))
			if (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("refused with %q, want %q", got, want)
			}
			if valid := instanttype.NewInstantValue(text).IsValid(); valid != (want == "") {
				t.Errorf("IsValid() = %t", valid)
			}
			if want != "" && instanttype.NewInstantValue(text).ValueUnix() != 0 {
				t.Error("ValueUnix() of an invalid value is not 0")
			}
		})
	}
}

func TestStringSemanticEquals(t *testing.T) {
	t.Parallel()
	utc := instanttype.NewInstantValue("2027-03-01T08:00:00Z")
	tests := map[string]struct {
		a, b basetypes.StringValuable
		want bool
	}{
		"same":            {utc, utc, true},
		"another zone":    {utc, instanttype.NewInstantValue("2027-03-01T09:00:00+01:00"), true},
		"no fraction":     {utc, instanttype.NewInstantValue("2027-03-01T08:00:00.0Z"), true},
		"a plain string":  {utc, types.StringValue("2027-03-01T08:00:00+00:00"), true},
		"a second later":  {utc, instanttype.NewInstantValue("2027-03-01T08:00:01Z"), false},
		"not an instant":  {instanttype.NewInstantValue("x"), instanttype.NewInstantValue("x"), false},
		"null and one":    {instanttype.NewInstantNull(), instanttype.FromUnix(0), false},
		"one and null":    {instanttype.FromUnix(0), instanttype.NewInstantNull(), false},
		"unknown and one": {instanttype.NewInstantUnknown(), instanttype.FromUnix(0), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, diags := test.a.(instanttype.InstantValue).StringSemanticEquals(context.Background(), test.b)
			if got != test.want || diags.HasError() {
				t.Errorf("StringSemanticEquals() = %t, %v; want %t", got, diags, test.want)
			}
		})
	}
}

func TestUnixBothWays(t *testing.T) {
	t.Parallel()
	tests := map[int64]string{
		instanttype.MinUnix: "1970-01-01T00:00:00Z",
		instanttype.MaxUnix: "9999-12-31T23:59:59Z",
		1735639200:          "2024-12-31T10:00:00Z",
	}
	for seconds, text := range tests {
		value := instanttype.FromUnix(seconds)
		if value.ValueString() != text || value.ValueUnix() != seconds || refusal(value) != "" {
			t.Errorf("FromUnix(%d) = %s, which is %d: %s", seconds, value, value.ValueUnix(), refusal(value))
		}
	}
	for _, seconds := range []int64{instanttype.MinUnix - 1, instanttype.MaxUnix + 1, 1 << 62} {
		if value := instanttype.FromUnix(seconds); refusal(value) == "" {
			t.Errorf("FromUnix(%d) = %s passes for valid", seconds, value)
		}
	}
	if got := instanttype.NewInstantValue("2024-12-31T12:30:00+02:30").ValueUnix(); got != 1735639200 {
		t.Errorf("ValueUnix() = %d", got)
	}
}

func TestEqualComparesSpelling(t *testing.T) {
	t.Parallel()
	a, b := instanttype.FromUnix(0), instanttype.NewInstantValue("1970-01-01T00:00:00+00:00")
	if !a.Equal(instanttype.FromUnix(0)) || a.Equal(b) || a.Equal(types.StringValue(a.ValueString())) {
		t.Error("Equal must hold for the same text of the same type only")
	}
	if !(instanttype.InstantType{}).Equal(instanttype.InstantType{}) || (instanttype.InstantType{}).Equal(types.StringType) {
		t.Error("an InstantType equals InstantTypes only")
	}
}

func TestValueFromTerraform(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in   tftypes.Value
		want attr.Value
	}{
		"known":   {tftypes.NewValue(tftypes.String, "1970-01-01T00:00:00Z"), instanttype.FromUnix(0)},
		"null":    {tftypes.NewValue(tftypes.String, nil), instanttype.NewInstantNull()},
		"unknown": {tftypes.NewValue(tftypes.String, tftypes.UnknownValue), instanttype.NewInstantUnknown()},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := instanttype.InstantType{}.ValueFromTerraform(context.Background(), test.in)
			if err != nil || !got.Equal(test.want) {
				t.Errorf("ValueFromTerraform() = %v, %v; want %v", got, err, test.want)
			}
			if typ := got.Type(context.Background()); !typ.Equal(instanttype.InstantType{}) {
				t.Errorf("Type() = %s", typ)
			}
		})
	}
	if got, err := (instanttype.InstantType{}).ValueFromTerraform(context.Background(), tftypes.NewValue(tftypes.Bool, true)); err == nil {
		t.Errorf("a truth value became %v", got)
	}
}

func TestOffset(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"2027-03-01T08:00:00Z": 0, "2027-03-01T08:00:00+00:00": 0, "2027-03-01T08:00:00-00:00": 0,
		"2027-03-01T08:00:00+01:00": 3600, "2027-03-01T08:00:00+05:30": 19800, "2027-03-01T08:00:00-05:00": -18000,
		"2027-03-01T08:00:00": 0, "tonight": 0,
	} {
		if got := instanttype.NewInstantValue(text).Offset(); got != want {
			t.Errorf("Offset() of %q is %d, want %d", text, got, want)
		}
	}
	if got := instanttype.NewInstantUnknown().Offset(); got != 0 {
		t.Errorf("Offset() of an unknown value is %d", got)
	}
}
