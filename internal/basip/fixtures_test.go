package basip

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// says answers with a status and a body.
func says(status int, body string) answer {
	return func(_ *panel, w http.ResponseWriter, _ *http.Request, _ []byte) { write(w, status, body) }
}

// cut loses the request.
func cut(*panel, http.ResponseWriter, *http.Request, []byte) { panic(http.ErrAbortHandler) }

// appliedThen carries the request out and then answers otherwise.
func appliedThen(other answer) answer {
	return func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		p.serve(httptest.NewRecorder(), r, body)
		other(p, w, r, body)
	}
}

// times is an answer n times over.
func times(n int, a answer) []answer { return slices.Repeat([]answer{a}, n) }

// outcome is the answer to a bulk call with one item.
func outcome(item string) answer { return says(http.StatusOK, `{"result":[`+item+`]}`) }

// outcomeOf writes the rest of an item after its link_id.
func outcomeOf(n int, rest string) answer {
	return outcome(`{"link_id":"` + id(n).String() + `",` + rest + `}`)
}

// routes of the requests so far, in order.
func (p *panel) routes() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var routes []string
	for _, r := range p.requests {
		routes = append(routes, r.route)
	}
	return routes
}

// sent returns the requests to one route.
func (p *panel) sent(route string) []received {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []received
	for _, r := range p.requests {
		if r.route == route {
			found = append(found, r)
		}
	}
	return found
}

// expect fails unless exactly n requests went to route.
func (p *panel) expect(t *testing.T, route string, n int) {
	t.Helper()
	if got := len(p.sent(route)); got != n {
		t.Errorf("%d times %s, want %d; all requests:\n%s", got, route, n, strings.Join(p.routes(), "\n"))
	}
}

// expectNoWrites fails if anything was sent but GETs.
func (p *panel) expectNoWrites(t *testing.T) {
	t.Helper()
	for _, route := range p.routes() {
		if !strings.HasPrefix(route, "GET ") {
			t.Errorf("%s was sent", route)
		}
	}
}

// user returns what the panel holds of a user, nil for nothing.
func (p *panel) user(n int) object { return held(p, &p.users, n) }

func held(p *panel, items *[]object, n int) object {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, item := range *items {
		if item["link_id"] == id(n).String() {
			return item
		}
	}
	return nil
}

// parse reads an object the way the panel would have received it.
func parse(text string) object {
	var o object
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		panic(err)
	}
	return o
}

// wire is a user as a panel lists it; more holds further keys, in JSON. A key with
// the value "missing" is taken out.
func wire(n int, name, more string) object {
	o := parse(`{"item_uid":1,"name":"","info":"","lock_number":1,"is_custom_user_access":false,"auth_factors":["card"],
		"time_profiles":{"link_ids":[]},"identifiers":[]}`)
	o["link_id"], o["name"] = id(n).String(), name
	if more != "" {
		maps.Copy(o, parse(more))
	}
	maps.DeleteFunc(o, func(_ string, value any) bool { return value == "missing" })
	return o
}

// wireProfile is a time profile as a panel lists it.
func wireProfile(n int, name, more string) object {
	o := parse(`{"item_uid":7,"time_options":{"is_all_day":false,"date_from":1803927600,"date_to":1803960000},
		"repeat_options":{"repeat_enable":false},"identifiers":{"uid_items":[],"count":0}}`)
	o["link_id"], o["name"] = id(n).String(), name
	if more != "" {
		maps.Copy(o, parse(more))
	}
	return o
}

// someone is a user with nothing out of the ordinary.
func someone(n int, name string) User { return User{LinkID: id(n), Name: name, Lock: LockFirst} }

// someProfile is a time profile that happens once.
func someProfile(n int, name string) TimeProfile {
	return TimeProfile{LinkID: id(n), Name: name, From: 1803927600, To: 1803960000}
}

// renamedToEve is a change for Modify.
func renamedToEve(u User) User {
	u.Name = "Eve"
	return u
}
