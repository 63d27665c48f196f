package basip

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// The paths of contract §0, written out once more on purpose.
const (
	infoPath     = "GET /api/info"
	loginPath    = "GET /api/v1/login"
	usersAll     = "GET /api/v1/access/users/items"
	usersList    = "GET /api/v1/access/users/items/link"
	usersUpsert  = "POST /api/v1/access/users/items/link"
	usersDelete  = "DELETE /api/v1/access/users/items/link"
	profilesAll  = "GET /api/v1/access/timeprofile/items"
	profilesList = "GET /api/v1/access/timeprofile/items/link"
	profilesPost = "POST /api/v1/access/timeprofile/items/link"
	profilesDel  = "DELETE /api/v1/access/timeprofile/items/link"
)

// An object is one of JSON.
type object = map[string]any

// A received is one request as it reached the panel.
type received struct {
	route  string // "GET /api/info"
	query  url.Values
	header http.Header
	body   string
}

// An answer is what a panel does with one request.
type answer func(p *panel, w http.ResponseWriter, r *http.Request, body []byte)

// A panel is a door panel as the contract describes it: a login, listings in
// pages, bulk upserts and bulk deletions with an outcome for each item.
type panel struct {
	info     string // the body of the device information
	reticent bool   // nothing is told of references that were not sent

	mu       sync.Mutex
	requests []received
	tokens   []string // that have been given out
	uid      int
	users    []object
	profiles []object
	scripts  map[string][]answer // used up one by one
	always   map[string]answer   // used when the script is empty
}

// deviceInfo is a panel of API 2, with fields nobody asked for.
const deviceInfo = `{"firmware_version":"3.9.0","framework_version":"1","frontend_version":"2","api_version":"2.10.0",
	"device_name":"lobby","device_type":"panel","device_model":"AA-14FB","hybrid_enable":false,"commit":"abc",
	"device_serial_number":"5E51A1CA-0000-4000-8000-000000000001"}`

func newPanel() *panel {
	return &panel{info: deviceInfo, scripts: map[string][]answer{}, always: map[string]answer{}}
}

// script puts answers before the panel's own to one route. A nil answer stands
// for the panel's own.
func (p *panel) script(route string, answers ...answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.scripts[route] = append(p.scripts[route], answers...)
}

// ServeHTTP implements http.Handler.
func (p *panel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	route := r.Method + " " + r.URL.Path
	p.mu.Lock()
	p.requests = append(p.requests, received{route, r.URL.Query(), r.Header.Clone(), string(body)})
	reply := p.always[route]
	if script := p.scripts[route]; len(script) > 0 {
		reply, p.scripts[route] = script[0], script[1:]
	}
	p.mu.Unlock()
	if reply == nil {
		reply = (*panel).serve
	}
	reply(p, w, r, body)
}

// serve is the panel's own answer.
func (p *panel) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	route := r.Method + " " + r.URL.Path
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if route != infoPath && route != loginPath && !slices.Contains(p.tokens, token) {
		write(w, http.StatusUnauthorized, `{"error":"Log In"}`)
		return
	}
	switch route {
	case infoPath:
		write(w, http.StatusOK, p.info)
	case loginPath:
		token = fmt.Sprintf("token-%d", len(p.tokens)+1)
		p.tokens = append(p.tokens, token)
		writeJSON(w, object{"token": token, "account_type": "admin", "x": 1})
	case usersAll, usersList:
		p.list(w, r, p.users)
	case profilesAll, profilesList:
		p.list(w, r, p.profiles)
	case usersUpsert:
		p.upsert(w, body, &p.users)
	case profilesPost:
		p.upsert(w, body, &p.profiles)
	case usersDelete:
		remove(w, body, &p.users, "not_found")
	case profilesDel:
		remove(w, body, &p.profiles, "entity_not_found")
	default:
		write(w, http.StatusNotFound, `{"error":"Not found"}`)
	}
}

// list answers one page (contract §2.3).
func (p *panel) list(w http.ResponseWriter, r *http.Request, items []object) {
	var shown []object
	for _, item := range items {
		if item["link_id"] != nil || !strings.HasSuffix(r.URL.Path, "/link") {
			shown = append(shown, item)
		}
	}
	var number, limit int
	if _, err := fmt.Sscan(r.URL.Query().Get("page_number")+" "+r.URL.Query().Get("limit"), &number, &limit); err != nil {
		write(w, http.StatusBadRequest, `{"error":"Wrong query"}`)
		return
	}
	pages := (len(shown) + limit - 1) / limit
	from, to := min((number-1)*limit, len(shown)), min(number*limit, len(shown))
	writeJSON(w, object{
		"list_option": object{
			"pagination": object{"total_items": len(shown), "items_limit": limit, "total_pages": pages, "current_page": number},
			"filter":     object{}, "sort": object{"field": "name", "asc": true},
		},
		"list_items": append([]object{}, shown[from:to]...),
	})
}

// upsert stores items by link_id and keeps what they leave out (contract §2.4).
func (p *panel) upsert(w http.ResponseWriter, body []byte, items *[]object) {
	var request struct {
		Items []object `json:"list_items"`
	}
	if json.Unmarshal(body, &request) != nil || len(request.Items) == 0 {
		write(w, http.StatusBadRequest, `{"error":"Wrong JSON body"}`)
		return
	}
	var outcomes []object
	for _, item := range request.Items {
		word := "updated"
		at := slices.IndexFunc(*items, func(other object) bool { return other["link_id"] == item["link_id"] })
		if at < 0 {
			p.uid++
			word, at = "created", len(*items)
			created := object{"item_uid": p.uid, "x_extra": []int{1}}
			if !p.reticent {
				created["time_profiles"], created["identifiers"] = []int{}, []int{}
			}
			*items = append(*items, created)
		}
		held := object{}
		for _, from := range []object{(*items)[at], item} {
			maps.Copy(held, from)
		}
		(*items)[at] = held
		outcomes = append(outcomes, object{"link_id": item["link_id"], "success": true, "extended_info": word, "has_dublicates": false})
	}
	writeJSON(w, object{"result": outcomes})
}

// remove deletes items by link_id (contract §2.5, §3.5).
func remove(w http.ResponseWriter, body []byte, items *[]object, missing string) {
	var request struct {
		LinkIDs []string `json:"link_ids"`
	}
	if json.Unmarshal(body, &request) != nil || len(request.LinkIDs) == 0 {
		write(w, http.StatusBadRequest, `{"error":"List cannot be empty"}`)
		return
	}
	var outcomes []object
	for _, id := range request.LinkIDs {
		before := len(*items)
		*items = slices.DeleteFunc(slices.Clone(*items), func(item object) bool { return item["link_id"] == id })
		gone := len(*items) < before
		outcomes = append(outcomes, object{"link_id": id, "success": gone, "extended_info": map[bool]string{true: "deleted", false: missing}[gone]})
	}
	writeJSON(w, object{"result": outcomes})
}

func write(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func writeJSON(w http.ResponseWriter, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	write(w, http.StatusOK, string(data))
}

// hasty waits next to nothing between two looks.
var hasty = poll.Backoff{First: time.Microsecond, Max: 100 * time.Microsecond}

func config(url string, changes []func(*Config)) Config {
	cfg := Config{
		Name: "lobby", URL: url, Username: "admin", Password: "123456", UserAgent: "gatehouse/test",
		NameWait: 20 * time.Millisecond, Backoff: hasty, RetryBackoff: hasty,
		Outage: transport.Outage{Longest: 3 * time.Millisecond, Hurried: time.Millisecond, Rest: time.Nanosecond},
	}
	for _, change := range changes {
		change(&cfg)
	}
	return cfg
}

// client returns a client that talks to p over a connection.
func (p *panel) client(t *testing.T, changes ...func(*Config)) *Client {
	t.Helper()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	c, err := New(config(server.URL, changes))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// inMemory returns a client that talks to p without a network, for use within
// synctest. The waits between its looks are the product's own.
func (p *panel) inMemory(t *testing.T, changes ...func(*Config)) *Client {
	t.Helper()
	changes = append([]func(*Config){func(cfg *Config) { cfg.Backoff = poll.Backoff{} }}, changes...)
	c, err := New(config("http://panel.test", changes))
	if err != nil {
		t.Fatal(err)
	}
	c.http = direct{p}
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

// id is a link_id that shows the number it was made of.
func id(n int) uuid.UUID { return uuid.MustParse(fmt.Sprintf("0a000000-0000-4000-8000-%012d", n)) }
