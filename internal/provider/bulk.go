package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/bulk"
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

// bulkBlock describes bulkModel.
func bulkBlock() schema.SingleNestedBlock {
	return schema.SingleNestedBlock{
		MarkdownDescription: "How operations that Terraform asks for side by side travel together in the vendors' bulk calls.",
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

// bulkSettings is what all clients of one provider block share about bulk calls.
type bulkSettings struct {
	maxItems int           // objects in one call; 1 switches bulk calls off
	company  *bulk.Company // Terraform's callers, wherever they wait
}

// bulkSettings returns what the block says of bulk calls.
func (m providerModel) bulkSettings(ctx context.Context) (bulkSettings, diag.Diagnostics) {
	s := bulkSettings{maxItems: maxItems, company: &bulk.Company{}}
	if m.Bulk.IsNull() || m.Bulk.IsUnknown() {
		return s, nil
	}
	var model bulkModel
	diags := m.Bulk.As(ctx, &model, basetypes.ObjectAsOptions{})
	switch {
	case !model.Enabled.IsNull() && !model.Enabled.IsUnknown() && !model.Enabled.ValueBool():
		s.maxItems = 1
	case !model.MaxItems.IsNull() && !model.MaxItems.IsUnknown():
		s.maxItems = int(model.MaxItems.ValueInt64())
	}
	return s, diags
}
