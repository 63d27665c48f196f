package transport

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// TLSFailureKind tells the reasons for which a connection is not secured apart.
type TLSFailureKind int

// Kinds of a TLSFailure.
const (
	TLSNone             TLSFailureKind = iota // the error is not about TLS
	TLSPlainServer                            // https was asked for, the port speaks http
	TLSSecureServer                           // http was asked for, the port speaks https
	TLSSelfSigned                             // the certificate signs itself and is not trusted
	TLSUnknownAuthority                       // the certificate's authority is not trusted
	TLSNameMismatch                           // the certificate is for other names
	TLSNoName                                 // the certificate carries no name that can be checked
	TLSExpired                                // the certificate is not valid any more
	TLSNotYetValid                            // the certificate is not valid yet
	TLSInvalid                                // the certificate cannot be used for another reason
	TLSOldVersion                             // the other side offers only versions before TLS 1.2
)

// TLSFailure describes why a connection was not secured. It holds facts; which
// setting helps is for the caller to say, who knows what the settings are called.
type TLSFailure struct {
	Kind  TLSFailureKind
	Cause string // a sentence in plain words, without a full stop
}

// ExplainTLS returns why the connection behind err was not secured. Its Kind is
// TLSNone for every other error, and for nil.
func ExplainTLS(err error) TLSFailure {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var verification *tls.CertificateVerificationError
	switch {
	case err == nil:
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &record) && record.Conn != nil: // the first record is no handshake
		return TLSFailure{TLSPlainServer, "https was asked for, and the other side does not speak TLS on this port"}
	case isTLSAnswer(err.Error()):
		return TLSFailure{TLSSecureServer, "http was asked for, and the other side speaks https on this port"}
	case errors.As(err, &host):
		return explainName(host)
	case errors.As(err, &invalid):
		return explainInvalid(invalid)
	case errors.As(err, &authority):
		if cert := authority.Cert; cert != nil && bytes.Equal(cert.RawIssuer, cert.RawSubject) {
			return TLSFailure{TLSSelfSigned, "the certificate is self-signed, and it is not among the trusted ones"}
		}
		issuer := ""
		if authority.Cert != nil {
			issuer = fmt.Sprintf(" (%s)", authority.Cert.Issuer)
		}
		return TLSFailure{TLSUnknownAuthority, "the certificate is signed by an authority that is not among the trusted ones" + issuer}
	case errors.As(err, &verification):
		return TLSFailure{TLSInvalid, fmt.Sprintf("the certificate cannot be verified: %v", verification.Err)}
	case strings.Contains(err.Error(), "tls: protocol version not supported"), strings.Contains(err.Error(), "tls: server selected unsupported protocol version"):
		return TLSFailure{TLSOldVersion, "the other side offers no version of TLS from 1.2 on"}
	}
	return TLSFailure{}
}

// explainName tells a certificate for other names from one without names.
func explainName(err x509.HostnameError) TLSFailure {
	var names []string
	if err.Certificate != nil {
		names = append(names, err.Certificate.DNSNames...)
		for _, ip := range err.Certificate.IPAddresses {
			names = append(names, ip.String())
		}
	}
	if len(names) == 0 {
		return TLSFailure{TLSNoName, "the certificate carries no subject alternative name, so that it is valid for no host"}
	}
	const most = 5
	list := strings.Join(names[:min(most, len(names))], ", ")
	if len(names) > most {
		list += ", …"
	}
	return TLSFailure{TLSNameMismatch, fmt.Sprintf("the certificate is for %s, and not for %s", list, err.Host)}
}

// explainInvalid tells the two ends of a certificate's life from the other
// reasons to refuse it.
func explainInvalid(err x509.CertificateInvalidError) TLSFailure {
	if err.Reason != x509.Expired || err.Cert == nil {
		return TLSFailure{TLSInvalid, fmt.Sprintf("the certificate cannot be verified: %v", err)}
	}
	if from := err.Cert.NotBefore; time.Now().Before(from) {
		return TLSFailure{TLSNotYetValid, "the certificate is not valid before " + from.UTC().Format(time.RFC3339)}
	}
	return TLSFailure{TLSExpired, "the certificate has expired on " + err.Cert.NotAfter.UTC().Format(time.RFC3339)}
}

// isTLSAnswer reports whether an error shows the beginning of a TLS alert, which
// servers send when they are spoken to in plain http.
func isTLSAnswer(text string) bool {
	return strings.Contains(text, `malformed HTTP response "\x15\x03`)
}

// WantsTLS reports whether an answer says that http was spoken to a port for
// https. Web servers say so with status 400, each in its own words.
func WantsTLS(status int, body []byte) bool {
	if status != http.StatusBadRequest {
		return false
	}
	text := bytes.ToLower(body)
	for _, words := range []string{
		"http request to an https server",           // Go
		"plain http request was sent to https port", // nginx
		"speaking plain http to an ssl-enabled",     // Apache
	} {
		if bytes.Contains(text, []byte(words)) {
			return true
		}
	}
	return false
}
