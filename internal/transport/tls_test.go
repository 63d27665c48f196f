package transport

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// secure starts an https server with a certificate for example.com and
// 127.0.0.1, and returns the certificate in PEM.
func secure(t *testing.T, version uint16) (url, certificate string) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "hello")
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // failed handshakes are the point
	server.TLS = &tls.Config{MaxVersion: version}       // an old version is to be refused
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL, certificatePEM(server.Certificate().Raw)
}

func certificatePEM(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// authority makes a certificate authority that has signed nothing.
func authority(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return certificatePEM(der)
}

func TestTrust(t *testing.T) {
	t.Parallel()
	url, certificate := secure(t, tls.VersionTLS13)
	oldURL, oldCertificate := secure(t, tls.VersionTLS11)
	other := authority(t)
	tests := map[string]struct {
		url     string
		tls     TLS
		failure string // a part of the error; empty for none
	}{
		"the machine's authorities":            {url, TLS{}, "unknown authority"},
		"the panel's own certificate":          {url, TLS{CACertificate: certificate}, ""},
		"its certificate among others":         {url, TLS{CACertificate: other + certificate}, ""},
		"another authority":                    {url, TLS{CACertificate: other}, "unknown authority"},
		"the name in the certificate":          {url, TLS{CACertificate: certificate, ServerName: "example.com"}, ""},
		"another name than in the certificate": {url, TLS{CACertificate: certificate, ServerName: "panel.test"}, "panel.test"},
		"any certificate":                      {url, TLS{InsecureSkipVerify: true}, ""},
		"any certificate, another authority":   {url, TLS{InsecureSkipVerify: true, CACertificate: other}, ""},
		"TLS 1.1":                              {oldURL, TLS{CACertificate: oldCertificate}, "protocol version"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chain, err := New(Options{TLS: test.tls, Retry: Retry{Backoff: hasty}})
			if err != nil {
				t.Fatal(err)
			}
			_, body, err := exchange(t, chain, get(t, test.url))
			switch {
			case test.failure == "" && (err != nil || body != "hello"):
				t.Errorf("answer %q, %v", body, err)
			case test.failure != "" && (err == nil || !strings.Contains(err.Error(), test.failure)):
				t.Errorf("error %v, want one about %q", err, test.failure)
			}
		})
	}
}

func TestParseCACertificate(t *testing.T) {
	t.Parallel()
	good, second := authority(t), authority(t)
	key := "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
	tests := map[string]struct {
		text    string
		failure string // a part of the error; empty for none
	}{
		"one certificate":               {good, ""},
		"two certificates":              {good + second, ""},
		"text around a certificate":     {"Subject: CN=door\n" + good + "\nend\n", ""},
		"nothing":                       {"", "-----BEGIN CERTIFICATE-----"},
		"no PEM":                        {"/etc/ssl/panel.pem", "-----BEGIN CERTIFICATE-----"},
		"a private key":                 {key, `1 is of type "PRIVATE KEY"`},
		"a private key after it":        {good + key, `2 is of type "PRIVATE KEY"`},
		"no certificate in the block":   {certificatePEM([]byte("door")), "1 is not a certificate"},
		"a damaged second certificate":  {good + certificatePEM([]byte("door")), "2 is not a certificate"},
		"a certificate cut short":       {good[:len(good)/2], "cannot be read"},
		"a second one cut short":        {good + second[:len(second)/2], "cannot be read"},
		"a first one with a wrong line": {strings.Replace(second, "\n", "\n!!\n", 1) + good, "cannot be read"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool, err := ParseCACertificate(test.text)
			if test.failure == "" {
				if err != nil || pool == nil {
					t.Errorf("pool %v, %v", pool, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.failure) {
				t.Errorf("error %v, want one about %q", err, test.failure)
			}
			if _, err := New(Options{TLS: TLS{CACertificate: test.text}}); err == nil && test.text != "" {
				t.Error("New takes it")
			}
		})
	}
}
