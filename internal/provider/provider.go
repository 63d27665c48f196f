// Package provider is the provider block: its schema, what the environment adds
// to it, and the clients made from it. It holds the one list of resources and
// data sources.
package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/identity"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/panel"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

var (
	_ provider.Provider                   = (*gatehouseProvider)(nil)
	_ provider.ProviderWithValidateConfig = (*gatehouseProvider)(nil)
)

// gatehouseProvider is the provider.
type gatehouseProvider struct {
	version string
	backoff poll.Backoff
	retry   transport.Retry
	outage  transport.Outage
	settle  time.Duration
	grace   time.Duration
	limit   transport.Limit
	getenv  func(string) string
}

// Option changes how a provider works; tests use it.
type Option func(*gatehouseProvider)

// WithBackoff sets the waits between two looks after a write and between two
// attempts of a request.
func WithBackoff(b poll.Backoff) Option {
	return func(p *gatehouseProvider) {
		p.backoff = b
		p.retry.Backoff = b
	}
}

// WithOutage sets how long a panel that does not answer is waited for.
func WithOutage(o transport.Outage) Option {
	return func(p *gatehouseProvider) { p.outage = o }
}

// WithSettle sets how long a panel may show the old form of something after a
// change.
func WithSettle(d time.Duration) Option {
	return func(p *gatehouseProvider) { p.settle = d }
}

// WithGrace sets how long the parts of a tenant may disagree.
func WithGrace(d time.Duration) Option {
	return func(p *gatehouseProvider) { p.grace = d }
}

// WithRateLimit sets the limit of requests that the client of a tenant keeps to
// by itself.
func WithRateLimit(limit transport.Limit) Option {
	return func(p *gatehouseProvider) { p.limit = limit }
}

// WithEnvironment replaces the process's environment.
func WithEnvironment(getenv func(string) string) Option {
	return func(p *gatehouseProvider) { p.getenv = getenv }
}

// Metadata implements provider.Provider.
func (p *gatehouseProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "gatehouse"
	resp.Version = p.version
}

// Resources implements provider.Provider.
func (p *gatehouseProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		panel.NewUserResource,
		panel.NewTimeProfileResource,
		identity.NewProfileResource,
	}
}

// DataSources implements provider.Provider.
func (p *gatehouseProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		identity.NewProfileDataSource,
		identity.NewProfilesDataSource,
	}
}
