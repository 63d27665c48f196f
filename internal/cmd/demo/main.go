// Command demo shows the provider's main job from end to end on simulated door
// panels: it builds the provider, applies examples/demo with the real CLI, plans
// again, destroys, and proves that both panels are empty. It exits with 1 when
// the second plan is not empty, when anything stays behind, or when anything but
// the bulk endpoints was used to delete.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// latency is how long a simulated panel takes for each answer.
const latency = 20 * time.Millisecond

// taskTime is how long the simulated tenant takes to delete in the background.
const taskTime = 3 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	sim, err := simulator.Start(simulator.Config{Panels: []string{"lobby", "garage"}, Tenant: "tenant", Latency: latency}) //nolint:contextcheck // it ends with Close
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sim.Close()) }()
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.TaskTime = simulator.Duration(taskTime) })
	dir, err := os.MkdirTemp("", "gatehouse-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	start := time.Now()
	work, err := prepare(ctx, dir, sim)
	if err != nil {
		return err
	}
	fmt.Printf("provider:    built in %.1f s, run by %s\n", time.Since(start).Seconds(), work.Name())

	fmt.Printf("panels:      two simulated ones, %s and %s, %s for each answer\n", sim.Panels()[0].URL(), sim.Panels()[1].URL(), latency)
	fmt.Printf("tenant:      a simulated one, %s, whose tasks take %s\n", sim.Tenant().URL(), taskTime)
	_, took, err := work.Run(ctx, "apply", "-auto-approve")
	if err != nil {
		return err
	}
	profiles, users := stored(sim)
	fmt.Printf("apply:       %d time profiles and %d users on the panels, %d identity profile in the tenant, %.1f s, %d requests\n",
		profiles, users, len(sim.Tenant().State().Profiles), took.Seconds(), len(sim.Requests()))
	if profiles == 0 || users == 0 {
		return errors.New("the panels are empty after the apply")
	}

	if _, took, err = work.Run(ctx, "plan", "-detailed-exitcode"); err != nil {
		return fmt.Errorf("the second plan is not empty: %w", err)
	}
	fmt.Printf("second plan: no changes, %.1f s\n", took.Seconds())

	sim.ResetRequests()
	if _, took, err = work.Run(ctx, "destroy", "-auto-approve"); err != nil {
		return err
	}
	fmt.Printf("destroy:     %d objects, %.1f s, %d requests\n", profiles+users+1, took.Seconds(), len(sim.Requests()))
	if err := errors.Join(reportTask(sim.Tenant(), took), reportDeletes(sim)); err != nil {
		return err
	}
	if profiles, users = stored(sim); profiles+users > 0 {
		return fmt.Errorf("panels empty: no, %d time profiles and %d users are left", profiles, users)
	}
	fmt.Println("panels empty: yes")
	return nil
}

// stored counts what is on all panels.
func stored(sim *simulator.Simulator) (profiles, users int) {
	for _, panel := range sim.Panels() {
		state := panel.State()
		profiles += len(state.TimeProfiles)
		users += len(state.Users)
	}
	return profiles, users
}

// reportTask tells how the destroy waited for the tenant's task, and fails if it
// did not, or if the identity profile is still there.
func reportTask(tenant *simulator.Tenant, took time.Duration) error {
	state := tenant.State()
	if len(state.Profiles) > 0 {
		return fmt.Errorf("tenant empty: no, %d identity profiles are left", len(state.Profiles))
	}
	if len(state.Tasks) != 1 || took < taskTime {
		return fmt.Errorf("the destroy took %s and %d tasks, and one task takes %s", took, len(state.Tasks), taskTime)
	}
	task := state.Tasks[0]
	fmt.Printf("tenant empty: yes, the destroy waited for task %s, looking %d times until it ended with %s\n", task.ID, task.Polls, task.Status)
	return nil
}

// bulkDeletes are the vendor's paths for deleting many by link_id.
var bulkDeletes = map[string]string{
	"/api/v1/access/users/items/link":       "users",
	"/api/v1/access/timeprofile/items/link": "time profiles",
}

// reportDeletes prints the bulk calls made, and fails if anything was deleted
// in another way.
func reportDeletes(sim *simulator.Simulator) error {
	type call struct{ target, what string }
	calls, ids := map[call]int{}, map[call]int{}
	for _, request := range sim.Requests() {
		what, bulk := bulkDeletes[request.Path]
		if request.Method != "DELETE" && !strings.HasSuffix(request.Path, "/delete") {
			continue
		}
		if request.Method != "DELETE" || !bulk {
			return fmt.Errorf("%s %s on panel %s is not a bulk endpoint", request.Method, request.Path, request.Target)
		}
		calls[call{request.Target, what}]++
		ids[call{request.Target, what}] += request.IDs
	}
	total := 0
	for _, panel := range sim.Panels() {
		for _, what := range []string{"users", "time profiles"} {
			c := call{panel.Name(), what}
			total += calls[c]
			fmt.Printf("bulk delete: %-7s %-14s %3d ids in %3d calls\n", c.target, c.what, ids[c], calls[c])
		}
	}
	if total == 0 {
		return errors.New("no bulk delete was made")
	}
	return nil
}
