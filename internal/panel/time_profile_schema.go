package panel

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/instanttype"
)

// timeProfileSchema describes gatehouse_panel_time_profile. Its attributes but
// the name have no validators of their own: what a panel can hold is known to
// package basip, which validateTimeProfile asks.
func timeProfileSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A time profile of a door panel, which newer panels call an access restriction: a window of time and, if it repeats, how. " +
			"Users and identifiers that carry it open the door only within the window. " +
			"A profile has one window; for several, attach several profiles. " +
			"A panel repeats the window by its own clock and time zone.",
		Attributes: map[string]schema.Attribute{
			"panel":   panelAttribute("time profile"),
			"link_id": linkIDAttribute("time profile"),
			"name": schema.StringAttribute{
				MarkdownDescription: "The name of the time profile, as people see it at the panel. " + nameRules(),
				Required:            true,
				Validators:          []validator.String{nameValidator()},
			},
			"start": instantAttribute(schema.StringAttribute{
				MarkdownDescription: "When the first window begins: date, time and offset from UTC in whole seconds as in RFC 3339, such as `2027-03-01T08:00:00+01:00`. Another spelling of the same instant is no change.",
				Required:            true,
			}),
			"end": instantAttribute(schema.StringAttribute{
				MarkdownDescription: "When the first window ends, in the form of `start`. It must be later than `start`; with `all_day` it may be the same. A window over midnight ends on the next day. " +
					"This is not the end of the repetition, which is `repeat.until`: a window that is longer than the time until the next one begins is an error. A window that lasts exactly as long, such as 24 hours every day, is open always.",
				Required: true,
			}),
			"all_day": schema.BoolAttribute{
				MarkdownDescription: "Whether the window is whole days, so that the panel looks at the dates of `start` and `end` only. It is open on both of them. Defaults to `false`.",
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(false),
			},
			"schedule": schema.StringAttribute{
				MarkdownDescription: "The schedule in words, for people who review a plan, such as `Mon–Fri 09:00–18:00, every week, no end`. " +
					"Days of the week stand in the order of the week. " +
					"All times are those of a clock with the offset of `start`; if that is UTC, the words say so, and `next day` marks an end after midnight. " +
					"Null if the panel holds a time that is out of range.",
				Computed: true,
			},
			"uid": schema.Int64Attribute{
				MarkdownDescription: "The panel's own number for the time profile, null when the panel does not tell it.",
				Computed:            true,
				// A null state stays unknown: a panel that did not tell the
				// number before may tell it after an update.
				PlanModifiers: []planmodifier.Int64{int64planmodifier.UseNonNullStateForUnknown()},
			},
		},
		Blocks: map[string]schema.Block{
			"repeat":   repeatBlock(),
			"timeouts": timeoutsBlock(ctx, "time profile"),
		},
	}
}

// repeatBlock is how a window comes back.
func repeatBlock() schema.SingleNestedBlock {
	return schema.SingleNestedBlock{
		MarkdownDescription: "How the window comes back. Left out, it happens once.",
		Attributes: map[string]schema.Attribute{
			"every": schema.StringAttribute{
				// The framework asks for required arguments of a single block even
				// where the block is absent; readTimeProfile asks for this one.
				MarkdownDescription: fmt.Sprintf("The unit that `interval` counts: %s. Required within `repeat`.", choice(basip.Periods())),
				Optional:            true,
			},
			"interval": schema.Int64Attribute{
				MarkdownDescription: "Every how many days, weeks, months or years the window comes back, from 1 to 1000. Defaults to `1`. " +
					"Without other attributes a panel repeats every day, week, second week, month or year, and every number of days; any other step needs `weekdays`, `month_days`, `months`, or `week_of_month` with `day_type`.",
				Optional: true,
				Computed: true,
				Default:  int64default.StaticInt64(1),
			},
			"weekdays": schema.SetAttribute{
				MarkdownDescription: fmt.Sprintf("The days of the week of a weekly repetition: any of %s. Left out, it is the weekday of `start`.", choice(weekdayNames())),
				Optional:            true,
				ElementType:         types.StringType,
			},
			"month_days": schema.SetAttribute{
				MarkdownDescription: "The days of the month of a monthly repetition, from 1 to 31. Left out, it is the day of `start`, unless `week_of_month` and `day_type` name another.",
				Optional:            true,
				ElementType:         types.Int64Type,
			},
			"months": schema.SetAttribute{
				MarkdownDescription: "The months of a yearly repetition, from 1 for January to 12 for December. Left out, it is the month of `start`.",
				Optional:            true,
				ElementType:         types.Int64Type,
			},
			"week_of_month": schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("Which one of the days of `day_type` in a month, for a monthly repetition or a yearly one with `months`: %s. It goes together with `day_type` and excludes `month_days`.", choice(basip.WeeksOfMonth())),
				Optional:            true,
			},
			"day_type": schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("The kind of day that `week_of_month` counts: %s. The panel decides which days are working days (`%s`) and which are days off.", choice(basip.DayKinds()), basip.DayWorking),
				Optional:            true,
			},
			"until": instantAttribute(schema.StringAttribute{
				MarkdownDescription: "When the repetition ends, in the form of `start`. It must not be earlier than `start`. Left out, the repetition never ends.",
				Optional:            true,
			}),
		},
	}
}

// instantAttribute makes a hold an instant.
func instantAttribute(a schema.StringAttribute) schema.StringAttribute {
	a.CustomType = instanttype.InstantType{}
	a.PlanModifiers = []planmodifier.String{keepEquivalent(instanttype.InstantType{})}
	return a
}

// repeatAttrTypes are the types of the attributes of repeat.
func repeatAttrTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"every":         types.StringType,
		"interval":      types.Int64Type,
		"weekdays":      types.SetType{ElemType: types.StringType},
		"month_days":    types.SetType{ElemType: types.Int64Type},
		"months":        types.SetType{ElemType: types.Int64Type},
		"week_of_month": types.StringType,
		"day_type":      types.StringType,
		"until":         instanttype.InstantType{},
	}
}

// choice lists words for a description: `a`, `b` or `c`.
func choice[T ~string](words []T) string {
	list := make([]string, len(words))
	for i, word := range words {
		list[i] = "`" + string(word) + "`"
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " or " + list[last]
}
