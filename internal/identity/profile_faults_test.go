package identity_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// faults are the rules in force from now on.
func faults(t *testing.T, sim *simulator.Simulator, rules ...simulator.Fault) {
	t.Helper()
	if err := sim.SetFaults(rules...); err != nil {
		t.Fatal(err)
	}
}

// throttled is an answer of the rate limit that asks for a second.
func throttled(method, path string) simulator.Fault {
	return simulator.Fault{Method: method, Path: path, Count: 1, Status: http.StatusTooManyRequests, Headers: map[string]string{"Retry-After": "1"}}
}

// waited checks that the second request of a kind came a second after the first,
// as the tenant asked.
func waited(sim *simulator.Simulator, method string) statecheck.StateCheck {
	return acctest.Then(func() error {
		var times []time.Time
		for _, request := range sim.Requests() {
			if request.Method == method && request.Path != "/oauth/token" {
				times = append(times, request.Time)
			}
		}
		if len(times) != 2 || times[1].Sub(times[0]) < time.Second {
			return fmt.Errorf("%s was sent at %v, want twice with a second between", method, times)
		}
		return nil
	})
}

// spoils names the operation if the fault has it answered as no tenant does.
func spoils(fault simulator.Fault, operation string) []string {
	if len(fault.Body) == 0 {
		return nil
	}
	return []string{operation}
}

// A creation that something goes wrong with needs an apply more at most, and
// never makes a second profile.
func TestAccProfile_createsOnceWhateverHappens(t *testing.T) {
	t.Parallel()
	fault := func(change func(*simulator.Fault)) simulator.Fault {
		f := simulator.Fault{Method: http.MethodPost, Path: profilesPath, Count: 1}
		change(&f)
		return f
	}
	const byHand = "import it under the ID name=Staff"
	for name, test := range map[string]struct {
		fault simulator.Fault
		fails string
		posts int
	}{
		"500 after it took effect":  {fault(func(f *simulator.Fault) { f.Status, f.Apply = 500, true }), "", 1},
		"cut before it took effect": {fault(func(f *simulator.Fault) { f.Cut = true }), byHand, 2},
		"a page in between":         {fault(func(f *simulator.Fault) { f.Body, f.Apply = []byte(`"<html>"`), true }), "", 1},
		"429":                       {throttled(http.MethodPost, profilesPath), "", 2},
		"no right":                  {fault(func(f *simulator.Fault) { f.Status = 403 }), "needs the right idn:identity-profile:manage", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := tenant(t, spoils(test.fault, "POST /identity-profiles/v1")...)
			faults(t, sim, test.fault)
			config := profile(sim, staff+mapped("uid", account("id")))
			last := step(config, plancheck.ResourceActionCreate, holds(sim, map[string]string{"uid": accountHeld("id")}))
			last.ConfigStateChecks = then(func() error {
				if n := acctest.Count(sim, http.MethodPost, profilesPath); n != test.posts {
					return fmt.Errorf("%d creations were sent, want %d", n, test.posts)
				}
				return nil
			}, last.ConfigStateChecks...)
			if test.fault.Status == http.StatusTooManyRequests {
				last.ConfigStateChecks = append(last.ConfigStateChecks, waited(sim, http.MethodPost))
			}
			if test.fails != "" {
				run(t, sim, resource.TestStep{Config: config, ExpectError: says(test.fails)}, last)
				return
			}
			run(t, sim, last)
		})
	}
}

// A change that something goes wrong with is made by the same apply or by the
// next one, and is sent again only when the tenant does not hold it.
func TestAccProfile_updatesWhateverHappens(t *testing.T) {
	t.Parallel()
	const path = profilesPath + "/*"
	fault := func(count int, change func(*simulator.Fault)) simulator.Fault {
		f := simulator.Fault{Method: http.MethodPatch, Path: path, Count: count}
		change(&f)
		return f
	}
	for name, test := range map[string]struct {
		fault   simulator.Fault
		fails   string
		patches int
	}{
		"500 after it took effect":    {fault(1, func(f *simulator.Fault) { f.Status, f.Apply = 500, true }), "", 1},
		"cut before it took effect":   {fault(1, func(f *simulator.Fault) { f.Cut = true }), "", 2},
		"500 twice":                   {fault(2, func(f *simulator.Fault) { f.Status = 500 }), "Apply again", 3},
		"an answer that says nothing": {fault(1, func(f *simulator.Fault) { f.Body, f.Apply = []byte(`{}`), true }), "", 1},
		"429":                         {throttled(http.MethodPatch, path), "", 2},
		"no right":                    {fault(1, func(f *simulator.Fault) { f.Status = 403 }), "needs the right idn:identity-profile:manage", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := tenant(t, spoils(test.fault, "PATCH /identity-profiles/v1/{id}")...)
			changed := profile(sim, staff+"description = \"On the payroll\"\n"+mapped("uid", account("number")))
			last := step(changed, plancheck.ResourceActionUpdate, holds(sim, map[string]string{"uid": accountHeld("number")}),
				acctest.Then(func() error {
					if sent := patched(sim); len(sent) != test.patches {
						return fmt.Errorf("patches %q were sent, want %d", sent, test.patches)
					}
					return nil
				}))
			if test.fault.Status == http.StatusTooManyRequests {
				last.ConfigStateChecks = append(last.ConfigStateChecks, waited(sim, http.MethodPatch))
			}
			steps := []resource.TestStep{step(profile(sim, staff+mapped("uid", account("id"))), plancheck.ResourceActionCreate)}
			if test.fails != "" {
				steps = append(steps, resource.TestStep{Config: changed, ExpectError: says(test.fails)})
			}
			steps = append(steps, last)
			steps[1].PreConfig = func() { faults(t, sim, test.fault) }
			run(t, sim, steps...)
		})
	}
}

// A new source that was taken and new mappings that were not: the next apply
// sends the mappings alone.
func TestAccProfile_goesOnAfterTheSource(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	config := func(source, uid string) string {
		return profile(sim, fmt.Sprintf("name = \"Staff\"\nauthoritative_source_id = %q\n", source)+mapped("uid", account(uid)))
	}
	run(t, sim,
		step(config(sourceA, "id"), plancheck.ResourceActionCreate),
		resource.TestStep{
			PreConfig: func() {
				faults(t, sim, simulator.Fault{Method: http.MethodPatch, Nth: 2, Count: 2, Status: 500})
			},
			Config: config(sourceB, "login"), ExpectError: says("500 Internal Server Error"),
		},
		sends(sim, step(config(sourceB, "login"), plancheck.ResourceActionUpdate, holds(sim, map[string]string{"uid": accountHeld("login")})), configPatch),
	)
}

// A refresh that fails says so and keeps the profile in the state.
func TestAccProfile_refreshThatFailsForgetsNothing(t *testing.T) {
	t.Parallel()
	sim := tenant(t, "GET /identity-profiles/v1/{id}")
	config := profile(sim, staff)
	refused := func(want string, fault simulator.Fault) resource.TestStep {
		return resource.TestStep{PreConfig: func() { faults(t, sim, fault) }, Config: config, ExpectError: says(want)}
	}
	healed := step(config, plancheck.ResourceActionNoop)
	healed.PreConfig = func() { faults(t, sim) }
	run(t, sim,
		step(config, plancheck.ResourceActionCreate),
		refused("Tenant failed to answer", simulator.Fault{Method: http.MethodGet, Status: 500}),
		refused("Tenant cannot be reached", simulator.Fault{Method: http.MethodGet, Cut: true}),
		refused("404 Not Found", simulator.Fault{Method: http.MethodGet, Status: 404, Body: []byte(`"<html><title>Nothing here</title>"`)}),
		healed,
	)
}

// A tenant that makes the provider wait is waited for no longer than the timeout.
func TestAccProfile_timeoutsEndTheWaiting(t *testing.T) {
	t.Parallel()
	sim := tenant(t)
	long := func(method, path string) func() {
		return func() {
			faults(t, sim, simulator.Fault{Method: method, Path: path, Status: 429, Headers: map[string]string{"Retry-After": "1200"}})
		}
	}
	config := func(lines string) string { return profile(sim, staff+lines) }
	const want = "The tenant asks to wait for 20m0s"
	healed := step(config("priority = 30"), plancheck.ResourceActionUpdate)
	healed.PreConfig = func() { faults(t, sim) }
	// A read waits for half a minute at a time; with less than that it gives up at once.
	created := step(config(`timeouts { read = "29s" }`), plancheck.ResourceActionCreate)
	created.PreConfig = func() { faults(t, sim) }
	run(t, sim,
		resource.TestStep{PreConfig: long(http.MethodPost, profilesPath), Config: config(`timeouts { create = "30s" }`), ExpectError: says(want)},
		created,
		resource.TestStep{PreConfig: long(http.MethodPatch, profilesPath+"/*"), Config: config("priority = 30\ntimeouts {\n  read = \"29s\"\n  update = \"30s\"\n}"), ExpectError: says(want)},
		resource.TestStep{PreConfig: long(http.MethodGet, profilesPath+"/*"), Config: config("priority = 30\ntimeouts {\n  read = \"29s\"\n  update = \"30s\"\n}"), ExpectError: says(want)},
		healed,
	)
}
