package panel_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// What a panel would refuse (contract §3.4), or has no form for, is refused
// before anything is sent, with the configuration's own line and attribute.
func TestAccTimeProfile_refusesWhatNoPanelCanHold(t *testing.T) {
	t.Parallel()
	const day, week, month, year = `every = "day"`, `every = "week"`, `every = "month"`, `every = "year"`
	const last, friday = `week_of_month = "last"`, `day_type = "friday"`
	for name, test := range map[string]struct {
		repeat []string // lines of repeat
		lines  []string // lines beside it
		at     string   // the line that is shown
		want   string
	}{
		"a blank name":         {lines: []string{`name = " "`}, at: `name = " "`, want: "name must not be blank."},
		"an end at the start":  {lines: []string{`end = "2026-01-05T09:00:00Z"`}, at: `end = "2026-01-05T09:00:00Z"`, want: "end must be later than the start, unless the window is a whole day."},
		"an end before it":     {lines: []string{`end = "2026-01-05T09:30:00+01:00"`, `all_day = true`}, at: `end = "2026-01-05T09:30:00+01:00"`, want: "end must not be earlier than the start."},
		"a start without zone": {lines: []string{`start = "2026-01-05T09:00:00"`}, at: `start = "2026-01-05T09:00:00"`, want: "does not say its offset from UTC"},
		"an end of words":      {lines: []string{`end = "tonight"`}, at: `end = "tonight"`, want: `"tonight" is not a date and time.`},
		"half a second":        {lines: []string{`end = "2026-01-05T18:00:00.5Z"`}, at: `end = "2026-01-05T18:00:00.5Z"`, want: "has a fraction of a second"},
		"a start in 1969":      {lines: []string{`start = "1969-12-31T23:59:59Z"`}, at: `start = "1969-12-31T23:59:59Z"`, want: "is not within the years 1970 to 9999"},
		"a link_id of words":   {lines: []string{`link_id = "office"`}, at: `link_id = "office"`, want: `"office"`},
		"a timeout of words":   {lines: []string{block("timeouts", `delete = "soon"`)}, at: `delete = "soon"`, want: `"soon"`},

		"no unit":               {repeat: []string{`interval = 2`}, at: "repeat {", want: "repeat.every must be set within repeat"},
		"a blank behind a name": {lines: []string{`name = "Office "`}, at: `name = "Office "`, want: "name must not end with a blank (U+0020, character 7 of 7)."},
		"an invisible name":     {lines: []string{`name = "Of\u200bfice"`}, at: `name = "Of\u200bfice"`, want: "name must not hold an invisible character (U+200B, character 3 of 7)."},
		"a name of two lines":   {lines: []string{`name = "Office\nhours"`}, at: `name = "Office\nhours"`, want: "name must not hold a line break (U+000A, character 7 of 12)."},

		// Open all year, although it reads as if it were open each day from 9 to 18.
		"a window of a year, daily":    {repeat: []string{day}, lines: []string{`end = "2026-12-31T18:00:00Z"`}, at: `end = "2026-12-31T18:00:00Z"`, want: "This window lasts 360 days 9 hours, but the next one can begin 1 day after its start, so that the door would stay open from one window to the next. Shorten the window to 1 day at most, and set repeat.until to when the repetition ends."},
		"a window of 25 hours, daily":  {repeat: []string{day}, lines: []string{`end = "2026-01-06T10:00:00Z"`}, at: `end = "2026-01-06T10:00:00Z"`, want: "end is when the first window ends, not when the repetition ends."},
		"a window of 3 of 2 days":      {repeat: []string{day, `interval = 2`}, lines: []string{`end = "2026-01-08T09:00:00Z"`}, at: `end = "2026-01-08T09:00:00Z"`, want: "Shorten the window to 2 days at most"},
		"a window over two Mondays":    {repeat: []string{week}, lines: []string{`end = "2026-01-12T18:00:00Z"`}, at: `end = "2026-01-12T18:00:00Z"`, want: "Shorten the window to 7 days at most"},
		"a window over the next day's": {repeat: []string{week, `weekdays = ["monday", "tuesday"]`}, lines: []string{`end = "2026-01-06T15:00:00Z"`}, at: `end = "2026-01-06T15:00:00Z"`, want: "This window lasts 1 day 6 hours"},
		"one from Sunday to Monday":    {repeat: []string{week, `weekdays = ["monday", "sunday"]`}, lines: []string{`end = "2026-01-06T15:00:00Z"`}, at: `end = "2026-01-06T15:00:00Z"`, want: "Shorten the window to 1 day at most"},
		"a window of 3 days, by month": {repeat: []string{month, `month_days = [12, 10]`}, lines: []string{`end = "2026-01-08T09:00:00Z"`}, at: `end = "2026-01-08T09:00:00Z"`, want: "Shorten the window to 2 days at most"},
		"a window of two months":       {repeat: []string{month}, lines: []string{`end = "2026-03-05T09:00:00Z"`}, at: `end = "2026-03-05T09:00:00Z"`, want: "Shorten the window to 28 days at most"},
		"a window of two years":        {repeat: []string{year}, lines: []string{`end = "2028-01-05T09:00:00Z"`}, at: `end = "2028-01-05T09:00:00Z"`, want: "Shorten the window to 365 days at most"},
		"dates that overlap":           {repeat: []string{day}, lines: []string{`end = "2026-01-06T18:00:00Z"`, `all_day = true`}, at: `end = "2026-01-06T18:00:00Z"`, want: "This window lasts 2 days"},

		"no time for a deletion": {lines: []string{block("timeouts", `delete = "0s"`)}, at: `delete = "0s"`, want: `timeouts.delete must be above zero, not "0s".`},
		"time that runs back":    {lines: []string{block("timeouts", `create = "-5m"`)}, at: `create = "-5m"`, want: "must be above zero"},
		"an unknown unit":        {repeat: []string{`every = "hour"`}, want: `repeat.every must be one of "day", "week", "month", "year".`},
		"the panel's own word":   {repeat: []string{`every = "twoWeeks"`}, want: `repeat.every must be one of`},
		"an interval of 0":       {repeat: []string{day, `interval = 0`}, want: "repeat.interval must be from 1 to 1000, not 0."},
		"an interval of 1001":    {repeat: []string{day, `interval = 1001`}, want: "repeat.interval must be from 1 to 1000, not 1001."},
		"no weekdays":            {repeat: []string{week, `weekdays = []`}, want: "repeat.weekdays must not be empty"},
		"a weekday of panels":    {repeat: []string{week, `weekdays = ["MON"]`}, want: `not "MON".`},
		"no days of the month":   {repeat: []string{month, `month_days = []`}, want: "repeat.month_days must not be empty"},
		"the 0th of a month":     {repeat: []string{month, `month_days = [0, 1]`}, want: "repeat.month_days must hold days from 1 to 31 only, not 0."},
		"the 32nd of a month":    {repeat: []string{month, `month_days = [1, 32]`}, want: "repeat.month_days must hold days from 1 to 31 only, not 32."},
		"no months":              {repeat: []string{year, `months = []`}, want: "repeat.months must not be empty"},
		"the 13th month":         {repeat: []string{year, `months = [13]`}, want: "repeat.months must hold months from 1 to 12 only, not 13."},
		"the sixth week":         {repeat: []string{month, `week_of_month = "sixth"`, friday}, want: `repeat.week_of_month must be one of "first", "second"`},
		"a holiday":              {repeat: []string{month, last, `day_type = "holiday"`}, want: `repeat.day_type must be one of "monday", "tuesday"`},
		"the last of nothing":    {repeat: []string{month, last}, want: "repeat.day_type must be one of"},
		"some Friday":            {repeat: []string{month, friday}, want: "repeat.week_of_month must be one of"},
		"an end before it began": {repeat: []string{day, `until = "2026-01-05T08:59:59Z"`}, want: "repeat.until must not be earlier than the start of the first window."},
		"an end that is none":    {repeat: []string{day, `until = "Christmas"`}, want: `"Christmas" is not a date and time.`},

		"weekdays by the day":       {repeat: []string{day, `weekdays = ["monday"]`}, want: `repeat.weekdays can only be used with every = "week"`},
		"days of a month by week":   {repeat: []string{week, `month_days = [1]`}, want: `repeat.month_days can only be used with every = "month"`},
		"months by the month":       {repeat: []string{month, `months = [1]`}, want: `repeat.months can only be used with every = "year"`},
		"the last Friday of a week": {repeat: []string{week, last, friday}, want: `repeat.week_of_month can only be used with every = "month" or every = "year"`},
		"two kinds of day":          {repeat: []string{month, last, friday, `month_days = [1]`}, want: "repeat.week_of_month cannot be used together with days of the month"},
		"every third week":          {repeat: []string{week, `interval = 3`}, want: "repeat.weekdays must name at least one day when interval is 3"},
		"every second month":        {repeat: []string{month, `interval = 2`}, want: "repeat.month_days must name at least one day when interval is 2"},
		"every second year":         {repeat: []string{year, `interval = 2`}, want: "repeat.months must name at least one month when interval is 2"},
		"the last Friday of a year": {repeat: []string{year, last, friday}, want: "repeat.months must name at least one month when the day is given by its week"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			lines := strings.Join(test.lines, "\n")
			if test.repeat != nil {
				lines += "\nrepeat {\n" + strings.Join(test.repeat, "\n") + "\n}"
			}
			want := says(test.want)
			if test.at != "" {
				want = regexp.MustCompile(`(?s)\d+: *` + says(test.at).String() + `.*` + want.String())
			}
			acctest.Run(t, sim, resource.TestStep{Config: profile(sim, lines), PlanOnly: true, ExpectError: want})
			if requests := sim.Requests(); len(requests) != 0 {
				t.Errorf("%d requests were sent, want none", len(requests))
			}
		})
	}
}

// later are profiles of which something is not known before apply.
func later(sim *simulator.Simulator, profiles map[string]string) string {
	var b strings.Builder
	b.WriteString(acctest.ProviderBlock(sim) + `
resource "terraform_data" "later" {
  input = {
    name = "Later", start = "2026-01-05T09:00:00Z", end = "2026-01-05T09:00:00Z", all_day = true, hour = "hour"
    every = "week", interval = 3, weekdays = ["monday", "friday"], weekday = "sunday", month_days = [31], months = [2]
    week = "last", day = "day_off", until = "2026-12-31T00:00:00Z", repeat = { every = "day" }
  }
}
locals { later = terraform_data.later.output }
`)
	for name, lines := range profiles {
		if !strings.Contains(lines, "name") {
			lines += fmt.Sprintf("\nname = %q", name)
		}
		b.WriteString(strings.NewReplacer(acctest.ProviderBlock(sim), "", `"test"`, `"`+name+`"`).Replace(profile(sim, lines)))
	}
	return b.String()
}

// A value that is not known yet is not wrong, neither alone nor with the others.
func TestAccTimeProfile_waitsForWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	profiles := map[string]string{
		"name":       `name = local.later.name`,
		"start":      `start = local.later.start`,
		"end":        "end = local.later.end\nall_day = true",
		"window":     "start = local.later.start\nend = local.later.end\nall_day = local.later.all_day",
		"repeat":     "dynamic \"repeat\" {\n  for_each = [local.later.repeat]\n  content { every = repeat.value.every }\n}",
		"every":      block("repeat", `every = local.later.every, weekdays = ["monday"]`),
		"interval":   block("repeat", `every = "week", interval = local.later.interval, weekdays = ["monday"]`),
		"weekdays":   block("repeat", `every = "week", interval = 3, weekdays = local.later.weekdays`),
		"weekday":    block("repeat", `every = "week", interval = 3, weekdays = ["monday", local.later.weekday]`),
		"month_days": block("repeat", `every = "month", interval = 2, month_days = local.later.month_days`),
		"months":     block("repeat", `every = "year", interval = 2, months = local.later.months`),
		"week":       block("repeat", `every = "month", week_of_month = local.later.week, day_type = "friday"`),
		"day":        block("repeat", `every = "year", months = local.later.months, week_of_month = "last", day_type = local.later.day`),
		"until":      block("repeat", `every = "day", until = local.later.until`),
	}
	checks := resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	for name := range profiles {
		checks.PreApply = append(checks.PreApply, plancheck.ExpectResourceAction("gatehouse_panel_time_profile."+name, plancheck.ResourceActionCreate))
	}
	acctest.Run(t, sim, resource.TestStep{
		Config: later(sim, profiles), ConfigPlanChecks: checks,
		ConfigStateChecks: then(func() error {
			if got := sim.Panel("lobby").State().TimeProfiles; len(got) != len(profiles) {
				return fmt.Errorf("the panel holds %s, want %d time profiles", text(got), len(profiles))
			}
			return nil
		}),
	})
}

// What turns out to be wrong is refused when it is known, and still before
// anything is sent; so is what is wrong whatever the unknown will be.
func TestAccTimeProfile_refusesWhatTurnsOutToBeWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lines, want string
		planned     bool // the plan can tell already
	}{
		"a unit":             {block("repeat", `every = local.later.hour`), "repeat.every must be one of", false},
		"an end":             {`end = local.later.end`, "end must be later than the start, unless the window is a whole day.", false},
		"weekdays by day":    {block("repeat", `every = local.later.repeat.every, weekdays = local.later.weekdays`), `repeat.weekdays can only be used with every = "week"`, false},
		"an interval beside": {block("repeat", `every = local.later.every, interval = 0`), "repeat.interval must be from 1 to 1000, not 0.", true},
		"a weekday by day":   {block("repeat", `every = "day", weekdays = [local.later.weekday]`), `repeat.weekdays can only be used with every = "week"`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			config := later(sim, map[string]string{"test": test.lines})
			acctest.Run(t, sim, resource.TestStep{Config: config, PlanOnly: test.planned, ExpectError: says(test.want)})
			if n := acctest.Count(sim, http.MethodPost, profilesPath); n != 0 {
				t.Errorf("%d upserts were sent, want none", n)
			}
		})
	}
}
