package identity

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

var objectOptions = basetypes.ObjectAsOptions{}

// profileModel is gatehouse_identity_profile.
type profileModel struct {
	ID                       types.String   `tfsdk:"id"`
	Name                     types.String   `tfsdk:"name"`
	Description              types.String   `tfsdk:"description"`
	OwnerID                  types.String   `tfsdk:"owner_id"`
	Priority                 types.Int64    `tfsdk:"priority"`
	AuthoritativeSourceID    types.String   `tfsdk:"authoritative_source_id"`
	AttributeMappings        types.Map      `tfsdk:"attribute_mappings"`
	AttributeMappingsEnabled types.Bool     `tfsdk:"attribute_mappings_enabled"`
	ForceDestroy             types.Bool     `tfsdk:"force_destroy"`
	Created                  types.String   `tfsdk:"created"`
	Modified                 types.String   `tfsdk:"modified"`
	OwnerName                types.String   `tfsdk:"owner_name"`
	AuthoritativeSourceName  types.String   `tfsdk:"authoritative_source_name"`
	IdentityCount            types.Int64    `tfsdk:"identity_count"`
	IdentityRefreshRequired  types.Bool     `tfsdk:"identity_refresh_required"`
	HasTimeBasedAttributes   types.Bool     `tfsdk:"has_time_based_attributes"`
	Timeouts                 timeouts.Value `tfsdk:"timeouts"`
}

// String names the profile in diagnostics.
func (m profileModel) String() string {
	if m.ID.ValueString() == "" {
		return fmt.Sprintf("identity profile %q", printable.Text(m.Name.ValueString()))
	}
	return fmt.Sprintf("identity profile %q (%s)", printable.Text(m.Name.ValueString()), m.ID.ValueString())
}

// newProfile returns what is to be created.
func (m profileModel) newProfile(ctx context.Context) (isc.NewProfile, diag.Diagnostics) {
	wanted, diags := mappings(ctx, m.AttributeMappings)
	profile := isc.NewProfile{
		Name: m.Name.ValueString(), Description: m.Description.ValueString(),
		Source:   isc.Reference{ID: m.AuthoritativeSourceID.ValueString()},
		Mappings: map[string]isc.Mapping{},
	}
	if owner := m.OwnerID.ValueString(); owner != "" {
		profile.Owner = &isc.Reference{ID: owner}
	}
	if !m.Priority.IsUnknown() {
		profile.Priority = m.Priority.ValueInt64Pointer()
	}
	if !m.AttributeMappingsEnabled.IsUnknown() {
		profile.MappingsEnabled = m.AttributeMappingsEnabled.ValueBoolPointer()
	}
	for name, one := range wanted {
		profile.Mappings[name] = one.declared()
	}
	return profile, diags
}

// change returns what turns state into m. Mappings that are in the state, were
// declared before and are not planned any more are taken out.
func (m profileModel) change(ctx context.Context, state profileModel, declared map[string]isc.Mapping) (isc.Change, diag.Diagnostics) {
	var change isc.Change
	differs := func(planned, prior types.String) bool { return !planned.IsUnknown() && !planned.Equal(prior) }
	if differs(m.Name, state.Name) {
		change.Name = m.Name.ValueStringPointer()
	}
	if differs(m.Description, state.Description) {
		change.Description = m.Description.ValueStringPointer()
	}
	if differs(m.OwnerID, state.OwnerID) {
		change.Owner = &isc.Reference{ID: m.OwnerID.ValueString()}
	}
	if differs(m.AuthoritativeSourceID, state.AuthoritativeSourceID) {
		change.Source = &isc.Reference{ID: m.AuthoritativeSourceID.ValueString()}
	}
	if !m.Priority.IsUnknown() && !m.Priority.Equal(state.Priority) {
		change.Priority = m.Priority.ValueInt64Pointer()
	}
	if !m.AttributeMappingsEnabled.IsUnknown() && !m.AttributeMappingsEnabled.Equal(state.AttributeMappingsEnabled) {
		change.MappingsEnabled = m.AttributeMappingsEnabled.ValueBoolPointer()
	}
	wanted, diags := mappings(ctx, m.AttributeMappings)
	prior, d := mappings(ctx, state.AttributeMappings)
	diags.Append(d...)
	change.Mappings = map[string]isc.Mapping{}
	for _, name := range unsettled(wanted, prior, declared) {
		change.Mappings[name] = wanted[name].declared()
	}
	change.RemoveMappings, _ = undeclared(wanted, prior, declared)
	return change, diags
}

// setProfile puts what the tenant holds into m, a state. Of the mappings, those
// that the state knows are read; all of them if the state knows nothing yet, as
// after an import. What means the same keeps its spelling.
func (m *profileModel) setProfile(ctx context.Context, p isc.Profile) diag.Diagnostics {
	imported := m.Name.IsNull()
	m.setID(p)
	m.Name, m.Description = types.StringValue(p.Name), types.StringValue(p.Description)
	m.Priority = types.Int64PointerValue(p.Priority)
	m.AuthoritativeSourceID = types.StringValue(p.Source.ID)
	m.AttributeMappingsEnabled = types.BoolValue(p.MappingsEnabled)
	m.OwnerID = types.StringNull()
	if p.Owner != nil {
		m.OwnerID = textOrNull(p.Owner.ID)
	}
	if m.ForceDestroy.IsNull() {
		m.ForceDestroy = types.BoolValue(false)
	}
	m.setComputed(p)

	known, diags := mappings(ctx, m.AttributeMappings)
	if m.AttributeMappings.IsNull() && !imported {
		return diags
	}
	read := map[string]mapping{}
	for name, held := range p.Mappings {
		declared, ok := known[name]
		switch {
		case ok && fulfils(held, declared):
			read[name] = declared
		case ok || imported:
			read[name] = heldMapping(held)
		}
	}
	if imported && len(read) == 0 {
		m.AttributeMappings = types.MapNull(mappingType)
		return diags
	}
	value, d := types.MapValueFrom(ctx, mappingType, read)
	diags.Append(d...)
	m.AttributeMappings = value
	return diags
}

// setID sets the ID of a new profile. That of another one never changes.
func (m *profileModel) setID(p isc.Profile) {
	if m.ID.ValueString() == "" {
		m.ID = types.StringValue(p.ID)
	}
}

// setHeld puts what the tenant holds into m, a plan that the tenant did not carry
// out as it was sent. declared are mappings that the state must know besides the
// planned ones, because they are still there.
func (m *profileModel) setHeld(ctx context.Context, p isc.Profile, declared map[string]isc.Mapping) diag.Diagnostics {
	known, diags := mappings(ctx, m.AttributeMappings)
	for name, one := range declared {
		if _, planned := known[name]; !planned {
			known[name] = heldMapping(one)
		}
	}
	if len(known) > 0 {
		value, d := types.MapValueFrom(ctx, mappingType, known)
		diags.Append(d...)
		m.AttributeMappings = value
	}
	diags.Append(m.setProfile(ctx, p)...)
	return diags
}

// setPlanned completes m, a plan that was carried out, with what the tenant says.
// What the plan knows stays as it is planned; if the tenant holds something else,
// the next refresh shows it.
func (m *profileModel) setPlanned(p isc.Profile) {
	m.setID(p)
	if m.OwnerID.IsUnknown() {
		m.OwnerID = types.StringNull()
		if p.Owner != nil {
			m.OwnerID = textOrNull(p.Owner.ID)
		}
	}
	if m.Priority.IsUnknown() {
		m.Priority = types.Int64PointerValue(p.Priority)
	}
	if m.AttributeMappings.IsUnknown() {
		m.AttributeMappings = types.MapNull(mappingType)
	}
	if m.AttributeMappingsEnabled.IsUnknown() {
		m.AttributeMappingsEnabled = types.BoolValue(p.MappingsEnabled)
	}
	planned := *m
	m.setComputed(p)
	m.Created, m.Modified = known(planned.Created, m.Created), known(planned.Modified, m.Modified)
	m.OwnerName = known(planned.OwnerName, m.OwnerName)
	m.AuthoritativeSourceName = known(planned.AuthoritativeSourceName, m.AuthoritativeSourceName)
	m.IdentityCount = known(planned.IdentityCount, m.IdentityCount)
	m.IdentityRefreshRequired = known(planned.IdentityRefreshRequired, m.IdentityRefreshRequired)
	m.HasTimeBasedAttributes = known(planned.HasTimeBasedAttributes, m.HasTimeBasedAttributes)
}

// known returns the planned value if it is known, which a result must repeat: the
// tenant may have another one by now, and the next refresh brings it. Otherwise it
// returns the tenant's.
func known[V attr.Value](planned, held V) V {
	if planned.IsUnknown() {
		return held
	}
	return planned
}

// mayHaveIdentities reports whether identities are attached to the profile, or the
// tenant does not tell.
func (m profileModel) mayHaveIdentities() bool {
	return m.IdentityCount.IsNull() || m.IdentityCount.ValueInt64() > 0
}

// setComputed sets what only the tenant decides.
func (m *profileModel) setComputed(p isc.Profile) {
	m.Created, m.Modified = textOrNull(p.Created), textOrNull(p.Modified)
	m.OwnerName = types.StringNull()
	if p.Owner != nil {
		m.OwnerName = textOrNull(p.Owner.Name)
	}
	m.AuthoritativeSourceName = textOrNull(p.Source.Name)
	m.IdentityCount = types.Int64PointerValue(p.IdentityCount)
	m.IdentityRefreshRequired = types.BoolValue(p.IdentityRefreshRequired)
	m.HasTimeBasedAttributes = types.BoolValue(p.HasTimeBasedAttributes)
}

// textOrNull makes one of null and empty.
func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}
