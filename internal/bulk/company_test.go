package bulk

import (
	"testing"
	"testing/synctest"
	"time"
)

// pair returns two groups of one company.
func pair(t *testing.T) (one, other *world) {
	t.Helper()
	shared := &Company{}
	return newWorld(t, Options[string, item, string]{Company: shared}), newWorld(t, Options[string, item, string]{Company: shared})
}

func TestNobodyWaitsForCallersWhoWaitElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		one, other := pair(t)
		one.warm(9)
		for _, key := range []string{"a", "b", "c", "d", "e"} { // one call, and a second one forms
			other.begin(t.Context(), item{key: key})
		}
		for _, key := range []string{"f", "g", "h", "i"} {
			one.begin(t.Context(), item{key: key})
			pass(time.Millisecond)
		}
		pass(time.Minute)
		one.sent("f g h i")
		one.began(3 * time.Millisecond)
	})
}

func TestChanceMeetingIsNoCompany(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		met, all int // the most ever seen together, here and everywhere
		want     time.Duration
	}{
		"two of ten":       {2, 10, 0},
		"two of two":       {2, 2, 500 * time.Millisecond},
		"three of ten":     {3, 10, 500 * time.Millisecond},
		"three of hundred": {3, 100, 0},
		"ten of hundred":   {10, 100, 500 * time.Millisecond},
		"two of seven":     {2, 7, 500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				one, other := pair(t)
				other.warm(test.all)
				one.warm(test.met)
				one.begin(t.Context(), item{key: "a"})
				pass(time.Minute)
				one.began(test.want)
			})
		})
	}
}

func TestCompanyCountsEveryCallerOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		one, other := pair(t)
		for _, w := range []*world{one, other} {
			for _, key := range []string{"a", "b", "a"} {
				w.begin(t.Context(), item{key: key})
			}
		}
		pass(time.Minute)
		if c := one.options.Company; c.present != 0 || c.peak != 6 {
			t.Errorf("%d callers of %d are left, want 0 of 6", c.present, c.peak)
		}
	})
}
