package panel_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// profile is a configuration of one time profile with these lines in it. What
// they do not say of name and window is that of officeHours.
func profile(sim *simulator.Simulator, lines string) string {
	for _, line := range []string{`name = "Office hours"`, `start = "2026-01-05T09:00:00Z"`, `end = "2026-01-05T18:00:00Z"`} {
		attribute := regexp.MustCompile(`^\w+`).FindString(line)
		if !regexp.MustCompile(`(?m)^\s*` + attribute + ` *=`).MatchString(lines) {
			lines += "\n" + line
		}
	}
	return acctest.ProviderBlock(sim) + fmt.Sprintf("resource \"gatehouse_panel_time_profile\" \"test\" {\n%s\n}\n", lines)
}

func profileValue(attribute string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(profileAddress, tfjsonpath.New(attribute), value)
}

// holds checks that the panel has one time profile, with these options.
func holds(panel *simulator.Panel, name, time, repeat string) acctest.Then {
	return func() error {
		profiles := panel.State().TimeProfiles
		if len(profiles) != 1 || profiles[0].Name != name {
			return fmt.Errorf("the panel holds %s, want %q alone", text(profiles), name)
		}
		if got := canonical(profiles[0].TimeOptions); got != canonical([]byte(time)) {
			return fmt.Errorf("time_options are %s, want %s", got, time)
		}
		if got := canonical(profiles[0].RepeatOptions); got != canonical([]byte(repeat)) {
			return fmt.Errorf("repeat_options are %s, want %s", got, repeat)
		}
		return nil
	}
}

// canonical is a JSON text in the one spelling that can be compared.
func canonical(data []byte) string {
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return fmt.Sprintf("%s (%v)", data, err)
	}
	return text(value)
}

// text is a value as JSON.
func text(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func TestAccTimeProfile_basic(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	acctest.Run(t, sim, resource.TestStep{
		Config:           profile(sim, ""),
		ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionCreate),
		ConfigStateChecks: []statecheck.StateCheck{
			profileValue("panel", knownvalue.StringExact("lobby")),
			profileValue("link_id", anyUUID),
			profileValue("name", knownvalue.StringExact("Office hours")),
			profileValue("start", knownvalue.StringExact("2026-01-05T09:00:00Z")),
			profileValue("end", knownvalue.StringExact("2026-01-05T18:00:00Z")),
			profileValue("all_day", knownvalue.Bool(false)),
			profileValue("repeat", knownvalue.Null()),
			profileValue("timeouts", knownvalue.Null()),
			profileValue("uid", knownvalue.Int64Exact(1)),
			holds(sim.Panel("lobby"), "Office hours", string(window), string(once)),
		},
	})
}

func TestAccTimeProfile_updatesEveryAttributeInPlace(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	panel := sim.Panel("lobby")
	sameID := statecheck.CompareValue(compare.ValuesSame())
	step := func(action plancheck.ResourceActionType, lines string, want acctest.Then, checks ...statecheck.StateCheck) resource.TestStep {
		return resource.TestStep{
			Config:           profile(sim, lines),
			ConfigPlanChecks: acctest.Plans(profileAddress, action),
			ConfigStateChecks: append(checks, want,
				sameID.AddStateValue(profileAddress, tfjsonpath.New("link_id")),
				profileValue("uid", knownvalue.Int64Exact(1))),
		}
	}
	const (
		update  = plancheck.ResourceActionUpdate
		never   = `"repeat_end": {"format": "never"}`
		days    = `{"is_all_day": true, "date_from": 1767600000, "date_to": 1767636000}`
		earlier = `{"is_all_day": false, "date_from": 1767600000, "date_to": 1767636000}`
	)
	repeats := func(format string) string { return `{"repeat_enable": true, "repeat_format": {` + format + `}}` }
	lines := `
name  = "Work"
start = "2026-01-05T08:00:00Z"
`
	acctest.Run(t, sim,
		step(plancheck.ResourceActionCreate, "", holds(panel, "Office hours", string(window), string(once))),
		step(update, `name = "Work"`, holds(panel, "Work", string(window), string(once))),
		step(update, lines, holds(panel, "Work", earlier, string(once))),
		step(update, lines+`end = "2026-01-05T09:00:00Z"`,
			holds(panel, "Work", `{"is_all_day": false, "date_from": 1767600000, "date_to": 1767603600}`, string(once))),
		step(update, lines, holds(panel, "Work", earlier, string(once))),
		step(update, lines+`all_day = true`, holds(panel, "Work", days, string(once)), profileValue("all_day", knownvalue.Bool(true))),
		step(update, lines+`all_day = true
repeat { every = "day" }`,
			holds(panel, "Work", days, repeats(`"repeat_type": "day", `+never))),
		step(update, lines+block("repeat", `every = "week", interval = 2`),
			holds(panel, "Work", earlier, repeats(`"repeat_type": "twoWeeks", `+never)), profileValue("all_day", knownvalue.Bool(false))),
		step(update, lines+block("repeat", `every = "week", weekdays = ["friday", "monday"], until = "2026-12-31T00:00:00Z"`),
			holds(panel, "Work", earlier, repeats(`"repeat_type": "custom", "repeat_end": {"format": "date", "date": 1798675200},
				"repeat_custom": {"repeat_point_type": "week", "repeat_looper": 1, "repeat_options": ["MON", "FRI"]}`))),
		step(update, lines+block("repeat", `every = "month", interval = 3, week_of_month = "last", day_type = "weekday"`),
			holds(panel, "Work", earlier, repeats(`"repeat_type": "custom", `+never+`, "repeat_custom": {"repeat_point_type": "month", "repeat_looper": 3,
				"repeat_options": {"format": "parameterizedDay", "range": {"week_order": "last", "day_type": "WEEK_DAY"}}}`))),
		step(update, lines, holds(panel, "Work", earlier, string(once)), profileValue("repeat", knownvalue.Null())),
		step(update, lines+block("timeouts", `create = "1m", read = "2m", update = "3m", delete = "4m"`),
			holds(panel, "Work", earlier, string(once)),
			profileValue("timeouts", knownvalue.ObjectPartial(map[string]knownvalue.Check{"update": knownvalue.StringExact("3m")}))),
		step(update, "", holds(panel, "Office hours", string(window), string(once)), profileValue("timeouts", knownvalue.Null())),
	)
}

func TestAccTimeProfile_replacesOnAnotherIdentityOrPanel(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby", "garage")
	replaced := acctest.Plans(profileAddress, plancheck.ResourceActionReplace)
	config := func(panel, link string) string {
		return profile(sim, fmt.Sprintf("panel = %q\nlink_id = %q", panel, link))
	}
	acctest.Run(t, sim,
		resource.TestStep{Config: config("lobby", idA), ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionCreate)},
		resource.TestStep{
			Config: config("lobby", idB), ConfigPlanChecks: replaced,
			ConfigStateChecks: then(holds(sim.Panel("lobby"), "Office hours", string(window), string(once)),
				profileValue("link_id", knownvalue.StringExact(idB)), profileValue("uid", knownvalue.Int64Exact(2))),
		},
		resource.TestStep{
			Config: config("garage", idB), ConfigPlanChecks: replaced,
			ConfigStateChecks: then(func() error {
				if n := len(sim.Panel("lobby").State().TimeProfiles); n != 0 {
					return fmt.Errorf("%d time profiles are left on the old panel", n)
				}
				return nil
			}, profileValue("panel", knownvalue.StringExact("garage")), holds(sim.Panel("garage"), "Office hours", string(window), string(once))),
		},
	)
}

func TestAccTimeProfile_spellingIsNoChange(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	config := func(name, link, start, end, until string) string {
		return profile(sim, fmt.Sprintf("name = %q\nlink_id = %q\nstart = %q\nend = %q\nrepeat {\n  every = \"day\"\n  until = %q\n}", name, link, start, end, until))
	}
	utc := config("Work", idA, "2026-01-05T09:00:00Z", "2026-01-05T18:00:00Z", "2026-12-31T00:00:00Z")
	local := config("Work", "0A6B3F0E-7C1D-4E55-9B1A-D2F0C8A1B001", "2026-01-05T10:00:00+01:00", "2026-01-05T13:00:00-05:00", "2026-12-31T05:30:00+05:30")
	renamed := config("Job", idA, "2026-01-05T10:00:00+01:00", "2026-01-05T18:00:00+00:00", "2026-12-30T23:00:00-01:00")
	acctest.Run(t, sim,
		resource.TestStep{Config: utc, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionCreate)},
		resource.TestStep{Config: local, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionNoop)},
		resource.TestStep{Config: renamed, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionUpdate)},
		resource.TestStep{Config: local, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionUpdate)},
		resource.TestStep{Config: utc, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionNoop)},
	)
}

func TestAccTimeProfile_imports(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	imports := func(id string) resource.TestStep {
		return resource.TestStep{
			ResourceName: profileAddress, ImportState: true, ImportStateId: id,
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "link_id",
		}
	}
	refuses := func(id string, want *regexp.Regexp) resource.TestStep {
		return resource.TestStep{ResourceName: profileAddress, ImportState: true, ImportStateId: id, ExpectError: want}
	}
	acctest.Run(t, sim,
		resource.TestStep{
			Config: profile(sim, `
link_id = "`+idA+`"
all_day = true
repeat {
  every         = "year"
  interval      = 2
  months        = [4, 10]
  week_of_month = "first"
  day_type      = "sunday"
  until         = "2030-01-01T00:00:00Z"
}`),
			ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionCreate),
		},
		imports("lobby/"+idA),
		imports(idA),
		refuses("garage/"+idA, says(`no panel "garage". Valid names are: lobby`)),
		refuses("lobby/Office hours", says(`"lobby/Office hours" is not of the form panel/link_id`)),
		refuses("garage/"+idA, says(`Write the ID as panel/link_id, such as lobby/`)),
		refuses("lobby/", says(`"lobby/" is not of the form panel/link_id: there is no link_id after the slash. Write the ID as`)),
		refuses("/"+idA, says(`there is no panel before the slash`)),
		refuses("site/lobby/"+idA, says(`it has more than one slash`)),
		refuses("lobby/{"+idA+"}", says(`the link_id is written as `+idA)),
		refuses("lobby/1", says(`1 is a number, such as a panel's own uid`)),
		refuses(" lobby/"+idA, says(`it has blanks at an end`)),
		refuses("lobby/"+idC, says(`Cannot import non-existent remote object`)),
	)
}

func TestAccTimeProfile_disappears(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	config := profile(sim, `link_id = "`+idA+`"`)
	remove := func() {
		if !sim.Panel("lobby").RemoveTimeProfile(idA) {
			t.Error("there was nothing to remove")
		}
	}
	create := acctest.Plans(profileAddress, plancheck.ResourceActionCreate)
	acctest.Run(t, sim,
		resource.TestStep{Config: config, ConfigPlanChecks: create},
		resource.TestStep{PreConfig: remove, Config: config, ConfigPlanChecks: create},
		resource.TestStep{PreConfig: remove, Config: config, Destroy: true}, // which must not mind
	)
}

func TestAccTimeProfile_showsAndMendsDrift(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	panel := sim.Panel("lobby")
	config := profile(sim, "link_id = \""+idA+"\"\n"+block("repeat", `every = "week", weekdays = ["monday"], until = "2026-12-31T01:00:00+01:00"`))
	drift := func(change func(*simulator.TimeProfile)) resource.TestStep {
		var want string
		return resource.TestStep{
			PreConfig: func() {
				want = text(panel.State().TimeProfiles)
				changed := panel.State().TimeProfiles[0]
				change(&changed)
				panel.SetTimeProfile(changed)
			},
			Config:           config,
			ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: then(func() error {
				if got := text(panel.State().TimeProfiles); got != want {
					return fmt.Errorf("after the apply the panel holds %s, want %s", got, want)
				}
				return nil
			}),
		}
	}
	window := func(options string) func(*simulator.TimeProfile) {
		return func(p *simulator.TimeProfile) { p.TimeOptions = json.RawMessage(options) }
	}
	repeat := func(options string) func(*simulator.TimeProfile) {
		return func(p *simulator.TimeProfile) { p.RepeatOptions = json.RawMessage(options) }
	}
	acctest.Run(t, sim,
		resource.TestStep{Config: config, ConfigPlanChecks: acctest.Plans(profileAddress, plancheck.ResourceActionCreate)},
		drift(func(p *simulator.TimeProfile) { p.Name = "Something" }),
		drift(window(`{"is_all_day": true, "date_from": 1767603600, "date_to": 1767636000}`)),
		drift(window(`{"is_all_day": false, "date_from": 1767603601, "date_to": 1767636000}`)),
		drift(window(`{"is_all_day": false, "date_from": 1767603600, "date_to": 1767603600}`)),
		drift(window(`{"is_all_day": false, "date_from": -1, "date_to": 999999999999}`)), // not to be spelled in RFC 3339
		drift(repeat(`{"repeat_enable": false}`)),
		drift(repeat(`{"repeat_enable": true, "repeat_format": {"repeat_type": "week", "repeat_end": {"format": "date", "date": 1798675200}}}`)),
		drift(repeat(`{"repeat_enable": true, "repeat_format": {"repeat_type": "custom", "repeat_end": {"format": "never"},
			"repeat_custom": {"repeat_point_type": "week", "repeat_looper": 1, "repeat_options": ["MON"]}}}`)),
		drift(repeat(`{"repeat_enable": true, "repeat_format": {"repeat_type": "custom", "repeat_end": {"format": "date", "date": 1798675200},
			"repeat_custom": {"repeat_point_type": "week", "repeat_looper": 1, "repeat_options": ["MON", "SUN"]}}}`)),
	)
}
