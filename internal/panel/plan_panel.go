package panel

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// planPanel plans which panel an object is on: the one that the configuration
// names, else the one that the state names, else the only one. An unknown name, or
// none where there are several, is an error here, before anything is applied. It
// reports whether the object moves to another device, which replaces it.
func planPanel(ctx context.Context, panels *Panels, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) (moves bool) {
	at := path.Root("panel")
	var config, prior, planned types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, at, &config)...)
	if resp.Diagnostics.HasError() || panels == nil {
		return false
	}
	exists := !req.State.Raw.IsNull()
	if exists {
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, at, &prior)...)
	}
	if config.IsUnknown() {
		if exists { // it may turn out to be another panel
			resp.RequiresReplace = append(resp.RequiresReplace, at)
		}
		return exists
	}
	serial, diags := rememberedSerial(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if exists && panels.has(prior.ValueString()) && (config.IsNull() || config.ValueString() == prior.ValueString()) {
		client := panels.clients[prior.ValueString()]
		switch {
		case client == nil || panels.isDevice(ctx, client, serial):
			return false // the plan has the prior name already
		case !config.IsNull():
			// The name is that of another device now. Terraform replaces an object
			// only for an attribute that changes, and the name does not.
			uid := path.Root("uid")
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, uid, types.Int64Unknown())...)
			resp.RequiresReplace = append(resp.RequiresReplace, uid)
			return true
		}
	}
	name := ""
	if config.IsNull() {
		if client := panels.bySerial(ctx, serial); client != nil {
			name = client.Name()
		}
	}
	if name == "" {
		name, diags = panels.resolve(config.ValueString())
		resp.Diagnostics.Append(diags...)
		if diags.HasError() || name == "" {
			return false
		}
	}
	resp.Diagnostics.Append(resp.Plan.GetAttribute(ctx, at, &planned)...)
	if planned.ValueString() != name { // to set it costs more than to look
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, at, types.StringValue(name))...)
	}
	if !exists || prior.ValueString() == name {
		return false
	}
	if client := panels.clients[name]; client != nil && serial != "" && panels.isDevice(ctx, client, serial) {
		return false // the same device under another name
	}
	resp.RequiresReplace = append(resp.RequiresReplace, at)
	return true
}
