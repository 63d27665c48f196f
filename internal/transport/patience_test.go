package transport

import (
	"errors"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

// rebooting is a panel that answers once, then refuses connections until back
// after the test's begin.
func rebooting(back time.Duration) (*script, *retrying) {
	start := time.Now()
	other := &script{}
	other.steps = []step{answers(200), func(req *http.Request) (*http.Response, error) {
		if time.Since(start) < back {
			return nil, errRefused
		}
		return answers(200)(req)
	}}
	return other, &retrying{next: other, policy: Retry{
		Backoff: poll.Backoff{First: time.Second, Max: 5 * time.Second}, Attempts: 2, Patience: 2 * time.Minute,
	}}
}

func TestRebootIsWaitedFor(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, chain := rebooting(90 * time.Second)
				if _, _, err := exchange(t, chain, get(t, "http://panel.test/")); err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				status, _, err := exchange(t, chain, request(t, method, "http://panel.test/", "x"))
				if err != nil || status != http.StatusOK {
					t.Errorf("after %s: status %d, %v", time.Since(start), status, err)
				}
			})
		})
	}
}

func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, chain := rebooting(time.Hour)
		if _, _, err := exchange(t, chain, get(t, "http://panel.test/")); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, _, err := exchange(t, chain, request(t, http.MethodPost, "http://panel.test/", "x"))
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("error %v, want the refusal", err)
		}
		if elapsed := time.Since(start); elapsed < 2*time.Minute || elapsed > 2*time.Minute+6*time.Second {
			t.Errorf("gave up after %s, want 2 minutes", elapsed)
		}
	})
}

func TestNoPatienceBeforeTheFirstAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other, chain := rebooting(time.Hour)
		other.steps = other.steps[1:]
		start := time.Now()
		if _, _, err := exchange(t, chain, get(t, "http://panel.test/")); err == nil {
			t.Error("no error")
		}
		if elapsed := time.Since(start); other.attempts() != 2 || elapsed > 3*time.Second {
			t.Errorf("%d attempts in %s, want 2 in a second: a wrong address is likelier than a reboot", other.attempts(), elapsed)
		}
	})
}

func TestPatienceByDefaultIsTwoMinutes(t *testing.T) {
	t.Parallel()
	chain, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, ok := chain.(*retrying)
	if !ok {
		t.Fatalf("the outermost round tripper is a %T", chain)
	}
	if r.policy.Patience != 2*time.Minute || r.policy.Attempts != 3 {
		t.Errorf("patience %s, %d attempts; want 2m and 3", r.policy.Patience, r.policy.Attempts)
	}
}
