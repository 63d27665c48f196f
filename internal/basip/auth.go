package basip

import (
	"context"
	"crypto/md5" // the vendor's login takes it (contract §1.2)
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// tokenAge is how long a token is used. The vendor documents two hours for one
// family, others have seen less; an early renewal costs one request (§1.2).
const tokenAge = 20 * time.Minute

// session is a login's result, kept for the process. A panel is logged in to
// once; the token is shared by all that talk to it.
type session struct {
	token       string
	accountType string // "admin", or another that may only read
	since       time.Time
	refused     error // a refused login is never repeated (§5.4)
}

func (s *session) forget() { s.token = "" }

// passwordHash returns what the login sends in place of the password: MD5 in
// upper-case hex, as documented (§1.2).
func passwordHash(password string) string {
	sum := md5.Sum([]byte(password))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// authorize makes sure that there is a token of acceptable age. Before each
// login it asks who answers, so that a token, and what it allows, is never used
// on another device than the configured one.
func (c *Client) authorize(ctx context.Context, action string) error {
	if c.session.refused != nil {
		return c.session.refused
	}
	if c.session.token != "" && c.now().Sub(c.session.since) < tokenAge {
		return nil
	}
	if !c.identified {
		if err := c.identify(ctx); err != nil {
			return err
		}
	}
	c.identified = false // what answers at the next login may be another device
	var answer struct {
		Token       string `json:"token"`
		AccountType string `json:"account_type"`
	}
	login := request{
		action: "log in to " + action, op: OpLogin,
		query: url.Values{"username": {c.username}, "password": {c.hash}},
	}
	err := c.send(ctx, login, "", &answer)
	var failed *Error
	switch {
	// A refused login is documented as 400; 401 and 403 are seen elsewhere.
	case errors.As(err, &failed) && (failed.Status == http.StatusBadRequest ||
		failed.Status == http.StatusUnauthorized || failed.Status == http.StatusForbidden):
		failed.Problem, failed.Err = "refused the login", ErrLoginRefused
		failed.Hint = "Check username and password of this panel. The login is not tried again in this run, since panels block addresses that fail to log in."
		c.session.refused = failed
		return failed
	case err != nil:
		return err
	case answer.Token == "":
		return &Error{
			Panel: c.name, Problem: "does not answer like a panel", Action: login.action, Method: http.MethodGet, Path: c.base.Path + c.paths[OpLogin][0].path,
			Status: http.StatusOK, Err: errors.New("the answer holds no token"),
		}
	}
	c.session = session{token: answer.Token, accountType: answer.AccountType, since: c.now()}
	return nil
}
