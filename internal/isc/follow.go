package isc

import (
	"context"
	"errors"
	"sync"
	"time"
)

// followers lets those who wait for the same task share one poller: after an
// interrupted destroy of ten profiles the next one has ten notes of one task.
type followers struct {
	mu    sync.Mutex
	tasks map[string]*following // by the task's id
}

// following is a task that is being followed for one or more waiters.
type following struct {
	waiters int    // guarded by followers.mu
	seen    string // by the last look; guarded by followers.mu

	// turn is held by the waiter who looks, for all. When their wait ends before
	// the task does, another one goes on. It guards what follows.
	turn  chan struct{}
	poll  taskPoll
	over  bool // there is no more to see
	ended task
	err   error
}

// follow returns a task at its end, and the error of taskPoll.run. The poll that
// comes with it tells what was seen, also to a waiter whose context ends first.
func (c *Client) follow(ctx context.Context, id string, since time.Time) (task, taskPoll, error) {
	f := c.followers.join(c, id, since)
	defer c.followers.leave(f)
	select {
	case f.turn <- struct{}{}:
		defer func() { <-f.turn }()
	case <-ctx.Done():
		return task{}, taskPoll{client: c, id: id, since: since, heard: c.followers.heard(f)}, context.Cause(ctx)
	}
	if !f.over {
		f.ended, f.err = f.poll.run(ctx)
		f.over = ctx.Err() == nil && !errors.Is(f.err, ErrThrottled) // which is about this one's deadline
	}
	return f.ended, f.poll, f.err
}

// join counts a waiter in.
func (all *followers) join(c *Client, id string, since time.Time) *following {
	all.mu.Lock()
	defer all.mu.Unlock()
	f, ok := all.tasks[id]
	if !ok {
		f = &following{turn: make(chan struct{}, 1)}
		f.poll = taskPoll{client: c, id: id, since: since, tell: func(seen string) {
			all.mu.Lock()
			defer all.mu.Unlock()
			f.seen = seen
		}}
		if all.tasks == nil {
			all.tasks = map[string]*following{}
		}
		all.tasks[id] = f
	}
	f.waiters++
	return f
}

// leave counts a waiter out.
func (all *followers) leave(f *following) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if f.waiters--; f.waiters == 0 {
		delete(all.tasks, f.poll.id)
	}
}

// heard tells what the last look has shown.
func (all *followers) heard(f *following) string {
	all.mu.Lock()
	defer all.mu.Unlock()
	return f.seen
}
