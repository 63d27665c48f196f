package basip

import "time"

// Offsets are the offsets from UTC, in seconds, that the ends of a first window
// are written with. A panel is not told them, but they say by which clock the
// author of a profile read its times: a panel repeats a window by its own clock
// (contract §3.3). An offset of 0 is UTC, which leaves the panel's clock open.
type Offsets struct{ From, To int }

// local returns an instant as a clock with an offset shows it.
func local(seconds int64, offset int) time.Time {
	return time.Unix(seconds, 0).In(time.FixedZone("", offset))
}

// daySeconds is the length of a day without a change of the clocks.
const daySeconds = 24 * 60 * 60

// dayNumber numbers the days of the calendar.
func dayNumber(year int, month time.Month, day int) int64 {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / daySeconds
}

// dayOf returns the number of the day that t shows.
func dayOf(t time.Time) int64 { return dayNumber(t.Date()) }

// changesClocks reports whether the two offsets differ as the offsets of one
// place do in the course of a year.
func (o Offsets) changesClocks() bool {
	const most = 2 * 60 * 60
	shift := o.To - o.From
	return shift != 0 && -most <= shift && shift <= most
}

// windowSeconds returns the length of p's window by the panel's clock, of whole
// days if the window is whole days, and by how much it may be shorter. It leaves
// some room where the offsets do not tell what the panel's clock does.
func (p TimeProfile) windowSeconds(o Offsets) (length, less int64) {
	length = p.To - p.From
	switch {
	case o.changesClocks():
		length = min(length, length+int64(o.To-o.From))
	case o == Offsets{} && p.mayFallBack():
		less = 60 * 60
	}
	if !p.AllDay {
		return length, less
	}
	if o.From != 0 && o.To != 0 && (o.From == o.To || o.changesClocks()) {
		return (dayOf(local(p.To, o.To)) - dayOf(local(p.From, o.From)) + 1) * daySeconds, 0
	}
	return ((length-less)/daySeconds + 1) * daySeconds, 0
}

// mayFallBack reports whether p's window has one day on which clocks are set
// back in one of the larger regions: from the end of October to the beginning of
// November in the north, at the beginning of April in the south.
func (p TimeProfile) mayFallBack() bool {
	const most = 32 // days; beyond, an hour is no matter
	if p.To-p.From > most*daySeconds {
		return false
	}
	for n := range int64(most + 1) {
		at := min(p.From+n*daySeconds, p.To)
		switch _, month, day := local(at, 0).Date(); {
		case month == time.October && day >= 24, month == time.November && day <= 8, month == time.April && day <= 8:
			return true
		}
	}
	return false
}
