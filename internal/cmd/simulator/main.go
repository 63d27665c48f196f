// Command simulator runs simulated door panels, and a simulated identity
// tenant, until it is interrupted.
//
// Usage:
//
//	simulator [-listen host:port] [-panels name,name] [-latency duration]
//	          [-username name] [-password password]
//	          [-tenant name] [-client-id id] [-client-secret secret]
//	          [-task-time duration]
//
// When everything listens it prints one line of JSON with the base URLs:
//
//	{"control":"http://127.0.0.1:40001","panels":{"lobby":"http://127.0.0.1:40002"}}
//
// With -tenant the line has "tenant" with the tenant's base URL too, and
// -panels "" then means no panels.
//
// The control API below /_sim/ is described in package simulator. SIGINT and
// SIGTERM end the program with status 0; wrong flags end it with status 2, and
// anything else that keeps it from starting with status 1.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

type options struct {
	config                 simulator.Config
	username, password     string
	clientID, clientSecret string
	taskTime               time.Duration
}

// run is main without the process: it simulates until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	opts, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, "simulator:", err)
		return 2
	}
	sim, err := simulator.Start(opts.config) //nolint:contextcheck // It runs until Close, which is called when ctx ends.
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	err = announce(sim, opts, stdout)
	if err == nil {
		<-ctx.Done()
	}
	if err := errors.Join(err, sim.Close()); err != nil {
		fmt.Fprintln(stderr, "simulator:", err)
		return 1
	}
	return 0
}

// announce sets the targets' accounts and then tells where they are, so that
// whoever reads the line can log in.
func announce(sim *simulator.Simulator, opts options, w io.Writer) error {
	line := struct {
		Control string            `json:"control"`
		Panels  map[string]string `json:"panels"`
		Tenant  string            `json:"tenant,omitempty"`
	}{Control: sim.ControlURL(), Panels: map[string]string{}}
	for _, p := range sim.Panels() {
		p.SetSettings(func(s *simulator.Settings) {
			s.Username, s.Password = opts.username, opts.password
		})
		line.Panels[p.Name()] = p.URL()
	}
	if t := sim.Tenant(); t != nil {
		t.SetSettings(func(s *simulator.TenantSettings) {
			s.ClientID, s.ClientSecret = opts.clientID, opts.clientSecret
			s.TaskTime = simulator.Duration(opts.taskTime)
		})
		line.Tenant = t.URL()
	}
	return json.NewEncoder(w).Encode(line)
}

func parse(args []string, stderr io.Writer) (options, error) {
	factory, tenant := simulator.DefaultSettings(""), simulator.DefaultTenantSettings()
	var opts options
	flags := flag.NewFlagSet("simulator", flag.ContinueOnError)
	// Parse prints the usage itself, but its error is printed by run.
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	flags.StringVar(&opts.config.Listen, "listen", "127.0.0.1:0", "`host:port` of the control listener; the panels and the tenant take the ports after it, or free ones when it is 0")
	panels := flags.String("panels", "lobby", "comma-separated `names` of the panels")
	flags.DurationVar(&opts.config.Latency, "latency", 0, "`duration` added to every answer of a panel or the tenant")
	flags.StringVar(&opts.username, "username", factory.Username, "login `name` of the panels")
	flags.StringVar(&opts.password, "password", factory.Password, "login `password` of the panels")
	flags.StringVar(&opts.config.Tenant, "tenant", "", "`name` of the tenant; without one there is none")
	flags.StringVar(&opts.clientID, "client-id", tenant.ClientID, "`id` of the tenant's client")
	flags.StringVar(&opts.clientSecret, "client-secret", tenant.ClientSecret, "`secret` of the tenant's client")
	flags.DurationVar(&opts.taskTime, "task-time", 5*time.Second, "`duration` of a deletion by the tenant; 0 lets it take some polls instead")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(stderr)
			fmt.Fprintln(stderr, "usage: simulator [flags]")
			flags.PrintDefaults()
		}
		return opts, err
	}
	if flags.NArg() > 0 {
		return opts, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if opts.config.Latency < 0 {
		return opts, errors.New("-latency must not be negative")
	}
	if opts.username == "" || opts.password == "" {
		return opts, errors.New("-username and -password must not be empty")
	}
	if opts.clientID == "" || opts.clientSecret == "" {
		return opts, errors.New("-client-id and -client-secret must not be empty")
	}
	if opts.taskTime < 0 {
		return opts, errors.New("-task-time must not be negative")
	}
	if *panels == "" && opts.config.Tenant != "" {
		return opts, opts.config.Validate()
	}
	for name := range strings.SplitSeq(*panels, ",") {
		opts.config.Panels = append(opts.config.Panels, strings.TrimSpace(name))
	}
	return opts, opts.config.Validate()
}
