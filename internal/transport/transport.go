// Package transport is the HTTP layer that both clients stand on: a chain of
// round trippers that bounds every exchange in time and size, retries what is
// safe to send again, names the provider in User-Agent, and logs without
// secrets. It follows no redirect and reads no proxy from the environment: a
// panel's login travels in a URL (contract §5.8).
package transport

import (
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

// Options configures the chain built by New.
type Options struct {
	TLS       TLS           // how to trust the other side
	UserAgent string        // sent with every request
	Timeout   time.Duration // for one attempt, from dialling to the last byte of the body; 10 s when zero
	MaxBody   int64         // largest answer in bytes; 16 MiB when zero
	Retry     Retry         // what to send again
	Limit     Limit         // how many requests may leave in a time; the zero value sets no limit

	// Outage, when not nil, takes the place of Retry but for its Backoff.
	Outage *Outage

	// MaxErrorBody, when over zero, is how much is read of an answer of status
	// 400 or more. Such an answer is its status; its body are mere words, and
	// comes back cut off where it is too long or breaks off.
	MaxErrorBody int64

	// Base, when not nil, makes the exchanges in place of a connection of its own;
	// TLS and Proxy are without effect then. Tests answer without a network so.
	Base http.RoundTripper

	// Proxy chooses the proxy of a request, as in http.Transport; none when nil.
	Proxy func(*http.Request) (*url.URL, error)
}

// Retry says how often a request that is safe to repeat is sent again.
// A request is safe when it never left this machine (the connection could not
// be made), or when it is a GET. With Throttled it is also safe after status
// 429, which says that nothing was done.
type Retry struct {
	Backoff  poll.Backoff  // waits between attempts
	Attempts int           // attempts in all before the first answer ever, and for GETs after it; 3 when zero
	Patience time.Duration // how long connections are tried again once the other side has answered before (a reboot, contract §5.4); 2 min when zero

	// Throttled makes status 429 a matter of waiting, on every verb: for what
	// Retry-After says, up to half a minute for a GET and 20 for another verb, else
	// for the back-off, as long as the context lasts. An answer that asks for more time than the context has comes
	// back at once. A GET that is sent again after 503 waits for its Retry-After as well.
	Throttled bool
}

// New returns the chain. Its answers carry their whole body in memory.
func New(opts Options) (http.RoundTripper, error) {
	config, err := opts.TLS.config()
	if err != nil {
		return nil, err
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 10 * time.Second
	}
	if opts.MaxBody <= 0 {
		opts.MaxBody = 16 << 20
	}
	// A connection that is not made in half of an attempt's time ends with its
	// own error, so that NeverSent can tell it from a request without an answer.
	dialer := &net.Dialer{Timeout: opts.Timeout / 2}
	var base http.RoundTripper = &http.Transport{
		Proxy:                 opts.Proxy, // unless asked for none: credentials must not reach one
		DialContext:           dialer.DialContext,
		TLSClientConfig:       config,
		TLSHandshakeTimeout:   10 * time.Second,
		MaxIdleConnsPerHost:   10, // what Terraform does at a time
		IdleConnTimeout:       30 * time.Second,
		ForceAttemptHTTP2:     true,
		ResponseHeaderTimeout: 0, // bounded below, for each attempt
	}
	if opts.Base != nil {
		base = opts.Base
	}
	bounded := &bounded{next: base, timeout: opts.Timeout, maxBody: opts.MaxBody, maxErrorBody: opts.MaxErrorBody}
	var once http.RoundTripper = &logging{next: &userAgent{next: bounded, value: opts.UserAgent}}
	if opts.Limit.Requests > 0 && opts.Limit.Window > 0 {
		once = newLimited(once, opts.Limit)
	}
	if opts.Outage != nil {
		return &patient{next: once, backoff: opts.Retry.Backoff, limits: opts.Outage.withDefaults(), paths: map[string]*streak{}}, nil
	}
	retrying := &retrying{next: once, policy: opts.Retry}
	if retrying.policy.Attempts <= 0 {
		retrying.policy.Attempts = 3
	}
	if retrying.policy.Patience <= 0 {
		retrying.policy.Patience = 2 * time.Minute
	}
	return retrying, nil
}

// userAgent names the provider in every request.
type userAgent struct {
	next  http.RoundTripper
	value string
}

// RoundTrip implements http.RoundTripper.
func (u *userAgent) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("User-Agent", u.value)
	return u.next.RoundTrip(req)
}
