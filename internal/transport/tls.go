package transport

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// TLS says how the other side's certificate is judged. The zero value trusts
// the machine's own certificate authorities.
type TLS struct {
	CACertificate      string // PEM; trusted instead of the machine's authorities when not empty
	ServerName         string // name expected in the certificate instead of the URL's host
	InsecureSkipVerify bool   // accept any certificate
}

// ParseCACertificate checks that text holds at least one PEM certificate and
// nothing that cannot be read, and returns them as a pool.
func ParseCACertificate(text string) (*x509.CertPool, error) {
	pool, rest, found := x509.NewCertPool(), []byte(text), 0
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("the PEM block %d is of type %q where CERTIFICATE is needed", found+1, block.Type)
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("the PEM block %d is not a certificate: %w", found+1, err)
		}
		pool.AddCert(certificate)
		found++
	}
	// The decoder passes over a block that is damaged or cut short.
	if begun := strings.Count(text, "-----BEGIN "); begun != found {
		return nil, fmt.Errorf("%d of the %d PEM blocks cannot be read; copy the whole text again", begun-found, begun)
	}
	if found == 0 {
		return nil, errors.New("no PEM block is in it; it should begin with -----BEGIN CERTIFICATE-----")
	}
	return pool, nil
}

// config returns the standard library's form of t.
func (t TLS) config() (*tls.Config, error) {
	config := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		ServerName:         t.ServerName,
		InsecureSkipVerify: t.InsecureSkipVerify, //nolint:gosec // the user's explicit choice, for self-signed panels
	}
	if t.CACertificate != "" {
		pool, err := ParseCACertificate(t.CACertificate)
		if err != nil {
			return nil, err
		}
		config.RootCAs = pool
	}
	return config, nil
}
