package identity_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// ten is a configuration of ten profiles, each fed by a source of its own.
func ten(sim *simulator.Simulator) string {
	return acctest.TenantBlock(sim) + `
resource "gatehouse_identity_profile" "test" {
  count                   = 10
  name                    = "Profile ${count.index}"
  authoritative_source_id = format("2c91808300000000000000000000%04d", count.index)
  timeouts { delete = "20s" }
}
`
}

// Terraform's ten parallel destroys are one request and one task.
func TestAccProfileDestroy_manyTravelTogether(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	run(t, sim, resource.TestStep{Config: ten(sim)})
	if n := acctest.Count(sim, http.MethodPost, bulkDeletePath); n < 1 || n > 2 {
		t.Errorf("%d bulk-deletes were sent for ten profiles, want 1, or 2 if the machine was busy", n)
	}
	if tasks := len(sim.Tenant().State().Tasks); tasks > 2 {
		t.Errorf("the tenant had %d tasks for ten profiles, want 1 or 2", tasks)
	}
}

// A task that fails for one of ten: the nine are gone, and the one fails alone,
// with its own message.
func TestAccProfileDestroy_oneOfManyFailsAlone(t *testing.T) {
	t.Parallel()
	sim := acctest.Tenant(t)
	var bad string
	run(t, sim,
		resource.TestStep{Config: ten(sim)},
		resource.TestStep{
			PreConfig: func() {
				bad = sim.Tenant().State().Profiles[3].ID
				sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.TaskFailsFor = []string{bad} })
			},
			Config: ten(sim), Destroy: true, ExpectError: says("ended with status ERROR"),
		},
		resource.TestStep{
			PreConfig: func() {
				left := sim.Tenant().State().Profiles
				if len(left) != 1 || left[0].ID != bad {
					t.Errorf("the tenant has %s, want %s alone", fmt.Sprint(left), bad)
				}
				if n := acctest.Count(sim, http.MethodPost, bulkDeletePath); n > 9 {
					t.Errorf("%d bulk-deletes were sent to find one bad profile of ten", n)
				}
				sim.Tenant().SetSettings(func(s *simulator.TenantSettings) { s.TaskFailsFor = nil })
			},
			Config: ten(sim), Destroy: true,
		},
	)
}
