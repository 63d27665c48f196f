package simulator

import (
	"mime"
	"net/http"
	"slices"
	"strings"
)

// A tenantCall is a call whose path has been taken apart.
type tenantCall struct {
	*call
	// version is v1 for the paths of one service, and the name of the whole
	// API otherwise.
	version string
	id      string
}

// A tenantEndpoint answers one verb on one path. It runs with the tenant
// locked.
type tenantEndpoint struct {
	do func(*Tenant, *tenantCall) (answer, *tenantError)
	// open endpoints need no token.
	open bool
	// denied is what a client of level API is told, if it may not go there.
	denied *tenantError
}

type tenantVerbs map[string]tenantEndpoint

// tenantPaths is the table of contract §2.1, §3.3 and §1.1, without versions.
var tenantPaths = map[string]tenantVerbs{
	"oauth/token": {"POST": {do: (*Tenant).issueToken, open: true}},
	"oauth/info":  {"GET": {do: (*Tenant).oauthInfo, open: true}},

	"identity-profiles":                  {"GET": {do: (*Tenant).listProfiles}, "POST": {do: (*Tenant).createProfile}},
	"identity-profiles/bulk-delete":      {"POST": {do: (*Tenant).bulkDeleteProfiles}},
	"identity-profiles/export":           {"GET": {do: notOffered}},
	"identity-profiles/import":           {"POST": {do: notOffered}},
	"identity-profiles/identity-preview": {"POST": {do: notOffered}},
	"identity-profiles/{id}": {
		"GET":    {do: (*Tenant).getProfile},
		"PATCH":  {do: (*Tenant).patchProfile},
		"DELETE": {do: (*Tenant).deleteProfile},
	},
	"identity-profiles/{id}/default-identity-attribute-config": {"GET": {do: (*Tenant).getDefaultConfig}},
	"identity-profiles/{id}/process-identities":                {"POST": {do: (*Tenant).processIdentities}},
	"identity-profiles/{id}/lifecycle-states":                  {"GET": {do: (*Tenant).listLifecycleStates, denied: errNoRight}},

	"task-status":      {"GET": {do: (*Tenant).listTasks, denied: errTaskRight}},
	"task-status/{id}": {"GET": {do: (*Tenant).getTask, denied: errTaskRight}},

	"sources/{id}": {"GET": {do: (*Tenant).getSource}},
}

// wholeVersions are the versions of the API as a whole (contract §1.4).
var wholeVersions = []string{"v3", "beta", "v2024", "v2025", "v2026"}

// locate finds the entry of tenantPaths that a path belongs to. Literals go
// before ids, with which they share a segment (contract §2.1).
func locate(path string) (verbs tenantVerbs, version, id string) {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if parts[0] == "oauth" {
		return tenantPaths[strings.Join(parts, "/")], "", ""
	}
	if len(parts) < 2 {
		return nil, "", ""
	}
	service, version, rest := parts[0], parts[1], parts[2:]
	if slices.Contains(wholeVersions, service) {
		service, version = version, service
	} else if version != "v1" {
		return nil, "", ""
	}
	if service == "task-status" && version == "v3" {
		// The one version without it (contract §1.4).
		return nil, "", ""
	}
	name := strings.Join(append([]string{service}, rest...), "/")
	if verbs, literal := tenantPaths[name]; literal {
		return verbs, version, ""
	}
	if len(rest) == 0 {
		return nil, "", ""
	}
	name = strings.Join(append([]string{service, "{id}"}, rest[1:]...), "/")
	return tenantPaths[name], version, rest[0]
}

// answer performs the request as one step.
func (t *Tenant) answer(c *call) answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance()
	a, err := t.perform(c)
	if err != nil {
		return err.answer()
	}
	return a
}

func (t *Tenant) perform(c *call) (answer, *tenantError) {
	verbs, version, id := locate(c.path)
	if verbs == nil {
		return answer{}, errAbsent
	}
	e, ok := verbs[c.method]
	if !ok {
		return answer{}, &tenantError{status: http.StatusMethodNotAllowed, header: http.Header{"Allow": {verbs.names()}}}
	}
	if !e.open {
		if err := t.authorise(c); err != nil {
			return answer{}, err
		}
		if err := t.admit(version); err != nil {
			return answer{}, err
		}
	}
	if e.denied != nil && t.settings.Level == "API" {
		return answer{}, e.denied
	}
	return e.do(t, &tenantCall{c, version, id})
}

func (v tenantVerbs) names() string {
	var names []string
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// contentType reports whether the body is said to be of a type.
func (c *call) contentType(want string) bool {
	kind, _, err := mime.ParseMediaType(c.header.Get("Content-Type"))
	return err == nil && kind == want
}

func notOffered(*Tenant, *tenantCall) (answer, *tenantError) { return answer{}, errNotOffered }
