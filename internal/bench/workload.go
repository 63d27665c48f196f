package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// workload is a configuration of many objects of one sort.
type workload struct {
	name    string
	panels  int // 0: identity profiles
	objects int // on each panel, or in the tenant
	serial  bool
	bulk    string // path of the bulk-delete calls
	upsert  string // path of the bulk-upsert calls, none for identity profiles
}

// users is a workload of users on panels.
func users(panels, each int) workload {
	name := plural(each, "user") + ", one panel"
	if panels > 1 {
		name = fmt.Sprintf("%d panels × %s", panels, plural(each, "user"))
	}
	return workload{
		name: name, panels: panels, objects: each,
		bulk: "/api/v1/access/users/items/link", upsert: "/api/v1/access/users/items/link",
	}
}

// profiles is a workload of identity profiles, whose tasks the tenant runs one
// after another or side by side.
func profiles(n int, serial bool) workload {
	how := "side by side"
	if serial {
		how = "one after another"
	}
	return workload{name: plural(n, "identity profile") + ", tasks " + how, objects: n, serial: serial, bulk: "/identity-profiles/v1/bulk-delete"}
}

// plural names a number of things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// total is how many objects the workload makes.
func (w workload) total() int { return max(w.panels, 1) * w.objects }

// start starts what the workload talks to.
func (w workload) start(latency, task time.Duration) (*simulator.Simulator, error) {
	config := simulator.Config{Latency: latency}
	for i := range w.panels {
		config.Panels = append(config.Panels, fmt.Sprintf("panel-%02d", i))
	}
	if w.panels == 0 {
		config.Tenant = "tenant"
	}
	sim, err := simulator.Start(config)
	if err != nil || w.panels > 0 {
		return sim, err
	}
	sim.Tenant().SetSettings(func(s *simulator.TenantSettings) {
		s.TaskPolls, s.TaskTime, s.SerialTasks = 0, simulator.Duration(task), w.serial
	})
	return sim, nil
}

// config is the configuration, with bulk calls switched on or off.
func (w workload) config(sim *simulator.Simulator, bulk bool) string {
	var b strings.Builder
	b.WriteString("terraform {\n  required_providers {\n    gatehouse = { source = \"gatehouse-iac/gatehouse\" }\n  }\n}\n")
	fmt.Fprintf(&b, "provider \"gatehouse\" {\n  acknowledge_insecure = true\n  bulk { enabled = %t }\n", bulk)
	if w.panels == 0 {
		settings := sim.Tenant().Settings()
		fmt.Fprintf(&b, "  sailpoint {\n    base_url = %q\n    client_id = %q\n    client_secret = %q\n  }\n}\n", sim.Tenant().URL(), settings.ClientID, settings.ClientSecret)
		fmt.Fprintf(&b, "resource \"gatehouse_identity_profile\" \"one\" {\n  count = %d\n  name = \"Profile ${count.index}\"\n  authoritative_source_id = format(\"2c9180830000000000000000%%08d\", count.index)\n}\n", w.objects)
		return b.String()
	}
	for _, panel := range sim.Panels() {
		fmt.Fprintf(&b, "  panel {\n    name = %q\n    url = %q\n    password = %q\n  }\n", panel.Name(), panel.URL(), panel.Settings().Password)
	}
	b.WriteString("}\n")
	fmt.Fprintf(&b, "resource \"gatehouse_panel_user\" \"one\" {\n  count = %d\n  panel = format(\"panel-%%02d\", count.index %% %d)\n  name = \"Person ${count.index}\"\n}\n", w.total(), w.panels)
	return b.String()
}

// isDeletion reports whether a request is a bulk deletion.
func (w workload) isDeletion(request simulator.Request) bool {
	return request.Method != "GET" && request.Path == w.bulk && (w.panels == 0 || request.Method == "DELETE")
}

// idle is as many objects of a provider that does nothing.
func (w workload) idle() string {
	return "terraform {\n  required_providers {\n    idle = { source = \"gatehouse-iac/idle\" }\n  }\n}\n" +
		fmt.Sprintf("resource \"idle_object\" \"one\" {\n  count = %d\n  name  = \"Person ${count.index}\"\n}\n", w.total())
}

// floor is as many objects that need no provider process.
func (w workload) floor() string {
	return fmt.Sprintf("resource \"terraform_data\" \"one\" {\n  count = %d\n  input = { panel = \"panel\", name = \"Person ${count.index}\" }\n}\n", w.total())
}
