package identity

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// An interrupt ends a destroy at once, whatever it waits for, and what it leaves
// behind says how to go on. (The tests with a command line interrupt it while it
// follows a task; these are the other places.)
func TestDestroyer_interrupted(t *testing.T) {
	t.Parallel()
	const bulkDelete, id = "/identity-profiles/v1/bulk-delete", "2c91808000000000000000000000c001"
	lost := simulator.Fault{Path: bulkDelete, Count: 1, Delay: simulator.Duration(time.Hour), Cut: true}
	queued := lost
	queued.Apply = true
	for name, test := range map[string]struct {
		tenant  func(*simulator.TenantSettings)
		fault   simulator.Fault
		note    string // TASK stands for the task's id
		deletes int    // in all
	}{
		"at the start, which the tenant did not get": {fault: lost, note: `{"unconfirmed":true}`, deletes: 2},
		"at the start, which the tenant got":         {fault: queued, note: `{"unconfirmed":true}`, deletes: 1},
		"at an unnamed task":                         {tenant: func(s *simulator.TenantSettings) { s.TaskWithoutID = true }, note: `{}`, deletes: 1},
		"at a task that may not be read":             {tenant: func(s *simulator.TenantSettings) { s.Level = "API" }, note: `{"task_id":"TASK"}`, deletes: 1},
		"at a task":                                  {note: `{"task_id":"TASK"}`, deletes: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, err := simulator.Start(simulator.Config{Tenant: "tenant"})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = sim.Close() })
			tenant := sim.Tenant()
			tenant.SetProfile(simulator.IdentityProfile{ID: id, Name: "Staff", SourceID: "2c918083000000000000000000000a01"})
			tenant.SetSettings(func(s *simulator.TenantSettings) {
				s.TaskEnd = ""
				if test.tenant != nil {
					test.tenant(s)
				}
			})
			if test.fault.Path != "" {
				if err := sim.SetFaults(test.fault); err != nil {
					t.Fatal(err)
				}
			}
			d := newDestroyer(t, tenant, id, nil)
			ctx, interrupt := context.WithTimeout(t.Context(), time.Hour)
			defer interrupt()
			go func() { // ends with the deletion's first sign, which every row has
				for ctx.Err() == nil && !started(sim, bulkDelete) {
					select {
					case <-ctx.Done():
					case <-time.After(time.Millisecond): // looks again, does not wait for a duration
					}
				}
				interrupt()
			}()
			if err := d.run(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v, want that of the interrupt", err)
			}
			note, err := json.Marshal(d.left)
			if err != nil {
				t.Fatal(err)
			}
			want := test.note
			if tasks := tenant.State().Tasks; len(tasks) > 0 {
				want = strings.ReplaceAll(want, "TASK", tasks[0].ID)
			}
			if string(note) != want {
				t.Errorf("the note is %s, want %s", note, want)
			}
			tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskEnd = "Success" })
			if err := newDestroyer(t, tenant, id, note).run(t.Context()); err != nil {
				t.Errorf("the next destroy fails: %v", err)
			}
			if n, left := count(sim, bulkDelete), tenant.State().Profiles; n != test.deletes || len(left) > 0 {
				t.Errorf("%d bulk-deletes were sent in all, want %d, and the tenant has %+v", n, test.deletes, left)
			}
		})
	}
}

// A note that cannot be read is an error, and nothing is sent.
func TestDestroyer_recall(t *testing.T) {
	t.Parallel()
	for note, fails := range map[string]bool{"": false, "null": false, "{}": false, `{"task_id":"a"}`: false, "[]": true, "{": true} {
		if err := (&destroyer{}).recall([]byte(note)); (err != nil) != fails {
			t.Errorf("note %s: err = %v", note, err)
		}
	}
}

func newDestroyer(t *testing.T, tenant *simulator.Tenant, id string, note []byte) *destroyer {
	t.Helper()
	settings, quick := tenant.Settings(), poll.Backoff{First: time.Millisecond, Max: 10 * time.Millisecond}
	client, err := isc.New(isc.Config{
		BaseURL: tenant.URL(), ClientID: settings.ClientID, ClientSecret: settings.ClientSecret,
		Poll: quick, Retry: transport.Retry{Backoff: quick}, Grace: 50 * time.Millisecond, RateLimit: transport.Limit{Requests: -1},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &destroyer{profileModel: profileModel{ID: types.StringValue(id)}, client: client}
	if err := d.recall(note); err != nil {
		t.Fatal(err)
	}
	return d
}

// started reports whether a bulk-delete was sent and, if it was answered,
// something was looked at after it.
func started(sim *simulator.Simulator, bulkDelete string) bool {
	requests := sim.Requests()
	for i, request := range requests {
		if request.Path == bulkDelete {
			return request.Status == 0 || i < len(requests)-2
		}
	}
	return false
}

func count(sim *simulator.Simulator, path string) (n int) {
	for _, request := range sim.Requests() {
		if request.Method == http.MethodPost && request.Path == path {
			n++
		}
	}
	return n
}
