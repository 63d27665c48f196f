package simulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Settings are the knobs of one panel. Every field may change at any time and
// holds from the next request on. The package comment says what each does.
type Settings struct {
	APIVersion   string `json:"api_version"`
	SerialNumber string `json:"serial_number"`
	DeviceType   string `json:"device_type"`
	InfoPathV1   bool   `json:"info_path_v1"`
	Paths        string `json:"paths"`

	Username string `json:"username"`
	// Password is accepted by the control API and never shown by it.
	Password      string   `json:"password,omitempty"`
	Role          string   `json:"role"`
	TokenTTL      Duration `json:"token_ttl"`
	TokenRequests int      `json:"token_requests"`

	ErrorShape  string   `json:"error_shape"`
	Backticks   bool     `json:"backticks"`
	Latency     Duration `json:"latency"`
	Unavailable bool     `json:"unavailable"`

	Limit         string `json:"limit"`
	FilterIgnored bool   `json:"filter_ignored"`
	PagingIgnored bool   `json:"paging_ignored"`
	ListOptionKey string `json:"list_option_key"`

	MoveBetweenPages int  `json:"move_between_pages"`
	ShufflePages     bool `json:"shuffle_pages"`

	UIDKey      string `json:"uid_key"`
	ListingRefs string `json:"listing_refs"`

	DeleteShape                 string   `json:"delete_shape"`
	GoneCode                    string   `json:"gone_code"`
	DeletesVisibleListings      int      `json:"deletes_visible_listings"`
	DeleteDelay                 Duration `json:"delete_delay"`
	IgnoreDeletes               bool     `json:"ignore_deletes"`
	ProfileDelete               string   `json:"profile_delete"`
	UpsertsVisibleAfterListings int      `json:"upserts_visible_after_listings"`

	NameMatch       string            `json:"name_match"`
	NameFold        bool              `json:"name_fold"`
	NameTrim        bool              `json:"name_trim"`
	NameMax         int               `json:"name_max"`
	OmittedRefs     string            `json:"omitted_refs"`
	MissingRefs     string            `json:"missing_refs"`
	BoundShape      string            `json:"bound_shape"`
	BadItem         string            `json:"bad_item"`
	ItemOutcomes    map[string]string `json:"item_outcomes"`
	OmitResults     []string          `json:"omit_results"`
	MaxUsers        int               `json:"max_users"`
	MaxTimeProfiles int               `json:"max_time_profiles"`

	LinkManagementEnabled bool `json:"link_management_enabled"`
}

// DefaultSettings returns the settings a panel of that name starts with: a
// current panel behaving as documented, with the factory account (contract
// §1.2). The serial number depends on the name alone.
func DefaultSettings(name string) Settings {
	return Settings{
		APIVersion:    "2.10.0",
		SerialNumber:  serialNumber(name),
		DeviceType:    "panel",
		Paths:         "default",
		Username:      "admin",
		Password:      "123456",
		Role:          "admin",
		ErrorShape:    "string",
		Backticks:     true,
		Limit:         "strict",
		ListOptionKey: "list_option",
		UIDKey:        "item_uid",
		ListingRefs:   "link_ids",
		DeleteShape:   "current",
		ProfileDelete: "unlink",
		NameMatch:     "update",
		OmittedRefs:   "clear",
		MissingRefs:   "store",
		BoundShape:    "string",
		BadItem:       "reject_all",
		ItemOutcomes:  map[string]string{},
		OmitResults:   []string{},
	}
}

// serialNumber derives a well-formed version 4 UUID from a name.
func serialNumber(name string) string {
	sum := sha256.Sum256([]byte("panel " + name))
	return formatUUID([16]byte(sum[:16]))
}

// formatUUID makes a version 4 UUID of b.
func formatUUID(b [16]byte) string {
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// Validate reports the first value that no panel can have.
func (s *Settings) Validate() error {
	for _, f := range []struct {
		name, value string
		allowed     string
	}{
		{"device_type", s.DeviceType, "panel monitor"},
		{"paths", s.Paths, "default alternative"},
		{"role", s.Role, "admin manager"},
		{"error_shape", s.ErrorShape, "string bool object"},
		{"limit", s.Limit, "strict lax"},
		{"list_option_key", s.ListOptionKey, "list_option list_options absent"},
		{"uid_key", s.UIDKey, "item_uid uid absent"},
		{"listing_refs", s.ListingRefs, "link_ids objects names absent"},
		{"delete_shape", s.DeleteShape, "current legacy"},
		{"profile_delete", s.ProfileDelete, "unlink refuse"},
		{"name_match", s.NameMatch, "update duplicate"},
		{"omitted_refs", s.OmittedRefs, "clear keep"},
		{"missing_refs", s.MissingRefs, "store silent fail"},
		{"bound_shape", s.BoundShape, "string comma array"},
		{"bad_item", s.BadItem, "reject_all per_item"},
	} {
		if !slices.Contains(strings.Fields(f.allowed), f.value) {
			return fmt.Errorf("%s: %q is none of: %s", f.name, f.value, strings.ReplaceAll(f.allowed, " ", ", "))
		}
	}
	if c := s.GoneCode; c != "" && c != "not_found" && c != "entity_not_found" {
		return fmt.Errorf("gone_code: %q is none of: not_found, entity_not_found, or empty", c)
	}
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"token_ttl", int64(s.TokenTTL)},
		{"token_requests", int64(s.TokenRequests)},
		{"latency", int64(s.Latency)},
		{"move_between_pages", int64(s.MoveBetweenPages)},
		{"deletes_visible_listings", int64(s.DeletesVisibleListings)},
		{"delete_delay", int64(s.DeleteDelay)},
		{"upserts_visible_after_listings", int64(s.UpsertsVisibleAfterListings)},
		{"name_max", int64(s.NameMax)},
		{"max_users", int64(s.MaxUsers)},
		{"max_time_profiles", int64(s.MaxTimeProfiles)},
	} {
		if f.value < 0 {
			return fmt.Errorf("%s: must not be negative", f.name)
		}
	}
	if apiMajor(s.APIVersion) == 0 {
		return fmt.Errorf("api_version: %q does not begin with a number", s.APIVersion)
	}
	if s.Username == "" || s.Password == "" {
		return fmt.Errorf("username and password: must not be empty")
	}
	return nil
}

// copied returns s with its own map and slice.
func (s Settings) copied() Settings {
	s.ItemOutcomes = maps.Clone(s.ItemOutcomes)
	s.OmitResults = slices.Clone(s.OmitResults)
	return s
}

// merged returns s changed by the keys that partial has. A key that is there
// replaces the whole value, maps and lists included.
func (s Settings) merged(partial json.RawMessage) (Settings, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(partial, &keys); err != nil || keys == nil {
		return s, fmt.Errorf("settings must be a JSON object")
	}
	s = s.copied()
	if _, ok := keys["item_outcomes"]; ok {
		s.ItemOutcomes = map[string]string{}
	}
	err := decodeStrict(bytes.NewReader(partial), &s)
	if err == nil {
		err = s.Validate()
	}
	return s, err
}

// outcome is what item_outcomes forces for a link_id.
func (s *Settings) outcome(linkID string) (string, bool) {
	for id, code := range s.ItemOutcomes {
		if strings.EqualFold(id, linkID) {
			return code, true
		}
	}
	return "", false
}

func (s *Settings) omits(linkID string) bool {
	return slices.ContainsFunc(s.OmitResults, func(id string) bool { return strings.EqualFold(id, linkID) })
}

// storedName is the form in which the panel stores a name.
func (s *Settings) storedName(name string) string {
	if s.NameTrim {
		name = strings.Join(strings.Fields(name), " ")
	}
	if runes := []rune(name); s.NameMax > 0 && len(runes) > s.NameMax {
		name = string(runes[:s.NameMax])
		if s.NameTrim {
			name = strings.TrimSpace(name)
		}
	}
	return name
}

// sameName reports whether two names are one to the panel.
func (s *Settings) sameName(a, b string) bool {
	a, b = s.storedName(a), s.storedName(b)
	return a == b || s.NameFold && strings.EqualFold(a, b)
}

// apiMajor is the number that tells the device family: 2 for panels with
// users, 1 for those without (contract §1.1). It is 0 for no number at all.
func apiMajor(version string) int {
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// decodeStrict reads one JSON value and refuses unknown fields and anything
// after it: a control request with a spelling mistake must not pass as one
// that asks for nothing.
func decodeStrict(r io.Reader, v any) error {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("unexpected data after the JSON value")
	}
	return nil
}
