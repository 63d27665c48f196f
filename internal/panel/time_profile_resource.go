package panel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

var (
	_ resource.Resource                   = (*timeProfileResource)(nil)
	_ resource.ResourceWithConfigure      = (*timeProfileResource)(nil)
	_ resource.ResourceWithImportState    = (*timeProfileResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*timeProfileResource)(nil)
	_ resource.ResourceWithValidateConfig = (*timeProfileResource)(nil)
)

// timeProfileResource is gatehouse_panel_time_profile.
type timeProfileResource struct {
	configured
	now func() time.Time // for what lies in the past
}

// NewTimeProfileResource returns the resource gatehouse_panel_time_profile.
func NewTimeProfileResource() resource.Resource { return &timeProfileResource{now: time.Now} }

// object names the time profile in diagnostics.
func (m timeProfileModel) object() object {
	return object{resource: "gatehouse_panel_time_profile", noun: "time profile", panel: m.Panel.ValueString(), linkID: m.LinkID.ValueString(), name: m.Name.ValueString()}
}

// Metadata implements resource.Resource.
func (r *timeProfileResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_panel_time_profile"
}

// Schema implements resource.Resource.
func (r *timeProfileResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = timeProfileSchema(ctx)
}

// ValidateConfig implements resource.ResourceWithValidateConfig.
func (r *timeProfileResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config timeProfileModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(validateTimeProfile(ctx, config)...)
}

// Create implements resource.Resource.
func (r *timeProfileResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan timeProfileModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, diags := r.panels.client(ctx, plan.object(), "")
	resp.Diagnostics.Append(diags...)
	timeout, diags := plan.Timeouts.Create(ctx, createTimeout)
	resp.Diagnostics.Append(diags...)
	if plan.LinkID.IsUnknown() {
		plan.LinkID = uuidtype.NewUUIDValue(uuid.New())
	}
	profile, diags := plan.profile(ctx)
	plan.Schedule = plan.schedule(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	stored, err := client.TimeProfiles().Create(ctx, profile)
	var unconfirmed *basip.UnconfirmedError
	switch {
	case err == nil:
		resp.Diagnostics.Append(plan.setProfile(ctx, stored.Held)...)
	case errors.As(err, &unconfirmed): // it may be there: state must go on to know it
		plan.UID = types.Int64Null()
		resp.Diagnostics.Append(plan.object().failed(actionCreate, err))
	default:
		resp.Diagnostics.Append(plan.object().failed(actionCreate, err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(rememberSerial(ctx, resp.Private, client, "")...)
}

// Read implements resource.Resource.
func (r *timeProfileResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	ctx = basip.ForPlan(ctx)
	var state timeProfileModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	serial, diags := rememberedSerial(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	client, diags := r.panels.readable(ctx, state.object(), serial)
	resp.Diagnostics.Append(diags...)
	timeout, diags := state.Timeouts.Read(ctx, readTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	stored, err := client.TimeProfiles().Get(ctx, state.LinkID.ValueUUID())
	switch {
	case errors.Is(err, basip.ErrNotFound):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(state.object().failed(actionRead, err))
		return
	}
	resp.Diagnostics.Append(state.setProfile(ctx, stored.Held)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(rememberSerial(ctx, resp.Private, client, serial)...)
}

// Update implements resource.Resource.
func (r *timeProfileResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state timeProfileModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	serial, diags := rememberedSerial(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	client, diags := r.panels.client(ctx, plan.object(), serial)
	resp.Diagnostics.Append(diags...)
	timeout, diags := plan.Timeouts.Update(ctx, updateTimeout)
	resp.Diagnostics.Append(diags...)
	wanted, diags := plan.profile(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan.sameOnPanel(state) { // the panel's name or a timeout has changed
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	stored, err := client.TimeProfiles().Modify(ctx, wanted.LinkID, func(basip.TimeProfile) basip.TimeProfile { return wanted })
	if err != nil { // the state stays what it was; the next refresh reads what the panel holds
		resp.Diagnostics.Append(plan.object().failed(actionUpdate, err))
		return
	}
	if stored.Recreated {
		resp.Diagnostics.AddWarning("The time profile was created anew", fmt.Sprintf(
			"The panel created %s instead of changing it: somebody deleted it at that moment, and users and cards that referred to it may have lost it.", plan.object()))
	}
	uid := plan.UID
	resp.Diagnostics.Append(plan.setProfile(ctx, stored.Held)...)
	if !uid.IsUnknown() {
		plan.UID = uid
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// Delete implements resource.Resource. It refuses while anybody refers to the
// profile, and if the panel does not tell who does.
func (r *timeProfileResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state timeProfileModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	serial, diags := rememberedSerial(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	client, diags := r.panels.client(ctx, state.object(), serial)
	resp.Diagnostics.Append(diags...)
	timeout, diags := state.Timeouts.Delete(ctx, deleteTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if _, err := client.TimeProfiles().Delete(ctx, state.LinkID.ValueUUID()); err != nil { // its guard refuses and never warns
		resp.Diagnostics.Append(state.object().failed(actionDelete, err))
	}
}

// ImportState implements resource.ResourceWithImportState.
func (r *timeProfileResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	importByLinkID(ctx, r.panels, req, resp)
}
