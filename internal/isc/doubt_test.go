package isc

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// An unconfirmed deletion came to nothing only when the profile was read after
// Grace: as long as reading fails, it is not known.
func TestDoubtNeedsAnAnswer(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string]bool{"gone": true, "still there": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				c := s.inMemory(t)
				if _, err := c.Profile(t.Context(), a); err != nil { // the path is proven
					t.Fatal(err)
				}
				s.script(getPrefix+a, times(60, says(500, errorBody("500.0 Internal Fault", "An internal fault occurred.")))...)
				start := time.Now()
				if gone {
					s.profiles = nil
				}
				_, err := c.AwaitDeletion(t.Context(), Deletion{Unconfirmed: true}, a)
				if took := time.Since(start); took < c.grace {
					t.Errorf("it was settled after %s, when nothing could be read", took)
				}
				if gone {
					if err != nil {
						t.Error(err)
					}
					return
				}
				contains(t, as[*NoEffectError](t, err), "acme.test", a, "is still there", "after its deletion was requested and the answer was lost")
			})
		})
	}
}

// Whoever gives up before that has seen neither.
func TestDoubtEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newTenant(wire(a, "Staff", "")).inMemory(t)
		ctx, cancel := context.WithTimeout(t.Context(), c.grace/2)
		defer cancel()
		_, err := c.AwaitDeletion(ctx, Deletion{Unconfirmed: true}, a)
		pending := as[*PendingError](t, err)
		if !pending.Blind || pending.TaskID != "" {
			t.Errorf("%+v, want one that could not be followed", pending)
		}
		contains(t, err, "the profile was not seen to go in 30s", "last seen: the profile is still there")
	})
}

// Only what the task cannot be asked for makes a wait a blind one.
func TestBlindIsAWaitWithoutATask(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer reply
		task   string
		blind  bool
	}{
		"running":   {nil, taskID, false},
		"forbidden": {says(403, ""), taskID, true},
		"unknown":   {says(404, ""), taskID, true},
		"unnamed":   {nil, "", true},
		"broken":    {says(500, ""), taskID, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTenant(wire(a, "Staff", ""))
				s.running = 1 << 30
				if test.answer != nil {
					s.always[taskRoute] = test.answer
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				_, err := s.inMemory(t).AwaitDeletion(ctx, Deletion{TaskID: test.task}, a)
				if pending := as[*PendingError](t, err); pending.Blind != test.blind || pending.TaskID != test.task {
					t.Errorf("%+v, want blind %t", pending, test.blind)
				}
			})
		})
	}
}

// A look that the rate limit holds back until the end has seen nothing; the one
// before it has.
func TestLastLookIsOneThatWasTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTenant(wire(a, "Staff", ""))
		s.running = 1 << 30
		c := s.inMemory(t, func(cfg *Config) {
			cfg.Poll = hasty
			cfg.RateLimit = transport.Limit{Requests: 10, Window: 10 * time.Second}
		})
		for _, task := range []string{taskID, ""} {
			ctx, cancel := context.WithTimeout(t.Context(), 19*time.Second)
			_, err := c.AwaitDeletion(ctx, Deletion{TaskID: task}, a)
			cancel()
			pending := as[*PendingError](t, err)
			if strings.Contains(pending.Seen, "held back") || pending.Seen == "" {
				t.Errorf("task %q: last seen: %s", task, pending.Seen)
			}
		}
	})
}
