package identity

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
)

var (
	_ datasource.DataSourceWithConfigure        = (*profileDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*profileDataSource)(nil)
)

// profileDataSource is the data source gatehouse_identity_profile.
type profileDataSource struct{ configured }

// NewProfileDataSource returns the data source gatehouse_identity_profile.
func NewProfileDataSource() datasource.DataSource { return &profileDataSource{} }

// Metadata implements datasource.DataSource.
func (d *profileDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_identity_profile"
}

// Schema implements datasource.DataSource.
func (d *profileDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := profileDataAttributes()
	notEmpty := []validator.String{stringvalidator.LengthAtLeast(1)}
	attributes["id"] = schema.StringAttribute{
		MarkdownDescription: "The tenant's id of the profile. Either this or `name` must be given.",
		Optional:            true, Computed: true, Validators: notEmpty,
	}
	attributes["name"] = schema.StringAttribute{
		MarkdownDescription: "The name of the profile, exactly. Either this or `id` must be given.",
		Optional:            true, Computed: true, Validators: notEmpty,
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "One identity profile of a SailPoint Identity Security Cloud tenant, found by id or by name.",
		Attributes:          attributes,
	}
}

// ConfigValidators implements datasource.DataSourceWithConfigValidators.
func (d *profileDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("name"))}
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *profileDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	resp.Diagnostics.Append(d.configure(req.ProviderData)...)
}

// Read implements datasource.DataSource.
func (d *profileDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config profileData
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	client, diags := d.tenant.connected()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()

	var profile isc.Profile
	var err error
	if config.ID.IsNull() {
		profile, err = client.ProfileByName(ctx, config.Name.ValueString())
	} else {
		profile, err = client.Profile(ctx, config.ID.ValueString())
	}
	if err != nil {
		at := path.Root("name")
		if !config.ID.IsNull() {
			at = path.Root("id")
		}
		resp.Diagnostics.AddAttributeError(at, cause(err, "Could not read identity profile"), sentence(err))
		return
	}
	data, diags := dataOf(ctx, profile)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}
