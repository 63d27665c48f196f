package isc

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// The routes of contract §2.1 and §3, written out once more on purpose.
const (
	loginRoute  = "POST /oauth/token"
	listRoute   = "GET /identity-profiles/v1"
	createRoute = "POST /identity-profiles/v1"
	deleteRoute = "POST /identity-profiles/v1/bulk-delete"
	getPrefix   = "GET /identity-profiles/v1/"
	patchPrefix = "PATCH /identity-profiles/v1/"
	taskRoute   = "GET /task-status/v1/" + taskID
	taskID      = "ff8081814d977c21014da056804a0af3"
)

// An object is one of JSON.
type object = map[string]any

// A received is one request as it reached the tenant.
type received struct {
	route  string // "GET /identity-profiles/v1"
	query  url.Values
	raw    string // the query as it was written
	header http.Header
	body   string
	at     time.Time
}

// A reply is what a tenant does with one request.
type reply func(s *tenant, w http.ResponseWriter, r *http.Request, body []byte)

// A tenant answers as the contract says: tokens that later ones replace, pages
// of profiles, JSON Patch, and a deletion that happens when its task ends.
type tenant struct {
	lifetime string // expires_in as JSON

	mu       sync.Mutex
	requests []received
	logins   int
	created  int
	profiles []object
	doomed   []string           // what the task will delete
	running  int                // looks at the task that find it running
	end      string             // its completion status then
	scripts  map[string][]reply // used up one by one
	always   map[string]reply   // used when the script is empty
}

func newTenant(profiles ...object) *tenant {
	return &tenant{lifetime: "749", end: "SUCCESS", profiles: profiles, scripts: map[string][]reply{}, always: map[string]reply{}}
}

// script puts replies before the tenant's own to one route. A nil reply stands
// for the tenant's own.
func (s *tenant) script(route string, replies ...reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[route] = append(s.scripts[route], replies...)
}

// ServeHTTP implements http.Handler.
func (s *tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	route := r.Method + " " + r.URL.Path
	s.mu.Lock()
	s.requests = append(s.requests, received{route, r.URL.Query(), r.URL.RawQuery, r.Header.Clone(), string(body), time.Now()})
	answer := s.always[route]
	if script := s.scripts[route]; len(script) > 0 {
		answer, s.scripts[route] = script[0], script[1:]
	}
	s.mu.Unlock()
	if answer == nil {
		answer = (*tenant).serve
	}
	answer(s, w, r, body)
}

// serve is the tenant's own reply.
func (s *tenant) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	route := r.Method + " " + r.URL.Path
	if route == loginRoute {
		s.logins++
		write(w, 200, fmt.Sprintf(`{"access_token":"token-%d","token_type":"bearer","expires_in":%s,"scope":"sp:scopes:all","jti":"x"}`, s.logins, s.lifetime))
		return
	}
	if r.Header.Get("Authorization") != fmt.Sprintf("Bearer token-%d", s.logins) {
		write(w, 401, `{"error":"JWT validation failed: JWT is expired"}`)
		return
	}
	id, ofProfile := strings.CutPrefix(r.URL.Path, "/identity-profiles/v1/")
	switch {
	case route == listRoute:
		s.list(w, r)
	case route == createRoute:
		s.create(w, body)
	case route == deleteRoute:
		s.delete(w, body)
	case route == taskRoute:
		s.task(w)
	case ofProfile:
		s.profile(w, r, id, body)
	default:
		write(w, 404, "")
	}
}

func (s *tenant) find(id string) int {
	return slices.IndexFunc(s.profiles, func(o object) bool { return o["id"] == id })
}

// list answers one page; of the filters it knows the one by name.
func (s *tenant) list(w http.ResponseWriter, r *http.Request) {
	found := s.profiles
	if filter := r.URL.Query().Get("filters"); filter != "" {
		name, err := strconv.Unquote(strings.TrimPrefix(filter, "name eq "))
		if err != nil {
			write(w, 400, errorBody("400.1 Bad Request Content", "filters: "+filter))
			return
		}
		found = nil
		for _, p := range s.profiles {
			if fmt.Sprint(p["name"]) == name {
				found = append(found, p)
			}
		}
	}
	limit, offset := 250, 0
	_, _ = fmt.Sscan(r.URL.Query().Get("limit"), &limit)
	_, _ = fmt.Sscan(r.URL.Query().Get("offset"), &offset)
	if r.URL.Query().Get("count") == "true" {
		w.Header().Set("X-Total-Count", strconv.Itoa(len(found)))
	}
	writeJSON(w, 200, append([]object{}, found[min(offset, len(found)):min(offset+limit, len(found))]...))
}

// create fills in what the tenant fills in (contract §2.3).
func (s *tenant) create(w http.ResponseWriter, body []byte) {
	p := parse(string(body))
	for _, other := range s.profiles {
		if sub(other, "authoritativeSource")["id"] == sub(p, "authoritativeSource")["id"] {
			write(w, 409, errorBody("409 Conflict", "The source is in use."))
			return
		}
	}
	s.created++
	p["id"], p["created"], p["identityRefreshRequired"] = fmt.Sprintf("new%d", s.created), "2026-11-21T10:00:00Z", true
	if p["priority"] == nil {
		p["priority"] = 10 * (len(s.profiles) + 1)
	}
	s.profiles = append(s.profiles, p)
	writeJSON(w, 201, p)
}

// delete queues the one task (contract §3.2).
func (s *tenant) delete(w http.ResponseWriter, body []byte) {
	var ids []string
	if json.Unmarshal(body, &ids) != nil || len(ids) == 0 {
		write(w, 400, errorBody("400.1 Bad Request Content", "an array of ids is needed"))
		return
	}
	s.doomed = append(s.doomed, ids...)
	write(w, 202, `{"id":"`+taskID+`","name":"Background Object Terminator 1","launcher":"support","launched":"Mon Aug 21 14:55:39 CDT 2023","completed":null,"completionStatus":null}`)
}

// task answers a look at it; the deletion happens when it ends.
func (s *tenant) task(w http.ResponseWriter) {
	status := "null"
	if s.running--; s.running < 0 {
		status = strconv.Quote(s.end)
		if s.end == "SUCCESS" {
			s.remove()
		}
	}
	write(w, 200, taskBody(status))
}

// remove carries the deletion out. The caller holds the lock.
func (s *tenant) remove() {
	s.profiles = slices.DeleteFunc(slices.Clone(s.profiles), func(o object) bool { return slices.Contains(s.doomed, fmt.Sprint(o["id"])) })
}

// profile answers for one of them, with the two operations of a patch that the
// client needs on members of the object.
func (s *tenant) profile(w http.ResponseWriter, r *http.Request, id string, body []byte) {
	at := s.find(id)
	if at < 0 {
		write(w, 404, errorBody("404 Not found", "The server did not find a current representation for the target resource."))
		return
	}
	if r.Method == http.MethodPatch {
		var operations []struct {
			Op, Path string
			Value    any
		}
		if err := json.Unmarshal(body, &operations); err != nil {
			write(w, 400, errorBody("400.1 Bad Request Content", err.Error()))
			return
		}
		changed := maps.Clone(s.profiles[at])
		for _, o := range operations {
			key := strings.TrimPrefix(o.Path, "/")
			_, there := changed[key]
			switch {
			case o.Op == "add", o.Op == "replace" && there:
				changed[key] = o.Value
			case o.Op == "remove" && there:
				delete(changed, key)
			default:
				write(w, 400, errorBody("400.1.3 Illegal value", o.Op+" "+o.Path))
				return
			}
		}
		s.profiles[at] = changed
	}
	writeJSON(w, 200, s.profiles[at])
}

func write(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	write(w, status, string(data))
}

// errorBody is the error object of contract §2.6.
func errorBody(detailCode, text string) string {
	return fmt.Sprintf(`{"detailCode":%q,"trackingId":"e7eab60924f64aa284175b9fa3309599","messages":[{"locale":"en-US","localeOrigin":"DEFAULT","text":%q}],"causes":[{"locale":"en-US","localeOrigin":null,"text":%q}]}`, detailCode, text, text)
}

// taskBody is a task status as the specification's example has it.
func taskBody(completionStatus string) string {
	return `{"id":"` + taskID + `","type":"QUARTZ","uniqueName":"Background Object Terminator","description":"x","parentName":null,
		"launcher":"support","created":"2020-07-11T21:23:15.000Z","modified":null,"launched":null,"completed":null,
		"completionStatus":` + completionStatus + `,"messages":[{"type":"WARN","localizedText":{"locale":"en","message":"Identities were left."},"key":"k","parameters":null}],
		"returns":[],"attributes":{},"progress":"Started","percentComplete":50}`
}

// hasty waits next to nothing between two looks.
var hasty = poll.Backoff{First: time.Microsecond, Max: 100 * time.Microsecond}

const secret = "s3cr&t +value"

func config(url string, changes []func(*Config)) Config {
	cfg := Config{
		BaseURL: url, ClientID: "client", ClientSecret: secret, UserAgent: "gatehouse/test", Poll: hasty,
		Grace: 20 * time.Millisecond, Retry: transport.Retry{Backoff: hasty, Patience: time.Millisecond},
		RateLimit: transport.Limit{Requests: -1},
	}
	for _, change := range changes {
		change(&cfg)
	}
	return cfg
}

// client returns a client that talks to s over a connection.
func (s *tenant) client(t *testing.T, changes ...func(*Config)) *Client {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	c, err := New(config(server.URL, changes))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// inMemory returns a client that talks to s without a network, for use within
// synctest. Its times are the product's own.
func (s *tenant) inMemory(t *testing.T, changes ...func(*Config)) *Client {
	t.Helper()
	changes = append([]func(*Config){func(cfg *Config) {
		cfg.Poll, cfg.Grace, cfg.Retry, cfg.RateLimit = poll.Backoff{}, 0, transport.Retry{}, transport.Limit{}
	}}, changes...)
	c, err := newClient(config("https://acme.test", changes), direct{s})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// direct hands requests to a handler.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	if req.Context().Err() != nil {
		return nil, req.Context().Err()
	}
	defer func() {
		if recover() != nil { // the handler has cut the connection
			resp, err = nil, io.ErrUnexpectedEOF
		}
	}()
	if req.Body == nil {
		req.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, req)
	if req.Context().Err() != nil {
		return nil, req.Context().Err()
	}
	return w.Result(), nil
}
