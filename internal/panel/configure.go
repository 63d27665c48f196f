package panel

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Actions, as diagnostics call them.
const (
	actionCreate = "create"
	actionRead   = "read"
	actionUpdate = "update"
	actionDelete = "delete"

	actionPlan = "plan"

	actionReferences = "look up the time profiles of" // of a user who is about to be created or changed
)

// configured is the part of a resource that knows the provider's panels.
type configured struct {
	panels *Panels // nil until the provider is configured
}

// Configure implements resource.ResourceWithConfigure.
func (c *configured) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	if req.ProviderData == nil { // validation, before the provider is configured
		return
	}
	source, ok := req.ProviderData.(Source)
	if !ok {
		resp.Diagnostics.AddError("Unexpected provider data", fmt.Sprintf("This is a fault of the provider: it handed over a %T.", req.ProviderData))
		return
	}
	c.panels = source.Panels()
}
