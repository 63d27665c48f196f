// Command bench measures what bulk calls are worth: it runs the real command
// line on simulated panels and a simulated tenant, with bulk calls on and off,
// and against the floor, which is as many terraform_data resources and what no
// provider can beat. It prints a table in Markdown.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/cli"
)

// Modes of a run.
const (
	modeFloor = "floor"
	modeOff   = "off"
	modeOn    = "on"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	sizes := flags.String("users", "50,200,1000", "numbers of users on one panel")
	parallelism := flags.String("parallelism", "10,100", "values of -parallelism")
	runs := flags.Int("runs", 3, "runs of each row, of which the median counts")
	latency := flags.Duration("latency", 30*time.Millisecond, "time of each answer of a panel or the tenant")
	task := flags.Duration("task", 5*time.Second, "time of a task of the tenant")
	only := flags.String("only", "", "run only workloads whose name contains this")
	output := flags.String("o", "", "file to write the table to as well")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ns, err := numbers(*sizes)
	if err != nil {
		return fmt.Errorf("-users: %w", err)
	}
	ps, err := numbers(*parallelism)
	if err != nil {
		return fmt.Errorf("-parallelism: %w", err)
	}
	dir, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := cli.Build(ctx, ".", dir); err != nil {
		return err
	}
	workloads := []workload{users(1, 1)}
	for _, n := range ns {
		workloads = append(workloads, users(1, n))
	}
	workloads = append(workloads, users(20, 20), profiles(1, true), profiles(50, true), profiles(50, false))

	b := bench{providerDir: dir, latency: *latency, task: *task}
	var table strings.Builder
	to := io.MultiWriter(os.Stdout, &table)
	if err := heading(ctx, to, dir, *latency, *task, *runs); err != nil {
		return err
	}
	for _, w := range workloads {
		if !strings.Contains(w.name, *only) {
			continue
		}
		for _, p := range ps {
			rows, err := b.compare(ctx, w, p, *runs)
			if err != nil {
				return err
			}
			rows.write(to)
		}
	}
	if *output == "" {
		return nil
	}
	return os.WriteFile(*output, []byte(table.String()), 0o644) //nolint:gosec // a page of the documentation
}

// numbers reads "50,200".
func numbers(list string) (ns []int, err error) {
	for field := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is no number above zero", field)
		}
		ns = append(ns, n)
	}
	return ns, nil
}

// compare runs a workload in every mode, side by side, and returns the medians.
func (b bench) compare(ctx context.Context, w workload, parallelism, runs int) (comparison, error) {
	all := map[string]map[string][]sample{}
	for range runs {
		for _, mode := range []string{modeFloor, modeOff, modeOn} {
			samples, err := b.run(ctx, w, parallelism, mode)
			if err != nil {
				return comparison{}, err
			}
			for phase, s := range samples {
				if all[mode] == nil {
					all[mode] = map[string][]sample{}
				}
				all[mode][phase] = append(all[mode][phase], s)
			}
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
