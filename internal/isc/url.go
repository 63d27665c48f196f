package isc

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// versionPath matches a path that ends in what the family adds by itself.
var versionPath = regexp.MustCompile(`(?i)/(v\d+|beta|latest|oauth|oauth/token)$`)

// ParseBaseURL checks a tenant's base URL and returns it in the form the client
// uses: scheme https and a host, and neither credentials nor query nor version.
// Plain http is for a simulator on this machine: elsewhere the client secret
// would be readable on its way.
func ParseBaseURL(text string) (*url.URL, error) {
	base, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil: // its text repeats a part of what was given, which may be a piece of a secret
		return nil, errors.New("it is not a valid URL; write it like https://acme.api.identitynow.com")
	case base.Scheme != "https" && base.Scheme != "http":
		return nil, errors.New("it needs to begin with https://, such as https://acme.api.identitynow.com")
	case base.Hostname() == "":
		return nil, errors.New("it names no host; write it like https://acme.api.identitynow.com")
	case base.User != nil:
		return nil, errors.New("it holds credentials; they belong in client id and client secret")
	case base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("it has a query or a fragment; only the tenant's address belongs in it")
	case base.Scheme == "http" && !loopback(base.Hostname()):
		return nil, errors.New("it needs to begin with https://; over http:// the client secret would travel in clear")
	}
	if api := apiHost(base.Hostname()); api != "" {
		return nil, fmt.Errorf("%s is the tenant's web address; its API is at https://%s", base.Hostname(), api)
	}
	base.Path = strings.TrimRight(base.Path, "/")
	base.RawPath = ""
	if version := versionPath.FindString(base.Path); version != "" {
		return nil, fmt.Errorf("%s does not belong in it; the version of the API is set apart from the address", version)
	}
	return base, nil
}

// apiHost returns the host of the API of a tenant by the host of its web address,
// acme.identitynow.com; empty if host is another one.
func apiHost(host string) string {
	for _, domain := range []string{".identitynow.com", ".identitynow-demo.com"} {
		org, ours := strings.CutSuffix(strings.ToLower(host), domain)
		org = strings.TrimSuffix(org, ".login")
		if ours && org != "" && !strings.Contains(org, ".") {
			return org + ".api" + domain
		}
	}
	return ""
}

// loopback reports whether host is this machine.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
