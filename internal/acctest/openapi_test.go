package acctest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestMain(m *testing.M) { Main(m) }

// A notebook keeps what an inspector reports.
type notebook struct {
	mu    sync.Mutex
	notes []string
}

func (n *notebook) report(format string, values ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.notes = append(n.notes, fmt.Sprintf(format, values...))
}

func (n *notebook) text() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.notes, "\n")
}

const (
	formType  = "application/x-www-form-urlencoded"
	jsonType  = "application/json"
	patchType = "application/json-patch+json"
	profileID = "2c91808000000000000000000000c001"
	good      = `{"name":"Staff","authoritativeSource":{"type":"SOURCE","id":"2c918083000000000000000000000a01"}}`
)

// A client speaks to an inspected tenant that has one profile.
type client struct {
	t    *testing.T
	sim  *simulator.Simulator
	url  string
	book *notebook
	auth string
}

func newClient(t *testing.T, spoilt ...string) *client {
	t.Helper()
	book := &notebook{}
	sim := Tenant(t)
	sim.Tenant().SetProfile(simulator.IdentityProfile{ID: profileID, Name: "Old", SourceID: "2c918083000000000000000000000a02"})
	c := &client{t: t, sim: sim, url: inspect(t, sim.Tenant().URL(), book.report, spoilt...), book: book}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"client"}, "client_secret": {ClientSecret}}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	_, body := c.do(http.MethodPost, "/oauth/token", formType, form.Encode())
	if err := json.Unmarshal([]byte(body), &token); err != nil {
		t.Fatal(err)
	}
	c.auth = "Bearer " + token.AccessToken
	return c
}

// do sends a request; its status is 0 when the answer was cut.
func (c *client) do(method, path, contentType, body string) (status int, answer string) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if c.auth != "" {
		req.Header.Set("Authorization", c.auth)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// What the provider does passes without a word.
func TestInspectorPassesTheContract(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, call := range []struct {
		method, path, contentType, body string
		status                          int
	}{
		{"GET", "/identity-profiles/v1?limit=250&offset=0&count=true&sorters=id&filters=name%20eq%20%22Old%22", "", "", 200},
		{"GET", "/v2025/identity-profiles/" + profileID, "", "", 200},
		{"GET", "/identity-profiles/v1/" + strings.Repeat("f", 32), "", "", 404},
		{"POST", "/identity-profiles/v1", jsonType, good, 201},
		{"POST", "/identity-profiles/v1", jsonType, good, 409},
		{"PATCH", "/identity-profiles/v1/" + profileID, patchType, `[{"op":"replace","path":"/name","value":"New"},{"op":"remove","path":"/owner"}]`, 200},
		{"POST", "/identity-profiles/v1/bulk-delete", jsonType, `["` + profileID + `"]`, 202},
		{"GET", "/task-status/v1/unknown", "", "", 404},
	} {
		if status, body := c.do(call.method, call.path, call.contentType, call.body); status != call.status {
			t.Errorf("%s %s answered %d, want %d: %s", call.method, call.path, status, call.status, body)
		}
	}
	task := c.sim.Tenant().State().Tasks[0].ID
	for range 4 { // until it has ended
		if status, body := c.do(http.MethodGet, "/task-status/v1/"+task, "", ""); status != 200 {
			t.Errorf("the task's status answered %d: %s", status, body)
		}
	}
	if text := c.book.text(); text != "" {
		t.Errorf("the inspector reports:\n%s", text)
	}
}

// What is not in the contract is reported, whatever the tenant thinks of it.
func TestInspectorBites(t *testing.T) {
	t.Parallel()
	const one = "/identity-profiles/v1/" + profileID
	for name, test := range map[string]struct {
		method, path, contentType, body string
		auth                            string
		fault                           simulator.Fault
		want                            string
	}{
		"undocumented path":        {method: "GET", path: "/sources/v1/x", want: "GET /sources/v1/x"},
		"undocumented method":      {method: "DELETE", path: one, want: "DELETE " + one},
		"undocumented query":       {method: "GET", path: one + "?expand=owner", want: `the query has "expand"`},
		"secret in the query":      {method: "POST", path: "/oauth/token?client_secret=" + ClientSecret, contentType: formType, body: "grant_type=client_credentials&client_id=client&client_secret=x", want: `the query has "client_secret"`},
		"page too large":           {method: "GET", path: "/identity-profiles/v1?limit=251", want: `parameter "limit" in query`},
		"bad filter":               {method: "GET", path: "/identity-profiles/v1?filters=owner%20eq%20%22x%22", want: `parameter "filters" in query`},
		"no token":                 {method: "GET", path: one, auth: "none", want: "it has no token"},
		"another field":            {method: "POST", path: "/identity-profiles/v1", contentType: jsonType, body: strings.Replace(good, "{", `{"text":"x",`, 1), want: `property "text" is unsupported`},
		"missing field":            {method: "POST", path: "/identity-profiles/v1", contentType: jsonType, body: `{"name":"Staff"}`, want: `property "authoritativeSource" is missing`},
		"server's own field":       {method: "POST", path: "/identity-profiles/v1", contentType: jsonType, body: strings.Replace(good, "{", `{"identityCount":1,`, 1), want: `property "identityCount" is unsupported`},
		"wrong content type":       {method: "PATCH", path: one, contentType: jsonType, body: `[{"op":"remove","path":"/owner"}]`, want: "Content-Type"},
		"patch of a read-only one": {method: "PATCH", path: one, contentType: patchType, body: `[{"op":"replace","path":"/identityCount","value":1}]`, want: "request PATCH"},
		"patch with a null":        {method: "PATCH", path: one, contentType: patchType, body: `[{"op":"replace","path":"/owner","value":null}]`, want: "request PATCH"},
		"bulk delete of an object": {method: "POST", path: "/identity-profiles/v1/bulk-delete", contentType: jsonType, body: `{"ids":["x"]}`, want: "value must be an array"},
		"bulk delete of nothing":   {method: "POST", path: "/identity-profiles/v1/bulk-delete", contentType: jsonType, body: `[]`, want: "minimum number of items is 1"},
		"undocumented status":      {method: "GET", path: one, fault: simulator.Fault{Status: 204}, want: "answer 204"},
		"HTML":                     {method: "GET", path: one, fault: simulator.Fault{Body: json.RawMessage(`"<html>"`)}, want: "Content-Type"},
		"misspelled answer":        {method: "GET", path: one, fault: simulator.Fault{Body: json.RawMessage(`{"idd":"x"}`)}, want: `property "id" is missing`},
		"error without its id":     {method: "GET", path: one, fault: simulator.Fault{Status: 500, Body: json.RawMessage(`{"detailCode":"500.0","messages":[],"causes":[]}`)}, want: `property "trackingId" is missing`},
		"429 without Retry-After":  {method: "GET", path: one, fault: simulator.Fault{Status: 429}, want: "Retry-After"},
		"redirect":                 {method: "GET", path: one, fault: simulator.Fault{Status: 307, Headers: map[string]string{"Location": "/"}}, want: "does not redirect"},
		"content encoding":         {method: "GET", path: one, fault: simulator.Fault{Headers: map[string]string{"Content-Encoding": "UTF-8"}}, want: "content encoding"},
		"bulk delete answers 204":  {method: "POST", path: "/identity-profiles/v1/bulk-delete", contentType: jsonType, body: `["` + profileID + `"]`, fault: simulator.Fault{Status: 204, Apply: true}, want: "answer 204"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t)
			if test.auth != "" {
				c.auth = ""
			}
			if test.fault.Status != 0 || test.fault.Body != nil || test.fault.Headers != nil {
				if err := c.sim.SetFaults(test.fault); err != nil {
					t.Fatal(err)
				}
			}
			c.do(test.method, test.path, test.contentType, test.body)
			if text := c.book.text(); !strings.Contains(text, test.want) || strings.Contains(text, ClientSecret) {
				t.Errorf("the inspector reports %q, want %q and no secret", text, test.want)
			}
		})
	}
}

// Leniency is for one operation, for its answers alone, and for a reason.
func TestInspectorIsLenientWhereAsked(t *testing.T) {
	t.Parallel()
	const readOne = "GET /identity-profiles/v1/{id}"
	t.Run("operation", func(t *testing.T) {
		t.Parallel()
		c := newClient(t, readOne)
		if err := c.sim.SetFaults(simulator.Fault{Status: 502, Body: json.RawMessage(`"<html>"`)}); err != nil {
			t.Fatal(err)
		}
		if status, body := c.do("GET", "/identity-profiles/v1/x", "", ""); status != 502 || body != "<html>" || c.book.text() != "" {
			t.Errorf("the answer is %d %q, and the inspector reports %q", status, body, c.book.text())
		}
		c.do("GET", "/identity-profiles/v1", "", "")
		c.do("GET", "/identity-profiles/v1/x?a=b", "", "")
		for _, want := range []string{"answer 502 to GET /identity-profiles/v1 ", `the query has "a"`} {
			if !strings.Contains(c.book.text(), want) {
				t.Errorf("the inspector reports %q, want %q", c.book.text(), want)
			}
		}
	})
	t.Run("cut", func(t *testing.T) {
		t.Parallel()
		c := newClient(t)
		if err := c.sim.SetFaults(simulator.Fault{Cut: true}); err != nil {
			t.Fatal(err)
		}
		if status, _ := c.do("GET", "/identity-profiles/v1/x", "", ""); status != 0 || c.book.text() != "" {
			t.Errorf("the status is %d, want none, and the inspector reports %q", status, c.book.text())
		}
		if n := Count(c.sim, "GET", "/identity-profiles/v1/x"); n != 1 {
			t.Errorf("the tenant got %d requests, want 1", n)
		}
	})
	t.Run("without need", func(t *testing.T) {
		t.Parallel()
		book := &notebook{}
		t.Run("test", func(t *testing.T) { //nolint:paralleltest // its end is waited for
			inspect(t, "http://127.0.0.1:1", book.report, readOne)
		})
		if want := "no answer to " + readOne + " was wrong"; !strings.Contains(book.text(), want) {
			t.Errorf("the inspector reports %q, want %q", book.text(), want)
		}
	})
}
