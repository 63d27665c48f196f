package panel

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
)

// ModifyPlan implements resource.ResourceWithModifyPlan.
func (r *timeProfileResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	ctx = basip.ForPlan(ctx)
	prior := timeProfileKind.stored(req.State.Raw)
	if req.Plan.Raw.IsNull() { // a deletion
		resp.Diagnostics.Append(r.panels.goes(prior)...)
		resp.Diagnostics.Append(warnInUse(ctx, r.panels, prior, ending)...)
		return
	}
	moves := planPanel(ctx, r.panels, req, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	if !resp.Plan.Raw.Equal(req.State.Raw) {
		var plan timeProfileModel
		resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)
		if resp.Diagnostics.HasError() {
			return
		}
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("schedule"), plan.schedule(ctx))...)
	}
	if resp.Plan.Raw.Equal(req.State.Raw) { // a schedule that is over is no news
		resp.Diagnostics.Append(r.panels.keeps(prior, prior.name)...)
		return
	}
	var config, plan timeProfileModel // the configuration's spellings, of which the plan may keep former ones
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(warnOfTimeProfile(config, r.now())...)
	switch o := plan.object(); {
	case req.State.Raw.IsNull():
		resp.Diagnostics.Append(r.panels.creates(o)...)
		resp.Diagnostics.Append(checkName(ctx, r.panels, actionCreate, o, timeProfileCollection)...)
		resp.Diagnostics.Append(refuseReplaced(ctx, r.panels, o)...)
	case moves || !strings.EqualFold(o.linkID, prior.linkID): // Terraform asks for the creation next
		resp.Diagnostics.Append(r.panels.goes(prior)...)
		consequence := replacement
		if o.panel != prior.panel || o.nameKey() != prior.nameKey() { // the new one can be created before
			consequence = "It cannot be destroyed before they are changed: the profile needs lifecycle { create_before_destroy = true }."
		}
		resp.Diagnostics.Append(warnInUse(ctx, r.panels, prior, consequence)...)
	default:
		resp.Diagnostics.Append(r.panels.keeps(o, prior.name)...)
		if o.name != prior.name {
			resp.Diagnostics.Append(checkName(ctx, r.panels, actionUpdate, o, timeProfileCollection)...)
		}
	}
}

func timeProfileCollection(client *basip.Client) nameChecker { return client.TimeProfiles() }

// ending says what becomes of the end of a time profile in use.
const ending = "It cannot be destroyed while they do. If the profile only gets another address, add a moved block from the old address to the new one. " +
	"Otherwise Terraform destroys those first that refer to its link_id attribute; the others must be changed or destroyed before it."

// replacement says how a time profile in use can be replaced.
const replacement = "It cannot be replaced while they do: the old one is not deleted while it is referred to, and the new one cannot have its name before. " +
	"Give the new one another name and set lifecycle { create_before_destroy = true }, so that users of this configuration are changed in between."

// refuseReplaced refuses a creation that replaces a time profile to which something
// refers that no plan can change: what was made at the panel. Terraform shows the
// provider a forced replacement only as a time profile that stays and a new one of
// the same name, and of the second it shows errors only; users with a link_id warn
// by themselves, see warnReplacedProfiles.
func refuseReplaced(ctx context.Context, panels *Panels, o object) (diags diag.Diagnostics) {
	if panels == nil {
		return nil
	}
	old, found := panels.planned.replaces(o)
	if !found {
		return nil
	}
	inUse := useOf(ctx, panels, old)
	if inUse == nil {
		return nil
	}
	inUse.Users = slices.DeleteFunc(inUse.Users, func(user basip.User) bool { return user.LinkID != uuid.Nil })
	if len(inUse.Users) > 0 || inUse.Identifiers > 0 {
		diags.AddError("Time profile in use", fmt.Sprintf("%s is referred to by %s. %s", upperFirst(old.String()), inUse.Holders(), replacement))
	}
	return diags
}

// warnReplacedProfiles warns of a user who refers to a time profile that this plan
// replaces under its name.
func warnReplacedProfiles(ctx context.Context, panels *Panels, o object, profiles types.Set) (diags diag.Diagnostics) {
	if panels == nil || profiles.IsNull() || profiles.IsUnknown() {
		return nil
	}
	ids, diags := uuids(ctx, profiles)
	for _, id := range ids {
		if panels.planned.isReplaced(timeProfileKind.noun, o.panel, id) {
			diags.AddAttributeWarning(path.Root("time_profiles"), "Time profile in use", fmt.Sprintf(
				"User %q refers to time profile %s, which this plan replaces. %s", o.name, id, replacement))
		}
	}
	return diags
}

// warnInUse warns of the end of a time profile that users and identifiers refer to,
// and lists them. It leaves out the users that this plan destroys as well, as far
// as it has got.
func warnInUse(ctx context.Context, panels *Panels, o object, consequence string) (diags diag.Diagnostics) {
	inUse := useOf(ctx, panels, o)
	if inUse == nil {
		return nil
	}
	inUse.Users = slices.DeleteFunc(inUse.Users, func(user basip.User) bool {
		return user.LinkID != uuid.Nil && panels.planned.isGoing(userKind.noun, o.panel, user.LinkID)
	})
	if len(inUse.Users) > 0 || inUse.Identifiers > 0 {
		diags.AddWarning("Time profile in use", fmt.Sprintf("%s is referred to by %s. %s", upperFirst(o.String()), inUse.Holders(), consequence))
	}
	return diags
}

// useOf returns who refers to a time profile, nil if nobody does, or if the panel
// does not answer: that is no matter of the plan.
func useOf(ctx context.Context, panels *Panels, o object) (inUse *basip.InUseError) {
	id, err := uuid.Parse(o.linkID)
	client := panels.asked(o)
	if client == nil || err != nil {
		return nil
	}
	err = panels.contact.ask(ctx, client, func(ctx context.Context) (err error) {
		inUse, err = client.UseOfTimeProfile(ctx, id)
		return err
	})
	if err != nil {
		return nil
	}
	return inUse
}

// upperFirst makes the beginning of a sentence.
func upperFirst(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
