package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/cli"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// phases are what is timed, in their order.
var phases = []string{"create", "refresh", "destroy"}

// sample is one phase of one run.
type sample struct {
	wall   time.Duration
	calls  int // HTTP requests
	gets   int
	bulk   int // bulk calls of the phase: upserts or deletions
	ids    int // in those calls
	memory int // peak of the provider process in KiB
}

// bench is one series of runs.
type bench struct {
	providerDir string
	latency     time.Duration
	task        time.Duration
}

// run times the phases of a workload once. Without a simulator it is the floor.
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
	config := w.floor()
	var sim *simulator.Simulator
	if mode != modeFloor {
		if sim, err = w.start(b.latency, b.task); err != nil { //nolint:contextcheck // it ends with Close
			return nil, err
		}
		defer func() { _ = sim.Close() }()
		config = w.config(sim, mode == modeOn)
	} else if _, _, err := work.Run(ctx, "version"); err != nil {
		return nil, err
	}
	if err := work.Write("main.tf", []byte(config)); err != nil {
		return nil, err
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
		watch := watchMemory(ctx, "terraform-provider-gatehouse")
		_, took, err := work.Run(ctx, commands[phase]...)
		memory := watch()
		if err != nil {
			return nil, fmt.Errorf("%s, %s, %s: %w", w.name, mode, phase, err)
		}
		samples[phase] = w.count(sim, phase, sample{wall: took, memory: memory})
	}
	return samples, nil
}

// count adds what the request log says.
func (w workload) count(sim *simulator.Simulator, phase string, s sample) sample {
	if sim == nil {
		return s
	}
	for _, request := range sim.Requests() {
		s.calls++
		if request.Method == "GET" {
			s.gets++
		}
		upsert := phase == "create" && w.upsert != "" && request.Method == "POST" && request.Path == w.upsert
		deletion := phase == "destroy" && request.Method != "GET" && request.Path == w.bulk
		if upsert || deletion {
			s.bulk++
			s.ids += request.IDs
		}
	}
	return s
}

// watchMemory looks at the peak memory of every process of a name until the
// returned function is called, which returns the highest in KiB; 0 where the
// system does not tell.
func watchMemory(ctx context.Context, name string) func() int {
	ctx, cancel := context.WithCancel(ctx)
	peak := make(chan int)
	go func() {
		highest := 0
		ticker := time.NewTicker(20 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				peak <- highest
				return
			case <-ticker.C:
				highest = max(highest, peakMemory(name))
			}
		}
	}()
	return func() int {
		cancel()
		return <-peak
	}
}

func peakMemory(name string) int {
	highest := 0
	processes, _ := filepath.Glob("/proc/[0-9]*/status") // the pattern is well formed
	for _, path := range processes {
		data, err := os.ReadFile(path) //nolint:gosec // of the kernel's
		if err != nil {
			continue
		}
		status := string(data)
		// The kernel keeps the first 15 bytes of a name.
		if !strings.HasPrefix(status, "Name:\t"+name[:15]) {
			continue
		}
		_, after, _ := strings.Cut(status, "VmHWM:")
		fields := strings.Fields(after)
		if len(fields) > 0 {
			if kib, err := strconv.Atoi(fields[0]); err == nil {
				highest = max(highest, kib)
			}
		}
	}
	return highest
}

// median returns the sample of median wall time.
func median(samples []sample) sample {
	samples = slices.Clone(samples)
	slices.SortFunc(samples, func(a, b sample) int { return int(a.wall - b.wall) })
	return samples[len(samples)/2]
}
