package bulk

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
)

// instant returns a group whose calls are answered at once, from a map that is
// made only once.
func instant(limit, items int) *Group[int, int, int] {
	result := map[int]Answer[int]{}
	for i := range items {
		result[i] = Answer[int]{Result: i}
	}
	return New(Options[int, int, int]{
		Key:  func(i int) int { return i },
		Send: func(context.Context, []int) (map[int]Answer[int], error) { return result, nil },
		Max:  limit,
	})
}

// The bar of the project for an operation that has no company.
func TestLoneOperationAllocatesLittle(t *testing.T) { //nolint:paralleltest // AllocsPerRun must run alone
	for name, limit := range map[string]int{"in a group": 100, "with groups off": 1} {
		g := instant(limit, 1)
		if got := testing.AllocsPerRun(100, func() { _, _ = g.Do(context.Background(), 0) }); got > 4 {
			t.Errorf("%s: %.0f allocations, want 4", name, got)
		}
		g.Close()
	}
}

func BenchmarkLone(b *testing.B) {
	for name, limit := range map[string]int{"group": 100, "off": 1} {
		b.Run(name, func(b *testing.B) {
			g := instant(limit, 1)
			defer g.Close()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := g.Do(context.Background(), 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLoneCancellable includes the context that every operation of Terraform
// comes with.
func BenchmarkLoneCancellable(b *testing.B) {
	g := instant(100, 1)
	defer g.Close()
	b.ReportAllocs()
	for b.Loop() {
		ctx, cancel := context.WithCancel(context.Background())
		if _, err := g.Do(ctx, 0); err != nil {
			b.Fatal(err)
		}
		cancel()
	}
}

func BenchmarkContended(b *testing.B) {
	for name, callers := range map[string]int{"10": 10, "100": 100} {
		b.Run(name, func(b *testing.B) {
			g := instant(1000, callers)
			defer g.Close()
			var started atomic.Int64
			b.SetParallelism(max(1, callers/runtime.GOMAXPROCS(0)))
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				own := int(started.Add(1)-1) % callers
				for pb.Next() {
					if _, err := g.Do(context.Background(), own); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
