package panel

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/deletelimit"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

// entityKind names one kind of entity in diagnostics.
type entityKind struct{ resource, noun string }

var (
	userKind        = entityKind{"gatehouse_panel_user", "user"}
	timeProfileKind = entityKind{"gatehouse_panel_time_profile", "time profile"}
)

// stored returns the object that a state in Terraform's encoding holds. It does
// without the framework's reflection, since every object of every plan comes here.
func (k entityKind) stored(raw tftypes.Value) object {
	o := object{resource: k.resource, noun: k.noun}
	var attributes map[string]tftypes.Value
	if raw.IsNull() || raw.As(&attributes) != nil {
		return o
	}
	for name, into := range map[string]*string{"panel": &o.panel, "link_id": &o.linkID, "name": &o.name} {
		if value := attributes[name]; value.IsKnown() && !value.IsNull() {
			_ = value.As(into) // an attribute of another type stays empty
		}
	}
	return o
}

// nameChecker is a collection that a plan asks about a name.
type nameChecker interface {
	MadeAtPanel(ctx context.Context, name string) (spelling string, err error)
}

// checkName reports, while planning, that an entity made at the panel has the name
// that an object is to have. It is also the plan's first contact with the panel: a
// refused login or another device shows here. A panel that cannot be reached is a
// warning: it may be switched on when the plan is applied.
func checkName(ctx context.Context, panels *Panels, action string, o object, collection func(*basip.Client) nameChecker) (diags diag.Diagnostics) {
	client := panels.asked(o)
	if client == nil {
		return nil
	}
	var spelling string
	err := panels.contact.ask(ctx, client, func(ctx context.Context) (err error) {
		if o.name == "" { // not known yet; the panel is contacted all the same
			o.name = o.linkID
		}
		spelling, err = collection(client).MadeAtPanel(ctx, o.name)
		return err
	})
	switch {
	case err != nil:
		return panels.unchecked(o, err)
	case spelling != "":
		diags.Append(o.exists(action, &basip.ExistsError{Panel: o.panel, Kind: o.noun, Name: o.name, Existing: spelling, ByName: true}))
	}
	return diags
}

// checkTimeProfiles reports, while planning, time profiles that the panel does not
// have and that this plan does not create on it.
func checkTimeProfiles(ctx context.Context, panels *Panels, o object, set types.Set) (diags diag.Diagnostics) {
	client := panels.asked(o)
	if client == nil {
		return nil
	}
	var ids []uuid.UUID
	for _, element := range set.Elements() {
		if value, ok := element.(uuidtype.UUIDValue); ok && value.ValueUUID() != uuid.Nil {
			ids = append(ids, value.ValueUUID())
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var missing []uuid.UUID
	err := panels.contact.ask(ctx, client, func(ctx context.Context) (err error) {
		missing, err = client.TimeProfiles().Missing(ctx, ids...)
		return err
	})
	if err != nil {
		return panels.unchecked(o, err)
	}
	for _, id := range missing {
		on := panels.planned.panelsOf(timeProfileKind.noun, id)
		switch {
		case slices.Contains(on, o.panel): // created by this plan, or gone and created anew
		case len(on) > 0:
			diags.AddAttributeError(path.Root("time_profiles"), fmt.Sprintf("Time profile is on panel %q", on[0]), fmt.Sprintf(
				"The time profile %s is on panel %q, and %s refers to it. A panel knows its own time profiles only: create one on panel %q and refer to that.", id, on[0], o, o.panel))
		default:
			diags.Append(missingProfile(o, id))
		}
	}
	return diags
}

// asked returns the client of the panel that a plan may ask, nil if it cannot be
// asked before apply.
func (p *Panels) asked(o object) *basip.Client {
	if p == nil {
		return nil
	}
	return p.clients[o.panel]
}

// unchecked tells that a plan could not be checked against the panel: as an error
// if the apply is bound to fail, else once as a warning.
func (p *Panels) unchecked(o object, err error) (diags diag.Diagnostics) {
	for _, hopeless := range []error{basip.ErrLoginRefused, basip.ErrWrongPanel, basip.ErrUnsupported, basip.ErrNoSuchPath} {
		if errors.Is(err, hopeless) {
			return diag.Diagnostics{o.failed(actionPlan, err)}
		}
	}
	if errors.Is(err, context.Canceled) {
		return diag.Diagnostics{o.failed(actionPlan, err)}
	}
	if !p.planned.first("unchecked " + o.panel) {
		return nil
	}
	failed := o.failed(actionPlan, err)
	diags.AddAttributeWarning(path.Root("panel"), failed.Summary(), fmt.Sprintf(
		"The plan was not checked against panel %q; the apply does that before it writes. %s", o.panel, failed.Detail()))
	return diags
}

// warnUnrestricted warns of a user, new or changed, who may pass at any hour although the
// configuration does not say so. Terraform shows the first of several warnings with
// one summary and counts the others.
func warnUnrestricted(o object) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("time_profiles"), "User may pass at any hour", fmt.Sprintf(
		"User %q has no time profile, so that their cards and codes open the door at any hour. Set time_profiles, or write time_profiles = [] if that is meant.", o.name))
}

// creates, keeps and goes record what a plan does, for a provider that is
// configured; see planned.
func (p *Panels) creates(o object) diag.Diagnostics {
	if p == nil {
		return nil
	}
	return p.planned.creates(o)
}

func (p *Panels) keeps(o object, before string) diag.Diagnostics {
	if p == nil {
		return nil
	}
	return p.planned.keeps(o, before)
}

func (p *Panels) goes(o object) diag.Diagnostics {
	if p == nil {
		return nil
	}
	return p.planned.goes(o)
}

// planDeletion counts the deletion of a user against max_deletions.
func (p *Panels) planDeletion() (diags diag.Diagnostics) {
	if p == nil {
		return nil
	}
	if err := p.limit.Plan(); err != nil {
		diags.AddError(deletelimit.Summary, err.Error())
	}
	return diags
}

// missingProfile is the error of a reference to a time profile that is not there.
func missingProfile(o object, id uuid.UUID) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("time_profiles"), fmt.Sprintf("Panel %q lacks a time profile", o.panel), fmt.Sprintf(
		"The panel has no time profile %s, to which %s is to refer. Nothing was sent, since a panel may let a user pass at any hour whose time profile does not exist. "+
			"Create the profile on this panel first, and refer to the link_id attribute of its resource, so that Terraform keeps the order.", id, o))
}
