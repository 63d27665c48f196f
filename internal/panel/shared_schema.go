package panel

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

// Defaults of the timeouts block.
const (
	createTimeout = 5 * time.Minute
	readTimeout   = 2 * time.Minute
	updateTimeout = 5 * time.Minute
	deleteTimeout = 5 * time.Minute
)

func timeoutDescription(what string, by time.Duration) string {
	return fmt.Sprintf("How long the %s may take, as a duration such as `90s` or `10m`. Defaults to `%s`.", what, formatMinutes(by))
}

func formatMinutes(d time.Duration) string { return fmt.Sprintf("%dm", int(d.Minutes())) }

// panelAttribute is the attribute that says which panel an object is on. What it
// means when it is left out is for the plan to say, see planPanel.
func panelAttribute(noun string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: fmt.Sprintf("The name of the panel in the provider block that the %s is on. Defaults to the only panel if there is one; another panel means another %s, so that a change replaces it.", noun, noun),
		Optional:            true,
		Computed:            true,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

// linkIDAttribute is the identity of an object, on all panels and for good.
func linkIDAttribute(noun string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: fmt.Sprintf("The UUID that identifies the %s on the panel. Defaults to a random one, made when the %s is created; a change replaces the %s.", noun, noun, noun),
		Optional:            true,
		Computed:            true,
		CustomType:          uuidtype.UUIDType{},
		PlanModifiers: []planmodifier.String{
			keepEquivalent(uuidtype.UUIDType{}),
			stringplanmodifier.UseStateForUnknown(),
			stringplanmodifier.RequiresReplace(),
		},
	}
}
