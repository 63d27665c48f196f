package basip

import (
	"strings"
	"testing"
	"time"
)

func TestWarnings(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)
	at := func(text string) *int64 {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		seconds := at.Unix()
		return &seconds
	}
	// A Monday, the first one and the first day of its month.
	const start, end = "2027-03-01T09:00:00+01:00", "2027-03-01T18:00:00+01:00"
	tests := map[string]struct {
		start, end string
		allDay     bool
		repeat     *Recurrence
		field      ProfileField // "" for no warning
		reason     string
	}{
		"once":                      {start, end, false, nil, "", ""},
		"daily":                     {start, end, false, &Recurrence{Every: Daily, Interval: 1}, "", ""},
		"Monday among weekdays":     {start, end, false, on(1, time.Friday, time.Monday), "", ""},
		"no weekdays":               {start, end, false, on(1), "", ""},
		"Monday not among weekdays": {start, end, false, on(1, time.Friday), FieldFrom, "is Monday 2027-03-01, which repeat.weekdays excludes, so that it depends on the panel whether the first window opens the door"},
		"by the start's own clock":  {"2027-03-01T00:30:00+01:00", end, false, on(1, time.Monday), "", ""},
		"by UTC":                    {"2027-02-28T23:30:00Z", "2027-03-01T17:00:00Z", false, on(1, time.Monday), FieldFrom, "is Sunday 2027-02-28 UTC, which repeat.weekdays excludes"},
		"day among month_days":      {start, end, false, &Recurrence{Every: Monthly, Interval: 1, MonthDays: []int{15, 1}}, "", ""},
		"day not among month_days":  {start, end, false, &Recurrence{Every: Monthly, Interval: 1, MonthDays: []int{15}}, FieldFrom, "which repeat.month_days excludes"},
		"month not among months":    {start, end, false, &Recurrence{Every: Yearly, Interval: 1, Months: []time.Month{4}}, FieldFrom, "which repeat.months excludes"},
		"first Monday":              {start, end, false, &Recurrence{Every: Monthly, Interval: 1, Nth: &NthDay{FirstWeek, DayMonday}}, "", ""},
		"not the last Monday":       {start, end, false, &Recurrence{Every: Monthly, Interval: 1, Nth: &NthDay{LastWeek, DayMonday}}, FieldFrom, "is Monday 2027-03-01, which is not the last Monday of its month"},
		"not a fifth Monday":        {start, end, false, &Recurrence{Every: Yearly, Interval: 1, Months: []time.Month{3}, Nth: &NthDay{FifthWeek, DayMonday}}, FieldFrom, "which is not the fifth Monday of its month"},
		"the fifth Monday":          {"2027-03-29T09:00:00+01:00", "2027-03-29T18:00:00+01:00", false, &Recurrence{Every: Monthly, Interval: 1, Nth: &NthDay{FifthWeek, DayMonday}}, "", ""},
		"the last Wednesday":        {"2027-03-31T09:00:00+01:00", "2027-03-31T18:00:00+01:00", false, &Recurrence{Every: Monthly, Interval: 1, Nth: &NthDay{LastWeek, DayWednesday}}, "", ""},
		"working days":              {"2027-03-06T09:00:00+01:00", "2027-03-06T18:00:00+01:00", false, &Recurrence{Every: Monthly, Interval: 1, Nth: &NthDay{FirstWeek, DayWorking}}, "", ""},
		"days off":                  {start, end, false, &Recurrence{Every: Monthly, Interval: 1, Nth: &NthDay{FirstWeek, DayOff}}, "", ""},

		"two offsets": {
			start, "2027-03-01T18:00:00+02:00", false, nil, FieldTo, "has the offset +02:00, but start has +01:00: ",
		},
		"two spellings of UTC": {"2027-03-01T09:00:00+00:00", "2027-03-01T18:00:00Z", false, nil, "", ""},

		"over":                  {"2026-03-01T09:00:00+01:00", "2026-03-01T18:00:00+01:00", false, nil, FieldTo, "lies in the past"},
		"under way":             {"2026-03-01T09:00:00+01:00", "2027-03-01T18:00:00+01:00", false, nil, "", ""},
		"over this minute":      {"2027-01-01T09:00:00Z", "2027-01-01T11:59:59Z", false, nil, FieldTo, "lies in the past"},
		"over this day":         {"2027-01-01T09:00:00Z", "2027-01-01T11:59:59Z", true, nil, "", ""},
		"over for a day":        {"2026-12-30T09:00:00Z", "2026-12-30T11:59:59Z", true, nil, FieldTo, "lies in the past"},
		"repeats for ever":      {"2020-03-01T09:00:00+01:00", "2020-03-01T18:00:00+01:00", false, &Recurrence{Every: Daily, Interval: 1}, "", ""},
		"repeats still":         {"2020-03-01T09:00:00+01:00", "2020-03-01T18:00:00+01:00", false, &Recurrence{Every: Daily, Interval: 1, Until: at("2027-01-02T00:00:00Z")}, "", ""},
		"repeats no more":       {"2020-03-01T09:00:00+01:00", "2020-03-01T18:00:00+01:00", false, &Recurrence{Every: Daily, Interval: 1, Until: at("2026-12-31T00:00:00Z")}, FieldUntil, "lies in the past"},
		"last window under way": {"2026-12-30T09:00:00+01:00", "2027-01-03T18:00:00+01:00", false, &Recurrence{Every: Weekly, Interval: 1, Until: at("2026-12-31T00:00:00Z")}, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, o := asWritten(t, test.start, test.end, test.repeat)
			p.AllDay = test.allDay
			got := p.Warnings(now, o)
			switch {
			case test.field == "" && len(got) > 0:
				t.Errorf("Warnings() = %+v, want none", got)
			case test.field != "" && (len(got) != 1 || got[0].Field != test.field || !strings.Contains(got[0].Reason, test.reason)):
				t.Errorf("Warnings() = %+v, want one of %s that says %q", got, test.field, test.reason)
			}
		})
	}
}
