package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
)

// Actions, as diagnostics call them.
const (
	actionCreate = "create"
	actionRead   = "read"
	actionUpdate = "update"
	actionDelete = "delete"
)

// failed turns the error of an action into a diagnostic that says what to do. The
// error names the profile, the tenant and what was tried.
func (m profileModel) failed(action string, err error) diag.Diagnostic {
	var conflict *isc.ConflictError
	var unconfirmed *isc.UnconfirmedError
	var pending *isc.PendingError
	var task *isc.TaskError
	var stillThere *isc.StillThereError
	var noEffect *isc.NoEffectError
	var unproven *isc.UnprovenError
	detail := sentence(err)
	switch {
	case errors.As(err, &conflict):
		return conflictDiagnostic(conflict, err)
	case errors.As(err, &unconfirmed) && action == actionCreate:
		return diag.NewErrorDiagnostic("Identity profile may have been created", detail+
			fmt.Sprintf(" If it is there and no state has it, import it under the ID name=%s.", m.Name.ValueString()))
	case errors.As(err, &unconfirmed) && action == actionUpdate:
		return diag.NewErrorDiagnostic("Identity profile may have been changed", detail)
	case errors.As(err, &pending) && pending.TaskID != "" && !pending.Blind:
		return diag.NewErrorDiagnostic("Identity profile is not gone yet", detail+" It is kept in the state; the next destroy goes on with the same task.")
	case errors.As(err, &pending):
		return diag.NewErrorDiagnostic("Identity profile is not gone yet", detail+" It is kept in the state.")
	case errors.As(err, &task), errors.As(err, &stillThere), errors.As(err, &noEffect):
		return diag.NewErrorDiagnostic("Tenant did not delete the identity profile", detail+" It is kept in the state.")
	case errors.As(err, &unproven):
		return diag.NewErrorDiagnostic("Identity profile may be gone", detail+" It is kept in the state.")
	case errors.Is(err, isc.ErrNotFound):
		return diag.NewErrorDiagnostic("Identity profile is gone", fmt.Sprintf("%s is not there any more; somebody has removed it since the plan. Plan again to create it anew.", m))
	case action == actionCreate && stopped(err):
		return diag.NewErrorDiagnostic(cause(err, "")+" before anything was sent", detail+" The identity profile is neither in the tenant nor in the state.")
	}
	return diag.NewErrorDiagnostic(cause(err, fmt.Sprintf("Could not %s identity profile", action)), detail)
}

// stopped reports whether the context ended.
func stopped(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// conflictDiagnostic explains that the source is in use.
func conflictDiagnostic(conflict *isc.ConflictError, err error) diag.Diagnostic {
	at := path.Root("authoritative_source_id")
	if conflict.Existing.ID != "" {
		return diag.NewAttributeErrorDiagnostic(at, sourceInUse, inUse(conflict.Existing))
	}
	return diag.NewAttributeErrorDiagnostic(at, "Source is in use", sentence(err)+" Apply again later, or choose another source.")
}
