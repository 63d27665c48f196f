package basip

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// The problem and the hint of a url with the other scheme.
const (
	speaksHTTPS = "speaks https, not http"
	hintHTTPS   = "The panel speaks https on this port: let its url begin with https://, or name the port of its http."
)

// unanswered completes fail for a request that has no answer.
func (c *Client) unanswered(fail *Error, op Operation, err error) {
	fail.Err = err
	fail.uncertain = !transport.NeverSent(err)
	cause := err
	if outage := (*transport.OutageError)(nil); errors.As(err, &outage) {
		cause = outage.Err
	}
	var status *transport.StatusError
	switch failure := transport.ExplainTLS(err); {
	case failure.Kind != transport.TLSNone:
		fail.Problem, fail.Hint = c.unsecured(failure)
	case errors.As(err, &status): // of the outage that this request came into
		fail.Problem, fail.Hint = failedItself(status.Status)
	case transport.NeverSent(cause):
		fail.Problem = "cannot be reached"
		fail.Hint = "Check the panel's url and that the panel is switched on and can be reached from here."
	case errors.Is(err, transport.ErrNoAnswer):
		fail.Problem = "did not answer in time"
		fail.Hint = "Raise request_timeout of the panel if it is slow."
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded): // not the panel's doing
	case errors.Is(err, transport.ErrBodyTooLarge):
		fail.Problem = "gave too large an answer"
	default:
		fail.Problem = "broke the connection off"
		if op == OpInfo { // the first request of all: nothing is known to be right yet
			other := map[string]string{"http": "https", "https": "http"}[c.base.Scheme]
			fail.Hint = fmt.Sprintf("Check the panel's url: if the panel speaks %s on this port, the url must begin with %[1]s://.", other)
		}
	}
}

// failedItself returns the problem and the hint of a status from 500 on.
func failedItself(status int) (problem, hint string) {
	return fmt.Sprintf("failed with status %d", status), "The panel itself failed; restart it if that stays so."
}

// unsecured returns the problem and the hint of a connection that is not secured.
// It never advises to accept any certificate: that gives the password to anybody on
// the way.
func (c *Client) unsecured(failure transport.TLSFailure) (problem, hint string) {
	cause := upperFirst(failure.Cause)
	switch failure.Kind {
	case transport.TLSPlainServer:
		return "speaks http, not https", cause + ". Let the panel's url begin with http://, or name the port of its https."
	case transport.TLSSecureServer:
		return speaksHTTPS, hintHTTPS
	case transport.TLSSelfSigned:
		return "has an untrusted certificate", cause + ". Set ca_certificate of the panel to this certificate in PEM, taken from the panel itself, or give the panel a certificate of an authority that is trusted here."
	case transport.TLSUnknownAuthority:
		return "has an untrusted certificate", cause + ". Set ca_certificate of the panel to the certificate of that authority in PEM."
	case transport.TLSNameMismatch:
		return "has a certificate for another host", cause + ". If this is the right panel, let its url name a host of the certificate, or set tls_server_name to one."
	case transport.TLSNoName:
		return "has a certificate without a host", cause + ". Neither ca_certificate nor tls_server_name can make up for that; give the panel a certificate with its name or address."
	case transport.TLSExpired:
		return "has an expired certificate", cause + ". Renew it on the panel, and ca_certificate with it if it is named there; check this machine's clock."
	case transport.TLSNotYetValid:
		return "has a certificate for later", cause + ". Check the clocks of this machine and of the machine that made the certificate."
	case transport.TLSOldVersion:
		return "offers no TLS from 1.2 on", cause + ". Update the panel's firmware, or put a proxy with a newer TLS in front of it."
	default:
		return "has an invalid certificate", cause + ". Give the panel another certificate, and name its authority in ca_certificate."
	}
}

// permission returns the hint of an answer of status 403.
func (c *Client) permission(op Operation) string {
	switch account := c.session.accountType; {
	case account == "":
		return fmt.Sprintf("The panel did not tell the type of this account (%s); the operation needs an account of type admin.", c.username)
	case strings.EqualFold(account, "admin"):
		return fmt.Sprintf("This account (%s) is of type admin, so the panel%s forbids the operation itself, %s. "+
			"Check whether BAS-IP Link manages the panel, and whether its firmware has this operation.", c.username, c.deviceNote(), op)
	default:
		return fmt.Sprintf("Use an account of type admin; this one (%s) is of type %q.", c.username, account)
	}
}

// upperFirst makes the beginning of a sentence.
func upperFirst(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
