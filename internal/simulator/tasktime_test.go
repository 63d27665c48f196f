package simulator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

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

func TestTaskWithoutAnEndHasNoneByTheClock(t *testing.T) {
	t.Parallel()
	_, tenant, now := startTenant(t)
	seed(tenant, 1)
	c := connect(t, tenant)
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskTime, s.TaskEnd = simulator.Duration(time.Minute), "" })
	task := c.bulkDelete(hex(1))
	now.move(2 * time.Minute)
	equal(t, "a minute later", c.poll(task), "-")
	tenant.SetSettings(func(s *simulator.TenantSettings) { s.TaskEnd = "Warning" })
	equal(t, "as soon as it has one", c.poll(task), "completed WARNING")
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
