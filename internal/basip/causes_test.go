package basip

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/transport"
)

// A connection that is not secured tells which setting is at fault, and never to
// do without the check.
func TestUnsecuredConnectionNamesTheSetting(t *testing.T) {
	t.Parallel()
	p := newPanel()
	secure := httptest.NewUnstartedServer(p)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // failed handshakes are the point
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(p)
	t.Cleanup(plain.Close)
	old := httptest.NewUnstartedServer(p)
	old.Config.ErrorLog = secure.Config.ErrorLog
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11}
	old.StartTLS()
	t.Cleanup(old.Close)
	for name, test := range map[string]struct {
		url, serverName string
		problem         string
		want            []string
	}{
		"https to a port for http": {strings.Replace(plain.URL, "http", "https", 1), "", "speaks http, not https", []string{"http://"}},
		"http to a port for https": {strings.Replace(secure.URL, "https", "http", 1), "", "speaks https, not http", []string{"https://"}},
		"not trusted":              {secure.URL, "", "has an untrusted certificate", []string{"ca_certificate"}},
		"an old version":           {old.URL, "", "offers no TLS from 1.2 on", []string{"firmware"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := New(config(test.url, []func(*Config){func(cfg *Config) { cfg.TLS.ServerName = test.serverName }}))
			if err != nil {
				t.Fatal(err)
			}
			for call, do := range everyCall() {
				err := do(t.Context(), c)
				var failed *Error
				if !errors.As(err, &failed) || failed.Problem != test.problem {
					t.Fatalf("%s: error %v, want the problem %q", call, err, test.problem)
				}
				for _, text := range test.want {
					if !strings.Contains(failed.Hint, text) {
						t.Errorf("%q is not in the hint %q", text, failed.Hint)
					}
				}
			}
		})
	}
	t.Cleanup(func() { p.expect(t, loginPath, 0) })
}

func TestHintsOfCertificates(t *testing.T) {
	t.Parallel()
	for kind, want := range map[transport.TLSFailureKind]string{
		transport.TLSPlainServer: "http://", transport.TLSSecureServer: "https://",
		transport.TLSSelfSigned: "ca_certificate", transport.TLSUnknownAuthority: "ca_certificate",
		transport.TLSNameMismatch: "tls_server_name", transport.TLSNoName: "tls_server_name",
		transport.TLSExpired: "clock", transport.TLSNotYetValid: "clock", transport.TLSInvalid: "ca_certificate", transport.TLSOldVersion: "firmware",
	} {
		problem, hint := new(Client).unsecured(transport.TLSFailure{Kind: kind, Cause: "it is so"})
		if !strings.Contains(hint, want) || strings.Contains(hint, "insecure") || len(strings.Fields(problem)) > 6 {
			t.Errorf("kind %d: problem %q, hint %q, want %q in it", kind, problem, hint, want)
		}
	}
}

// A port that hangs up at once may be one for the other scheme.
func TestConnectionThatBreaksAtFirstNamesTheScheme(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it ends with the test
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-ended })
	for scheme, other := range map[string]string{"http": "https", "https": "http"} {
		c, err := New(config(scheme+"://"+listener.Addr().String(), nil))
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Users().Get(t.Context(), id(1))
		var failed *Error
		if !errors.As(err, &failed) || failed.Problem != "broke the connection off" || !strings.Contains(failed.Hint, "begin with "+other+"://") {
			t.Errorf("%s: error %v, want the other scheme in it", scheme, err)
		}
	}
}

// A request that was too late, and an answer of another program.
func TestProblemOfAnAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer        answer
		problem, hint string
	}{
		"500":          {says(http.StatusInternalServerError, ""), "failed with status 500", "restart"},
		"409":          {says(http.StatusConflict, ""), "refused the request", ""},
		"a web page":   {says(http.StatusOK, "<html>"), "does not answer like a panel", "url"},
		"a redirect":   {says(http.StatusFound, ""), "redirects to another address", "login would travel along"},
		"another path": {says(http.StatusNotFound, ""), "lacks a path of the API", "api_paths"},
		"no token":     {says(http.StatusUnauthorized, ""), "refused its own token", "restart"},
		"half a list":  {says(http.StatusOK, `{"list_option":{"pagination":{"total_items":2,"total_pages":1}},"list_items":[]}`), "gave an incomplete listing", "try again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.always[usersList] = test.answer
			p.always["GET /api/v1/access/user/items/link"] = test.answer
			_, err := p.client(t).Users().Get(t.Context(), id(1))
			var failed *Error
			if !errors.As(err, &failed) || failed.Problem != test.problem || !strings.Contains(failed.Hint, test.hint) {
				t.Errorf("error %v, want %q and %q", err, test.problem, test.hint)
			}
		})
	}
}
