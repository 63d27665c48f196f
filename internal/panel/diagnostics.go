package panel

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/bulk"
)

// object names what a diagnostic is about.
type object struct {
	resource string // "gatehouse_panel_user"
	noun     string // "user"
	panel    string
	linkID   string
	name     string
}

func (o object) String() string { return fmt.Sprintf("%s on panel %q", o.label(), o.panel) }

// label names the object without its panel.
func (o object) label() string {
	text := o.noun
	if o.name != "" {
		text += fmt.Sprintf(" %q", o.name)
	}
	switch {
	case o.linkID != "" && o.name != "":
		text += fmt.Sprintf(" (%s)", o.linkID)
	case o.linkID != "":
		text += " " + o.linkID
	}
	return text
}

// failed turns the error of an action into a diagnostic: the summary is the cause,
// since CI often shows no more; the detail tells what was tried, what the panel
// answered and what to do. Each fact stands in it once. A cause that all objects of
// a panel share is told once, and the diagnostics of the others refer to that.
func (o object) failed(action string, err error) diag.Diagnostic {
	var exists *basip.ExistsError
	var inUse *basip.InUseError
	var aside *basip.AsideError
	switch {
	case errors.As(err, &aside):
		return diag.NewAttributeErrorDiagnostic(path.Root("name"), fmt.Sprintf("The %s kept a temporary name", o.noun), sentences(
			fmt.Sprintf("Could not %s %s: %s", action, o, reason(action, aside)),
			"The next plan shows the temporary name as a change, and the next apply takes it back"))
	case errors.As(err, &exists):
		return o.exists(action, exists)
	}
	detail := sentences(fmt.Sprintf("Could not %s %s: %s", action, o, reason(action, err)), o.nextStep(action, err, hint(err)))
	if basip.ToldBefore(err) {
		detail = sentences(fmt.Sprintf("Could not %s %s. Another message about panel %q tells the cause", action, o, o.panel), o.nextStep(action, err, ""))
	}
	switch {
	case errors.As(err, &inUse):
		return diag.NewErrorDiagnostic(o.summary(action, err), detail)
	case errors.Is(err, basip.ErrLoginRefused), errors.Is(err, basip.ErrWrongPanel):
		return diag.NewAttributeErrorDiagnostic(path.Root("panel"), o.summary(action, err), detail)
	}
	return diag.NewErrorDiagnostic(o.summary(action, err), detail)
}

// summary returns the cause of a failed action in at most eight words.
func (o object) summary(action string, err error) string {
	var inUse *basip.InUseError
	var unknown *basip.UseUnknownError
	var differs *basip.DiffersError
	var unconfirmed *basip.UnconfirmedError
	var stillThere *basip.StillThereError
	var failed *basip.Error
	var item *basip.ItemError
	asked := errors.As(err, &failed)
	switch {
	case errors.As(err, &inUse):
		return "Time profile in use"
	case errors.As(err, &unknown):
		return "Time profile may be in use"
	case errors.As(err, &differs):
		return fmt.Sprintf("Panel %q stored the %s differently", o.panel, o.noun)
	case asked && failed.Problem != "": // also of what is not confirmed: that it is not shows in the detail
		return fmt.Sprintf("Panel %q %s", o.panel, failed.Problem)
	case errors.As(err, &stillThere):
		return fmt.Sprintf("Panel %q did not confirm the deletion", o.panel)
	case errors.As(err, &unconfirmed) && errors.Is(err, context.Canceled):
		return fmt.Sprintf("Interrupted while the %s was being %s", o.noun, done(action))
	case errors.As(err, &unconfirmed):
		return fmt.Sprintf("Panel %q did not confirm the %s", o.panel, o.noun)
	case errors.Is(err, context.Canceled):
		return fmt.Sprintf("Interrupted before the %s was %s", o.noun, done(action))
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("Panel %q was busy too long", o.panel)
	case errors.Is(err, basip.ErrNotFound):
		return fmt.Sprintf("No such %s on panel %q", o.noun, o.panel)
	case errors.As(err, &item):
		return fmt.Sprintf("Panel %q did not %s the %s", o.panel, action, o.noun)
	}
	return fmt.Sprintf("Could not %s %s", action, o.noun)
}

// nextStep returns what is certain about the panel after a failed action and what
// to do about it.
func (o object) nextStep(action string, err error, hint string) string {
	var inUse *basip.InUseError
	var unknown *basip.UseUnknownError
	var differs *basip.DiffersError
	var unconfirmed *basip.UnconfirmedError
	var stillThere *basip.StillThereError
	var failed *basip.Error
	errors.As(err, &failed)
	interrupted := errors.Is(err, context.Canceled)
	late := errors.Is(err, context.DeadlineExceeded) && (failed == nil || failed.Problem == "")
	switch {
	case errors.As(err, &inUse):
		return o.release(inUse)
	case errors.As(err, &unknown):
		return sentences(hint, nothingDeleted, "Look at the panel who uses the time profile. "+
			"When nobody does, delete it at the panel: the next plan finds it gone. To leave it there and forget it, use a removed block with lifecycle { destroy = false }")
	case errors.As(err, &unconfirmed):
		return sentences(hint, "The request was sent, and its outcome is not known: "+kept(action))
	case errors.As(err, &differs) && differs.Restored:
		return "The change was taken back, so that the panel is as it was"
	case errors.As(err, &stillThere):
		return sentences(hint, fmt.Sprintf("It is kept in the state; run the destroy again, with a longer %s if the panel is slow", timeout(action)))
	case errors.Is(err, basip.ErrNotFound):
		return "Somebody has removed it since the plan. Plan again to create it anew"
	case action == actionRead:
		return hint
	case action == actionDelete && (interrupted || late) && !errors.Is(err, basip.ErrNotSent):
		return "The deletion may have been sent: " + kept(action)
	case interrupted:
		return "Nothing was sent that changes the panel. Apply again to go on"
	case late:
		return fmt.Sprintf("Nothing was sent that changes the panel. Apply again to go on, with a longer %s if the panel is slow", timeout(action))
	}
	return hint
}

// hint returns what the user can do about a request that failed.
func hint(err error) string {
	var failed *basip.Error
	if errors.As(err, &failed) {
		return failed.Hint
	}
	return ""
}

// kept says what the state holds after a request of unknown outcome.
func kept(action string) string {
	switch action {
	case actionCreate:
		return "the object is kept in the state, marked as tainted; the next apply looks what became of it and goes on from there"
	case actionDelete:
		return "the object is kept in the state; the next destroy looks what became of it and goes on from there"
	}
	return "the state is left as it was; the next plan reads what the panel holds and goes on from there"
}

// done returns the participle of an action.
func done(action string) string {
	switch action {
	case actionCreate:
		return "created"
	case actionUpdate:
		return "changed"
	case actionDelete:
		return "deleted"
	case actionRead:
		return "read"
	case actionPlan:
		return "planned"
	}
	return "sent"
}

// timeout names the attribute that bounds an action.
func timeout(action string) string {
	if action == actionReferences { // a part of the creation or the update
		return "the timeouts block"
	}
	return "timeouts." + action
}

// reason returns the text of an error without what the detail of a diagnostic says
// already: panel, object and hint.
func reason(action string, err error) string {
	switch err { //nolint:errorlint // the end of a chain: what wraps it has its own text
	case context.Canceled:
		return "the command was interrupted"
	case context.DeadlineExceeded:
		return fmt.Sprintf("the time of %s is over", timeout(action))
	case basip.ErrNotFound:
		return "it is not on the panel any more"
	}
	if unconfirmed, ok := err.(*basip.UnconfirmedError); ok { //nolint:errorlint // this one and not what it wraps
		return reason(action, unconfirmed.Err) // the next step says that it is not confirmed
	}
	text := err.Error()
	if detailed, ok := err.(interface{ Detail() string }); ok {
		text = detailed.Detail()
	}
	switch wrapper := err.(type) { //nolint:errorlint // it goes down the tree by itself
	case interface{ Unwrap() error }:
		if inner := wrapper.Unwrap(); inner != nil {
			text = strings.Replace(text, inner.Error(), reason(action, inner), 1)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range wrapper.Unwrap() {
			text = strings.Replace(text, inner.Error(), reason(action, inner), 1)
		}
		text = strings.ReplaceAll(text, "\n", "; ") // of errors.Join
		// The next step says these.
		for _, said := range []error{basip.ErrNotSent, bulk.ErrWithdrawn} {
			text = strings.TrimPrefix(text, said.Error()+": ")
		}
	}
	return text
}

// exists explains a collision. An object that stands in the state under another
// address must not be imported: both addresses would be the same object, and the
// end of one would delete the object of the other. The provider cannot see the
// state, so it names no command that could be pasted without a look.
func (o object) exists(action string, exists *basip.ExistsError) diag.Diagnostic {
	at, summary := path.Root("link_id"), fmt.Sprintf("The link_id is taken on panel %q", o.panel)
	other := "link_id"
	if exists.ByName {
		at, summary, other = path.Root("name"), fmt.Sprintf("The name is taken on panel %q", o.panel), "name"
	}
	lines := []string{sentences(
		fmt.Sprintf("Could not %s %s: %s", action, o, exists.Detail()),
		"Nothing was sent, since the panel would have changed that one instead",
	)}
	if exists.Waited > 0 {
		lines = append(lines, "If this apply was to delete or rename that one, its turn did not come. The operations that Terraform ran at the time may all have waited: apply again, with a higher -parallelism. With create_before_destroy, the new object needs another name and link_id than the old one.")
	}
	switch {
	case exists.LinkID == uuid.Nil:
		lines = append(lines, "It was made at the panel itself and has no link_id, so that it cannot be imported: choose another name, or rename or delete it at the panel.")
	case action == actionCreate:
		lines = append(lines,
			fmt.Sprintf("If it belongs to another resource, of this configuration or of another one (terraform show lists the link_id of each), do not import it: "+
				"under two addresses it would be deleted with the first of them. If its resource only got a new address, say so in the configuration:\n\n"+
				"  moved {\n    from = %[1]s.OLD\n    to   = %[1]s.NEW\n  }", o.resource),
			fmt.Sprintf("Only if it stands in no state, manage it from here on by an import block with the id %q, and leave link_id out of the resource or set it to that one. Otherwise choose another %s.", o.panel+"/"+exists.LinkID.String(), other))
	default:
		lines = append(lines, fmt.Sprintf("It has the link_id %s. Choose another %s.", exists.LinkID, other))
	}
	return diag.NewAttributeErrorDiagnostic(at, summary, strings.Join(lines, "\n\n"))
}

// nothingDeleted says why a time profile was not deleted.
const nothingDeleted = "Nothing was deleted: a user who loses a time profile this way may be able to pass at any hour"

// release says how those who refer to a time profile get rid of it.
func (o object) release(inUse *basip.InUseError) string {
	steps := []string{nothingDeleted}
	managed, local := false, inUse.Identifiers > 0
	for _, user := range inUse.Users {
		managed = managed || user.LinkID != uuid.Nil
		local = local || user.LinkID == uuid.Nil
	}
	if managed {
		steps = append(steps,
			"If the profile only got another address, add a moved block from the old address to the new one",
			"Terraform deletes before it changes: take the profile out of time_profiles of the users with a link_id, bring that about with terraform apply -target=ADDRESS for each of them, then apply the rest",
			"To replace a profile that stays in use, give the new one another name and set lifecycle { create_before_destroy = true }")
	}
	if local {
		steps = append(steps, "Take the profile off what was made at the panel, and off cards and codes, at the panel")
	}
	return sentences(steps...)
}

// sentences joins sentences, with a full stop after each.
func sentences(parts ...string) string {
	var whole []string
	for _, part := range parts {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if !strings.HasSuffix(part, ".") {
			part += "."
		}
		whole = append(whole, part)
	}
	return strings.Join(whole, " ")
}
