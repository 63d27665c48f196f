package transport

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

func TestProxyThatIsAskedFor(t *testing.T) {
	t.Parallel()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host != "tenant.test" {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	address, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := New(Options{Proxy: http.ProxyURL(address), Retry: Retry{Attempts: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if status, _, err := exchange(t, chain, get(t, "http://tenant.test/")); err != nil || status != http.StatusOK {
		t.Errorf("%d, %v; want the proxy's answer for the tenant", status, err)
	}
	proxy.Close()
	// The port 1 is nobody's; the one that has just become free may be another test's.
	nobody := &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	if chain, err = New(Options{Proxy: http.ProxyURL(nobody), Retry: Retry{Attempts: 1}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := exchange(t, chain, request(t, http.MethodPost, "http://tenant.test/", "x")); !NeverSent(err) {
		t.Errorf("%v passes for a request that may have arrived: the proxy cannot be reached", err)
	}
}
