package panel_test

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// Paths that tests look for in the request log.
const (
	loginPath    = "/api/v1/login"
	usersPath    = "/api/v1/access/users/items/link"
	profilesPath = "/api/v1/access/timeprofile/items/link"
)

// says matches words however the CLI wrapped them.
func says(words string) *regexp.Regexp {
	return regexp.MustCompile(regexp.MustCompile(`\s+`).ReplaceAllString(regexp.QuoteMeta(words), `[\s│]+`))
}

func TestAccUser_refusesToTakeOverAnExistingUser(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		existing simulator.User
		config   string
		want     []string
	}{
		"of the same name": {
			simulator.User{LinkID: idA, Name: "Ada"},
			`name = "Ada"`,
			[]string{`has a user with the name "Ada" already`, "from = gatehouse_panel_user.OLD", `an import block with the id "lobby/` + idA + `"`},
		},
		"of the same name, made at the panel": {
			simulator.User{Name: "Ada"},
			`name = "Ada"`,
			[]string{`has a user with the name "Ada" already`, "has no link_id, so that it cannot be imported"},
		},
		"of the same link_id": {
			simulator.User{LinkID: idA, Name: "Somebody else"},
			"name = \"Ada\"\nlink_id = \"" + idA + `"`,
			[]string{"has a user with link_id " + idA + " already", "from = gatehouse_panel_user.OLD", `an import block with the id "lobby/` + idA + `"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			sim.Panel("lobby").SetUser(test.existing)
			before := fmt.Sprint(sim.Panel("lobby").State())
			for _, want := range test.want {
				resource.UnitTest(t, resource.TestCase{
					ProtoV6ProviderFactories: acctest.Factories(),
					Steps:                    []resource.TestStep{{Config: user(sim, test.config), ExpectError: says(want)}},
				})
			}
			if after := fmt.Sprint(sim.Panel("lobby").State()); after != before {
				t.Errorf("the panel holds %s, want what it held before, %s", after, before)
			}
			if n := acctest.Count(sim, http.MethodPost, usersPath); n != 0 {
				t.Errorf("%d upserts were sent, want none", n)
			}
		})
	}
}

func TestAccUser_refusesToTakeANameThatAnotherUserHas(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	sim.Panel("lobby").SetUser(simulator.User{Name: "Grace"})
	acctest.Run(t, sim,
		resource.TestStep{Config: user(sim, `name = "Ada"`), ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate)},
		resource.TestStep{Config: user(sim, `name = "Grace"`), ExpectError: says(`has a user with the name "Grace" already`)},
		resource.TestStep{Config: user(sim, `name = "Ada"`), ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionNoop)},
	)
}

// What people would read as another name, or not at all, is refused before
// anything is sent.
func TestAccUser_refusesNamesThatPeopleCannotRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ name, want string }{
		"empty":           {``, "name must not be blank."},
		"blank":           {`  `, "name must not be blank."},
		"a blank before":  {` Ada`, "name must not begin with a blank (U+0020, character 1 of 4)."},
		"a no-break tail": {`Ada\u00a0`, "name must not end with a blank (U+00A0, character 4 of 4)."},
		"two lines":       {`Ada\nLovelace`, "name must not hold a line break (U+000A, character 4 of 12)."},
		"a tab":           {`Ada\tLovelace`, "name must not hold a control character (U+0009, character 4 of 12)."},
		"zero width":      {`A\u200bda`, "name must not hold an invisible character (U+200B, character 2 of 4)."},
		"turned around":   {`\u202eadA`, "name must not hold an invisible character (U+202E, character 1 of 4)."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			acctest.Run(t, sim, resource.TestStep{Config: user(sim, `name = "`+test.name+`"`), PlanOnly: true, ExpectError: says(test.want)})
			if requests := sim.Requests(); len(requests) != 0 {
				t.Errorf("%d requests were sent, want none", len(requests))
			}
		})
	}
}

func TestAccUser_takesNamesOfAllScripts(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	for _, name := range []string{"Zoë Núñez-Ólafsdóttir", "O'Brien", "山田 太郎", "امیر\u200cعلی"} {
		acctest.Run(t, sim, resource.TestStep{Config: user(sim, `name = "`+name+`"`), ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate)})
	}
}

func TestAccUser_refusesAMissingTimeProfile(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	const missing = "\ntime_profiles = [\"" + idC + "\"]"
	acctest.Run(t, sim,
		resource.TestStep{Config: user(sim, `name = "Ada"`+missing), ExpectError: says("has no time profile " + idC)},
		resource.TestStep{
			PreConfig: func() {
				if n := acctest.Count(sim, http.MethodPost, usersPath); n != 0 {
					t.Errorf("%d upserts were sent, want none", n)
				}
			},
			Config: user(sim, `name = "Ada"`), ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate),
		},
		resource.TestStep{Config: user(sim, `name = "Ada"`+missing), ExpectError: says("has no time profile " + idC)},
	)
}

// The profile vanishes between the look and the write. Whatever the panel then
// does, nobody is left with access that was meant to be restricted.
func TestAccUser_leavesNobodyWithoutTheTimeProfileMeantForThem(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(*simulator.Settings){
		"warned in a string": func(s *simulator.Settings) { s.MissingRefs, s.BoundShape = "store", "string" },
		"warned in a list":   func(s *simulator.Settings) { s.MissingRefs, s.BoundShape = "store", "array" },
		"not warned":         func(s *simulator.Settings) { s.MissingRefs = "silent" },
		"not stored":         func(s *simulator.Settings) { s.MissingRefs = "fail" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			panel := sim.Panel("lobby")
			panel.SetSettings(settings)
			panel.SetTimeProfile(simulator.TimeProfile{LinkID: idC, Name: "Night", TimeOptions: window, RepeatOptions: once})
			// Deleted already, and listed for a while: what the provider sees when
			// it looks is not what the panel has when it writes.
			panel.SetSettings(func(s *simulator.Settings) { s.DeletesVisibleListings = 1000 })
			deleteProfile(t, panel, idC)
			panel.SetSettings(func(s *simulator.Settings) { s.DeletesVisibleListings = 0 })
			acctest.Run(t, sim, resource.TestStep{
				Config:      user(sim, "name = \"Ada\"\ntime_profiles = [\""+idC+`"]`),
				ExpectError: says("did not store the user"),
			})
			if users := panel.State().Users; len(users) != 0 {
				t.Errorf("users %+v are left, want none", users)
			}
		})
	}
}

func TestAccUser_needsAnAccountOfTypeAdmin(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	sim.Panel("lobby").SetSettings(func(s *simulator.Settings) { s.Role = "manager" })
	acctest.Run(t, sim, resource.TestStep{
		Config: user(sim, `name = "Ada"`), ExpectError: says(`the panel says "Administrator rights required". Use an account of type admin; this one (admin) is of type "manager".`),
	})
}

func TestAccUser_logsInOnceWithAWrongPassword(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	sim.Panel("lobby").SetSettings(func(s *simulator.Settings) { s.Password = "another" })
	acctest.Run(t, sim, resource.TestStep{
		Config:      acctest.ProviderBlock(sim) + "resource \"gatehouse_panel_user\" \"many\" {\n  count = 8\n  name = \"Person ${count.index}\"\n}\n" + officeHours,
		ExpectError: says(`says "Wrong login or password". Check username and password`),
	})
	if n := acctest.Count(sim, http.MethodGet, loginPath); n != 1 {
		t.Errorf("%d login requests were sent, want 1", n)
	}
}

func TestAccUser_outlivesTokensThatEndInTheMiddle(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	sim.Panel("lobby").SetSettings(func(s *simulator.Settings) { s.TokenRequests = 3 })
	acctest.Run(t, sim, resource.TestStep{
		Config: acctest.ProviderBlock(sim) + "resource \"gatehouse_panel_user\" \"test\" {\n  count = 5\n  name = \"Person ${count.index}\"\n}\n",
	})
	if n := acctest.Count(sim, http.MethodGet, loginPath); n < 5 {
		t.Errorf("%d logins, want one for each 3 requests", n)
	}
}

func TestAccUser_destroysWhateverTheAnswersShape(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(*simulator.Settings){
		"current":    func(s *simulator.Settings) { s.DeleteShape = "current" },
		"legacy":     func(s *simulator.Settings) { s.DeleteShape = "legacy" },
		"eventually": func(s *simulator.Settings) { s.DeletesVisibleListings = 3 },
		"other spellings": func(s *simulator.Settings) {
			s.ListOptionKey, s.UIDKey, s.ListingRefs = "list_options", "uid", "objects"
		},
		"created eventually":   func(s *simulator.Settings) { s.UpsertsVisibleAfterListings = 2 },
		"other paths":          func(s *simulator.Settings) { s.Paths = "alternative" },
		"no references listed": func(s *simulator.Settings) { s.ListingRefs = "absent" },
		"no pagination":        func(s *simulator.Settings) { s.ListOptionKey = "absent" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			sim.Panel("lobby").SetSettings(settings)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(),
				Steps: []resource.TestStep{{
					Config:            user(sim, "name = \"Ada\"\ntime_profiles = [gatehouse_panel_time_profile.test.link_id]") + officeHours,
					ConfigPlanChecks:  acctest.Plans(userAddress, plancheck.ResourceActionCreate),
					ConfigStateChecks: []statecheck.StateCheck{userValue("time_profiles", knownvalue.SetSizeExact(1))},
				}},
			})
			if err := acctest.Empty(sim); err != nil {
				t.Error(err)
			}
		})
	}
}

// A panel that says deleted and goes on to list the user: the destroy fails and
// the state keeps the user.
func TestAccUser_isNotDestroyedUntilAListingProvesIt(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	config := user(sim, "name = \"Ada\"\ntimeouts { delete = \"300ms\" }")
	ignore := func(on bool) func() {
		return func() { sim.Panel("lobby").SetSettings(func(s *simulator.Settings) { s.IgnoreDeletes = on }) }
	}
	acctest.Run(t, sim,
		resource.TestStep{Config: config, ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate)},
		resource.TestStep{PreConfig: ignore(true), Config: config, Destroy: true, ExpectError: says("but no listing without it was seen")},
		resource.TestStep{PreConfig: ignore(false), Config: config, ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionNoop)},
	)
}

func TestAccUser_needsAPanelThatHasUsers(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	sim.Panel("lobby").SetSettings(func(s *simulator.Settings) { s.APIVersion = "1.3.5" })
	acctest.Run(t, sim,
		resource.TestStep{Config: user(sim, `name = "Ada"`), ExpectError: says("users need API 2 or later")},
		resource.TestStep{Config: acctest.ProviderBlock(sim) + officeHours},
	)
	if n := acctest.Count(sim, http.MethodPost, usersPath); n != 0 {
		t.Errorf("%d upserts of users were sent, want none", n)
	}
}
