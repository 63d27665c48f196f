package panel

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

// importByLinkID imports by "panel/link_id", or by "link_id" where there is only
// one panel. What the object is like is for the Read that follows.
func importByLinkID(ctx context.Context, panels *Panels, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	name, linkID, err := parseImportID(req.ID)
	if err != nil {
		resp.Diagnostics.AddError("Invalid import ID",
			fmt.Sprintf("%q is not of the form panel/link_id: %s. %s", req.ID, err, panels.importForm()))
		return
	}
	if panels == nil {
		resp.Diagnostics.AddError("Provider not configured", "An import needs the provider's panels, and they are not known yet.")
		return
	}
	panel, diags := panels.resolve(name)
	if diags.HasError() {
		for _, d := range diags {
			resp.Diagnostics.AddError(d.Summary(), fmt.Sprintf("%q cannot be imported. %s %s", req.ID, d.Detail(), panels.importForm()))
		}
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
