package panel

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// keepEquivalent returns a plan modifier that plans the prior value when the
// configuration gives the same value in another spelling, by the semantic
// equality of typ's values. The new spelling is then no difference, which
// Terraform allows a provider to decide.
//
// The framework asks for semantic equality after Read, Create and Update, but
// not in a plan. The modifier belongs before RequiresReplace, which would take a
// spelling for a change.
func keepEquivalent(typ basetypes.StringTypable) planmodifier.String {
	return keepEquivalentModifier{typ: typ}
}

type keepEquivalentModifier struct {
	typ basetypes.StringTypable
}

// Description says what the modifier does, in plain text.
func (m keepEquivalentModifier) Description(context.Context) string {
	return "Another spelling of the same value is not a change."
}

// MarkdownDescription says what the modifier does.
func (m keepEquivalentModifier) MarkdownDescription(ctx context.Context) string {
	return m.Description(ctx)
}

// PlanModifyString implements the modifier. The framework hands values of custom
// types over as plain strings, so that they are made values of the type again.
func (m keepEquivalentModifier) PlanModifyString(ctx context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	// A value that the configuration does not give may not be replaced, and of
	// a null or unknown one there is no spelling.
	for _, value := range []basetypes.StringValue{req.ConfigValue, req.PlanValue, req.StateValue} {
		if value.IsNull() || value.IsUnknown() {
			return
		}
	}
	planned, diags := m.typ.ValueFromString(ctx, req.PlanValue)
	resp.Diagnostics.Append(diags...)
	prior, diags := m.typ.ValueFromString(ctx, req.StateValue)
	resp.Diagnostics.Append(diags...)
	value, ok := planned.(basetypes.StringValuableWithSemanticEquals)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	same, diags := value.StringSemanticEquals(ctx, prior)
	resp.Diagnostics.Append(diags...)
	if same && !diags.HasError() {
		resp.PlanValue = req.StateValue
	}
}
