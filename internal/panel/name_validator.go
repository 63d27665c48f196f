package panel

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
)

// nameRules returns what a description says of names, in full sentences.
func nameRules() string {
	return fmt.Sprintf("It must not be blank, begin or end with a blank, or hold line breaks, control characters or invisible characters. "+
		"A name of more than %d characters causes a warning, because a panel may cut it.", basip.LongName)
}

// nameValidator returns the validator of names that people read at a panel. It
// refuses what [basip.CheckName] refuses, and warns of a name that a panel may
// cut.
func nameValidator() validator.String { return nameCheck{} }

type nameCheck struct{}

// Description says what the validator asks for, in plain text.
func (nameCheck) Description(context.Context) string { return nameRules() }

// MarkdownDescription says what the validator asks for.
func (nameCheck) MarkdownDescription(context.Context) string { return nameRules() }

// ValidateString implements the validator.
func (nameCheck) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	name := req.ConfigValue.ValueString()
	if problem := basip.CheckName(name); problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid name", fmt.Sprintf("%s %s.", req.Path, problem))
		return
	}
	if n := utf8.RuneCountInString(name); n > basip.LongName {
		resp.Diagnostics.AddAttributeWarning(req.Path, "Name longer than a panel may keep", fmt.Sprintf(
			"%s has %d characters. A panel may cut it after %d, and each plan would then show a change: choose a shorter name.", req.Path, n, basip.LongName))
	}
}
