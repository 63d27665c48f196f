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
)

// declaredKey is where private state keeps the mappings that the configuration
// declared when it was last applied. Only those, and settings of those, are ever
// taken out of a profile; what else the state has was imported and belongs to
// somebody else.
const declaredKey = "declared_mappings"

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
	var config, plan, state profileModel
	if req.State.Raw.IsNull() { // a creation
		return
	}
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(warnOfDestroy(state)...)
		return
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	declared, diags := declaredMappings(ctx, req.Private)
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

	if plan.sameAs(state) { // nothing changes, so nothing that the tenant computes does
		plan = state
	} else { // the framework says so only of changes that the configuration itself makes
		plan.Modified, plan.IdentityCount = types.StringUnknown(), types.Int64Unknown()
		plan.IdentityRefreshRequired, plan.HasTimeBasedAttributes = types.BoolUnknown(), types.BoolUnknown()
	}
	if plan.OwnerID.Equal(state.OwnerID) {
		plan.OwnerName = state.OwnerName
	}
	if plan.AuthoritativeSourceID.Equal(state.AuthoritativeSourceID) {
		plan.AuthoritativeSourceName = state.AuthoritativeSourceName
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
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
	count := state.IdentityCount.ValueInt64()
	if count == 0 {
		return nil
	}
	detail := fmt.Sprintf("%s to %s. %s", attached(count), state, consequences)
	if !state.ForceDestroy.ValueBool() {
		detail += " The destroy will refuse to do so: " + howToForce
	}
	diags.AddWarning("Identities lose their profile", detail)
	return diags
}

// attached tells how many identities a profile has.
func attached(count int64) string {
	if count == 1 {
		return "1 identity is attached"
	}
	return fmt.Sprintf("%d identities are attached", count)
}

const (
	consequences = "They lose their profile; those without other accounts are deleted by the tenant in the following night. Their access in other systems is not taken away, and the accounts on the source stay."
	howToForce   = "set force_destroy = true and apply that first, or move the identities to another profile."
)

// foreignNote warns that mappings which leave the state stay in the profile.
func foreignNote(m profileModel, foreign []string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("attribute_mappings"), "Mappings that are not managed",
		fmt.Sprintf("The mappings of %s were imported with %s and are not in the configuration. They stay in the profile and are not managed any more.", strings.Join(foreign, ", "), m))
}
