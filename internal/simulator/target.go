package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// A target is something that answers vendor requests: a panel or the tenant. What is the
// same for every kind of target, which is the request log, faults, delays and
// cut connections, is done here, before and after the target answers.
type target interface {
	// Name is how faults and the request log call the target.
	Name() string
	// answer performs the request and says what to reply. It does not wait.
	answer(*call) answer
	// condition returns what the line to the target is like just now.
	condition() (latency time.Duration, unavailable bool)
	// failure is the error the target answers with a status, for faults.
	failure(status int) answer
	// secret reports whether bodies sent to a path must not be logged.
	secret(path string) bool
}

// A call is a request that has been read whole.
type call struct {
	method, path string
	query        url.Values
	header       http.Header
	body         []byte
}

// An answer is a reply before it is sent.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// maxBody bounds what one request can make the simulator hold.
const maxBody = 8 << 20

// vendor returns the handler of t's vendor paths.
func (s *Simulator) vendor(t target) http.Handler {
	var inFlight atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		busy := int(inFlight.Add(1))
		defer inFlight.Add(-1)

		arrived := s.now()
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			cut(w)
			return
		}
		c := &call{r.Method, r.URL.Path, r.URL.Query(), r.Header, body}
		entry := newRequest(t.Name(), c, !t.secret(c.path))
		entry.Time, entry.InFlight = arrived, busy

		delay, unavailable := t.condition()
		var rule *Fault
		if unavailable {
			rule = &Fault{Cut: true}
			delay = 0
		} else if rule = s.faults.strike(t.Name(), c.method, c.path); rule == nil {
			rule = &Fault{}
		}
		delay += time.Duration(rule.Delay)

		var a answer
		if rule.Apply || !rule.replaces() {
			a = t.answer(c)
		}
		if rule.replaces() {
			a = rule.answer(t)
		}
		// The entry is there before the first byte is sent: who has an answer
		// finds its request in the log.
		entry.Status, entry.Delay = a.status, Duration(delay)
		s.log.add(entry)

		if !sleep(r.Context(), delay) || rule.Cut {
			cut(w)
			return
		}
		maps.Copy(w.Header(), a.header)
		for k, v := range rule.Headers {
			w.Header().Set(k, v)
		}
		w.WriteHeader(a.status)
		// A client that has gone away cannot be told so.
		_, _ = w.Write(a.body)
	})
}

// answer is what the rule puts in place of t's ordinary answer; the zero answer
// for a cut.
func (f *Fault) answer(t target) answer {
	if f.Cut {
		return answer{}
	}
	status := f.Status
	if status == 0 {
		status = http.StatusOK
	}
	var text string
	switch {
	case len(f.Body) == 0:
		return t.failure(status)
	case json.Unmarshal(f.Body, &text) == nil:
		return answer{status, http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, []byte(text)}
	}
	return answer{status, http.Header{"Content-Type": {"application/json"}}, f.Body}
}

// jsonAnswer is an answer with body as JSON. A body that cannot be written as
// JSON is a mistake of the simulator, and says so.
func jsonAnswer(status int, body any) answer {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return answer{http.StatusInternalServerError, http.Header{"Content-Type": {"text/plain"}}, []byte("simulator: " + err.Error())}
	}
	return answer{status, http.Header{"Content-Type": {"application/json"}}, b.Bytes()}
}

// sleep waits for d and reports whether it passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// cut closes the connection with a reset and without a byte of an answer.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		// Without lingering the peer sees a reset, as when a device reboots.
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
