package identity

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
)

// preflightTimeout bounds the one question that a plan asks the tenant.
const preflightTimeout = time.Minute

// preflight is the one question that a plan asks the tenant, when something is to
// be created or changed.
type preflight struct {
	once     sync.Once
	profiles map[string]isc.Profile // nil when the tenant did not answer
}

// preflight returns the tenant's profiles, from the listing that the refresh uses
// too. It is nil when there is none, with the reason as a diagnostic for the first
// caller: an error where an apply would fail for certain, else a warning.
func (t *Tenant) preflight(ctx context.Context) (map[string]isc.Profile, diag.Diagnostics) {
	var diags diag.Diagnostics
	t.asked.once.Do(func() {
		ctx, cancel := context.WithTimeout(ctx, preflightTimeout)
		defer cancel()
		var err error
		if t.asked.profiles, err = t.client.RecentProfiles(ctx); err == nil {
			return
		}
		if errors.Is(err, isc.ErrLoginRefused) || isCertain(err) {
			diags.AddError(cause(err, "Tenant cannot be asked"), sentence(err))
			return
		}
		diags.AddWarning(cause(err, "Tenant cannot be asked"), fmt.Sprintf(
			"The plan of new and changed identity profiles was not compared with the tenant. %s", sentence(err)))
	})
	return t.asked.profiles, diags
}
