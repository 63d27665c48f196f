package basip

import (
	"context"
	"errors"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// The rule for a panel that does not answer is transport.Outage; the rule for its
// login is in auth.go.

// ForPlan returns a context for a refresh or for the questions of a plan: a panel
// that does not answer is given up early. Without it, an operation outlasts a reboot.
func ForPlan(ctx context.Context) context.Context { return transport.Hurry(ctx) }

// ToldBefore reports whether the cause of err is one that all operations on the
// panel share, and an error with it has been asked about before: one of them is
// enough to tell it in full.
func ToldBefore(err error) bool {
	var outage *transport.OutageError
	if errors.As(err, &outage) {
		return !outage.First()
	}
	var failed *Error
	return errors.As(err, &failed) && failed.told != nil && !failed.told.CompareAndSwap(false, true)
}
