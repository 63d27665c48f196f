package panel_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// office is the lines of a profile from Monday to Friday by a clock of Berlin.
func office(start, end, more string) string {
	return fmt.Sprintf(`
link_id = %q
start   = %q
end     = %q
repeat {
  every    = "week"
  weekdays = ["friday", "thursday", "wednesday", "tuesday", "monday"]
  %s
}`, idA, start, end, more)
}

// plansWords checks that a plan with an action knows the words of the schedule.
func plansWords(action plancheck.ResourceActionType, words string) resource.ConfigPlanChecks {
	checks := acctest.Plans(profileAddress, action)
	checks.PreApply = append(checks.PreApply,
		plancheck.ExpectKnownValue(profileAddress, tfjsonpath.New("schedule"), knownvalue.StringExact(words)))
	return checks
}

func TestAccTimeProfile_plansTheScheduleInWords(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	const (
		create, update, noop = plancheck.ResourceActionCreate, plancheck.ResourceActionUpdate, plancheck.ResourceActionNoop
		words                = "Mon–Fri 09:00–18:00, every week, no end"
	)
	step := func(action plancheck.ResourceActionType, lines, words string) resource.TestStep {
		return resource.TestStep{
			Config:            profile(sim, lines),
			ConfigPlanChecks:  plansWords(action, words),
			ConfigStateChecks: []statecheck.StateCheck{profileValue("schedule", knownvalue.StringExact(words))},
		}
	}
	berlin := office("2027-03-01T09:00:00+01:00", "2027-03-01T18:00:00+01:00", "")
	acctest.Run(t, sim,
		step(create, berlin, words),
		// Another spelling is no change, neither of the times nor of the words.
		step(noop, office("2027-03-01T08:00:00Z", "2027-03-01T17:00:00Z", ""), words),
		step(noop, office("2027-03-01T13:30:00+05:30", "2027-03-01T18:00:00+01:00", ""), words),
		step(update, berlin+"\nname = \"Work\"", words),
		step(update, office("2027-03-01T08:30:00+01:00", "2027-03-01T18:00:00+01:00", ""), "Mon–Fri 08:30–18:00, every week, no end"),
		step(update, office("2027-03-01T08:30:00+01:00", "2027-03-01T18:00:00+01:00", `until = "2027-12-30T23:00:00Z"`), "Mon–Fri 08:30–18:00, every week, until 2027-12-31 00:00"),
		step(update, office("2027-03-01T20:00:00+01:00", "2027-03-02T06:00:00+01:00", "interval = 2"), "Mon–Fri 20:00–06:00 next day, every 2 weeks from 2027-03-01, no end"),
		step(update, "start = \"2027-03-01T09:00:00+01:00\"\nend = \"2027-03-03T18:00:00+01:00\"\nlink_id = \""+idA+`"`, "2027-03-01 09:00 to 2027-03-03 18:00, once"),
		step(update, berlin+"\nall_day = true", "Mon–Fri all day, every week, no end"),
	)
}

func TestAccTimeProfile_scheduleWaitsForWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	unknown := acctest.Plans(profileAddress, plancheck.ResourceActionCreate)
	unknown.PreApply = append(unknown.PreApply, plancheck.ExpectUnknownValue(profileAddress, tfjsonpath.New("schedule")))
	acctest.Run(t, sim, resource.TestStep{
		Config: later(sim, map[string]string{"test": `end = local.later.until` + "\n" + `start = "2026-12-30T22:00:00Z"`}), ConfigPlanChecks: unknown,
		ConfigStateChecks: []statecheck.StateCheck{profileValue("schedule", knownvalue.StringExact("2026-12-30 22:00 to 2026-12-31 00:00 UTC, once"))},
	})
	known := plansWords(plancheck.ResourceActionCreate, "2026-01-05 09:00–18:00 UTC, once")
	acctest.Run(t, sim, resource.TestStep{Config: later(sim, map[string]string{"test": `name = local.later.name`}), ConfigPlanChecks: known})
}

func TestAccTimeProfile_scheduleFollowsThePanel(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	panel := sim.Panel("lobby")
	config := profile(sim, office("2027-03-01T09:00:00+01:00", "2027-03-01T18:00:00+01:00", ""))
	change := func(time, repeat string) func() {
		return func() {
			held := panel.State().TimeProfiles[0]
			held.TimeOptions, held.RepeatOptions = json.RawMessage(time), json.RawMessage(repeat)
			panel.SetTimeProfile(held)
		}
	}
	drift := func(check resource.TestCheckFunc) resource.TestStep {
		return resource.TestStep{RefreshState: true, ExpectNonEmptyPlan: true, RefreshPlanChecks: resource.RefreshPlanChecks{
			PostRefresh: []plancheck.PlanCheck{plancheck.ExpectResourceAction(profileAddress, plancheck.ResourceActionUpdate)},
		}, Check: check}
	}
	later := drift(resource.TestCheckResourceAttr(profileAddress, "schedule", "09:00–19:00, every day, no end"))
	later.PreConfig = change(`{"is_all_day":false,"date_from":1803888000,"date_to":1803924000}`, repeating(`"repeat_type": "day", `+never))
	// One that no configuration may have: the panel must be read all the same.
	year := drift(resource.TestCheckResourceAttr(profileAddress, "schedule", "09:00–09:00 365 days later, every day, no end"))
	year.PreConfig = change(`{"is_all_day":false,"date_from":1803888000,"date_to":1835424000}`, repeating(`"repeat_type": "day", `+never))
	odd := drift(resource.TestCheckNoResourceAttr(profileAddress, "schedule"))
	odd.PreConfig = change(`{"is_all_day":false,"date_from":-1,"date_to":999999999999}`, string(once))
	mended := resource.TestStep{Config: config, ConfigPlanChecks: plansWords(plancheck.ResourceActionUpdate, "Mon–Fri 09:00–18:00, every week, no end")}
	created := mended
	created.ConfigPlanChecks = plansWords(plancheck.ResourceActionCreate, "Mon–Fri 09:00–18:00, every week, no end")
	acctest.Run(t, sim, created, later, year, mended, odd, mended)
}

// A profile that was made by hand with a window over the whole year can be
// imported. Only who configures such a window is refused.
func TestAccTimeProfile_importsAWindowThatOverlaps(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	sim.Panel("lobby").SetTimeProfile(simulator.TimeProfile{
		LinkID: idA, Name: "Office hours", RepeatOptions: json.RawMessage(repeating(`"repeat_type": "day", ` + never)),
		TimeOptions: json.RawMessage(`{"is_all_day":false,"date_from":1767603600,"date_to":1798740000}`), // 2026-01-05T09:00:00Z to 2026-12-31T18:00:00Z
	})
	imports := "import {\n  to = " + profileAddress + "\n  id = \"" + idA + "\"\n}\n"
	daily := "link_id = \"" + idA + "\"\nrepeat {\n  every = \"day\"\n}\n"
	acctest.Run(t, sim,
		resource.TestStep{
			Config:      imports + profile(sim, daily+`end = "2026-12-31T18:00:00Z"`),
			ExpectError: says("end is when the first window ends, not when the repetition ends. This window lasts 360 days 9 hours,"),
		},
		resource.TestStep{
			Config:           imports + profile(sim, daily),
			ConfigPlanChecks: plansWords(plancheck.ResourceActionUpdate, "09:00–18:00 UTC, every day, no end"),
		},
	)
}
