package basip

import "time"

// The items below are what is written; they serve no decoding, which has to be
// more patient.

type repeatItem struct {
	Enable bool          `json:"repeat_enable"`
	Format *repeatFormat `json:"repeat_format,omitempty"`
}

type repeatFormat struct {
	Type   string        `json:"repeat_type"`
	End    repeatEnd     `json:"repeat_end"`
	Custom *customRepeat `json:"repeat_custom,omitempty"`
}

type repeatEnd struct {
	Format string `json:"format"`
	Date   *int64 `json:"date,omitempty"`
}

type customRepeat struct {
	PointType string `json:"repeat_point_type"`
	Looper    int    `json:"repeat_looper"`
	Options   any    `json:"repeat_options,omitempty"` // []string, monthOptions or yearOptions
}

type monthOptions struct {
	Format string `json:"format"`
	Range  any    `json:"range"` // []int or nthDay
}

type yearOptions struct {
	Months []time.Month `json:"months"`
	Range  *nthDay      `json:"range,omitempty"`
}

type nthDay struct {
	WeekOrder string `json:"week_order"`
	DayType   string `json:"day_type"`
}

// encodeRepeat makes repeat_options of a recurrence that passed Holdable. It takes
// the simple form where one says the same, since firmware that shows a profile
// to people shows those best.
func encodeRepeat(r *Recurrence) repeatItem {
	if r == nil {
		return repeatItem{}
	}
	format := &repeatFormat{End: repeatEnd{Format: endNever}}
	if r.Until != nil {
		format.End = repeatEnd{Format: endDate, Date: r.Until}
	}
	plain := len(r.Weekdays) == 0 && len(r.MonthDays) == 0 && len(r.Months) == 0 && r.Nth == nil
	if word, ok := simpleWords().write(step{r.Every, r.Interval}); ok && plain {
		format.Type = word
	} else {
		format.Type = repeatCustom
		format.Custom = encodeCustom(r.normalized())
	}
	return repeatItem{Enable: true, Format: format}
}

// encodeCustom makes repeat_custom.
func encodeCustom(r Recurrence) *customRepeat {
	custom := &customRepeat{Looper: r.Interval}
	custom.PointType, _ = periodWords().write(r.Every)
	switch {
	case r.Every == Weekly:
		words := make([]string, len(r.Weekdays))
		for i, day := range r.Weekdays {
			words[i], _ = weekdayWords().write(day)
		}
		custom.Options = words
	case r.Every == Monthly && r.Nth != nil:
		custom.Options = monthOptions{Format: monthNthDay, Range: encodeNthDay(r.Nth)}
	case r.Every == Monthly:
		custom.Options = monthOptions{Format: monthDayNumbers, Range: r.MonthDays}
	case r.Every == Yearly:
		custom.Options = yearOptions{Months: r.Months, Range: encodeNthDay(r.Nth)}
	}
	return custom
}

func encodeNthDay(nth *NthDay) *nthDay {
	if nth == nil {
		return nil
	}
	var item nthDay
	item.WeekOrder, _ = weekOfMonthWords().write(nth.Week)
	item.DayType, _ = dayKindWords().write(nth.Day)
	return &item
}
