package provider_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/provider"
)

// environment is the provider with these environment variables and no others.
func environment(variables map[string]string) provider.Option {
	return provider.WithEnvironment(func(name string) string { return variables[name] })
}

// summaries is diagnostics for a message.
func summaries(diagnostics []*tfprotov6.Diagnostic) []string {
	var list []string
	for _, d := range diagnostics {
		list = append(list, d.Severity.String()+" "+at(d)+": "+d.Summary+": "+d.Detail)
	}
	return list
}

// at is the attribute of a diagnostic: panel.0.url.
func at(d *tfprotov6.Diagnostic) string {
	var steps []string
	if d.Attribute != nil {
		for _, step := range d.Attribute.Steps() {
			switch step := step.(type) {
			case tftypes.AttributeName:
				steps = append(steps, string(step))
			case tftypes.ElementKeyString:
				steps = append(steps, string(step))
			case tftypes.ElementKeyInt:
				steps = append(steps, fmt.Sprint(int64(step)))
			}
		}
	}
	return strings.Join(steps, ".")
}

// one is a provider block of one good panel, with changes.
func one(changes attributes) attributes {
	panel := attributes{"url": "https://lobby.example.com", "password": "Tr0mbone-Lantern"}
	maps.Copy(panel, changes)
	return attributes{"panels": attributes{"lobby": panel}}
}

func TestProviderBlockIsAccepted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		block     attributes
		variables map[string]string
	}{
		"empty":     {attributes{}, nil},
		"no panels": {attributes{"panels": attributes{}}, nil},
		"a panel":   {one(nil), nil},
		"everything": {one(attributes{
			"username": "terraform", "tls_server_name": "panel", "insecure_skip_tls_verify": true, "serial_number": "1", "request_timeout": "1m30s",
			"api_paths": attributes{"users_delete": "POST /api/v1/access/users/link/delete", "time_profiles_list": "/x"},
		}), nil},
		"a path before the API's": {one(attributes{"url": "https://example.com/lobby/"}), nil},
		"IPv6":                    {one(attributes{"url": "https://[2001:db8::1]:8443"}), nil},
		"every kind of name": {attributes{"panels": attributes{
			"lobby": one(nil)["panels"].(attributes)["lobby"], "0": attributes{"url": "https://192.0.2.1", "password": "x"}, "A-b_c.9": attributes{"url": "https://192.0.2.2", "password": "x"},
		}}, nil},
		"two ports of one host": {attributes{"panels": attributes{
			"a": attributes{"url": "https://192.0.2.1:8001", "password": "x"}, "b": attributes{"url": "https://192.0.2.1:8002", "password": "x"},
		}}, nil},
		"the environment alone":            {attributes{}, map[string]string{"GATEHOUSE_PANEL_URL": "https://192.0.2.1", "GATEHOUSE_PANEL_PASSWORD": "x"}},
		"an environment that names no url": {attributes{}, map[string]string{"GATEHOUSE_PANEL_PASSWORD": "x", "GATEHOUSE_PANEL_REQUEST_TIMEOUT": "soon"}},
		"an environment that is not asked": {one(nil), map[string]string{"GATEHOUSE_PANEL_URL": "nonsense", "GATEHOUSE_PANEL_INSECURE_SKIP_TLS_VERIFY": "perhaps"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := configure(t, test.block, environment(test.variables)); len(got) != 0 {
				t.Errorf("diagnostics %q, want none", summaries(got))
			}
		})
	}
}

func TestProviderBlockIsRefused(t *testing.T) {
	t.Parallel()
	two := func(a, b string) attributes {
		return attributes{"panels": attributes{"a": attributes{"url": a, "password": "x"}, "b": attributes{"url": b, "password": "x"}}}
	}
	byDefault := func(changes attributes) attributes { return attributes{"panels": attributes{"default": changes}} }
	named := func(name string) attributes {
		return attributes{"panels": attributes{name: attributes{"url": "https://192.0.2.1", "password": "x"}}}
	}
	for name, test := range map[string]struct {
		block     attributes
		variables map[string]string
		at, want  string
	}{
		"no url":                 {one(attributes{"url": nil}), nil, "panel.0.url", `Panel "lobby" has no url. Set it in the provider block.`},
		"an empty url":           {one(attributes{"url": ""}), nil, "panel.0.url", `it needs to begin with http:// or https://`},
		"no password":            {one(attributes{"password": nil}), nil, "panel.0.password", `Panel "lobby" has no password. Set it in the provider block.`},
		"an empty password":      {one(attributes{"password": ""}), nil, "panel.0.password", "length must be at least 1"},
		"an empty username":      {one(attributes{"username": ""}), nil, "panel.0.username", "length must be at least 1"},
		"an empty name in TLS":   {one(attributes{"tls_server_name": ""}), nil, "panel.0.tls_server_name", "length must be at least 1"},
		"an empty serial number": {one(attributes{"serial_number": ""}), nil, "panel.0.serial_number", "length must be at least 1"},
		"a host alone":           {one(attributes{"url": "lobby.example.com"}), nil, "panel.0.url", `it needs to begin with http:// or https://`},
		"a host and port":        {one(attributes{"url": "192.0.2.1:80"}), nil, "panel.0.url", `Write it like "http://192.0.2.10"`},
		"another scheme":         {one(attributes{"url": "ftp://lobby.example.com"}), nil, "panel.0.url", `it needs to begin with http:// or https://`},
		"no host":                {one(attributes{"url": "https://"}), nil, "panel.0.url", "it has no host"},
		"a port alone":           {one(attributes{"url": "https://:80"}), nil, "panel.0.url", "it has no host"},
		"a port that is none":    {one(attributes{"url": "https://lobby:door"}), nil, "panel.0.url", "it is not a valid URL"},
		"credentials in the url": {one(attributes{"url": "https://admin:sesame@lobby"}), nil, "panel.0.url", "it holds credentials"},
		"credentials in a bad url": {
			one(attributes{"url": "https://admin:sesame@lobby:door"}), nil, "panel.0.url", "it is not a valid URL",
		},
		"a query":                   {one(attributes{"url": "https://lobby/?password=sesame"}), nil, "panel.0.url", "it has a query or a fragment"},
		"a fragment":                {one(attributes{"url": "https://lobby/#x"}), nil, "panel.0.url", "it has a query or a fragment"},
		"a certificate that's none": {one(attributes{"ca_certificate": "/etc/panel.pem"}), nil, "panel.0.ca_certificate", "it should begin with -----BEGIN CERTIFICATE-----"},
		"a key for a certificate": {
			one(attributes{"ca_certificate": "-----BEGIN PRIVATE KEY-----\nc2VzYW1l\n-----END PRIVATE KEY-----\n"}), nil, "panel.0.ca_certificate", "CERTIFICATE is needed",
		},
		"a timeout without unit": {one(attributes{"request_timeout": "10"}), nil, "panel.0.request_timeout", `"10" is not a duration above zero`},
		"a timeout of zero":      {one(attributes{"request_timeout": "0s"}), nil, "panel.0.request_timeout", `"0s" is not a duration above zero`},
		"a timeout below zero":   {one(attributes{"request_timeout": "-1s"}), nil, "panel.0.request_timeout", `Write it like "10s"`},
		"an unknown operation":   {one(attributes{"api_paths": attributes{"open_door": "/x"}}), nil, "panel.0.api_paths.open_door", "value must be one of"},
		"a relative path":        {one(attributes{"api_paths": attributes{"login": "api/v1/login"}}), nil, "panel.0.api_paths.login", "is not a path from the panel's root"},
		"a path with a query":    {one(attributes{"api_paths": attributes{"login": "/login?x=1"}}), nil, "panel.0.api_paths.login", "is not a path from the panel's root"},
		"a verb that is none":    {one(attributes{"api_paths": attributes{"login": "FETCH /login"}}), nil, "panel.0.api_paths.login", `"FETCH" is not an HTTP verb`},
		"one name twice": {
			attributes{"panel": []any{attributes{"name": "a", "url": "https://192.0.2.1", "password": "x"}, attributes{"name": "a", "url": "https://192.0.2.2", "password": "x"}}},
			nil, "panel.1.name", "two panel blocks have this name",
		},
		"no name":                 {attributes{"panel": []any{attributes{"url": "https://192.0.2.1", "password": "x"}}}, nil, "panel.0.name", "Must set a configuration value"},
		"a slash in a name":       {named("north/lobby"), nil, "panel.0.name", "a name begins with a letter or digit"},
		"an empty name":           {named(""), nil, "panel.0.name", "a name begins with a letter or digit"},
		"a name with a space":     {named("the lobby"), nil, "panel.0.name", "a name begins with a letter or digit"},
		"a name with a dash":      {named("-lobby"), nil, "panel.0.name", "a name begins with a letter or digit"},
		"one url twice":           {two("https://192.0.2.1", "https://192.0.2.1"), nil, "panel.1.url", `panel "a" has the same url`},
		"one url with a slash":    {two("https://192.0.2.1/", "https://192.0.2.1"), nil, "panel.1.url", `panel "a" has the same url`},
		"one url in capitals":     {two("https://lobby.example.com", "HTTPS://Lobby.Example.COM"), nil, "panel.1.url", `panel "a" has the same url`},
		"one url with its port":   {two("https://192.0.2.1", "https://192.0.2.1:443"), nil, "panel.1.url", `panel "a" has the same url`},
		"one http url with 80":    {two("http://[2001:db8::1]:80", "http://[2001:DB8::1]"), nil, "panel.1.url", `panel "a" has the same url`},
		"default without a url":   {byDefault(attributes{"password": "x"}), nil, "panel.0.url", `or in the environment variable GATEHOUSE_PANEL_URL`},
		"default without secret":  {byDefault(attributes{"url": "https://lobby"}), nil, "panel.0.password", `or in the environment variable GATEHOUSE_PANEL_PASSWORD`},
		"a url without a secret":  {attributes{}, map[string]string{"GATEHOUSE_PANEL_URL": "https://lobby"}, "panel.password", "GATEHOUSE_PANEL_PASSWORD"},
		"a url of another scheme": {attributes{}, map[string]string{"GATEHOUSE_PANEL_URL": "lobby", "GATEHOUSE_PANEL_PASSWORD": "x"}, "panel.url", "it needs to begin with http:// or https://"},
		"a timeout that is none": {
			byDefault(attributes{"url": "https://lobby", "password": "x"}),
			map[string]string{"GATEHOUSE_PANEL_REQUEST_TIMEOUT": "soon"},
			"panel.0.request_timeout", `"soon" is not a duration above zero`,
		},
		"a truth value that is none": {
			byDefault(attributes{"url": "https://lobby", "password": "x"}),
			map[string]string{"GATEHOUSE_PANEL_INSECURE_SKIP_TLS_VERIFY": "perhaps"},
			"panel.0.insecure_skip_tls_verify", `GATEHOUSE_PANEL_INSECURE_SKIP_TLS_VERIFY is "perhaps" where true or false is needed.`,
		},
		"the same panel by name and by default": {
			attributes{"panels": attributes{"default": attributes{"password": "x"}, "lobby": attributes{"url": "https://lobby", "password": "x"}}},
			map[string]string{"GATEHOUSE_PANEL_URL": "https://lobby"},
			"panel.1.url", `panel "default" has the same url`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := configure(t, test.block, environment(test.variables))
			if len(got) != 1 || !isError(got[0]) || at(got[0]) != test.at || !strings.Contains(got[0].Detail, test.want) {
				t.Fatalf("diagnostics %q, want one error at %s with %q", summaries(got), test.at, test.want)
			}
			if strings.Contains(got[0].Summary+got[0].Detail, "sesame") || strings.Contains(got[0].Detail, "c2VzYW1l") {
				t.Errorf("the error tells a secret: %s", got[0].Detail)
			}
		})
	}
}
