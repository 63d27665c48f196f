package transport

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"
)

func TestUserAgentNamesTheProvider(t *testing.T) {
	t.Parallel()
	var got atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got.Store(r.Header.Values("User-Agent"))
	}))
	defer server.Close()
	chain, err := New(Options{UserAgent: "gatehouse/1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	req := get(t, server.URL)
	if _, _, err := exchange(t, chain, req); err != nil {
		t.Fatal(err)
	}
	if agents, ok := got.Load().([]string); !ok || len(agents) != 1 || agents[0] != "gatehouse/1.2.3" {
		t.Errorf("User-Agent %q, want gatehouse/1.2.3", agents)
	}
	if len(req.Header) != 0 {
		t.Errorf("the caller's request was changed: %v", req.Header)
	}
}

func TestNoProxyIsTakenFromTheEnvironment(t *testing.T) {
	var through atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { through.Add(1) }))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	t.Setenv("NO_PROXY", "")
	t.Setenv("no_proxy", "")
	chain, err := New(Options{Timeout: 100 * time.Millisecond, Retry: Retry{Attempts: 1, Backoff: hasty}})
	if err != nil {
		t.Fatal(err)
	}
	// An address for documentation: nobody answers there but a proxy.
	status, _, err := exchange(t, chain, get(t, "http://192.0.2.1/api/v1/login?password=secret"))
	if through.Load() != 0 {
		t.Errorf("the request went through the proxy (status %d, %v)", status, err)
	}
}

func TestRedirectComesBackAsItIs(t *testing.T) {
	t.Parallel()
	var followed atomic.Int32
	mux := http.NewServeMux()
	mux.Handle("/from", http.RedirectHandler("/to", http.StatusFound))
	mux.HandleFunc("/to", func(http.ResponseWriter, *http.Request) { followed.Add(1) })
	server := httptest.NewServer(mux)
	defer server.Close()
	chain, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	status, _, err := exchange(t, chain, get(t, server.URL+"/from"))
	if err != nil || status != http.StatusFound || followed.Load() != 0 {
		t.Errorf("status %d, %v, followed %d times; want 302 and never", status, err, followed.Load())
	}
}

func TestLogTellsTheRequestAndNoSecret(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"answered": 200, "failed": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if status == 0 {
					panic(http.ErrAbortHandler)
				}
				w.Header().Set("Set-Cookie", "secret-cookie")
				_, _ = w.Write([]byte("secret-answer"))
			}))
			defer server.Close()
			chain, err := New(Options{Retry: Retry{Attempts: 1}})
			if err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			req := request(t, http.MethodPost, server.URL+"/api/v1/login?password=secret-query", "secret-body")
			req.Header.Set("Authorization", "Bearer secret-token")
			req = req.WithContext(tflogtest.RootLogger(t.Context(), &log))
			if _, _, err := exchange(t, chain, req); (err != nil) != (status == 0) {
				t.Fatal(err)
			}
			lines, err := tflogtest.MultilineJSONDecode(&log)
			if err != nil || len(lines) != 1 {
				t.Fatalf("%d lines, %v; want one", len(lines), err)
			}
			if lines[0]["method"] != "POST" || lines[0]["path"] != "/api/v1/login" || lines[0]["host"] != strings.TrimPrefix(server.URL, "http://") {
				t.Errorf("the line does not tell the request: %v", lines[0])
			}
			if got, _ := lines[0]["status"].(float64); got != float64(status) {
				t.Errorf("status %v, want %d", lines[0]["status"], status)
			}
			if status == 0 && lines[0]["error"] == nil {
				t.Error("the line does not tell the failure")
			}
			for key, value := range lines[0] {
				if text, ok := value.(string); ok && strings.Contains(text, "secret") {
					t.Errorf("%s tells a secret: %s", key, text)
				}
			}
		})
	}
}
