package basip

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// An interrupted deletion tells whether it may have been sent. A request takes a
// minute: the panel is asked who it is, for a login, for the users, and then for
// the first deletion, while the others wait.
func TestInterruptedDeletionTellsWhetherItWasSent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		after time.Duration
		sent  bool // the first one
	}{
		"asking who it is":    {30 * time.Second, false},
		"logging in":          {90 * time.Second, false},
		"listing the users":   {150 * time.Second, false},
		"deleting the first":  {210 * time.Second, true},
		"looking for the end": {270 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPanel()
				p.users = []object{wire(1, "Ann", ""), wire(2, "Bob", ""), wire(3, "Eva", "")}
				c := p.inMemory(t)
				c.http = &gauge{next: c.http, each: time.Minute}
				ctx, cancel := context.WithTimeoutCause(t.Context(), test.after, context.Canceled)
				defer cancel()
				var group sync.WaitGroup
				results := make([]error, 4)
				for n := 1; n <= 3; n++ {
					group.Go(func() { _, results[n] = c.Users().Delete(ctx, id(n)) })
					synctest.Wait()
				}
				group.Wait()
				for n := 1; n <= 3; n++ {
					if err := results[n]; err == nil || errors.Is(err, ErrNotSent) == (test.sent && n == 1) {
						t.Errorf("deletion %d: %v; it may have been sent: %t", n, err, test.sent && n == 1)
					}
				}
			})
		})
	}
}
