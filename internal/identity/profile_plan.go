package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

// declaredKey is where private state keeps the mappings that the configuration
// declared when it was last applied. Only those, and settings of those, are ever
// taken out of a profile; what else the state has was imported and belongs to
// somebody else.
const declaredKey = "declared_mappings"

// importedKey is where private state keeps that a profile was imported and that no
// apply has decided since whether its mappings are in force.
const importedKey = "imported"

func isTrue(note []byte) bool { return string(note) == "true" }

// privateState reads private state, as each request has it.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// declaredMappings returns what is kept under declaredKey.
func declaredMappings(ctx context.Context, private privateState) (declared map[string]isc.Mapping, diags diag.Diagnostics) {
	data, diags := private.GetKey(ctx, declaredKey)
	if len(data) == 0 {
		return nil, diags
	}
	if err := json.Unmarshal(data, &declared); err != nil {
		diags.AddError("Unreadable private state", "The note about which mappings the configuration declared cannot be read: "+err.Error())
	}
	return declared, diags
}

// ModifyPlan implements resource.ResourceWithModifyPlan.
func (r *profileResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	defer r.tenant.begin()()
	switch {
	case req.State.Raw.IsNull():
		r.planCreation(ctx, req, resp)
	case req.Plan.Raw.IsNull():
		var state profileModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if resp.Diagnostics.HasError() {
			return
		}
		resp.Diagnostics.Append(r.tenant.together().plansDestruction(state)...)
		resp.Diagnostics.Append(r.tenant.planDeletion()...)
		resp.Diagnostics.Append(warnOfDestroy(state)...)
	default:
		r.planChange(ctx, req, resp)
	}
}

// planCreation plans a new profile.
func (r *profileResource) planCreation(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var config, plan profileModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if config.impliesEnabled() {
		plan.AttributeMappingsEnabled = types.BoolValue(true)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	}
	resp.Diagnostics.Append(warnOfDisabled(config, plan)...)
	planned := plan.planned()
	replaced, diags := r.tenant.together().plansCreation(planned)
	resp.Diagnostics.Append(diags...)
	if replaced != nil {
		resp.Diagnostics.Append(r.tenant.planDeletion()...)
		resp.Diagnostics.Append(refuseReplacement(replaced.profileModel)...)
	}
	r.ask(ctx, "", planned, &resp.Diagnostics)
}

// ask has the tenant asked once in a plan, and judges what it says of the source.
func (r *profileResource) ask(ctx context.Context, id string, p plannedProfile, diags *diag.Diagnostics) {
	if diags.HasError() || r.tenant.isPending() {
		return
	}
	if _, d := r.tenant.connected(); d.HasError() {
		diags.Append(d...)
		return
	}
	profiles, d := r.tenant.preflight(ctx)
	diags.Append(d...)
	diags.Append(r.tenant.activity.judgeSource(ctx, profiles, id, p)...)
}

// planned returns what a plan says of the profile to others.
func (m profileModel) planned() plannedProfile {
	return plannedProfile{name: m.Name.ValueString(), source: m.AuthoritativeSourceID.ValueString()}
}

// planChange plans a profile that is there already, also one that stays as it is.
func (r *profileResource) planChange(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var config, plan, state profileModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	declared, diags := declaredMappings(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	imported, diags := req.Private.GetKey(ctx, importedKey)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	planned, diags := planMappings(ctx, config.AttributeMappings, state.AttributeMappings, declared)
	resp.Diagnostics.Append(diags...)
	plan.AttributeMappings = planned
	if !planned.IsUnknown() && !planned.Equal(state.AttributeMappings) {
		wanted, _ := mappings(ctx, planned)
		prior, d := mappings(ctx, state.AttributeMappings)
		resp.Diagnostics.Append(d...)
		if _, foreign := undeclared(wanted, prior, declared); len(foreign) > 0 {
			resp.Diagnostics.Append(foreignNote(state, foreign))
		}
	}
	plan.AttributeMappingsEnabled = planEnabled(ctx, config, plan, state, isTrue(imported))
	resp.Diagnostics.Append(warnOfDisabled(config, plan)...)

	resp.Diagnostics.Append(noteConfig(ctx, config, resp.Private)...)

	// A refresh brings what the tenant counts and dates. None of it is planned, so
	// that a plan shows what the configuration changes and nothing else.
	plan.keepComputed(state)
	changes := !plan.sameAs(state)
	if !changes {
		plan = state
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)

	moves := !plan.AuthoritativeSourceID.Equal(state.AuthoritativeSourceID)
	if moves && state.mayHaveIdentities() {
		resp.Diagnostics.AddAttributeWarning(path.Root("authoritative_source_id"), "Identities get another source", fmt.Sprintf(
			"%s to %s. With another source, those without an account on it lose the profile.", attached(state.IdentityCount.ValueInt64Pointer()), state))
	}
	resp.Diagnostics.Append(r.tenant.together().plansChange(state, plan.planned())...)
	switch {
	case moves:
		r.ask(ctx, state.ID.ValueString(), plan.planned(), &resp.Diagnostics)
	case changes:
		r.ask(ctx, state.ID.ValueString(), plannedProfile{}, &resp.Diagnostics)
	}
}

// keepComputed plans what only the tenant decides as it was, but for the names of
// another owner and another source.
func (m *profileModel) keepComputed(state profileModel) {
	m.Modified, m.Created = state.Modified, state.Created
	m.IdentityCount = state.IdentityCount
	m.IdentityRefreshRequired, m.HasTimeBasedAttributes = state.IdentityRefreshRequired, state.HasTimeBasedAttributes
	m.OwnerName, m.AuthoritativeSourceName = types.StringUnknown(), types.StringUnknown()
	if m.OwnerID.Equal(state.OwnerID) {
		m.OwnerName = state.OwnerName
	}
	if m.AuthoritativeSourceID.Equal(state.AuthoritativeSourceID) {
		m.AuthoritativeSourceName = state.AuthoritativeSourceName
	}
}

// sameAs reports whether m plans what state has, in everything that can be
// configured.
func (m profileModel) sameAs(state profileModel) bool {
	return m.Name.Equal(state.Name) && m.Description.Equal(state.Description) && m.OwnerID.Equal(state.OwnerID) &&
		m.Priority.Equal(state.Priority) && m.AuthoritativeSourceID.Equal(state.AuthoritativeSourceID) &&
		m.AttributeMappings.Equal(state.AttributeMappings) && m.AttributeMappingsEnabled.Equal(state.AttributeMappingsEnabled) &&
		m.ForceDestroy.Equal(state.ForceDestroy) && m.Timeouts.Equal(state.Timeouts)
}

// planMappings plans attribute_mappings: the prior value where the configuration
// declares nothing else than it holds, else what is configured.
func planMappings(ctx context.Context, config, state types.Map, declared map[string]isc.Mapping) (types.Map, diag.Diagnostics) {
	if config.IsUnknown() {
		return config, nil
	}
	for _, element := range config.Elements() {
		if value, err := element.ToTerraformValue(ctx); err != nil || !value.IsFullyKnown() {
			return config, nil
		}
	}
	wanted, diags := mappings(ctx, config)
	prior, d := mappings(ctx, state)
	diags.Append(d...)
	if diags.HasError() {
		return config, diags
	}
	if len(unsettled(wanted, prior, declared)) > 0 {
		return config, diags
	}
	dropped, foreign := undeclared(wanted, prior, declared)
	if len(dropped) > 0 || config.IsNull() != state.IsNull() && len(foreign) == 0 {
		return config, diags
	}
	return state, diags
}

// unsettled names the wanted mappings that the state does not have: one is
// missing, or lacks a setting that is declared, or has one that was declared
// before and is not any more. Any other setting is the tenant's own.
func unsettled(wanted, prior map[string]mapping, declared map[string]isc.Mapping) (list []string) {
	for _, name := range names(wanted) {
		one := wanted[name]
		held, known := prior[name]
		before, applied := declared[name]
		if !known || !fulfils(held.declared(), one) || applied && !fulfils(one.declared(), heldMapping(before)) {
			list = append(list, name)
		}
	}
	return list
}

// undeclared splits the mappings that the state knows and the configuration does
// not declare: those it declared before, and those that were never declared.
func undeclared(wanted, prior map[string]mapping, declared map[string]isc.Mapping) (dropped, foreign []string) {
	for _, name := range names(prior) {
		if _, ok := wanted[name]; ok {
			continue
		}
		if _, applied := declared[name]; applied {
			dropped = append(dropped, name)
		} else {
			foreign = append(foreign, name)
		}
	}
	return dropped, foreign
}

// warnOfDestroy tells what a destroy does to the identities of a profile.
func warnOfDestroy(state profileModel) (diags diag.Diagnostics) {
	if !state.mayHaveIdentities() {
		return nil
	}
	detail := fmt.Sprintf("%s to %s. %s", attached(state.IdentityCount.ValueInt64Pointer()), state, consequences)
	if !state.ForceDestroy.ValueBool() {
		detail += " The destroy will refuse to do so: " + howToForce
	}
	diags.AddWarning("Identities lose their profile", detail)
	return diags
}

// refuseReplacement is warnOfReplacement for a forced replacement. Of the creation that
// Terraform plans then, it shows errors only; and without force_destroy the apply is
// bound to refuse.
func refuseReplacement(state profileModel) (diags diag.Diagnostics) {
	for _, d := range warnOfReplacement(state) {
		if state.ForceDestroy.ValueBool() {
			diags.Append(d)
		} else {
			diags.AddError("Identity profile has identities", d.Detail())
		}
	}
	return diags
}

// warnOfReplacement is warnOfDestroy for a profile that a new one seems to take the
// place of: Terraform does not say so.
func warnOfReplacement(state profileModel) (diags diag.Diagnostics) {
	for _, d := range warnOfDestroy(state) {
		diags.AddWarning(d.Summary(), "A replacement destroys the identity profile first. "+d.Detail())
	}
	return diags
}

// attached tells how many identities a profile has, as the beginning of a sentence.
func attached(count *int64) string {
	switch {
	case count == nil:
		return "The tenant does not tell how many identities are attached"
	case *count == 1:
		return "1 identity is attached"
	}
	return fmt.Sprintf("%d identities are attached", *count)
}

const (
	consequences = "They lose their profile; those without other accounts are deleted by the tenant in the following night. Their access in other systems is not taken away, and the accounts on the source stay."
	howToForce   = "set force_destroy = true and apply that first, or move the identities to another profile."
)

// foreignNote warns that mappings which leave the state stay in the profile.
func foreignNote(m profileModel, foreign []string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("attribute_mappings"), "Mappings that are not managed",
		fmt.Sprintf("The mappings of %s were imported with %s and are not in the configuration. They stay in the profile and are not managed any more.", printable.Text(strings.Join(foreign, ", ")), m))
}
