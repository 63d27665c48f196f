package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/cli"
)

// marker is the line below which a report belongs to this program.
const marker = "<!-- Everything below is written by make bench. -->\n"

// report is what a series of runs has come to.
type report struct {
	above       string // text of the file that is kept
	heading     string
	comparisons []comparison
}

// keepAbove reads what of a file stays: its text above the marker or, with tables,
// all of it.
func (r *report) keepAbove(file string, tables bool) error {
	data, err := os.ReadFile(file) //nolint:gosec // a page of the documentation
	if errors.Is(err, fs.ErrNotExist) {
		data, err = []byte("# Benchmarks\n\n"+marker), nil
	}
	text, below, found := strings.Cut(string(data), marker)
	if err == nil && !found {
		err = fmt.Errorf("%s has no line %q, below which the tables belong", file, strings.TrimSpace(marker))
	}
	r.above = text + marker
	if tables {
		r.above += below
	}
	return err
}

// save writes the file.
func (r *report) save(file string) error {
	return os.WriteFile(file, []byte(r.above+"\n"+r.tables()), 0o644) //nolint:gosec // a page of the documentation
}

// heading tells what is measured where.
func (b bench) heading(ctx context.Context) (string, error) {
	work, err := cli.NewWorkspace(b.providerDir, b.providerDir)
	if err != nil {
		return "", err
	}
	output, _, err := work.Run(ctx, "version", "-json")
	if err != nil {
		return "", err
	}
	var version struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal([]byte(output), &version); err != nil {
		return "", fmt.Errorf("the version that %s prints: %w", work.Name(), err)
	}
	return fmt.Sprintf("## %s %s, %s/%s, %d cores%s, %s\n\n", work.Name(), version.Version, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor(), runtime.Version()) +
		fmt.Sprintf("Every answer of a panel or the tenant takes %s, a task of the tenant %s. Medians of %d runs, the modes of a row in turn; "+
			"work that takes longer than %s in all with bulk calls off was run once in that mode.\n\n", b.latency, b.task, b.runs, b.patience), nil
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

// tables are all tables of the report.
func (r *report) tables() string {
	var b strings.Builder
	b.WriteString(r.heading)
	b.WriteString("### Time\n\n" +
		"| work | parallel | phase | floor | idle | off | on | on ÷ floor | on ÷ off | waiting | (idle + waiting) ÷ floor |\n" +
		"| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, c := range r.comparisons {
		b.WriteString(c.timeRows())
	}
	b.WriteString("\n### Calls and memory\n\n" +
		"| work | parallel | phase | calls off | calls on | GETs off | GETs on | bulk off | bulk on | objects per bulk call | memory idle | memory on |\n" +
		"| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, c := range r.comparisons {
		b.WriteString(c.callRows())
	}
	b.WriteString("\n### Goals\n\n| work | parallel | goal | measured | |\n| --- | ---: | --- | ---: | --- |\n")
	for _, c := range r.comparisons {
		b.WriteString(c.goalRows())
	}
	return b.String()
}

// timeRows is a row for each phase.
func (c comparison) timeRows() string {
	var b strings.Builder
	for _, phase := range phases {
		floor, idle, off, on := c.of(modeFloor, phase), c.of(modeIdle, phase), c.of(modeOff, phase), c.of(modeOn, phase)
		fmt.Fprintf(&b, "| %s | %d | %s | %.2f s | %.2f s | %.2f s | %.2f s | %.2f | %.2f | %.2f s | %.2f |\n",
			c.workload.name, c.parallelism, phase, floor.wall.Seconds(), idle.wall.Seconds(), off.wall.Seconds(), on.wall.Seconds(),
			ratio(on.wall, floor.wall), ratio(on.wall, off.wall), on.other.Seconds(), ratio(idle.wall+on.other, floor.wall))
	}
	return b.String()
}

// callRows is a row for each phase.
func (c comparison) callRows() string {
	var b strings.Builder
	for _, phase := range phases {
		idle, off, on := c.of(modeIdle, phase), c.of(modeOff, phase), c.of(modeOn, phase)
		per := "–"
		if on.bulk > 0 {
			per = fmt.Sprintf("%.1f", float64(on.ids)/float64(on.bulk))
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %d | %d | %d | %d | %d | %d | %s | %s | %s |\n",
			c.workload.name, c.parallelism, phase, off.calls, on.calls, off.gets, on.gets, off.bulk, on.bulk, per, mebibytes(idle), mebibytes(on))
	}
	return b.String()
}

// mebibytes is the peak memory of a sample, if it was seen.
func mebibytes(s sample) string {
	if s.memory == 0 {
		return "–"
	}
	return fmt.Sprintf("%d MiB", s.memory/1024)
}

func ratio(a, b time.Duration) float64 { return a.Seconds() / b.Seconds() }
