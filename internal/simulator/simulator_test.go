package simulator_test

import (
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestPanelsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	s := startWith(t, simulator.Config{Panels: []string{"z", "a", "m"}})
	var names []string
	for _, p := range s.Panels() {
		names = append(names, p.Name())
		equal(t, "by name", s.Panel(p.Name()).URL(), p.URL())
	}
	equal(t, "names", names, []string{"z", "a", "m"})
	if s.Panel("b") != nil {
		t.Error("there is a panel b")
	}
}

func TestFixedPortIsFollowedByThePanels(t *testing.T) {
	t.Parallel()
	// Ports may be taken by others, so several are tried.
	for range 20 {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
		s, err := simulator.Start(simulator.Config{Listen: "127.0.0.1:" + strconv.Itoa(port), Panels: []string{"lobby", "garage"}})
		if err != nil {
			continue
		}
		t.Cleanup(func() { _ = s.Close() })
		url := func(i int) string { return fmt.Sprintf("http://127.0.0.1:%d", port+i) }
		equal(t, "URLs", []string{s.ControlURL(), s.Panel("lobby").URL(), s.Panel("garage").URL()}, []string{url(0), url(1), url(2)})
		return
	}
	t.Fatal("no three ports in a row are free")
}

func TestStartRefusesWrongConfigs(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]simulator.Config{
		"no port":          {Listen: "127.0.0.1"},
		"named port":       {Listen: "127.0.0.1:http"},
		"port too high":    {Listen: "127.0.0.1:65536"},
		"no port left":     {Listen: "127.0.0.1:65535", Panels: []string{"lobby"}},
		"empty name":       {Panels: []string{""}},
		"name twice":       {Panels: []string{"lobby", "lobby"}},
		"negative latency": {Latency: -1},
	} {
		if s, err := simulator.Start(cfg); err == nil {
			t.Errorf("%s: started", name)
			_ = s.Close()
		}
	}
}

func TestOutsideChanges(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := s.Panel("lobby")
	p.SetUser(simulator.User{LinkID: id(1), Name: "Ada"})
	p.SetUser(simulator.User{LinkID: id(2), Name: "Bob"})
	p.SetUser(simulator.User{LinkID: id(1), Name: "Ada L."})
	p.SetUser(simulator.User{UID: 2, LinkID: id(3), Name: "Bob C."})
	p.SetUser(simulator.User{Name: "local"})
	p.SetUser(simulator.User{Name: "local"})
	var got []string
	for _, u := range p.State().Users {
		got = append(got, fmt.Sprint(u.UID, u.LinkID, u.Name))
	}
	equal(t, "users", got, []string{"1" + id(1) + "Ada L.", "2" + id(3) + "Bob C.", "3local", "4local"})

	p.SetTimeProfile(seedProfile(5, "Day"))
	p.SetUser(simulator.User{LinkID: id(1), Name: "Ada", TimeProfileLinkIDs: []string{id(5)}})
	equal(t, "remove time profile", []bool{p.RemoveTimeProfile(id(5)), p.RemoveTimeProfile(id(5))}, []bool{true, false})
	equal(t, "user has lost it", p.State().Users[0].TimeProfileLinkIDs, []string{})
	equal(t, "remove user", []bool{p.RemoveUser(id(1)), p.RemoveUser(id(1)), p.RemoveUser("")}, []bool{true, false, false})
	equal(t, "left", len(p.State().Users), 3)
	equal(t, "requests", len(s.Requests()), 0)
}

func TestStateSharesNoMemory(t *testing.T) {
	t.Parallel()
	p := attached(t)
	state := p.State()
	state.Users[0].TimeProfileLinkIDs[0] = "changed"
	state.TimeProfiles[0].TimeOptions[0] = 'x'
	equal(t, "references", p.State().Users[0].TimeProfileLinkIDs, []string{id(5)})
	equal(t, "options", string(p.State().TimeProfiles[0].TimeOptions[:1]), "{")
}

func TestImpossibleChangesPanic(t *testing.T) {
	t.Parallel()
	p := start(t).Panel("lobby")
	settings, state := p.Settings(), p.State()
	for name, change := range map[string]func(){
		"settings":     func() { set(p, func(s *simulator.Settings) { s.Limit = "soft" }) },
		"state":        func() { p.SetState(simulator.PanelState{Users: []simulator.User{{UID: -1}}}) },
		"user":         func() { p.SetUser(simulator.User{LinkID: "1"}) },
		"time profile": func() { p.SetTimeProfile(simulator.TimeProfile{Name: "x"}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			change()
		}()
	}
	equal(t, "settings", p.Settings(), settings)
	equal(t, "state", p.State(), state)
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	s := start(t)
	var wg sync.WaitGroup
	for i, p := range s.Panels() {
		for j := range 4 {
			c := login(t, p)
			wg.Go(func() {
				for k := range 5 {
					n := i*1000 + j*100 + k
					for _, step := range []struct {
						method string
						body   any
					}{
						{"POST", obj{"list_items": []any{user(n, fmt.Sprint(n))}}}, {"GET", nil}, {"DELETE", refs(n)},
					} {
						if r, err := c.try(t.Context(), step.method, usersPath, step.body); err != nil || r.status != 200 {
							t.Errorf("%s: %v %s", step.method, err, r)
						}
					}
				}
			})
		}
		wg.Go(func() {
			for range 20 {
				_ = p.State()
				_ = p.Settings()
				p.SetTimeProfile(seedProfile(1, "Day"))
				p.SetSettings(func(s *simulator.Settings) { s.DeletesVisibleListings = 1 })
				_ = s.Requests()
				_ = s.SetFaults(simulator.Fault{Target: p.Name(), Delay: 1})
			}
		})
	}
	wg.Wait()
	for _, p := range s.Panels() {
		equal(t, p.Name(), len(p.State().Users), 0)
	}
	equal(t, "requests", len(s.Requests()), 2*4*(1+5*3))
}

func TestCloseWaitsForHandlers(t *testing.T) {
	t.Parallel()
	var blocking atomic.Bool
	entered, release := make(chan struct{}), make(chan struct{})
	s, err := simulator.Start(simulator.Config{Panels: []string{"lobby"}, Now: func() time.Time {
		if blocking.Swap(false) {
			close(entered)
			<-release
		}
		return time.Time{}
	}})
	if err != nil {
		t.Fatal(err)
	}
	blocking.Store(true)
	c := newClient(t, s.Panel("lobby").URL())
	var wg sync.WaitGroup
	wg.Go(func() {
		if r, err := c.try(t.Context(), "GET", "/api/info", nil); err == nil {
			t.Errorf("answered %s", r)
		}
	})
	<-entered
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	// The client hears of it when the connections are closed, and from there a
	// Close that does not wait is at its end.
	wg.Wait()
	for range 10000 {
		runtime.Gosched()
	}
	if len(closed) > 0 {
		t.Error("Close returned while a handler was at work")
	}
	close(release)
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

func TestRequestsInFlightAreCounted(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := login(t, s.Panel("lobby"))
	if err := s.SetFaults(simulator.Fault{Method: "GET", Delay: simulator.Duration(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	s.ResetRequests()
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = c.try(t.Context(), "GET", usersPath, nil) })
	for len(s.Requests()) == 0 && t.Context().Err() == nil {
		runtime.Gosched()
	}
	c.upsert(usersPath, user(1, "Ada"))
	equal(t, "in flight", s.Requests()[1].InFlight, 2)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
}

//nolint:paralleltest // It looks at all goroutines of the process.
func TestCloseLeavesNothingBehind(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	s, err := simulator.Start(simulator.Config{Panels: []string{"lobby", "garage"}})
	if err != nil {
		t.Fatal(err)
	}
	// One connection stays idle, one waits for a late answer, and one has
	// never sent a byte.
	keepAlive := &http.Transport{}
	defer keepAlive.CloseIdleConnections()
	idle := &client{t: t, base: s.Panel("garage").URL(), http: &http.Client{Transport: keepAlive}}
	idle.do("GET", "/api/info", nil)
	silent, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.Panel("garage").URL()[len("http://"):])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	if err := s.SetFaults(simulator.Fault{Target: "lobby", Delay: simulator.Duration(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	late := newClient(t, s.Panel("lobby").URL())
	failed := make(chan error, 1)
	go func() {
		_, err := late.try(t.Context(), "GET", "/api/info", nil)
		failed <- err
	}()
	for len(s.Requests()) < 2 && t.Context().Err() == nil {
		runtime.Gosched()
	}

	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("the late answer came after all")
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	for _, p := range s.Panels() {
		if r, err := newClient(t, p.URL()).try(t.Context(), "GET", "/api/info", nil); err == nil {
			t.Errorf("%s still answers %s", p.Name(), r)
		}
	}
	keepAlive.CloseIdleConnections()
	goleak.VerifyNone(t, ignore)
}
