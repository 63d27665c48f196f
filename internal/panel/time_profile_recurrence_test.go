package panel_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// A recurrence as a configuration says it (the arguments of repeat as block takes them, or nothing)
// and as the panel holds it (repeat_options in the words of contract §3.1).
type recurrence struct{ config, wire string }

// Parts of repeat_options. Each text is what stands in repeat_format.
const (
	never   = `"repeat_end": {"format": "never"}`
	untilTo = `"repeat_end": {"format": "date", "date": 1798675200}` // 2026-12-31T00:00:00Z
)

func repeating(format string) string {
	return `{"repeat_enable": true, "repeat_format": {` + format + `}}`
}

func custom(point string, looper int, options string) string {
	if options != "" {
		options = `, "repeat_options": ` + options
	}
	return fmt.Sprintf(`"repeat_type": "custom", "repeat_custom": {"repeat_point_type": %q, "repeat_looper": %d%s}`, point, looper, options)
}

func nth(week, day string) string {
	return fmt.Sprintf(`{"week_order": %q, "day_type": %q}`, week, day)
}

func monthly(week, day string) string {
	return `{"format": "parameterizedDay", "range": ` + nth(week, day) + `}`
}

// configurable is every form of recurrence that a configuration can express.
func configurable() []recurrence {
	forms := []recurrence{
		{"", `{"repeat_enable": false}`},

		{`every = "day"`, repeating(`"repeat_type": "day", ` + never)},
		{`every = "day", interval = 1, until = "2026-12-31T00:00:00Z"`, repeating(`"repeat_type": "day", ` + untilTo)},
		{`every = "day", interval = 2`, repeating(custom("day", 2, "") + ", " + never)},
		{`every = "day", interval = 1000, until = "2026-12-30T19:00:00-05:00"`, repeating(custom("day", 1000, "") + ", " + untilTo)},
		{`every = "day", until = "2026-01-05T09:00:00Z"`, repeating(`"repeat_type": "day", "repeat_end": {"format": "date", "date": 1767603600}`)},

		{`every = "week"`, repeating(`"repeat_type": "week", ` + never)},
		{`every = "week", interval = 2`, repeating(`"repeat_type": "twoWeeks", ` + never)},
		{`every = "week", interval = 2, until = "2026-12-31T00:00:00Z"`, repeating(`"repeat_type": "twoWeeks", ` + untilTo)},
		{`every = "week", weekdays = ["monday"]`, repeating(custom("week", 1, `["MON"]`) + ", " + never)},
		{`every = "week", interval = 2, weekdays = ["sunday", "tuesday"]`, repeating(custom("week", 2, `["TUE", "SUN"]`) + ", " + never)},
		{
			`every = "week", interval = 3, weekdays = ["sunday", "saturday", "friday", "thursday", "wednesday", "tuesday", "monday"]`,
			repeating(custom("week", 3, `["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]`) + ", " + never),
		},
		{`every = "week", interval = 1000, weekdays = ["friday"], until = "2026-12-31T00:00:00Z"`, repeating(custom("week", 1000, `["FRI"]`) + ", " + untilTo)},

		{`every = "month"`, repeating(`"repeat_type": "month", ` + never)},
		{`every = "month", until = "2026-12-31T00:00:00Z"`, repeating(`"repeat_type": "month", ` + untilTo)},
		{`every = "month", month_days = [31, 1, 15]`, repeating(custom("month", 1, `{"format": "dayNumbers", "range": [1, 15, 31]}`) + ", " + never)},
		{
			`every = "month", interval = 6, month_days = [29], until = "2026-12-31T00:00:00Z"`,
			repeating(custom("month", 6, `{"format": "dayNumbers", "range": [29]}`) + ", " + untilTo),
		},
		{`every = "month", interval = 12, week_of_month = "last", day_type = "day_off"`, repeating(custom("month", 12, monthly("last", "DAY_OFF")) + ", " + never)},

		{`every = "year"`, repeating(`"repeat_type": "year", ` + never)},
		{`every = "year", until = "2026-12-31T00:00:00Z"`, repeating(`"repeat_type": "year", ` + untilTo)},
		{`every = "year", months = [12, 1]`, repeating(custom("year", 1, `{"months": [1, 12]}`) + ", " + never)},
		{`every = "year", interval = 4, months = [2], until = "2026-12-31T00:00:00Z"`, repeating(custom("year", 4, `{"months": [2]}`) + ", " + untilTo)},
		{
			`every = "year", months = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], week_of_month = "fifth", day_type = "weekday"`,
			repeating(custom("year", 1, `{"months": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], "range": `+nth("fifth", "WEEK_DAY")+`}`) + ", " + never),
		},
	}
	for _, week := range []string{"first", "second", "third", "fourth", "fifth", "last"} {
		forms = append(forms, recurrence{
			fmt.Sprintf(`every = "month", week_of_month = %q, day_type = "wednesday"`, week),
			repeating(custom("month", 1, monthly(week, "WED")) + ", " + never),
		})
	}
	for i, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekday", "day_off"} {
		word := strings.Split("MON TUE WED THU FRI SAT SUN WEEK_DAY DAY_OFF", " ")[i]
		forms = append(forms, recurrence{
			fmt.Sprintf(`every = "year", interval = 2, months = [5], week_of_month = "second", day_type = %q`, day),
			repeating(custom("year", 2, `{"months": [5], "range": `+nth("second", word)+`}`) + ", " + never),
		})
	}
	return forms
}

// holdable is every form that a panel can hold, and what to configure for it.
// Other forms than those a configuration makes are legal and mean the same.
func holdable() []recurrence {
	work := `["MON", "TUE", "WED", "THU", "FRI"]`
	workDays := `weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday"]`
	left := `"repeat_format": {"repeat_type": "custom", "repeat_custom": {"repeat_point_type": "week", "repeat_looper": 1, "repeat_options": ` + work + `}, ` + never + `}`
	odd := []recurrence{
		{`every = "day"`, repeating(custom("day", 1, "") + ", " + never)},
		{`every = "day"`, repeating(custom("day", 1, "[]") + ", " + untilDropped)},
		{`every = "week", weekdays = ["monday", "sunday"]`, repeating(custom("week", 1, `["SUN", "MON", "SUN"]`) + ", " + never)},
		{`every = "week", interval = 2, ` + workDays, repeating(custom("week", 2, work) + ", " + never)},
		{`every = "month", month_days = [2, 30]`, repeating(custom("month", 1, `{"format": "dayNumbers", "range": [30, 2, 30]}`) + ", " + never)},
		{`every = "year", months = [3, 9]`, repeating(custom("year", 1, `{"months": [9, 3, 3]}`) + ", " + never)},
		{`every = "year", interval = 3, months = [6], week_of_month = "last", day_type = "friday"`, repeating(custom("year", 3, `{"range": `+nth("last", "FRI")+`, "months": [6]}`) + ", " + never)},
		// The documents' sample "Work week": its type contradicts it (contract §3.1).
		{
			`every = "week", interval = 5, until = "2026-12-31T01:00:00+01:00", ` + workDays,
			repeating(strings.Replace(custom("week", 5, work), `"custom"`, `"day"`, 1) + ", " + untilTo),
		},
		// What is left of a recurrence that was switched off.
		{"", `{"repeat_enable": false, ` + left + `}`},
		{"", `{"repeat_enable": false, "repeat_format": {"repeat_type": "day", ` + untilTo + `}}`},
		// Properties that nobody has documented are no reason for anything.
		{`every = "week"`, `{"repeat_enable": true, "x_new": [1], "repeat_format": {"x_new": {}, "repeat_type": "week", ` + never + `}}`},
	}
	return append(configurable(), odd...)
}

// untilDropped is an end date that is no longer one.
const untilDropped = `"repeat_end": {"format": "never", "date": 1}`

// many is a configuration with one resource for each recurrence.
func many(sim *simulator.Simulator, forms []recurrence) string {
	var b strings.Builder
	b.WriteString(acctest.ProviderBlock(sim))
	for i, form := range forms {
		repeat := ""
		if form.config != "" {
			repeat = block("repeat", form.config)
		}
		fmt.Fprintf(&b, `
resource "gatehouse_panel_time_profile" "form_%d" {
  link_id = %q
  name    = "Form %d"
  start   = "2026-01-05T10:00:00+01:00"
  end     = "2026-01-05T18:00:00Z"
  %s
}
`, i, formID(i), i, repeat)
	}
	return b.String()
}

func formID(i int) string { return fmt.Sprintf("0a6b3f0e-7c1d-4e55-9b1a-d2f0c8a1c%03d", i) }

// allPlan checks that all of the resources have this action, and no changes are
// left afterwards.
func allPlan(forms []recurrence, action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	checks := resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	for i := range forms {
		checks.PreApply = append(checks.PreApply, plancheck.ExpectResourceAction(fmt.Sprintf("gatehouse_panel_time_profile.form_%d", i), action))
	}
	return checks
}

func TestAccTimeProfile_writesEveryRecurrence(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	forms := configurable()
	acctest.Run(t, sim, resource.TestStep{
		Config:           many(sim, forms),
		ConfigPlanChecks: allPlan(forms, plancheck.ResourceActionCreate),
		ConfigStateChecks: then(func() error {
			profiles := sim.Panel("lobby").State().TimeProfiles
			for i, form := range forms {
				at := slices.IndexFunc(profiles, func(p simulator.TimeProfile) bool { return p.LinkID == formID(i) })
				if at < 0 {
					t.Errorf("repeat { %s } is not on the panel", form.config)
				} else if got, want := canonical(profiles[at].RepeatOptions), canonical([]byte(form.wire)); got != want {
					t.Errorf("repeat { %s } is written as\n%s, want\n%s", form.config, got, want)
				}
			}
			return nil
		}),
	})
}

func TestAccTimeProfile_importsEveryRecurrenceToAnEmptyPlan(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	forms := holdable()
	var imports strings.Builder
	for i, form := range forms {
		sim.Panel("lobby").SetTimeProfile(simulator.TimeProfile{
			LinkID: formID(i), Name: fmt.Sprintf("Form %d", i), TimeOptions: window, RepeatOptions: json.RawMessage(form.wire),
		})
		fmt.Fprintf(&imports, "import {\n  to = gatehouse_panel_time_profile.form_%d\n  id = \"lobby/%s\"\n}\n", i, formID(i))
	}
	before := text(sim.Panel("lobby").State())
	acctest.Run(t, sim, resource.TestStep{
		Config:           imports.String() + many(sim, forms),
		ConfigPlanChecks: allPlan(forms, plancheck.ResourceActionNoop),
		ConfigStateChecks: then(func() error {
			if after := text(sim.Panel("lobby").State()); after != before {
				return fmt.Errorf("the panel holds %s, want what it held before", after)
			}
			return nil
		}),
	})
}
