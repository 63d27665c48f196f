package panel

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

// authFactors are the factors a panel knows (contract §2.2).
var authFactors = []string{"card", "input_code", "face_id", "qr", "license_plate"}

// userSchema describes gatehouse_panel_user.
func userSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A person at a door panel: a name that groups cards, codes and faces, says which locks they open, and restricts them to time profiles.",
		Attributes: map[string]schema.Attribute{
			"panel":   panelAttribute("user"),
			"link_id": linkIDAttribute("user"),
			"name": schema.StringAttribute{
				MarkdownDescription: "The name of the person, as people see it at the panel. It must be the only one of its kind on the panel, since a panel takes a user of the same name for the same user. " + nameRules(),
				Required:            true,
				Validators:          []validator.String{nameValidator()},
			},
			"info": schema.StringAttribute{
				MarkdownDescription: "A note about the person, such as a department. Defaults to an empty text.",
				Optional:            true,
				Computed:            true,
				Default:             stringdefault.StaticString(""),
			},
			"lock": schema.StringAttribute{
				MarkdownDescription: "Which of the panel's locks the person may open: `first`, `second` or `all`. Defaults to `first`.",
				Optional:            true,
				Computed:            true,
				Default:             stringdefault.StaticString(string(basip.LockFirst)),
				Validators: []validator.String{
					stringvalidator.OneOf(string(basip.LockFirst), string(basip.LockSecond), string(basip.LockAll)),
				},
			},
			"auth_factors": schema.SetAttribute{
				MarkdownDescription: "The factors that this person needs to open a door, instead of the panel's own rule: any of `card`, `input_code`, `face_id`, `qr` and `license_plate`. Left out, the panel's own rule applies.",
				Optional:            true,
				ElementType:         types.StringType,
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(authFactors...)),
				},
			},
			"time_profiles": schema.SetAttribute{
				MarkdownDescription: "The `link_id` of each time profile that restricts the person; with an empty set the person may pass at any hour. " +
					"Left out of a new user, it is empty and the plan warns of that; references that the panel gets later are kept. Taken out of the configuration later, the references are taken off the panel.",
				Optional:    true,
				Computed:    true,
				ElementType: uuidtype.UUIDType{},
				Validators:  []validator.Set{linkIDSet{timeProfileKind.resource}},
			},
			"apartment_link_id": schema.StringAttribute{
				MarkdownDescription: "The `link_id` of the apartment that the person belongs to. " +
					"Left out from the beginning, the apartment that the panel holds is kept; taken out of the configuration later, the person is taken out of the apartment.",
				Optional:      true,
				Computed:      true,
				CustomType:    uuidtype.UUIDType{},
				PlanModifiers: []planmodifier.String{keepEquivalent(uuidtype.UUIDType{})},
			},
			"uid": schema.Int64Attribute{
				MarkdownDescription: "The panel's own number for the user, null when the panel does not tell it.",
				Computed:            true,
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseNonNullStateForUnknown()},
			},
			"has_duplicates": schema.BoolAttribute{
				MarkdownDescription: "Whether the panel has another user with this name.",
				Computed:            true,
			},
		},
		Blocks: map[string]schema.Block{"timeouts": timeoutsBlock(ctx, "user")},
	}
}
