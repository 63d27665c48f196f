package basip

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// asWritten returns a profile, and its offsets, with a window as it is written in
// a configuration.
func asWritten(t *testing.T, start, end string, repeat *Recurrence) (TimeProfile, Offsets) {
	t.Helper()
	read := func(text string) (int64, int) {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		_, offset := at.Zone()
		return at.Unix(), offset
	}
	p, o := TimeProfile{Name: "Test", Repeat: repeat}, Offsets{}
	p.From, o.From = read(start)
	p.To, o.To = read(end)
	return p, o
}

// on returns a recurrence by weekdays.
func on(interval int, days ...time.Weekday) *Recurrence {
	return &Recurrence{Every: Weekly, Interval: interval, Weekdays: days}
}

func TestCheckRefusesWindowsThatOverlap(t *testing.T) {
	t.Parallel()
	every := func(period Period, interval int) *Recurrence { return &Recurrence{Every: period, Interval: interval} }
	days := func(interval int, days ...int) *Recurrence {
		return &Recurrence{Every: Monthly, Interval: interval, MonthDays: days}
	}
	months := func(interval int, months ...time.Month) *Recurrence {
		return &Recurrence{Every: Yearly, Interval: interval, Months: months}
	}
	nth := func(r *Recurrence, week WeekOfMonth, day DayKind) *Recurrence {
		r.Nth = &NthDay{week, day}
		return r
	}
	const mon, tue, wed, fri, sat, sun = time.Monday, time.Tuesday, time.Wednesday, time.Friday, time.Saturday, time.Sunday

	// Each window begins at the start; one that ends at fits is good, one that
	// ends at overlaps, which is a second later where that is left out, is not.
	tests := map[string]struct {
		start, fits, overlaps string
		repeat                *Recurrence
		allDay                bool
	}{
		"the whole year, daily": {start: "2027-01-06T09:00:00+09:00", fits: "2027-01-06T18:00:00+09:00", overlaps: "2027-12-31T18:00:00+09:00", repeat: every(Daily, 1)},
		"a day, daily":          {start: "2027-03-01T09:00:00+09:00", fits: "2027-03-02T09:00:00+09:00", repeat: every(Daily, 1)},
		"two days":              {start: "2027-03-01T09:00:00+09:00", fits: "2027-03-03T09:00:00+09:00", repeat: every(Daily, 2)},
		"a thousand days":       {start: "2027-03-01T09:00:00+09:00", fits: "2029-11-25T09:00:00+09:00", repeat: every(Daily, 1000)},

		"a week":               {start: "2027-03-01T09:00:00+09:00", fits: "2027-03-08T09:00:00+09:00", repeat: every(Weekly, 1)},
		"two weeks":            {start: "2027-03-01T09:00:00+09:00", fits: "2027-03-15T09:00:00+09:00", repeat: every(Weekly, 2)},
		"a week on Mondays":    {start: "2027-03-01T09:00:00+09:00", fits: "2027-03-08T09:00:00+09:00", repeat: on(1, mon)},
		"3 weeks on Mondays":   {start: "2027-03-01T09:00:00+09:00", fits: "2027-03-22T09:00:00+09:00", repeat: on(3, mon, mon)},
		"Monday, Tuesday":      {start: "2027-03-01T09:00:00+09:00", fits: "2027-03-02T09:00:00+09:00", overlaps: "2027-03-02T15:00:00+09:00", repeat: on(1, mon, tue)},
		"Monday, Wednesday":    {start: "2027-03-01T09:00:00+09:00", fits: "2027-03-03T09:00:00+09:00", repeat: on(1, wed, mon)},
		"Sunday, Monday":       {start: "2027-03-07T09:00:00+09:00", fits: "2027-03-08T09:00:00+09:00", repeat: on(1, mon, sun)},
		"Friday, Monday":       {start: "2027-03-05T09:00:00+09:00", fits: "2027-03-08T09:00:00+09:00", repeat: on(1, mon, fri)},
		"every 2nd Sat, Sun":   {start: "2027-03-06T09:00:00+09:00", fits: "2027-03-07T09:00:00+09:00", repeat: on(2, sat, sun)},
		"every 2nd Mon to Fri": {start: "2027-03-01T09:00:00+09:00", fits: "2027-03-02T09:00:00+09:00", repeat: on(2, mon, tue, wed, time.Thursday, fri)},
		// Whether the Sunday before or after the Monday is in its week is for the panel to say.
		"every 2nd Sun, Mon": {start: "2027-03-07T09:00:00+09:00", fits: "2027-03-13T09:00:00+09:00", repeat: on(2, sun, mon)},

		"a month":                {start: "2027-03-01T00:00:00+09:00", fits: "2027-03-29T00:00:00+09:00", repeat: every(Monthly, 1)},
		"a month from the 31st":  {start: "2027-03-31T00:00:00+09:00", fits: "2027-05-01T00:00:00+09:00", repeat: every(Monthly, 1)},
		"the 10th and 12th":      {start: "2027-03-10T09:00:00+09:00", fits: "2027-03-12T09:00:00+09:00", overlaps: "2027-03-13T09:00:00+09:00", repeat: days(1, 12, 10)},
		"over the end of months": {start: "2027-03-28T09:00:00+09:00", fits: "2027-03-29T09:00:00+09:00", repeat: days(1, 1, 28)},
		"29th, in leap years":    {start: "2027-05-29T09:00:00+09:00", fits: "2027-05-30T09:00:00+09:00", repeat: days(1, 1, 29)},
		"2nd months":             {start: "2027-03-01T09:00:00+09:00", fits: "2027-04-29T09:00:00+09:00", repeat: days(2, 1)},
		"first Mondays":          {start: "2027-03-01T09:00:00+09:00", fits: "2027-03-29T09:00:00+09:00", repeat: nth(every(Monthly, 1), FirstWeek, DayMonday)},
		"last Fridays":           {start: "2027-03-26T09:00:00+09:00", fits: "2027-04-23T09:00:00+09:00", repeat: nth(every(Monthly, 1), LastWeek, DayFriday)},
		"fifth Mondays":          {start: "2027-03-29T09:00:00+09:00", fits: "2027-05-31T09:00:00+09:00", repeat: nth(every(Monthly, 1), FifthWeek, DayMonday)},
		"first working day":      {start: "2027-03-01T09:00:00+09:00", fits: "2027-04-01T09:00:00+09:00", repeat: nth(every(Monthly, 1), FirstWeek, DayWorking)},

		"a year":                 {start: "2027-03-01T09:00:00+09:00", fits: "2028-02-29T09:00:00+09:00", repeat: every(Yearly, 1)},
		"the 29th of February":   {start: "2028-02-29T09:00:00+09:00", fits: "2032-02-29T09:00:00+09:00", repeat: every(Yearly, 1)},
		"all of a leap year":     {start: "2028-01-01T00:00:00+09:00", fits: "2029-01-01T00:00:00+09:00", repeat: every(Yearly, 1)},
		"all of a long month":    {start: "2027-03-01T00:00:00+09:00", fits: "2027-04-01T00:00:00+09:00", repeat: every(Monthly, 1)},
		"January":                {start: "2027-01-04T09:00:00+09:00", fits: "2028-01-04T09:00:00+09:00", repeat: months(1, time.January)},
		"3rd years":              {start: "2027-01-04T09:00:00+09:00", fits: "2030-01-03T09:00:00+09:00", repeat: months(3, time.January)},
		"April and May":          {start: "2027-04-04T09:00:00+09:00", fits: "2027-05-04T09:00:00+09:00", repeat: months(1, time.May, time.April)},
		"December and January":   {start: "2027-12-04T09:00:00+09:00", fits: "2028-01-04T09:00:00+09:00", repeat: months(1, time.December, time.January)},
		"first Sundays of a few": {start: "2027-04-04T09:00:00+09:00", fits: "2027-05-02T09:00:00+09:00", repeat: nth(months(1, 4, 5), FirstWeek, DaySunday)},
		"a day off in May":       {start: "2027-05-01T09:00:00+09:00", fits: "2028-05-03T09:00:00+09:00", repeat: nth(months(1, 5), FirstWeek, DayOff)},
		"days off in May, June":  {start: "2027-05-01T09:00:00+09:00", fits: "2027-06-30T09:00:00+09:00", overlaps: "2027-08-01T09:00:00+09:00", repeat: nth(months(1, 5, 6), FirstWeek, DayOff)},

		// Whole days: the dates count, and the last one is open too.
		"a date":              {start: "2027-03-01T09:00:00+01:00", fits: "2027-03-01T23:59:59+01:00", repeat: every(Daily, 1), allDay: true},
		"the start's date":    {start: "2027-03-01T09:00:00+01:00", fits: "2027-03-01T09:00:00+01:00", overlaps: "2027-03-02T09:00:00+01:00", repeat: every(Daily, 1), allDay: true},
		"a Monday":            {start: "2027-03-01T00:00:00+01:00", fits: "2027-03-01T23:59:59+01:00", repeat: on(1, mon, tue), allDay: true},
		"a weekend":           {start: "2027-03-06T00:00:00+01:00", fits: "2027-03-07T23:59:59+01:00", repeat: on(1, sat, mon), allDay: true},
		"a week of dates":     {start: "2027-03-01T00:00:00+01:00", fits: "2027-03-07T23:59:59+01:00", repeat: on(1, mon), allDay: true},
		"dates of a year":     {start: "2028-01-01T00:00:00+01:00", fits: "2028-12-31T23:59:59+01:00", repeat: every(Yearly, 1), allDay: true},
		"a date in UTC":       {start: "2027-03-01T00:00:00Z", fits: "2027-03-01T23:59:59Z", repeat: every(Daily, 1), allDay: true},
		"a date east of UTC":  {start: "2027-02-28T23:00:00Z", fits: "2027-03-01T22:59:59Z", repeat: every(Daily, 1), allDay: true},
		"in a kept spelling":  {start: "2027-06-19T22:00:00Z", fits: "2027-06-20T23:59:59+02:00", repeat: every(Daily, 1), allDay: true},
		"a date of 25 hours":  {start: "2027-10-31T00:00:00+02:00", fits: "2027-10-31T23:59:59+01:00", repeat: every(Daily, 1), allDay: true},
		"two dates, 24 hours": {start: "2027-10-30T12:00:00+02:00", fits: "2027-10-30T23:00:00+02:00", overlaps: "2027-10-31T11:00:00+01:00", repeat: every(Daily, 1), allDay: true},
		"the same in UTC":     {start: "2027-10-30T22:00:00Z", fits: "2027-10-31T22:59:59Z", repeat: every(Daily, 1), allDay: true},
		"25 hours in England": {start: "2027-10-31T00:00:00+01:00", fits: "2027-10-31T23:59:59Z", repeat: every(Daily, 1), allDay: true},

		// A panel repeats by its own clock, which is set twice a year.
		"a night of 25 hours":   {start: "2027-10-30T12:00:00+02:00", fits: "2027-10-31T12:00:00+01:00", repeat: every(Daily, 1)},
		"the same in UTC, once": {start: "2027-10-30T10:00:00Z", fits: "2027-10-31T11:00:00Z", repeat: every(Daily, 1)},
		"in America":            {start: "2027-11-06T16:00:00Z", fits: "2027-11-07T17:00:00Z", repeat: every(Daily, 1)},
		"in Australia":          {start: "2027-04-03T02:00:00Z", fits: "2027-04-04T03:00:00Z", repeat: every(Daily, 1)},
		"a night of 23 hours":   {start: "2027-03-27T12:00:00+01:00", fits: "2027-03-28T12:00:00+02:00", overlaps: "2027-03-28T14:00:00+02:00", repeat: every(Daily, 1)},
		"two clocks":            {start: "2027-03-01T08:00:00Z", fits: "2027-03-02T09:00:00+01:00", overlaps: "2027-03-02T11:00:00+01:00", repeat: every(Daily, 1)},
		"two distant clocks":    {start: "2027-03-01T09:00:00+01:00", fits: "2027-03-02T03:00:00-05:00", repeat: every(Daily, 1)},
		"all of a month":        {start: "2027-10-01T00:00:00+02:00", fits: "2027-11-01T00:00:00+01:00", repeat: every(Monthly, 1)},
		"all of it in UTC":      {start: "2027-09-30T22:00:00Z", fits: "2027-10-31T23:00:00Z", repeat: every(Monthly, 1)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, o := asWritten(t, test.start, test.fits, test.repeat)
			p.AllDay = test.allDay
			if err := p.Check(o); err != nil {
				t.Errorf("until %s: %v", test.fits, err)
			}
			if test.overlaps != "" {
				p, o = asWritten(t, test.start, test.overlaps, test.repeat)
				p.AllDay = test.allDay
			} else {
				p.To++
			}
			errs := FieldErrors(p.Check(o))
			if len(errs) != 1 || errs[0].Field != FieldTo {
				t.Errorf("until %s: %v, want one error of %s", local(p.To, o.To), errs, FieldTo)
			}
			if err := p.Holdable(); err != nil {
				t.Errorf("a panel holds what is refused to people: %v", err)
			}
		})
	}
}

func TestCheckLeavesOpenWhatOnlyThePanelKnows(t *testing.T) {
	t.Parallel()
	tests := map[string]*Recurrence{
		"once": nil,
		// A month may have four days off, or ten.
		"fifth day off": {Every: Monthly, Interval: 1, Nth: &NthDay{FifthWeek, DayOff}},
		// It never comes.
		"the 31st of every February": {Every: Monthly, Interval: 12, MonthDays: []int{31}},
	}
	for name, repeat := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, o := asWritten(t, "2027-02-01T09:00:00Z", "2029-02-01T18:00:00Z", repeat)
			if err := p.Check(o); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOverlapSaysWhatToDo(t *testing.T) {
	t.Parallel()
	p, o := asWritten(t, "2027-01-06T09:00:00Z", "2027-12-31T18:00:00Z", &Recurrence{Every: Daily, Interval: 1})
	err := FieldErrors(p.Check(o))
	const want = "is when the first window ends, not when the repetition ends. This window lasts 359 days 9 hours, but the next one can begin 1 day after its start, " +
		"so that the door would stay open from one window to the next. Shorten the window to 1 day at most, and set repeat.until to when the repetition ends"
	if len(err) != 1 || err[0].Reason != want {
		t.Errorf("Check() = %v, want %q", err, want)
	}
}

// Two windows overlap at the end of the longer lists too: the rule must agree
// with a walk through the calendar, whatever the recurrence.
func TestWeeklyGapAgreesWithTheCalendar(t *testing.T) {
	t.Parallel()
	for mask := 1; mask < 1<<7; mask++ {
		for interval := 1; interval <= 3; interval++ {
			var days []time.Weekday
			var calendar []int
			for rank := range 7 {
				if mask&(1<<rank) == 0 {
					continue
				}
				days = append(days, time.Weekday((rank+1)%7))
				calendar = append(calendar, rank, rank+7*interval)
			}
			slices.Sort(calendar)
			want := 1 << 30
			for i := range len(calendar) - 1 {
				want = min(want, calendar[i+1]-calendar[i])
			}
			if got := weeklyGap(days, interval); got != int64(want) {
				t.Errorf("weeklyGap(%v, %d) = %d, want %d", days, interval, got, want)
			}
		}
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[int64]string{
		daySeconds: "1 day", 2*daySeconds + 1: "2 days 1 second", 30 * 60 * 60: "1 day 6 hours", 60*60 + 2*60: "1 hour 2 minutes",
	} {
		if got := span(seconds); got != want {
			t.Errorf("span(%d) = %q, want %q", seconds, got, want)
		}
	}
	if got := strings.TrimSpace(span(0)); got != "" {
		t.Errorf("span(0) = %q", got)
	}
}
