package basip

import (
	"context"
	"crypto/md5" // the vendor's login takes it (contract §1.2)
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
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

	useless int                  // logins since a call was last accepted
	refused error                // why the panel is not logged in to again in this run (§5.4)
	denied  map[Operation]*Error // what operations answered to a token that was just given out
}

// maxLogins is how many logins in a row may be of no use: panels keep lists of
// addresses that fail to log in.
const maxLogins = 3

func (s *session) forget() { s.token = "" }

// refuse remembers the error of a login that is the last one of this run.
func (s *session) refuse(err *Error) *Error {
	err.uncertain, err.told = false, new(atomic.Bool) // what the login was for was not sent
	s.refused = err
	return err
}

// deny remembers that an operation refuses every token. The token is kept: another
// operation may accept it. If none has accepted one of the last logins, there is no
// other login.
func (s *session) deny(op Operation, err *Error) {
	if s.denied == nil {
		s.denied = map[Operation]*Error{}
	}
	err.told = new(atomic.Bool)
	s.denied[op] = err
	if s.useless >= maxLogins { // no operation has accepted one
		s.refused = err
	}
}

// passwordHash returns what the login sends in place of the password: MD5 in
// upper-case hex, as documented (§1.2).
func passwordHash(password string) string {
	sum := md5.Sum([]byte(password))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// authorize makes sure that there is a token of acceptable age. A login whose answer
// was lost is sent again, as soon as the panel tells again who it is.
func (c *Client) authorize(ctx context.Context, action string) error {
	if c.session.token != "" && c.now().Sub(c.session.since) < tokenAge {
		return nil
	}
	for n := 0; ; n++ {
		if c.session.refused != nil {
			return c.session.refused
		}
		err := c.login(ctx, action)
		var failed *Error
		if !errors.As(err, &failed) {
			return err
		}
		lost := failed.uncertain && failed.Status != http.StatusOK
		failed.uncertain = false // what the login was for was not sent
		switch {
		case errors.Is(err, ErrLoginRefused):
			return c.session.refuse(failed)
		case c.session.useless >= maxLogins:
			failed.Hint = strings.TrimSpace(failed.Hint + " " + fmt.Sprintf("The login is not tried again in this run after %d attempts, since panels block addresses that fail to log in.", maxLogins))
			return c.session.refuse(failed)
		case !lost || poll.Wait(ctx, c.retry.Delay(n)) != nil:
			return err
		}
	}
}

// login requests a token. It identifies the device first, so that a token is never
// used on another device than the configured one.
func (c *Client) login(ctx context.Context, action string) error {
	if !c.identified {
		if err := c.identify(ctx); err != nil {
			return err
		}
	}
	var answer struct {
		Token       string `json:"token"`
		AccountType string `json:"account_type"`
	}
	login := request{
		action: "log in to " + action, op: OpLogin,
		query: url.Values{"username": {c.username}, "password": {c.hash}},
	}
	c.identified = false // what answers at the next login may be another device
	err := c.send(transport.SendOnce(ctx), login, "", &answer)
	var failed *Error
	if answered := errors.As(err, &failed); !answered || failed.Status != 0 || failed.uncertain {
		c.session.useless++
	}
	switch {
	// A refused login is documented as 400; 401 and 403 are seen elsewhere.
	case failed != nil && (failed.Status == http.StatusBadRequest ||
		failed.Status == http.StatusUnauthorized || failed.Status == http.StatusForbidden):
		failed.Problem, failed.Err = "refused the login", ErrLoginRefused
		failed.Hint = "Check username and password of this panel. The login is not tried again in this run, since panels block addresses that fail to log in."
		return failed
	case err != nil:
		return err
	case answer.Token == "":
		return &Error{
			Panel: c.name, Problem: "does not answer like a panel", Action: login.action, Method: http.MethodGet, Path: c.base.Path + c.paths[OpLogin][0].path,
			Status: http.StatusOK, Err: errors.New("the answer holds no token"),
		}
	}
	c.session.token, c.session.accountType, c.session.since = answer.Token, c.quote(answer.AccountType), c.now()
	return nil
}
