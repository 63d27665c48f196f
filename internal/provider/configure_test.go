package provider_test

import (
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

// at is the attribute of a diagnostic: panels.lobby.url.
func at(d *tfprotov6.Diagnostic) string {
	var steps []string
	if d.Attribute != nil {
		for _, step := range d.Attribute.Steps() {
			switch step := step.(type) {
			case tftypes.AttributeName:
				steps = append(steps, string(step))
			case tftypes.ElementKeyString:
				steps = append(steps, string(step))
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
		"no url":                 {one(attributes{"url": nil}), nil, "panels.lobby.url", `Panel "lobby" has no url. Set it in the provider block.`},
		"an empty url":           {one(attributes{"url": ""}), nil, "panels.lobby.url", `it needs to begin with http:// or https://`},
		"no password":            {one(attributes{"password": nil}), nil, "panels.lobby.password", `Panel "lobby" has no password. Set it in the provider block.`},
		"an empty password":      {one(attributes{"password": ""}), nil, "panels.lobby.password", "length must be at least 1"},
		"an empty username":      {one(attributes{"username": ""}), nil, "panels.lobby.username", "length must be at least 1"},
		"an empty name in TLS":   {one(attributes{"tls_server_name": ""}), nil, "panels.lobby.tls_server_name", "length must be at least 1"},
		"an empty serial number": {one(attributes{"serial_number": ""}), nil, "panels.lobby.serial_number", "length must be at least 1"},
		"a host alone":           {one(attributes{"url": "lobby.example.com"}), nil, "panels.lobby.url", `it needs to begin with http:// or https://`},
		"a host and port":        {one(attributes{"url": "192.0.2.1:80"}), nil, "panels.lobby.url", `Write it like "http://192.0.2.10"`},
		"another scheme":         {one(attributes{"url": "ftp://lobby.example.com"}), nil, "panels.lobby.url", `it needs to begin with http:// or https://`},
		"no host":                {one(attributes{"url": "https://"}), nil, "panels.lobby.url", "it names no host"},
		"a port alone":           {one(attributes{"url": "https://:80"}), nil, "panels.lobby.url", "it names no host"},
		"a port that is none":    {one(attributes{"url": "https://lobby:door"}), nil, "panels.lobby.url", "it is no URL"},
		"credentials in the url": {one(attributes{"url": "https://admin:sesame@lobby"}), nil, "panels.lobby.url", "it holds credentials"},
		"credentials in a bad url": {
			one(attributes{"url": "https://admin:sesame@lobby:door"}), nil, "panels.lobby.url", "it is no URL",
		},
		"a query":                   {one(attributes{"url": "https://lobby/?password=sesame"}), nil, "panels.lobby.url", "it has a query or a fragment"},
		"a fragment":                {one(attributes{"url": "https://lobby/#x"}), nil, "panels.lobby.url", "it has a query or a fragment"},
		"a certificate that's none": {one(attributes{"ca_certificate": "/etc/panel.pem"}), nil, "panels.lobby.ca_certificate", "it should begin with -----BEGIN CERTIFICATE-----"},
		"a key for a certificate": {
			one(attributes{"ca_certificate": "-----BEGIN PRIVATE KEY-----\nc2VzYW1l\n-----END PRIVATE KEY-----\n"}), nil, "panels.lobby.ca_certificate", "CERTIFICATE is needed",
		},
		"a timeout without unit":  {one(attributes{"request_timeout": "10"}), nil, "panels.lobby.request_timeout", `"10" is no duration above zero`},
		"a timeout of zero":       {one(attributes{"request_timeout": "0s"}), nil, "panels.lobby.request_timeout", `"0s" is no duration above zero`},
		"a timeout below zero":    {one(attributes{"request_timeout": "-1s"}), nil, "panels.lobby.request_timeout", `Write it like "10s"`},
		"an unknown operation":    {one(attributes{"api_paths": attributes{"open_door": "/x"}}), nil, "panels.lobby.api_paths.open_door", "value must be one of"},
		"a relative path":         {one(attributes{"api_paths": attributes{"login": "api/v1/login"}}), nil, "panels.lobby.api_paths.login", "is no path from the panel's root"},
		"a path with a query":     {one(attributes{"api_paths": attributes{"login": "/login?x=1"}}), nil, "panels.lobby.api_paths.login", "is no path from the panel's root"},
		"a verb that is none":     {one(attributes{"api_paths": attributes{"login": "FETCH /login"}}), nil, "panels.lobby.api_paths.login", `"FETCH" is no HTTP verb`},
		"a null panel":            {attributes{"panels": attributes{"lobby": nil}}, nil, "panels.lobby", `Panel "lobby" is null. Give it a url and a password`},
		"a slash in a name":       {named("north/lobby"), nil, "panels.north/lobby", "a name begins with a letter or digit"},
		"an empty name":           {named(""), nil, "panels.", "a name begins with a letter or digit"},
		"a name with a space":     {named("the lobby"), nil, "panels.the lobby", "a name begins with a letter or digit"},
		"a name with a dash":      {named("-lobby"), nil, "panels.-lobby", "a name begins with a letter or digit"},
		"one url twice":           {two("https://192.0.2.1", "https://192.0.2.1"), nil, "panels.b.url", `panel "a" has the same url`},
		"one url with a slash":    {two("https://192.0.2.1/", "https://192.0.2.1"), nil, "panels.b.url", `panel "a" has the same url`},
		"one url in capitals":     {two("https://lobby.example.com", "HTTPS://Lobby.Example.COM"), nil, "panels.b.url", `panel "a" has the same url`},
		"one url with its port":   {two("https://192.0.2.1", "https://192.0.2.1:443"), nil, "panels.b.url", `panel "a" has the same url`},
		"one http url with 80":    {two("http://[2001:db8::1]:80", "http://[2001:DB8::1]"), nil, "panels.b.url", `panel "a" has the same url`},
		"default without a url":   {byDefault(attributes{"password": "x"}), nil, "panels.default.url", `or in the environment variable GATEHOUSE_PANEL_URL`},
		"default without secret":  {byDefault(attributes{"url": "https://lobby"}), nil, "panels.default.password", `or in the environment variable GATEHOUSE_PANEL_PASSWORD`},
		"a url without a secret":  {attributes{}, map[string]string{"GATEHOUSE_PANEL_URL": "https://lobby"}, "panels.default.password", "GATEHOUSE_PANEL_PASSWORD"},
		"a url of another scheme": {attributes{}, map[string]string{"GATEHOUSE_PANEL_URL": "lobby", "GATEHOUSE_PANEL_PASSWORD": "x"}, "panels.default.url", "it needs to begin with http:// or https://"},
		"a timeout that is none": {
			byDefault(attributes{"url": "https://lobby", "password": "x"}),
			map[string]string{"GATEHOUSE_PANEL_REQUEST_TIMEOUT": "soon"},
			"panels.default.request_timeout", `"soon" is no duration above zero`,
		},
		"a truth value that is none": {
			byDefault(attributes{"url": "https://lobby", "password": "x"}),
			map[string]string{"GATEHOUSE_PANEL_INSECURE_SKIP_TLS_VERIFY": "perhaps"},
			"panels.default.insecure_skip_tls_verify", `GATEHOUSE_PANEL_INSECURE_SKIP_TLS_VERIFY is "perhaps" where true or false is needed.`,
		},
		"the same panel by name and by default": {
			attributes{"panels": attributes{"default": attributes{"password": "x"}, "lobby": attributes{"url": "https://lobby", "password": "x"}}},
			map[string]string{"GATEHOUSE_PANEL_URL": "https://lobby"},
			"panels.lobby.url", `panel "default" has the same url`,
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
