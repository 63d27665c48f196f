package basip

import (
	"cmp"
	"slices"
	"time"
)

// Recurrence says how the first window of a [TimeProfile] comes back. Every
// and Interval give the step; the lists and Nth narrow it down to certain days.
// A panel knows only some combinations, which [TimeProfile.Holdable] spells out.
type Recurrence struct {
	// Every is the unit that Interval counts.
	Every Period

	// Interval is the step in units of Every, from 1 to 1000: 1 is every day,
	// week, month or year, 2 every second one.
	Interval int

	// Weekdays are the days of the week of a Weekly recurrence. When empty,
	// the panel takes the weekday of the first window.
	Weekdays []time.Weekday

	// MonthDays are the days of the month, 1 to 31, of a Monthly recurrence.
	// When empty and Nth is nil, the panel takes the day of the first window.
	MonthDays []int

	// Months are the months of a Yearly recurrence. When empty, the panel
	// takes the month of the first window.
	Months []time.Month

	// Nth picks a day by its place in the month, such as the last Friday, in
	// a Monthly recurrence or in the Months of a Yearly one.
	Nth *NthDay

	// Until is the instant, in Unix seconds, at which the recurrence ends;
	// nil means never.
	Until *int64
}

// A Period is the unit of a [Recurrence].
type Period string

// The periods that a panel can repeat a time profile by (contract §3.1).
const (
	Daily   Period = "day"
	Weekly  Period = "week"
	Monthly Period = "month"
	Yearly  Period = "year"
)

// Periods returns every [Period], the shortest first.
func Periods() []Period { return []Period{Daily, Weekly, Monthly, Yearly} }

// NthDay is a day named by its place in a month, such as the first Monday or
// the last day off.
type NthDay struct {
	Week WeekOfMonth
	Day  DayKind
}

// A WeekOfMonth counts the occurrences of a [DayKind] within a month.
type WeekOfMonth string

// The places in a month that a panel knows (contract §3.1).
const (
	FirstWeek  WeekOfMonth = "first"
	SecondWeek WeekOfMonth = "second"
	ThirdWeek  WeekOfMonth = "third"
	FourthWeek WeekOfMonth = "fourth"
	FifthWeek  WeekOfMonth = "fifth"
	LastWeek   WeekOfMonth = "last"
)

// WeeksOfMonth returns every [WeekOfMonth] in the order of the month.
func WeeksOfMonth() []WeekOfMonth {
	return []WeekOfMonth{FirstWeek, SecondWeek, ThirdWeek, FourthWeek, FifthWeek, LastWeek}
}

// A DayKind is what an [NthDay] counts: one day of the week, any working day
// or any day off.
type DayKind string

// The kinds of day that a panel knows (contract §3.1). Which days are working
// days and which are days off is the panel's own notion.
const (
	DayMonday    DayKind = "monday"
	DayTuesday   DayKind = "tuesday"
	DayWednesday DayKind = "wednesday"
	DayThursday  DayKind = "thursday"
	DayFriday    DayKind = "friday"
	DaySaturday  DayKind = "saturday"
	DaySunday    DayKind = "sunday"
	DayWorking   DayKind = "weekday"
	DayOff       DayKind = "day_off"
)

// DayKinds returns every [DayKind], the days of the week from Monday on first.
func DayKinds() []DayKind {
	return []DayKind{
		DayMonday, DayTuesday, DayWednesday, DayThursday, DayFriday,
		DaySaturday, DaySunday, DayWorking, DayOff,
	}
}

// normalized returns r with its lists sorted, without repetitions, and nil
// when empty, so that two recurrences that mean the same are deeply equal. It
// shares no list with r.
func (r Recurrence) normalized() Recurrence {
	r.Weekdays = sortedSet(r.Weekdays, mondayFirst)
	r.MonthDays = sortedSet(r.MonthDays, func(day int) int { return day })
	r.Months = sortedSet(r.Months, func(month time.Month) int { return int(month) })
	return r
}

// mondayFirst ranks the days of the week as the panel's own words list them.
func mondayFirst(day time.Weekday) int {
	return (int(day) + 6) % 7
}

// sortedSet returns the distinct values of list by ascending rank, or nil when
// there are none.
func sortedSet[T comparable](list []T, rank func(T) int) []T {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b T) int { return cmp.Compare(rank(a), rank(b)) })
	return slices.Compact(list)
}
