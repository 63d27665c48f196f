package panel

import (
	"context"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/instanttype"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/uuidtype"
)

// diagnosticPaths returns where the diagnostics are, "" for none in particular.
func diagnosticPaths(diags diag.Diagnostics) []string {
	var paths []string
	for _, d := range diags {
		at := ""
		if d, ok := d.(diag.DiagnosticWithPath); ok {
			at = d.Path().String()
		}
		paths = append(paths, at)
	}
	return paths
}

func TestValidateTimeProfile(t *testing.T) {
	t.Parallel()
	text, count, at := types.StringValue, types.Int64Value, instanttype.NewInstantValue
	type attributes = map[string]attr.Value
	early, late := at("2027-03-01T00:00:00Z"), at("2027-03-03T00:00:00Z")
	some := types.SetValueMust(types.StringType, []attr.Value{types.StringUnknown()})
	someNull := types.SetValueMust(types.Int64Type, []attr.Value{types.Int64Null(), types.Int64Value(1)})
	someWrong := types.SetValueMust(types.Int64Type, []attr.Value{types.Int64Unknown(), types.Int64Value(45)})

	tests := map[string]struct {
		model timeProfileModel
		paths []string
	}{
		"once":                {night(nil), nil},
		"daily":               {night(attributes{"every": text("day")}), nil},
		"end before start":    {changed(func(m *timeProfileModel) { m.End = early }), []string{"end"}},
		"end at start":        {changed(func(m *timeProfileModel) { m.End = at("2027-03-01T19:00:00Z") }), []string{"end"}},
		"end at start, whole": {changed(func(m *timeProfileModel) { m.End, m.AllDay = m.Start, types.BoolValue(true) }), nil},

		"every":          {night(attributes{"every": text("hour")}), []string{"repeat.every"}},
		"interval 0":     {night(attributes{"every": text("day"), "interval": count(0)}), []string{"repeat.interval"}},
		"interval 1001":  {night(attributes{"every": text("day"), "interval": count(1001)}), []string{"repeat.interval"}},
		"interval 2³²+1": {night(attributes{"every": text("day"), "interval": count(1<<32 + 1)}), []string{"repeat.interval"}},
		"weekday":        {night(attributes{"every": text("week"), "weekdays": words("monday", "Funday")}), []string{"repeat.weekdays"}},
		"month day":      {night(attributes{"every": text("month"), "month_days": numbers(32)}), []string{"repeat.month_days"}},
		"month":          {night(attributes{"every": text("year"), "months": numbers(0, 13)}), []string{"repeat.months", "repeat.months"}},
		"week of month": {
			night(attributes{"every": text("month"), "week_of_month": text("sixth"), "day_type": text("monday")}),
			[]string{"repeat.week_of_month"},
		},
		"day type": {
			night(attributes{"every": text("month"), "week_of_month": text("first"), "day_type": text("holiday")}),
			[]string{"repeat.day_type"},
		},
		"week of month alone": {night(attributes{"every": text("month"), "week_of_month": text("first")}), []string{"repeat.day_type"}},
		"day type alone":      {night(attributes{"every": text("month"), "day_type": text("monday")}), []string{"repeat.week_of_month"}},
		"until":               {night(attributes{"every": text("day"), "until": early}), []string{"repeat.until"}},
		"until later":         {night(attributes{"every": text("day"), "until": late}), nil},

		"empty weekdays":   {night(attributes{"every": text("week"), "weekdays": words()}), []string{"repeat.weekdays"}},
		"empty month_days": {night(attributes{"every": text("month"), "month_days": numbers()}), []string{"repeat.month_days"}},
		"empty months":     {night(attributes{"every": text("year"), "months": numbers()}), []string{"repeat.months"}},
		"null in a set":    {night(attributes{"every": text("month"), "month_days": someNull}), []string{"repeat.month_days"}},

		"weekdays by day":    {night(attributes{"every": text("day"), "weekdays": words("monday")}), []string{"repeat.weekdays"}},
		"month_days by week": {night(attributes{"every": text("week"), "month_days": numbers(1)}), []string{"repeat.month_days"}},
		"months by month":    {night(attributes{"every": text("month"), "months": numbers(1)}), []string{"repeat.months"}},
		"every third week":   {night(attributes{"every": text("week"), "interval": count(3)}), []string{"repeat.weekdays"}},
		"every second month": {night(attributes{"every": text("month"), "interval": count(2)}), []string{"repeat.month_days"}},
		"every second year":  {night(attributes{"every": text("year"), "interval": count(2)}), []string{"repeat.months"}},
		"nth day by week":    {night(attributes{"every": text("week"), "week_of_month": text("last"), "day_type": text("friday")}), []string{"repeat.week_of_month"}},
		"nth day of a year":  {night(attributes{"every": text("year"), "week_of_month": text("last"), "day_type": text("friday")}), []string{"repeat.months"}},
		"nth day with month_days": {
			night(attributes{"every": text("month"), "week_of_month": text("last"), "day_type": text("friday"), "month_days": numbers(1)}),
			[]string{"repeat.week_of_month"},
		},

		// What is not known is not wrong, and does not hide what is.
		"all unknown": {timeProfileModel{
			Name: types.StringUnknown(), Start: instanttype.NewInstantUnknown(), End: instanttype.NewInstantUnknown(),
			AllDay: types.BoolUnknown(), Repeat: types.ObjectUnknown(repeatAttrTypes()),
		}, nil},
		"start unknown": {changed(func(m *timeProfileModel) { m.Start = instanttype.NewInstantUnknown() }), nil},
		"end unknown":   {changed(func(m *timeProfileModel) { m.End = instanttype.NewInstantUnknown() }), nil},
		"all_day unknown, end at start": {
			changed(func(m *timeProfileModel) { m.End, m.AllDay = m.Start, types.BoolUnknown() }), nil,
		},
		"all_day unknown, end before start": {
			changed(func(m *timeProfileModel) { m.End, m.AllDay = early, types.BoolUnknown() }), []string{"end"},
		},
		"start of a wrong form": {changed(func(m *timeProfileModel) { m.Start = at("8:00") }), nil},
		"until of a wrong form": {night(attributes{"every": text("day"), "until": at("8:00")}), nil},
		"until unknown":         {night(attributes{"every": text("day"), "until": instanttype.NewInstantUnknown()}), nil},
		"every unknown":         {night(attributes{"every": types.StringUnknown(), "weekdays": words("monday"), "interval": count(3)}), nil},
		"every unknown, interval wrong": {
			night(attributes{"every": types.StringUnknown(), "interval": count(0)}), []string{"repeat.interval"},
		},
		"every unknown, both ways of a day": {
			night(attributes{
				"every": types.StringUnknown(), "month_days": numbers(1), "week_of_month": text("last"), "day_type": text("friday"),
			}), []string{"repeat.week_of_month"},
		},
		"interval unknown":        {night(attributes{"every": text("week"), "interval": types.Int64Unknown()}), nil},
		"weekdays unknown":        {night(attributes{"every": text("week"), "interval": count(3), "weekdays": types.SetUnknown(types.StringType)}), nil},
		"weekdays unknown by day": {night(attributes{"every": text("day"), "weekdays": types.SetUnknown(types.StringType)}), nil},
		"a weekday unknown":       {night(attributes{"every": text("week"), "interval": count(3), "weekdays": some}), nil},
		"a weekday unknown by day": {
			night(attributes{"every": text("day"), "weekdays": some}), []string{"repeat.weekdays"},
		},
		"a month day unknown, another wrong": {
			night(attributes{"every": text("month"), "month_days": someWrong}), []string{"repeat.month_days"},
		},
		"week_of_month unknown": {
			night(attributes{"every": text("month"), "interval": count(2), "week_of_month": types.StringUnknown()}), nil,
		},
		"day_type unknown": {
			night(attributes{"every": text("week"), "week_of_month": text("last"), "day_type": types.StringUnknown()}), nil,
		},
		"months unknown": {
			night(attributes{
				"every": text("year"), "months": types.SetUnknown(types.Int64Type), "week_of_month": text("last"), "day_type": text("friday"),
			}), nil,
		},
		// A window of ten hours. Whether it overlaps the next one hangs on the days.
		"window longer than a day": {
			night(attributes{"every": text("day"), "until": late}).ending("2027-03-02T21:00:00+01:00"), []string{"end"},
		},
		"window of a day": {night(attributes{"every": text("day")}).ending("2027-03-02T20:00:00+01:00"), nil},
		"weekdays apart":  {night(attributes{"every": text("week"), "weekdays": words("monday", "wednesday")}).ending("2027-03-03T20:00:00+01:00"), nil},
		"weekdays beside each other": {
			night(attributes{"every": text("week"), "weekdays": words("monday", "tuesday")}).ending("2027-03-03T20:00:00+01:00"), []string{"end"},
		},
		"long, start unknown": {
			changed(func(m *timeProfileModel) {
				*m = night(attributes{"every": text("day")}).ending("2028-03-03T20:00:00+01:00")
				m.Start = instanttype.NewInstantUnknown()
			}), nil,
		},
		"long, all_day unknown": {
			changed(func(m *timeProfileModel) {
				*m = night(attributes{"every": text("day")}).ending("2028-03-03T20:00:00+01:00")
				m.AllDay = types.BoolUnknown()
			}), nil,
		},
		"long, repeat unknown": {
			changed(func(m *timeProfileModel) {
				m.End, m.Repeat = at("2028-03-03T20:00:00+01:00"), types.ObjectUnknown(repeatAttrTypes())
			}), nil,
		},
		"long, every unknown":    {night(attributes{"every": types.StringUnknown()}).ending("2028-03-03T20:00:00+01:00"), nil},
		"long, interval unknown": {night(attributes{"every": text("day"), "interval": types.Int64Unknown()}).ending("2028-03-03T20:00:00+01:00"), nil},
		"long, until unknown": {
			night(attributes{"every": text("day"), "until": instanttype.NewInstantUnknown()}).ending("2028-03-03T20:00:00+01:00"), []string{"end"},
		},
		"long, a weekday unknown": {
			night(attributes{"every": text("week"), "weekdays": some}).ending("2027-03-08T20:00:00+01:00"), nil,
		},
		"longer than a week, a weekday unknown": {
			night(attributes{"every": text("week"), "weekdays": some}).ending("2027-03-08T21:00:00+01:00"), []string{"end"},
		},
		"weekdays beside each other, another unknown": {
			night(attributes{
				"every": text("week"), "weekdays": types.SetValueMust(types.StringType, []attr.Value{text("friday"), text("saturday"), types.StringUnknown()}),
			}).ending("2027-03-03T20:00:00+01:00"), []string{"end"},
		},
		"one weekday known, another not": {
			night(attributes{
				"every": text("week"), "weekdays": types.SetValueMust(types.StringType, []attr.Value{text("tuesday"), types.StringUnknown()}),
			}).ending("2027-03-03T20:00:00+01:00"), nil,
		},
		"long, a month day unknown": {
			night(attributes{
				"every": text("month"), "month_days": types.SetValueMust(types.Int64Type, []attr.Value{types.Int64Unknown()}),
			}).ending("2027-03-31T20:00:00+01:00"), nil,
		},
		"several": {
			night(attributes{"every": text("week"), "interval": count(3), "month_days": numbers(40), "until": early}),
			[]string{"repeat.month_days", "repeat.month_days", "repeat.weekdays", "repeat.until"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diags := validateTimeProfile(context.Background(), test.model)
			if got := diagnosticPaths(diags); !reflect.DeepEqual(got, test.paths) {
				t.Errorf("errors at %v, want %v: %v", got, test.paths, diags)
			}
			for _, d := range diags {
				if at := diagnosticPaths(diag.Diagnostics{d})[0]; !strings.HasPrefix(d.Detail(), at+" ") || !strings.HasSuffix(d.Detail(), ".") {
					t.Errorf("detail %q is no sentence about %s", d.Detail(), at)
				}
			}
		})
	}
}

// ending is m with another end.
func (m timeProfileModel) ending(end string) timeProfileModel {
	m.End = instanttype.NewInstantValue(end)
	return m
}

// TestUnknownIsNeverWrong makes every right configuration unknown one attribute
// at a time, each pair of attributes at a time, and so on.
func TestUnknownIsNeverWrong(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, form := range repeats() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			names := []string{"every", "interval", "weekdays", "month_days", "months", "week_of_month", "day_type", "until"}
			for mask := range 1 << len(names) {
				attributes := maps.Clone(form.attributes)
				for i, name := range names {
					if mask&(1<<i) != 0 {
						attributes[name] = unknownOf(name)
					}
				}
				if diags := validateTimeProfile(ctx, night(attributes)); len(diags) > 0 {
					t.Fatalf("with unknowns %v: %v", attributes, diags)
				}
			}
		})
	}
}

// unknownOf is the unknown value of an attribute of repeat.
func unknownOf(name string) attr.Value {
	switch name {
	case "interval":
		return types.Int64Unknown()
	case "weekdays":
		return types.SetUnknown(types.StringType)
	case "month_days", "months":
		return types.SetUnknown(types.Int64Type)
	case "until":
		return instanttype.NewInstantUnknown()
	default:
		return types.StringUnknown()
	}
}

func TestWarnOfTimeProfile(t *testing.T) {
	t.Parallel()
	type attributes = map[string]attr.Value
	text, at := types.StringValue, instanttype.NewInstantValue
	now := time.Date(2028, 6, 1, 0, 0, 0, 0, time.UTC) // later than night
	weekly := func(days types.Set) timeProfileModel {
		return night(attributes{"every": text("week"), "weekdays": days})
	}
	some := types.SetValueMust(types.StringType, []attr.Value{text("friday"), types.StringUnknown()})
	tests := map[string]struct {
		model timeProfileModel
		paths []string
	}{
		"over":                   {night(nil), []string{"end"}},
		"end unknown":            {changed(func(m *timeProfileModel) { m.End = instanttype.NewInstantUnknown() }), nil},
		"all_day unknown":        {changed(func(m *timeProfileModel) { m.AllDay = types.BoolUnknown() }), nil},
		"repeat unknown":         {changed(func(m *timeProfileModel) { m.Repeat = types.ObjectUnknown(repeatAttrTypes()) }), nil},
		"repeats no more":        {night(attributes{"every": text("day"), "until": at("2028-01-01T00:00:00Z")}), []string{"repeat.until"}},
		"until unknown":          {night(attributes{"every": text("day"), "until": instanttype.NewInstantUnknown()}), nil},
		"start excluded":         {weekly(words("friday")), []string{"start"}},
		"start among them":       {weekly(words("friday", "monday")), nil},
		"weekdays unknown":       {weekly(types.SetUnknown(types.StringType)), nil},
		"a weekday unknown":      {weekly(some), nil},
		"every unknown":          {night(attributes{"every": types.StringUnknown(), "weekdays": words("friday")}), nil},
		"two offsets":            {weekly(words("monday")).ending("2027-03-02T05:00:00+02:00"), []string{"end"}},
		"nth day, week unknown":  {night(attributes{"every": text("month"), "week_of_month": types.StringUnknown(), "day_type": text("friday")}), nil},
		"not the nth day":        {night(attributes{"every": text("month"), "week_of_month": text("last"), "day_type": text("monday")}), []string{"start"}},
		"all three":              {night(attributes{"every": text("week"), "weekdays": words("friday"), "until": at("2028-01-01T00:00:00Z")}).ending("2027-03-02T05:00:00Z"), []string{"start", "end", "repeat.until"}},
		"excluded by a month":    {night(attributes{"every": text("year"), "months": numbers(4)}), []string{"start"}},
		"excluded by month_days": {night(attributes{"every": text("month"), "month_days": numbers(4)}), []string{"start"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diags := warnOfTimeProfile(test.model, now)
			if got := diagnosticPaths(diags); !reflect.DeepEqual(got, test.paths) || diags.HasError() {
				t.Errorf("warnings at %v, want %v: %v", got, test.paths, diags)
			}
			for _, d := range diags {
				if at := diagnosticPaths(diag.Diagnostics{d})[0]; !strings.HasPrefix(d.Detail(), at+" ") || strings.Count(d.Detail(), ". ") > 0 {
					t.Errorf("detail %q is not one sentence about %s", d.Detail(), at)
				}
			}
		})
	}
}

func TestScheduleIsKnownWithItsInputs(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	type attributes = map[string]attr.Value
	weekly := attributes{"every": types.StringValue("week"), "weekdays": words("monday")}
	want := types.StringValue("Mon 20:00–05:00 next day, every week, no end")
	known := night(weekly)
	known.Name, known.LinkID, known.UID = types.StringUnknown(), uuidtype.NewUUIDUnknown(), types.Int64Unknown()
	if got := known.schedule(ctx); !got.Equal(want) {
		t.Errorf("schedule() = %s, want %s", got, want)
	}
	for name, m := range map[string]timeProfileModel{
		"start":     changed(func(m *timeProfileModel) { m.Start = instanttype.NewInstantUnknown() }),
		"end":       changed(func(m *timeProfileModel) { m.End = instanttype.NewInstantUnknown() }),
		"all_day":   changed(func(m *timeProfileModel) { m.AllDay = types.BoolUnknown() }),
		"repeat":    changed(func(m *timeProfileModel) { m.Repeat = types.ObjectUnknown(repeatAttrTypes()) }),
		"until":     night(attributes{"every": types.StringValue("day"), "until": instanttype.NewInstantUnknown()}),
		"a weekday": night(attributes{"every": types.StringValue("week"), "weekdays": types.SetValueMust(types.StringType, []attr.Value{types.StringUnknown()})}),
	} {
		if got := m.schedule(ctx); !got.IsUnknown() {
			t.Errorf("with %s unknown: schedule() = %s", name, got)
		}
	}
	if got := changed(func(m *timeProfileModel) { m.End = instanttype.NewInstantNull() }).schedule(ctx); !got.IsNull() {
		t.Errorf("without an end: schedule() = %s, want null", got)
	}
}

func TestFieldPathKnowsEveryField(t *testing.T) {
	t.Parallel()
	tests := map[basip.ProfileField]string{
		basip.FieldName: "name", basip.FieldAllDay: "all_day", basip.FieldFrom: "start", basip.FieldTo: "end",
		basip.FieldRepeat: "repeat", basip.FieldEvery: "repeat.every", basip.FieldInterval: "repeat.interval",
		basip.FieldWeekdays: "repeat.weekdays", basip.FieldMonthDays: "repeat.month_days", basip.FieldMonths: "repeat.months",
		basip.FieldNthWeek: "repeat.week_of_month", basip.FieldNthDay: "repeat.day_type", basip.FieldUntil: "repeat.until",
	}
	schema := timeProfileSchema(context.Background())
	for field, want := range tests {
		got := fieldPath(field)
		if got.String() != want {
			t.Errorf("fieldPath(%s) = %s, want %s", field, got, want)
		}
		if _, err := schema.TypeAtTerraformPath(context.Background(), terraformPath(want)); err != nil {
			t.Errorf("the schema has no %s: %v", got, err)
		}
	}
}

// terraformPath is the path of names with dots between them.
func terraformPath(names string) *tftypes.AttributePath {
	at := tftypes.NewAttributePath()
	for name := range strings.SplitSeq(names, ".") {
		at = at.WithAttributeName(name)
	}
	return at
}
