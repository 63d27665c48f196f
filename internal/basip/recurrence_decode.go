package basip

import (
	"encoding/json"
	"errors"
	"time"
)

// decodeRepeat reads repeat_options. It returns nil for a profile that does not
// repeat, also when the panel still shows how it once did.
func decodeRepeat(raw json.RawMessage) (*Recurrence, error) {
	var options struct {
		Enable json.RawMessage `json:"repeat_enable"`
		Format json.RawMessage `json:"repeat_format"`
	}
	if err := looseObject(raw, &options); err != nil {
		return nil, err
	}
	enabled := !absent(options.Format)
	if !absent(options.Enable) {
		var err error
		if enabled, err = looseBool(options.Enable); err != nil {
			return nil, within("repeat_enable", err)
		}
	}
	if !enabled {
		return nil, nil
	}
	if absent(options.Format) {
		return nil, errors.New("repeat_format: is missing, although the profile repeats")
	}
	r, err := decodeRepeatFormat(options.Format)
	if err != nil {
		return nil, within("repeat_format", err)
	}
	return r, nil
}

// decodeRepeatFormat reads repeat_format.
func decodeRepeatFormat(raw json.RawMessage) (*Recurrence, error) {
	var format struct {
		Type   json.RawMessage `json:"repeat_type"`
		End    json.RawMessage `json:"repeat_end"`
		Custom json.RawMessage `json:"repeat_custom"`
	}
	if err := looseObject(raw, &format); err != nil {
		return nil, err
	}
	var r Recurrence
	types := append(simpleWords(), vocabulary[step]{{word: repeatCustom}}...)
	simple, err := types.read(format.Type)
	custom := !absent(format.Custom)
	switch {
	case err != nil && !(custom && absent(format.Type)):
		return nil, within("repeat_type", err)
	case custom:
		// The documents' sample "Work week" has the type day and, against its
		// own rule, a custom recurrence from Monday to Friday (contract §3.1).
		// The custom one is taken whatever the type: it is the more precise of
		// the two, and of two readings of when a door opens the narrower one
		// is the safer.
		if r, err = decodeCustom(format.Custom); err != nil {
			return nil, within("repeat_custom", err)
		}
	case simple == step{}:
		return nil, errors.New("repeat_custom: is missing, although the repetition is a custom one")
	default:
		r.Every, r.Interval = simple.every, simple.interval
	}
	if r.Until, err = decodeRepeatEnd(format.End); err != nil {
		return nil, within("repeat_end", err)
	}
	r = r.normalized()
	return &r, nil
}

// decodeRepeatEnd reads repeat_end; nil is never, also when repeat_end is
// missing.
func decodeRepeatEnd(raw json.RawMessage) (*int64, error) {
	var end struct {
		Format json.RawMessage `json:"format"`
		Date   json.RawMessage `json:"date"`
	}
	if err := looseObject(raw, &end); err != nil {
		return nil, err
	}
	// A date without a format is a date; with the format never it is what is
	// left of a former one.
	if absent(end.Format) && absent(end.Date) {
		return nil, nil
	}
	if !absent(end.Format) {
		switch format, err := endWords().read(end.Format); {
		case err != nil:
			return nil, within("format", err)
		case format == endNever:
			return nil, nil
		case absent(end.Date):
			return nil, errors.New("date: is missing, although the repetition ends at a date")
		}
	}
	date, err := looseInteger(end.Date)
	if err != nil {
		return nil, within("date", err)
	}
	return &date, nil
}

// decodeCustom reads repeat_custom. A missing looper is 1.
func decodeCustom(raw json.RawMessage) (r Recurrence, err error) {
	var custom struct {
		PointType json.RawMessage `json:"repeat_point_type"`
		Looper    json.RawMessage `json:"repeat_looper"`
		Options   json.RawMessage `json:"repeat_options"`
	}
	if err := looseObject(raw, &custom); err != nil {
		return r, err
	}
	if r.Every, err = periodWords().read(custom.PointType); err != nil {
		return r, within("repeat_point_type", err)
	}
	r.Interval = 1
	if !absent(custom.Looper) {
		if r.Interval, err = looseInt(custom.Looper); err != nil {
			return r, within("repeat_looper", err)
		}
	}
	switch r.Every {
	case Daily: // has no options
	case Weekly:
		r.Weekdays, err = weekdayWords().readList(custom.Options)
	case Monthly:
		r.MonthDays, r.Nth, err = decodeMonthOptions(custom.Options)
	case Yearly:
		r.Months, r.Nth, err = decodeYearOptions(custom.Options)
	}
	return r, within("repeat_options", err)
}

// decodeMonthOptions reads repeat_options of a monthly recurrence. Where the
// format is missing, the range tells by its shape.
func decodeMonthOptions(raw json.RawMessage) (days []int, nth *NthDay, err error) {
	var options struct {
		Format json.RawMessage `json:"format"`
		Range  json.RawMessage `json:"range"`
	}
	if err := looseObject(raw, &options); err != nil {
		return nil, nil, err
	}
	form := monthDayNumbers
	if isObject(options.Range) {
		form = monthNthDay
	}
	if !absent(options.Format) {
		if form, err = monthWords().read(options.Format); err != nil {
			return nil, nil, within("format", err)
		}
	}
	if form == monthNthDay {
		nth, err = decodeNthDay(options.Range)
	} else {
		days, err = looseInts(options.Range)
	}
	return days, nth, within("range", err)
}

// decodeYearOptions reads repeat_options of a yearly recurrence.
func decodeYearOptions(raw json.RawMessage) ([]time.Month, *NthDay, error) {
	var options struct {
		Months json.RawMessage `json:"months"`
		Range  json.RawMessage `json:"range"`
	}
	if err := looseObject(raw, &options); err != nil {
		return nil, nil, err
	}
	numbers, err := looseInts(options.Months)
	if err != nil {
		return nil, nil, within("months", err)
	}
	months := make([]time.Month, len(numbers))
	for i, n := range numbers {
		months[i] = time.Month(n)
	}
	if absent(options.Range) {
		return months, nil, nil
	}
	nth, err := decodeNthDay(options.Range)
	return months, nth, within("range", err)
}

// decodeNthDay reads a range that names a day by its week.
func decodeNthDay(raw json.RawMessage) (*NthDay, error) {
	var item struct {
		WeekOrder json.RawMessage `json:"week_order"`
		DayType   json.RawMessage `json:"day_type"`
	}
	if err := looseObject(raw, &item); err != nil {
		return nil, err
	}
	week, err := weekOfMonthWords().read(item.WeekOrder)
	if err != nil {
		return nil, within("week_order", err)
	}
	day, err := dayKindWords().read(item.DayType)
	if err != nil {
		return nil, within("day_type", err)
	}
	return &NthDay{Week: week, Day: day}, nil
}
