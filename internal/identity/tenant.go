// Package identity is the Terraform side of identity profiles of a SailPoint
// Identity Security Cloud tenant: schemas, the conversion between models and the
// API's types, and the rules of a plan. It speaks to the tenant through package
// isc alone.
package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/deletelimit"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
)

// Source is what a provider hands to this package.
type Source interface {
	// Tenant returns the configured tenant.
	Tenant() *Tenant
}

// Tenant is the tenant of the provider block.
type Tenant struct {
	client   *isc.Client
	missing  string // why there is no client, as a sentence
	pending  bool   // the client will be known when the configuration is applied
	activity *activity
	asked    preflight
	limit    *deletelimit.Limit
}

// LimitDeletions bounds the deletions of identity profiles; nil allows all.
func (t *Tenant) LimitDeletions(limit *deletelimit.Limit) { t.limit = limit }

// planDeletion counts the deletion of a profile against max_deletions.
func (t *Tenant) planDeletion() (diags diag.Diagnostics) {
	if t == nil {
		return nil
	}
	if err := t.limit.Plan(); err != nil {
		diags.AddError(deletelimit.Summary, err.Error())
	}
	return diags
}

// NewTenant returns a tenant that can be spoken to. settle is how long an operation
// waits for others that may change its outcome when nothing else happens; 2 s when
// zero.
func NewTenant(client *isc.Client, settle time.Duration) *Tenant {
	return &Tenant{client: client, activity: newActivity(settle)}
}

// MissingTenant returns a tenant that cannot be spoken to; why says so in a
// sentence that tells what to set.
func MissingTenant(why string) *Tenant { return &Tenant{missing: why, activity: newActivity(0)} }

// PendingTenant returns a tenant that cannot be spoken to before apply; why says
// what is not known, as a sentence.
func PendingTenant(why string) *Tenant {
	return &Tenant{missing: why, pending: true, activity: newActivity(0)}
}

// together returns the record of what this process does. Before the provider is
// configured nothing is recorded.
func (t *Tenant) together() *activity {
	if t == nil {
		return newActivity(0)
	}
	return t.activity
}

// begin counts an operation in and returns what counts it out.
func (t *Tenant) begin() (end func()) { return t.together().begin() }

// isPending reports whether the tenant cannot be asked before apply.
func (t *Tenant) isPending() bool { return t == nil || t.pending }

// connected returns the client, or an error that says what to set.
func (t *Tenant) connected() (*isc.Client, diag.Diagnostics) {
	var diags diag.Diagnostics
	switch {
	case t == nil:
		diags.AddError("Provider not configured", "The tenant is not known yet.")
	case t.client == nil:
		diags.AddError("No SailPoint tenant", t.missing)
	default:
		return t.client, nil
	}
	return nil, diags
}

// readable returns the client for a refresh. It is nil, with a warning, for a
// tenant that cannot be spoken to before apply: the plan goes on with what the
// state knows.
func (t *Tenant) readable() (*isc.Client, diag.Diagnostics) {
	if t == nil || !t.pending {
		return t.connected()
	}
	var diags diag.Diagnostics
	diags.AddWarning("Identity profile not refreshed", "The tenant was not asked for changes made outside Terraform. "+t.missing)
	return nil, diags
}

// configured is the part of a resource or data source that knows the tenant.
type configured struct {
	tenant *Tenant // nil until the provider is configured
}

// Configure implements resource.ResourceWithConfigure.
func (c *configured) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(c.configure(req.ProviderData)...)
}

func (c *configured) configure(data any) (diags diag.Diagnostics) {
	if data == nil { // validation, before the provider is configured
		return nil
	}
	source, ok := data.(Source)
	if !ok {
		diags.AddError("Unexpected provider data", fmt.Sprintf("This is a fault of the provider: it handed over a %T.", data))
		return diags
	}
	c.tenant = source.Tenant()
	return nil
}
