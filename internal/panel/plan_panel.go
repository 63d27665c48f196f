package panel

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// planPanel settles in the plan which panel an object is on: the one the
// configuration names, or the only one. An unknown name, or none where there
// are several, is an error here, before anything is applied.
func planPanel(ctx context.Context, panels *Panels, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	at := path.Root("panel")
	var config types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, at, &config)...)
	if resp.Diagnostics.HasError() || panels == nil {
		return
	}
	if config.IsUnknown() {
		if !req.State.Raw.IsNull() { // it may turn out to be another panel
			resp.RequiresReplace = append(resp.RequiresReplace, at)
		}
		return
	}
	name, diags := panels.resolve(config.ValueString())
	resp.Diagnostics.Append(diags...)
	if diags.HasError() || name == "" {
		return
	}
	var planned types.String
	resp.Diagnostics.Append(resp.Plan.GetAttribute(ctx, at, &planned)...)
	if planned.ValueString() != name { // to set it costs more than to look
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, at, types.StringValue(name))...)
	}
	if req.State.Raw.IsNull() {
		return
	}
	var prior types.String
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, at, &prior)...)
	if prior.ValueString() != name {
		resp.RequiresReplace = append(resp.RequiresReplace, at)
	}
}
