package bulk

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Where calls take seconds, a burst travels in one call from the first one on.
func TestLingerGathersTheFirstBurst(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		linger time.Duration
		want   []int
	}{{0, []int{1, 9}}, {10 * time.Millisecond, []int{10}}} {
		synctest.Test(t, func(t *testing.T) {
			var sizes []int
			g := New(Options[int, int, int]{
				Key: func(n int) int { return n }, Max: 50, Linger: test.linger,
				Send: func(_ context.Context, items []int) (map[int]Answer[int], error) {
					sizes = append(sizes, len(items))
					time.Sleep(5 * time.Second)
					answers := map[int]Answer[int]{}
					for _, n := range items {
						answers[n] = Answer[int]{}
					}
					return answers, nil
				},
			})
			var burst sync.WaitGroup
			for n := range 10 {
				burst.Go(func() {
					time.Sleep(time.Duration(n) * 200 * time.Microsecond)
					if _, err := g.Do(t.Context(), n); err != nil {
						t.Error(err)
					}
				})
			}
			burst.Wait()
			g.Close()
			if len(sizes) != len(test.want) || sizes[0] != test.want[0] {
				t.Errorf("with a linger of %s, calls of %v items, want %v", test.linger, sizes, test.want)
			}
		})
	}
}

// A lone operation that is the first pays the linger, and none after it does.
func TestLingerIsPaidOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := New(Options[int, int, int]{
			Key: func(n int) int { return n }, Max: 50, Linger: 10 * time.Millisecond,
			Send: func(context.Context, []int) (map[int]Answer[int], error) {
				time.Sleep(time.Second)
				return map[int]Answer[int]{1: {}}, nil
			},
		})
		defer g.Close()
		for _, want := range []time.Duration{1010 * time.Millisecond, time.Second, time.Second} {
			start := time.Now()
			if _, err := g.Do(t.Context(), 1); err != nil {
				t.Error(err)
			}
			if took := time.Since(start); took != want {
				t.Errorf("took %s, want %s", took, want)
			}
		}
	})
}
