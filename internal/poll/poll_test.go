package poll

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDelayGrowsToMaxWithinJitter(t *testing.T) {
	t.Parallel()
	b := Backoff{First: time.Second, Max: 4 * time.Second, Factor: 2}
	for n, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 4 * time.Second} {
		for range 100 {
			got := b.Delay(n)
			if got < want*9/10 || got > want*11/10 {
				t.Fatalf("Delay(%d) = %s, want %s within a tenth", n, got, want)
			}
		}
	}
}

func TestDelayOfZeroValueHasDefaults(t *testing.T) {
	t.Parallel()
	if got := (Backoff{}).Delay(0); got < 225*time.Millisecond || got > 275*time.Millisecond {
		t.Errorf("first delay = %s, want about 250ms", got)
	}
	if got := (Backoff{}).Delay(1000); got < 4500*time.Millisecond || got > 5500*time.Millisecond {
		t.Errorf("late delay = %s, want about 5s", got)
	}
}

func TestUntilLooksAtOnceAndStopsWhenDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start, looks := time.Now(), 0
		err := Until(t.Context(), Backoff{First: time.Second}, func(context.Context) (bool, error) {
			if looks == 0 && !time.Now().Equal(start) {
				t.Error("the first look waited")
			}
			looks++
			return looks == 3, nil
		})
		if err != nil || looks != 3 {
			t.Fatalf("Until = %v after %d looks, want nil after 3", err, looks)
		}
		if elapsed := time.Since(start); elapsed < 2*time.Second || elapsed > 4*time.Second {
			t.Errorf("two waits took %s, want about 2.5s", elapsed)
		}
	})
}

func TestUntilReturnsTheLooksError(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	err := Until(t.Context(), Backoff{}, func(context.Context) (bool, error) { return false, broken })
	if err != broken { //nolint:errorlint // the error must come back as it is, unwrapped
		t.Fatalf("Until = %v, want %v itself", err, broken)
	}
}

func TestUntilEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		err := Until(ctx, Backoff{}, func(context.Context) (bool, error) { return false, nil })
		var gaveUp *Error
		if !errors.As(err, &gaveUp) || !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("Until = %v, want an *Error that is DeadlineExceeded", err)
		}
		if time.Since(start) != 10*time.Second || gaveUp.Elapsed != 10*time.Second || gaveUp.Looks < 4 {
			t.Errorf("ended after %s, error %+v", time.Since(start), gaveUp)
		}
	})
}

func TestWaitEndsAtOnceOnCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		reason := errors.New("stopped by the user")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(reason) })
		start := time.Now()
		if err := Wait(ctx, time.Hour); !errors.Is(err, reason) {
			t.Errorf("Wait = %v, want %v", err, reason)
		}
		if time.Since(start) != time.Second {
			t.Errorf("Wait ended after %s, want 1s", time.Since(start))
		}
	})
}

func TestPacedWaitsWhatTheLookSays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		start := time.Now()
		err := Paced(t.Context(), Backoff{First: time.Second, Max: 50 * time.Second, Factor: 1}, func(context.Context) (bool, time.Duration, error) {
			at = append(at, time.Since(start).Round(time.Second))
			return len(at) == 5, []time.Duration{40 * time.Second, 0, -time.Second, time.Hour, 0}[len(at)-1], nil
		})
		want := []time.Duration{0, 40 * time.Second, 41 * time.Second, 42 * time.Second, 92 * time.Second}
		if err != nil || !slices.Equal(at, want) {
			t.Errorf("looks at %s, %v; want %s", at, err, want)
		}
	})
}
