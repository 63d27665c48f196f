package provider

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// panelName is what a panel may be called: its name is the first part of an
// import ID.
var panelName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

// ValidateConfig implements provider.ProviderWithValidateConfig. What is not
// known yet is passed over; what may come from the environment is judged when
// the provider is configured.
func (p *gatehouseProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	panels, diags := config.panels(ctx)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(validatePanels(panels.blocks)...)
	block, diags := config.sailpoint(ctx)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(validateSailpoint(block)...)
}

// panelBlock is a panel block and its place in the configuration.
type panelBlock struct {
	panelModel
	at path.Path
}

// name returns the panel's name, empty if it is not known yet.
func (b panelBlock) name() string { return b.Name.ValueString() }

// panelBlocks are the panel blocks that are known.
type panelBlocks struct {
	blocks []panelBlock
	whole  bool // the names of all panels are known
}

// panels decodes the panel blocks.
func (m providerModel) panels(ctx context.Context) (panelBlocks, diag.Diagnostics) {
	panels := panelBlocks{whole: !m.Panels.IsUnknown()}
	var diags diag.Diagnostics
	for i, value := range m.Panels.Elements() {
		object, ok := value.(types.Object)
		if !ok || object.IsUnknown() || object.IsNull() {
			panels.whole = false
			continue
		}
		one := panelBlock{at: path.Root("panel").AtListIndex(i)}
		diags.Append(object.As(ctx, &one.panelModel, basetypes.ObjectAsOptions{})...)
		panels.whole = panels.whole && !one.Name.IsUnknown()
		panels.blocks = append(panels.blocks, one)
	}
	return panels, diags
}

// validatePanels checks every known value of every panel.
func validatePanels(panels []panelBlock) diag.Diagnostics {
	var diags diag.Diagnostics
	byURL, byName := map[string]string{}, map[string]bool{}
	for _, one := range panels {
		name, at := one.name(), one.at
		fail := func(attribute path.Path, summary, format string, args ...any) {
			diags.AddAttributeError(attribute, summary, fmt.Sprintf("Panel %q: ", name)+fmt.Sprintf(format, args...))
		}
		if known(one.Name) {
			if !panelName.MatchString(name) {
				fail(at.AtName("name"), "Invalid panel name", "a name begins with a letter or digit and goes on with letters, digits, '.', '_' and '-', since it is a part of import IDs.")
			}
			if byName[name] {
				fail(at.AtName("name"), "Panel name used twice", "two panel blocks have this name. Give each panel a name of its own.")
			}
			byName[name] = true
		}
		if known(one.URL) {
			base, err := basip.ParseURL(one.URL.ValueString())
			if err != nil {
				fail(at.AtName("url"), "Invalid panel URL", "the url cannot be used: %s. Write it like \"http://192.0.2.10\" or \"https://lobby.example.com\".", err)
			} else if other, taken := byURL[address(base)]; taken {
				fail(at.AtName("url"), "Two panels at one address", "panel %q has the same url. Requests to one panel are sent one after the other, which needs one name for each panel.", other)
			} else {
				byURL[address(base)] = name
			}
		}
		if known(one.CACertificate) {
			if _, err := transport.ParseCACertificate(one.CACertificate.ValueString()); err != nil {
				fail(at.AtName("ca_certificate"), "Invalid CA certificate", "the certificate cannot be used: %s.", err)
			}
		}
		if known(one.RequestTimeout) {
			if timeout, err := time.ParseDuration(one.RequestTimeout.ValueString()); err != nil || timeout <= 0 {
				fail(at.AtName("request_timeout"), "Invalid request timeout", "%q is not a duration above zero. Write it like \"10s\" or \"1m30s\".", one.RequestTimeout.ValueString())
			}
		}
		for op, value := range one.APIPaths.Elements() {
			text, ok := value.(types.String)
			if !ok || !known(text) || !slices.Contains(basip.Operations(), basip.Operation(op)) { // the schema has refused that
				continue
			}
			if err := basip.CheckPath(basip.Operation(op), text.ValueString()); err != nil {
				fail(at.AtName("api_paths").AtMapKey(op), "Invalid API path", "%s.", err)
			}
		}
	}
	return diags
}

// address is a URL in the one spelling that tells whether two are the same.
func address(base *url.URL) string {
	port := base.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[base.Scheme]
	}
	return base.Scheme + "://" + net.JoinHostPort(strings.ToLower(base.Hostname()), port) + base.Path
}

func known(value types.String) bool { return !value.IsNull() && !value.IsUnknown() }
