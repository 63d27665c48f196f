package basip

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Operation names one call of a panel's API in the path table. The names are
// what api_paths in the provider block overrides.
type Operation string

// The operations of the path table, contract §0.
const (
	OpInfo               Operation = "info"
	OpLogin              Operation = "login"
	OpUsersAll           Operation = "users_all"
	OpUsersList          Operation = "users_list"
	OpUsersUpsert        Operation = "users_upsert"
	OpUsersDelete        Operation = "users_delete"
	OpTimeProfilesAll    Operation = "time_profiles_all"
	OpTimeProfilesList   Operation = "time_profiles_list"
	OpTimeProfilesUpsert Operation = "time_profiles_upsert"
	OpTimeProfilesDelete Operation = "time_profiles_delete"
)

// Operations lists every operation that has a path, in the table's order.
func Operations() []Operation {
	return []Operation{
		OpInfo, OpLogin,
		OpUsersAll, OpUsersList, OpUsersUpsert, OpUsersDelete,
		OpTimeProfilesAll, OpTimeProfilesList, OpTimeProfilesUpsert, OpTimeProfilesDelete,
	}
}

// route is a verb and a path from the panel's root.
type route struct {
	method, path string
}

func (r route) String() string { return r.method + " " + r.path }

// api is where the current API lives on a panel, contract §1.1.
const api = "/api/v1"

// routes is the one table of paths and verbs: for each operation the most
// believed form first, then the fallbacks of contract §0.1. A fallback is tried
// only when a form before it answers 404 or 405. The POST forms of a deletion
// stand in the vendor's upsert pages and are most likely left over from API v0.
func routes(op Operation) []route {
	switch op {
	case OpInfo: // documented relative to the API's base, seen at the root (contract §5.1)
		return []route{{http.MethodGet, "/api/info"}, {http.MethodGet, api + "/api/info"}}
	case OpLogin:
		return []route{{http.MethodGet, api + "/login"}}
	case OpUsersAll:
		return []route{{http.MethodGet, api + "/access/users/items"}, {http.MethodGet, api + "/access/user/items"}}
	case OpUsersList:
		return []route{{http.MethodGet, api + "/access/users/items/link"}, {http.MethodGet, api + "/access/user/items/link"}}
	case OpUsersUpsert:
		return []route{{http.MethodPost, api + "/access/users/items/link"}, {http.MethodPost, api + "/access/user/items/link"}}
	case OpUsersDelete:
		return []route{
			{http.MethodDelete, api + "/access/users/items/link"},
			{http.MethodDelete, api + "/access/user/items/link"},
			{http.MethodPost, api + "/access/users/link/delete"},
			{http.MethodPost, api + "/access/user/link/delete"},
		}
	case OpTimeProfilesAll:
		return []route{{http.MethodGet, api + "/access/timeprofile/items"}}
	case OpTimeProfilesList:
		return []route{{http.MethodGet, api + "/access/timeprofile/items/link"}}
	case OpTimeProfilesUpsert:
		return []route{{http.MethodPost, api + "/access/timeprofile/items/link"}}
	case OpTimeProfilesDelete:
		return []route{
			{http.MethodDelete, api + "/access/timeprofile/items/link"},
			{http.MethodPost, api + "/access/timeprofile/link/delete"},
			{http.MethodPost, api + "/access/timeprofiles/link/delete"},
		}
	default:
		return nil
	}
}

// CheckPath reports what is wrong with an override of op's entry in the path
// table: it is a path from the panel's root, with a verb before it where the
// verb differs from the table's ("POST /api/v1/access/users/link/delete").
func CheckPath(op Operation, override string) error {
	_, err := parsePath(op, override)
	return err
}

func parsePath(op Operation, override string) (route, error) {
	defaults := routes(op)
	if len(defaults) == 0 {
		return route{}, fmt.Errorf("%q is not an operation; the operations are %s", op, operationNames())
	}
	method, path := defaults[0].method, override
	if before, after, found := strings.Cut(override, " "); found {
		method, path = before, strings.TrimSpace(after)
	}
	if !slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, method) {
		return route{}, fmt.Errorf("%q is not an HTTP verb; write a path, or a verb and a path, such as %q", method, defaults[0])
	}
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " ?#") {
		return route{}, fmt.Errorf("%q is not a path from the panel's root; write it like %q", path, defaults[0].path)
	}
	return route{method, path}, nil
}

// operationNames lists the operations for a message.
func operationNames() string {
	var names []string
	for _, op := range Operations() {
		names = append(names, string(op))
	}
	return strings.Join(names, ", ")
}

// pathTable is one panel's view of the table: the candidates that are left for
// each operation. The form that answered first is remembered, so that fallbacks
// are tried once for a panel and process.
type pathTable map[Operation][]route

func newPathTable(overrides map[Operation]string) (pathTable, error) {
	table := pathTable{}
	for _, op := range Operations() {
		table[op] = routes(op)
	}
	for op, override := range overrides {
		r, err := parsePath(op, override)
		if err != nil {
			return nil, fmt.Errorf("path of %s: %w", op, err)
		}
		table[op] = []route{r}
	}
	return table, nil
}

// settle remembers that r is the form of op that this panel has.
func (t pathTable) settle(op Operation, r route) { t[op] = []route{r} }
