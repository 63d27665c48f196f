package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/cli"
)

// comparison is the medians of one workload, by mode and phase.
type comparison struct {
	workload    workload
	parallelism int
	medians     map[string]map[string]sample
}

// heading writes what was measured where.
func heading(ctx context.Context, to io.Writer, dir string, latency, task time.Duration, runs int) error {
	work, err := cli.NewWorkspace(dir, dir)
	if err != nil {
		return err
	}
	output, _, err := work.Run(ctx, "version", "-json")
	if err != nil {
		return err
	}
	var version struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal([]byte(output), &version); err != nil {
		return fmt.Errorf("the version that %s prints: %w", work.Name(), err)
	}
	fmt.Fprintf(to, "# Benchmarks\n\nWritten by `make bench` on %s %s, %s/%s, %d cores%s, %s. ",
		work.Name(), version.Version, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor(), runtime.Version())
	fmt.Fprintf(to, "Every answer of a simulated panel or tenant takes %s, a task of the tenant %s. Medians of %d runs; the three modes of a row ran in turn.\n\n", latency, task, runs)
	fmt.Fprint(to, "- *floor*: as many `terraform_data` resources, which no provider can beat.\n"+
		"- *off*: `bulk = { enabled = false }`, one object in each write.\n"+
		"- *on*: the default.\n"+
		"- *bulk*: upserts of a creation, bulk deletions of a destroy (for the tenant: tasks), with the objects in each. A refresh has none.\n"+
		"- *memory*: peak of the provider process.\n\n")
	fmt.Fprint(to, "| work | parallel | phase | floor | off | on | on ÷ floor | on ÷ off | calls off | calls on | GETs on | bulk off | bulk on | per call | memory |\n"+
		"| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	return nil
}

// processor names the machine's processor, where the system tells.
func processor() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	_, after, _ := strings.Cut(string(data), "model name")
	_, after, _ = strings.Cut(after, ":")
	name, _, _ := strings.Cut(after, "\n")
	if name = strings.TrimSpace(name); name == "" {
		return ""
	}
	return " (" + name + ")"
}

// write writes a row for each phase.
func (c comparison) write(to io.Writer) {
	for _, phase := range phases {
		floor, off, on := c.medians[modeFloor][phase], c.medians[modeOff][phase], c.medians[modeOn][phase]
		per := "–"
		if on.bulk > 0 {
			per = fmt.Sprintf("%.1f", float64(on.ids)/float64(on.bulk))
		}
		fmt.Fprintf(to, "| %s | %d | %s | %.2f s | %.2f s | %.2f s | %.2f | %.2f | %d | %d | %d | %d | %d | %s | %d MiB |\n",
			c.workload.name, c.parallelism, phase, floor.wall.Seconds(), off.wall.Seconds(), on.wall.Seconds(),
			ratio(on, floor), ratio(on, off), off.calls, on.calls, on.gets, off.bulk, on.bulk, per, on.memory/1024)
	}
}

func ratio(a, b sample) float64 { return a.wall.Seconds() / b.wall.Seconds() }
