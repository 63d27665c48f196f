package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// maxItems is how many objects travel in one call at the most. No vendor names a
// limit; fifty is a panel's largest page (panel contract §5.3) and the careful
// course for the tenant (tenant contract §3.6).
const maxItems = 50

// bulkModel says how operations travel together.
type bulkModel struct {
	MaxItems types.Int64 `tfsdk:"max_items"`
	Enabled  types.Bool  `tfsdk:"enabled"`
}

// bulkAttribute describes bulkModel.
func bulkAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "How operations that Terraform asks for side by side travel together in the vendors' bulk calls.",
		Optional:            true,
		Attributes: map[string]schema.Attribute{
			"max_items": schema.Int64Attribute{
				MarkdownDescription: "How many objects one call takes at the most, from 1 to 1000. Defaults to `50`. Terraform asks for as many at once as `-parallelism` says, ten by default.",
				Optional:            true,
				Validators:          []validator.Int64{int64validator.Between(1, 1000)},
			},
			"enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether operations travel together at all; with `false` every object has a call of its own. Defaults to `true`.",
				Optional:            true,
			},
		},
	}
}

// bulkItems returns how many objects one call takes.
func (m providerModel) bulkItems(ctx context.Context) (int, diag.Diagnostics) {
	if m.Bulk.IsNull() || m.Bulk.IsUnknown() {
		return maxItems, nil
	}
	var bulk bulkModel
	diags := m.Bulk.As(ctx, &bulk, basetypes.ObjectAsOptions{})
	switch {
	case !bulk.Enabled.IsNull() && !bulk.Enabled.IsUnknown() && !bulk.Enabled.ValueBool():
		return 1, diags
	case bulk.MaxItems.IsNull(), bulk.MaxItems.IsUnknown():
		return maxItems, diags
	}
	return int(bulk.MaxItems.ValueInt64()), diags
}
