package basip

import (
	"testing"
	"time"
)

func TestSchedule(t *testing.T) {
	t.Parallel()
	const mon, tue, wed, thu, fri, sat, sun = time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday
	until := time.Date(2027, 12, 30, 23, 0, 0, 0, time.UTC).Unix()
	repeat := func(every Period, interval int, change func(*Recurrence)) *Recurrence {
		r := &Recurrence{Every: every, Interval: interval}
		if change != nil {
			change(r)
		}
		return r
	}
	monthly := func(days ...int) *Recurrence { return &Recurrence{Every: Monthly, Interval: 1, MonthDays: days} }
	nth := func(every Period, week WeekOfMonth, day DayKind, months ...time.Month) *Recurrence {
		return &Recurrence{Every: every, Interval: 1, Nth: &NthDay{week, day}, Months: months}
	}
	const start, end = "2027-03-01T09:00:00+01:00", "2027-03-01T18:00:00+01:00"
	tests := map[string]struct {
		start, end string
		allDay     bool
		repeat     *Recurrence
		want       string
	}{
		"work week":           {start, end, false, on(1, mon, tue, wed, thu, fri), "Mon–Fri 09:00–18:00, every week, no end"},
		"once":                {start, end, false, nil, "2027-03-01 09:00–18:00, once"},
		"once, over midnight": {"2027-03-01T08:00:00+01:00", "2027-03-02T18:00:00+01:00", false, nil, "2027-03-01 08:00 to 2027-03-02 18:00, once"},
		"once, a date":        {start, end, true, nil, "2027-03-01 all day, once"},
		"once, dates":         {start, "2027-03-03T00:00:00+01:00", true, nil, "2027-03-01 to 2027-03-03 all day, once"},

		"daily":            {start, end, false, repeat(Daily, 1, nil), "09:00–18:00, every day, no end"},
		"every second day": {start, end, false, repeat(Daily, 2, nil), "09:00–18:00, every 2 days from 2027-03-01, no end"},
		"with an end": {
			start, end, false, repeat(Daily, 1, func(r *Recurrence) { r.Until = &until }), "09:00–18:00, every day, until 2027-12-31 00:00",
		},
		"all day":          {start, end, true, repeat(Daily, 1, nil), "all day, every day, no end"},
		"over midnight":    {"2027-03-01T20:00:00+01:00", "2027-03-02T06:00:00+01:00", false, on(1, mon), "Mon 20:00–06:00 next day, every week, no end"},
		"until midnight":   {"2027-03-01T20:00:00+01:00", "2027-03-02T00:00:00+01:00", false, on(1, mon), "Mon 20:00–24:00, every week, no end"},
		"whole day":        {"2027-03-01T00:00:00+01:00", "2027-03-02T00:00:00+01:00", false, on(1, mon), "Mon 00:00–24:00, every week, no end"},
		"weekend":          {"2027-03-05T18:00:00+01:00", "2027-03-08T06:00:00+01:00", false, on(1, fri), "Fri 18:00–06:00 3 days later, every week, no end"},
		"weekend, all day": {"2027-03-06T00:00:00+01:00", "2027-03-07T00:00:00+01:00", true, on(1, sat), "Sat all day for 2 days, every week, no end"},
		"seconds":          {"2027-03-01T00:00:00+01:00", "2027-03-01T23:59:59+01:00", false, on(1, mon), "Mon 00:00–23:59:59, every week, no end"},

		"weekday of the start":   {start, end, false, repeat(Weekly, 1, nil), "Mon 09:00–18:00, every week, no end"},
		"single days":            {start, end, false, on(1, fri, mon, wed), "Mon, Wed, Fri 09:00–18:00, every week, no end"},
		"two days":               {start, end, false, on(1, sun, sat), "Sat, Sun 09:00–18:00, every week, no end"},
		"order of the week":      {start, end, false, on(1, sun, mon, sat), "Mon, Sat, Sun 09:00–18:00, every week, no end"},
		"range and day":          {start, end, false, on(1, sun, tue, mon, wed), "Mon–Wed, Sun 09:00–18:00, every week, no end"},
		"all days":               {start, end, false, on(1, sun, tue, mon, wed, sat, fri, thu), "Mon–Sun 09:00–18:00, every week, no end"},
		"every second Wednesday": {"2027-03-03T19:00:00+01:00", "2027-03-03T22:00:00+01:00", false, on(2, wed), "Wed 19:00–22:00, every 2 weeks from 2027-03-03, no end"},

		"day of the start":     {start, end, false, repeat(Monthly, 1, nil), "1st 09:00–18:00, every month, no end"},
		"days of the month":    {start, end, false, monthly(31, 1, 22, 2, 13), "1st, 2nd, 13th, 22nd, 31st 09:00–18:00, every month, no end"},
		"range of the month":   {start, end, false, monthly(3, 4, 5, 23), "3rd–5th, 23rd 09:00–18:00, every month, no end"},
		"last Friday":          {start, end, false, nth(Monthly, LastWeek, DayFriday), "last Friday 09:00–18:00, every month, no end"},
		"first working day":    {start, end, false, nth(Monthly, FirstWeek, DayWorking), "first working day 09:00–18:00, every month, no end"},
		"second day off":       {start, end, true, nth(Monthly, SecondWeek, DayOff), "second day off all day, every month, no end"},
		"every third month":    {start, end, false, repeat(Monthly, 3, func(r *Recurrence) { r.MonthDays = []int{1} }), "1st 09:00–18:00, every 3 months from 2027-03-01, no end"},
		"date of the start":    {start, end, false, repeat(Yearly, 1, nil), "1st of Mar 09:00–18:00, every year, no end"},
		"months":               {start, end, false, repeat(Yearly, 2, func(r *Recurrence) { r.Months = []time.Month{12, 1} }), "1st of Jan, Dec 09:00–18:00, every 2 years from 2027-03-01, no end"},
		"last Friday of March": {start, end, false, nth(Yearly, LastWeek, DayFriday, 3, 4, 5), "last Friday of Mar–May 09:00–18:00, every year, no end"},

		"in UTC":                {"2027-03-01T09:00:00Z", "2027-03-01T18:00:00Z", false, on(1, mon), "Mon 09:00–18:00 UTC, every week, no end"},
		"in UTC, once":          {"2027-03-01T09:00:00Z", "2027-03-02T18:00:00Z", false, nil, "2027-03-01 09:00 to 2027-03-02 18:00 UTC, once"},
		"in UTC, one day":       {"2027-03-01T09:00:00Z", "2027-03-01T18:00:00Z", false, nil, "2027-03-01 09:00–18:00 UTC, once"},
		"in UTC, over midnight": {"2027-03-01T20:00:00Z", "2027-03-02T06:00:00Z", false, on(1, mon), "Mon 20:00–06:00 UTC next day, every week, no end"},
		"in UTC, all day":       {"2027-03-01T09:00:00Z", "2027-03-01T18:00:00Z", true, on(1, mon), "Mon all day UTC, every week, no end"},
		"by the start's clock":  {"2027-03-01T09:00:00+01:00", "2027-03-01T17:00:00Z", false, on(1, mon), "Mon 09:00–18:00, every week, no end"},
		"west":                  {"2027-02-28T20:00:00-05:00", "2027-02-28T22:00:00-05:00", false, repeat(Weekly, 1, nil), "Sun 20:00–22:00, every week, no end"},

		// What only a panel can hold is said as well as it can be.
		"no such month": {start, end, false, repeat(Yearly, 1, func(r *Recurrence) { r.Months = []time.Month{13} }), "1st of month 13 09:00–18:00, every year, no end"},
		"ends before":   {end, start, false, repeat(Daily, 0, nil), "18:00–09:00, every 0 days from 2027-03-01, no end"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, o := asWritten(t, test.start, test.end, test.repeat)
			p.AllDay = test.allDay
			if got := p.Schedule(o); got != test.want {
				t.Errorf("Schedule() = %q, want %q", got, test.want)
			}
		})
	}
}
