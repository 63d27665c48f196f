package identity

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
)

var _ datasource.DataSourceWithConfigure = (*profilesDataSource)(nil)

// profilesDataSource is the data source gatehouse_identity_profiles.
type profilesDataSource struct{ configured }

// NewProfilesDataSource returns the data source gatehouse_identity_profiles.
func NewProfilesDataSource() datasource.DataSource { return &profilesDataSource{} }

// profilesModel is gatehouse_identity_profiles.
type profilesModel struct {
	Filter   types.String `tfsdk:"filter"`
	Sort     types.String `tfsdk:"sort"`
	Profiles types.List   `tfsdk:"profiles"`
}

// Metadata implements datasource.DataSource.
func (d *profilesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_identity_profiles"
}

// Schema implements datasource.DataSource.
func (d *profilesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The identity profiles of a SailPoint Identity Security Cloud tenant, all or those of a filter.",
		Attributes: map[string]schema.Attribute{
			"filter": schema.StringAttribute{
				MarkdownDescription: "Which profiles, as the tenant's API takes it, such as `name sw \"Contract\"` or `priority eq 10`. Left out, all of them.",
				Optional:            true,
			},
			"sort": schema.StringAttribute{
				MarkdownDescription: "The order, as the tenant's API takes it: any of `id`, `name`, `priority`, `created`, `modified`, `owner.id` and `owner.name`, separated by commas, with `-` in front for the other direction. Defaults to `id`.",
				Optional:            true,
			},
			"profiles": schema.ListNestedAttribute{
				MarkdownDescription: "The profiles, in that order.",
				Computed:            true,
				NestedObject:        schema.NestedAttributeObject{Attributes: profileDataAttributes()},
			},
		},
	}
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *profilesDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	resp.Diagnostics.Append(d.configure(req.ProviderData)...)
}

// Read implements datasource.DataSource.
func (d *profilesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config profilesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	client, diags := d.tenant.connected()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()

	profiles, err := client.Profiles(ctx, isc.Query{Filters: config.Filter.ValueString(), Sorters: config.Sort.ValueString()})
	if err != nil {
		resp.Diagnostics.AddError(cause(err, "Could not list identity profiles"), sentence(err))
		return
	}
	list := make([]profileData, len(profiles))
	for i, profile := range profiles {
		data, diags := dataOf(ctx, profile)
		resp.Diagnostics.Append(diags...)
		list[i] = data
	}
	value, diags := types.ListValueFrom(ctx, types.ObjectType{AttrTypes: profileDataTypes()}, list)
	resp.Diagnostics.Append(diags...)
	config.Profiles = value
	resp.Diagnostics.Append(resp.State.Set(ctx, config)...)
}
