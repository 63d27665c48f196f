package panel

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/instanttype"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

const (
	lowerUUID = "91c615e3-1040-4815-8ecb-039a18b756b5"
	upperUUID = "91C615E3-1040-4815-8ECB-039A18B756B5"
	otherUUID = "0b2f7a5e-3c41-4c8e-9a54-6f0d2b1c7e93"
	utcTime   = "2027-03-01T08:00:00Z"
	zonedTime = "2027-03-01T09:00:00+01:00"
	otherTime = "2027-03-01T09:00:00Z"
)

func TestKeepEquivalent(t *testing.T) {
	t.Parallel()
	null, unknown := types.StringNull(), types.StringUnknown()
	text := types.StringValue
	tests := map[string]struct {
		typ                 basetypes.StringTypable
		config, plan, state types.String
		want                types.String
	}{
		"another case":         {uuidtype.UUIDType{}, text(upperUUID), text(upperUUID), text(lowerUUID), text(lowerUUID)},
		"another UUID":         {uuidtype.UUIDType{}, text(otherUUID), text(otherUUID), text(lowerUUID), text(otherUUID)},
		"another zone":         {instanttype.InstantType{}, text(zonedTime), text(zonedTime), text(utcTime), text(utcTime)},
		"another instant":      {instanttype.InstantType{}, text(otherTime), text(otherTime), text(utcTime), text(otherTime)},
		"not in configuration": {uuidtype.UUIDType{}, null, text(upperUUID), text(lowerUUID), text(upperUUID)},
		"creation":             {uuidtype.UUIDType{}, text(upperUUID), text(upperUUID), null, text(upperUUID)},
		"unknown":              {uuidtype.UUIDType{}, unknown, unknown, text(lowerUUID), unknown},
		"removed":              {instanttype.InstantType{}, null, null, text(utcTime), null},
		"not valid":            {instanttype.InstantType{}, text("x"), text("x"), text("y"), text("x")},
		"a plain string":       {types.StringType, text(upperUUID), text(upperUUID), text(lowerUUID), text(upperUUID)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := planmodifier.StringRequest{ConfigValue: test.config, PlanValue: test.plan, StateValue: test.state}
			resp := &planmodifier.StringResponse{PlanValue: test.plan}
			keepEquivalent(test.typ).PlanModifyString(context.Background(), req, resp)
			if !resp.PlanValue.Equal(test.want) || resp.Diagnostics.HasError() {
				t.Errorf("planned %s, %v; want %s", resp.PlanValue, resp.Diagnostics, test.want)
			}
		})
	}
}

// TestSpellingIsNoDifference plans through the framework, which is what decides
// how the modifiers of an attribute act together.
func TestSpellingIsNoDifference(t *testing.T) {
	t.Parallel()
	state := spelled{link: lowerUUID, start: utcTime, until: utcTime}
	tests := map[string]struct {
		config  spelled
		want    spelled
		replace bool
	}{
		"the same":             {state, state, false},
		"another case":         {spelled{upperUUID, utcTime, utcTime}, state, false},
		"another zone":         {spelled{lowerUUID, zonedTime, utcTime}, state, false},
		"another zone, nested": {spelled{lowerUUID, utcTime, zonedTime}, state, false},
		"another UUID":         {spelled{otherUUID, utcTime, utcTime}, spelled{otherUUID, utcTime, utcTime}, true},
		"another instant":      {spelled{lowerUUID, otherTime, zonedTime}, spelled{lowerUUID, otherTime, utcTime}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, err := providerserver.NewProtocol6(spellingProvider{})().PlanResourceChange(context.Background(),
				&tfprotov6.PlanResourceChangeRequest{
					TypeName:         "spelling",
					PriorState:       state.encode(t),
					ProposedNewState: test.config.encode(t),
					Config:           test.config.encode(t),
				})
			if err != nil || len(resp.Diagnostics) > 0 {
				t.Fatalf("plan: %v, %v", err, resp.Diagnostics)
			}
			got, err := resp.PlannedState.Unmarshal(spellingType())
			if err != nil || !got.Equal(test.want.value()) {
				t.Errorf("planned %s, %v; want %s", got, err, test.want.value())
			}
			if replace := len(resp.RequiresReplace) > 0; replace != test.replace {
				t.Errorf("replacement: %t, want %t", replace, test.replace)
			}
		})
	}
}

// spelled is an object of the resource spelling.
type spelled struct{ link, start, until string }

func spellingType() tftypes.Object {
	return tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"link_id": tftypes.String,
		"start":   tftypes.String,
		"repeat":  tftypes.Object{AttributeTypes: map[string]tftypes.Type{"until": tftypes.String}},
	}}
}

func (s spelled) value() tftypes.Value {
	typ := spellingType()
	return tftypes.NewValue(typ, map[string]tftypes.Value{
		"link_id": tftypes.NewValue(tftypes.String, s.link),
		"start":   tftypes.NewValue(tftypes.String, s.start),
		"repeat": tftypes.NewValue(typ.AttributeTypes["repeat"], map[string]tftypes.Value{
			"until": tftypes.NewValue(tftypes.String, s.until),
		}),
	})
}

func (s spelled) encode(t *testing.T) *tfprotov6.DynamicValue {
	t.Helper()
	value, err := tfprotov6.NewDynamicValue(spellingType(), s.value())
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

// spellingProvider has one resource, made of attributes that can be spelled in
// more than one way.
type spellingProvider struct{ provider.Provider }

func (spellingProvider) Metadata(context.Context, provider.MetadataRequest, *provider.MetadataResponse) {
}

func (spellingProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (spellingProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return spellingResource{} }}
}

func (spellingProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

type spellingResource struct{ resource.Resource }

func (spellingResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "spelling"
}

func (spellingResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema.Attributes = map[string]schema.Attribute{
		"link_id": linkIDAttribute("thing"),
		"start":   instantAttribute(schema.StringAttribute{Required: true}),
		"repeat": schema.SingleNestedAttribute{
			Optional:   true,
			Attributes: map[string]schema.Attribute{"until": instantAttribute(schema.StringAttribute{Optional: true})},
		},
	}
}
