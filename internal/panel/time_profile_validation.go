package panel

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/instanttype"
)

// validateTimeProfile reports, at the attribute to change, whatever is wrong
// with a configuration already, whatever the values will be that are not known
// yet.
func validateTimeProfile(_ context.Context, m timeProfileModel) diag.Diagnostics {
	r := readTimeProfile(m)
	r.refuse(r.profile.Check(r.offsets))
	return r.diags
}

// warnOfTimeProfile reports, at the attribute to look at, what is doubtful about
// a configuration at the time now. What is not known yet causes no warning.
func warnOfTimeProfile(m timeProfileModel, now time.Time) diag.Diagnostics {
	var diags diag.Diagnostics
	r := readTimeProfile(m)
	for _, w := range r.profile.Warnings(now, r.offsets) {
		if !slices.ContainsFunc(w.Uses, func(field basip.ProfileField) bool { return r.open[field] || r.partial[field] }) {
			at := fieldPath(w.Field)
			diags.AddAttributeWarning(at, w.Summary, fmt.Sprintf("%s %s.", at, w.Reason))
		}
	}
	return diags
}

// profileReading is a time profile read from a model that may not be whole.
type profileReading struct {
	profile basip.TimeProfile
	// offsets are those that the model is written with.
	offsets basip.Offsets
	// open are the parts of profile that say nothing about the model: there was
	// no value, it is not known yet, or it is one that its type refuses.
	open map[basip.ProfileField]bool
	// partial are the sets of which some elements are not known yet: profile has the
	// others, or an example. The rules can be applied to them, but they cannot be used.
	partial map[basip.ProfileField]bool
	diags   diag.Diagnostics
}

// longestMonth stands for a day of the month that is not known: it comes back the
// most seldom.
const longestMonth = 31

// readTimeProfile converts what can be converted of m.
func readTimeProfile(m timeProfileModel) *profileReading {
	r := &profileReading{open: map[basip.ProfileField]bool{}, partial: map[basip.ProfileField]bool{}}
	r.profile = basip.TimeProfile{
		LinkID: m.LinkID.ValueUUID(),
		Name:   r.text(basip.FieldName, m.Name),
		AllDay: m.AllDay.ValueBool(),
		From:   r.instant(basip.FieldFrom, m.Start),
		To:     r.instant(basip.FieldTo, m.End),
	}
	r.offsets = basip.Offsets{From: m.Start.Offset(), To: m.End.Offset()}
	r.leaveOpenIf(m.AllDay.IsUnknown(), basip.FieldAllDay)
	r.leaveOpenIf(m.Repeat.IsUnknown(), basip.FieldRepeat)
	if m.Repeat.IsNull() || m.Repeat.IsUnknown() {
		return r
	}

	repeat := m.repeat()
	if repeat.Every.IsNull() {
		r.fail(basip.FieldEvery, fmt.Sprintf("must be set within repeat: one of %s", choice(basip.Periods())))
	}
	recurrence := &basip.Recurrence{
		Every:     basip.Period(r.text(basip.FieldEvery, repeat.Every)),
		Interval:  1,
		Weekdays:  readSet(r, basip.FieldWeekdays, repeat.Weekdays, time.Monday, r.weekday),
		MonthDays: readSet(r, basip.FieldMonthDays, repeat.MonthDays, longestMonth, number[int]),
		Months:    readSet(r, basip.FieldMonths, repeat.Months, time.January, number[time.Month]),
	}
	if !repeat.Interval.IsNull() {
		recurrence.Interval = toInt(repeat.Interval.ValueInt64())
		r.leaveOpenIf(repeat.Interval.IsUnknown(), basip.FieldInterval)
	}
	r.leaveOpenIf(repeat.WeekOfMonth.IsUnknown(), basip.FieldNthWeek)
	r.leaveOpenIf(repeat.DayType.IsUnknown(), basip.FieldNthDay)
	if !repeat.WeekOfMonth.IsNull() || !repeat.DayType.IsNull() {
		recurrence.Nth = &basip.NthDay{
			Week: basip.WeekOfMonth(repeat.WeekOfMonth.ValueString()),
			Day:  basip.DayKind(repeat.DayType.ValueString()),
		}
	}
	if !repeat.Until.IsNull() {
		until := r.instant(basip.FieldUntil, repeat.Until)
		recurrence.Until = &until
	}
	r.profile.Repeat = recurrence
	return r
}

// refuse adds the rules that the profile breaks. One that involves an open part is
// no rule to apply yet, and names have a validator of their own.
func (r *profileReading) refuse(err error) {
	for _, e := range basip.FieldErrors(err) {
		if e.Field == basip.FieldName || slices.ContainsFunc(e.Uses, func(field basip.ProfileField) bool { return r.open[field] }) {
			continue
		}
		r.fail(e.Field, e.Reason)
	}
}

// fail adds an error about an attribute; reason follows its name.
func (r *profileReading) fail(field basip.ProfileField, reason string) {
	at := fieldPath(field)
	r.diags.AddAttributeError(at, "Invalid time profile", fmt.Sprintf("%s %s.", at, reason))
}

// leaveOpenIf counts a part among the open ones.
func (r *profileReading) leaveOpenIf(open bool, field basip.ProfileField) {
	if open {
		r.open[field] = true
	}
}

// text reads a string that is required.
func (r *profileReading) text(field basip.ProfileField, value types.String) string {
	r.leaveOpenIf(value.IsNull() || value.IsUnknown(), field)
	return value.ValueString()
}

// instant reads an instant. One of a wrong form has been refused by its type.
func (r *profileReading) instant(field basip.ProfileField, value instanttype.InstantValue) int64 {
	r.leaveOpenIf(!value.IsValid(), field)
	return value.ValueUnix()
}

// weekday reads an element of weekdays.
func (r *profileReading) weekday(value attr.Value) (time.Weekday, bool) {
	text, _ := value.(types.String)
	day, ok := weekday(text.ValueString())
	if !ok {
		r.fail(basip.FieldWeekdays, fmt.Sprintf("must hold any of %s only, not %q", choice(weekdayNames()), text.ValueString()))
	}
	return day, ok
}

// number reads an element of a set of numbers.
func number[T ~int](value attr.Value) (T, bool) {
	n, ok := value.(types.Int64)
	return T(toInt(n.ValueInt64())), ok
}

// readSet reads the elements of a set that are known. If none is, example stands
// for them, so that nobody takes the set for an empty one; it must be an element
// that breaks no rule which another one would not break.
func readSet[T any](r *profileReading, field basip.ProfileField, set types.Set, example T, read func(attr.Value) (T, bool)) []T {
	r.leaveOpenIf(set.IsUnknown(), field)
	if set.IsNull() || set.IsUnknown() {
		return nil
	}
	if len(set.Elements()) == 0 {
		r.fail(field, "must not be empty: name at least one, or leave the attribute out")
		r.leaveOpenIf(true, field)
		return nil
	}
	var list []T
	for _, value := range set.Elements() {
		switch {
		case value.IsUnknown():
			r.partial[field] = true
		case value.IsNull():
			r.fail(field, "must not hold null")
			r.leaveOpenIf(true, field)
		default:
			item, ok := read(value)
			if !ok {
				r.leaveOpenIf(true, field)
				continue
			}
			list = append(list, item)
		}
	}
	if r.partial[field] && len(list) == 0 {
		list = append(list, example)
	}
	return list
}

// fieldPath is the attribute of a part of a time profile.
func fieldPath(field basip.ProfileField) path.Path {
	repeat := path.Root("repeat")
	switch field {
	case basip.FieldName:
		return path.Root("name")
	case basip.FieldAllDay:
		return path.Root("all_day")
	case basip.FieldFrom:
		return path.Root("start")
	case basip.FieldTo:
		return path.Root("end")
	case basip.FieldEvery:
		return repeat.AtName("every")
	case basip.FieldInterval:
		return repeat.AtName("interval")
	case basip.FieldWeekdays:
		return repeat.AtName("weekdays")
	case basip.FieldMonthDays:
		return repeat.AtName("month_days")
	case basip.FieldMonths:
		return repeat.AtName("months")
	case basip.FieldNthWeek:
		return repeat.AtName("week_of_month")
	case basip.FieldNthDay:
		return repeat.AtName("day_type")
	case basip.FieldUntil:
		return repeat.AtName("until")
	default:
		return repeat
	}
}
