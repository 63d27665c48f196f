package panel

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/durationvalidator"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

// Defaults of the timeouts block.
const (
	createTimeout = 5 * time.Minute
	readTimeout   = 2 * time.Minute
	updateTimeout = 5 * time.Minute
	deleteTimeout = 5 * time.Minute
)

// timeoutsBlock is how long each operation may take.
func timeoutsBlock(ctx context.Context, noun string) schema.Block {
	describe := func(what string, by time.Duration) string {
		return fmt.Sprintf("%s, as a duration such as `90s` or `10m`. Defaults to `%dm`.", what, int(by.Minutes()))
	}
	block := timeouts.Block(ctx, timeouts.Opts{
		Create:            true,
		CreateDescription: describe("How long a creation may take, until the panel lists the "+noun, createTimeout),
		Read:              true,
		ReadDescription:   describe("How long a refresh may take", readTimeout),
		Update:            true,
		UpdateDescription: describe("How long a change may take, until the panel lists it", updateTimeout),
		Delete:            true,
		DeleteDescription: describe("How long a deletion may take, until a listing proves that the "+noun+" is gone", deleteTimeout),
	})
	if nested, ok := block.(schema.SingleNestedBlock); ok {
		for name, attribute := range nested.Attributes {
			if text, ok := attribute.(schema.StringAttribute); ok {
				text.Validators = append(text.Validators, durationvalidator.Positive())
				nested.Attributes[name] = text
			}
		}
		nested.MarkdownDescription = "How long each operation may take before it fails; a destroy uses the values that were applied last."
		return nested
	}
	return block
}

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
