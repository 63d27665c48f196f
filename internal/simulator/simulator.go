package simulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Simulator is a set of running targets with one request log, one set of
// faults and one control API. Its methods are safe for concurrent use.
type Simulator struct {
	now     func() time.Time
	log     requestLog
	faults  faults
	panels  []*Panel
	tenant  *Tenant
	control string

	// controlling makes a change by the control API, which first checks all
	// of a request and then applies it, one step.
	controlling sync.Mutex

	cancel  context.CancelFunc
	servers []*http.Server
	serving sync.WaitGroup // listeners
	working sync.WaitGroup // connections and handlers
	closing sync.Once
}

// Start listens, and returns when every listener accepts connections.
func Start(cfg Config) (*Simulator, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	listeners, err := listen(ctx, cfg.Listen, 1+cfg.targets())
	if err != nil {
		cancel()
		return nil, fmt.Errorf("simulator: %w", err)
	}
	s := &Simulator{now: cfg.Now, cancel: cancel}
	if s.now == nil {
		s.now = time.Now
	}
	s.control = baseURL(listeners[0])
	for i, name := range cfg.Panels {
		s.panels = append(s.panels, newPanel(name, baseURL(listeners[1+i]), s.now, cfg.Latency))
	}
	if cfg.Tenant != "" {
		s.tenant = newTenant(cfg.Tenant, baseURL(listeners[1+len(cfg.Panels)]), s.now, cfg.Latency)
	}
	control := s.controlHandler()
	s.serve(ctx, listeners[0], control)
	for i, p := range s.panels {
		s.serve(ctx, listeners[1+i], withControl(control, s.vendor(p)))
	}
	if s.tenant != nil {
		s.serve(ctx, listeners[1+len(cfg.Panels)], withControl(control, s.vendor(s.tenant)))
	}
	return s, nil
}

// withControl sends what is below /_sim/ to control and all else to vendor. It
// is no ServeMux because that redirects untidy paths, which a device does not.
func withControl(control, vendor http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_sim/") {
			control.ServeHTTP(w, r)
			return
		}
		vendor.ServeHTTP(w, r)
	})
}

// listen opens n listeners, the first on addr and the others beside it.
func listen(ctx context.Context, addr string, n int) (opened []net.Listener, err error) {
	host, port, err := splitAddr(addr)
	if err != nil {
		return nil, err
	}
	for i := range n {
		p := 0
		if port != 0 {
			p = port + i
		}
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(p)))
		if err != nil {
			for _, l := range opened {
				_ = l.Close()
			}
			return nil, err
		}
		opened = append(opened, l)
	}
	return opened, nil
}

func baseURL(l net.Listener) string { return "http://" + l.Addr().String() }

// serve runs a server on l until Close.
func (s *Simulator) serve(ctx context.Context, l net.Listener, h http.Handler) {
	srv := &http.Server{
		ReadHeaderTimeout: 30 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// A hijacked connection is no longer the server's, but its handler
			// may still be at work.
			s.working.Add(1)
			defer s.working.Done()
			h.ServeHTTP(w, r)
		}),
		ConnState: func(c net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				s.working.Add(1)
				if ctx.Err() != nil {
					// Accepted while Close was closing the others, which then
					// did not know of it.
					_ = c.Close()
				}
			case http.StateClosed, http.StateHijacked:
				s.working.Done()
			default: // still open
			}
		},
	}
	s.servers = append(s.servers, srv)
	s.serving.Go(func() {
		// Serve always ends with an error; after Close it is the expected one,
		// and a listener that fails earlier shows in the refused connections.
		_ = srv.Serve(l)
	})
}

// Close ends every listener and every open connection, waits for what was
// being handled and leaves no goroutine behind. Closing again does nothing.
func (s *Simulator) Close() error {
	var errs []error
	s.closing.Do(func() {
		s.cancel()
		for _, srv := range s.servers {
			errs = append(errs, srv.Close())
		}
		// No connection is added once nothing serves, so working only falls.
		s.serving.Wait()
		s.working.Wait()
	})
	return errors.Join(errs...)
}

// ControlURL returns the base URL of the control listener; the control API is
// below /_sim/ there, and below /_sim/ at every target's URL too.
func (s *Simulator) ControlURL() string { return s.control }

// Panel returns the panel of that name, or nil.
func (s *Simulator) Panel(name string) *Panel {
	for _, p := range s.panels {
		if p.name == name {
			return p
		}
	}
	return nil
}

// Panels returns the panels in the order of [Config].
func (s *Simulator) Panels() []*Panel { return list(s.panels) }

// Tenant returns the tenant, or nil when [Config] names none.
func (s *Simulator) Tenant() *Tenant { return s.tenant }

// Requests returns the requests on vendor paths so far, in the order in which
// they took effect. Each is there by the time its answer arrives.
func (s *Simulator) Requests() []Request { return s.log.all() }

// ResetRequests empties the request log.
func (s *Simulator) ResetRequests() { s.log.reset() }

// SetFaults replaces all fault rules, and starts their counts anew. With no
// rules nothing goes wrong. When a rule is in error, none is changed.
func (s *Simulator) SetFaults(rules ...Fault) error {
	for i := range rules {
		if err := rules[i].validate(s.targetNames()); err != nil {
			return fmt.Errorf("rules[%d]: %w", i, err)
		}
	}
	s.faults.set(rules)
	return nil
}

func (s *Simulator) panelNames() []string {
	var names []string
	for _, p := range s.panels {
		names = append(names, p.name)
	}
	return names
}

func (s *Simulator) targetNames() []string {
	names := s.panelNames()
	if s.tenant != nil {
		names = append(names, s.tenant.name)
	}
	return names
}
