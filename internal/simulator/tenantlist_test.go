package simulator_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// listed are the names of the profiles a list answers.
func listed(r reply) string {
	r.t.Helper()
	if r.status != 200 {
		return r.String()
	}
	var names []string
	for _, p := range r.json.([]any) {
		names = append(names, p.(obj)["name"].(string))
	}
	return strings.Join(names, " ")
}

func TestProfilesArePaged(t *testing.T) {
	t.Parallel()
	_, c := seeded(t, 5)
	for query, want := range map[string]string{
		"":                   "P1 P2 P3 P4 P5",
		"?limit=2":           "P1 P2",
		"?limit=2&offset=4":  "P5",
		"?offset=5":          "",
		"?limit=0":           "",
		"?limit=250&count=0": "400",
		"?limit=251":         "400",
		"?limit=-1":          "400",
		"?limit=x":           "400",
		"?offset=-1":         "400",
	} {
		got := listed(c.do("GET", identityProfiles+query, nil))
		if want == "400" {
			got = got[:3]
		}
		equal(t, query, got, want)
	}
	equal(t, "total, if asked for", c.do("GET", identityProfiles+"?count=true&limit=2", nil).header.Get("X-Total-Count"), "5")
	equal(t, "total of a filter", c.do("GET", identityProfiles+"?count=true&limit=0&filters="+url.QueryEscape(`name le "P2"`), nil).header.Get("X-Total-Count"), "2")
	equal(t, "no total", len(c.do("GET", identityProfiles+"?count=false", nil).header["X-Total-Count"]), 0)
	equal(t, "extra field", c.do("GET", identityProfiles, nil).at(0, "x_extra"), "ignore me")
}

func TestPageHas250ProfilesUnlessAskedForLess(t *testing.T) {
	t.Parallel()
	_, c := seeded(t, 251)
	equal(t, "first", len(c.do("GET", identityProfiles, nil).json.([]any)), 250)
	equal(t, "second", listed(c.do("GET", identityProfiles+"?offset=250", nil)), "P251")
}

func TestProfilesAreFiltered(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 4)
	p := tenant.State().Profiles[3]
	p.Name = `a "b" \ & # %`
	tenant.SetProfile(p)
	for filter, want := range map[string]string{
		`name eq "P2"`:                  "P2",
		`name ne "P2"`:                  "P1 P3 " + p.Name,
		`name ge "P2" and name le "P3"`: "P2 P3",
		`name gt "P2"`:                  "P3 " + p.Name,
		`name sw "P"`:                   "P1 P2 P3",
		`name in ("P3","P1", "x")`:      "P1 P3",
		`name in ( "P3" )`:              "P3",
		`id eq "` + hex(3) + `"`:        "P3",
		`id in ("` + hex(3) + `")`:      "P3",
		`priority eq 20`:                "P2",
		`priority eq "20"`:              "P2",
		`priority ne 20 and name ne "P1" and name sw "P"`: "P3",
		`name eq "a \"b\" \\ & # %"`:                      p.Name,
		`name eq " P2"`:                                   "",
		`name eq "p2"`:                                    "",
		`name eq P2`:                                      "400",
		`name eq "P2`:                                     "400",
		`name eq`:                                         "400",
		`name "P2"`:                                       "400",
		`name in "P2"`:                                    "400",
		`name in ("P2"`:                                   "400",
		`name in ()`:                                      "400",
		`name eq "P2" name eq "P2"`:                       "400",
		`name eq "P2" or name eq "P3"`:                    "400",
		`name co "P"`:                                     "400",
		`priority gt 10`:                                  "400",
		`owner.id eq "x"`:                                 "400",
		`description isnull`:                              "400",
	} {
		got := listed(c.do("GET", identityProfiles+"?filters="+url.QueryEscape(filter), nil))
		if want == "400" {
			got = got[:min(3, len(got))]
		}
		equal(t, filter, got, strings.ReplaceAll(want, "P4", p.Name))
	}
}

func TestProfilesAreSorted(t *testing.T) {
	t.Parallel()
	_, tenant, _ := startTenant(t)
	for i, p := range []simulator.IdentityProfile{
		{Name: "B", Priority: 100, OwnerID: hex(202)},
		{Name: "A", Priority: 20, OwnerID: hex(201)},
		{Name: "C", Priority: 3, OwnerID: hex(201)},
		{Name: "D", Priority: 3},
	} {
		p.ID, p.SourceID = hex(i+1), hex(i+101)
		tenant.SetProfile(p)
	}
	c := connect(t, tenant)
	for sorters, want := range map[string]string{
		"name":            "A B C D",
		"-name":           "D C B A",
		"id":              "B A C D",
		"priority,-name":  "D C A B",
		"-priority":       "B A C D",
		"owner.id,name":   "D A C B",
		"-owner.name,id":  "B A C D",
		"created,-id":     "D C A B",
		"identityCount":   "400",
		"name, priority":  "400",
		"name,":           "400",
		"--name":          "400",
		"authoritative.x": "400",
	} {
		got := listed(c.do("GET", identityProfiles+"?sorters="+url.QueryEscape(sorters), nil))
		if want == "400" {
			got = got[:3]
		}
		equal(t, sorters, got, want)
	}
}

func TestTasksAreListed(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 3)
	first := c.bulkDelete(hex(1))
	tenant.FinishTasks()
	second := c.bulkDelete(hex(2))
	for query, want := range map[string][]string{
		"":                            {first, second},
		`completionStatus isnull`:     {second},
		`completionStatus eq "X"`:     {},
		`id in ("` + first + `")`:     {first},
		`launcher eq "support"`:       {first, second},
		`completionStatus ne "X"`:     nil,
		`sourceId eq "` + first + `"`: nil,
	} {
		r := c.do("GET", "/task-status/v1?filters="+url.QueryEscape(query), nil)
		if want == nil {
			equal(t, query, r.status, 400)
			continue
		}
		ids := []string{}
		for i := range r.json.([]any) {
			ids = append(ids, r.at(i, "id").(string))
		}
		equal(t, query, ids, want)
	}
	equal(t, "no poll", tenant.State().Tasks[1].Polls, 0)
	equal(t, "still running", c.polls(second, 3), "- - SUCCESS")
}
