package transport

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

// signed makes a certificate for a server with the template's names and times,
// signed by an authority of its own or by itself, and returns it with the signer
// in PEM.
func signed(t *testing.T, template x509.Certificate, selfSigned bool) (certificate tls.Certificate, signer string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(2)
	template.Subject = pkix.Name{CommonName: "lobby"}
	parent, parentKey := &template, key
	if !selfSigned {
		parent = &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Door Works CA"},
			NotBefore: time.Unix(0, 0), NotAfter: time.Now().Add(time.Hour),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		}
		if parentKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	root := der
	if !selfSigned {
		if root, err = x509.CreateCertificate(rand.Reader, parent, parent, &parentKey.PublicKey, parentKey); err != nil {
			t.Fatal(err)
		}
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, certificatePEM(root)
}

// serve answers "hello" on https with a certificate, or on http without one, and
// counts the requests.
func serve(t *testing.T, config *tls.Config, requests *atomic.Int32) (url string) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		_, _ = io.WriteString(w, "hello")
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // failed handshakes are the point
	t.Cleanup(server.Close)
	if config == nil {
		server.Start()
		return server.URL
	}
	server.TLS = config
	server.StartTLS()
	return server.URL
}

func TestExplainTLS(t *testing.T) {
	t.Parallel()
	now := time.Now()
	current := x509.Certificate{NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), DNSNames: []string{"lobby.test", "door.test"}}
	expired, early, nameless := current, current, current
	expired.NotAfter = now.Add(-time.Minute)
	early.NotBefore = now.Add(time.Minute)
	nameless.DNSNames = nil
	const right, wrong = "lobby.test", "panel.test"
	for name, test := range map[string]struct {
		template   *x509.Certificate // nil: the server speaks http
		selfSigned bool
		trusted    bool // its signer is in ca_certificate
		serverName string
		version    uint16
		kind       TLSFailureKind
		cause      string
	}{
		"a certificate as it should be": {&current, false, true, right, 0, TLSNone, ""},
		"a self-signed one, trusted":    {&current, true, true, right, 0, TLSNone, ""},
		"a self-signed one":             {&current, true, false, right, 0, TLSSelfSigned, "is self-signed"},
		"an authority not trusted":      {&current, false, false, right, 0, TLSUnknownAuthority, "CN=Door Works CA"},
		"another name":                  {&current, false, true, wrong, 0, TLSNameMismatch, "is for lobby.test, door.test, and not for panel.test"},
		"the address instead of a name": {&current, false, true, "", 0, TLSNameMismatch, "and not for 127.0.0.1"},
		"no names":                      {&nameless, false, true, right, 0, TLSNoName, "subject alternative name"},
		"one that has expired":          {&expired, false, true, right, 0, TLSExpired, "has expired on " + expired.NotAfter.UTC().Format("2006-01-02")},
		"one for later":                 {&early, false, true, right, 0, TLSNotYetValid, "is not valid before"},
		"an old version":                {&current, false, true, right, tls.VersionTLS11, TLSOldVersion, "from 1.2 on"},
		"no https":                      {nil, false, false, "", 0, TLSPlainServer, "does not speak TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			var config *tls.Config
			trust := TLS{ServerName: test.serverName, CACertificate: authority(t)}
			if test.template != nil {
				certificate, signer := signed(t, *test.template, test.selfSigned)
				config = &tls.Config{Certificates: []tls.Certificate{certificate}, MaxVersion: test.version}
				if test.trusted {
					trust.CACertificate = signer
				}
			}
			url := strings.Replace(serve(t, config, &requests), "http://", "https://", 1)
			chain, err := New(Options{TLS: trust, Retry: Retry{Attempts: 1}})
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = exchange(t, chain, get(t, url))
			got := ExplainTLS(err)
			if got.Kind != test.kind || !strings.Contains(got.Cause, test.cause) || (got.Cause == "") != (got.Kind == TLSNone) {
				t.Errorf("ExplainTLS(%v) = %+v, want kind %d with %q", err, got, test.kind, test.cause)
			}
			if (err == nil) != (test.kind == TLSNone) || err != nil && (!NeverSent(err) || requests.Load() > 0) {
				t.Errorf("error %v after %d requests; a connection that is not secured carries none", err, requests.Load())
			}
		})
	}
	for _, err := range []error{nil, io.EOF, errRefused, errReset, ErrNoAnswer, errors.New("tls: bad record MAC")} {
		if got := ExplainTLS(err); got != (TLSFailure{}) {
			t.Errorf("ExplainTLS(%v) = %+v, want nothing", err, got)
		}
	}
}

// A port for https tells in two ways that it was spoken to in http.
func TestPlainHTTPToAnHTTPSPort(t *testing.T) {
	t.Parallel()
	certificate, _ := signed(t, x509.Certificate{NotAfter: time.Now().Add(time.Hour)}, true)
	var requests atomic.Int32
	url := strings.Replace(serve(t, &tls.Config{Certificates: []tls.Certificate{certificate}}, &requests), "https://", "http://", 1)
	chain, err := New(Options{Retry: Retry{Attempts: 1}})
	if err != nil {
		t.Fatal(err)
	}
	status, body, err := exchange(t, chain, get(t, url))
	if err != nil || !WantsTLS(status, []byte(body)) {
		t.Errorf("WantsTLS(%d, %q) = false, %v", status, body, err)
	}
	for body, status := range map[string]int{
		"<h1>400 Bad Request</h1>":                                   http.StatusBadRequest,
		"The plain HTTP request was sent to HTTPS port, as you know": http.StatusOK,
	} {
		if WantsTLS(status, []byte(body)) {
			t.Errorf("WantsTLS(%d, %q) = true", status, body)
		}
	}
	if !WantsTLS(http.StatusBadRequest, []byte("<center>The plain HTTP request was sent to HTTPS port</center>")) {
		t.Error("nginx is not understood")
	}
	alert := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = conn.Write([]byte("\x15\x03\x01\x00\x02\x02\x46"))
		_ = conn.Close()
	}))
	defer alert.Close()
	_, _, err = exchange(t, chain, get(t, alert.URL))
	if got := ExplainTLS(err); got.Kind != TLSSecureServer {
		t.Errorf("ExplainTLS(%v) = %+v, want TLSSecureServer", err, got)
	}
}

// A certificate or a scheme does not mend itself: to try again, for minutes once
// the other side has answered before, would only hide the cause.
func TestTLSFailureIsNotRetried(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		for _, failure := range []error{
			&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}},
			&tls.CertificateVerificationError{Err: x509.HostnameError{}},
			http.ErrSchemeMismatch,
		} {
			other := &script{steps: []step{answers(200), fails(failure)}}
			chain := &retrying{next: other, policy: Retry{Backoff: poll.Backoff{First: time.Hour}, Attempts: 3, Patience: time.Hour}}
			if _, _, err := exchange(t, chain, get(t, "https://panel.test/")); err != nil {
				t.Fatal(err)
			}
			if _, _, err := exchange(t, chain, request(t, method, "https://panel.test/", "")); !errors.Is(err, failure) || other.attempts() != 2 {
				t.Errorf("%s: error %v after %d attempts, want %v after the second", method, err, other.attempts()-1, failure)
			}
		}
	}
}
