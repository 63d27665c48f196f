package uuidtype_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

const lower, upper = "91c615e3-1040-4815-8ecb-039a18b756b5", "91C615E3-1040-4815-8ECB-039A18B756B5"

func text(s string) uuidtype.UUIDValue {
	return uuidtype.UUIDValue{StringValue: types.StringValue(s)}
}

func TestValidateAttribute(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		value uuidtype.UUIDValue
		want  string // part of the error; empty for none
	}{
		"zero value": {uuidtype.UUIDValue{}, ""},
		"null":       {uuidtype.NewUUIDNull(), ""},
		"unknown":    {uuidtype.NewUUIDUnknown(), ""},
		"lower case": {text(lower), ""},
		"upper case": {text(upper), ""},
		"nil UUID":   {text(uuid.Nil.String()), "nil UUID"},
		"empty":      {text(""), "not a UUID"},
		"braces":     {text("{" + lower + "}"), "not a UUID"},
		"urn":        {text("urn:uuid:" + lower), "not a UUID"},
		"bare":       {text(strings.ReplaceAll(lower, "-", "")), "not a UUID"},
		"space":      {text(lower + " "), "not a UUID"},
		"no digit":   {text("g" + lower[1:]), "not a UUID"},
		"word":       {text("front-door"), "not a UUID"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var resp xattr.ValidateAttributeResponse
			at := path.Root("link_id")
			test.value.ValidateAttribute(context.Background(), xattr.ValidateAttributeRequest{Path: at}, &resp)
			switch {
			case test.want == "" && resp.Diagnostics.HasError():
				t.Errorf("refused: %v", resp.Diagnostics)
			case test.want != "" && !resp.Diagnostics.HasError():
				t.Error("accepted")
			case test.want != "" && !strings.Contains(resp.Diagnostics[0].Detail(), test.want):
				t.Errorf("detail %q does not mention %q", resp.Diagnostics[0].Detail(), test.want)
			case test.want != "" && test.value.ValueUUID() != uuid.Nil:
				t.Errorf("ValueUUID() = %s", test.value.ValueUUID())
			}
		})
	}
}

func TestStringSemanticEquals(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		a, b basetypes.StringValuable
		want bool
	}{
		"same":              {text(lower), text(lower), true},
		"another case":      {text(lower), text(upper), true},
		"a plain string":    {text(lower), types.StringValue(upper), true},
		"another UUID":      {text(lower), uuidtype.NewUUIDValue(uuid.New()), false},
		"not a UUID":        {text("front"), text("front"), false},
		"null and a UUID":   {uuidtype.NewUUIDNull(), text(lower), false},
		"UUID and null":     {text(lower), uuidtype.NewUUIDNull(), false},
		"UUID and braces":   {text(lower), text("{" + lower + "}"), false},
		"unknown and a one": {uuidtype.NewUUIDUnknown(), text(lower), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, diags := test.a.(uuidtype.UUIDValue).StringSemanticEquals(context.Background(), test.b)
			if got != test.want || diags.HasError() {
				t.Errorf("StringSemanticEquals() = %t, %v; want %t", got, diags, test.want)
			}
		})
	}
}

func TestEqualComparesSpelling(t *testing.T) {
	t.Parallel()
	if !text(lower).Equal(text(lower)) || text(lower).Equal(text(upper)) || text(lower).Equal(types.StringValue(lower)) {
		t.Error("Equal must hold for the same text of the same type only")
	}
	if !(uuidtype.UUIDType{}).Equal(uuidtype.UUIDType{}) || (uuidtype.UUIDType{}).Equal(types.StringType) {
		t.Error("a UUIDType equals UUIDTypes only")
	}
}

func TestValueUUID(t *testing.T) {
	t.Parallel()
	id := uuid.MustParse(lower)
	if got := uuidtype.NewUUIDValue(id); got.ValueUUID() != id || got.ValueString() != lower {
		t.Errorf("NewUUIDValue(%s) = %s", id, got)
	}
	if got := text(upper).ValueUUID(); got != id {
		t.Errorf("ValueUUID() = %s", got)
	}
	for _, none := range []uuidtype.UUIDValue{uuidtype.NewUUIDNull(), uuidtype.NewUUIDUnknown(), {}} {
		if got := none.ValueUUID(); got != uuid.Nil {
			t.Errorf("ValueUUID() of %s = %s", none, got)
		}
	}
}

func TestValueFromTerraform(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in   tftypes.Value
		want attr.Value
	}{
		"known":   {tftypes.NewValue(tftypes.String, lower), text(lower)},
		"null":    {tftypes.NewValue(tftypes.String, nil), uuidtype.NewUUIDNull()},
		"unknown": {tftypes.NewValue(tftypes.String, tftypes.UnknownValue), uuidtype.NewUUIDUnknown()},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := uuidtype.UUIDType{}.ValueFromTerraform(context.Background(), test.in)
			if err != nil || !got.Equal(test.want) {
				t.Errorf("ValueFromTerraform() = %v, %v; want %v", got, err, test.want)
			}
			if typ := got.Type(context.Background()); !typ.Equal(uuidtype.UUIDType{}) {
				t.Errorf("Type() = %s", typ)
			}
		})
	}
	if got, err := (uuidtype.UUIDType{}).ValueFromTerraform(context.Background(), tftypes.NewValue(tftypes.Bool, true)); err == nil {
		t.Errorf("a truth value became %v", got)
	}
}
