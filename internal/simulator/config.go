package simulator

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// Config says what to simulate.
type Config struct {
	// Listen is the host:port of the control listener, "127.0.0.1:0" when
	// empty. With a port P the i-th panel, counted from 0, listens on P+1+i;
	// with port 0 every listener gets a free port.
	Listen string
	// Panels are the names of the panels. Each has a listener of its own with
	// its API at the server root, like a device.
	Panels []string
	// Tenant is the name of the tenant, empty for none. Its listener comes
	// after those of the panels.
	Tenant string
	// Latency is added to every answer of a target, but not of the control API.
	Latency time.Duration
	// Now is the clock that tokens expire, delayed deletions and tasks end, and
	// requests are limited by;
	// [time.Now] when nil. Latency and delays pass in real time.
	Now func() time.Time
}

// Validate reports what keeps cfg from being started whatever the state of the
// machine: a listen address that is none, a panel without a name, two targets
// with one name, a negative latency.
func (cfg Config) Validate() error {
	if cfg.Latency < 0 {
		return errors.New("latency must not be negative")
	}
	seen := map[string]bool{}
	for _, name := range cfg.Panels {
		if name == "" {
			return errors.New("a panel has an empty name")
		}
		if seen[name] {
			return fmt.Errorf("two panels are named %q", name)
		}
		seen[name] = true
	}
	if cfg.Tenant != "" && seen[cfg.Tenant] {
		return fmt.Errorf("a panel and the tenant are named %q", cfg.Tenant)
	}
	_, port, err := splitAddr(cfg.Listen)
	if err == nil && port != 0 && port+cfg.targets() > 65535 {
		err = fmt.Errorf("listen address %q: no ports left after it for %d targets", cfg.Listen, cfg.targets())
	}
	return err
}

// targets is how many listeners there are besides the control listener.
func (cfg Config) targets() int {
	if cfg.Tenant == "" {
		return len(cfg.Panels)
	}
	return len(cfg.Panels) + 1
}

// splitAddr reads a listen address, which may be empty.
func splitAddr(addr string) (host string, port int, err error) {
	if addr == "" {
		return "127.0.0.1", 0, nil
	}
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, fmt.Errorf("listen address %q: want host:port", addr)
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("listen address %q: the port must be a number from 0 to 65535", addr)
	}
	return host, int(n), nil
}
