// Package isc is the client of one SailPoint Identity Security Cloud tenant:
// token, identity profiles, and the tasks that delete them. What is odd about
// the vendor's API ends here. Section numbers in comments are those of the
// project's contract of this API, which tags each fact with its source.
//
// Everything that one Client sends shares one token and one rate limit.
package isc

import (
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/bulk"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// Config describes one tenant.
type Config struct {
	BaseURL        string        // "https://acme.api.identitynow.com"; see ParseBaseURL
	ClientID       string        // of a personal access token or an API client
	ClientSecret   string        // travels in the body of the token request and nowhere else
	Family         string        // one of Families; "v1" when empty
	UserAgent      string        // names the provider and its version
	RequestTimeout time.Duration // for one request; 30 s when zero

	Retry transport.Retry // what is sent again, and how soon; status 429 always is
	Poll  poll.Backoff    // waits between looks at a task or a profile; 250 ms growing by half to 15 s for what is zero

	// Grace is how long the tenant's parts may disagree: a profile may stay
	// readable after the task that deleted it has ended well, and a task may be
	// unknown after it was started (contract §3.5, §3.6). 60 s when zero.
	Grace time.Duration

	// RateLimit is what the client keeps to by itself: the documented 100 requests
	// in 10 s when zero (contract §1.3), no limit when Requests is below zero.
	RateLimit transport.Limit

	// MaxItems is how many profiles one request deletes at the most; 50 when zero,
	// 1 gives each a request and a task of its own (contract §3.6).
	MaxItems int

	Company *bulk.Company // of all clients that the same callers use; nil when this is the only one

	Now func() time.Time // clock of the token's age and of Grace; time.Now when nil
}

// Limits of what is read from a tenant.
const (
	maxBody      = 16 << 20 // a page of 250 profiles with all their mappings is a few megabytes
	maxErrorBody = 64 << 10 // contract §2.6
)

// Client talks to one tenant. It is safe for concurrent use. Create it with New.
type Client struct {
	base    *url.URL
	family  family
	http    http.RoundTripper
	poll    poll.Backoff
	grace   time.Duration
	now     func() time.Time
	session session

	deletions *bulk.Group[string, *asked, followed]
	reads     *bulk.Group[string, string, Profile]
	snapshot  snapshot
	followers followers
	doomed    sync.Map // IDs of profiles whose deletion was asked for

	proven atomic.Bool // an identity profile call was answered well, so the family's paths exist
}

// New returns a client; it does not contact the tenant.
func New(cfg Config) (*Client, error) { return newClient(cfg, nil) }

// newClient is New with a base that makes the exchanges where it is not nil.
func newClient(cfg Config, exchanges http.RoundTripper) (*Client, error) {
	base, err := ParseBaseURL(cfg.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("base URL of the tenant: %w", err)
	}
	family, err := familyOf(cfg.Family)
	if err != nil {
		return nil, err
	}
	if cfg.ClientID == "" || cfg.ClientSecret == "" {
		return nil, fmt.Errorf("tenant %s: client id and client secret are both needed", base.Host)
	}
	if cfg.RequestTimeout <= 0 {
		cfg.RequestTimeout = 30 * time.Second
	}
	if cfg.Poll.Max <= 0 {
		cfg.Poll.Max = 15 * time.Second
	}
	if cfg.Grace <= 0 {
		cfg.Grace = time.Minute
	}
	if cfg.RateLimit == (transport.Limit{}) {
		cfg.RateLimit = transport.Limit{Requests: 100, Window: 10 * time.Second}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.Retry.Throttled = true
	chain, err := transport.New(transport.Options{
		UserAgent: cfg.UserAgent, Timeout: cfg.RequestTimeout, MaxBody: maxBody, MaxErrorBody: maxErrorBody,
		Retry: cfg.Retry, Limit: cfg.RateLimit, Base: exchanges,
		Proxy: http.ProxyFromEnvironment, // a tenant is out on the internet, and https keeps its secrets from the proxy
	})
	if err != nil {
		return nil, fmt.Errorf("tenant %s: %w", base.Host, err)
	}
	if cfg.MaxItems <= 0 {
		cfg.MaxItems = 50
	}
	c := &Client{
		base: base, family: family, http: chain, poll: cfg.Poll, grace: cfg.Grace, now: cfg.Now,
		session: newSession(cfg.ClientID, cfg.ClientSecret),
	}
	c.deletions = newDeletions(c, cfg)
	c.reads = newReads(c, cfg)
	c.snapshot.turn = make(chan struct{}, 1)
	return c, nil
}

// Tenant names the tenant in messages: the host of its base URL.
func (c *Client) Tenant() string { return c.base.Host }

// Backoff is how a caller waits between two looks at the tenant.
func (c *Client) Backoff() poll.Backoff { return c.poll }
