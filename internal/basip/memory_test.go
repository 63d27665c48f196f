package basip

import (
	"errors"
	"math"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

// fill repeats an item of a list up to the largest answer.
func fill(begin, item, end string) string { return filled(begin, item, end)() }

// filled is fill for later, so that no more than one answer takes memory.
func filled(begin, item, end string) func() string {
	n := (maxAnswer - len(begin) - len(end) - len(item)) / (len(item) + 1)
	return func() string { return begin + strings.Repeat(item+",", n) + item + end }
}

// Not parallel: it measures what the process allocates.
func TestHostileAnswerTakesLittleMemory(t *testing.T) { //nolint:paralleltest // see above
	user := func(keys string) (begin, end string) {
		return `{"list_items":[{"link_id":"` + id(1).String() + `","lock_number":1,` + keys, `}]}`
	}
	tests := map[string]func() string{
		"empty objects": filled(`{"list_items":[`, `{}`, `]}`),
		"numbers":       filled(`{"list_items":[`, `0`, `]}`),
		"users":         filled(`{"list_items":[`, `{"link_id":"x"}`, `]}`),
		"lists":         filled(`{"list_items":[`, `[]`, `]}`),
		"unknown key":   filled(`{"x":[`, `{}`, `],"list_items":[]}`),
		"one name":      filled(`{"list_items":[{"name":"`, `x`, `"}]}`),
		"many errors":   filled(`{"error":[`, `{}`, `]}`),
	}
	for name, item := range map[string]string{"time_profiles": `0`, "identifiers": `{}`, "auth_factors": `{}`, "auth_factor": `0`, "x": `0`} {
		begin, end := user(`"` + name + `":[`)
		tests["a user with "+name] = filled(begin, item, `]`+end)
	}
	for name, body := range tests { //nolint:paralleltest // see above
		t.Run(name, func(t *testing.T) {
			p := newPanel()
			p.always[usersList] = func(_ *panel, w http.ResponseWriter, _ *http.Request, _ []byte) { w.WriteHeader(http.StatusOK) }
			c := p.inMemory(t)
			if _, err := c.Device(t.Context()); err != nil {
				t.Fatal(err)
			}
			answer := []byte(body())
			least := int64(math.MaxInt64)
			for range 3 { // what the collector has not come to counts as taken: the best try tells
				taken, err := readingTakes(c, answer)
				if least = min(least, taken); least <= 3*maxAnswer { // the answer itself is the fourth
					return
				}
				t.Logf("%d KiB are taken to read %d KiB (%v)", taken>>10, len(answer)>>10, err)
			}
			t.Errorf("at least %d KiB are taken to read %d KiB", least>>10, len(answer)>>10)
		})
	}
}

// readingTakes returns the most memory that is taken at a time to read an answer.
func readingTakes(c *Client, answer []byte) (taken int64, err error) {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	peak := uint64(0)
	var p page
	err = c.judge(&Error{}, OpUsersList, &http.Response{StatusCode: http.StatusOK}, answer, &p)
	for _, raw := range p.Items {
		user, _ := c.users.kind.decode(raw)
		runtime.ReadMemStats(&now)
		peak = max(peak, now.HeapAlloc)
		runtime.KeepAlive(user)
	}
	runtime.ReadMemStats(&now)
	return int64(max(peak, now.HeapAlloc)) - int64(before.HeapAlloc), err
}

func TestPageLongerThanAskedForIsRefused(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.always[usersList] = pages(pagination("list_option", 51, 1), people(51))
	_, err := p.client(t).Users().Get(t.Context(), id(1))
	var failed *Error
	if !errors.As(err, &failed) || !errors.Is(err, errPageTooLong) || failed.Problem != "gave too large an answer" {
		t.Errorf("error %v, want a refusal of the page", err)
	}
}

func TestAnswerOverTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.always[usersList] = says(http.StatusOK, fill(`{"x":[`, `0`, `],"list_items":[]}`)+strings.Repeat(" ", maxAnswer/2))
	_, err := p.client(t).Users().Get(t.Context(), id(1))
	var failed *Error
	if !errors.As(err, &failed) || failed.Problem != "gave too large an answer" {
		t.Errorf("error %v, want a refusal of the answer", err)
	}
}
