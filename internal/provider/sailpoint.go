package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/identity"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
)

// sailpointModel is the tenant of the provider block.
type sailpointModel struct {
	BaseURL      types.String `tfsdk:"base_url"`
	ClientID     types.String `tfsdk:"client_id"`
	ClientSecret types.String `tfsdk:"client_secret"`
	APIVersion   types.String `tfsdk:"api_version"`
}

// sailpointBlock describes sailpointModel.
func sailpointBlock() schema.SingleNestedBlock {
	return schema.SingleNestedBlock{
		MarkdownDescription: "The SailPoint Identity Security Cloud tenant that identity profiles are in. A configuration that manages only panels needs none.",
		Attributes: map[string]schema.Attribute{
			"base_url": schema.StringAttribute{
				MarkdownDescription: "The base URL of the tenant's API, such as `https://example.api.identitynow.com`. Required; may come from `SAIL_BASE_URL`.",
				Optional:            true,
			},
			"client_id": schema.StringAttribute{
				MarkdownDescription: "The client id of a personal access token or API client. Required; may come from `SAIL_CLIENT_ID`. To follow the task of a deletion, the token of an administrator is needed; without that right, the profile itself is watched.",
				Optional:            true,
			},
			"client_secret": schema.StringAttribute{
				MarkdownDescription: "The client secret. Required; may come from `SAIL_CLIENT_SECRET`.",
				Optional:            true,
				Sensitive:           true,
			},
			"api_version": schema.StringAttribute{
				MarkdownDescription: "Which version of the tenant's API is spoken: `" + strings.Join(isc.Families(), "`, `") + "`. Defaults to `v1`, the versions of the single services; the others are for tenants that do not have those yet.",
				Optional:            true,
				Validators:          []validator.String{stringvalidator.OneOf(isc.Families()...)},
			},
		},
	}
}

// sailpoint returns the tenant's block, with nulls for what it leaves out.
func (m providerModel) sailpoint(ctx context.Context) (block sailpointModel, diags diag.Diagnostics) {
	if !m.Sailpoint.IsNull() && !m.Sailpoint.IsUnknown() {
		diags = m.Sailpoint.As(ctx, &block, basetypes.ObjectAsOptions{})
	}
	return block, diags
}

// validateSailpoint judges every known value of the tenant's block.
func validateSailpoint(block sailpointModel) (diags diag.Diagnostics) {
	if known(block.BaseURL) {
		if _, err := isc.ParseBaseURL(block.BaseURL.ValueString()); err != nil {
			diags.AddAttributeError(path.Root("sailpoint").AtName("base_url"), "Invalid base URL",
				fmt.Sprintf("The tenant's base_url cannot be used: %s.", err))
		}
	}
	return diags
}

// tenant makes the tenant of the block and the environment. What is missing is an
// error where there is a block; without one, it is told to whoever needs the
// tenant.
func (p *gatehouseProvider) tenant(ctx context.Context, config providerModel, shared bulkSettings) (*identity.Tenant, diag.Diagnostics) {
	block, diags := config.sailpoint(ctx)
	given := !config.Sailpoint.IsNull() && !config.Sailpoint.IsUnknown()
	var missing, unknown []string
	for _, value := range []struct {
		value               *types.String
		attribute, variable string
	}{
		{&block.BaseURL, "base_url", "SAIL_BASE_URL"},
		{&block.ClientID, "client_id", "SAIL_CLIENT_ID"},
		{&block.ClientSecret, "client_secret", "SAIL_CLIENT_SECRET"},
	} {
		if text := p.getenv(value.variable); value.value.IsNull() && text != "" {
			*value.value = types.StringValue(text)
		}
		switch {
		case value.value.IsUnknown():
			unknown = append(unknown, value.attribute)
		case value.value.ValueString() == "":
			missing = append(missing, value.attribute)
			if given {
				diags.AddAttributeError(path.Root("sailpoint").AtName(value.attribute), "Missing tenant "+value.attribute,
					fmt.Sprintf("The tenant has no %s. Set it in the provider block or in the environment variable %s.", value.attribute, value.variable))
			}
		}
	}
	invalid := validateSailpoint(block)
	if given {
		diags.Append(invalid...)
	}
	switch {
	case diags.HasError():
		return nil, diags
	case config.Sailpoint.IsUnknown(), block.APIVersion.IsUnknown():
		return identity.PendingTenant("The provider's sailpoint block is not known before apply."), diags
	case len(unknown) > 0:
		return identity.PendingTenant(fmt.Sprintf("The %s in the provider's sailpoint block is not known before apply.", strings.Join(unknown, " and "))), diags
	case len(missing) > 0:
		return identity.MissingTenant(fmt.Sprintf("The provider block has no sailpoint block, and the environment does not set its %s. "+
			"Add a sailpoint block with base_url, client_id and client_secret, or set SAIL_BASE_URL, SAIL_CLIENT_ID and SAIL_CLIENT_SECRET.", enumerated(missing))), diags
	case invalid.HasError(): // of an environment that may be meant for another program
		return identity.MissingTenant("The provider block has no sailpoint block, and the environment variable SAIL_BASE_URL cannot be used. " + invalid[0].Detail()), diags
	}
	client, err := isc.New(isc.Config{
		BaseURL:      block.BaseURL.ValueString(),
		ClientID:     block.ClientID.ValueString(),
		ClientSecret: block.ClientSecret.ValueString(),
		Family:       block.APIVersion.ValueString(),
		UserAgent:    "terraform-provider-gatehouse/" + p.version,
		Retry:        p.retry,
		Poll:         p.backoff,
		Grace:        p.grace,
		MaxItems:     shared.maxItems,
		Company:      shared.company,
		RateLimit:    p.limit,
	})
	if err != nil {
		diags.AddAttributeError(path.Root("sailpoint"), "Invalid tenant", err.Error())
		return nil, diags
	}
	return identity.NewTenant(client, p.settle), diags
}

// enumerated lists words for a message: a, b and c.
func enumerated(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
