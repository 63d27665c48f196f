package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

// sent is what a creation or a change has told the tenant to hold.
type sent struct {
	isc.Change
	mappings map[string]mapping // that the profile must have now; nil to compare none
}

// created returns what a creation has sent.
func created(p isc.NewProfile, mappings map[string]mapping) sent {
	return sent{isc.Change{
		Name: &p.Name, Description: &p.Description, Owner: p.Owner, Priority: p.Priority, Source: &p.Source, MappingsEnabled: p.MappingsEnabled,
	}, mappings}
}

// changed returns what a change has sent. Mappings are compared when they were sent,
// and after a change of the source, along with which the tenant may change them.
func changed(change isc.Change, mappings map[string]mapping) sent {
	if len(change.Mappings)+len(change.RemoveMappings) == 0 && change.Source == nil {
		mappings = nil
	}
	return sent{change, mappings}
}

// confirm compares the tenant's answer with what was sent, and returns the profile as
// the tenant holds it. An answer may be incomplete or late, so a profile that differs
// is read once more.
func (s sent) confirm(ctx context.Context, client *isc.Client, answer isc.Profile) (isc.Profile, diag.Diagnostics) {
	if answer.Complete() && len(s.differences(answer)) == 0 {
		return answer, nil
	}
	held, err := client.Profile(ctx, answer.ID)
	if err != nil {
		var diags diag.Diagnostics
		diags.AddError(cause(err, "Tenant's answer cannot be confirmed"),
			fmt.Sprintf("The tenant answered that it holds the profile, but not as it was sent, and reading it afterwards failed. %s", sentence(err)))
		return answer, diags
	}
	return held, s.differences(held)
}

// differences reports what the tenant holds otherwise.
func (s sent) differences(held isc.Profile) (diags diag.Diagnostics) {
	differs := func(attribute string, want, have any) {
		if want != have {
			if text, ok := have.(string); ok {
				have = printable.Text(text)
			}
			diags.AddAttributeError(path.Root(attribute), fmt.Sprintf("Tenant did not take the %s", strings.ReplaceAll(attribute, "_", " ")),
				fmt.Sprintf("The tenant answered the request with success, but holds %s = %#v instead of %#v.", attribute, have, want))
		}
	}
	if s.Name != nil {
		differs("name", *s.Name, held.Name)
	}
	if s.Description != nil {
		differs("description", *s.Description, held.Description)
	}
	if s.Owner != nil {
		owner := ""
		if held.Owner != nil {
			owner = held.Owner.ID
		}
		differs("owner_id", s.Owner.ID, owner)
	}
	if s.Priority != nil {
		var priority any
		if held.Priority != nil {
			priority = *held.Priority
		}
		differs("priority", any(*s.Priority), priority)
	}
	if s.Source != nil {
		differs("authoritative_source_id", s.Source.ID, held.Source.ID)
	}
	if s.MappingsEnabled != nil {
		differs("attribute_mappings_enabled", *s.MappingsEnabled, held.MappingsEnabled)
	}
	at := path.Root("attribute_mappings")
	for _, name := range names(s.mappings) {
		switch have, ok := held.Mappings[name]; {
		case !ok:
			diags.AddAttributeError(at.AtMapKey(name), fmt.Sprintf("Tenant dropped the mapping of %q", name), fmt.Sprintf(
				"The tenant answered the request with success, but holds no mapping of %q. Check that the identity attribute exists in the tenant, and the type and attributes of the mapping.", name))
		case !fulfils(have, s.mappings[name]):
			diags.AddAttributeError(at.AtMapKey(name), fmt.Sprintf("Tenant changed the mapping of %q", name), fmt.Sprintf(
				"The tenant answered the request with success, but holds another mapping of %q: type %q with the attributes %s. Check its type and attributes.", name, printable.Text(have.Type), printable.Text(normalized(have.Attributes))))
		}
	}
	for _, name := range slices.Sorted(slices.Values(s.RemoveMappings)) {
		if _, ok := held.Mappings[name]; ok {
			diags.AddAttributeError(at, fmt.Sprintf("Tenant kept the mapping of %q", name), fmt.Sprintf(
				"The tenant answered the request with success, but still holds the mapping of %q, which was taken out.", name))
		}
	}
	return diags
}

// tainted is what an error of a creation adds: Terraform marks the object as tainted.
const tainted = " The profile exists and is in the state. Terraform marks it as tainted: the next apply would destroy it and create it again. " +
	"To keep it, run \"terraform untaint\" with the address of this resource before that."
