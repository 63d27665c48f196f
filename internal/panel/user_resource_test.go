package panel_test

import (
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

const (
	userAddress    = "gatehouse_panel_user.test"
	profileAddress = "gatehouse_panel_time_profile.test"

	idA = "0a6b3f0e-7c1d-4e55-9b1a-d2f0c8a1b001"
	idB = "0a6b3f0e-7c1d-4e55-9b1a-d2f0c8a1b002"
	idC = "0a6b3f0e-7c1d-4e55-9b1a-d2f0c8a1b003"
)

var anyUUID = knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`))

// user is a configuration of one user with these lines in it.
func user(sim *simulator.Simulator, lines string) string {
	return acctest.ProviderBlock(sim) + fmt.Sprintf("resource \"gatehouse_panel_user\" \"test\" {\n%s\n}\n", lines)
}

func userValue(attribute string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(userAddress, tfjsonpath.New(attribute), value)
}

func TestAccUser_basic(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	acctest.Run(t, sim, resource.TestStep{
		Config:           user(sim, `name = "Ada"`),
		ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate),
		ConfigStateChecks: []statecheck.StateCheck{
			userValue("panel", knownvalue.StringExact("lobby")),
			userValue("link_id", anyUUID),
			userValue("name", knownvalue.StringExact("Ada")),
			userValue("info", knownvalue.StringExact("")),
			userValue("lock", knownvalue.StringExact("first")),
			userValue("auth_factors", knownvalue.Null()),
			userValue("time_profiles", knownvalue.SetSizeExact(0)),
			userValue("apartment_link_id", knownvalue.Null()),
			userValue("uid", knownvalue.Int64Exact(1)),
			userValue("has_duplicates", knownvalue.Bool(false)),
		},
	})
}

func TestAccUser_updatesEveryAttributeInPlace(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	profiles := `
resource "gatehouse_panel_time_profile" "p" {
  count = 2
  name  = "Profile ${count.index}"
  start = "2026-01-05T09:00:00Z"
  end   = "2026-01-05T18:00:00Z"
}
`
	sameID := statecheck.CompareValue(compare.ValuesSame())
	step := func(lines string, checks ...statecheck.StateCheck) resource.TestStep {
		return resource.TestStep{
			Config:           profiles + user(sim, lines),
			ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: append(checks,
				sameID.AddStateValue(userAddress, tfjsonpath.New("link_id")),
				userValue("uid", knownvalue.Int64Exact(1))),
		}
	}
	create := step(`name = "Ada"`)
	create.ConfigPlanChecks = acctest.Plans(userAddress, plancheck.ResourceActionCreate)
	acctest.Run(t, sim,
		create,
		step(`name = "Ada Lovelace"`, userValue("name", knownvalue.StringExact("Ada Lovelace"))),
		step(`
name = "Ada Lovelace"
info = "engines"
lock = "all"
auth_factors = ["qr", "card"]
time_profiles = [gatehouse_panel_time_profile.p[0].link_id]
apartment_link_id = "`+idA+`"`,
			userValue("info", knownvalue.StringExact("engines")),
			userValue("lock", knownvalue.StringExact("all")),
			userValue("auth_factors", knownvalue.SetExact([]knownvalue.Check{knownvalue.StringExact("card"), knownvalue.StringExact("qr")})),
			userValue("time_profiles", knownvalue.SetSizeExact(1)),
			userValue("apartment_link_id", knownvalue.StringExact(idA))),
		step(`
name = "Ada Lovelace"
info = "engines"
lock = "second"
auth_factors = ["face_id", "input_code", "license_plate"]
time_profiles = gatehouse_panel_time_profile.p[*].link_id
apartment_link_id = "`+idB+`"`,
			userValue("lock", knownvalue.StringExact("second")),
			userValue("auth_factors", knownvalue.SetSizeExact(3)),
			userValue("time_profiles", knownvalue.SetSizeExact(2)),
			userValue("apartment_link_id", knownvalue.StringExact(idB))),
		step(`
name = "Ada Lovelace"
time_profiles = []`,
			userValue("info", knownvalue.StringExact("")),
			userValue("lock", knownvalue.StringExact("first")),
			userValue("auth_factors", knownvalue.Null()),
			userValue("time_profiles", knownvalue.SetSizeExact(0)),
			userValue("apartment_link_id", knownvalue.Null())),
	)
}

func TestAccUser_replacesOnAnotherIdentityOrPanel(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby", "garage")
	replaced := acctest.Plans(userAddress, plancheck.ResourceActionReplace)
	acctest.Run(t, sim,
		resource.TestStep{
			Config:           user(sim, `panel = "lobby"`+"\nname = \"Ada\"\nlink_id = \""+idA+`"`),
			ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate),
		},
		resource.TestStep{
			Config:            user(sim, `panel = "lobby"`+"\nname = \"Ada\"\nlink_id = \""+idB+`"`),
			ConfigPlanChecks:  replaced,
			ConfigStateChecks: []statecheck.StateCheck{userValue("link_id", knownvalue.StringExact(idB))},
		},
		resource.TestStep{
			Config:           user(sim, `panel = "garage"`+"\nname = \"Ada\"\nlink_id = \""+idB+`"`),
			ConfigPlanChecks: replaced,
			ConfigStateChecks: then(func() error {
				if n := len(sim.Panel("lobby").State().Users); n != 0 {
					return fmt.Errorf("%d users are left on the old panel", n)
				}
				return nil
			}, userValue("panel", knownvalue.StringExact("garage"))),
		},
	)
}

func TestAccUser_spellingOfAUUIDIsNoChange(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	config := func(link, apartment string) string {
		return user(sim, fmt.Sprintf("name = \"Ada\"\nlink_id = %q\napartment_link_id = %q", link, apartment))
	}
	acctest.Run(t, sim,
		resource.TestStep{
			Config:           config("0A6B3F0E-7C1D-4E55-9B1A-D2F0C8A1B001", idB),
			ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate),
		},
		resource.TestStep{
			Config:           config(idA, "0A6B3F0E-7C1D-4E55-9B1A-D2F0C8A1B002"),
			ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionNoop),
		},
	)
}

func TestAccUser_imports(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	acctest.Run(t, sim,
		resource.TestStep{
			Config: user(sim, `
name = "Ada"
info = "engines"
lock = "all"
auth_factors = ["card", "qr"]
time_profiles = [gatehouse_panel_time_profile.test.link_id]
apartment_link_id = "`+idB+`"
link_id = "`+idA+`"`) + officeHours,
			ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate),
		},
		resource.TestStep{
			ResourceName: userAddress, ImportState: true, ImportStateVerify: true,
			ImportStateId: "lobby/" + idA, ImportStateVerifyIdentifierAttribute: "link_id",
		},
		resource.TestStep{
			ResourceName: userAddress, ImportState: true, ImportStateVerify: true,
			ImportStateId: idA, ImportStateVerifyIdentifierAttribute: "link_id",
		},
		resource.TestStep{
			ResourceName: userAddress, ImportState: true, ImportStateId: "garage/" + idA,
			ExpectError: regexp.MustCompile(`no panel "garage". Valid names are: lobby`),
		},
		resource.TestStep{
			ResourceName: userAddress, ImportState: true, ImportStateId: "lobby/Ada",
			ExpectError: regexp.MustCompile(`"lobby/Ada" is not of the form panel/link_id`),
		},
		resource.TestStep{
			ResourceName: userAddress, ImportState: true, ImportStateId: "lobby/" + idC,
			ExpectError: regexp.MustCompile(`Cannot import non-existent remote object`),
		},
	)
}

// A user made outside Terraform, with references that the configuration does not
// speak of, imports to an empty plan.
func TestAccUser_importsWhatThePanelHoldsToAnEmptyPlan(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	sim.Panel("lobby").SetTimeProfile(simulator.TimeProfile{LinkID: idC, Name: "Night", TimeOptions: window, RepeatOptions: once})
	sim.Panel("lobby").SetUser(simulator.User{
		LinkID: idA, Name: "Ada", LockNumber: 0, IsCustomUserAccess: true, AuthFactors: []string{"qr"},
		ApartmentLinkID: idB, TimeProfileLinkIDs: []string{idC},
	})
	acctest.Run(t, sim, resource.TestStep{
		Config: "import {\n  to = " + userAddress + "\n  id = \"" + idA + "\"\n}\n" +
			user(sim, "name = \"Ada\"\nlock = \"all\"\nauth_factors = [\"qr\"]"),
		ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionNoop),
		ConfigStateChecks: then(func() error {
			sim.Panel("lobby").RemoveTimeProfile(idC) // it is not Terraform's to destroy
			return nil
		},
			userValue("apartment_link_id", knownvalue.StringExact(idB)),
			userValue("time_profiles", knownvalue.SetExact([]knownvalue.Check{knownvalue.StringExact(idC)}))),
	})
}

func TestAccUser_disappears(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	config := user(sim, "name = \"Ada\"\nlink_id = \""+idA+`"`)
	acctest.Run(t, sim,
		resource.TestStep{Config: config, ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate)},
		resource.TestStep{
			PreConfig:        func() { sim.Panel("lobby").RemoveUser(idA) },
			Config:           config,
			ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate),
		},
		resource.TestStep{ // and once more just before the destroy, which must not mind
			PreConfig: func() { sim.Panel("lobby").RemoveUser(idA) },
			Config:    config, Destroy: true,
		},
	)
}

func TestAccUser_showsAndMendsDrift(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	panel := sim.Panel("lobby")
	config := user(sim, `
name = "Ada"
link_id = "`+idA+`"
lock = "second"
auth_factors = ["card"]
time_profiles = [gatehouse_panel_time_profile.test.link_id]
apartment_link_id = "`+idB+`"`) + officeHours
	drift := func(change func(*simulator.User)) resource.TestStep {
		var want simulator.User
		return resource.TestStep{
			PreConfig: func() {
				want = panel.State().Users[0]
				changed := panel.State().Users[0]
				change(&changed)
				panel.SetUser(changed)
			},
			Config:           config,
			ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: then(func() error {
				if got := panel.State().Users[0]; fmt.Sprint(got) != fmt.Sprint(want) {
					return fmt.Errorf("after the apply the panel holds %+v, want %+v", got, want)
				}
				return nil
			}),
		}
	}
	acctest.Run(t, sim,
		resource.TestStep{Config: config, ConfigPlanChecks: acctest.Plans(userAddress, plancheck.ResourceActionCreate)},
		drift(func(u *simulator.User) { u.Name = "Somebody" }),
		drift(func(u *simulator.User) { u.LockNumber = 0; u.Info = "hello" }),
		drift(func(u *simulator.User) { u.IsCustomUserAccess = false }),
		drift(func(u *simulator.User) { u.TimeProfileLinkIDs = nil; u.ApartmentLinkID = "" }),
	)
}
