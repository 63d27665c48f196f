package endtoend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// What a line does with connections.
const (
	lineWorks   = ""
	lineRefuses = "connections refused" // none can be made
	lineResets  = "resets"              // each is reset after the request's first bytes
	lineSilent  = "silence"             // requests get no answer
)

// line is the network before a panel: an address that passes connections on to it, and
// that can be switched off while they are open.
type line struct {
	address, panel string

	mu       sync.Mutex
	mode     string
	listener net.Listener
	open     map[net.Conn]bool
	work     sync.WaitGroup
}

// newLine returns a line to the panel with a URL, which ends with the test.
func newLine(t *testing.T, url string) *line {
	t.Helper()
	l := &line{address: "127.0.0.1:0", panel: strings.TrimPrefix(url, "http://"), open: map[net.Conn]bool{}}
	l.set(t, lineWorks)
	t.Cleanup(func() {
		l.mu.Lock()
		l.close()
		l.mu.Unlock()
		l.work.Wait()
	})
	return l
}

// set changes what the line does, also with the connections that are open.
func (l *line) set(t *testing.T, mode string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.close()
	if l.mode = mode; mode == lineRefuses {
		return
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", l.address)
	if err != nil {
		t.Error(err)
		return
	}
	l.listener, l.address = listener, listener.Addr().String()
	l.work.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			l.work.Go(func() { l.serve(conn, mode) })
		}
	})
}

// close ends the listener and all connections. The caller holds the mutex.
func (l *line) close() {
	if l.listener != nil {
		_ = l.listener.Close()
		l.listener = nil
	}
	for conn := range l.open {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
	clear(l.open)
}

// hold reports whether the line still does as when a connection was made, and keeps
// the connection then until it is closed.
func (l *line) hold(conn net.Conn, mode string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mode == mode && l.listener != nil {
		l.open[conn] = true
		return true
	}
	_ = conn.Close()
	return false
}

func (l *line) serve(conn net.Conn, mode string) {
	if !l.hold(conn, mode) {
		return
	}
	defer func() { _ = conn.Close() }()
	switch mode {
	case lineResets:
		_, _ = conn.Read(make([]byte, 10))
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	case lineSilent:
		_, _ = io.Copy(io.Discard, conn)
	default:
		other, err := new(net.Dialer).DialContext(context.Background(), "tcp", l.panel)
		if err != nil || !l.hold(other, mode) {
			return
		}
		l.work.Go(func() { _, _ = io.Copy(other, conn); _ = other.Close() })
		_, _ = io.Copy(conn, other)
	}
}

// people is a configuration of users on the panel at a line.
func people(t *testing.T, l *line, n int, panelLines ...string) string {
	t.Helper()
	return requiredProviders + "provider \"gatehouse\" {\n" + acctest.PanelBlock("lobby", "http://"+l.address, panelLines...) + "}\n" + fmt.Sprintf(`
resource "gatehouse_panel_user" "people" {
  count         = %d
  name          = "Person ${count.index}"
  time_profiles = []
}
`, n)
}

// outageTime is how long the outages of these tests last. The rule's own durations
// are tested in package transport.
const outageTime = 4 * time.Second

func TestOutageInTheMiddleOfAnApplyCostsNothing(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{lineRefuses, lineResets, lineSilent, "503"} {
		for _, command := range []string{"apply", "destroy"} {
			t.Run(command+"/"+mode, func(t *testing.T) {
				t.Parallel()
				sim := acctest.Panels(t, "lobby")
				panel := sim.Panel("lobby")
				l := newLine(t, panel.URL())
				w := workspace(t, sim, "")
				if err := w.Write("main.tf", []byte(people(t, l, 40, `request_timeout = "2s"`))); err != nil {
					t.Fatal(err)
				}
				left := 40
				if command == "destroy" {
					must(t, w, "apply", "-auto-approve")
					left = 0
				}
				sim.ResetRequests()
				panel.SetSettings(func(s *simulator.Settings) { s.Latency = simulator.Duration(100 * time.Millisecond) })
				struck := make(chan struct{})
				go func() {
					defer close(struck)
					strike(t, sim, l, mode)
				}()
				output, took, err := w.Run(t.Context(), command, "-auto-approve")
				<-struck
				t.Logf("%s with an outage of %s (%s) took %s, %d logins", command, outageTime, mode, took.Round(time.Second), acctest.Count(sim, "GET", "/api/v1/login"))
				if err != nil {
					t.Errorf("%v", err)
				}
				if got := len(panelIDs(panel)); got != left || took < outageTime {
					t.Errorf("%d users on the panel after %s, want %d after %s at least\n%s", got, took, left, outageTime, output)
				}
			})
		}
	}
}

// strike begins an outage with the first write, and ends it after a while.
func strike(t *testing.T, sim *simulator.Simulator, l *line, mode string) {
	t.Helper()
	wrote := func() bool {
		return acctest.Count(sim, "POST", usersPath)+acctest.Count(sim, "DELETE", usersPath) > 0
	}
	for deadline := time.Now().Add(time.Minute); !wrote(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Error("nothing was written")
			return
		}
	}
	if mode == "503" {
		if err := sim.SetFaults(simulator.Fault{Status: 503}); err != nil {
			t.Error(err)
		}
	} else {
		l.set(t, mode)
	}
	time.Sleep(outageTime) // the outage itself; nothing is waited for
	if err := sim.SetFaults(); err != nil {
		t.Error(err)
	}
	sim.Panel("lobby").ExpireTokens() // as a reboot does
	l.set(t, lineWorks)
}

func TestPanelThatIsRefusedAtFirstIsWaitedFor(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	l := newLine(t, sim.Panel("lobby").URL())
	w := workspace(t, sim, "")
	if err := w.Write("main.tf", []byte(people(t, l, 40))); err != nil {
		t.Fatal(err)
	}
	must(t, w, "apply", "-auto-approve")
	l.set(t, lineRefuses)
	back := time.AfterFunc(outageTime, func() { l.set(t, lineWorks) })
	defer back.Stop()
	must(t, w, "destroy", "-auto-approve")
	if left := panelIDs(sim.Panel("lobby")); len(left) > 0 {
		t.Errorf("%d users are left", len(left))
	}
}

// A plan of many objects on one dead panel tells the cause once, and soon.
func TestSilentPanelCostsAPlanOneWait(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	l := newLine(t, sim.Panel("lobby").URL())
	w := workspace(t, sim, "")
	if err := w.Write("main.tf", []byte(people(t, l, 40, `request_timeout = "2s"`))); err != nil {
		t.Fatal(err)
	}
	must(t, w, "apply", "-auto-approve")
	l.set(t, lineSilent)
	output, took, err := w.Run(t.Context(), "plan")
	var failed interface{ Unwrap() error }
	if !errors.As(err, &failed) || took > 15*time.Second {
		t.Errorf("%v after %s, want a failure within 15s", err, took)
	}
	t.Logf("a plan of 40 users on a silent panel took %s", took)
	text := strings.Join(strings.Fields(strings.NewReplacer("│", "", "\n", " ").Replace(output)), " ")
	if all, short := strings.Count(text, `Error: Panel "lobby" did not answer in time`), strings.Count(text, "Another message about panel"); all != 40 || short != 39 {
		t.Errorf("%d errors, %d of them short; want 40 and 39\n%s", all, short, output[:min(len(output), 3000)])
	}
}
