package basip

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// window returns a profile that passes Check, for tests to change.
func window(change func(*TimeProfile)) TimeProfile {
	p := TimeProfile{Name: "Night", From: 1_700_000_000, To: 1_700_003_600}
	if change != nil {
		change(&p)
	}
	return p
}

// repeating returns a profile with a recurrence.
func repeating(r Recurrence) TimeProfile {
	return window(func(p *TimeProfile) { p.Repeat = &r })
}

func TestTimeProfileCheck(t *testing.T) {
	t.Parallel()
	nth := &NthDay{Week: LastWeek, Day: DayFriday}
	end := func(at int64) *int64 { return &at }
	tests := map[string]struct {
		profile TimeProfile
		fields  []ProfileField
	}{
		"a single window":       {window(nil), nil},
		"name blank":            {window(func(p *TimeProfile) { p.Name = " \t" }), []ProfileField{FieldName}},
		"name not text":         {window(func(p *TimeProfile) { p.Name = "a\xff" }), []ProfileField{FieldName}},
		"end before start":      {window(func(p *TimeProfile) { p.To = p.From - 1 }), []ProfileField{FieldTo}},
		"end at start":          {window(func(p *TimeProfile) { p.To = p.From }), []ProfileField{FieldTo}},
		"end at start, all day": {window(func(p *TimeProfile) { p.To, p.AllDay = p.From, true }), nil},
		"end before start, all day": {
			window(func(p *TimeProfile) { p.To, p.AllDay = p.From-1, true }), []ProfileField{FieldTo},
		},

		"period unknown":       {repeating(Recurrence{Every: "hour", Interval: 1}), []ProfileField{FieldEvery}},
		"period missing":       {repeating(Recurrence{Interval: 1, MonthDays: []int{1}}), []ProfileField{FieldEvery}},
		"interval 0":           {repeating(Recurrence{Every: Daily}), []ProfileField{FieldInterval}},
		"interval 1001":        {repeating(Recurrence{Every: Daily, Interval: 1001}), []ProfileField{FieldInterval}},
		"interval 1000":        {repeating(Recurrence{Every: Daily, Interval: 1000}), nil},
		"weekday out of range": {repeating(Recurrence{Every: Weekly, Interval: 1, Weekdays: []time.Weekday{7}}), []ProfileField{FieldWeekdays}},
		"month day 0":          {repeating(Recurrence{Every: Monthly, Interval: 1, MonthDays: []int{0}}), []ProfileField{FieldMonthDays}},
		"month day 32":         {repeating(Recurrence{Every: Monthly, Interval: 1, MonthDays: []int{1, 32}}), []ProfileField{FieldMonthDays}},
		"month 0":              {repeating(Recurrence{Every: Yearly, Interval: 1, Months: []time.Month{0}}), []ProfileField{FieldMonths}},
		"month 13":             {repeating(Recurrence{Every: Yearly, Interval: 1, Months: []time.Month{13}}), []ProfileField{FieldMonths}},
		"week of month unknown": {
			repeating(Recurrence{Every: Monthly, Interval: 1, Nth: &NthDay{Week: "sixth", Day: DayFriday}}),
			[]ProfileField{FieldNthWeek},
		},
		"kind of day missing": {
			repeating(Recurrence{Every: Monthly, Interval: 1, Nth: &NthDay{Week: FirstWeek}}),
			[]ProfileField{FieldNthDay},
		},

		"weekdays by day": {repeating(Recurrence{Every: Daily, Interval: 1, Weekdays: []time.Weekday{1}}), []ProfileField{FieldWeekdays}},
		"month days by week": {
			repeating(Recurrence{Every: Weekly, Interval: 1, MonthDays: []int{1}}), []ProfileField{FieldMonthDays},
		},
		"months by month": {
			repeating(Recurrence{Every: Monthly, Interval: 1, Months: []time.Month{1}}), []ProfileField{FieldMonths},
		},
		"nth day by week": {repeating(Recurrence{Every: Weekly, Interval: 1, Nth: nth}), []ProfileField{FieldNthWeek}},
		"nth day and month days": {
			repeating(Recurrence{Every: Monthly, Interval: 1, Nth: nth, MonthDays: []int{1}}), []ProfileField{FieldNthWeek},
		},

		"every third week":               {repeating(Recurrence{Every: Weekly, Interval: 3}), []ProfileField{FieldWeekdays}},
		"every third week on Monday":     {repeating(Recurrence{Every: Weekly, Interval: 3, Weekdays: []time.Weekday{1}}), nil},
		"every second week":              {repeating(Recurrence{Every: Weekly, Interval: 2}), nil},
		"every second month":             {repeating(Recurrence{Every: Monthly, Interval: 2}), []ProfileField{FieldMonthDays}},
		"every second month on the 31st": {repeating(Recurrence{Every: Monthly, Interval: 2, MonthDays: []int{31}}), nil},
		"every second month by week":     {repeating(Recurrence{Every: Monthly, Interval: 2, Nth: nth}), nil},
		"every second year":              {repeating(Recurrence{Every: Yearly, Interval: 2}), []ProfileField{FieldMonths}},
		"every second year in February":  {repeating(Recurrence{Every: Yearly, Interval: 2, Months: []time.Month{2}}), nil},
		"nth day of a year":              {repeating(Recurrence{Every: Yearly, Interval: 1, Nth: nth}), []ProfileField{FieldMonths}},
		"nth day of every second year":   {repeating(Recurrence{Every: Yearly, Interval: 2, Nth: nth}), []ProfileField{FieldMonths}},
		"nth day of May":                 {repeating(Recurrence{Every: Yearly, Interval: 1, Nth: nth, Months: []time.Month{5}}), nil},

		"until before start": {repeating(Recurrence{Every: Daily, Interval: 1, Until: end(1_699_999_999)}), []ProfileField{FieldUntil}},
		"until at start":     {repeating(Recurrence{Every: Daily, Interval: 1, Until: end(1_700_000_000)}), nil},
		"several": {
			window(func(p *TimeProfile) { p.Name, p.Repeat = "", &Recurrence{Every: Weekly, MonthDays: []int{40}} }),
			[]ProfileField{FieldName, FieldInterval, FieldMonthDays, FieldMonthDays},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.profile.Check(Offsets{})
			var got []ProfileField
			for _, e := range FieldErrors(err) {
				got = append(got, e.Field)
				if !slices.Contains(e.Uses, e.Field) {
					t.Errorf("Uses of %q does not name its own field: %v", e, e.Uses)
				}
			}
			if !slices.Equal(got, test.fields) {
				t.Errorf("Check() = %v, want errors of %v", err, test.fields)
			}
			if (err != nil) != (len(got) > 0) {
				t.Errorf("Check() = %v, which holds an error that is no FieldError", err)
			}
		})
	}
}

// TestFieldErrorUsesAllThatCounts replaces everything in a wrong profile except
// for what an error says it uses: the error must stay.
func TestFieldErrorUsesAllThatCounts(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	nth := func(dst, src *TimeProfile, set func(dst, src *NthDay)) {
		if src.Repeat.Nth == nil {
			dst.Repeat.Nth = nil
			return
		}
		if dst.Repeat.Nth == nil {
			dst.Repeat.Nth = &NthDay{}
		}
		set(dst.Repeat.Nth, src.Repeat.Nth)
	}
	fields := map[ProfileField]func(dst, src *TimeProfile){
		FieldName:      func(dst, src *TimeProfile) { dst.Name = src.Name },
		FieldAllDay:    func(dst, src *TimeProfile) { dst.AllDay = src.AllDay },
		FieldFrom:      func(dst, src *TimeProfile) { dst.From = src.From },
		FieldTo:        func(dst, src *TimeProfile) { dst.To = src.To },
		FieldEvery:     func(dst, src *TimeProfile) { dst.Repeat.Every = src.Repeat.Every },
		FieldInterval:  func(dst, src *TimeProfile) { dst.Repeat.Interval = src.Repeat.Interval },
		FieldWeekdays:  func(dst, src *TimeProfile) { dst.Repeat.Weekdays = src.Repeat.Weekdays },
		FieldMonthDays: func(dst, src *TimeProfile) { dst.Repeat.MonthDays = src.Repeat.MonthDays },
		FieldMonths:    func(dst, src *TimeProfile) { dst.Repeat.Months = src.Repeat.Months },
		FieldNthWeek:   func(dst, src *TimeProfile) { nth(dst, src, func(d, s *NthDay) { d.Week = s.Week }) },
		FieldNthDay:    func(dst, src *TimeProfile) { nth(dst, src, func(d, s *NthDay) { d.Day = s.Day }) },
		FieldUntil:     func(dst, src *TimeProfile) { dst.Repeat.Until = src.Repeat.Until },
	}
	for range 4_000 {
		wrong := randomProfile(random)
		for _, e := range FieldErrors(wrong.Check(Offsets{})) {
			other := randomProfile(random)
			for _, field := range e.Uses {
				fields[field](&other, &wrong)
			}
			same := func(o *FieldError) bool { return o.Field == e.Field && o.Reason == e.Reason }
			if !slices.ContainsFunc(FieldErrors(other.Check(Offsets{})), same) {
				t.Fatalf("%+v (%+v) has the error %q, but with all kept that it uses (%v), %+v (%+v) does not",
					wrong, *wrong.Repeat, e, e.Uses, other, *other.Repeat)
			}
		}
	}
}

// randomProfile returns a profile with a recurrence, right or wrong.
func randomProfile(random *rand.Rand) TimeProfile {
	one := func(list ...int) int { return list[random.IntN(len(list))] }
	r := &Recurrence{
		Every:    append(Periods(), "hour")[random.IntN(5)],
		Interval: one(0, 1, 2, 3, 1001),
		Nth: []*NthDay{
			nil, nil, {FirstWeek, DayMonday}, {"sixth", DayMonday}, {FirstWeek, "holiday"}, {"", DayOff},
		}[random.IntN(6)],
	}
	if n := one(0, 0, 3, 7); n > 0 {
		r.Weekdays = []time.Weekday{time.Weekday(n)}
	}
	if n := one(0, 0, 31, 32); n > 0 {
		r.MonthDays = []int{n}
	}
	if n := one(0, 0, 12, 13); n > 0 {
		r.Months = []time.Month{time.Month(n)}
	}
	if n := one(0, 0, 1, 2, 3); n > 0 {
		until := int64(n)
		r.Until = &until
	}
	return TimeProfile{
		Name: []string{"", "Night", "\xff"}[random.IntN(3)], AllDay: one(0, 1) == 1,
		From: int64(one(1, 2, 3, 20*daySeconds)), To: int64(one(1, 2, 3, 2*daySeconds, 50*daySeconds, 9999*daySeconds)), Repeat: r,
	}
}

func TestFieldErrorsLooksThroughWrapping(t *testing.T) {
	t.Parallel()
	one, two := &FieldError{Field: FieldName}, &FieldError{Field: FieldTo}
	err := fmt.Errorf("outer: %w", errors.Join(one, errors.New("other"), fmt.Errorf("inner: %w", two)))
	if got := FieldErrors(err); !slices.Equal(got, []*FieldError{one, two}) {
		t.Errorf("FieldErrors() = %v", got)
	}
	if got := FieldErrors(nil); got != nil {
		t.Errorf("FieldErrors(nil) = %v", got)
	}
}
