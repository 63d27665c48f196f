package provider

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/deletelimit"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/identity"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/panel"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// environmentPanel is the panel that the environment describes.
const environmentPanel = "default"

// Factory values of a panel's account (contract §1.2).
const (
	factoryUsername = "admin"
	factoryPassword = "123456"
)

// New returns what makes the provider.
func New(version string, options ...Option) func() provider.Provider {
	return func() provider.Provider {
		p := &gatehouseProvider{version: version, getenv: os.Getenv}
		for _, option := range options {
			option(p)
		}
		return p
	}
}

// clients is what resources get from the provider.
type clients struct {
	panels *panel.Panels
	tenant *identity.Tenant
}

// Panels implements panel.Source.
func (c *clients) Panels() *panel.Panels { return c.panels }

// Tenant implements identity.Source.
func (c *clients) Tenant() *identity.Tenant { return c.tenant }

// Configure implements provider.Provider. It contacts nobody: a panel that is
// switched off must not keep the others from being managed.
func (p *gatehouseProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	panels, diags := config.panels(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	panels.blocks, diags = p.withEnvironment(panels)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(validatePanels(panels.blocks)...)
	if resp.Diagnostics.HasError() {
		return
	}
	shared, diags := config.bulkSettings(ctx)
	resp.Diagnostics.Append(diags...)
	limit := config.deletionLimit()
	registry := panel.NewPanels(panels.whole, limit)
	for _, block := range panels.blocks {
		resp.Diagnostics.Append(p.addPanel(registry, block, shared)...)
	}
	tenant, diags := p.tenant(ctx, config, shared)
	resp.Diagnostics.Append(diags...)
	if tenant != nil {
		tenant.LimitDeletions(limit)
	}
	if !config.AcknowledgeInsecure.ValueBool() {
		resp.Diagnostics.Append(insecurePanels(panels.blocks)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	data := &clients{panels: registry, tenant: tenant}
	resp.ResourceData, resp.DataSourceData = data, data
}

// deletionLimit returns the limit that the block sets, nil without one. One that is
// not known before apply counts from then on.
func (m providerModel) deletionLimit() *deletelimit.Limit {
	if m.MaxDeletions.IsNull() || m.MaxDeletions.IsUnknown() {
		return nil
	}
	return deletelimit.New(int(m.MaxDeletions.ValueInt64()))
}

// withEnvironment returns the panel blocks with the environment's values where
// the panel called default leaves them out. Without any block, it adds that panel.
func (p *gatehouseProvider) withEnvironment(panels panelBlocks) ([]panelBlock, diag.Diagnostics) {
	var diags diag.Diagnostics
	blocks := slices.Clone(panels.blocks)
	if panels.whole && len(blocks) == 0 && p.getenv("GATEHOUSE_PANEL_URL") != "" {
		blocks = append(blocks, panelBlock{at: path.Root("panel"), panelModel: panelModel{
			Name: types.StringValue(environmentPanel), APIPaths: types.MapNull(types.StringType),
		}})
	}
	i := slices.IndexFunc(blocks, func(b panelBlock) bool { return b.name() == environmentPanel })
	if i < 0 {
		return blocks, nil
	}
	one := &blocks[i]
	fill := func(value *types.String, variable string) {
		if text := p.getenv(variable); value.IsNull() && text != "" {
			*value = types.StringValue(text)
		}
	}
	fill(&one.URL, "GATEHOUSE_PANEL_URL")
	fill(&one.Username, "GATEHOUSE_PANEL_USERNAME")
	fill(&one.Password, "GATEHOUSE_PANEL_PASSWORD")
	fill(&one.CACertificate, "GATEHOUSE_PANEL_CA_CERTIFICATE")
	fill(&one.TLSServerName, "GATEHOUSE_PANEL_TLS_SERVER_NAME")
	fill(&one.SerialNumber, "GATEHOUSE_PANEL_SERIAL_NUMBER")
	fill(&one.RequestTimeout, "GATEHOUSE_PANEL_REQUEST_TIMEOUT")
	const skip = "GATEHOUSE_PANEL_INSECURE_SKIP_TLS_VERIFY"
	if text := p.getenv(skip); one.InsecureSkipTLSVerify.IsNull() && text != "" {
		value, err := strconv.ParseBool(text)
		if err != nil {
			diags.AddAttributeError(one.at.AtName("insecure_skip_tls_verify"), "Invalid environment variable",
				fmt.Sprintf("%s is %q where true or false is needed.", skip, text))
		}
		one.InsecureSkipTLSVerify = types.BoolValue(value)
	}
	return blocks, diags
}

// addPanel makes the client of one panel. A panel with a value that is not known
// before apply has none yet: only work on that panel fails then, in this run.
func (p *gatehouseProvider) addPanel(registry *panel.Panels, one panelBlock, shared bulkSettings) diag.Diagnostics {
	var diags diag.Diagnostics
	name, at := one.name(), one.at
	if name == "" { // the name is not known before apply
		return nil
	}
	if unknown := one.unknownAttributes(); len(unknown) > 0 {
		registry.AddPending(name, fmt.Sprintf("its %s is not known before apply", strings.Join(unknown, " and ")))
		return nil
	}
	missing := func(attribute, variable string) {
		hint := "Set it in the provider block"
		if name == environmentPanel {
			hint += " or in the environment variable " + variable
		}
		diags.AddAttributeError(at.AtName(attribute), fmt.Sprintf("Panel %q has no %s", name, attribute), fmt.Sprintf("Panel %q has no %s. %s.", name, attribute, hint))
	}
	if one.URL.ValueString() == "" {
		missing("url", "GATEHOUSE_PANEL_URL")
	}
	if one.Password.ValueString() == "" {
		missing("password", "GATEHOUSE_PANEL_PASSWORD")
	}
	if diags.HasError() {
		return diags
	}
	timeout, _ := time.ParseDuration(one.RequestTimeout.ValueString()) // validated before
	paths := map[basip.Operation]string{}
	for op, value := range one.APIPaths.Elements() {
		if text, ok := value.(types.String); ok {
			paths[basip.Operation(op)] = text.ValueString()
		}
	}
	client, err := basip.New(basip.Config{
		Name:         name,
		URL:          one.URL.ValueString(),
		Username:     one.username(),
		Password:     one.Password.ValueString(),
		SerialNumber: one.SerialNumber.ValueString(),
		TLS: transport.TLS{
			CACertificate:      one.CACertificate.ValueString(),
			ServerName:         one.TLSServerName.ValueString(),
			InsecureSkipVerify: one.InsecureSkipTLSVerify.ValueBool(),
		},
		RequestTimeout: timeout,
		Paths:          paths,
		UserAgent:      "terraform-provider-gatehouse/" + p.version,
		RetryBackoff:   p.retry.Backoff,
		Outage:         p.outage,
		Backoff:        p.backoff,
		Settle:         p.settle,
		MaxItems:       shared.maxItems,
		Company:        shared.company,
		Accept:         func(device basip.Device) error { return registry.Accept(name, device) },
	})
	if err != nil {
		diags.AddAttributeError(at, "Invalid panel", err.Error())
		return diags
	}
	registry.Add(client)
	return nil
}

// username returns the account's name with its default.
func (m panelModel) username() string {
	if m.Username.IsNull() {
		return factoryUsername
	}
	return m.Username.ValueString()
}

// unknownAttributes names what of the panel is not known yet.
func (m panelModel) unknownAttributes() []string {
	var names []string
	for _, attribute := range []struct {
		name    string
		unknown bool
	}{
		{"url", m.URL.IsUnknown()},
		{"username", m.Username.IsUnknown()},
		{"password", m.Password.IsUnknown()},
		{"ca_certificate", m.CACertificate.IsUnknown()},
		{"tls_server_name", m.TLSServerName.IsUnknown()},
		{"insecure_skip_tls_verify", m.InsecureSkipTLSVerify.IsUnknown()},
		{"serial_number", m.SerialNumber.IsUnknown()},
		{"request_timeout", m.RequestTimeout.IsUnknown()},
		{"api_paths", m.APIPaths.IsUnknown() || hasUnknown(m.APIPaths)},
	} {
		if attribute.unknown {
			names = append(names, attribute.name)
		}
	}
	return names
}

// insecurePanels warns once of plain http and once of factory passwords.
func insecurePanels(panels []panelBlock) diag.Diagnostics {
	var diags diag.Diagnostics
	var plain, factory []string
	for _, one := range panels {
		name := one.name()
		base, err := basip.ParseURL(one.URL.ValueString())
		if err == nil && base.Scheme == "http" && !isLoopback(base.Hostname()) {
			plain = append(plain, name)
		}
		if one.Password.ValueString() == factoryPassword && one.username() == factoryUsername {
			factory = append(factory, name)
		}
	}
	const silence = "Set acknowledge_insecure = true to silence this warning."
	if len(plain) > 0 {
		diags.AddAttributeWarning(path.Root("panel"), "Panels over plain http",
			fmt.Sprintf("Names, door codes and a hash that is as good as the password travel in clear to: %s. "+
				"Use https where the panel or a proxy in front of it offers it, and a network of its own for panels where not. %s", strings.Join(plain, ", "), silence))
	}
	if len(factory) > 0 {
		diags.AddAttributeWarning(path.Root("panel"), "Panels with the factory password",
			fmt.Sprintf("The password that panels are delivered with is public. Change it on: %s. %s", strings.Join(factory, ", "), silence))
	}
	return diags
}

// isLoopback reports whether a URL's host is this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func hasUnknown(m types.Map) bool {
	for _, value := range m.Elements() {
		if value.IsUnknown() {
			return true
		}
	}
	return false
}
