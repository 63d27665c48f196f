package panel

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
)

// object names what a diagnostic is about.
type object struct {
	resource string // "gatehouse_panel_user"
	noun     string // "user"
	panel    string
	linkID   string
	name     string
}

func (o object) String() string {
	text := fmt.Sprintf("%s %s on panel %q", o.noun, o.linkID, o.panel)
	if o.name != "" {
		text = fmt.Sprintf("%s %q (%s) on panel %q", o.noun, o.name, o.linkID, o.panel)
	}
	return text
}

// failed turns the error of an action into a diagnostic that says what to do, on
// the attribute that is at fault if there is one.
func (o object) failed(action string, err error) diag.Diagnostic {
	var exists *basip.ExistsError
	var inUse *basip.InUseError
	var differs *basip.DiffersError
	var unconfirmed *basip.UnconfirmedError
	var stillThere *basip.StillThereError
	summary := fmt.Sprintf("Could not %s %s", action, o.noun)
	detail := fmt.Sprintf("Could not %s %s: %s", action, o, err)
	switch {
	case errors.As(err, &exists):
		return o.exists(action, exists)
	case errors.As(err, &inUse):
		return diag.NewErrorDiagnostic("Time profile in use", fmt.Sprintf(
			"%s. Nothing was deleted: whoever loses a time profile this way might be able to pass at any hour. "+
				"Take the profile off them first, or delete them. Users of this configuration should refer to the profile by its link_id attribute, so that Terraform destroys them before it. "+
				"To take the profile off a user that stays, do so in an apply before this one, since Terraform destroys before it changes; "+
				"one apply does both if lifecycle { create_before_destroy = true } has been applied to the profile.", inUse))
	case errors.As(err, &unconfirmed):
		return diag.NewErrorDiagnostic(summary, detail+". The object is kept in the state, marked as tainted if it is new; the next apply looks what became of it and goes on from there.")
	case errors.As(err, &differs) && differs.Restored:
		return diag.NewErrorDiagnostic(summary, detail+". The change was taken back, so that the panel is as it was.")
	case errors.As(err, &stillThere):
		return diag.NewErrorDiagnostic(summary, detail+". It is kept in the state; run the destroy again, with a longer timeouts.delete if the panel is slow.")
	case errors.Is(err, basip.ErrNotFound):
		return diag.NewErrorDiagnostic(summary, fmt.Sprintf("%s is not there any more; somebody has removed it since the plan. Plan again to create it anew.", o))
	case errors.Is(err, basip.ErrLoginRefused), errors.Is(err, basip.ErrWrongPanel):
		return diag.NewAttributeErrorDiagnostic(path.Root("panel"), summary, detail)
	}
	return diag.NewErrorDiagnostic(summary, detail)
}

// exists explains a collision and how to take the existing object over.
func (o object) exists(action string, exists *basip.ExistsError) diag.Diagnostic {
	at := path.Root("link_id")
	if exists.ByName {
		at = path.Root("name")
	}
	detail := fmt.Sprintf("Could not %s %s: %s. Nothing was sent, since the panel would have changed that one instead. ", action, o, exists)
	switch {
	case exists.LinkID == uuid.Nil:
		detail += "It was made at the panel itself and has no link_id, so that it cannot be imported: choose another name, or rename or delete it at the panel."
	case action == actionCreate:
		detail += fmt.Sprintf("To manage the existing one, set link_id = %q or leave link_id out, and import it:\n\n  terraform import %s.NAME '%s/%s'\n\nOtherwise choose another name or link_id.", exists.LinkID, o.resource, o.panel, exists.LinkID)
	default:
		detail += fmt.Sprintf("That is %s. Choose another name.", exists.LinkID)
	}
	return diag.NewAttributeErrorDiagnostic(at, fmt.Sprintf("The %s exists already", o.noun), detail)
}
