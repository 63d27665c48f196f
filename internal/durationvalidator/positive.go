// Package durationvalidator validates strings that hold durations.
package durationvalidator

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Positive refuses a duration of zero or less. What is not a duration is left to
// other validators.
func Positive() validator.String { return positive{} }

type positive struct{}

// Description says what the validator wants, in plain text.
func (positive) Description(context.Context) string { return "The duration must be above zero." }

// MarkdownDescription says what the validator wants.
func (v positive) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString implements validator.String.
func (positive) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err == nil && d <= 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid duration", fmt.Sprintf("%s must be above zero, not %q.", req.Path, req.ConfigValue.ValueString()))
	}
}
