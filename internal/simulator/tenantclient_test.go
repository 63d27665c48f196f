package simulator_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

const (
	identityProfiles = "/identity-profiles/v1"
	bulkDelete       = identityProfiles + "/bulk-delete"
	taskStatus       = "/task-status/v1/"
)

// hex is an id of a tenant that shows the number it was made of.
func hex(n int) string { return fmt.Sprintf("2c918083%024d", n) }

// A clock stands still until it is moved.
type clock struct{ atomic.Int64 }

func (c *clock) now() time.Time { return time.Unix(1700000000, c.Load()) }

func (c *clock) move(d time.Duration) { c.Add(int64(d)) }

// startTenant runs the tenant "acme" beside the panel "lobby".
func startTenant(t *testing.T) (*simulator.Simulator, *simulator.Tenant, *clock) {
	t.Helper()
	c := new(clock)
	s := startWith(t, simulator.Config{Panels: []string{"lobby"}, Tenant: "acme", Now: c.now})
	tenant := s.Tenant()
	return s, tenant, c
}

// seeded is a tenant with n profiles that have all they need, hex(1) with the
// source hex(101) and so on, and a client of it.
func seeded(t *testing.T, n int) (*simulator.Tenant, *client) {
	t.Helper()
	_, tenant, _ := startTenant(t)
	seed(tenant, n)
	return tenant, connect(t, tenant)
}

func seed(tenant *simulator.Tenant, n int) {
	for i := 1; i <= n; i++ {
		tenant.SetProfile(simulator.IdentityProfile{ID: hex(i), Name: fmt.Sprintf("P%d", i), SourceID: hex(100 + i)})
	}
}

func tokenForm(more ...string) url.Values {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"simulated-client"}, "client_secret": {"simulated-secret"}}
	for i := 0; i < len(more); i += 2 {
		if form.Set(more[i], more[i+1]); more[i+1] == "" {
			form.Del(more[i])
		}
	}
	return form
}

// authenticate asks for a token with a form.
func authenticate(c *client, form url.Values) reply {
	c.t.Helper()
	anonymous := newClient(c.t, c.base)
	anonymous.contentType = "application/x-www-form-urlencoded"
	return anonymous.do("POST", "/oauth/token", form.Encode())
}

// connect returns a client of the tenant that has a token and sends JSON.
func connect(t *testing.T, tenant *simulator.Tenant) *client {
	t.Helper()
	c := newClient(t, tenant.URL())
	c.contentType = "application/json"
	c.reconnect()
	return c
}

func (c *client) reconnect() {
	c.t.Helper()
	r := authenticate(c, tokenForm())
	if r.status != 200 {
		c.t.Fatalf("token: %s", r)
	}
	c.token = r.at("access_token").(string)
}

// as is the same client sending another type of body.
func (c *client) as(contentType string) *client {
	other := *c
	other.contentType = contentType
	return &other
}

// patch sends operations, given as op, path and value.
func (c *client) patch(id string, ops ...[3]any) reply {
	c.t.Helper()
	body := []any{}
	for _, o := range ops {
		op := obj{"op": o[0], "path": o[1], "value": o[2]}
		if o[0] == "remove" {
			delete(op, "value")
		}
		body = append(body, op)
	}
	return c.as("application/json-patch+json").do("PATCH", identityProfiles+"/"+id, body)
}

// bulkDelete starts a deletion and returns its task's id.
func (c *client) bulkDelete(ids ...string) string {
	c.t.Helper()
	r := c.do("POST", bulkDelete, ids)
	if r.status != 202 {
		c.t.Fatalf("bulk delete: %s", r)
	}
	id, _ := r.at("id").(string)
	return id
}

// poll is the status of a task: "-" while it has none.
func (c *client) poll(task string) string {
	c.t.Helper()
	r := c.do("GET", taskStatus+task, nil)
	if r.status != 200 {
		return fmt.Sprint(r.status)
	}
	mark := ""
	if r.at("completed") != nil {
		mark = "completed "
	}
	status, ok := r.at("completionStatus").(string)
	if !ok {
		return mark + "-"
	}
	return mark + status
}

// polls are n polls.
func (c *client) polls(task string, n int) string {
	c.t.Helper()
	var out []string
	for range n {
		out = append(out, strings.TrimPrefix(c.poll(task), "completed "))
	}
	return strings.Join(out, " ")
}

// gets are the statuses of n reads of a profile.
func (c *client) gets(id string, n int) []int {
	c.t.Helper()
	var out []int
	for range n {
		out = append(out, c.do("GET", identityProfiles+"/"+id, nil).status)
	}
	return out
}

// stored are the numbers of the profiles in the state.
func stored(tenant *simulator.Tenant) string {
	var out []string
	for _, p := range tenant.State().Profiles {
		out = append(out, strings.TrimLeft(strings.TrimPrefix(p.ID, "2c918083"), "0"))
	}
	return strings.Join(out, " ")
}

func ref(kind, id string) obj { return obj{"type": kind, "id": id} }

// newProfile is the body of a create; more adds or, with nil, removes keys.
func newProfile(name string, source int, more ...obj) obj {
	return with(obj{"name": name, "authoritativeSource": ref("SOURCE", hex(source))}, more...)
}

// mapping maps an account attribute to an identity attribute.
func mapping(name, attribute string) obj {
	return obj{"identityAttributeName": name, "transformDefinition": obj{
		"type": "accountAttribute", "attributes": obj{"attributeName": attribute, "sourceId": hex(101)},
	}}
}
