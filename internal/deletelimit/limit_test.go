package deletelimit

import (
	"errors"
	"testing"
)

func TestLimit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limit         *Limit
		plans, makes  int
		planned, made int // how many are refused
	}{
		"none":         {nil, 5, 5, 0, 0},
		"not reached":  {New(5), 5, 5, 0, 0},
		"by one":       {New(5), 6, 6, 1, 1},
		"by many":      {New(5), 50, 50, 1, 45}, // a plan fails by one error
		"no deletions": {New(0), 1, 2, 1, 2},
	} {
		refused := func(n int, count func() error) (refused int) {
			for range n {
				if err := count(); err != nil {
					var exceeded *ExceededError
					if !errors.As(err, &exceeded) {
						t.Errorf("%s: %v, want an *ExceededError", name, err)
					}
					refused++
				}
			}
			return refused
		}
		if got := refused(test.plans, test.limit.Plan); got != test.planned {
			t.Errorf("%s: of %d planned deletions %d are refused, want %d", name, test.plans, got, test.planned)
		}
		if got := refused(test.makes, test.limit.Delete); got != test.made {
			t.Errorf("%s: of %d deletions %d are refused, want %d", name, test.makes, got, test.made)
		}
	}
}
