package bulk

import "time"

// How long to gather, in parts of what a call takes. A lone operation that waits
// in vain for others pays the pause; the whole never costs more than a call, so
// never twice what the best schedule would take.
const (
	pause  = 2 // a gathering ends when nobody has come for a call's time divided by this, or after a whole one
	smooth = 4 // weight of the past in the smoothed time of a call, against 1
)

// pace decides how long to gather. It learns how many callers there are, by the
// most that were ever present together, and how long a call takes.
type pace struct {
	present int           // callers who wait, for a call or for the end of theirs
	peak    int           // the most that were ever present, as far as it is remembered
	call    time.Duration // smoothed time of a call; 0 before the first
	began   time.Time     // of the gathering; zero when none is going on
	last    time.Time     // the latest arrival in it
	linger  time.Duration // Options.Linger
	company *Company      // Options.Company
}

// came notes an arrival.
func (p *pace) came() {
	p.company.came()
	p.present++
	p.peak = max(p.peak, p.present)
	if !p.began.IsZero() {
		p.last = time.Now()
	}
}

// went notes that so many have left or got their answer.
func (p *pace) went(callers int) {
	p.company.went(callers)
	p.present -= callers
}

// wait returns how long to gather from now on, if nobody else comes: 0 or less
// means not at all. It is asked when no call is under way, so that all who are
// present wait for the next one.
func (p *pace) wait() time.Duration {
	learning := p.call == 0 && p.linger > 0
	if (p.present >= p.peak || p.company.elsewhere(p.peak)) && !learning { // saturated: nobody else is to be expected
		return 0
	}
	now := time.Now()
	if p.began.IsZero() {
		p.began, p.last = now, now
	}
	if learning {
		return p.last.Add(p.linger).Sub(now)
	}
	return min(p.last.Add(p.call/pause).Sub(now), p.began.Add(p.call).Sub(now))
}

// ended notes the end of a gathering.
func (p *pace) ended() { p.began = time.Time{} }

// gaveUp notes that a gathering ended for want of arrivals: fewer callers than
// remembered are left, or they are elsewhere. Halfway, because some may be late.
func (p *pace) gaveUp() { p.peak = (p.peak + p.present) / 2 }

// took notes how long a call took that was answered.
func (p *pace) took(d time.Duration) {
	if p.call == 0 {
		p.call = d
		return
	}
	p.call = (p.call*smooth + d) / (smooth + 1)
}
