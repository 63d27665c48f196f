package panel

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

// linkIDSet validates a set of link_ids. The framework validates the values of a
// custom type where they are attributes, and not where they are elements.
type linkIDSet struct {
	resource string // whose link_id attribute belongs in the set
}

// Description says what the validator wants, in plain text.
func (v linkIDSet) Description(context.Context) string {
	return fmt.Sprintf("Each element must be the link_id of a %s.", v.resource)
}

// MarkdownDescription says what the validator wants.
func (v linkIDSet) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateSet implements validator.Set.
func (v linkIDSet) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	for _, element := range req.ConfigValue.Elements() {
		value, ok := element.(uuidtype.UUIDValue)
		if !ok || value.IsUnknown() {
			continue
		}
		if value.IsNull() {
			resp.Diagnostics.AddAttributeError(req.Path, "Invalid link_id", fmt.Sprintf("%s must not hold null.", req.Path))
			continue
		}
		if err := uuidtype.Check(value.ValueString()); err != nil {
			resp.Diagnostics.AddAttributeError(req.Path.AtSetValue(element), "Invalid link_id", fmt.Sprintf(
				"%q %s. Refer to the link_id attribute of a %s, not to its name.", value.ValueString(), err, v.resource))
		}
	}
}
