package isc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

const (
	loginPath = "/oauth/token"

	// earliest is how long before its end a token is renewed at most; one that
	// lives shortly is renewed after four fifths of its life (contract §1.1: a
	// token of 15 s must work).
	earliest = 30 * time.Second
)

// session is the client's login. One caller at a time renews the token; the
// others wait for it, each as long as its own context lasts. A renewal belongs
// to the caller that makes it: if that one gives up, the next one makes it.
type session struct {
	clientID, secret string

	// turn holds one token: whoever has it may read and renew what follows.
	turn    chan struct{}
	current token
	refused error // a refused login is not repeated
}

// token is one access token.
type token struct {
	value   string
	number  int       // counts the logins; 0 is no token
	renewAt time.Time // zero when the tenant did not say how long it lives
}

func newSession(clientID, secret string) session {
	return session{clientID: clientID, secret: secret, turn: make(chan struct{}, 1)}
}

// authorize returns a token that is not the stale one.
func (c *Client) authorize(ctx context.Context, action string, stale int) (token, error) {
	s := &c.session
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return token{}, fmt.Errorf("%s: waiting for an access token ended before anything was sent: %w", c.couldNot(action), context.Cause(ctx))
	}
	defer func() { <-s.turn }()
	if s.refused != nil {
		return token{}, s.refused
	}
	held := s.current
	if held.number > stale && (held.renewAt.IsZero() || c.now().Before(held.renewAt)) {
		return held, nil
	}
	fresh, err := c.login(ctx, action)
	if err != nil {
		if failed := (*Error)(nil); errors.As(err, &failed) {
			failed.uncertain = false // what the token was for was not sent
		}
		if errors.Is(err, ErrLoginRefused) {
			s.refused = err
		}
		return token{}, err
	}
	fresh.number = held.number + 1
	s.current = fresh
	return fresh, nil
}

// login asks for a token. The credentials travel in the body: a query ends in
// logs (contract §1.1).
func (c *Client) login(ctx context.Context, action string) (token, error) {
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {c.session.clientID},
		"client_secret": {c.session.secret},
	}
	r := request{
		action: "get an access token to " + action, method: http.MethodPost, path: loginPath,
		body: []byte(form.Encode()), contentType: "application/x-www-form-urlencoded",
	}
	asked := c.now() // before the answer: its way back is part of the token's life
	a, err := c.exchange(ctx, r, "")
	var failed *Error
	if errors.As(err, &failed) {
		switch failed.Status {
		case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
			failed.Err = ErrLoginRefused
			failed.Hint = "Check client id and client secret, that the token has not expired in the tenant, and that the base URL is this tenant's; the login is not tried again in this run."
		case http.StatusNotFound:
			failed.Hint = "Check that the base URL is the tenant's API address, such as https://acme.api.identitynow.com."
		}
	}
	if err != nil {
		return token{}, err
	}
	var answer struct {
		AccessToken json.RawMessage `json:"access_token"`
		ExpiresIn   json.RawMessage `json:"expires_in"`
	}
	if json.Unmarshal(a.body, &answer) != nil {
		return token{}, c.unexpected(r, a, "it holds no token")
	}
	value, err := looseString(answer.AccessToken)
	if err != nil || value == "" {
		return token{}, c.unexpected(r, a, "it holds no token")
	}
	fresh := token{value: value}
	// Without a readable lifetime the token serves until the tenant refuses it.
	if seconds, err := looseInteger(answer.ExpiresIn); err == nil && seconds != nil && *seconds > 0 {
		life := time.Duration(min(*seconds, 1<<31)) * time.Second
		fresh.renewAt = asked.Add(life - min(earliest, life/5))
	}
	return fresh, nil
}
