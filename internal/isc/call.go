package isc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// The types of request bodies.
const (
	typeJSON  = "application/json"
	typePatch = "application/json-patch+json"
)

// Rights that calls need, contract §2.1 and §3.4. The vendor names two for a
// deletion: one in the prose, one in the specification.
const (
	rightRead   = "idn:identity-profile:read"
	rightManage = "idn:identity-profile:manage"
	rightDelete = "idn:identity-profile:delete and idn:identity-profile:manage"
	rightTasks  = "idn:task-management:read"
)

// request is one call of the API.
type request struct {
	action      string // for messages: "read identity profile 2c91…"
	method      string
	path        string // below the base URL
	query       url.Values
	body        []byte
	contentType string
	right       string // that the call needs
}

// answer is a success.
type answer struct {
	status int
	header http.Header
	body   []byte
	token  string // that the request was sent with
}

// call sends a request with a token and returns the answer of a 2xx status; any
// other one is an *Error. A refused token is renewed and the request sent again,
// once: a 401 means that nothing was done (contract §0, row 2).
func (c *Client) call(ctx context.Context, r request) (answer, error) {
	if r.method != http.MethodGet { // whatever becomes of it, what was listed before says nothing of the time after
		defer c.snapshot.wrote()
		c.snapshot.wrote()
	}
	var refused error // a 401
	for stale := 0; ; {
		token, err := c.authorize(ctx, r.action, stale)
		switch {
		case errors.Is(err, errSpent) && refused != nil:
			return answer{}, refused
		case err != nil:
			return answer{}, err
		}
		a, err := c.exchange(ctx, r, token.value)
		switch s := status(err); {
		case s == http.StatusUnauthorized && stale == 0:
			stale, refused = token.number, err
			continue
		case s != http.StatusUnauthorized && (err == nil || s > 0):
			c.session.served()
		}
		if err == nil && strings.HasPrefix(r.path, c.family.profiles) && json.Valid(a.body) {
			c.proven.Store(true)
		}
		return a, err
	}
}

// exchange sends one HTTP request and judges its answer.
func (c *Client) exchange(ctx context.Context, r request, token string) (answer, error) {
	fail := &Error{Tenant: c.Tenant(), Action: r.action, Method: r.method, Path: c.base.Path + r.path}
	target := *c.base
	target.Path = fail.Path
	// A plus sign for a blank is right in a form only, and not all servers agree.
	target.RawQuery = strings.ReplaceAll(r.query.Encode(), "+", "%20")
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target.String(), body)
	if err != nil {
		fail.Err = err
		return answer{}, fail
	}
	req.Header.Set("Accept", typeJSON)
	if r.body != nil {
		req.Header.Set("Content-Type", r.contentType)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
		if c.family.experimental {
			req.Header.Set("X-SailPoint-Experimental", "true") // contract §1.2
		}
	}
	resp, err := c.http.RoundTrip(req)
	if err != nil {
		fail.Err = err
		fail.uncertain = !transport.NeverSent(err)
		if transport.NeverSent(err) && ctx.Err() == nil {
			fail.Hint = "Nothing was sent. Check the base URL, and that the tenant can be reached from here."
			if errors.Is(err, transport.ErrHeldBack) {
				fail.Hint = "Nothing was sent. Set a longer timeout, or lower Terraform's -parallelism."
			}
		}
		return answer{}, fail
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		fail.Err, fail.uncertain = err, true
		return answer{}, fail
	}
	if strings.EqualFold(resp.Header.Get("X-Deprecated"), "true") {
		tflog.Debug(ctx, "the tenant calls this operation deprecated", map[string]any{"method": r.method, "path": fail.Path})
	}
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return answer{resp.StatusCode, resp.Header, text, token}, nil
	}
	c.judge(ctx, fail, r, resp, text, token)
	return answer{}, fail
}

// judge says in fail what an answer other than a success means.
func (c *Client) judge(ctx context.Context, fail *Error, r request, resp *http.Response, text []byte, token string) {
	heard := hear(c.redact(text, token), func(text string) string { return c.clean(text, token) })
	fail.Status = resp.StatusCode
	fail.DetailCode, fail.Words, fail.TrackingID = heard.detailCode, heard.words, heard.trackingID
	fail.retryAfter, _ = transport.RetryAfter(resp.Header, c.now())
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		fail.Hint = "The address redirects; redirects are not followed, since the token would travel along."
		if to, err := resp.Location(); err == nil {
			fail.Hint += fmt.Sprintf(" If it is the tenant's, set the base URL to %s.", printable.Text(to.Scheme+"://"+to.Host))
		}
	case resp.StatusCode == http.StatusUnauthorized && r.path != loginPath:
		fail.Hint = "The tenant refuses a token that it has just given out; check that the base URL is that of the credentials' tenant."
	case resp.StatusCode == http.StatusForbidden:
		fail.Err = ErrForbidden
		fail.Hint = fmt.Sprintf("The call needs the right %s, which a personal access token of an ORG_ADMIN with the scope sp:scopes:all has. "+
			"If the client already is one, check the token's scopes and the tenant's network rules, or give SailPoint's support the trackingId.", r.right)
	case resp.StatusCode == http.StatusNotFound:
		if fail.absent = credible(text); !fail.absent {
			fail.Hint = c.wrongPath()
		}
	case resp.StatusCode == http.StatusTooManyRequests:
		fail.Err = ErrThrottled
		fail.Hint = "Set a longer timeout, lower Terraform's -parallelism, or see what else uses these credentials."
		if deadline, bounded := ctx.Deadline(); bounded && fail.retryAfter > 0 {
			fail.Hint = fmt.Sprintf("The tenant asks to wait for %s, with %s left of the timeout. %s", fail.retryAfter, max(0, time.Until(deadline)).Round(time.Second), fail.Hint)
		}
	case resp.StatusCode == http.StatusRequestTimeout, resp.StatusCode >= http.StatusInternalServerError:
		fail.uncertain = true
	}
}

// credible reports whether a 404 comes from the API itself, and not from
// something before it that knows no such address: those send pages and texts
// (contract §2.6).
func credible(body []byte) bool { return len(bytes.TrimSpace(body)) == 0 || isObject(body) }

// orWrongPath adds to a 404 for a path that every tenant has what to do about it.
func (c *Client) orWrongPath(err error) error {
	if failed := (*Error)(nil); errors.As(err, &failed) && failed.Status == http.StatusNotFound {
		failed.Hint = c.wrongPath()
	}
	return err
}

func (c *Client) wrongPath() string {
	return fmt.Sprintf("Check that the base URL is the tenant's API address, such as https://acme.api.identitynow.com, and that the tenant has version %s of the API.", c.family.name)
}

// unexpected is the error of a success that is not what a tenant answers.
func (c *Client) unexpected(r request, a answer, why string) *Error {
	fail := &Error{
		Tenant: c.Tenant(), Action: r.action, Method: r.method, Path: c.base.Path + r.path, Status: a.status,
		Err:       errors.New("the answer is not what a tenant answers: " + c.clean(why, a.token)),
		Hint:      "Check that the base URL is the tenant's API address and nothing answers in its place.",
		uncertain: true,
	}
	if !isObject(a.body) { // a page of something else; what looks like the tenant's may hold a token or names
		fail.Words = c.clean(pageTitle(c.redact(a.body, a.token)), a.token)
	}
	return fail
}

// decoded reads the body of a success. The error repeats a part of it that cannot be
// read, and none of the secrets.
func decoded[T any](c *Client, r request, a answer, decode func(json.RawMessage) (T, error)) (T, error) {
	value, err := decode(a.body)
	if err == nil {
		return value, nil
	}
	why := "it cannot be read"
	if _, err := decode(c.redact(a.body, a.token)); err != nil {
		why = err.Error()
	}
	var none T
	return none, c.unexpected(r, a, why)
}

// mistaken is the error of a success that is about another profile than the one that
// was asked for.
func (c *Client) mistaken(r request, a answer, got, want string) *Error {
	fail := c.unexpected(r, a, fmt.Sprintf("it is about identity profile %s instead of %s", got, want))
	fail.mistaken = true
	return fail
}

// encode writes JSON as the vendor's examples have it, < and & in clear.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
