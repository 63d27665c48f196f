// Package transport is the HTTP layer that both clients stand on: a chain of
// round trippers that bounds every exchange in time and size, retries what is
// safe to send again, names the provider in User-Agent, and logs without
// secrets. It follows no redirect and reads no proxy from the environment: a
// panel's login travels in a URL (contract §5.8).
package transport

import (
	"net/http"
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
}

// Retry says how often a request that is safe to repeat is sent again.
// A request is safe when it never left this machine (the connection could not
// be made), or when it is a GET.
type Retry struct {
	Backoff  poll.Backoff  // waits between attempts
	Attempts int           // attempts in all before the first answer ever, and for GETs after it; 3 when zero
	Patience time.Duration // how long connections are tried again once the other side has answered before (a reboot, contract §5.4); 2 min when zero
}

// New returns the chain. Its answers carry their whole body in memory.
func New(opts Options) (http.RoundTripper, error) {
	config, err := opts.TLS.config()
	if err != nil {
		return nil, err
	}
	base := &http.Transport{
		Proxy:                 nil, // credentials must not reach a proxy unasked
		TLSClientConfig:       config,
		TLSHandshakeTimeout:   10 * time.Second,
		MaxIdleConnsPerHost:   2,
		IdleConnTimeout:       30 * time.Second,
		ForceAttemptHTTP2:     true,
		ResponseHeaderTimeout: 0, // bounded below, for each attempt
	}
	bounded := &bounded{next: base, timeout: opts.Timeout, maxBody: opts.MaxBody}
	if bounded.timeout <= 0 {
		bounded.timeout = 10 * time.Second
	}
	if bounded.maxBody <= 0 {
		bounded.maxBody = 16 << 20
	}
	retrying := &retrying{next: &logging{next: &userAgent{next: bounded, value: opts.UserAgent}}, policy: opts.Retry}
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
