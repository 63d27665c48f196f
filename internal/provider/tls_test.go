package provider_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/provider"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// secure puts an https proxy in front of a panel, with a certificate of its own
// for 127.0.0.1 and example.com, and returns its URL and the certificate.
func secure(t *testing.T, panel *simulator.Panel) (address, certificate string) {
	t.Helper()
	target, err := url.Parse(panel.URL())
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = transport
	server := httptest.NewUnstartedServer(proxy)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // failed handshakes are the point
	server.StartTLS()
	t.Cleanup(func() {
		server.Close()
		transport.CloseIdleConnections()
	})
	return server.URL, inPEM(server.Certificate().Raw)
}

func inPEM(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// authority makes the certificate of an authority that has signed nothing.
func authority(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return inPEM(der)
}

func TestAccTLS_certificatesAreJudgedAsConfigured(t *testing.T) {
	t.Parallel()
	const (
		ca, server, skip = "ca_certificate", "tls_server_name", "insecure_skip_tls_verify"

		own, other, both = "OWN", "OTHER", "OTHEROWN" // stand for the panel's certificate and another
		unknown          = "The certificate is self-signed, and it is not among the trusted ones. Set ca_certificate of the panel to this certificate"
		wrongName        = "The certificate is for example.com, *.example.com, 127.0.0.1, ::1, and not for panel.test. If this is the right panel, let its url name a host of the certificate, or set tls_server_name to one."
	)
	for name, test := range map[string]struct {
		values      map[string]string
		environment bool   // the values come from there
		refused     string // what is said if it does not work
	}{
		"its own certificate":                   {map[string]string{ca: own}, false, ""},
		"its own certificate among others":      {map[string]string{ca: both}, false, ""},
		"another name of it":                    {map[string]string{ca: own, server: "example.com"}, false, ""},
		"another name of it, environment":       {map[string]string{ca: own, server: "example.com"}, true, ""},
		"no check":                              {map[string]string{skip: "true"}, false, ""},
		"no check, environment":                 {map[string]string{skip: "true"}, true, ""},
		"no check, a wrong authority":           {map[string]string{ca: other, skip: "true"}, false, ""},
		"the machine's authorities":             {nil, false, unknown},
		"the machine's authorities, no skip":    {map[string]string{skip: "false"}, false, unknown},
		"a wrong authority":                     {map[string]string{ca: other}, false, unknown},
		"a wrong authority, environment":        {map[string]string{ca: other}, true, unknown},
		"a wrong authority, a name in it":       {map[string]string{ca: other, server: "example.com"}, false, unknown},
		"a name that is not in it":              {map[string]string{ca: own, server: "panel.test"}, false, wrongName},
		"a name that is not in it, environment": {map[string]string{ca: own, server: "panel.test"}, true, wrongName},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := acctest.Panels(t, "lobby")
			address, certificate := secure(t, sim.Panel("lobby"))
			lines, variables := fmt.Sprintf("url = %q\npassword = %q\n", address, acctest.Password), map[string]string{}
			for attribute, value := range test.values {
				value = strings.NewReplacer(own, certificate, other, authority(t)).Replace(value)
				if test.environment {
					variables["GATEHOUSE_PANEL_"+strings.ToUpper(attribute)] = value
				} else {
					lines += fmt.Sprintf("%s = %q\n", attribute, value)
				}
			}
			config := block("default", lines) + profile("")
			step := works(config, "default")
			if test.refused != "" {
				step = resource.TestStep{Config: config, ExpectError: says(test.refused)}
			}
			run(t, sim, []provider.Option{environment(variables)}, step)
			if sent := len(sim.Requests()) > 0; sent != (test.refused == "") {
				t.Errorf("requests reached the panel: %t", sent)
			}
		})
	}
}

// The summary carries the cause, since CI shows no more of an error. The advice is
// never to do without the check of certificates.
func TestAccTLS_failureIsExplained(t *testing.T) {
	t.Parallel()
	sim := acctest.Panels(t, "lobby")
	secured, certificate := secure(t, sim.Panel("lobby"))
	expired := certified(t, sim.Panel("lobby"), time.Now().Add(-time.Hour))
	for name, test := range map[string]struct{ url, lines, summary, detail string }{
		"a certificate that is not trusted": {secured, "", `Panel "lobby" has an untrusted certificate`, "Set ca_certificate of the panel"},
		"a certificate for another host": {
			secured, fmt.Sprintf("ca_certificate = %q\ntls_server_name = \"panel.test\"", certificate),
			`Panel "lobby" has a certificate for another host`, "set tls_server_name to one",
		},
		"an expired certificate":   {expired.URL, fmt.Sprintf("ca_certificate = %q", inPEM(expired.Certificate().Raw)), `Panel "lobby" has an expired certificate`, "check this machine's clock"},
		"https to a port for http": {strings.Replace(sim.Panel("lobby").URL(), "http://", "https://", 1), "", `Panel "lobby" speaks http, not https`, "Let the panel's url begin with http://"},
		"http to a port for https": {strings.Replace(secured, "https://", "http://", 1), "", `Panel "lobby" speaks https, not http`, "let its url begin with https://"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := regexp.MustCompile("(?s)Error: " + says(test.summary).String() + "(.*)" + says(test.detail).String() + "(.*)$")
			run(t, sim, nil, resource.TestStep{Config: lobby(test.url, test.lines) + profile(""), ExpectError: want})
		})
	}
	t.Cleanup(func() {
		if n := len(sim.Requests()); n > 0 {
			t.Errorf("%d requests reached the panel, want none", n)
		}
	})
}

// certified is secure with a certificate of 127.0.0.1 that ends at a time.
func certified(t *testing.T, panel *simulator.Panel, until time.Time) *httptest.Server {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: time.Unix(0, 0), NotAfter: until, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.RedirectHandler(panel.URL(), http.StatusFound))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // failed handshakes are the point
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}
