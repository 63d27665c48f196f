package identity

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// impliesEnabled reports whether m, a configuration, declares mappings and leaves it
// open whether they are in force. The tenant's own default is that they are not
// (contract §2.2): they would be stored and have no effect.
func (m profileModel) impliesEnabled() bool {
	return m.AttributeMappingsEnabled.IsNull() && len(m.AttributeMappings.Elements()) > 0
}

// planEnabled plans attribute_mappings_enabled of a profile that is there already.
// What was only imported stays as it is until the mappings change, so that the plan
// after an import is empty.
func planEnabled(ctx context.Context, config, plan, state profileModel, imported bool) types.Bool {
	switch {
	case !config.AttributeMappingsEnabled.IsNull() || state.AttributeMappingsEnabled.ValueBool():
		return plan.AttributeMappingsEnabled
	case config.AttributeMappings.IsUnknown():
		return types.BoolUnknown()
	case !config.impliesEnabled():
		return plan.AttributeMappingsEnabled
	case !imported:
		return types.BoolValue(true)
	}
	if value, err := plan.AttributeMappings.ToTerraformValue(ctx); err != nil || !value.IsFullyKnown() {
		return types.BoolUnknown()
	}
	if plan.AttributeMappings.Equal(state.AttributeMappings) {
		return plan.AttributeMappingsEnabled
	}
	return types.BoolValue(true)
}

// warnOfDisabled warns of mappings that are declared and have no effect.
func warnOfDisabled(config, plan profileModel) (diags diag.Diagnostics) {
	declared := names(config.AttributeMappings.Elements())
	enabled := plan.AttributeMappingsEnabled
	if len(declared) == 0 || enabled.IsNull() || enabled.IsUnknown() || enabled.ValueBool() {
		return nil
	}
	diags.AddAttributeWarning(path.Root("attribute_mappings_enabled"), "Attribute mappings are not in force", fmt.Sprintf(
		"The mappings of %s are declared, but the tenant does not apply them while attribute_mappings_enabled is false. Set it to true to put them in force.",
		strings.Join(declared, ", ")))
	return diags
}
