package basip

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Schedule says in words when p is open, such as "Mon–Fri 09:00–18:00, every
// week, no end". All times are those that a clock with the offset of the start
// shows. The words do not repeat that offset; they say UTC where it is 0,
// because then the times are hardly those of the panel's clock.
func (p TimeProfile) Schedule(o Offsets) string {
	from, to := local(p.From, o.From), local(p.To, o.From)
	if p.Repeat == nil {
		return p.onceWords(from, to) + ", once"
	}
	times := p.timeWords(from, to)
	if days := p.Repeat.dayWords(from); days != "" {
		times = days + " " + times
	}
	end := "no end"
	if p.Repeat.Until != nil {
		end = "until " + dateTime(local(*p.Repeat.Until, o.From))
	}
	return times + ", " + p.Repeat.stepWords(from) + ", " + end
}

// onceWords says when a window is that does not come back.
func (p TimeProfile) onceWords(from, to time.Time) string {
	oneDay := dayOf(from) == dayOf(to)
	switch {
	case p.AllDay && oneDay:
		return from.Format(time.DateOnly) + " all day" + utc(from)
	case p.AllDay:
		return from.Format(time.DateOnly) + " to " + to.Format(time.DateOnly) + " all day" + utc(from)
	case oneDay:
		return from.Format(time.DateOnly) + " " + p.timeWords(from, to)
	default:
		return dateTime(from) + " to " + dateTime(to) + utc(from)
	}
}

// timeWords says when a window begins and ends on its day.
func (p TimeProfile) timeWords(from, to time.Time) string {
	later := dayOf(to) - dayOf(from)
	switch {
	case p.AllDay && later > 0:
		return fmt.Sprintf("all day for %d days", later+1) + utc(from)
	case p.AllDay:
		return "all day" + utc(from)
	case later == 1 && to.Format(time.TimeOnly) == "00:00:00":
		return timeOfDay(from) + "–24:00" + utc(from)
	case later == 1:
		return timeOfDay(from) + "–" + timeOfDay(to) + utc(from) + " next day"
	case later > 1:
		return timeOfDay(from) + "–" + timeOfDay(to) + utc(from) + fmt.Sprintf(" %d days later", later)
	default:
		return timeOfDay(from) + "–" + timeOfDay(to) + utc(from)
	}
}

// dayWords says on which days a window begins, nothing for every day.
func (r Recurrence) dayWords(from time.Time) string {
	r = r.normalized()
	nth := ""
	if r.Nth != nil {
		nth = string(r.Nth.Week) + " " + r.Nth.Day.words()
	}
	switch {
	case r.Every == Weekly && len(r.Weekdays) == 0:
		return weekdayShort(from.Weekday())
	case r.Every == Weekly:
		return runs(r.Weekdays, mondayFirst, weekdayShort)
	case r.Every == Monthly && nth != "":
		return nth
	case r.Every == Monthly && len(r.MonthDays) == 0:
		return ordinal(from.Day())
	case r.Every == Monthly:
		return runs(r.MonthDays, func(day int) int { return day }, ordinal)
	case r.Every == Yearly:
		months := r.Months
		if len(months) == 0 {
			months = []time.Month{from.Month()}
		}
		if nth == "" {
			nth = ordinal(from.Day())
		}
		return nth + " of " + runs(months, func(month time.Month) int { return int(month) }, monthShort)
	default:
		return ""
	}
}

// stepWords says how often a window comes back. Beyond every single period, the
// first one counts.
func (r Recurrence) stepWords(from time.Time) string {
	if r.Interval == 1 {
		return "every " + string(r.Every)
	}
	return fmt.Sprintf("every %d %ss from %s", r.Interval, r.Every, from.Format(time.DateOnly))
}

// words returns a kind of day as people say it.
func (d DayKind) words() string {
	if day, ok := d.weekday(); ok {
		return day.String()
	}
	if d == DayWorking {
		return "working day"
	}
	return "day off"
}

// runs lists values that are sorted by rank, those of three or more ranks in
// sequence as a range: "Mon–Wed, Sun".
func runs[T any](list []T, rank func(T) int, word func(T) string) string {
	const fewest = 3
	var words []string
	for len(list) > 0 {
		n := 1
		for n < len(list) && rank(list[n]) == rank(list[n-1])+1 {
			n++
		}
		if n >= fewest {
			words = append(words, word(list[0])+"–"+word(list[n-1]))
		} else {
			for _, item := range list[:n] {
				words = append(words, word(item))
			}
		}
		list = list[n:]
	}
	return strings.Join(words, ", ")
}

func weekdayShort(day time.Weekday) string { return day.String()[:3] }

// monthShort returns the name of a month. A panel may hold a number that is none.
func monthShort(month time.Month) string {
	if month < time.January || month > time.December {
		return fmt.Sprintf("month %d", int(month))
	}
	return month.String()[:3]
}

// ordinal returns a number as it stands in a date: 1st, 2nd, 11th.
func ordinal(n int) string {
	suffix := "th"
	if !slices.Contains([]int{11, 12, 13}, n%100) && n%10 >= 1 && n%10 <= 3 {
		suffix = []string{"st", "nd", "rd"}[n%10-1]
	}
	return fmt.Sprintf("%d%s", n, suffix)
}

// timeOfDay returns the time of day, with seconds only if it has some.
func timeOfDay(t time.Time) string {
	if t.Second() == 0 {
		return t.Format("15:04")
	}
	return t.Format(time.TimeOnly)
}

func dateTime(t time.Time) string { return t.Format(time.DateOnly) + " " + timeOfDay(t) }

// utc marks times that are in UTC.
func utc(t time.Time) string {
	if _, offset := t.Zone(); offset == 0 {
		return " UTC"
	}
	return ""
}
