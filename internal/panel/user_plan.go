package panel

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

// managedKey is where private state keeps the managedReferences.
const managedKey = "managed_references"

// ModifyPlan implements resource.ResourceWithModifyPlan.
func (r *userResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	ctx = basip.ForPlan(ctx)
	prior := userKind.stored(req.State.Raw)
	if req.Plan.Raw.IsNull() { // a deletion
		resp.Diagnostics.Append(r.panels.goes(prior)...)
		resp.Diagnostics.Append(r.panels.planDeletion()...)
		return
	}
	moves := planPanel(ctx, r.panels, req, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		r.planCreation(ctx, req, resp)
		return
	}
	data, diags := req.Private.GetKey(ctx, managedKey)
	resp.Diagnostics.Append(diags...)
	managed, diags := decodeManaged(data)
	resp.Diagnostics.Append(diags...)
	if managed == (managedReferences{}) && resp.Plan.Raw.Equal(req.State.Raw) {
		// Most of a thousand users, and nothing of what follows would change the plan.
		resp.Diagnostics.Append(r.panels.keeps(prior, prior.name)...)
		return
	}
	var config, plan, state userModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}

	switch {
	case config.TimeProfiles.IsNull() && managed.TimeProfiles:
		plan.TimeProfiles = types.SetValueMust(uuidtype.UUIDType{}, nil)
		if len(state.TimeProfiles.Elements()) > 0 {
			resp.Diagnostics.Append(warnUnrestricted(plan.object()))
		}
	case config.TimeProfiles.IsNull() || sameSets(ctx, config.TimeProfiles, state.TimeProfiles):
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
	resp.Diagnostics.Append(planReferences(ctx, plan, resp)...)
	if moves || !plan.LinkID.Equal(state.LinkID) { // Terraform asks for the creation next
		resp.Diagnostics.Append(r.panels.goes(prior)...)
		resp.Diagnostics.Append(r.panels.planDeletion()...)
		return
	}
	resp.Diagnostics.Append(r.panels.keeps(plan.object(), prior.name)...)
	resp.Diagnostics.Append(warnReplacedProfiles(ctx, r.panels, plan.object(), state.TimeProfiles)...)
	if !plan.Name.Equal(state.Name) {
		resp.Diagnostics.Append(checkName(ctx, r.panels, actionUpdate, plan.object(), userCollection)...)
	}
	if !plan.TimeProfiles.Equal(state.TimeProfiles) {
		resp.Diagnostics.Append(checkTimeProfiles(ctx, r.panels, plan.object(), plan.TimeProfiles)...)
	}
}

// planCreation plans a user that is new: with what the configuration leaves out
// known, and after a look at the panel.
func (r *userResource) planCreation(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var config, plan userModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if config.TimeProfiles.IsNull() {
		plan.TimeProfiles = types.SetValueMust(uuidtype.UUIDType{}, nil)
		resp.Diagnostics.Append(warnUnrestricted(plan.object()))
	}
	if config.ApartmentLinkID.IsNull() {
		plan.ApartmentLinkID = uuidtype.NewUUIDNull()
	}
	plan.HasDuplicates = types.BoolValue(false) // a creation under a name that is taken is refused
	resp.Diagnostics.Append(planReferences(ctx, plan, resp)...)
	resp.Diagnostics.Append(r.panels.creates(plan.object())...)
	if r.panels != nil {
		if _, forced := r.panels.planned.replaces(plan.object()); forced {
			resp.Diagnostics.Append(r.panels.planDeletion()...)
		}
	}
	resp.Diagnostics.Append(checkName(ctx, r.panels, actionCreate, plan.object(), userCollection)...)
	resp.Diagnostics.Append(checkTimeProfiles(ctx, r.panels, plan.object(), plan.TimeProfiles)...)
}

// planReferences sets what ModifyPlan decides.
func planReferences(ctx context.Context, plan userModel, resp *resource.ModifyPlanResponse) (diags diag.Diagnostics) {
	for at, value := range map[string]any{
		"time_profiles":     plan.TimeProfiles,
		"apartment_link_id": plan.ApartmentLinkID,
		"has_duplicates":    plan.HasDuplicates,
	} {
		diags.Append(resp.Plan.SetAttribute(ctx, path.Root(at), value)...)
	}
	return diags
}

// sameSets reports whether two sets that are known hold the same UUIDs, in any
// spelling.
func sameSets(ctx context.Context, a, b types.Set) bool {
	if b.IsNull() || b.IsUnknown() {
		return false
	}
	ids, diags := uuids(ctx, b)
	return !diags.HasError() && sameUUIDs(a, ids)
}

func userCollection(client *basip.Client) nameChecker { return client.Users() }

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
