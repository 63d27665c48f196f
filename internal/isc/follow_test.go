package isc

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// await lets callers wait side by side for the deletion of a profile each by one
// task, with the deadline of their number.
func await(t *testing.T, c *Client, ids []string, deadline func(i int) time.Duration) (failures []error, ends []time.Duration) {
	t.Helper()
	failures, ends = make([]error, len(ids)), make([]time.Duration, len(ids))
	start := time.Now()
	var all sync.WaitGroup
	for i, id := range ids {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), deadline(i))
			defer cancel()
			_, failures[i] = c.AwaitDeletion(ctx, Deletion{TaskID: taskID}, id)
			ends[i] = time.Since(start)
		})
		synctest.Wait() // the first one looks, the others wait
	}
	all.Wait()
	return failures, ends
}

// ten is a tenant in the midst of the deletion of ten profiles.
func ten(running int) (s *tenant, ids []string) {
	s = newTenant(many(10)...)
	for _, p := range s.profiles {
		id, _ := p["id"].(string)
		ids = append(ids, id)
	}
	s.doomed, s.running = ids, running
	return s, ids
}

func TestTaskTakenUpByTenIsFollowedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, ids := ten(6)
		c := s.inMemory(t)
		failures, _ := await(t, c, ids, func(int) time.Duration { return time.Hour })
		if err := errors.Join(failures...); err != nil {
			t.Error(err)
		}
		s.expect(t, taskRoute, 7)
		if len(c.followers.tasks) != 0 {
			t.Errorf("left behind: %v", c.followers.tasks)
		}
	})
}

// Whoever looks for all may be the first to give up; the others go on, and know
// what it has seen.
func TestFollowingATaskOutlivesTheOneWhoLooks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, ids := ten(20)
		failures, ends := await(t, s.inMemory(t), ids, func(i int) time.Duration { return time.Duration(i%2*3600+i+1) * time.Second })
		for i, err := range failures {
			if i%2 == 1 {
				if err != nil {
					t.Errorf("caller %d: %v", i, err)
				}
				continue
			}
			pending := as[*PendingError](t, err)
			if want := time.Duration(i+1) * time.Second; ends[i] != want || pending.TaskID != taskID || pending.ProfileID != ids[i] {
				t.Errorf("caller %d after %s, not %s: %v", i, ends[i], want, err)
			}
			contains(t, err, `progress "Started"`)
		}
		if n := len(s.sent(taskRoute)); n < 21 || n > 30 { // a new looker may look at once
			t.Errorf("%d looks at the task", n)
		}
	})
}

func TestTaskThatMayNotBeReadIsAskedForOnceByTen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, ids := ten(0)
		s.profiles = nil
		s.always[taskRoute] = slowly(says(403, errorBody("403 Forbidden", "no")))
		failures, _ := await(t, s.inMemory(t), ids, func(int) time.Duration { return time.Hour })
		if err := errors.Join(failures...); err != nil {
			t.Error(err)
		}
		s.expect(t, taskRoute, 1)
	})
}
