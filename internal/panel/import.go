package panel

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

// importByLinkID imports by "panel/link_id", or by "link_id" where there is only
// one panel. What the object is like is for the Read that follows.
func importByLinkID(ctx context.Context, panels *Panels, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	name, id := "", req.ID
	if slash := strings.LastIndex(req.ID, "/"); slash >= 0 {
		name, id = req.ID[:slash], req.ID[slash+1:]
	}
	linkID, err := uuid.Parse(id)
	if err != nil || len(id) != len(linkID.String()) || linkID == uuid.Nil {
		resp.Diagnostics.AddError("Invalid import id",
			fmt.Sprintf("%q is not of the form panel/link_id, or link_id where there is only one panel, with a UUID as link_id.", req.ID))
		return
	}
	if panels == nil {
		resp.Diagnostics.AddError("Provider not configured", "An import needs the provider's panels, and they are not known yet.")
		return
	}
	panel, diags := panels.resolve(name)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	if why, pending := panels.notYet(panel); pending { // nobody could look whether the object exists
		resp.Diagnostics.AddError("Panel not known yet", fmt.Sprintf(
			"%s cannot be imported: %s. Apply what the provider block depends on first, for example with -target.", req.ID, why))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("panel"), types.StringValue(panel))...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("link_id"), uuidtype.NewUUIDValue(linkID))...)
}
