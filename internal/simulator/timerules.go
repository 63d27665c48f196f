package simulator

import (
	"encoding/json"
	"slices"
	"strings"
)

// The refusals of contract §3.4. Their texts are documented; which mistake
// brings which is clear from most of them and assumed for the rest.
var (
	errRepeatType    = errRule("Wrong repeat_type")
	errFormat        = errRule("Wrong format enum name")
	errPointType     = errRule("Wrong repeat_point_type enum name")
	errRepeatOptions = errRule("Wrong repeat_options enum name")
	errLooper        = errRule("Wrong repeat_looper range")
	errWeekEmpty     = errRule("Set in WeekOptions can't be empty")
	errYearRange     = errRule("Wrong year range")
	errYearEmpty     = errRule("Set in YearOptions can't be empty")
	errDayOfMonth    = errRule("Wrong DayOfMonth range")
	errMonths        = errRule("Wrong months range")
	errDayNumbers    = errRule("Set in dayNumbers can't be empty")
)

// The enumerations of contract §3.1.
const (
	repeatTypes = "day week twoWeeks month year custom"
	endFormats  = "never date"
	pointTypes  = "day week month year"
	weekDays    = "MON TUE WED THU FRI SAT SUN"
	weekOrders  = "first second third fourth fifth last"
	dayTypes    = weekDays + " WEEK_DAY DAY_OFF"
)

func oneOf(s, enumeration string) bool { return slices.Contains(strings.Fields(enumeration), s) }

// validateTimeProfile reports the first thing wrong with the options of a time
// profile (contract §3.1, §3.4).
func validateTimeProfile(timeOptions, repeatOptions json.RawMessage) *apiError {
	window, ok := asObject(timeOptions)
	if !ok {
		return errWrongType("time_options")
	}
	if _, err := required(window, "is_all_day", asBool); err != nil {
		return err
	}
	for _, name := range []string{"date_from", "date_to"} {
		if _, err := required(window, name, asInt); err != nil {
			return err
		}
	}
	repeat, ok := asObject(repeatOptions)
	if !ok {
		return errWrongType("repeat_options")
	}
	enabled, err := required(repeat, "repeat_enable", asBool)
	if err != nil {
		return err
	}
	format, present, err := optional(repeat, "repeat_format", asObject)
	switch {
	case err != nil:
		return err
	case present:
		return validateRepeatFormat(format)
	case enabled:
		return errNoValue("repeat_format")
	}
	return nil
}

func validateRepeatFormat(o object) *apiError {
	repeatType, err := required(o, "repeat_type", asString)
	if err != nil {
		return err
	}
	if !oneOf(repeatType, repeatTypes) {
		return errRepeatType
	}
	end, err := required(o, "repeat_end", asObject)
	if err != nil {
		return err
	}
	format, err := required(end, "format", asString)
	if err != nil {
		return err
	}
	if !oneOf(format, endFormats) {
		return errFormat
	}
	if format == "date" {
		if _, err := required(end, "date", asInt); err != nil {
			return err
		}
	}
	custom, present, err := optional(o, "repeat_custom", asObject)
	switch {
	case err != nil:
		return err
	case present:
		// A documented sample has one although its type is not custom.
		return validateRepeatCustom(custom)
	case repeatType == "custom":
		return errNoValue("repeat_custom")
	}
	return nil
}

func validateRepeatCustom(o object) *apiError {
	pointType, err := required(o, "repeat_point_type", asString)
	if err != nil {
		return err
	}
	if !oneOf(pointType, pointTypes) {
		return errPointType
	}
	looper, err := required(o, "repeat_looper", asInt)
	if err != nil {
		return err
	}
	if looper < 1 || looper > 1000 {
		return errLooper
	}
	switch pointType {
	case "week":
		return validateWeek(o)
	case "month":
		return validateMonth(o)
	case "year":
		return validateYear(o)
	}
	return nil
}

func validateWeek(o object) *apiError {
	days, err := required(o, "repeat_options", each(asString))
	if err != nil {
		return err
	}
	if len(days) == 0 {
		return errWeekEmpty
	}
	for _, day := range days {
		if !oneOf(day, weekDays) {
			return errRepeatOptions
		}
	}
	return nil
}

func validateMonth(o object) *apiError {
	options, err := required(o, "repeat_options", asObject)
	if err != nil {
		return err
	}
	format, err := required(options, "format", asString)
	if err != nil {
		return err
	}
	switch format {
	case "dayNumbers":
		return validateNumbers(options, "range", 31, errDayNumbers, errDayOfMonth)
	case "parameterizedDay":
		day, err := required(options, "range", asObject)
		if err != nil {
			return err
		}
		return validateDay(day, errRepeatOptions)
	}
	return errFormat
}

func validateYear(o object) *apiError {
	options, err := required(o, "repeat_options", asObject)
	if err != nil {
		return err
	}
	if err := validateNumbers(options, "months", 12, errYearEmpty, errMonths); err != nil {
		return err
	}
	day, present, err := optional(options, "range", asObject)
	if err != nil || !present {
		return err
	}
	return validateDay(day, errYearRange)
}

// validateNumbers checks a list of numbers from 1 to highest.
func validateNumbers(o object, name string, highest int64, empty, outside *apiError) *apiError {
	numbers, err := required(o, name, each(asInt))
	if err != nil {
		return err
	}
	if len(numbers) == 0 {
		return empty
	}
	for _, n := range numbers {
		if n < 1 || n > highest {
			return outside
		}
	}
	return nil
}

// validateDay checks a day such as the second Tuesday.
func validateDay(o object, wrong *apiError) *apiError {
	order, err := required(o, "week_order", asString)
	if err != nil {
		return err
	}
	day, err := required(o, "day_type", asString)
	if err != nil {
		return err
	}
	if !oneOf(order, weekOrders) || !oneOf(day, dayTypes) {
		return wrong
	}
	return nil
}
