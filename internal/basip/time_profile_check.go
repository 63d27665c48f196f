package basip

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A ProfileField names a part of a [TimeProfile] in a [FieldError].
type ProfileField string

// The parts of a time profile that can be wrong.
const (
	FieldName      ProfileField = "name"
	FieldAllDay    ProfileField = "all_day"
	FieldFrom      ProfileField = "from"
	FieldTo        ProfileField = "to"
	FieldRepeat    ProfileField = "repeat"
	FieldEvery     ProfileField = "repeat.every"
	FieldInterval  ProfileField = "repeat.interval"
	FieldWeekdays  ProfileField = "repeat.weekdays"
	FieldMonthDays ProfileField = "repeat.month_days"
	FieldMonths    ProfileField = "repeat.months"
	FieldNthWeek   ProfileField = "repeat.nth.week"
	FieldNthDay    ProfileField = "repeat.nth.day"
	FieldUntil     ProfileField = "repeat.until"
)

// FieldError is one reason why a panel cannot hold a [TimeProfile].
type FieldError struct {
	// Field is the part to change.
	Field ProfileField

	// Reason is what is wrong with Field and what to do about it, worded to
	// follow the field's name.
	Reason string

	// Uses are all the parts that led to the verdict, Field among them. Who
	// checks a profile of which some parts are not known yet must disregard
	// an error that uses one of those.
	Uses []ProfileField
}

// Error returns the field and the reason.
func (e *FieldError) Error() string {
	return fmt.Sprintf("%s %s", e.Field, e.Reason)
}

// FieldErrors returns every [FieldError] in the tree of err.
func FieldErrors(err error) []*FieldError {
	var found []*FieldError
	switch err := err.(type) { //nolint:errorlint // errors.As stops at the first one; this walks the whole tree
	case *FieldError:
		found = append(found, err)
	case interface{ Unwrap() error }:
		found = FieldErrors(err.Unwrap())
	case interface{ Unwrap() []error }:
		for _, err := range err.Unwrap() {
			found = append(found, FieldErrors(err)...)
		}
	}
	return found
}

// Check reports every reason not to write p, which is written with the offsets
// o, to a panel: why a panel could not hold it, as Holdable does, and that a
// window is not over when it comes back. A panel may hold such a profile, made
// by hand, so that it must be possible to read one and to restore it.
func (p TimeProfile) Check(o Offsets) error {
	var c checker
	c.holdable(p)
	if p.Repeat != nil {
		c.overlap(p, o)
	}
	return errors.Join(c.errs...)
}

// Holdable reports every reason why a panel could not hold p, as [FieldError]
// values in one joined error: [FieldErrors] takes them apart. The rules are
// those behind the panel's own refusals (contract §3.4), and those for what
// its formats have no words for (contract §3.1).
func (p TimeProfile) Holdable() error {
	var c checker
	c.holdable(p)
	return errors.Join(c.errs...)
}

// checker collects the rules that a time profile breaks.
type checker struct {
	errs []error
}

// holdable checks what a panel could not hold.
func (c *checker) holdable(p TimeProfile) {
	c.window(p)
	if p.Repeat != nil {
		c.ranges(*p.Repeat)
		if slices.Contains(Periods(), p.Repeat.Every) {
			c.kinds(*p.Repeat)
			c.forms(*p.Repeat)
		}
		c.require(p.Repeat.Until == nil || *p.Repeat.Until >= p.From,
			FieldUntil, "must not be earlier than the start of the first window", FieldFrom)
	}
}

// require records an error unless ok. The parts besides field that ok was made
// from are given as with.
func (c *checker) require(ok bool, field ProfileField, reason string, with ...ProfileField) {
	if !ok {
		c.errs = append(c.errs, &FieldError{
			Field: field, Reason: reason, Uses: append([]ProfileField{field}, with...),
		})
	}
}

// window checks what a profile has with or without a recurrence.
func (c *checker) window(p TimeProfile) {
	c.require(strings.TrimSpace(p.Name) != "", FieldName, "must not be blank")
	c.require(utf8.ValidString(p.Name), FieldName, "must be valid UTF-8 text")
	c.require(p.To >= p.From, FieldTo, "must not be earlier than the start", FieldFrom)
	c.require(p.To != p.From || p.AllDay, FieldTo,
		"must be later than the start, unless the window is a whole day", FieldFrom, FieldAllDay)
}

// ranges checks what can be said of a recurrence whatever its period.
func (c *checker) ranges(r Recurrence) {
	c.require(slices.Contains(Periods(), r.Every), FieldEvery,
		fmt.Sprintf("must be one of %s", quoted(Periods())))
	c.require(r.Interval >= 1 && r.Interval <= 1000, FieldInterval,
		fmt.Sprintf("must be from 1 to 1000, not %d", r.Interval))
	for _, day := range r.Weekdays {
		c.require(day >= time.Sunday && day <= time.Saturday, FieldWeekdays,
			fmt.Sprintf("must hold days of the week only, not number %d", int(day)))
	}
	for _, day := range r.MonthDays {
		c.require(day >= 1 && day <= 31, FieldMonthDays,
			fmt.Sprintf("must hold days from 1 to 31 only, not %d", day))
	}
	for _, month := range r.Months {
		c.require(month >= time.January && month <= time.December, FieldMonths,
			fmt.Sprintf("must hold months from 1 to 12 only, not %d", int(month)))
	}
	if r.Nth != nil {
		c.require(slices.Contains(WeeksOfMonth(), r.Nth.Week), FieldNthWeek,
			fmt.Sprintf("must be one of %s, because a kind of day alone names no day", quoted(WeeksOfMonth())), FieldNthDay)
		c.require(slices.Contains(DayKinds(), r.Nth.Day), FieldNthDay,
			fmt.Sprintf("must be one of %s, because a week alone names no day", quoted(DayKinds())), FieldNthWeek)
	}
	c.require(r.Nth == nil || len(r.MonthDays) == 0, FieldNthWeek,
		"cannot be used together with days of the month: keep one of the two", FieldNthDay, FieldMonthDays)
}

// kinds checks that a recurrence has only the lists that go with its period.
func (c *checker) kinds(r Recurrence) {
	c.require(len(r.Weekdays) == 0 || r.Every == Weekly, FieldWeekdays,
		fmt.Sprintf("can only be used with every = %q: remove it, or repeat by week", Weekly), FieldEvery)
	c.require(len(r.MonthDays) == 0 || r.Every == Monthly, FieldMonthDays,
		fmt.Sprintf("can only be used with every = %q: remove it, or repeat by month", Monthly), FieldEvery)
	c.require(len(r.Months) == 0 || r.Every == Yearly, FieldMonths,
		fmt.Sprintf("can only be used with every = %q: remove it, or repeat by year", Yearly), FieldEvery)
	c.require(r.Nth == nil || r.Every == Monthly || r.Every == Yearly, FieldNthWeek,
		fmt.Sprintf("can only be used with every = %q or every = %q: remove it and the kind of day, or repeat by month or year",
			Monthly, Yearly), FieldNthDay, FieldEvery)
}

// forms checks the combinations that have no form on the wire. A panel repeats
// by itself, without lists, every period and every second week; any other step
// must name its days.
func (c *checker) forms(r Recurrence) {
	c.require(r.Every != Weekly || r.Interval <= 2 || len(r.Weekdays) > 0, FieldWeekdays,
		fmt.Sprintf("must name at least one day when interval is %d: without days of the week, "+
			"a panel repeats every week or every second week only", r.Interval),
		FieldEvery, FieldInterval)
	c.require(r.Every != Monthly || r.Interval <= 1 || len(r.MonthDays) > 0 || r.Nth != nil, FieldMonthDays,
		fmt.Sprintf("must name at least one day when interval is %d: without a day of the month, "+
			"or a week and kind of day, a panel repeats every month only", r.Interval),
		FieldEvery, FieldInterval, FieldNthWeek, FieldNthDay)
	c.require(r.Every != Yearly || r.Nth != nil || r.Interval <= 1 || len(r.Months) > 0, FieldMonths,
		fmt.Sprintf("must name at least one month when interval is %d: without months, "+
			"a panel repeats every year only", r.Interval),
		FieldEvery, FieldInterval, FieldNthWeek, FieldNthDay)
	c.require(r.Every != Yearly || r.Nth == nil || len(r.Months) > 0, FieldMonths,
		"must name at least one month when the day is given by its week: a panel looks for that day in each of the months",
		FieldEvery, FieldNthWeek, FieldNthDay)
}

// quoted lists words for a message.
func quoted[T ~string](words []T) string {
	list := make([]string, len(words))
	for i, word := range words {
		list[i] = fmt.Sprintf("%q", string(word))
	}
	return strings.Join(list, ", ")
}
