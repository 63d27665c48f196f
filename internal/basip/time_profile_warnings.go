package basip

import (
	"fmt"
	"slices"
	"time"
)

// FieldWarning is one reason to doubt that a [TimeProfile] says what its author
// means, although a panel can hold it.
type FieldWarning struct {
	// Field is the part to look at.
	Field ProfileField

	// Summary names the cause. Reason says more, worded to follow the name of
	// the field.
	Summary, Reason string

	// Uses are all the parts that led to the verdict, as in a [FieldError].
	Uses []ProfileField
}

// Warnings returns what is doubtful about a profile that passes Check, seen at
// the time now.
func (p TimeProfile) Warnings(now time.Time, o Offsets) []FieldWarning {
	var found []FieldWarning
	if reason, uses := p.startExcluded(o); reason != "" {
		found = append(found, FieldWarning{
			FieldFrom, "Start is not a day of the repetition",
			reason + ", so that it depends on the panel whether the first window opens the door",
			append(uses, FieldFrom, FieldEvery),
		})
	}
	if o.From != o.To {
		found = append(found, FieldWarning{
			FieldTo, "Start and end have different offsets",
			fmt.Sprintf("has the offset %s, but start has %s: check that each is the offset of the panel's clock on that day, because a panel repeats the window by its clock",
				local(0, o.To).Format("-07:00"), local(0, o.From).Format("-07:00")),
			[]ProfileField{FieldTo, FieldFrom},
		})
	}
	end := p.To
	if p.AllDay { // which ends with the day, by the panel's clock
		end += daySeconds
	}
	const past = "lies in the past, so that the time profile no longer opens a door"
	switch until := p.Repeat.until(); {
	case p.Repeat == nil && end < now.Unix():
		found = append(found, FieldWarning{FieldTo, "Schedule lies in the past", past, []ProfileField{FieldTo, FieldAllDay, FieldRepeat}})
	case until != nil && max(*until, end) < now.Unix():
		found = append(found, FieldWarning{FieldUntil, "Schedule lies in the past", past, []ProfileField{FieldUntil, FieldTo, FieldAllDay}})
	}
	return found
}

// until returns the end of a recurrence, nil without one.
func (r *Recurrence) until() *int64 {
	if r == nil {
		return nil
	}
	return r.Until
}

// startExcluded says why the first window is on a day that the recurrence does
// not have; "" if it is on a good one, or if only the panel knows.
func (p TimeProfile) startExcluded(o Offsets) (reason string, uses []ProfileField) {
	if p.Repeat == nil {
		return "", nil
	}
	r, start := *p.Repeat, local(p.From, o.From)
	day := start.Format("Monday 2006-01-02") + utc(start)
	nth := func(uses ...ProfileField) (string, []ProfileField) {
		if r.Nth == nil || !r.Nth.countable() {
			return "", nil
		}
		if day, ok := r.Nth.in(start.AddDate(0, 0, 1-start.Day())); ok && day == start.Day() {
			return "", nil
		}
		return fmt.Sprintf("is %s, which is not the %s %s of its month (repeat.week_of_month and repeat.day_type)", day, r.Nth.Week, r.Nth.Day.words()),
			append(uses, FieldNthWeek, FieldNthDay)
	}
	switch r.Every {
	case Daily: // every day is one
	case Weekly:
		if len(r.Weekdays) > 0 && !slices.Contains(r.Weekdays, start.Weekday()) {
			return fmt.Sprintf("is %s, which repeat.weekdays excludes", day), []ProfileField{FieldWeekdays}
		}
	case Monthly:
		if len(r.MonthDays) > 0 && !slices.Contains(r.MonthDays, start.Day()) {
			return fmt.Sprintf("is %s, which repeat.month_days excludes", day), []ProfileField{FieldMonthDays}
		}
		return nth()
	case Yearly:
		if len(r.Months) > 0 && !slices.Contains(r.Months, start.Month()) {
			return fmt.Sprintf("is %s, which repeat.months excludes", day), []ProfileField{FieldMonths}
		}
		return nth()
	}
	return "", nil
}
