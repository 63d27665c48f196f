package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/durationvalidator"
)

// Defaults of the timeouts. A tenant's tasks wait for each other, often for long
// (contract §3.5).
const (
	createTimeout = 5 * time.Minute
	readTimeout   = 5 * time.Minute
	updateTimeout = 5 * time.Minute
	deleteTimeout = 30 * time.Minute
)

// profileSchema describes gatehouse_identity_profile.
func profileSchema(ctx context.Context) schema.Schema {
	notEmpty := []validator.String{stringvalidator.LengthAtLeast(1)}
	return schema.Schema{
		MarkdownDescription: "An identity profile of a SailPoint Identity Security Cloud tenant: which source makes identities, and how their attributes are filled.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "The tenant's id of the profile.",
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"name": schema.StringAttribute{
				MarkdownDescription: "The name of the profile.",
				Required:            true,
				Validators:          notEmpty,
			},
			"description": schema.StringAttribute{
				MarkdownDescription: "What the profile is for. Defaults to an empty text.",
				Optional:            true,
				Computed:            true,
				Default:             stringdefault.StaticString(""),
			},
			"owner_id": schema.StringAttribute{
				MarkdownDescription: "The id of the identity that owns the profile. Left out, the owner that the tenant holds is kept.",
				Optional:            true,
				Computed:            true,
				Validators:          notEmpty,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"priority": schema.Int64Attribute{
				MarkdownDescription: "Which profile an identity belongs to that has accounts on the sources of several: the one with the lowest number. Left out, the tenant gives a new profile the lowest priority, ten above the highest number.",
				Optional:            true,
				Computed:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(0)},
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			},
			"authoritative_source_id": schema.StringAttribute{
				MarkdownDescription: "The id of the source whose accounts make the identities. A source feeds one profile at the most.",
				Required:            true,
				Validators:          notEmpty,
			},
			"attribute_mappings": schema.MapAttribute{
				MarkdownDescription: "How identity attributes are filled, by the name of the identity attribute. Each element has two members, both **Required**: " +
					"`type` (String, Required), the kind of transform, such as `accountAttribute`, `reference` or `rule`; and " +
					"`attributes` (String, Required), its settings as JSON, best written with `jsonencode`. " +
					"Only the attributes named here are managed: others, such as the tenant's defaults, are kept and never show as a change; nor do settings that the tenant adds to those given here. An attribute taken out of this map later is taken out of the profile.",
				Optional:    true,
				Computed:    true,
				ElementType: mappingType,
				Validators:  []validator.Map{mapvalidator.KeysAre(notEmpty...)},
			},
			"attribute_mappings_enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether the tenant applies the mappings. Left out, it is `true` if `attribute_mappings` declares any, and otherwise the tenant's value is kept. An imported profile keeps the tenant's value until its mappings change. With `false`, declared mappings are stored and have no effect, which the plan warns of.",
				Optional:            true,
				Computed:            true,
				PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
			"force_destroy": schema.BoolAttribute{
				MarkdownDescription: "Whether the profile may be destroyed while identities are attached to it, or while the tenant does not tell how many are. They lose their profile then, and those without other accounts are deleted by the tenant in the following night; their access in other systems is not taken away. Defaults to `false`.",
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(false),
			},
			"created": schema.StringAttribute{
				MarkdownDescription: "When the profile was created, as the tenant writes it.",
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"modified": schema.StringAttribute{
				MarkdownDescription: "When the profile was changed last, as the tenant writes it, null if never.",
				Computed:            true,
			},
			"owner_name": schema.StringAttribute{
				MarkdownDescription: "The name of the owner, null without one.",
				Computed:            true,
			},
			"authoritative_source_name": schema.StringAttribute{
				MarkdownDescription: "The name of the source.",
				Computed:            true,
			},
			"identity_count": schema.Int64Attribute{
				MarkdownDescription: "How many identities are attached to the profile, null if the tenant does not tell.",
				Computed:            true,
			},
			"identity_refresh_required": schema.BoolAttribute{
				MarkdownDescription: "Whether identities wait for being processed anew, which the tenant does by itself twice a day.",
				Computed:            true,
			},
			"has_time_based_attributes": schema.BoolAttribute{
				MarkdownDescription: "Whether an attribute of the profile depends on the time.",
				Computed:            true,
			},
		},
		Blocks: map[string]schema.Block{"timeouts": timeoutsBlock(ctx)},
	}
}

// timeoutsBlock is how long each operation may take.
func timeoutsBlock(ctx context.Context) schema.Block {
	describe := func(what string, by time.Duration) string {
		return fmt.Sprintf("%s, as a duration such as `90s` or `10m`. Defaults to `%dm`.", what, int(by.Minutes()))
	}
	block := timeouts.Block(ctx, timeouts.Opts{
		Create:            true,
		CreateDescription: describe("How long a creation may take", createTimeout),
		Read:              true,
		ReadDescription:   describe("How long a refresh may take", readTimeout),
		Update:            true,
		UpdateDescription: describe("How long a change may take", updateTimeout),
		Delete:            true,
		DeleteDescription: describe("How long a deletion may take, until its task has ended and the profile is gone", deleteTimeout),
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
