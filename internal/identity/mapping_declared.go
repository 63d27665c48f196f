package identity

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
)

// plannedConfigKey is where a plan notes the mappings of the configuration that it
// was made from. Terraform shows the provider two configurations: to plan, one in
// which ignore_changes has put back the state's values, and to apply, the written
// one. Only where both agree does the configuration decide.
const plannedConfigKey = "planned_config"

// noteConfig notes in private state which mappings a plan was made from; null when
// they are not all known, which the state's values always are.
func noteConfig(ctx context.Context, config profileModel, private interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
},
) diag.Diagnostics {
	note := []byte("null")
	if value, err := config.AttributeMappings.ToTerraformValue(ctx); err == nil && value.IsFullyKnown() {
		seen, diags := mappings(ctx, config.AttributeMappings)
		if diags.HasError() {
			return diags
		}
		if note, err = json.Marshal(declaredBy(seen)); err != nil { // they are validated
			panic(err)
		}
	}
	return private.SetKey(ctx, plannedConfigKey, note)
}

// declares returns the mappings that an update leaves declared: those of the
// configuration, and for a mapping under ignore_changes what was declared before.
func (r *profileResource) declares(ctx context.Context, config profileModel, before map[string]isc.Mapping, private privateState) (map[string]isc.Mapping, diag.Diagnostics) {
	written, diags := mappings(ctx, config.AttributeMappings)
	now := declaredBy(written)
	note, d := private.GetKey(ctx, plannedConfigKey)
	diags.Append(d...)
	var planned map[string]isc.Mapping
	if len(note) == 0 || json.Unmarshal(note, &planned) != nil || planned == nil {
		return now, diags
	}
	all := map[string]bool{}
	for _, some := range []map[string]isc.Mapping{now, planned, before} {
		for name := range some {
			all[name] = true
		}
	}
	for name := range all {
		one, isWritten := now[name]
		seen, isPlanned := planned[name]
		if isWritten == isPlanned && one.Equal(seen) {
			continue
		}
		delete(now, name)
		if one, ok := before[name]; ok {
			now[name] = one
		}
	}
	return now, diags
}
