package isc

import (
	"fmt"
	"strings"
)

// family is one of the forms in which the vendor offers the same API: since
// June 2026 each service has its own version, before that the API had one as a
// whole (contract §1.4). The paths stand here and nowhere else.
type family struct {
	name         string
	profiles     string // the collection of identity profiles
	tasks        string // the collection of task statuses
	experimental bool   // task status may want X-SailPoint-Experimental (contract §1.2)
}

// families is the table of forms, the recommended one first.
func families() []family {
	return []family{
		{"v1", "/identity-profiles/v1", "/task-status/v1", false},
		{"v3", "/v3/identity-profiles", "/v2025/task-status", true}, // v3 has no task status
		{"v2024", "/v2024/identity-profiles", "/v2024/task-status", true},
		{"v2025", "/v2025/identity-profiles", "/v2025/task-status", true},
		{"v2026", "/v2026/identity-profiles", "/v2026/task-status", true},
	}
}

// Families lists what Config.Family may be, the default first.
func Families() []string {
	var names []string
	for _, f := range families() {
		names = append(names, f.name)
	}
	return names
}

func familyOf(name string) (family, error) {
	if name == "" {
		return families()[0], nil
	}
	for _, f := range families() {
		if f.name == name {
			return f, nil
		}
	}
	return family{}, fmt.Errorf("%q is not a known version of the API; use one of %s", name, strings.Join(Families(), ", "))
}
