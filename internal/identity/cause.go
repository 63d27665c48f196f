package identity

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
)

// cause names the cause of an error for a summary, which is all that some pipelines
// show.
func cause(err error, otherwise string) string {
	var failed *isc.Error
	switch {
	case errors.Is(err, isc.ErrLoginRefused):
		return "Tenant refused the credentials"
	case errors.Is(err, isc.ErrForbidden):
		return "Tenant denies the client a right"
	case errors.Is(err, isc.ErrNotFound):
		return "Identity profile not found"
	case errors.Is(err, isc.ErrAmbiguous):
		return "Several identity profiles have the name"
	case errors.Is(err, isc.ErrThrottled):
		return "Tenant's rate limit is used up"
	case errors.Is(err, context.Canceled):
		return "Interrupted"
	case errors.Is(err, context.DeadlineExceeded):
		return "Timeout"
	case !errors.As(err, &failed):
		return otherwise
	case failed.Unanswered():
		return "Tenant cannot be reached"
	case failed.ServerFailed():
		return "Tenant failed to answer"
	}
	return otherwise
}

// isCertain reports whether the same request would fail again.
func isCertain(err error) bool {
	var failed *isc.Error
	return errors.As(err, &failed) && failed.Final()
}

// sentence makes a sentence of an error, and of joined ones a sentence each.
func sentence(err error) string {
	var sentences []string
	for line := range strings.Lines(err.Error()) {
		text := strings.TrimSpace(line)
		first, size := utf8.DecodeRuneInString(text)
		text = string(unicode.ToUpper(first)) + text[size:]
		if !strings.HasSuffix(text, ".") {
			text += "."
		}
		sentences = append(sentences, text)
	}
	return strings.Join(sentences, " ")
}

// withDetail returns a diagnostic of the same severity and place with another detail.
func withDetail(d diag.Diagnostic, detail string) diag.Diagnostic {
	if at, ok := d.(diag.DiagnosticWithPath); ok {
		return diag.NewAttributeErrorDiagnostic(at.Path(), d.Summary(), detail)
	}
	return diag.NewErrorDiagnostic(d.Summary(), detail)
}
