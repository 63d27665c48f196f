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

// Every case deletes the profiles 1 and 2 of 1, 2 and 3; the first has
// identities.
func TestTaskEnds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*simulator.TenantSettings)
		ids    string // of profiles; the others are 1 and 2
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
			ids := []string{hex(1), hex(2)}
			if tt.ids == "1 9" {
				ids[1] = hex(9)
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

func TestHowTasksPass(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*simulator.TenantSettings)
		polls  []string
	}{
		"completed before the status": {
			func(s *simulator.TenantSettings) { s.CompletedBeforeStatus = 2 },
			[]string{"-", "-", "completed -", "completed -", "completed SUCCESS"},
		},
		"404 at first": {
			func(s *simulator.TenantSettings) { s.Task404 = 2 },
			[]string{"404", "404", "-", "-", "completed SUCCESS"},
		},
		"always 404": {
			func(s *simulator.TenantSettings) { s.Task404 = -1 },
			[]string{"404", "404", "404", "404", "404"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant, c := seeded(t, 1)
			tenant.SetSettings(tt.change)
			task := c.bulkDelete(hex(1))
			for i, want := range tt.polls {
				if stored(tenant) != "1" {
					t.Errorf("deleted before poll %d", i)
				}
				equal(t, "poll", c.poll(task), want)
			}
			// Only what has ended has deleted; who is not told so reads.
			if tt.polls[4] == "404" {
				equal(t, "reads", c.gets(hex(1), 3), []int{200, 200, 404})
			}
			equal(t, "stored", stored(tenant), "")
		})
	}
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
	equal(t, "list of what is left", listed(c.do("GET", identityProfiles+"?sorters=id&limit=1", nil)), "P2")
	tenant.SetProfile(simulator.IdentityProfile{ID: hex(2), Name: "again", SourceID: hex(102)})
	equal(t, "made again", listed(c.do("GET", identityProfiles+"?filters=id%20eq%20%22"+hex(2)+"%22", nil)), "again")
}

func TestTasksByTheClock(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		serial bool
		late   int
		// ends are the states of three tasks of ten seconds each after so many
		// seconds.
		ends map[int]string
	}{
		"side by side": {false, 0, map[int]string{9: "- - -", 10: "SUCCESS SUCCESS SUCCESS"}},
		"serial":       {true, 0, map[int]string{9: "- - -", 10: "SUCCESS - -", 19: "SUCCESS - -", 20: "SUCCESS SUCCESS -", 30: "SUCCESS SUCCESS SUCCESS"}},
		"status late":  {false, 1, map[int]string{10: "- - -"}},
	} {
		for after, want := range tt.ends {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				_, tenant, now := startTenant(t)
				seed(tenant, 3)
				c := connect(t, tenant)
				tenant.SetSettings(func(s *simulator.TenantSettings) {
					s.TaskTime, s.SerialTasks, s.CompletedBeforeStatus = simulator.Duration(10*time.Second), tt.serial, tt.late
				})
				var tasks, got []string
				for i := range 3 {
					tasks = append(tasks, c.bulkDelete(hex(i+1)))
				}
				now.move(time.Duration(after) * time.Second)
				equal(t, "stored, without a poll", len(tenant.State().Profiles), strings.Count(want, "-"))
				for _, task := range tasks {
					got = append(got, c.polls(task, 1))
				}
				equal(t, "states", strings.Join(got, " "), want)
			})
		}
	}
}

func TestStatusComesLateByTheClockToo(t *testing.T) {
	t.Parallel()
	_, tenant, now := startTenant(t)
	seed(tenant, 1)
	c := connect(t, tenant)
	tenant.SetSettings(func(s *simulator.TenantSettings) {
		s.TaskTime, s.CompletedBeforeStatus = simulator.Duration(time.Minute), 1
	})
	task := c.bulkDelete(hex(1))
	equal(t, "polls are not counted", c.polls(task, 4), "- - - -")
	now.move(time.Minute)
	equal(t, "done", c.poll(task), "completed -")
	equal(t, "stored", stored(tenant), "1")
	equal(t, "ended", c.poll(task), "completed SUCCESS")
}

func TestSerialTasksTakeTurnsByPollsOfAny(t *testing.T) {
	t.Parallel()
	tenant, c := seeded(t, 2)
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.SerialTasks, s.TaskPolls = true, 1 })
	first, second := c.bulkDelete(hex(1)), c.bulkDelete(hex(2))
	equal(t, "waiting", c.do("GET", taskStatus+second, nil).at("launched"), nil)
	equal(t, "the poll that ends the first", c.poll(second), "-")
	equal(t, "stored", stored(tenant), "2")
	if c.do("GET", taskStatus+second, nil).at("launched") == nil {
		t.Error("the second did not start")
	}
	equal(t, "second", c.poll(second), "completed SUCCESS")
	equal(t, "first", c.poll(first), "completed SUCCESS")
}

func TestSettingsChangeNoTaskWhoseTimeIsOver(t *testing.T) {
	t.Parallel()
	_, tenant, now := startTenant(t)
	seed(tenant, 2)
	c := connect(t, tenant)
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskTime = simulator.Duration(time.Second) })
	over := c.bulkDelete(hex(1))
	now.move(time.Second)
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskEnd = "Error" })
	running := c.bulkDelete(hex(2))
	now.move(time.Second)
	equal(t, "over", c.poll(over), "completed SUCCESS")
	equal(t, "running", c.poll(running), "completed ERROR")
}

func TestFinishTasksEndsAllAtOnce(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*simulator.TenantSettings)
		want   string
		stored string
	}{
		"in polls":    {func(s *simulator.TenantSettings) { s.TaskPolls, s.CompletedBeforeStatus = 100, 100 }, "SUCCESS", ""},
		"in time":     {func(s *simulator.TenantSettings) { s.TaskTime = simulator.Duration(time.Hour) }, "SUCCESS", ""},
		"serial":      {func(s *simulator.TenantSettings) { s.SerialTasks = true }, "SUCCESS", ""},
		"without end": {func(s *simulator.TenantSettings) { s.TaskEnd = "" }, "SUCCESS", ""},
		"badly":       {func(s *simulator.TenantSettings) { s.TaskEnd = "Error" }, "ERROR", "1 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant, c := seeded(t, 2)
			tenant.SetSettings(tt.change)
			tasks := []string{c.bulkDelete(hex(1)), c.bulkDelete(hex(2))}
			tenant.FinishTasks()
			equal(t, "stored", stored(tenant), tt.stored)
			for _, task := range tasks {
				equal(t, "state", c.poll(task), "completed "+tt.want)
				if c.do("GET", taskStatus+task, nil).at("launched") == nil {
					t.Error("it ended without a start")
				}
			}
		})
	}
}
