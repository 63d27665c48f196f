package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// asProgram makes the test binary behave as the program itself, so that
// signals and exit statuses can be tested.
const asProgram = "SIMULATOR_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	goleak.VerifyTestMain(m)
}

func TestSignalsEndTheProgramCleanly(t *testing.T) {
	t.Parallel()
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-panels", "lobby,garage", "-latency", "1ms", "-username", "root", "-password", "secret")
			cmd.Env = append(os.Environ(), asProgram+"=1")
			cmd.Stderr = os.Stderr
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			out := bufio.NewReader(stdout)
			text, err := out.ReadBytes('\n')
			if err != nil {
				t.Fatal(err)
			}
			var line struct {
				Control string            `json:"control"`
				Panels  map[string]string `json:"panels"`
			}
			if err := json.Unmarshal(text, &line); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			if len(line.Panels) != 2 || line.Control == "" {
				t.Errorf("line %s", text)
			}
			// The MD5 of the password is in lower case here.
			for url, want := range map[string]int{
				line.Panels["garage"] + "/api/info": 200,
				line.Panels["lobby"] + "/api/v1/login?username=root&password=5ebe2294ecd0e0f08eab7690d2a6ee69":  200,
				line.Panels["lobby"] + "/api/v1/login?username=admin&password=e10adc3949ba59abbe56e057f20f883e": 400,
				line.Control + "/_sim/state": 200,
			} {
				if got := get(t, url); got != want {
					t.Errorf("%s: status %d, want %d", url, got, want)
				}
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			rest, _ := io.ReadAll(out)
			if len(rest) > 0 {
				t.Errorf("more than one line: %s", rest)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("exit: %v", err)
			}
		})
	}
}

func get(t *testing.T, url string) int {
	t.Helper()
	_, status := send(t, http.MethodGet, url)
	return status
}

func send(t *testing.T, method, url string) (body string, status int) {
	t.Helper()
	tr := &http.Transport{DisableKeepAlives: true}
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: tr}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), resp.StatusCode
}

func TestWrongFlagsEndWithStatus2(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"unknown flag":     {[]string{"-panel", "lobby"}, "-panel"},
		"argument":         {[]string{"lobby"}, `unexpected argument "lobby"`},
		"no panel":         {[]string{"-panels", ""}, "empty name"},
		"panel twice":      {[]string{"-panels", "a,a"}, `"a"`},
		"wrong address":    {[]string{"-listen", "here"}, "host:port"},
		"wrong latency":    {[]string{"-latency", "soon"}, "latency"},
		"negative latency": {[]string{"-latency", "-1s"}, "negative"},
		"empty password":   {[]string{"-password", ""}, "-password"},
		"no targets":       {[]string{"-panels", "", "-tenant", ""}, "empty name"},
		"one name":         {[]string{"-panels", "a", "-tenant", "a"}, `"a"`},
		"empty secret":     {[]string{"-client-secret", ""}, "-client-secret"},
		"empty client":     {[]string{"-client-id", ""}, "-client-id"},
		"negative time":    {[]string{"-task-time", "-1s"}, "-task-time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), tt.args, &stdout, &stderr); code != 2 {
				t.Errorf("status %d", code)
			}
			if stdout.Len() > 0 || !strings.Contains(stderr.String(), tt.want) {
				t.Errorf("stdout %q, stderr %q", &stdout, &stderr)
			}
		})
	}
}

func TestAddressInUseEndsWithStatus1(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	code := make(chan int)
	go func() { code <- run(ctx, nil, w, io.Discard) }()
	var line struct{ Control string }
	if err := json.NewDecoder(r).Decode(&line); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if got := run(ctx, []string{"-listen", strings.TrimPrefix(line.Control, "http://")}, &stdout, &stderr); got != 1 || stderr.Len() == 0 {
		t.Errorf("second: status %d, stderr %q", got, &stderr)
	}
	cancel()
	if got := <-code; got != 0 {
		t.Errorf("first: status %d", got)
	}
}

func TestTenantIsAnnounced(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		args   []string
		panels int
		tenant bool
		time   string
	}{
		"only panels":      {nil, 1, false, ""},
		"both":             {[]string{"-tenant", "acme"}, 1, true, "5s"},
		"only the tenant":  {[]string{"-tenant", "acme", "-panels", "", "-task-time", "1m"}, 0, true, "1m0s"},
		"deletes by polls": {[]string{"-tenant", "acme", "-task-time", "0"}, 1, true, "0s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			r, w := io.Pipe()
			code := make(chan int)
			go func() {
				code <- run(ctx, append(tt.args, "-client-id", "me", "-client-secret", "open"), w, io.Discard)
			}()
			var line struct {
				Control, Tenant string
				Panels          map[string]string
			}
			if err := json.NewDecoder(r).Decode(&line); err != nil {
				t.Fatal(err)
			}
			if len(line.Panels) != tt.panels || (line.Tenant != "") != tt.tenant {
				t.Errorf("line %+v", line)
			}
			if tt.tenant {
				settings, _ := send(t, http.MethodGet, line.Control+"/_sim/settings")
				if !strings.Contains(settings, `"task_time":"`+tt.time+`"`) {
					t.Errorf("settings %s", settings)
				}
				for secret, want := range map[string]int{"open": 200, "simulated-secret": 401} {
					url := line.Tenant + "/oauth/token?grant_type=client_credentials&client_id=me&client_secret=" + secret
					if _, got := send(t, http.MethodPost, url); got != want {
						t.Errorf("%s: status %d, want %d", secret, got, want)
					}
				}
			}
			cancel()
			if got := <-code; got != 0 {
				t.Errorf("status %d", got)
			}
		})
	}
}

func TestHelpEndsWithStatus0(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"-h"}, &stdout, &stderr); code != 0 || !strings.Contains(stderr.String(), "-latency") {
		t.Errorf("status %d, stderr %q", code, &stderr)
	}
}
