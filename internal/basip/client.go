// Package basip is the client of one BAS-IP door panel: device information,
// login, and collections of users and time profiles kept by link_id. What is
// odd about the vendor's API ends here. Section numbers in comments are those
// of the project's panel contract, which tags each fact with its confidence.
//
// Requests to one panel are sent one after the other (§5.4); panels are
// independent of each other.
package basip

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/bulk"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// Config describes one panel.
type Config struct {
	Name           string               // the panel's name in the configuration, for messages
	URL            string               // base URL, "http://192.0.2.10"
	Username       string               // of an account of type admin
	Password       string               // in clear; only its MD5 travels
	SerialNumber   string               // when not empty, the only device that may answer
	TLS            transport.TLS        // how to trust an https panel
	RequestTimeout time.Duration        // for one request; 10 s when zero
	Paths          map[Operation]string // overrides of the path table
	UserAgent      string
	RetryBackoff   poll.Backoff     // waits between attempts of a request
	Outage         transport.Outage // how long a panel that does not answer is waited for
	Backoff        poll.Backoff     // waits between listings after a write
	Settle         time.Duration    // how long the panel may show an entity's old form after a change; 10 s when zero
	NameWait       time.Duration    // how long to wait, while nothing moves, for an entity to give up its name; half of Settle when zero
	MaxItems       int              // entities in one call; 50 when zero, 1 switches bulk calls off
	Company        *bulk.Company    // of all clients that the same callers use; nil when this is the only one
	Now            func() time.Time // clock of the token's age; time.Now when nil

	// Accept is asked about each device that answers, before the login. Its error
	// refuses the device; it says why and what to do. Nil accepts all.
	Accept func(Device) error
}

// maxAnswer is the size of the largest answer of a panel that is read: a page of 50
// users with 1000 references each is not half of that.
const maxAnswer = 4 << 20

// Client talks to one panel. It is safe for concurrent use: what needs the
// panel waits its turn. Create it with New.
type Client struct {
	name     string
	base     *url.URL
	username string
	hash     string
	serial   string
	http     http.RoundTripper
	retry    poll.Backoff
	backoff  poll.Backoff
	settle   time.Duration
	now      func() time.Time

	// turn holds one token: whoever has it may talk to the panel. It guards
	// everything below.
	turn       chan struct{}
	paths      pathTable
	session    session
	device     *Device
	accept     func(Device) error
	serialSeen atomic.Pointer[string] // of the device that answered last; without the turn
	// identified: the device has told who it is and was not logged in to since.
	identified bool

	users    *Collection[User]
	profiles *Collection[TimeProfile]
}

// ParseURL checks a panel's base URL and returns it in the form the client
// uses: scheme http or https, a host, and neither credentials nor query.
func ParseURL(text string) (*url.URL, error) {
	base, err := url.Parse(text)
	switch {
	case err != nil: // its text repeats a part of what was given, which may be a piece of a password
		return nil, errors.New("it is not a valid URL")
	case base.Scheme != "http" && base.Scheme != "https":
		return nil, errors.New("it needs to begin with http:// or https://")
	case base.Hostname() == "":
		return nil, errors.New("it has no host")
	case base.User != nil:
		return nil, errors.New("it holds credentials; they belong in username and password")
	case base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("it has a query or a fragment; only the panel's address belongs in it")
	}
	base.Path = strings.TrimRight(base.Path, "/")
	base.RawPath = ""
	return base, nil
}

// New returns a client; it does not contact the panel.
func New(cfg Config) (*Client, error) {
	base, err := ParseURL(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("panel %q: url: %w", cfg.Name, err)
	}
	chain, err := transport.New(transport.Options{
		TLS: cfg.TLS, UserAgent: cfg.UserAgent, Timeout: cfg.RequestTimeout, MaxBody: maxAnswer,
		Retry: transport.Retry{Backoff: cfg.RetryBackoff}, Outage: &cfg.Outage,
	})
	if err != nil {
		return nil, fmt.Errorf("panel %q: certificate: %w", cfg.Name, err)
	}
	paths, err := newPathTable(cfg.Paths)
	if err != nil {
		return nil, fmt.Errorf("panel %q: %w", cfg.Name, err)
	}
	if cfg.Settle <= 0 {
		cfg.Settle = 10 * time.Second // panels are eventually consistent (contract §5.5)
	}
	if cfg.NameWait <= 0 {
		cfg.NameWait = cfg.Settle / 2
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.MaxItems <= 0 {
		cfg.MaxItems = 50 // no limit is known; the largest page is the careful choice (contract §5.3)
	}
	c := &Client{
		name: cfg.Name, base: base, username: cfg.Username, hash: passwordHash(cfg.Password),
		serial: cfg.SerialNumber, http: chain, retry: cfg.RetryBackoff, backoff: cfg.Backoff, settle: cfg.Settle, now: cfg.Now,
		turn: make(chan struct{}, 1), paths: paths, accept: cfg.Accept,
	}
	c.users = newCollection(c, userKind(), cfg)
	c.profiles = newCollection(c, timeProfileKind(), cfg)
	return c, nil
}

// Name returns the panel's name in the configuration.
func (c *Client) Name() string { return c.name }

// PinnedSerialNumber returns Config.SerialNumber.
func (c *Client) PinnedSerialNumber() string { return c.serial }

// SerialNumber returns the serial number of the device that answered last, "" if
// none has.
func (c *Client) SerialNumber() string {
	if serial := c.serialSeen.Load(); serial != nil {
		return *serial
	}
	return ""
}

// exclusive runs f when it is this caller's turn to talk to the panel.
func (c *Client) exclusive(ctx context.Context, f func(context.Context) error) error {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return &Error{Panel: c.name, Err: fmt.Errorf("waiting for other requests to the panel: %w", context.Cause(ctx))}
	}
	defer func() { <-c.turn }()
	return f(ctx)
}

// request is one call in terms of the path table.
type request struct {
	action string // for messages: "delete users"
	op     Operation
	query  url.Values
	body   any // sent as JSON unless nil
}

// call sends a request with a valid token and decodes a JSON answer of status
// 200 into out. The caller must have the turn.
func (c *Client) call(ctx context.Context, r request, out any) error {
	if err := c.session.denied[r.op]; err != nil {
		return err
	}
	for fresh := false; ; fresh = true {
		if err := c.authorize(ctx, r.action); err != nil {
			return err
		}
		err := c.send(ctx, r, c.session.token, out)
		var refused *Error
		if !errors.As(err, &refused) || refused.Status != http.StatusUnauthorized {
			if err == nil {
				c.session.useless = 0
			}
			return err
		}
		if fresh { // a second 401 in a row is not about the token's age
			refused.Problem = "refused its own token"
			refused.Hint = "The panel refuses a token that it has just given out; restart it if that stays so."
			c.session.deny(r.op, refused)
			return err
		}
		c.session.forget()
	}
}

// send tries the forms of an operation that are left in the path table.
func (c *Client) send(ctx context.Context, r request, token string, out any) error {
	var tried []string
	var last *Error
	for _, route := range c.paths[r.op] {
		err := c.exchange(ctx, r, route, token, out)
		var answered *Error
		if !errors.As(err, &answered) || (answered.Status != http.StatusNotFound && answered.Status != http.StatusMethodNotAllowed) {
			if err == nil {
				c.paths.settle(r.op, route)
			}
			return err
		}
		tried, last = append(tried, route.String()), answered
	}
	last.Problem = "lacks a path of the API"
	last.Err = fmt.Errorf("%w (tried %s)", ErrNoSuchPath, strings.Join(tried, ", "))
	last.Hint = fmt.Sprintf("If this panel%s has the operation elsewhere, name its path in api_paths as %s.", c.deviceNote(), r.op)
	return last
}

// deviceNote describes the device that answers, in brackets after a blank, if it
// is known.
func (c *Client) deviceNote() string {
	if c.device == nil {
		return ""
	}
	return fmt.Sprintf(" (%s)", c.device)
}

// exchange sends one HTTP request and judges its answer.
func (c *Client) exchange(ctx context.Context, r request, to route, token string, out any) error {
	fail := &Error{Panel: c.name, Action: r.action, Method: to.method, Path: c.base.Path + to.path}
	target := *c.base
	target.Path = fail.Path
	target.RawQuery = r.query.Encode()
	var body io.Reader
	if r.body != nil {
		data, err := json.Marshal(r.body)
		if err != nil {
			fail.Err = err
			return fail
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, to.method, target.String(), body)
	if err != nil {
		fail.Err = errors.New("the request could not be formed") // the error's text would repeat the query
		return fail
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := c.http.RoundTrip(req)
	var outage *transport.OutageError
	switch {
	case errors.As(err, &outage) && outage.Answer != nil:
		resp, fail.Err = outage.Answer, outage
	case err != nil:
		c.unanswered(fail, r.op, err)
		return fail
	}
	defer func() { _ = resp.Body.Close() }()
	var answer bytes.Buffer
	answer.Grow(int(min(max(resp.ContentLength, 0), maxAnswer)) + bytes.MinRead) // the transport knows the length
	if _, err := answer.ReadFrom(resp.Body); err != nil {
		fail.Err, fail.uncertain = err, true
		return fail
	}
	resp.Body = http.NoBody // its copy of the answer can go
	return c.judge(fail, r.op, resp, answer.Bytes(), out)
}

// judge turns an answer into out or into fail.
func (c *Client) judge(fail *Error, op Operation, resp *http.Response, answer []byte, out any) error {
	fail.Status = resp.StatusCode
	switch {
	case resp.StatusCode == http.StatusOK:
		if out == nil {
			return nil
		}
		if err := json.Unmarshal(answer, out); errors.Is(err, errPageTooLong) {
			fail.Problem, fail.Err = "gave too large an answer", err
			fail.Hint = "The panel does not keep to the size of a page; its listing cannot be read."
			return fail
		} else if err != nil {
			if text := bytes.TrimSpace(answer); !bytes.HasPrefix(text, []byte("{")) && !bytes.HasPrefix(text, []byte("[")) {
				fail.Words = c.quote(string(answer)) // a page of something else; what looks like a panel's may hold tokens and door codes
			}
			fail.uncertain = true
			fail.Problem = "does not answer like a panel"
			fail.Err = errors.New("the answer is not what a panel answers")
			fail.Hint = "Check that the url is the panel's own address and that no proxy answers in its place."
			return fail
		}
		return nil
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		fail.Problem = "redirects to another address"
		fail.Hint = "Redirects are not followed, since the login would travel along."
		if to, err := resp.Location(); err == nil {
			fail.Hint += fmt.Sprintf(" If the address is the panel's, set its url to %s.", printable.Text(to.Scheme+"://"+to.Host))
		}
		return fail
	}
	fail.Words = c.quote(words(answer))
	fail.uncertain = resp.StatusCode >= http.StatusInternalServerError
	switch {
	case fail.uncertain:
		fail.Problem, fail.Hint = failedItself(resp.StatusCode)
	case c.base.Scheme == "http" && transport.WantsTLS(resp.StatusCode, answer):
		fail.Problem, fail.Hint = speaksHTTPS, hintHTTPS
	case resp.StatusCode == http.StatusForbidden:
		fail.Problem, fail.Hint = "denied the account permission", c.permission(op)
	default:
		fail.Problem = "refused the request"
	}
	return fail
}

// quote makes words of an answer fit for a message: printable, short, and without
// what repeats the request's secrets, as the error pages of web servers do with the
// address that was asked for.
func (c *Client) quote(words string) string {
	for _, secret := range []string{c.hash, c.session.token} {
		if len(secret) >= 8 { // less than that is no secret, and would spoil the words
			words = anySpelling(secret).ReplaceAllString(words, "[secret]")
		}
	}
	return printable.Text(words)
}

// anySpelling matches a text in any case, with its characters as they are or escaped
// as in JSON, in a URL or in HTML.
func anySpelling(text string) *regexp.Regexp {
	var pattern strings.Builder
	pattern.WriteString("(?i)")
	for _, b := range []byte(text) {
		fmt.Fprintf(&pattern, `(?:\\*%s|\\+u00%02x|%%(?:25)*%02[2]x|&#0*%[2]d;|&#x0*%[2]x;)`, regexp.QuoteMeta(string(rune(b))), b)
	}
	return regexp.MustCompile(pattern.String())
}
