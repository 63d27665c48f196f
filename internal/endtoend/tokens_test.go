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
	"sync"
	"testing"
)

const (
	loginPath = "/api/v1/login"
	tokenPath = "/oauth/token"
)

// tokenRecorder is a proxy before a panel or a tenant that remembers the tokens
// given out.
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

func recordTokens(t *testing.T, address string) *tokenRecorder {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	recorder := &tokenRecorder{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ModifyResponse: func(resp *http.Response) error {
			if !slices.Contains([]string{loginPath, tokenPath}, resp.Request.URL.Path) {
				return nil
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body = io.NopCloser(bytes.NewReader(body))
			var answer struct {
				OfPanel  string `json:"token"`
				OfTenant string `json:"access_token"`
			}
			_ = json.Unmarshal(body, &answer) // an answer to a refused login holds none
			if token := answer.OfPanel + answer.OfTenant; token != "" {
				recorder.mu.Lock()
				recorder.tokens = append(recorder.tokens, token)
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
