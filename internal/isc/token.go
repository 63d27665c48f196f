package isc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

const (
	loginPath = "/oauth/token"

	// earliest is how long before its end a token is renewed at most; one that
	// lives shortly is renewed after four fifths of its life (contract §1.1: a
	// token of 15 s must work).
	earliest = 30 * time.Second

	// maxLogins is how many tokens are asked for without one that serves: each
	// failure may be a passing one, and every object of a run asks.
	maxLogins = 3
)

// session is the client's login. One caller at a time renews the token; the
// others wait for it, each as long as its own context lasts. A renewal belongs
// to the caller that makes it: if that one gives up, the next one makes it.
type session struct {
	clientID, secret string

	// turn holds one token: whoever has it may read and renew what follows.
	turn    chan struct{}
	current token
	refused error  // a refused login is not repeated
	failed  *Error // of the last login that failed otherwise

	failures atomic.Int64 // logins that failed, for callers who wait for the turn
	vain     atomic.Int64 // logins since a token served last
}

// served notes that the tenant has accepted a token.
func (s *session) served() { s.vain.Store(0) }

// token is one access token.
type token struct {
	value   string
	number  int       // counts the logins; 0 is no token
	renewAt time.Time // zero when the tenant did not say how long it lives
}

func newSession(clientID, secret string) session {
	return session{clientID: clientID, secret: secret, turn: make(chan struct{}, 1)}
}

// errSpent: no more tokens are asked for.
var errSpent = errors.New("the last tokens did not serve, so no other is asked for")

// authorize returns a token that is not the stale one. Callers that wait while a
// login fails share its failure, and after a few logins in vain, in which no token
// came or none served, no more are made. The error is errSpent then if a token is
// held, and otherwise the error of the last login.
func (c *Client) authorize(ctx context.Context, action string, stale int) (token, error) {
	s := &c.session
	asked := s.failures.Load()
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
	switch spent := s.vain.Load() >= maxLogins; {
	case s.failed != nil && (spent || s.failures.Load() > asked):
		shared := *s.failed
		shared.Action = loginAction(action)
		if spent {
			shared.Hint = strings.TrimSpace(shared.Hint + " The login is not tried again in this run.")
		}
		return token{}, &shared
	case spent:
		return token{}, fmt.Errorf("%s: %w", c.couldNot(action), errSpent)
	}
	fresh, err := c.login(ctx, action)
	if err == nil || ctx.Err() == nil && !nothingSent(err) {
		s.vain.Add(1)
	}
	if err != nil {
		var failed *Error
		if errors.As(err, &failed) {
			failed.uncertain, failed.absent = false, false // what the token was for was not sent
		}
		switch {
		case errors.Is(err, ErrLoginRefused):
			s.refused = err
		case ctx.Err() == nil:
			kept := *failed // the caller's may change
			s.failed = &kept
			if !errors.Is(err, ErrThrottled) { // others may have the time
				s.failures.Add(1)
			}
		}
		return token{}, err
	}
	fresh.number = held.number + 1
	s.current, s.failed = fresh, nil
	return fresh, nil
}

func loginAction(action string) string { return "get an access token to " + action }

// nothingSent reports whether err is that of a request that did not leave.
func nothingSent(err error) bool {
	var failed *Error
	return errors.As(err, &failed) && failed.Status == 0 && transport.NeverSent(failed.Err)
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
		action: loginAction(action), method: http.MethodPost, path: loginPath,
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
