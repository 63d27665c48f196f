package main

import (
	"fmt"
	"strings"
	"time"
)

// goal is one thing that a row has to reach.
type goal struct {
	text     string
	measured string
	outcome  string
}

// Outcomes of a goal.
const (
	reached = "reached"
	noise   = "differs by less than the runs do" // so that neither can be said
	missed  = "**missed**"
)

// atMost is a goal of a number.
func atMost(what string, measured, limit int) goal {
	g := goal{fmt.Sprintf("%s ≤ %d", what, limit), fmt.Sprint(measured), reached}
	if measured > limit {
		g.outcome = missed
	}
	return g
}

// within is a goal of a time in parts of another.
func within(what string, measured, of sample, limit float64) goal {
	r := ratio(measured.wall, of.wall)
	g := goal{fmt.Sprintf("%s ≤ %.2f ×", what, limit), fmt.Sprintf("%.2f ×", r), reached}
	allowed := time.Duration(limit * float64(of.wall))
	switch {
	case measured.wall <= allowed:
	case measured.wall-allowed <= max(measured.spread, time.Duration(limit*float64(of.spread))):
		g.outcome = noise
	default:
		g.outcome = missed
	}
	return g
}

// goals are what the comparison has to reach.
func (c comparison) goals() []goal {
	w, total := c.workload, c.workload.total()
	on, off, floor := c.medians[modeOn], c.medians[modeOff], c.medians[modeFloor]
	narrow := c.parallelism == 10
	var all []goal
	switch {
	case w.panels == 1 && total == 1000 && narrow:
		all = append(all,
			atMost("GETs of a refresh", on["refresh"].gets, (total+49)/50+2),
			within("refresh by floor", on["refresh"], floor["refresh"], 1.2))
	case w.panels == 1 && total == 200:
		for _, phase := range []string{"create", "destroy"} {
			if !narrow {
				all = append(all, atMost("bulk calls of a "+phase, on[phase].bulk, 6))
				continue
			}
			all = append(all,
				atMost("bulk calls of a "+phase, on[phase].bulk, total/8),
				within(phase+" by floor", on[phase], floor[phase], 1.5))
		}
	case w.panels > 1 && narrow:
		for _, phase := range []string{"create", "destroy"} {
			all = append(all, within(phase+" by floor", on[phase], floor[phase], 1.5))
		}
	case w.panels == 0 && total > 1 && narrow:
		all = append(all,
			atMost("tasks of a destroy", on["destroy"].bulk, 6),
			atMost("calls of a destroy", on["destroy"].calls, off["destroy"].calls/5))
		if w.serial {
			all = append(all, within("destroy by bulk off", on["destroy"], off["destroy"], 0.2))
		}
	}
	for _, phase := range phases {
		limit := 1.0
		// Where nothing queues on the other side, calls saved may cost some time.
		if w.panels == 0 && !w.serial && on[phase].calls*8 <= off[phase].calls {
			limit = 1.15
		}
		all = append(all, within(phase+" by bulk off", on[phase], off[phase], limit))
	}
	return all
}

// goalRows is a row for each goal.
func (c comparison) goalRows() string {
	var b strings.Builder
	for _, g := range c.goals() {
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s |\n", c.workload.name, c.parallelism, g.text, g.measured, g.outcome)
	}
	return b.String()
}
