package simulator

import (
	"encoding/json"
	"net/url"
	"slices"
	"sync"
	"time"
)

// A Request is one entry of the request log: what a target was asked on a
// vendor path, and what it answered.
type Request struct {
	Time time.Time `json:"time"`
	// Delay is how long the answer is held back: the target's latency and what
	// a fault adds to it. The rest of a request takes no time worth mentioning.
	Delay  Duration `json:"delay"`
	Target string   `json:"target"`
	Method string   `json:"method"`
	Path   string   `json:"path"`
	// Query is the encoded query, keys in order, without credentials: what a
	// panel's login sends is as good as the password (contract §5.8).
	Query string `json:"query"`
	// SecretInQuery says that the query had a client_secret, with which it
	// ends in logs everywhere.
	SecretInQuery bool `json:"secret_in_query,omitempty"`
	// Status is the status answered, 0 when the connection was cut instead.
	Status int `json:"status"`
	// IDs is how many entities the body names: the length of its link_ids or
	// list_items, or of the body when it is an array of texts.
	IDs int `json:"ids"`
	// Body is the request's body: its JSON, or a JSON string of its text when
	// it is not JSON. There is none for a login or a token request.
	Body json.RawMessage `json:"body,omitempty"`
	// InFlight is how many requests, this one included, the target had in
	// hand when this one arrived.
	InFlight int `json:"in_flight"`
}

// credentials are the parameters of a query that are not logged.
var credentials = []string{"username", "password", "client_secret", "refresh_token", "access_token", "code"}

// newRequest describes c; keepBody is false where the body may hold secrets.
func newRequest(target string, c *call, keepBody bool) Request {
	r := Request{Target: target, Method: c.method, Path: c.path}
	query := url.Values{}
	for k, v := range c.query {
		if !slices.Contains(credentials, k) {
			query[k] = v
		}
	}
	r.SecretInQuery = c.query.Has("client_secret")
	r.Query = query.Encode()
	if len(c.body) == 0 || !keepBody {
		return r
	}
	if !json.Valid(c.body) {
		r.Body, _ = json.Marshal(string(c.body))
		return r
	}
	r.Body = slices.Clone(c.body)
	if ids, ok := each(asString)(c.body); ok {
		r.IDs = len(ids)
		return r
	}
	var named struct {
		LinkIDs   []json.RawMessage `json:"link_ids"`
		ListItems []json.RawMessage `json:"list_items"`
	}
	// A body of another shape names nothing; its answer says what is wrong.
	if json.Unmarshal(c.body, &named) == nil {
		r.IDs = len(named.LinkIDs) + len(named.ListItems)
	}
	return r
}

// requestLog is safe for concurrent use.
type requestLog struct {
	mu      sync.Mutex
	entries []Request
}

func (l *requestLog) add(r Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, r)
}

func (l *requestLog) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return list(l.entries)
}

func (l *requestLog) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = nil
}
