package panel

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

// userModel is gatehouse_panel_user.
type userModel struct {
	Panel           types.String       `tfsdk:"panel"`
	LinkID          uuidtype.UUIDValue `tfsdk:"link_id"`
	Name            types.String       `tfsdk:"name"`
	Info            types.String       `tfsdk:"info"`
	Lock            types.String       `tfsdk:"lock"`
	AuthFactors     types.Set          `tfsdk:"auth_factors"`
	TimeProfiles    types.Set          `tfsdk:"time_profiles"`
	ApartmentLinkID uuidtype.UUIDValue `tfsdk:"apartment_link_id"`
	UID             types.Int64        `tfsdk:"uid"`
	HasDuplicates   types.Bool         `tfsdk:"has_duplicates"`
	Timeouts        timeouts.Value     `tfsdk:"timeouts"`
}

// managedReferences says which references the configuration spoke of when it was
// last applied. It is kept as private state: taking such an attribute out of the
// configuration takes the reference off the panel, while a reference that the
// configuration never spoke of is the panel's own.
type managedReferences struct {
	TimeProfiles bool `json:"time_profiles"`
	Apartment    bool `json:"apartment_link_id"`
}

// managed returns which references m, a configuration, speaks of.
func (m userModel) managed() managedReferences {
	return managedReferences{TimeProfiles: !m.TimeProfiles.IsNull(), Apartment: !m.ApartmentLinkID.IsNull()}
}

// onto returns user with what the plan m says put over it. References that
// neither the configuration nor, until now, the state speaks of stay as they are.
func (m userModel) onto(ctx context.Context, user basip.User, config, prior userModel) (basip.User, diag.Diagnostics) {
	var diags diag.Diagnostics
	user.Name, user.Info = m.Name.ValueString(), m.Info.ValueString()
	user.Lock = basip.Lock(m.Lock.ValueString())
	user.CustomAccess, user.AuthFactors = !m.AuthFactors.IsNull(), nil
	diags.Append(m.AuthFactors.ElementsAs(ctx, &user.AuthFactors, false)...)
	switch {
	case !config.TimeProfiles.IsNull():
		ids, d := uuids(ctx, m.TimeProfiles)
		diags.Append(d...)
		user.TimeProfiles = basip.RefersTo(ids...)
	case len(m.TimeProfiles.Elements()) == 0 && !m.TimeProfiles.IsUnknown() && len(prior.TimeProfiles.Elements()) > 0:
		user.TimeProfiles = basip.RefersTo()
	}
	switch {
	case !config.ApartmentLinkID.IsNull():
		user.Apartment = basip.Apartment{Known: true, LinkID: m.ApartmentLinkID.ValueUUID()}
	case m.ApartmentLinkID.IsNull() && !prior.ApartmentLinkID.IsNull():
		user.Apartment = basip.Apartment{Known: true}
	case user.Apartment.LinkID == uuid.Nil && !user.Apartment.Local: // what is unset is not sent
		user.Apartment = basip.Apartment{}
	}
	return user, diags
}

// setUser puts what the panel holds into m, which holds the state or the plan so
// far. Where the panel tells nothing, m stays as it is; what means the same keeps
// its spelling.
func (m *userModel) setUser(held basip.Stored[basip.User]) diag.Diagnostics {
	var diags diag.Diagnostics
	user := held.Held
	m.LinkID = respelled(m.LinkID, user.LinkID)
	m.Name, m.Info = types.StringValue(user.Name), types.StringValue(user.Info)
	m.Lock = types.StringValue(string(user.Lock))
	m.UID = types.Int64PointerValue(user.UID)
	m.HasDuplicates = types.BoolValue(held.HasDuplicates)

	m.AuthFactors = types.SetNull(types.StringType)
	if user.CustomAccess {
		factors := make([]attr.Value, len(user.AuthFactors))
		for i, factor := range user.AuthFactors {
			factors[i] = types.StringValue(factor)
		}
		set, d := types.SetValue(types.StringType, factors)
		diags.Append(d...)
		m.AuthFactors = set
	}
	switch profiles := user.TimeProfiles; {
	case profiles.Known && sameUUIDs(m.TimeProfiles, profiles.IDs): // in the spelling that m has
	case profiles.Known && (len(profiles.IDs) > 0 || !m.TimeProfiles.IsNull() && !m.TimeProfiles.IsUnknown()):
		set, d := uuidSet(m.TimeProfiles, profiles.IDs)
		diags.Append(d...)
		m.TimeProfiles = set
	case m.TimeProfiles.IsUnknown():
		m.TimeProfiles = types.SetNull(uuidtype.UUIDType{})
	}
	switch {
	case user.Apartment.Known && user.Apartment.LinkID != uuid.Nil:
		m.ApartmentLinkID = respelled(m.ApartmentLinkID, user.Apartment.LinkID)
	case user.Apartment.Known || m.ApartmentLinkID.IsUnknown():
		m.ApartmentLinkID = uuidtype.NewUUIDNull()
	}
	return diags
}

// keepPlanned keeps what the plan promised of attributes that the configuration
// does not speak of. If the panel came to hold something else meanwhile, the next
// refresh shows it.
func (m *userModel) keepPlanned(planned, config userModel) {
	if config.TimeProfiles.IsNull() && !planned.TimeProfiles.IsUnknown() {
		m.TimeProfiles = planned.TimeProfiles
	}
	if config.ApartmentLinkID.IsNull() && !planned.ApartmentLinkID.IsUnknown() {
		m.ApartmentLinkID = planned.ApartmentLinkID
	}
	if !planned.HasDuplicates.IsUnknown() {
		m.HasDuplicates = planned.HasDuplicates
	}
	if !planned.UID.IsUnknown() {
		m.UID = planned.UID
	}
}

// sameOnPanel reports whether m plans what the panel is known to hold by state. An
// attribute that is not known may be another one.
func (m userModel) sameOnPanel(state userModel) bool {
	return m.LinkID.Equal(state.LinkID) && m.Name.Equal(state.Name) && m.Info.Equal(state.Info) && m.Lock.Equal(state.Lock) &&
		m.AuthFactors.Equal(state.AuthFactors) && m.TimeProfiles.Equal(state.TimeProfiles) && m.ApartmentLinkID.Equal(state.ApartmentLinkID) &&
		m.UID.Equal(state.UID) && m.HasDuplicates.Equal(state.HasDuplicates)
}

// forget makes null what is not known, for a state that must be saved although
// the panel could not be read.
func (m *userModel) forget() {
	if m.TimeProfiles.IsUnknown() {
		m.TimeProfiles = types.SetNull(uuidtype.UUIDType{})
	}
	if m.ApartmentLinkID.IsUnknown() {
		m.ApartmentLinkID = uuidtype.NewUUIDNull()
	}
	m.UID, m.HasDuplicates = types.Int64Null(), types.BoolNull()
}

// respelled returns id, in the spelling of prior if that is the same UUID.
func respelled(prior uuidtype.UUIDValue, id uuid.UUID) uuidtype.UUIDValue {
	if strings.EqualFold(prior.ValueString(), id.String()) {
		return prior
	}
	return uuidtype.NewUUIDValue(id)
}

// uuids returns the UUIDs of a set of them.
func uuids(ctx context.Context, set types.Set) ([]uuid.UUID, diag.Diagnostics) {
	var values []uuidtype.UUIDValue
	diags := set.ElementsAs(ctx, &values, false)
	ids := make([]uuid.UUID, len(values))
	for i, value := range values {
		ids[i] = value.ValueUUID()
	}
	return ids, diags
}

// uuidSet returns ids as a set, each in the spelling that prior has for it.
func uuidSet(prior types.Set, ids []uuid.UUID) (types.Set, diag.Diagnostics) {
	spelled := map[string]attr.Value{}
	for _, element := range prior.Elements() {
		if value, ok := element.(uuidtype.UUIDValue); ok {
			spelled[strings.ToLower(value.ValueString())] = value
		}
	}
	elements := make([]attr.Value, len(ids))
	for i, id := range ids {
		elements[i] = uuidtype.NewUUIDValue(id)
		if value, ok := spelled[id.String()]; ok {
			elements[i] = value
		}
	}
	return types.SetValue(uuidtype.UUIDType{}, elements)
}

// sameUUIDs reports whether a set that is known holds these UUIDs and no others. One
// that is in the set in two spellings counts once.
func sameUUIDs(set types.Set, ids []uuid.UUID) bool {
	if set.IsNull() || set.IsUnknown() {
		return false
	}
	in := map[string]bool{}
	for _, id := range ids {
		in[id.String()] = true
	}
	seen := map[string]bool{}
	for _, element := range set.Elements() {
		value, ok := element.(uuidtype.UUIDValue)
		id := strings.ToLower(value.ValueString())
		if !ok || !in[id] {
			return false
		}
		seen[id] = true
	}
	return len(seen) == len(in)
}
