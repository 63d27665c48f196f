package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/cli"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// phases are what is timed, in their order.
var phases = []string{"create", "refresh", "destroy"}

// sample is one phase of one run.
type sample struct {
	wall   time.Duration
	other  time.Duration // of it, the time in which the other side was at work; see workload.waiting
	calls  int           // HTTP requests
	gets   int
	bulk   int // bulk calls of the phase: upserts or deletions
	ids    int // in those calls
	memory int // peak of the provider process in KiB

	spread time.Duration // of a median: between the fastest run and the slowest
}

// bench is one series of runs.
type bench struct {
	providerDir string
	latency     time.Duration
	task        time.Duration
	runs        int
	patience    time.Duration
}

// comparison is the medians of one workload, by mode and phase.
type comparison struct {
	workload    workload
	parallelism int
	medians     map[string]map[string]sample
}

// of returns the sample of a mode and a phase.
func (c comparison) of(mode, phase string) sample { return c.medians[mode][phase] }

// compare runs a workload in every mode, in turn, and returns the medians.
func (b bench) compare(ctx context.Context, w workload, parallelism int) (comparison, error) {
	all := map[string]map[string][]sample{}
	for _, mode := range modes {
		all[mode] = map[string][]sample{}
	}
	var slow bool
	for range b.runs {
		for _, mode := range modes {
			if mode == modeOff && slow {
				continue
			}
			samples, err := b.run(ctx, w, parallelism, mode)
			if err != nil {
				return comparison{}, err
			}
			var took time.Duration
			for phase, s := range samples {
				all[mode][phase] = append(all[mode][phase], s)
				took += s.wall
			}
			slow = slow || mode == modeOff && took > b.patience
		}
	}
	c := comparison{workload: w, parallelism: parallelism, medians: map[string]map[string]sample{}}
	for mode, byPhase := range all {
		c.medians[mode] = map[string]sample{}
		for phase, samples := range byPhase {
			c.medians[mode][phase] = median(samples)
		}
	}
	return c, nil
}

// run times the phases of a workload once.
func (b bench) run(ctx context.Context, w workload, parallelism int, mode string) (map[string]sample, error) {
	dir, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	work, err := cli.NewWorkspace(dir, b.providerDir)
	if err != nil {
		return nil, err
	}
	var config, process string
	var sim *simulator.Simulator
	switch mode {
	case modeFloor:
		config = w.floor()
	case modeIdle:
		config, process = w.idle(), "terraform-provider-idle"
		work.Env = append(work.Env, "TF_LOG_SDK=off") // ours sets it for itself
	default:
		if sim, err = w.start(b.latency, b.task); err != nil { //nolint:contextcheck // it ends with Close
			return nil, err
		}
		defer func() { _ = sim.Close() }()
		config, process = w.config(sim, mode == modeOn), "terraform-provider-gatehouse"
	}
	if err := work.Write("main.tf", []byte(config)); err != nil {
		return nil, err
	}
	if mode == modeFloor { // a built-in provider wants a lock file all the same
		if _, _, err := work.Run(ctx, "init"); err != nil {
			return nil, err
		}
	}
	flag := fmt.Sprintf("-parallelism=%d", parallelism)
	commands := map[string][]string{
		"create":  {"apply", "-auto-approve", flag},
		"refresh": {"plan", "-detailed-exitcode", flag},
		"destroy": {"destroy", "-auto-approve", flag},
	}
	samples := map[string]sample{}
	for _, phase := range phases {
		if sim != nil {
			sim.ResetRequests()
		}
		watch := watchMemory(ctx, process)
		_, took, err := work.Run(ctx, commands[phase]...)
		memory := watch()
		if err != nil {
			return nil, fmt.Errorf("%s, %s, %s: %w", w.name, mode, phase, err)
		}
		s := sample{wall: took, memory: memory}
		if sim != nil {
			s = w.count(sim.Requests(), phase, s)
			s.other = w.waiting(sim.Requests(), b.task, parallelism)
		}
		samples[phase] = s
	}
	return samples, nil
}

// count adds what the request log says.
func (w workload) count(requests []simulator.Request, phase string, s sample) sample {
	for _, request := range requests {
		s.calls++
		if request.Method == "GET" {
			s.gets++
		}
		upsert := phase == "create" && w.upsert != "" && request.Method == "POST" && request.Path == w.upsert
		if upsert || w.isDeletion(request) {
			s.bulk++
			s.ids += request.IDs
		}
	}
	return s
}

// waiting returns for how long the other side was at work, in which callers could
// only wait. A panel does one thing at a time, and of several panels as many can be
// busy as there are callers; a tenant answers side by side, and works on its tasks.
func (w workload) waiting(requests []simulator.Request, task time.Duration, parallelism int) time.Duration {
	var sum, busiest time.Duration
	byTarget := map[string]time.Duration{}
	var busy []interval
	var free time.Time // of the tenant, for the next task
	for _, request := range requests {
		end := request.Time.Add(time.Duration(request.Delay))
		sum += time.Duration(request.Delay)
		byTarget[request.Target] += time.Duration(request.Delay)
		busiest = max(busiest, byTarget[request.Target])
		busy = append(busy, interval{request.Time, end})
		if w.panels == 0 && w.isDeletion(request) {
			from := request.Time
			if w.serial && free.After(from) {
				from = free
			}
			free = from.Add(task)
			busy = append(busy, interval{from, free})
		}
	}
	if w.panels > 0 {
		return max(busiest, sum/time.Duration(min(w.panels, parallelism)))
	}
	return covered(busy)
}

// interval is a time in which the other side was at work.
type interval struct{ from, to time.Time }

// covered returns how long at least one of the intervals was going on.
func covered(all []interval) (sum time.Duration) {
	slices.SortFunc(all, func(a, b interval) int { return a.from.Compare(b.from) })
	var until time.Time
	for _, one := range all {
		if one.from.After(until) {
			until = one.from
		}
		if one.to.After(until) {
			sum += one.to.Sub(until)
			until = one.to
		}
	}
	return sum
}

// median returns the sample of median wall time.
func median(samples []sample) sample {
	samples = slices.Clone(samples)
	slices.SortFunc(samples, func(a, b sample) int { return int(a.wall - b.wall) })
	middle := samples[len(samples)/2]
	middle.spread = samples[len(samples)-1].wall - samples[0].wall
	return middle
}
