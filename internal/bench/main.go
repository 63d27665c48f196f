// Command bench measures what bulk calls are worth: it runs the real command
// line on simulated panels and a simulated tenant, with bulk calls on and off,
// and side by side with two floors. It writes tables in Markdown.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
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
	modeFloor = "floor" // terraform_data, which is built into the command line
	modeIdle  = "idle"  // a provider that does nothing
	modeOff   = "off"   // bulk calls switched off
	modeOn    = "on"
)

var modes = []string{modeFloor, modeIdle, modeOff, modeOn}

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
	latency := flags.Duration("latency", 30*time.Millisecond, "time of each answer of a panel or the tenant")
	task := flags.Duration("task", 5*time.Second, "time of a task of the tenant")
	runs := flags.Int("runs", 3, "runs of each row, of which the median counts")
	patience := flags.Duration("patience", 45*time.Second, "with bulk calls off, run a row that takes longer than this once")
	only := flags.String("only", "", "run only workloads whose name contains this")
	output := flags.String("o", "", "file to write the tables to as well, below its own text")
	keep := flags.Bool("keep", false, "leave the tables that the file has, and write below them")
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
	if err := cli.BuildProvider(ctx, ".", "./internal/bench/idle", dir, "idle"); err != nil {
		return err
	}
	workloads := []workload{users(1, 1)}
	for _, n := range ns {
		workloads = append(workloads, users(1, n))
	}
	workloads = append(workloads, users(20, 20), profiles(1, true), profiles(50, true), profiles(50, false))

	b := bench{providerDir: dir, latency: *latency, task: *task, runs: *runs, patience: *patience}
	heading, err := b.heading(ctx)
	if err != nil {
		return err
	}
	r := report{heading: heading}
	if *output != "" {
		if err := r.keepAbove(*output, *keep); err != nil {
			return err
		}
	}
	for _, w := range workloads {
		if !strings.Contains(w.name, *only) {
			continue
		}
		for _, p := range ps {
			c, err := b.compare(ctx, w, p)
			if err != nil {
				return err
			}
			fmt.Fprint(os.Stderr, c.timeRows()) // a table takes an hour
			r.comparisons = append(r.comparisons, c)
			if *output == "" {
				continue
			}
			if err := r.save(*output); err != nil {
				return err
			}
		}
	}
	fmt.Print(r.tables())
	return nil
}

// numbers reads "50,200".
func numbers(list string) (ns []int, err error) {
	for field := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is not a number above zero", field)
		}
		ns = append(ns, n)
	}
	return ns, nil
}
