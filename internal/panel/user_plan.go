package panel

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

// managedKey is where private state keeps the managedReferences.
const managedKey = "managed_references"

// ModifyPlan implements resource.ResourceWithModifyPlan.
func (r *userResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() { // a deletion
		return
	}
	planPanel(ctx, r.panels, req, resp)
	if req.State.Raw.IsNull() || resp.Diagnostics.HasError() {
		return
	}
	data, diags := req.Private.GetKey(ctx, managedKey)
	resp.Diagnostics.Append(diags...)
	managed, diags := decodeManaged(data)
	resp.Diagnostics.Append(diags...)
	if managed == (managedReferences{}) && resp.Plan.Raw.Equal(req.State.Raw) {
		return // most of a thousand users, and nothing of what follows would change the plan
	}
	var config, plan, state userModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}

	switch {
	case config.TimeProfiles.IsNull() && managed.TimeProfiles:
		plan.TimeProfiles = types.SetNull(uuidtype.UUIDType{})
	case config.TimeProfiles.IsNull() || sameUUIDs(config.TimeProfiles, state.TimeProfiles):
		plan.TimeProfiles = state.TimeProfiles
	}
	switch {
	case config.ApartmentLinkID.IsNull() && managed.Apartment:
		plan.ApartmentLinkID = uuidtype.NewUUIDNull()
	case config.ApartmentLinkID.IsNull():
		plan.ApartmentLinkID = state.ApartmentLinkID
	}
	if plan.Name.Equal(state.Name) && !state.HasDuplicates.IsNull() { // a namesake cannot come about by this change
		plan.HasDuplicates = state.HasDuplicates
	}
	for at, value := range map[string]any{
		"time_profiles":     plan.TimeProfiles,
		"apartment_link_id": plan.ApartmentLinkID,
		"has_duplicates":    plan.HasDuplicates,
	} {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(at), value)...)
	}
}

func decodeManaged(data []byte) (managed managedReferences, diags diag.Diagnostics) {
	if len(data) == 0 {
		return managed, nil
	}
	if err := json.Unmarshal(data, &managed); err != nil {
		diags.AddError("Unreadable private state", "The note about which references the configuration manages cannot be read: "+err.Error())
	}
	return managed, diags
}

// encodeManaged returns nothing when there is nothing to note: Terraform writes the
// whole state after every resource, so that a byte of it is paid thousands of times.
func encodeManaged(managed managedReferences) []byte {
	if managed == (managedReferences{}) {
		return nil
	}
	data, err := json.Marshal(managed)
	if err != nil { // two booleans
		panic(err)
	}
	return data
}
