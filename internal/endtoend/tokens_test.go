package endtoend

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

const loginPath = "/api/v1/login"

// tokenRecorder is a proxy before a panel that remembers the tokens given out.
type tokenRecorder struct {
	url string

	mu     sync.Mutex
	tokens []string
}

// seen returns the tokens so far.
func (r *tokenRecorder) seen() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.tokens)
}

func recordTokens(t *testing.T, panel *simulator.Panel) *tokenRecorder {
	t.Helper()
	target, err := url.Parse(panel.URL())
	if err != nil {
		t.Fatal(err)
	}
	recorder := &tokenRecorder{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ModifyResponse: func(resp *http.Response) error {
			if !strings.HasSuffix(resp.Request.URL.Path, "/login") {
				return nil
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body = io.NopCloser(bytes.NewReader(body))
			var answer struct {
				Token string `json:"token"`
			}
			if json.Unmarshal(body, &answer) == nil && answer.Token != "" {
				recorder.mu.Lock()
				recorder.tokens = append(recorder.tokens, answer.Token)
				recorder.mu.Unlock()
			}
			return err
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }, // pass a cut on
	}
	server := httptest.NewServer(proxy)
	transport := &http.Transport{}
	proxy.Transport = transport
	t.Cleanup(func() {
		server.Close()
		transport.CloseIdleConnections()
	})
	recorder.url = server.URL
	return recorder
}
