package panel

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/instanttype"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

// night is a configuration that is right, for tests to change. repeat are the
// attributes of repeat that are not null; with none of them repeat is null.
func night(repeat map[string]attr.Value) timeProfileModel {
	m := timeProfileModel{
		Name:   types.StringValue("Night"),
		Start:  instanttype.NewInstantValue("2027-03-01T20:00:00+01:00"),
		End:    instanttype.NewInstantValue("2027-03-02T05:00:00+01:00"),
		Repeat: types.ObjectNull(repeatAttrTypes()),
	}
	if repeat == nil {
		return m
	}
	attributes := map[string]attr.Value{}
	for name, typ := range repeatAttrTypes() {
		if value, ok := repeat[name]; ok {
			attributes[name] = value
			continue
		}
		ctx := context.Background()
		null, err := typ.ValueFromTerraform(ctx, tftypes.NewValue(typ.TerraformType(ctx), nil))
		if err != nil {
			panic(err)
		}
		attributes[name] = null
	}
	m.Repeat = types.ObjectValueMust(repeatAttrTypes(), attributes)
	return m
}

func words(list ...string) types.Set {
	values := make([]attr.Value, len(list))
	for i, word := range list {
		values[i] = types.StringValue(word)
	}
	return types.SetValueMust(types.StringType, values)
}

func numbers(list ...int64) types.Set {
	values := make([]attr.Value, len(list))
	for i, n := range list {
		values[i] = types.Int64Value(n)
	}
	return types.SetValueMust(types.Int64Type, values)
}

// repeats are recurrences with the attributes that describe them in full.
func repeats() map[string]struct {
	attributes map[string]attr.Value
	recurrence basip.Recurrence
} {
	until := int64(1830297600)
	return map[string]struct {
		attributes map[string]attr.Value
		recurrence basip.Recurrence
	}{
		"daily": {
			map[string]attr.Value{"every": types.StringValue("day"), "interval": types.Int64Value(1)},
			basip.Recurrence{Every: basip.Daily, Interval: 1},
		},
		"every 1000 days until": {
			map[string]attr.Value{
				"every": types.StringValue("day"), "interval": types.Int64Value(1000),
				"until": instanttype.NewInstantValue("2028-01-01T00:00:00Z"),
			},
			basip.Recurrence{Every: basip.Daily, Interval: 1000, Until: &until},
		},
		"every two weeks": {
			map[string]attr.Value{"every": types.StringValue("week"), "interval": types.Int64Value(2)},
			basip.Recurrence{Every: basip.Weekly, Interval: 2},
		},
		"work week": {
			map[string]attr.Value{
				"every": types.StringValue("week"), "interval": types.Int64Value(1),
				"weekdays": words("monday", "tuesday", "wednesday", "thursday", "friday"),
			},
			basip.Recurrence{Every: basip.Weekly, Interval: 1, Weekdays: []time.Weekday{1, 2, 3, 4, 5}},
		},
		"Sundays": {
			map[string]attr.Value{
				"every": types.StringValue("week"), "interval": types.Int64Value(3), "weekdays": words("sunday"),
			},
			basip.Recurrence{Every: basip.Weekly, Interval: 3, Weekdays: []time.Weekday{time.Sunday}},
		},
		"monthly": {
			map[string]attr.Value{"every": types.StringValue("month"), "interval": types.Int64Value(1)},
			basip.Recurrence{Every: basip.Monthly, Interval: 1},
		},
		"days of the month": {
			map[string]attr.Value{
				"every": types.StringValue("month"), "interval": types.Int64Value(6), "month_days": numbers(1, 15, 31),
			},
			basip.Recurrence{Every: basip.Monthly, Interval: 6, MonthDays: []int{1, 15, 31}},
		},
		"last day off of the month": {
			map[string]attr.Value{
				"every": types.StringValue("month"), "interval": types.Int64Value(1),
				"week_of_month": types.StringValue("last"), "day_type": types.StringValue("day_off"),
			},
			basip.Recurrence{Every: basip.Monthly, Interval: 1, Nth: &basip.NthDay{Week: basip.LastWeek, Day: basip.DayOff}},
		},
		"yearly": {
			map[string]attr.Value{"every": types.StringValue("year"), "interval": types.Int64Value(1)},
			basip.Recurrence{Every: basip.Yearly, Interval: 1},
		},
		"first Monday of May and June": {
			map[string]attr.Value{
				"every": types.StringValue("year"), "interval": types.Int64Value(2), "months": numbers(5, 6),
				"week_of_month": types.StringValue("first"), "day_type": types.StringValue("monday"),
			},
			basip.Recurrence{
				Every: basip.Yearly, Interval: 2, Months: []time.Month{5, 6},
				Nth: &basip.NthDay{Week: basip.FirstWeek, Day: basip.DayMonday},
			},
		},
	}
}

func TestTimeProfileModelBothWays(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, form := range repeats() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			configured := night(form.attributes)
			configured.LinkID = uuidtype.NewUUIDValue(uuid.MustParse(lowerUUID))
			configured.AllDay = types.BoolValue(true)
			configured.Schedule = configured.schedule(ctx)
			want := basip.TimeProfile{
				LinkID: uuid.MustParse(lowerUUID), Name: "Night", AllDay: true,
				From: 1803927600, To: 1803960000, Repeat: &form.recurrence,
			}
			got, diags := configured.profile(ctx)
			if diags.HasError() || !reflect.DeepEqual(got, want) {
				t.Fatalf("profile() = %+v, %v; want %+v", got, diags, want)
			}

			// What the panel holds is what was configured, to the letter.
			refreshed := configured
			if diags := refreshed.setProfile(ctx, got); diags.HasError() || !reflect.DeepEqual(refreshed, configured) {
				t.Errorf("setProfile() made %+v, %v\nwant %+v", refreshed, diags, configured)
			}

			// An import begins with nothing and gives the same profile again.
			var imported timeProfileModel
			if diags := imported.setProfile(ctx, got); diags.HasError() {
				t.Fatalf("setProfile() of an import: %v", diags)
			}
			if !imported.Repeat.Equal(configured.Repeat) {
				t.Errorf("import has repeat %s, want %s", imported.Repeat, configured.Repeat)
			}
			if again, diags := imported.profile(ctx); diags.HasError() || !reflect.DeepEqual(again, want) {
				t.Errorf("profile() of an import = %+v, %v; want %+v", again, diags, want)
			}
		})
	}
}

func TestProfileTakesDefaults(t *testing.T) {
	t.Parallel()
	m := night(map[string]attr.Value{"every": types.StringValue("day")})
	got, diags := m.profile(context.Background())
	if diags.HasError() || got.AllDay || got.Repeat == nil || got.Repeat.Interval != 1 || got.LinkID != uuid.Nil {
		t.Errorf("profile() = %+v, %v", got, diags)
	}
	if got, diags := night(nil).profile(context.Background()); diags.HasError() || got.Repeat != nil {
		t.Errorf("profile() = %+v, %v", got, diags)
	}
}

func TestProfileMustBeKnown(t *testing.T) {
	t.Parallel()
	repeat := path.Root("repeat")
	daily := func(name string, value attr.Value) map[string]attr.Value {
		return map[string]attr.Value{"every": types.StringValue("day"), name: value}
	}
	someUnknown := types.SetValueMust(types.StringType, []attr.Value{types.StringValue("monday"), types.StringUnknown()})
	tests := map[string]struct {
		model timeProfileModel
		at    path.Path
	}{
		"name":     {changed(func(m *timeProfileModel) { m.Name = types.StringUnknown() }), path.Root("name")},
		"no name":  {changed(func(m *timeProfileModel) { m.Name = types.StringNull() }), path.Root("name")},
		"start":    {changed(func(m *timeProfileModel) { m.Start = instanttype.NewInstantUnknown() }), path.Root("start")},
		"end":      {changed(func(m *timeProfileModel) { m.End = instanttype.NewInstantValue("x") }), path.Root("end")},
		"all_day":  {changed(func(m *timeProfileModel) { m.AllDay = types.BoolUnknown() }), path.Root("all_day")},
		"repeat":   {changed(func(m *timeProfileModel) { m.Repeat = types.ObjectUnknown(repeatAttrTypes()) }), repeat},
		"every":    {night(map[string]attr.Value{"every": types.StringUnknown()}), repeat.AtName("every")},
		"interval": {night(daily("interval", types.Int64Unknown())), repeat.AtName("interval")},
		"weekdays": {night(daily("weekdays", types.SetUnknown(types.StringType))), repeat.AtName("weekdays")},
		"a weekday": {
			night(map[string]attr.Value{"every": types.StringValue("week"), "weekdays": someUnknown}), repeat.AtName("weekdays"),
		},
		"month_days":    {night(daily("month_days", types.SetUnknown(types.Int64Type))), repeat.AtName("month_days")},
		"months":        {night(daily("months", types.SetUnknown(types.Int64Type))), repeat.AtName("months")},
		"week_of_month": {night(daily("week_of_month", types.StringUnknown())), repeat.AtName("week_of_month")},
		"day_type":      {night(daily("day_type", types.StringUnknown())), repeat.AtName("day_type")},
		"until":         {night(daily("until", instanttype.NewInstantUnknown())), repeat.AtName("until")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, diags := test.model.profile(context.Background())
			if got := diagnosticPaths(diags); !reflect.DeepEqual(got, []string{test.at.String()}) {
				t.Errorf("errors at %v, want one at %s: %v", got, test.at, diags)
			}
		})
	}
}

func TestProfileIsChecked(t *testing.T) {
	t.Parallel()
	m := night(map[string]attr.Value{"every": types.StringValue("week"), "interval": types.Int64Value(3)})
	_, diags := m.profile(context.Background())
	if got := diagnosticPaths(diags); !reflect.DeepEqual(got, []string{"repeat.weekdays"}) {
		t.Errorf("errors at %v", got)
	}
}

// changed is night with a change.
func changed(change func(*timeProfileModel)) timeProfileModel {
	m := night(nil)
	change(&m)
	return m
}

func TestSetProfileShowsDrift(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	m := night(map[string]attr.Value{
		"every": types.StringValue("day"), "interval": types.Int64Value(1),
		"until": instanttype.NewInstantValue("2028-01-01T01:00:00+01:00"),
	})
	m.Panel = types.StringValue("north")
	m.LinkID = uuidtype.UUIDValue{StringValue: types.StringValue(upperUUID)}
	held, diags := m.profile(ctx)
	if diags.HasError() {
		t.Fatal(diags)
	}
	uid := int64(7)
	held.UID = &uid
	held.Name = "Nacht"
	held.To += 3600
	if diags := m.setProfile(ctx, held); diags.HasError() {
		t.Fatal(diags)
	}
	for name, pair := range map[string][2]string{
		"panel":   {m.Panel.ValueString(), "north"},
		"link_id": {m.LinkID.ValueString(), upperUUID},
		"name":    {m.Name.ValueString(), "Nacht"},
		"start":   {m.Start.ValueString(), "2027-03-01T20:00:00+01:00"},
		"end":     {m.End.ValueString(), "2027-03-02T05:00:00Z"},
		"until":   {m.repeat().Until.ValueString(), "2028-01-01T01:00:00+01:00"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", name, pair[0], pair[1])
		}
	}
	if m.UID.ValueInt64() != 7 || m.AllDay.ValueBool() || m.AllDay.IsNull() {
		t.Errorf("uid is %s, all_day is %s", m.UID, m.AllDay)
	}

	held.Repeat, held.UID = nil, nil
	if diags := m.setProfile(ctx, held); diags.HasError() || !m.Repeat.IsNull() || !m.UID.IsNull() {
		t.Errorf("repeat is %s, uid is %s, %v", m.Repeat, m.UID, diags)
	}
	if !m.Repeat.Type(ctx).Equal(types.ObjectType{AttrTypes: repeatAttrTypes()}) {
		t.Errorf("the type of a null repeat is %s", m.Repeat.Type(ctx))
	}
}

func TestSetProfileMadeAtThePanel(t *testing.T) {
	t.Parallel()
	var m timeProfileModel
	if diags := m.setProfile(context.Background(), basip.TimeProfile{Name: "Night"}); diags.HasError() || !m.LinkID.IsNull() {
		t.Errorf("link_id is %s, %v", m.LinkID, diags)
	}
}

func TestSetProfileWarnsOfTimesOutOfRange(t *testing.T) {
	t.Parallel()
	until := instanttype.MaxUnix + 1
	var m timeProfileModel
	diags := m.setProfile(context.Background(), basip.TimeProfile{
		Name: "Night", From: -1, To: 1 << 60,
		Repeat: &basip.Recurrence{Every: basip.Daily, Interval: 1, Until: &until},
	})
	if got := diagnosticPaths(diags); diags.HasError() || !reflect.DeepEqual(got, []string{"start", "end", "repeat.until"}) {
		t.Errorf("warnings at %v: %v", got, diags)
	}
	if repeat := m.repeat(); !m.Start.IsNull() || !m.End.IsNull() || !repeat.Until.IsNull() || repeat.Every.ValueString() != "day" {
		t.Errorf("start is %s, end is %s, repeat is %s", m.Start, m.End, m.Repeat)
	}
}

// FuzzTimeProfileModel takes profiles through a model and back.
func FuzzTimeProfileModel(f *testing.F) {
	f.Add("Night", false, int64(1), int64(2), uint8(0), int16(1), uint8(0), uint32(0), uint16(0), uint8(0), false, int64(0))
	f.Add("Week", true, int64(1), int64(1), uint8(2), int16(5), uint8(0b0111110), uint32(0), uint16(0), uint8(0), true, int64(3))
	f.Add("Month", false, int64(1), int64(2), uint8(3), int16(6), uint8(0), uint32(1<<30|1), uint16(0), uint8(0), false, int64(0))
	f.Add("Year", false, int64(1), int64(2), uint8(4), int16(1), uint8(0), uint32(0), uint16(0b11), uint8(54), true, int64(1)<<33)

	f.Fuzz(func(t *testing.T, name string, allDay bool, from, to int64, period uint8, interval int16,
		weekdays uint8, monthDays uint32, months uint16, nth uint8, ends bool, until int64,
	) {
		ctx := context.Background()
		want := basip.TimeProfile{Name: name, AllDay: allDay, From: from, To: to}
		if n := int(period) % (len(basip.Periods()) + 1); n > 0 {
			r := &basip.Recurrence{Every: basip.Periods()[n-1], Interval: int(interval)}
			for i := range 7 { // from Monday on, as a panel lists them
				if weekdays&(1<<i) != 0 {
					r.Weekdays = append(r.Weekdays, time.Weekday((i+1)%7))
				}
			}
			for i := range 31 {
				if monthDays&(1<<i) != 0 {
					r.MonthDays = append(r.MonthDays, i+1)
				}
			}
			for i := range 12 {
				if months&(1<<i) != 0 {
					r.Months = append(r.Months, time.Month(i+1))
				}
			}
			if weeks, days := basip.WeeksOfMonth(), basip.DayKinds(); int(nth)%(len(weeks)*len(days)+1) > 0 {
				k := int(nth)%(len(weeks)*len(days)+1) - 1
				r.Nth = &basip.NthDay{Week: weeks[k%len(weeks)], Day: days[k/len(weeks)]}
			}
			if ends {
				r.Until = &until
			}
			want.Repeat = r
		}
		inRange := func(n int64) bool { return n >= instanttype.MinUnix && n <= instanttype.MaxUnix }
		if want.Check(basip.Offsets{}) != nil || !inRange(from) || !inRange(to) || ends && !inRange(until) {
			return
		}
		var m timeProfileModel
		if diags := m.setProfile(ctx, want); diags.HasError() {
			t.Fatalf("setProfile(%+v): %v", want, diags)
		}
		if diags := validateTimeProfile(ctx, m); len(diags) > 0 {
			t.Fatalf("validate %+v: %v", want, diags)
		}
		if got, diags := m.profile(ctx); diags.HasError() || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v became %+v, %v", want, got, diags)
		}
	})
}
