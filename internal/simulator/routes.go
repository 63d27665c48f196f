package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	apiRoot  = "/api/v1"
	infoPath = "/api/info"
)

// An endpoint answers one verb on one path. It runs with the panel locked.
type endpoint struct {
	do func(*Panel, *call) (map[string]any, *apiError)
	// open endpoints need no token; writing ones need an administrator's.
	open, writes bool
}

type verbs map[string]endpoint

// paths is the table of contract §0 under the panel's present settings.
func (p *Panel) paths() map[string]verbs {
	read := func(do func(*Panel, *call) (map[string]any, *apiError)) endpoint { return endpoint{do: do} }
	write := func(do func(*Panel, *call) (map[string]any, *apiError)) endpoint {
		return endpoint{do: do, writes: true}
	}
	info := infoPath
	if p.settings.InfoPathV1 {
		info = apiRoot + infoPath
	}
	t := map[string]verbs{
		info:                                   {"GET": {do: (*Panel).info, open: true}},
		apiRoot + "/login":                     {"GET": {do: (*Panel).login, open: true}},
		apiRoot + "/logout":                    {"GET": read((*Panel).logout), "POST": read((*Panel).logout)},
		apiRoot + "/network/management/server": {"GET": read((*Panel).managementServer)},

		apiRoot + "/access/timeprofile/items":      {"GET": read((*Panel).listTimeProfiles)},
		apiRoot + "/access/timeprofile/item/{uid}": {"GET": read((*Panel).getTimeProfile), "DELETE": write((*Panel).deleteTimeProfile)},
		apiRoot + "/access/identifier/items/link":  {"GET": read((*Panel).listLinkedIdentifiers)},
	}
	profiles := verbs{"GET": read((*Panel).listLinkedTimeProfiles), "POST": write((*Panel).upsertTimeProfiles)}
	users := verbs{"GET": read((*Panel).listLinkedUsers), "POST": write((*Panel).upsertUsers)}
	deleteProfiles, deleteUsers := write((*Panel).deleteTimeProfiles), write((*Panel).deleteUsers)

	// No other path is known for reading and upserting time profiles, so the
	// alternative only moves their deletion.
	t[apiRoot+"/access/timeprofile/items/link"] = profiles
	usersPath := apiRoot + "/access/users/items/link"
	if p.settings.Paths == "alternative" {
		t[apiRoot+"/access/timeprofile/link/delete"] = verbs{"POST": deleteProfiles}
		t[apiRoot+"/access/users/link/delete"] = verbs{"POST": deleteUsers}
		usersPath = apiRoot + "/access/user/items/link"
	} else {
		profiles["DELETE"], users["DELETE"] = deleteProfiles, deleteUsers
	}
	t[usersPath] = users
	t[apiRoot+"/access/users/items"] = verbs{"GET": read((*Panel).listUsers)}
	t[apiRoot+"/access/users/item/{uid}"] = verbs{"GET": read((*Panel).getUser), "DELETE": write((*Panel).deleteUser)}

	if apiMajor(p.settings.APIVersion) < 2 {
		// This family has no users at all (contract §1.1).
		for path := range t {
			if strings.HasPrefix(path, apiRoot+"/access/user") {
				delete(t, path)
			}
		}
	}
	return t
}

// pattern turns a path that ends in a uid into the one in the table.
func pattern(path string) string {
	if i := strings.LastIndex(path, "/item/"); i >= 0 && !strings.Contains(path[i+len("/item/"):], "/") {
		return path[:i] + "/item/{uid}"
	}
	return path
}

// uid reads the last element of the path. No entity has uid 0.
func (c *call) uid() int {
	n, err := strconv.Atoi(c.path[strings.LastIndex(c.path, "/")+1:])
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// answer performs the request as one step: panels handle requests in turn.
func (p *Panel) answer(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	body, err := map[string]any(nil), errNotFound
	allowed, known := p.paths()[pattern(c.path)]
	if known {
		body, err = p.perform(allowed, c)
	}
	status := http.StatusOK
	if err != nil {
		status, body = err.status, err.body(&p.settings)
	}
	// A client must ignore what it does not know (contract §1.1).
	body["x_extra"] = "ignore me"
	a := jsonAnswer(status, body)
	if err == errVerb {
		a.header.Set("Allow", strings.Join(allowed.names(), ", "))
	}
	return a
}

func (p *Panel) perform(v verbs, c *call) (map[string]any, *apiError) {
	e, ok := v[c.method]
	if !ok {
		return nil, errVerb
	}
	if !e.open {
		if err := p.authorise(c); err != nil {
			return nil, err
		}
	}
	if e.writes && p.settings.Role != "admin" {
		return nil, errForbidden
	}
	return e.do(p, c)
}

func (v verbs) names() []string {
	var names []string
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (p *Panel) condition() (latency time.Duration, unavailable bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Duration(p.settings.Latency), p.settings.Unavailable
}

// failure is what a fault answers that has a status and no body.
func (p *Panel) failure(status int) answer {
	return jsonAnswer(status, map[string]any{"error": http.StatusText(status)})
}

// secret keeps the bodies of logins out of the log, wherever the path lies.
func (p *Panel) secret(path string) bool { return strings.HasSuffix(path, "/login") }
