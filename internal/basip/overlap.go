package basip

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// overlap checks that a window is over when it comes back. One that is not would
// keep the door open, although each line of the profile reads as if it did not:
// a panel has no way to tell the end of a window from the end of a schedule.
// A window that lasts exactly one period, which is open always, is taken for what
// it says.
func (c *checker) overlap(p TimeProfile, o Offsets) {
	r := p.Repeat
	if r.Interval < 1 || r.Interval > 1000 {
		return
	}
	start := local(p.From, o.From)
	uses := []ProfileField{FieldFrom, FieldAllDay, FieldEvery, FieldInterval}
	var gap int64
	switch r.Every {
	case Daily:
		gap = int64(r.Interval)
	case Weekly:
		uses = append(uses, FieldWeekdays)
		gap = weeklyGap(r.Weekdays, r.Interval)
	case Monthly, Yearly:
		uses = append(uses, FieldNthWeek, FieldNthDay, FieldMonthDays)
		if r.Every == Yearly {
			uses[len(uses)-1] = FieldMonths
		}
		gap = r.calendarGap(start)
	}
	length, less := p.windowSeconds(o)
	if (r.Every == Monthly || r.Every == Yearly) && (r.lastsOnePeriod(length, start) || r.lastsOnePeriod(length-less, start)) {
		return
	}
	c.require(gap == 0 || length-less <= gap*daySeconds, FieldTo, fmt.Sprintf(
		"is when the first window ends, not when the repetition ends. This window lasts %s, but the next one can begin %s after its start, "+
			"so that the door would stay open from one window to the next. Shorten the window to %[2]s at most, and set repeat.until to when the repetition ends",
		span(length), span(gap*daySeconds)), uses...)
}

// weeklyGap returns the least number of days from one day of a weekly recurrence
// to its next, and 0 if it cannot be told.
func weeklyGap(weekdays []time.Weekday, interval int) int64 {
	var ranks []int
	for _, day := range weekdays {
		if day < time.Sunday || day > time.Saturday {
			return 0
		}
		ranks = append(ranks, mondayFirst(day))
	}
	weeks := 7 * interval
	if len(ranks) == 0 {
		return int64(weeks)
	}
	slices.Sort(ranks)
	ranks = slices.Compact(ranks)
	gap := weeks - (ranks[len(ranks)-1] - ranks[0])
	for i := range len(ranks) - 1 {
		gap = min(gap, ranks[i+1]-ranks[i])
	}
	return int64(gap)
}

// calendarGap returns the least number of days from one day of a monthly or
// yearly recurrence to its next, and 0 if it cannot be told. A day that a month
// does not have is passed over.
func (r Recurrence) calendarGap(start time.Time) int64 {
	const steps = 64 // more than one leap year
	slack := int64(0)
	on := r.MonthDays
	if r.Every == Yearly || len(on) == 0 {
		on = []int{start.Day()}
	}
	if r.Nth != nil {
		if r.Nth.Week == FifthWeek && r.Nth.Day == DayOff || r.Every == Monthly && len(r.MonthDays) > 0 {
			return 0 // not every month has five, or two ways to name the day
		}
		if !r.Nth.countable() { // the panel knows the day: it moves within its month
			slack, on = 3, []int{1}
			if r.Every == Yearly && len(r.Months) > 1 {
				slack = 31
			}
		}
	}
	var days []int64
	month := func(year int, month time.Month) {
		first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
		if r.Nth != nil && r.Nth.countable() {
			if day, ok := r.Nth.in(first); ok {
				days = append(days, dayOf(first)+int64(day-1))
			}
			return
		}
		for _, day := range on {
			if day >= 1 && day <= daysIn(first) {
				days = append(days, dayOf(first)+int64(day-1))
			}
		}
	}
	months := r.Months
	if len(months) == 0 {
		months = []time.Month{start.Month()}
	}
	for step := range steps {
		if r.Every == Monthly {
			month(start.Year(), start.Month()+time.Month(step*r.Interval))
			continue
		}
		for _, m := range months {
			if m >= time.January && m <= time.December {
				month(start.Year()+step*r.Interval, m)
			}
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	gap := int64(0)
	for i := range len(days) - 1 {
		if between := days[i+1] - days[i] + slack; gap == 0 || between < gap {
			gap = between
		}
	}
	return gap
}

// lastsOnePeriod reports whether a window lasts exactly the first period of a
// monthly or yearly recurrence that names at most one day and one month.
func (r Recurrence) lastsOnePeriod(seconds int64, start time.Time) bool {
	if r.Nth != nil || r.Every == Monthly && len(r.MonthDays) > 1 || r.Every == Yearly && len(r.Months) > 1 {
		return false
	}
	starts := []time.Time{start}
	if utc(start) != "" { // by the panel's clock it may be another day
		starts = append(starts, start.AddDate(0, 0, -1), start.AddDate(0, 0, 1))
	}
	return slices.ContainsFunc(starts, func(start time.Time) bool {
		next := start.AddDate(r.Interval, 0, 0)
		if r.Every == Monthly {
			next = start.AddDate(0, r.Interval, 0)
		}
		return seconds == (dayOf(next)-dayOf(start))*daySeconds
	})
}

// daysIn returns the number of days of the month that begins at first.
func daysIn(first time.Time) int { return first.AddDate(0, 1, -1).Day() }

// countable reports whether the calendar alone says which day n is, and not the
// panel.
func (n NthDay) countable() bool {
	_, ok := n.Day.weekday()
	return ok && slices.Contains(WeeksOfMonth(), n.Week)
}

// weekday returns the day of the week that d is, if it is one.
func (d DayKind) weekday() (time.Weekday, bool) {
	i := slices.Index(DayKinds(), d) // from Monday on
	return time.Weekday((i + 1) % 7), i >= 0 && i < 7
}

// in returns which day n is of the month that begins at first. It is not there in
// every month. n must be countable.
func (n NthDay) in(first time.Time) (day int, ok bool) {
	weekday, _ := n.Day.weekday()
	day = 1 + (int(weekday)-int(first.Weekday())+7)%7
	if n.Week == LastWeek {
		return day + (daysIn(first)-day)/7*7, true
	}
	day += 7 * slices.Index(WeeksOfMonth(), n.Week)
	return day, day <= daysIn(first)
}

// span says a length of time in words: "1 day 6 hours".
func span(seconds int64) string {
	var words []string
	for _, unit := range []struct {
		name    string
		seconds int64
	}{{"day", daySeconds}, {"hour", 60 * 60}, {"minute", 60}, {"second", 1}} {
		switch n := seconds / unit.seconds; {
		case n == 1:
			words = append(words, "1 "+unit.name)
		case n > 1:
			words = append(words, fmt.Sprintf("%d %ss", n, unit.name))
		}
		seconds %= unit.seconds
	}
	return strings.Join(words, " ")
}
