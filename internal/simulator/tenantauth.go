package simulator

import (
	"bytes"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// issueToken answers POST /oauth/token (contract §1.1). The real one takes the
// fields from either kind of form and from the query; that a secret in a query
// ends in logs is the client's business, and in the request log.
func (t *Tenant) issueToken(c *tenantCall) (answer, *tenantError) {
	form := c.form()
	problem, status := "", http.StatusBadRequest
	switch {
	case form.Get("grant_type") == "":
		problem = "invalid_request"
	case form.Get("grant_type") != "client_credentials":
		problem = "unsupported_grant_type"
	case form.Get("client_id") != t.settings.ClientID || form.Get("client_secret") != t.settings.ClientSecret:
		problem, status = "invalid_client", http.StatusUnauthorized
	}
	if problem != "" {
		// Not documented; the shape of RFC 6749 §5.2 is assumed.
		return jsonAnswer(status, extra(map[string]any{"error": problem, "error_description": "The client could not be authenticated."})), nil
	}
	id := newTenantID() + newTenantID()
	t.tokens[id] = &token{issued: t.now()}
	return jsonAnswer(http.StatusOK, extra(map[string]any{
		"access_token":          id,
		"token_type":            "bearer",
		"expires_in":            int(time.Duration(t.settings.TokenLifetime) / time.Second),
		"scope":                 "sp:scopes:all",
		"accessType":            "OFFLINE",
		"tenant_id":             "00000000-0000-4000-8000-000000000000",
		"internal":              false,
		"pod":                   "simulator",
		"org":                   t.name,
		"strong_auth":           true,
		"strong_auth_supported": true,
		"enabled":               true,
		"jti":                   newTenantID(),
	})), nil
}

// form reads the fields of a token request; those of the body go before those
// of the query.
func (c *call) form() url.Values {
	kind, params, _ := mime.ParseMediaType(c.header.Get("Content-Type"))
	form := url.Values{}
	switch kind {
	case "application/x-www-form-urlencoded":
		// What cannot be read is not there, and the client unknown.
		form, _ = url.ParseQuery(string(c.body))
	case "multipart/form-data":
		parts, err := multipart.NewReader(bytes.NewReader(c.body), params["boundary"]).ReadForm(maxBody)
		if err == nil {
			form = parts.Value
			_ = parts.RemoveAll()
		}
	}
	for k, v := range c.query {
		form[k] = append(form[k], v...)
	}
	return form
}

// oauthInfo answers where the endpoints are (contract §1.1).
func (t *Tenant) oauthInfo(*tenantCall) (answer, *tenantError) {
	return jsonAnswer(http.StatusOK, extra(map[string]any{
		"authorizeEndpoint": t.url + "/oauth/authorize",
		"tokenEndpoint":     t.url + "/oauth/token",
	})), nil
}

// authorise counts one use of the request's token, or refuses it.
func (t *Tenant) authorise(c *call) *tenantError {
	id := bearer(c)
	k := t.tokens[id]
	if k == nil {
		return errExpired
	}
	uses := t.settings.TokenRequests
	if t.now().Sub(k.issued) >= time.Duration(t.settings.TokenLifetime) || uses > 0 && k.used >= uses {
		delete(t.tokens, id)
		return errExpired
	}
	k.used++
	return nil
}

// A rateWindow counts the requests to one version of the API (contract §1.3).
type rateWindow struct {
	began time.Time
	count int
}

// The vendor's limit is one of so many requests in this time.
const rateSpan = 10 * time.Second

// admit counts a request against the rate limit, or refuses it. Windows follow
// each other without a gap from the first request on; a refused request is not
// counted.
func (t *Tenant) admit(version string) *tenantError {
	if t.settings.RateLimit == 0 {
		return nil
	}
	now, w := t.now(), t.windows[version]
	if w == nil || now.Sub(w.began) >= rateSpan {
		w = &rateWindow{began: now}
		t.windows[version] = w
	}
	if w.count >= t.settings.RateLimit {
		left := w.began.Add(rateSpan).Sub(now)
		seconds := int((left + time.Second - 1) / time.Second)
		return &tenantError{status: http.StatusTooManyRequests, header: http.Header{"Retry-After": {strconv.Itoa(seconds)}}}
	}
	w.count++
	return nil
}

// secret keeps the bodies of token requests out of the log.
func (t *Tenant) secret(path string) bool { return strings.HasPrefix(path, "/oauth/") }
