package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
)

var (
	_ resource.Resource                   = (*profileResource)(nil)
	_ resource.ResourceWithConfigure      = (*profileResource)(nil)
	_ resource.ResourceWithImportState    = (*profileResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*profileResource)(nil)
	_ resource.ResourceWithValidateConfig = (*profileResource)(nil)
)

// profileResource is gatehouse_identity_profile.
type profileResource struct{ configured }

// NewProfileResource returns the resource gatehouse_identity_profile.
func NewProfileResource() resource.Resource { return &profileResource{} }

// Metadata implements resource.Resource.
func (r *profileResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_identity_profile"
}

// Schema implements resource.Resource.
func (r *profileResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = profileSchema(ctx)
}

// ValidateConfig implements resource.ResourceWithValidateConfig.
func (r *profileResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config profileModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(validateMappings(ctx, config.AttributeMappings)...)
	}
}

// Create implements resource.Resource.
func (r *profileResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	defer r.tenant.begin()()
	r.tenant.together().writes()
	var config, plan profileModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, diags := r.tenant.connected()
	resp.Diagnostics.Append(diags...)
	timeout, diags := plan.Timeouts.Create(ctx, createTimeout)
	resp.Diagnostics.Append(diags...)
	wanted, diags := plan.newProfile(ctx)
	resp.Diagnostics.Append(diags...)
	declared, diags := mappings(ctx, plan.AttributeMappings)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	profile, err := r.tenant.whenSourceIsFree(ctx, func(ctx context.Context) (isc.Profile, error) {
		return client.CreateProfile(ctx, wanted)
	})
	if err != nil {
		resp.Diagnostics.Append(plan.failed(actionCreate, err))
		return
	}
	profile, differences := created(wanted, declared).confirm(ctx, client, profile)
	for _, d := range differences {
		resp.Diagnostics.Append(withDetail(d, d.Detail()+tainted))
	}
	plan.setPlanned(profile)
	if len(differences) > 0 {
		resp.Diagnostics.Append(plan.setProfile(ctx, profile)...)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(remember(ctx, declaredBy(declared), resp.Private)...)
}

// Read implements resource.Resource.
func (r *profileResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state profileModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	defer r.tenant.begin()()
	r.tenant.together().saw(state)
	client, diags := r.tenant.readable()
	resp.Diagnostics.Append(diags...)
	timeout, diags := state.Timeouts.Read(ctx, readTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	profile, err := client.RefreshProfile(ctx, state.ID.ValueString())
	switch {
	case errors.Is(err, isc.ErrNotFound):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(state.failed(actionRead, err))
		return
	}
	resp.Diagnostics.Append(state.setProfile(ctx, profile)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	r.tenant.together().saw(state)
}

// Update implements resource.Resource.
func (r *profileResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	defer r.tenant.begin()()
	r.tenant.together().writes()
	var config, plan, state profileModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	declared, diags := declaredMappings(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, diags := r.tenant.connected()
	resp.Diagnostics.Append(diags...)
	timeout, diags := plan.Timeouts.Update(ctx, updateTimeout)
	resp.Diagnostics.Append(diags...)
	change, diags := plan.change(ctx, state, declared)
	resp.Diagnostics.Append(diags...)
	wanted, diags := mappings(ctx, plan.AttributeMappings)
	resp.Diagnostics.Append(diags...)
	declares, diags := r.declares(ctx, config, declared, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if change.Source != nil {
		left := r.tenant.together().leaves(state)
		defer func() { left(!resp.Diagnostics.HasError()) }()
	}
	profile, err := r.tenant.whenSourceIsFree(ctx, func(ctx context.Context) (isc.Profile, error) {
		return client.ChangeProfile(ctx, state.ID.ValueString(), change)
	})
	if err != nil {
		resp.Diagnostics.Append(plan.failed(actionUpdate, err))
		switch {
		case profile.ID == "" && stopped(err):
			resp.Diagnostics.AddWarning("Identity profile was not changed", "Nothing was sent that could have changed the identity profile.")
		case profile.ID != "": // part of it may have been carried out
			resp.Diagnostics.Append(state.setProfile(ctx, profile)...)
			resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		}
		return
	}
	profile, differences := changed(change, wanted).confirm(ctx, client, profile)
	resp.Diagnostics.Append(differences...)
	plan.setPlanned(profile)
	if len(differences) > 0 {
		for _, name := range change.RemoveMappings { // those that are still there stay declared
			declares[name] = declared[name]
		}
		resp.Diagnostics.Append(plan.setHeld(ctx, profile, declares)...)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(remember(ctx, declares, resp.Private)...)
	if plan.AttributeMappingsEnabled.ValueBool() || !config.AttributeMappingsEnabled.IsNull() {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, []byte("false"))...)
	}
}

const importForms = "Use the tenant's ID of the profile, such as 2c9180867b2a34e0017b3078d60b0699, or name= and its exact name, such as name=Contractors."

// ImportState implements resource.ResourceWithImportState.
func (r *profileResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, name, byName := req.ID, "", false
	if name, byName = strings.CutPrefix(req.ID, "name="); byName {
		id = name
	}
	if byName && strings.TrimSpace(name) == "" || !byName && !isc.IsID(id) {
		resp.Diagnostics.AddError("Invalid import ID", fmt.Sprintf("%q is not an import ID of an identity profile. %s", req.ID, importForms))
		return
	}
	client, diags := r.tenant.connected() // also by id: what a pending tenant holds cannot be read, and would all be planned
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	if byName {
		profile, err := client.ProfileByName(ctx, name)
		switch {
		case errors.Is(err, isc.ErrNotFound):
			resp.Diagnostics.AddError("Cannot import non-existent identity profile", sentence(err)+" The name must be written exactly as in the tenant, also in its case.")
			return
		case err != nil:
			resp.Diagnostics.AddError(cause(err, "Could not import identity profile"), sentence(err))
			return
		}
		id = profile.ID
	} else if _, err := client.Profile(ctx, id); errors.Is(err, isc.ErrNotFound) {
		resp.Diagnostics.AddError("Cannot import non-existent identity profile", sentence(err)+" "+importForms)
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), types.StringValue(id))...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, []byte("true"))...)
}

// declaredBy returns mappings in the form of the note about which ones are declared.
func declaredBy(wanted map[string]mapping) map[string]isc.Mapping {
	declared := map[string]isc.Mapping{}
	for name, one := range wanted {
		declared[name] = isc.Mapping{Type: one.Type.ValueString(), Attributes: json.RawMessage(normalized(one.declared().Attributes))}
	}
	return declared
}

// remember notes in private state which mappings are declared.
func remember(ctx context.Context, declared map[string]isc.Mapping, private interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
},
) diag.Diagnostics {
	data, err := json.Marshal(declared)
	if err != nil { // the tenant has taken them, so that they are JSON
		panic(err)
	}
	return private.SetKey(ctx, declaredKey, data)
}
