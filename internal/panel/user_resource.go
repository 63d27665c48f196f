package panel

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/deletelimit"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

var (
	_ resource.Resource                = (*userResource)(nil)
	_ resource.ResourceWithConfigure   = (*userResource)(nil)
	_ resource.ResourceWithImportState = (*userResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*userResource)(nil)
)

// userResource is gatehouse_panel_user.
type userResource struct{ configured }

// NewUserResource returns the resource gatehouse_panel_user.
func NewUserResource() resource.Resource { return &userResource{} }

// object names the user in diagnostics.
func (m userModel) object() object {
	return object{resource: "gatehouse_panel_user", noun: "user", panel: m.Panel.ValueString(), linkID: m.LinkID.ValueString(), name: m.Name.ValueString()}
}

// Metadata implements resource.Resource.
func (r *userResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_panel_user"
}

// Schema implements resource.Resource.
func (r *userResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = userSchema(ctx)
}

// Create implements resource.Resource.
func (r *userResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config, plan userModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, diags := r.panels.client(ctx, plan.object(), "")
	resp.Diagnostics.Append(diags...)
	timeout, diags := plan.Timeouts.Create(ctx, createTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if plan.LinkID.IsUnknown() {
		plan.LinkID = uuidtype.NewUUIDValue(uuid.New())
	}
	user, diags := plan.onto(ctx, basip.User{LinkID: plan.LinkID.ValueUUID()}, config, userModel{})
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(missingProfiles(ctx, client, plan.object(), user.TimeProfiles)...)
	if resp.Diagnostics.HasError() {
		return
	}
	stored, err := client.Users().Create(ctx, user)
	var unconfirmed *basip.UnconfirmedError
	switch {
	case err == nil:
		planned := plan
		resp.Diagnostics.Append(plan.setUser(stored)...)
		plan.keepPlanned(planned, config)
	case errors.As(err, &unconfirmed): // it may be there: state must go on to know it
		plan.forget()
		resp.Diagnostics.Append(plan.object().failed(actionCreate, err))
	default:
		resp.Diagnostics.Append(plan.object().failed(actionCreate, err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, managedKey, encodeManaged(config.managed()))...)
	resp.Diagnostics.Append(rememberSerial(ctx, resp.Private, client, "")...)
}

// Read implements resource.Resource.
func (r *userResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	ctx = basip.ForPlan(ctx)
	var state userModel
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

	stored, err := client.Users().Get(ctx, state.LinkID.ValueUUID())
	switch {
	case errors.Is(err, basip.ErrNotFound):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(state.object().failed(actionRead, err))
		return
	}
	resp.Diagnostics.Append(state.setUser(stored)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(rememberSerial(ctx, resp.Private, client, serial)...)
}

// Update implements resource.Resource.
func (r *userResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config, plan, state userModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
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
	wanted, diags := plan.onto(ctx, basip.User{}, config, state) // what is wrong with the plan shows before the panel is asked
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan.sameOnPanel(state) { // the panel's name or a timeout has changed
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, managedKey, encodeManaged(config.managed()))...)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	resp.Diagnostics.Append(missingProfiles(ctx, client, plan.object(), wanted.TimeProfiles)...)
	if resp.Diagnostics.HasError() {
		return
	}
	stored, err := client.Users().Modify(ctx, plan.LinkID.ValueUUID(), func(current basip.User) basip.User {
		// Without a word on diagnostics: they are known from above, and this may
		// run when Update has returned.
		user, _ := plan.onto(ctx, current, config, state)
		return user
	})
	if err != nil { // the state stays what it was; the next refresh reads what the panel holds
		resp.Diagnostics.Append(plan.object().failed(actionUpdate, err))
		return
	}
	if stored.Recreated {
		resp.Diagnostics.AddWarning("The user was created anew", fmt.Sprintf(
			"The panel created %s instead of changing it: somebody deleted it at that moment, and cards and codes that belonged to it may be detached now.", plan.object()))
	}
	planned := plan
	resp.Diagnostics.Append(plan.setUser(stored)...)
	plan.keepPlanned(planned, config)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, managedKey, encodeManaged(config.managed()))...)
}

// Delete implements resource.Resource.
func (r *userResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state userModel
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

	if err := r.panels.limit.Delete(); err != nil {
		resp.Diagnostics.AddError(deletelimit.Summary, err.Error())
		return
	}
	warnings, err := client.Users().Delete(ctx, state.LinkID.ValueUUID())
	for _, warning := range warnings {
		resp.Diagnostics.AddWarning("Cards and codes may still open the door", warning)
	}
	if err != nil {
		resp.Diagnostics.Append(state.object().failed(actionDelete, err))
	}
}

// ImportState implements resource.ResourceWithImportState.
func (r *userResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	importByLinkID(ctx, r.panels, req, resp)
}

// missingProfiles reports time profiles that the panel does not have. A panel
// stores a user without them, and such a user may pass at any hour (contract
// §2.4).
func missingProfiles(ctx context.Context, client *basip.Client, user object, profiles basip.References) (diags diag.Diagnostics) {
	if len(profiles.IDs) == 0 {
		return nil
	}
	missing, err := client.TimeProfiles().Missing(ctx, profiles.IDs...)
	if err != nil {
		diags.Append(user.failed(actionReferences, err))
	}
	for _, id := range missing {
		diags.Append(missingProfile(user, id))
	}
	return diags
}
