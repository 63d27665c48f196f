package endtoend

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

const (
	idA = "0a6b3f0e-7c1d-4e55-9b1a-d2f0c8a1b001"
	idB = "1b6b3f0e-7c1d-4e55-9b1a-d2f0c8a1b002"
)

// plain is a command's output on one line, without the frames of diagnostics.
func plain(output string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(output)), " ")
}

// person is a user with these lines.
func person(label, name string, lines ...string) string {
	return fmt.Sprintf("resource \"gatehouse_panel_user\" %q {\n  name = %q\n  %s\n}\n", label, name, strings.Join(lines, "\n  "))
}

// hours is a time profile with these lines.
func hours(label, name string, lines ...string) string {
	return fmt.Sprintf("resource \"gatehouse_panel_time_profile\" %q {\n  name  = %q\n  start = \"2030-01-07T09:00:00Z\"\n  end   = \"2030-01-07T18:00:00Z\"\n  %s\n}\n",
		label, name, strings.Join(lines, "\n  "))
}

// TestPlanRefusesDuplicates plans two resources of one configuration that are to be
// one object, and others that only look so.
func TestPlanRefusesDuplicates(t *testing.T) {
	t.Parallel()
	link := func(id string) string { return fmt.Sprintf("link_id = %q", id) }
	lobby, garage := `panel = "lobby"`, `panel = "garage"`
	for name, test := range map[string]struct {
		before, config string
		args           []string
		want           []string // of one error; none means that the plan succeeds
	}{
		"one name": {
			config: person("a", "Ada", lobby) + person("b", "Ada", lobby),
			want:   []string{"Error: Two users with one name", `name "Ada" on panel "lobby"`},
		},
		"one name in two spellings": {
			config: person("a", "Ada", lobby) + person("b", "ADA", lobby),
			want:   []string{"Error: Two users with one name", `"Ada"`, `"ADA"`},
		},
		"one name of time profiles": {
			config: hours("a", "Office", lobby) + hours("b", "Office", lobby),
			want:   []string{"Error: Two time profiles with one name"},
		},
		"one link_id": {
			config: person("a", "Ada", lobby, link(idA)) + person("b", "Grace", lobby, link(strings.ToUpper(idA))),
			want:   []string{"Error: Two users with one link_id", `"Ada"`, `"Grace"`},
		},
		"a renaming to the name of another": {
			before: person("a", "Ada", lobby) + person("b", "Grace", lobby),
			config: person("a", "Ada", lobby) + person("b", "Ada", lobby),
			want:   []string{"Error: Two users with one name"},
		},
		"two panels":           {config: person("a", "Ada", lobby, link(idA)) + person("b", "Ada", garage, link(idA))},
		"a user and a profile": {config: person("a", "Ada", lobby, link(idA)) + hours("b", "Ada", lobby, link(idA))},
		"two names swapped": {
			before: person("a", "Ada", lobby) + person("b", "Grace", lobby),
			config: person("a", "Grace", lobby) + person("b", "Ada", lobby),
		},
		"a new one takes over a name": {
			before: person("a", "Ada", lobby),
			config: person("a", "Grace", lobby) + person("b", "Ada", lobby),
		},
		"a replacement": {
			before: person("a", "Ada", lobby, link(idA)),
			config: person("a", "Ada", lobby, link(idB)),
		},
		"a forced replacement": {
			before: person("a", "Ada", lobby, link(idA)),
			config: person("a", "Ada", lobby, link(idA)),
			args:   []string{"-replace=gatehouse_panel_user.a"},
		},
		"create_before_destroy": {
			before: person("a", "Ada", lobby, link(idA), "lifecycle { create_before_destroy = true }"),
			config: person("a", "Ada", lobby, link(idB), "lifecycle { create_before_destroy = true }"),
		},
		"another address": {
			before: person("a", "Ada", lobby, link(idA)),
			config: person("b", "Ada", lobby, link(idA)),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby", "garage")
			w := workspace(t, sim, test.before)
			if test.before != "" {
				must(t, w, "apply", "-auto-approve")
			}
			rewrite(t, w, sim, test.config)
			output, _, err := w.Run(t.Context(), append([]string{"plan"}, test.args...)...)
			if failed := err != nil; failed != (test.want != nil) {
				t.Fatalf("the plan ended with %v, want an error: %t\n%s", err, test.want != nil, output)
			}
			for _, want := range test.want {
				if !strings.Contains(plain(output), want) || strings.Count(output, "Error:") != 1 {
					t.Errorf("the plan does not say %q, in one error:\n%s", want, output)
				}
			}
		})
	}
}

// TestPlanAsksThePanel finds at plan what would fail in apply.
func TestPlanAsksThePanel(t *testing.T) {
	t.Parallel()
	local := simulator.PanelState{Users: []simulator.User{{Name: "Local 1"}}, TimeProfiles: []simulator.TimeProfile{{
		Name: "Shift", TimeOptions: []byte(`{"is_all_day":false,"date_from":1767603600,"date_to":1767636000}`), RepeatOptions: []byte(`{"repeat_enable":false}`),
	}}}
	for name, test := range map[string]struct {
		before, config string
		prepare        func(*simulator.Simulator)
		replace        [2]string // in the provider block
		want           []string
		passes         bool // with a warning
	}{
		"a wrong password": {
			config: person("a", "Ada", `panel = "lobby"`), replace: [2]string{acctest.Password, "sesame"},
			want: []string{`Error: Panel "lobby" refused the login`},
		},
		"a wrong serial number": {
			config: person("a", "Ada", `panel = "lobby"`), replace: [2]string{"  panel {\n    name = \"lobby\"", "  panel {\n    serial_number = \"4711\"\n    name = \"lobby\""},
			want: []string{`Error: Panel "lobby" has another serial number`, `"4711"`},
		},
		"a user made at the panel": {
			config: person("a", "local 1", `panel = "lobby"`),
			want:   []string{`Error: The name is taken on panel "lobby"`, `"Local 1"`, `"local 1"`, "made at the panel itself"},
		},
		"a profile made at the panel": {
			config: hours("a", "Shift", `panel = "lobby"`),
			want:   []string{`Error: The name is taken on panel "lobby"`, "made at the panel itself"},
		},
		"a renaming to a user made at the panel": {
			before: person("a", "Ada", `panel = "lobby"`), config: person("a", "LOCAL 1", `panel = "lobby"`),
			want: []string{`Error: The name is taken on panel "lobby"`, `"Local 1"`},
		},
		"a time profile that is not there": {
			config: person("a", "Ada", `panel = "lobby"`, fmt.Sprintf("time_profiles = [%q]", idA)),
			want:   []string{`Error: Panel "lobby" lacks a time profile`, idA, "time_profiles = ["},
		},
		"a time profile of another panel": {
			before: hours("p", "Office", `panel = "garage"`),
			config: hours("p", "Office", `panel = "garage"`) + person("a", "Ada", `panel = "lobby"`, "time_profiles = [gatehouse_panel_time_profile.p.link_id]"),
			want:   []string{`Error: Time profile is on panel "garage"`, `create one on panel "lobby"`},
		},
		"a time profile that the plan creates": {
			config: hours("p", "Office", `panel = "lobby"`, fmt.Sprintf("link_id = %q", idA)) + person("a", "Ada", `panel = "lobby"`, "time_profiles = [gatehouse_panel_time_profile.p.link_id]"),
			passes: true,
		},
		"a panel that is off": {
			config: person("a", "Ada", `panel = "lobby"`) + person("b", "Grace", `panel = "lobby"`),
			prepare: func(sim *simulator.Simulator) {
				sim.Panel("lobby").SetSettings(func(s *simulator.Settings) { s.Unavailable = true })
			},
			want: []string{`Warning: Panel "lobby"`, `The plan was not checked against panel "lobby"; the apply does that before it writes.`}, passes: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby", "garage")
			w := workspace(t, sim, test.before)
			if test.before != "" {
				must(t, w, "apply", "-auto-approve")
			}
			held := sim.Panel("lobby").State()
			held.Users = append(held.Users, local.Users...)
			held.TimeProfiles = append(held.TimeProfiles, local.TimeProfiles...)
			sim.Panel("lobby").SetState(held)
			if test.prepare != nil {
				test.prepare(sim)
			}
			block := strings.Replace(acctest.ProviderBlock(sim), test.replace[0], test.replace[1], 1)
			if err := w.Write("main.tf", []byte(requiredProviders+block+test.config)); err != nil {
				t.Fatal(err)
			}
			sim.ResetRequests()
			output, _, err := w.Run(t.Context(), "plan")
			if (err == nil) != test.passes {
				t.Fatalf("the plan ended with %v, want success: %t\n%s", err, test.passes, output)
			}
			for _, want := range test.want {
				if strings.Count(plain(output), want) == 0 {
					t.Errorf("the plan does not say %q:\n%s", want, output)
				}
			}
			if strings.Count(output, "was not checked against") > 1 {
				t.Errorf("the plan says more than once that it was not checked:\n%s", output)
			}
			for _, request := range sim.Requests() {
				if request.Method != http.MethodGet {
					t.Errorf("the plan sent %s %s", request.Method, request.Path)
				}
			}
		})
	}
}

// TestPlanListsThePanelOnce counts what a plan of many creations costs.
func TestPlanListsThePanelOnce(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	many := "resource \"gatehouse_panel_user\" \"a\" {\n  count = 30\n  name = \"Person ${count.index}\"\n  time_profiles = []\n}\n"
	w := workspace(t, sim, many)
	must(t, w, "plan")
	if n := acctest.Count(sim, http.MethodGet, "/api/v1/access/users/items"); n != 1 {
		t.Errorf("the plan of 30 creations listed the users %d times, want once", n)
	}
	if n := len(sim.Requests()); n != 3 { // device, login, listing
		t.Errorf("the plan of 30 creations sent %d requests, want 3", n)
	}
}

// TestUnrestrictedUsersAreShown reads the plan of new users without time profiles.
func TestUnrestrictedUsersAreShown(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	w := workspace(t, sim, person("a", "Ada")+person("b", "Grace")+person("c", "Alan", "time_profiles = []"))
	output, _, err := w.Run(t.Context(), "plan")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(output, "+ time_profiles  = []"); n != 3 {
		t.Errorf("the plan shows %d empty sets, want 3:\n%s", n, output)
	}
	if n := strings.Count(output, "+ has_duplicates = false"); n != 3 {
		t.Errorf("the plan knows %d times that there are no duplicates, want 3:\n%s", n, output)
	}
	said := plain(output)
	if strings.Count(said, "or write time_profiles = [] if that is meant") != 1 || !strings.Contains(said, "User may pass at any hour") {
		t.Errorf("the plan does not warn in full, once:\n%s", output)
	}
	must(t, w, "apply", "-auto-approve")
	must(t, w, "plan", "-detailed-exitcode")
	must(t, w, "destroy", "-auto-approve")
}

// TestUserWhoLosesTimeProfilesIsShown takes the last time profile off a user, with and
// without saying that it is meant.
func TestUserWhoLosesTimeProfilesIsShown(t *testing.T) {
	t.Parallel()
	profile := hours("p", "Office")
	for name, test := range map[string]struct {
		lines string
		warns bool
	}{
		"left out": {"", true},
		"empty":    {"time_profiles = []", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			w := workspace(t, sim, profile+person("a", "Ada", "time_profiles = [gatehouse_panel_time_profile.p.link_id]"))
			must(t, w, "apply", "-auto-approve")
			rewrite(t, w, sim, profile+person("a", "Ada", test.lines))
			output, _, err := w.Run(t.Context(), "apply", "-auto-approve")
			if err != nil || strings.Contains(output, "User may pass at any hour") != test.warns {
				t.Errorf("the apply ended with %v, want a warning: %t\n%s", err, test.warns, output)
			}
			if users := sim.Panel("lobby").State().Users; len(users) != 1 || len(users[0].TimeProfileLinkIDs) != 0 {
				t.Errorf("the panel has %+v", users)
			}
			must(t, w, "plan", "-detailed-exitcode")
		})
	}
}

// TestPlanListsUsersOfATimeProfile reads what the end of a time profile in use says.
func TestPlanListsUsersOfATimeProfile(t *testing.T) {
	t.Parallel()
	profile := func(id string) string { return hours("p", "Office", fmt.Sprintf("link_id = %q", id)) }
	managed := person("a", "Grace", fmt.Sprintf("link_id = %q", idB), "time_profiles = [gatehouse_panel_time_profile.p.link_id]")
	forced := "-replace=gatehouse_panel_time_profile.p"
	for name, test := range map[string]struct {
		managed, local bool // who refers to it
		config         string
		args           []string
		refused        bool
		want           []string
	}{
		"destroyed, in use by a user made at the panel": {false, true, "", nil, false, []string{`user "Ada" (made at the panel). It cannot be destroyed while they do.`}},
		"destroyed, in use by a user who stays":         {true, false, person("a", "Grace", fmt.Sprintf("link_id = %q", idB), "time_profiles = []"), nil, false, []string{`user "Grace" (link_id ` + idB + `). It cannot be destroyed while they do.`}},
		"replaced":                                      {false, true, profile(idB), nil, false, []string{`user "Ada" (made at the panel). It cannot be replaced while they do`}},
		"replaced on request":                           {false, true, profile(idA), []string{forced}, true, []string{`user "Ada" (made at the panel). It cannot be replaced while they do`}},
		"replaced on request, managed user":             {true, false, profile(idA) + managed, []string{forced}, false, []string{`User "Grace" refers to time profile ` + idA + `, which this plan replaces. It cannot be replaced while they do`}},
		"kept":                                          {true, true, profile(idA) + managed, nil, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			before := profile(idA)
			if test.managed {
				before += managed
			}
			w := workspace(t, sim, before)
			must(t, w, "apply", "-auto-approve")
			if test.local {
				state := sim.Panel("lobby").State()
				state.Users = append(state.Users, simulator.User{Name: "Ada", TimeProfileLinkIDs: []string{idA}})
				sim.Panel("lobby").SetState(state)
			}
			rewrite(t, w, sim, test.config)
			output, _, err := w.Run(t.Context(), append([]string{"plan"}, test.args...)...)
			if (err != nil) != test.refused {
				t.Fatalf("the plan ended with %v:\n%s", err, output)
			}
			for _, want := range test.want {
				if !strings.Contains(plain(output), want) {
					t.Errorf("the plan does not say %q:\n%s", want, output)
				}
			}
			if strings.Contains(output, "Time profile in use") != (test.want != nil) {
				t.Errorf("the plan speaks of a time profile in use:\n%s", output)
			}
		})
	}
}

// TestTimeProfilesCompareByValue applies sets that spell UUIDs in several ways, and
// one that holds a name.
func TestTimeProfilesCompareByValue(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	profile := hours("p", "Office", fmt.Sprintf("link_id = %q", idA))
	w := workspace(t, sim, "")
	for _, set := range []string{
		`[gatehouse_panel_time_profile.p.link_id, upper(gatehouse_panel_time_profile.p.link_id)]`,
		`[upper(gatehouse_panel_time_profile.p.link_id)]`,
		`[gatehouse_panel_time_profile.p.link_id]`,
	} {
		rewrite(t, w, sim, profile+person("a", "Ada", "time_profiles = "+set))
		must(t, w, "apply", "-auto-approve")
		must(t, w, "plan", "-detailed-exitcode")
		if users := sim.Panel("lobby").State().Users; len(users) != 1 || len(users[0].TimeProfileLinkIDs) != 1 {
			t.Errorf("after time_profiles = %s the panel has %+v", set, users)
		}
	}
	rewrite(t, w, sim, profile+person("a", "Ada", `time_profiles = ["Office"]`))
	output, _, err := w.Run(t.Context(), "validate")
	if said := plain(output); err == nil || !strings.Contains(said, `time_profiles = ["Office"]`) || !strings.Contains(said, "link_id attribute") {
		t.Errorf("validate (%v) does not show the line and name link_id:\n%s", err, output)
	}
	rewrite(t, w, sim, "")
	must(t, w, "apply", "-auto-approve")
}

// TestObjectUnderTwoAddresses imports one object twice.
func TestObjectUnderTwoAddresses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first func(label string) string
	}{
		"a user":         {func(l string) string { return person(l, "Ada") }},
		"a time profile": {func(l string) string { return hours(l, "Office") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			w := workspace(t, sim, test.first("a"))
			must(t, w, "apply", "-auto-approve")
			ids := stateIDs(t, w)
			both := test.first("a") + test.first("b")
			rewrite(t, w, sim, both)
			address := "gatehouse_panel_user.b"
			if strings.Contains(both, "time_profile") {
				address = "gatehouse_panel_time_profile.b"
			}
			must(t, w, "import", address, "lobby/"+ids[0])
			output, _, err := w.Run(t.Context(), "plan")
			if err != nil || !strings.Contains(plain(output), "stands in the state twice") {
				t.Errorf("the plan that keeps both (%v) does not warn:\n%s", err, output)
			}
			rewrite(t, w, sim, test.first("a"))
			output, _, err = w.Run(t.Context(), "apply", "-auto-approve")
			if said := plain(output); err == nil || !strings.Contains(said, "stands in the state twice") || !strings.Contains(said, "terraform state rm ADDRESS") {
				t.Errorf("an apply that destroys one of the two ended with %v:\n%s", err, output)
			}
			if left := panelIDs(sim.Panel("lobby")); len(left) != 1 {
				t.Errorf("the panel has %v", left)
			}
			must(t, w, "state", "rm", address)
			must(t, w, "plan", "-detailed-exitcode")
			rewrite(t, w, sim, both)
			must(t, w, "import", address, "lobby/"+ids[0])
			must(t, w, "destroy", "-auto-approve") // of both: there is nothing to lose
			if left := panelIDs(sim.Panel("lobby")); len(left) != 0 {
				t.Errorf("after the destroy of both the panel has %v", left)
			}
		})
	}
}
