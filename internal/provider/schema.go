package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
)

// providerModel is the provider block.
type providerModel struct {
	Panels              types.List   `tfsdk:"panel"`
	Sailpoint           types.Object `tfsdk:"sailpoint"`
	Bulk                types.Object `tfsdk:"bulk"`
	AcknowledgeInsecure types.Bool   `tfsdk:"acknowledge_insecure"`
	MaxDeletions        types.Int64  `tfsdk:"max_deletions"`
}

// panelModel is one panel block.
type panelModel struct {
	Name                  types.String `tfsdk:"name"`
	URL                   types.String `tfsdk:"url"`
	Username              types.String `tfsdk:"username"`
	Password              types.String `tfsdk:"password"`
	CACertificate         types.String `tfsdk:"ca_certificate"`
	TLSServerName         types.String `tfsdk:"tls_server_name"`
	InsecureSkipTLSVerify types.Bool   `tfsdk:"insecure_skip_tls_verify"`
	SerialNumber          types.String `tfsdk:"serial_number"`
	RequestTimeout        types.String `tfsdk:"request_timeout"`
	APIPaths              types.Map    `tfsdk:"api_paths"`
}

// Schema implements provider.Provider.
func (p *gatehouseProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Access control as code: users and time profiles of BAS-IP door panels, and identity profiles of a SailPoint Identity Security Cloud tenant.",
		Attributes: map[string]schema.Attribute{
			"acknowledge_insecure": schema.BoolAttribute{
				MarkdownDescription: "Whether to silence the warnings about panels that are spoken to over plain http and about panels that still have the factory password. Defaults to `false`.",
				Optional:            true,
			},
			"max_deletions": schema.Int64Attribute{
				MarkdownDescription: "How many panel users and identity profiles one run may delete, replacements included. A plan that deletes more is an error, so that nothing is deleted; an apply refuses each deletion beyond it. " +
					"`0` allows none. Defaults to any number. Each provider configuration counts by itself.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.AtLeast(0)},
			},
		},
		// Terraform drops unknown members of nested attributes without a word
		// (hashicorp/terraform#33570). It reports unknown arguments of blocks.
		Blocks: map[string]schema.Block{
			"panel":     panelSchema(),
			"sailpoint": sailpointBlock(),
			"bulk":      bulkBlock(),
		},
	}
}

// panelSchema describes panelModel.
func panelSchema() schema.ListNestedBlock {
	operations := make([]string, 0, len(basip.Operations()))
	for _, op := range basip.Operations() {
		operations = append(operations, string(op))
	}
	return schema.ListNestedBlock{
		MarkdownDescription: "A door panel, one block for each. " +
			"A panel called `default` takes what it leaves out from the environment; it exists without a block when `GATEHOUSE_PANEL_URL` is set and there is no `panel` block at all.",
		NestedObject: schema.NestedBlockObject{
			Attributes: map[string]schema.Attribute{
				"name": schema.StringAttribute{
					MarkdownDescription: "The name that resources call the panel by, and the first part of their import ids: letters, digits, `.`, `_` and `-`. Each name is used once.",
					Required:            true,
				},
				"url": schema.StringAttribute{
					MarkdownDescription: "The panel's base URL, such as `https://lobby.example.com` or `http://192.0.2.10`. Required; for the panel `default` it may come from `GATEHOUSE_PANEL_URL`.",
					Optional:            true,
				},
				"username": schema.StringAttribute{
					MarkdownDescription: "The name of an account of type admin on the panel. Defaults to `admin`; for the panel `default` it may come from `GATEHOUSE_PANEL_USERNAME`.",
					Optional:            true,
					Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				},
				"password": schema.StringAttribute{
					MarkdownDescription: "The password of that account. Required; for the panel `default` it may come from `GATEHOUSE_PANEL_PASSWORD`.",
					Optional:            true,
					Sensitive:           true,
					Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				},
				"ca_certificate": schema.StringAttribute{
					MarkdownDescription: "The certificate, or several, of the authority that signed an https panel's certificate, in PEM. Defaults to the authorities that this machine trusts; for the panel `default` it may come from `GATEHOUSE_PANEL_CA_CERTIFICATE`.",
					Optional:            true,
				},
				"tls_server_name": schema.StringAttribute{
					MarkdownDescription: "The name that an https panel's certificate must carry. Defaults to the host of `url`; for the panel `default` it may come from `GATEHOUSE_PANEL_TLS_SERVER_NAME`.",
					Optional:            true,
					Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				},
				"insecure_skip_tls_verify": schema.BoolAttribute{
					MarkdownDescription: "Whether to accept any certificate from an https panel, which lets whoever sits between read the password. Defaults to `false`; for the panel `default` it may come from `GATEHOUSE_PANEL_INSECURE_SKIP_TLS_VERIFY`.",
					Optional:            true,
				},
				"serial_number": schema.StringAttribute{
					MarkdownDescription: "The serial number that the panel must answer with; a device with another one is not touched. Defaults to accepting any panel; for the panel `default` it may come from `GATEHOUSE_PANEL_SERIAL_NUMBER`.",
					Optional:            true,
					Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				},
				"request_timeout": schema.StringAttribute{
					MarkdownDescription: "How long one request to the panel may take, as a duration such as `10s` or `1m30s`. Defaults to `10s`; for the panel `default` it may come from `GATEHOUSE_PANEL_REQUEST_TIMEOUT`.",
					Optional:            true,
				},
				"api_paths": schema.MapAttribute{
					MarkdownDescription: "For panels whose firmware keeps an operation elsewhere: the path from the panel's root, with a verb before it if that differs too, by operation. " +
						"Example: `{ users_delete = \"POST /api/v1/access/users/link/delete\" }`. The operations are `" + strings.Join(operations, "`, `") + "`. " +
						"Defaults to the documented paths with their known fallbacks; an operation named here has no fallback.",
					Optional:    true,
					ElementType: types.StringType,
					Validators:  []validator.Map{mapvalidator.KeysAre(stringvalidator.OneOf(operations...))},
				},
			},
		},
	}
}
