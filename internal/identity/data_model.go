package identity

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
)

// profileData is an identity profile as the data sources tell it: whole, with
// every mapping.
type profileData struct {
	ID                       types.String `tfsdk:"id"`
	Name                     types.String `tfsdk:"name"`
	Description              types.String `tfsdk:"description"`
	OwnerID                  types.String `tfsdk:"owner_id"`
	OwnerName                types.String `tfsdk:"owner_name"`
	Priority                 types.Int64  `tfsdk:"priority"`
	AuthoritativeSourceID    types.String `tfsdk:"authoritative_source_id"`
	AuthoritativeSourceName  types.String `tfsdk:"authoritative_source_name"`
	AttributeMappings        types.Map    `tfsdk:"attribute_mappings"`
	AttributeMappingsEnabled types.Bool   `tfsdk:"attribute_mappings_enabled"`
	Created                  types.String `tfsdk:"created"`
	Modified                 types.String `tfsdk:"modified"`
	IdentityCount            types.Int64  `tfsdk:"identity_count"`
	IdentityRefreshRequired  types.Bool   `tfsdk:"identity_refresh_required"`
	HasTimeBasedAttributes   types.Bool   `tfsdk:"has_time_based_attributes"`
}

// dataOf returns what a data source tells of a profile.
func dataOf(ctx context.Context, p isc.Profile) (profileData, diag.Diagnostics) {
	elements := map[string]mapping{}
	for name, held := range p.Mappings {
		elements[name] = heldMapping(held)
	}
	value, diags := types.MapValueFrom(ctx, mappingType, elements)
	data := profileData{
		ID: types.StringValue(p.ID), Name: types.StringValue(p.Name), Description: types.StringValue(p.Description),
		Priority:                 types.Int64PointerValue(p.Priority),
		AuthoritativeSourceID:    types.StringValue(p.Source.ID),
		AuthoritativeSourceName:  textOrNull(p.Source.Name),
		AttributeMappings:        value,
		AttributeMappingsEnabled: types.BoolValue(p.MappingsEnabled),
		Created:                  textOrNull(p.Created),
		Modified:                 textOrNull(p.Modified),
		IdentityCount:            types.Int64PointerValue(p.IdentityCount),
		IdentityRefreshRequired:  types.BoolValue(p.IdentityRefreshRequired),
		HasTimeBasedAttributes:   types.BoolValue(p.HasTimeBasedAttributes),
	}
	if p.Owner != nil {
		data.OwnerID, data.OwnerName = textOrNull(p.Owner.ID), textOrNull(p.Owner.Name)
	}
	return data, diags
}

// profileDataTypes is the type of one element of profiles.
func profileDataTypes() map[string]attr.Type {
	all := map[string]attr.Type{}
	for name, attribute := range profileDataAttributes() {
		all[name] = attribute.GetType()
	}
	return all
}

// profileDataAttributes describes a profile that is only read.
func profileDataAttributes() map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	number := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
	}
	flag := func(description string) schema.BoolAttribute {
		return schema.BoolAttribute{Computed: true, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"id":                        text("The tenant's id of the profile."),
		"name":                      text("The name of the profile."),
		"description":               text("What the profile is for, empty if it is not told."),
		"owner_id":                  text("The id of the identity that owns the profile, null without one."),
		"owner_name":                text("The name of the owner, null without one."),
		"priority":                  number("Which profile an identity belongs to that has accounts on the sources of several: the one with the lowest number."),
		"authoritative_source_id":   text("The id of the source whose accounts make the identities."),
		"authoritative_source_name": text("The name of that source."),
		"attribute_mappings": schema.MapAttribute{
			MarkdownDescription: "How identity attributes are filled, by the name of the identity attribute: `type` is the kind of transform, `attributes` its settings as JSON.",
			Computed:            true,
			ElementType:         mappingType,
		},
		"attribute_mappings_enabled": flag("Whether the mappings are in force."),
		"created":                    text("When the profile was created, as the tenant writes it."),
		"modified":                   text("When the profile was changed last, as the tenant writes it, null if never."),
		"identity_count":             number("How many identities are attached to the profile, null if the tenant does not tell."),
		"identity_refresh_required":  flag("Whether identities wait for being processed anew."),
		"has_time_based_attributes":  flag("Whether an attribute of the profile depends on the time."),
	}
}
