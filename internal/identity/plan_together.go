package identity

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

// plansCreation records that a profile is planned to be created, and reports another
// one that is planned for the same source. replaced is the profile that the new one
// may take the place of: Terraform plans a replacement first with the prior state
// and then without it, with the same configuration.
func (a *activity) plansCreation(p plannedProfile) (replaced *seenProfile, diags diag.Diagnostics) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.planned = append(a.planned, p)
	a.happened()
	if p.source == "" {
		return nil, nil
	}
	for _, other := range a.planned[:len(a.planned)-1] {
		if other.source == p.source {
			diags.Append(sourceTwice(p, other))
			return nil, diags
		}
	}
	for _, seen := range a.profiles {
		switch {
		case seen.stays == nil || seen.stays.source != p.source || seen.destroys:
		case seen.stays.name == p.name && !seen.replaced:
			seen.replaced = true
			replaced = seen
		default:
			diags.Append(sourceTwice(p, *seen.stays))
			return nil, diags
		}
	}
	return replaced, nil
}

// plansChange records that a profile is planned to stay, as it is or changed.
func (a *activity) plansChange(state profileModel, p plannedProfile) (diags diag.Diagnostics) {
	a.mu.Lock()
	defer a.mu.Unlock()
	seen := a.profile(state)
	switch {
	case seen.destroys:
		diags.Append(destroysOneOfTwo(state))
	case seen.stays != nil:
		diags.Append(standsTwice(state))
	default:
		for id, other := range a.profiles {
			if id != state.ID.ValueString() && p.source != "" && other.stays != nil && other.stays.source == p.source && !other.destroys {
				diags.Append(sourceTwice(p, *other.stays))
			}
		}
		for _, other := range a.planned { // none is this one's replacement, which would be planned later
			if p.source != "" && other.source == p.source {
				diags.Append(sourceTwice(p, other))
			}
		}
	}
	seen.stays = &p
	a.happened()
	return diags
}

// plansDestruction records that a profile is planned to be destroyed.
func (a *activity) plansDestruction(state profileModel) (diags diag.Diagnostics) {
	a.mu.Lock()
	defer a.mu.Unlock()
	seen := a.profile(state)
	if seen.stays != nil {
		diags.Append(destroysOneOfTwo(state))
	}
	seen.destroys = true
	a.happened()
	return diags
}

// judgeSource reports what stands in the way of a plan that gives a source to a
// profile with an id, or to a new one without: the tenant says that it feeds another
// one.
func (a *activity) judgeSource(ctx context.Context, profiles map[string]isc.Profile, id string, p plannedProfile) (diags diag.Diagnostics) {
	var holder *isc.Profile
	for _, other := range profiles {
		if p.source != "" && other.Source.ID == p.source && other.ID != id {
			holder = &other
		}
	}
	if holder == nil {
		return nil
	}
	// One that Terraform tracks may be replaced, destroyed or moved by the same plan,
	// and is planned itself in any case. Its turn may come later.
	var seen *seenProfile
	known, alone := a.await(ctx, func() bool {
		seen = a.profiles[holder.ID]
		return seen != nil || a.applying
	})
	switch {
	case known:
		return a.mayBeReplaced(seen, p)
	case ctx.Err() != nil:
		return nil
	case alone:
		diags.AddAttributeError(path.Root("authoritative_source_id"), sourceInUse, inUse(*holder))
	default: // those that wait may keep others from their turn
		diags.AddAttributeWarning(path.Root("authoritative_source_id"), sourceInUse, inUse(*holder)+
			" The apply fails unless it destroys that profile or gives it another source.")
	}
	return diags
}

// mayBeReplaced warns of the identities of a profile in the state that no plan was
// seen of, while its source is planned for a new one: it is tainted, or its own turn
// is still to come.
func (a *activity) mayBeReplaced(seen *seenProfile, p plannedProfile) (diags diag.Diagnostics) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case seen == nil || a.applying || seen.stays != nil:
	case seen.destroys && seen.Name.ValueString() == p.name:
		diags.AddAttributeWarning(path.Root("authoritative_source_id"), "Identity profile is destroyed and created again", fmt.Sprintf(
			"The plan destroys %s and creates one of the same name and source. If this is the same profile under a new address, add a moved block, which keeps it.", seen.profileModel))
	case !seen.destroys && seen.Name.ValueString() == p.name:
		diags.Append(warnOfReplacement(seen.profileModel)...)
	}
	return diags
}

const sourceInUse = "Source feeds another identity profile"

// inUse tells which profile a source feeds and what to do. It prints no command: an
// import of a profile that a state tracks under another address would let a later
// apply destroy it.
func inUse(holder isc.Profile) string {
	return fmt.Sprintf("Source %s feeds identity profile %q (%s) already, and a source feeds at most one. "+
		"If another resource of this configuration or of its state is that profile, add a moved block from its address to this one. "+
		"Only if no state tracks it, import it under the ID %s. Otherwise choose another source.",
		holder.Source, printable.Text(holder.Name), holder.ID, holder.ID)
}

func sourceTwice(p, other plannedProfile) diag.Diagnostic {
	which := fmt.Sprintf("identity profiles %q and %q", other.name, p.name)
	if other.name == p.name {
		which = fmt.Sprintf("two identity profiles named %q", p.name)
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("authoritative_source_id"), "Source is planned for two identity profiles",
		fmt.Sprintf("The configuration gives source %s to %s. A source feeds at most one.", p.source, which))
}

const howToForget = "To forget one of them without touching the profile, replace its resource block by a removed block with destroy = false, or run \"terraform state rm\" with its address."

func standsTwice(m profileModel) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Identity profile is in the state twice",
		fmt.Sprintf("The state has %s under two addresses. Destroying one of them would destroy the profile of both. %s", m, howToForget))
}

func destroysOneOfTwo(m profileModel) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Identity profile has a second address",
		fmt.Sprintf("The state has %s under two addresses. The plan destroys it under one and keeps it under the other, which would lose it. %s", m, howToForget))
}
