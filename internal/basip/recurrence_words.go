package basip

import "time"

// A step is a period and how many of them.
type step struct {
	every    Period
	interval int
}

// The panel's words for recurrences (contract §3.1).

func simpleWords() vocabulary[step] {
	return vocabulary[step]{
		{"day", step{Daily, 1}},
		{"week", step{Weekly, 1}},
		{"twoWeeks", step{Weekly, 2}},
		{"month", step{Monthly, 1}},
		{"year", step{Yearly, 1}},
	}
}

func periodWords() vocabulary[Period] {
	return vocabulary[Period]{{"day", Daily}, {"week", Weekly}, {"month", Monthly}, {"year", Yearly}}
}

func weekdayWords() vocabulary[time.Weekday] {
	return vocabulary[time.Weekday]{
		{"MON", time.Monday},
		{"TUE", time.Tuesday},
		{"WED", time.Wednesday},
		{"THU", time.Thursday},
		{"FRI", time.Friday},
		{"SAT", time.Saturday},
		{"SUN", time.Sunday},
	}
}

func weekOfMonthWords() vocabulary[WeekOfMonth] {
	return vocabulary[WeekOfMonth]{
		{"first", FirstWeek},
		{"second", SecondWeek},
		{"third", ThirdWeek},
		{"fourth", FourthWeek},
		{"fifth", FifthWeek},
		{"last", LastWeek},
	}
}

func dayKindWords() vocabulary[DayKind] {
	return vocabulary[DayKind]{
		{"MON", DayMonday},
		{"TUE", DayTuesday},
		{"WED", DayWednesday},
		{"THU", DayThursday},
		{"FRI", DayFriday},
		{"SAT", DaySaturday},
		{"SUN", DaySunday},
		{"WEEK_DAY", DayWorking},
		{"DAY_OFF", DayOff},
	}
}

// The remaining words have no value of their own; they announce a form.
const (
	repeatCustom    = "custom"
	endNever        = "never"
	endDate         = "date"
	monthDayNumbers = "dayNumbers"
	monthNthDay     = "parameterizedDay"
)

func endWords() vocabulary[string] {
	return vocabulary[string]{{endNever, endNever}, {endDate, endDate}}
}

func monthWords() vocabulary[string] {
	return vocabulary[string]{{monthDayNumbers, monthDayNumbers}, {monthNthDay, monthNthDay}}
}
