package simulator_test

import (
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestDeletionTakesEffectWhenItsTaskEnds(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 3)
	task := c.bulkDelete(hex(1), hex(3), hex(1))
	equal(t, "first poll", c.poll(task), "-")
	equal(t, "second poll", c.poll(task), "-")
	equal(t, "stored until the end", stored(tenant), "1 2 3")
	equal(t, "the source is in use", c.do("POST", identityProfiles, newProfile("A", 101)).status, 409)
	equal(t, "third poll", c.poll(task), "completed SUCCESS")
	equal(t, "stored", stored(tenant), "2")
	equal(t, "read", c.gets(hex(1), 1), []int{404})
	equal(t, "the source is free", c.do("POST", identityProfiles, newProfile("A", 101)).status, 201)
	equal(t, "and so it stays", c.polls(task, 2), "SUCCESS SUCCESS")
	equal(t, "view", tenant.State().Tasks, []simulator.Task{{ID: task, ProfileIDs: []string{hex(1), hex(3), hex(1)}, Polls: 5, Status: "SUCCESS"}})
}

func TestSingleDeletionIsTheSameTask(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 2)
	r := c.do("DELETE", identityProfiles+"/"+hex(1), nil)
	equal(t, "status", r.status, 202)
	equal(t, "task", c.polls(r.at("id").(string), 3), "- - SUCCESS")
	equal(t, "stored", stored(tenant), "2")
	equal(t, "unknown id", c.do("DELETE", identityProfiles+"/"+hex(1), nil).status, 404)
}

func TestBulkDeleteRefuses(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 1)
	for _, body := range []string{"", "[]", "{", "null", `"` + hex(1) + `"`, `{"ids":["` + hex(1) + `"]}`, `["` + hex(1) + `",1]`, `[null]`} {
		equal(t, body, c.do("POST", bulkDelete, body).status, 400)
	}
	equal(t, "tasks", len(tenant.State().Tasks), 0)
}

func TestAcceptedBodies(t *testing.T) {
	t.Parallel()
	const date = "Tue Nov 14 17:13:20 CDT 2023"
	full := func(more obj) obj {
		body := obj{
			"name": "Background Object Terminator", "launcher": "support", "x_extra": "ignore me",
			"description": "Generic task for terminating data in the overlay, used by the TerminationService.",
			"launched":    date, "completed": nil, "completionStatus": nil,
		}
		maps.Copy(body, more)
		return body
	}
	short := obj{"type": "TASK_RESULT", "name": nil, "x_extra": "ignore me"}
	for name, tt := range map[string]struct {
		change func(*simulator.TenantSettings)
		want   obj // but for the id
		hasID  bool
	}{
		"as documented":       {func(*simulator.TenantSettings) {}, full(nil), true},
		"short":               {func(s *simulator.TenantSettings) { s.ShortTaskBody = true }, short, true},
		"without id":          {func(s *simulator.TenantSettings) { s.TaskWithoutID = true }, full(nil), false},
		"short, without id":   {func(s *simulator.TenantSettings) { s.ShortTaskBody, s.TaskWithoutID = true, true }, short, false},
		"as in the example":   {func(s *simulator.TenantSettings) { s.AcceptedStatus = "Success" }, full(obj{"completed": date, "completionStatus": "Success"}), true},
		"waiting for another": {func(s *simulator.TenantSettings) { s.SerialTasks = true }, full(obj{"launched": nil}), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant, c := seeded(t, 2)
			c.bulkDelete(hex(2))
			tenant.SetSettings(tt.change)
			body := c.do("POST", bulkDelete, []string{hex(1)}).json.(obj)
			id, hasID := body["id"]
			equal(t, "has an id", hasID, tt.hasID)
			if hasID {
				equal(t, "id", id, tenant.State().Tasks[1].ID)
			}
			delete(body, "id")
			if task, ok := body["name"].(string); ok {
				body["name"] = regexp.MustCompile(` [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).ReplaceAllString(task, "")
			}
			equal(t, "body", body, tt.want)
			equal(t, "still there", stored(tenant), "1 2")
		})
	}
}

func TestAcceptedDatesHaveTwoDigitsForTheDay(t *testing.T) {
	t.Parallel()
	_, tenant, now := startTenant(t)
	now.move(20 * 24 * time.Hour)
	seed(tenant, 1)
	r := connect(t, tenant).do("DELETE", identityProfiles+"/"+hex(1), nil)
	equal(t, "launched", r.at("launched"), "Mon Dec 04 17:13:20 CDT 2023")
}

func TestTaskStatusBody(t *testing.T) {
	t.Parallel()
	_, tenant, now := startTenant(t)
	seed(tenant, 1)
	c := connect(t, tenant)
	tenant.SetSettings(func(s *simulator.TenantSettings) {
		s.TaskMessages = []simulator.TaskMessage{{Type: "INFO", Key: "a", Text: "Done."}, {Type: "WARN", Key: "b"}}
	})
	task := c.bulkDelete(hex(1))
	now.move(time.Second)
	c.polls(task, 2)
	r := c.do("GET", taskStatus+task, nil)
	for key, want := range map[string]any{
		"id": task, "type": "QUARTZ", "launcher": "support", "parentName": nil, "target": nil,
		"created": "2023-11-14T22:13:20.000Z", "launched": "2023-11-14T22:13:20.000Z",
		"modified": "2023-11-14T22:13:21.000Z", "completed": "2023-11-14T22:13:21.000Z",
		"completionStatus": "SUCCESS", "percentComplete": 100, "progress": "Started",
		"returns": []any{}, "attributes": obj{}, "x_extra": "ignore me",
		"messages": []any{
			obj{"type": "INFO", "key": "a", "parameters": nil, "localizedText": obj{"locale": "en-US", "message": "Done."}},
			obj{"type": "WARN", "key": "b", "parameters": nil, "localizedText": nil},
		},
	} {
		equal(t, key, r.at(key), want)
	}
	required := "id type uniqueName description parentName attributes created modified launched launcher completed completionStatus messages progress percentComplete returns"
	for key := range strings.SplitSeq(required, " ") {
		if _, ok := r.json.(obj)[key]; !ok {
			t.Errorf("%s is missing", key)
		}
	}
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.OmitTaskKeys = []string{"progress", "completed"} })
	after := c.do("GET", taskStatus+task, nil)
	equal(t, "members left out", len(r.json.(obj))-len(after.json.(obj)), 2)
	equal(t, "progress", after.at("progress"), nil)
}

func TestRunningTaskHasNoEnd(t *testing.T) {
	t.Parallel()
	_, c := seeded(t, 1)
	r := c.do("GET", taskStatus+c.bulkDelete(hex(1)), nil)
	for _, key := range []string{"completed", "completionStatus"} {
		v, ok := r.json.(obj)[key]
		equal(t, key+" is there", ok, true)
		equal(t, key, v, nil)
	}
	equal(t, "messages", r.at("messages"), []any{})
	equal(t, "percent", r.at("percentComplete"), 0)
	u := c.do("GET", taskStatus+hex(9), nil)
	equal(t, "unknown task", u.status, 404)
	equal(t, "without a body", u.raw, "")
}

// There are the profiles 1, 2 and 3; the first has identities.
func TestTaskEnds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*simulator.TenantSettings)
		ids    string // 1 and 2 when it is empty
		polls  string
		stored string
		errors string // the profiles the messages name
	}{
		"success":          {func(s *simulator.TenantSettings) { s.TaskPolls = 0 }, "", "SUCCESS SUCCESS SUCCESS SUCCESS", "3", ""},
		"after one poll":   {func(s *simulator.TenantSettings) { s.TaskPolls = 1 }, "", "- SUCCESS SUCCESS SUCCESS", "3", ""},
		"warning":          {func(s *simulator.TenantSettings) { s.TaskEnd = "Warning" }, "", "- - WARNING WARNING", "3", ""},
		"error":            {func(s *simulator.TenantSettings) { s.TaskEnd = "Error" }, "", "- - ERROR ERROR", "1 2 3", ""},
		"terminated":       {func(s *simulator.TenantSettings) { s.TaskEnd = "Terminated" }, "", "- - TERMINATED TERMINATED", "1 2 3", ""},
		"temporary error":  {func(s *simulator.TenantSettings) { s.TaskEnd = "TempError" }, "", "- - TEMPERROR TEMPERROR", "1 2 3", ""},
		"another word":     {func(s *simulator.TenantSettings) { s.TaskEnd = "Exploded" }, "", "- - EXPLODED EXPLODED", "1 2 3", ""},
		"never":            {func(s *simulator.TenantSettings) { s.TaskEnd = "" }, "", "- - - -", "1 2 3", ""},
		"badly, and gone":  {func(s *simulator.TenantSettings) { s.TaskEnd, s.FailedTaskDeletes = "TempError", true }, "", "- - TEMPERROR TEMPERROR", "3", ""},
		"keeps one":        {func(s *simulator.TenantSettings) { s.TaskKeeps = []string{hex(1)} }, "", "- - SUCCESS SUCCESS", "1 3", ""},
		"keeps all":        {func(s *simulator.TenantSettings) { s.TaskEnd, s.TaskKeeps = "Warning", []string{"*"} }, "", "- - WARNING WARNING", "1 2 3", ""},
		"fails for one":    {func(s *simulator.TenantSettings) { s.TaskFailsFor = []string{hex(2)} }, "", "- - ERROR ERROR", "2 3", "P2"},
		"fails for all":    {func(s *simulator.TenantSettings) { s.TaskFailsFor = []string{"*"} }, "", "- - ERROR ERROR", "1 2 3", "P1 P2"},
		"fails for others": {func(s *simulator.TenantSettings) { s.TaskFailsFor = []string{hex(3)} }, "", "- - SUCCESS SUCCESS", "3", ""},
		"with identities":  {func(s *simulator.TenantSettings) { s.TaskFailsWithIdentities = true }, "", "- - ERROR ERROR", "1 3", "P1"},
		"unknown id":       {func(*simulator.TenantSettings) {}, "1 9", "- - SUCCESS SUCCESS", "2 3", ""},
		"unknown id only":  {func(s *simulator.TenantSettings) { s.TaskFailsWithIdentities, s.ReadableAfter = true, 1 }, "9", "- - SUCCESS SUCCESS", "1 2 3", ""},
		"fails once":       {func(s *simulator.TenantSettings) { s.TaskFailsFor = []string{hex(2)} }, "2 2", "- - ERROR ERROR", "1 2 3", "P2"},
		"unknown id warns": {func(s *simulator.TenantSettings) { s.UnknownIDs = "warning" }, "1 9", "- - WARNING WARNING", "2 3", ""},
		"unknown id fails": {func(s *simulator.TenantSettings) { s.UnknownIDs = "error" }, "1 9", "- - ERROR ERROR", "2 3", ""},
		"only warns":       {func(s *simulator.TenantSettings) { s.UnknownIDs, s.TaskEnd = "warning", "Error" }, "1 9", "- - ERROR ERROR", "1 2 3", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant, c := seeded(t, 3)
			first := tenant.State().Profiles[0]
			first.IdentityCount = 4
			tenant.SetProfile(first)
			tenant.SetSettings(tt.change)
			if tt.ids == "" {
				tt.ids = "1 2"
			}
			var ids []string
			for n := range strings.SplitSeq(tt.ids, " ") {
				ids = append(ids, hex(int(n[0]-'0')))
			}
			task := c.bulkDelete(ids...)
			equal(t, "polls", c.polls(task, 4), tt.polls)
			equal(t, "stored", stored(tenant), tt.stored)
			var named []string
			for _, m := range c.do("GET", taskStatus+task, nil).at("messages").([]any) {
				named = append(named, regexp.MustCompile(`P\d`).FindString(m.(obj)["localizedText"].(obj)["message"].(string)))
			}
			equal(t, "messages", strings.Join(named, " "), tt.errors)
		})
	}
}

func TestUnknownIDsAreRefused(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 1)
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.UnknownIDs = "refuse" })
	equal(t, "status", c.do("POST", bulkDelete, []string{hex(1), hex(9)}).status, 400)
	equal(t, "tasks", len(tenant.State().Tasks), 0)
}

func TestListsPollTheTasksOfWhatTheyShow(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 3)
	c.bulkDelete(hex(1))
	c.do("GET", identityProfiles+"?offset=1", nil)
	equal(t, "polls", tenant.State().Tasks[0].Polls, 0)
	for _, want := range []string{"P1 P2 P3", "P1 P2 P3", "P2 P3"} {
		equal(t, "list", listed(c.do("GET", identityProfiles, nil)), want)
	}
	equal(t, "polls", tenant.State().Tasks[0].Polls, 3)
}

func TestDeletedProfilesAreReadableForAWhile(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 3)
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.ReadableAfter = 3 })
	c.bulkDelete(hex(1), hex(2))
	tenant.FinishTasks()
	equal(t, "stored", stored(tenant), "3")
	equal(t, "list", listed(c.do("GET", identityProfiles+"?sorters=id", nil)), "P1 P2 P3")
	equal(t, "deleted again", c.do("DELETE", identityProfiles+"/"+hex(1), nil).status, 404)
	equal(t, "changed", c.patch(hex(1), [3]any{"replace", "/name", "x"}).status, 404)
	equal(t, "the source is free", c.do("POST", identityProfiles, newProfile("A", 101)).status, 201)
	equal(t, "reads", c.gets(hex(1), 3), []int{200, 200, 404})
	// The other one has its own count.
	equal(t, "list of what is left", listed(c.do("GET", identityProfiles+"?filters=id%20eq%20%22"+hex(2)+"%22", nil)), "P2")
	tenant.SetProfile(simulator.IdentityProfile{ID: hex(2), Name: "again", SourceID: hex(102)})
	equal(t, "made again", listed(c.do("GET", identityProfiles+"?filters=id%20eq%20%22"+hex(2)+"%22", nil)), "again")
}
