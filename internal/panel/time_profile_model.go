package panel

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/instanttype"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

// timeProfileModel is gatehouse_panel_time_profile in Terraform's values.
type timeProfileModel struct {
	Panel    types.String             `tfsdk:"panel"`
	LinkID   uuidtype.UUIDValue       `tfsdk:"link_id"`
	Name     types.String             `tfsdk:"name"`
	Start    instanttype.InstantValue `tfsdk:"start"`
	End      instanttype.InstantValue `tfsdk:"end"`
	AllDay   types.Bool               `tfsdk:"all_day"`
	Repeat   types.Object             `tfsdk:"repeat"` // a repeatModel
	Schedule types.String             `tfsdk:"schedule"`
	UID      types.Int64              `tfsdk:"uid"`
	Timeouts timeouts.Value           `tfsdk:"timeouts"`
}

// repeatModel is the block repeat.
type repeatModel struct {
	Every       types.String             `tfsdk:"every"`
	Interval    types.Int64              `tfsdk:"interval"`
	Weekdays    types.Set                `tfsdk:"weekdays"`
	MonthDays   types.Set                `tfsdk:"month_days"`
	Months      types.Set                `tfsdk:"months"`
	WeekOfMonth types.String             `tfsdk:"week_of_month"`
	DayType     types.String             `tfsdk:"day_type"`
	Until       instanttype.InstantValue `tfsdk:"until"`
}

// repeat takes the block repeat apart. It does without the framework's
// reflection, which would look at until once more and report it at another path.
func (m timeProfileModel) repeat() repeatModel {
	attributes := m.Repeat.Attributes()
	return repeatModel{
		Every:       part[types.String](attributes, "every"),
		Interval:    part[types.Int64](attributes, "interval"),
		Weekdays:    part[types.Set](attributes, "weekdays"),
		MonthDays:   part[types.Set](attributes, "month_days"),
		Months:      part[types.Set](attributes, "months"),
		WeekOfMonth: part[types.String](attributes, "week_of_month"),
		DayType:     part[types.String](attributes, "day_type"),
		Until:       part[instanttype.InstantValue](attributes, "until"),
	}
}

// part returns an attribute of an object; the zero value of T, which is null for
// the framework's values, when the object does not have it.
func part[T attr.Value](attributes map[string]attr.Value, name string) T {
	value, _ := attributes[name].(T)
	return value
}

// profile returns the time profile that m describes. All of it must be known,
// except for link_id, which is uuid.Nil as long as there is none, and a panel must
// be able to hold it. The spellings that a plan keeps of a former configuration are
// no reason for other rules, which have been applied to the configuration.
func (m timeProfileModel) profile(context.Context) (basip.TimeProfile, diag.Diagnostics) {
	r := readTimeProfile(m)
	r.refuse(r.profile.Holdable())
	if !r.diags.HasError() {
		maps.Copy(r.open, r.partial)
		for _, field := range slices.Sorted(maps.Keys(r.open)) {
			r.diags.AddAttributeError(fieldPath(field), "Time profile not known", fmt.Sprintf(
				"%s has no value, or none that is valid, although the time profile is about to be written to the panel. This is a bug in the provider.", fieldPath(field)))
		}
	}
	return r.profile, r.diags
}

// schedule returns the words for when m is open: unknown as long as a part of m is
// that they depend on, and null if one is missing, because the panel holds something
// that Terraform cannot.
func (m timeProfileModel) schedule(ctx context.Context) types.String {
	for _, part := range []attr.Value{m.Start, m.End, m.AllDay, m.Repeat} {
		if value, err := part.ToTerraformValue(ctx); err != nil || !value.IsFullyKnown() {
			return types.StringUnknown()
		}
	}
	r := readTimeProfile(m)
	delete(r.open, basip.FieldName)
	if len(r.open) > 0 || r.diags.HasError() {
		return types.StringNull()
	}
	return types.StringValue(r.profile.Schedule(r.offsets))
}

// setProfile makes m what the panel holds. Spellings that m already has stay
// when they mean the same. Panel and Timeouts, which no panel knows about, stay
// too. An instant that Terraform cannot hold becomes null, with a warning, so that
// the next apply can correct it.
func (m *timeProfileModel) setProfile(ctx context.Context, p basip.TimeProfile) diag.Diagnostics {
	var diags diag.Diagnostics
	prior := m.repeat()
	if m.LinkID.ValueUUID() != p.LinkID || p.LinkID == uuid.Nil {
		m.LinkID = linkIDValue(p.LinkID)
	}
	m.Name = types.StringValue(p.Name)
	m.UID = types.Int64PointerValue(p.UID)
	m.AllDay = types.BoolValue(p.AllDay)
	m.Start = keepInstant(m.Start, p.From, path.Root("start"), &diags)
	m.End = keepInstant(m.End, p.To, path.Root("end"), &diags)
	m.Repeat = types.ObjectNull(repeatAttrTypes())
	if p.Repeat == nil {
		m.Schedule = m.schedule(ctx)
		return diags
	}

	repeat := repeatModel{
		Every:     types.StringValue(string(p.Repeat.Every)),
		Interval:  types.Int64Value(int64(p.Repeat.Interval)),
		Weekdays:  setOf(types.StringType, p.Repeat.Weekdays, func(day time.Weekday) attr.Value { return types.StringValue(weekdayName(day)) }),
		MonthDays: setOf(types.Int64Type, p.Repeat.MonthDays, func(day int) attr.Value { return types.Int64Value(int64(day)) }),
		Months:    setOf(types.Int64Type, p.Repeat.Months, func(month time.Month) attr.Value { return types.Int64Value(int64(month)) }),
	}
	if nth := p.Repeat.Nth; nth != nil {
		repeat.WeekOfMonth = types.StringValue(string(nth.Week))
		repeat.DayType = types.StringValue(string(nth.Day))
	}
	if until := p.Repeat.Until; until != nil {
		repeat.Until = keepInstant(prior.Until, *until, path.Root("repeat").AtName("until"), &diags)
	}
	value, more := types.ObjectValueFrom(ctx, repeatAttrTypes(), repeat)
	diags.Append(more...)
	m.Repeat = value
	m.Schedule = m.schedule(ctx)
	return diags
}

// linkIDValue is a link_id; an entity made at the panel has none.
func linkIDValue(id uuid.UUID) uuidtype.UUIDValue {
	if id == uuid.Nil {
		return uuidtype.NewUUIDNull()
	}
	return uuidtype.NewUUIDValue(id)
}

// keepInstant returns an instant in the spelling of prior if it is the same one,
// and in UTC otherwise.
func keepInstant(prior instanttype.InstantValue, seconds int64, at path.Path, diags *diag.Diagnostics) instanttype.InstantValue {
	if prior.IsValid() && prior.ValueUnix() == seconds {
		return prior
	}
	value := instanttype.FromUnix(seconds)
	if !value.IsValid() {
		diags.AddAttributeWarning(at, "Time out of range", fmt.Sprintf(
			"The panel holds %d seconds after the beginning of 1970 for %s, which is not within the years 1970 to 9999. "+
				"It is taken for no value; an apply writes the configured one to the panel.", seconds, at))
		return instanttype.NewInstantNull()
	}
	return value
}

// setOf makes a set, null when there is nothing in it: an empty set cannot be
// configured.
func setOf[T any](element attr.Type, list []T, value func(T) attr.Value) types.Set {
	if len(list) == 0 {
		return types.SetNull(element)
	}
	values := make([]attr.Value, len(list))
	for i, item := range list {
		values[i] = value(item)
	}
	return types.SetValueMust(element, values)
}

// weekdayName is Terraform's word for a day of the week.
func weekdayName(day time.Weekday) string { return strings.ToLower(day.String()) }

// weekdayNames are Terraform's words for the days of the week, from Monday on.
func weekdayNames() []string {
	var names []string
	for i := range 7 {
		names = append(names, weekdayName(time.Weekday((i+1)%7)))
	}
	return names
}

// weekday returns the day of the week that a word stands for.
func weekday(name string) (time.Weekday, bool) {
	i := slices.Index(weekdayNames(), name)
	return time.Weekday((i + 1) % 7), i >= 0
}

// toInt is n as an int. Where an int has 32 bits, a number that is too large for
// it stays as large as it can be.
func toInt(n int64) int {
	return int(max(math.MinInt, min(n, math.MaxInt)))
}

// sameOnPanel reports whether m plans what the panel is known to hold by state. An
// attribute that is not known may be another one.
func (m timeProfileModel) sameOnPanel(state timeProfileModel) bool {
	return m.LinkID.Equal(state.LinkID) && m.Name.Equal(state.Name) && m.Start.Equal(state.Start) && m.End.Equal(state.End) &&
		m.AllDay.Equal(state.AllDay) && m.Repeat.Equal(state.Repeat) && m.UID.Equal(state.UID)
}
