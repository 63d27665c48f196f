package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Panel is one simulated door panel. Its methods change it from outside, as
// somebody at the device would: they are in no request log and cost no token.
// They are safe for concurrent use with requests.
type Panel struct {
	name, url string
	now       func() time.Time

	mu          sync.Mutex
	settings    Settings
	tokens      map[string]*token
	users       collection[User]
	profiles    collection[TimeProfile]
	identifiers collection[Identifier]
	shuffles    uint64 // pages that were shuffled
}

func newPanel(name, url string, now func() time.Time, latency time.Duration) *Panel {
	p := &Panel{name: name, url: url, now: now, settings: DefaultSettings(name), tokens: map[string]*token{}}
	p.settings.Latency = Duration(latency)
	return p
}

// Name returns the name the panel was configured with.
func (p *Panel) Name() string { return p.name }

// URL returns the panel's base URL: the server root, without /api/v1.
func (p *Panel) URL() string { return p.url }

// Settings returns a copy of the panel's settings, password included.
func (p *Panel) Settings() Settings {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.settings.copied()
}

// SetSettings lets change edit the settings in one step. It panics when the
// result is one that [Settings.Validate] refuses.
func (p *Panel) SetSettings(change func(*Settings)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.settings.copied()
	change(&s)
	if err := s.Validate(); err != nil {
		panic(fmt.Sprintf("simulator: settings of %s: %v", p.name, err))
	}
	p.settings = s.copied()
}

// State returns a copy of what the panel stores. What a listing shows may
// differ: see deletes_visible_listings and its siblings.
func (p *Panel) State() PanelState {
	p.mu.Lock()
	defer p.mu.Unlock()
	return PanelState{p.users.snapshot(), p.profiles.snapshot(), p.identifiers.snapshot()}
}

// SetState replaces everything the panel stores, visible at once. Entities
// with uid 0 get new uids. It panics when [PanelState.Validate] refuses state.
func (p *Panel) SetState(state PanelState) {
	if err := state.Validate(); err != nil {
		panic(fmt.Sprintf("simulator: state of %s: %v", p.name, err))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users.replace(state.Users)
	p.profiles.replace(state.TimeProfiles)
	p.identifiers.replace(state.Identifiers)
}

// SetUser replaces the user with the same uid, or else the same link_id, or
// adds u under a new uid. It panics when u could not be part of a valid state.
func (p *Panel) SetUser(u User) {
	p.mustBeValid(PanelState{Users: []User{u}})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users.set(u.copied())
}

// RemoveUser removes the user with the link_id, at once from listings too, and
// reports whether there was one.
func (p *Panel) RemoveUser(linkID string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.users.byLink(linkID)
	if r != nil {
		p.users.remove(r)
	}
	return r != nil
}

// SetTimeProfile is [Panel.SetUser] for time profiles.
func (p *Panel) SetTimeProfile(t TimeProfile) {
	p.mustBeValid(PanelState{TimeProfiles: []TimeProfile{t}})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.profiles.set(t.copied())
}

// RemoveTimeProfile is [Panel.RemoveUser] for time profiles. Users that had
// the profile lose it.
func (p *Panel) RemoveTimeProfile(linkID string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.profiles.byLink(linkID)
	if r != nil {
		p.profiles.remove(r)
		p.unlinkProfile(linkID)
	}
	return r != nil
}

// ExpireTokens makes every token the panel has given out invalid.
func (p *Panel) ExpireTokens() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.tokens)
}

func (p *Panel) mustBeValid(state PanelState) {
	if err := state.Validate(); err != nil {
		panic(fmt.Sprintf("simulator: %s: %v", p.name, err))
	}
}

// unlinkProfile takes a time profile away from all users and identifiers.
func (p *Panel) unlinkProfile(linkID string) {
	same := func(id string) bool { return strings.EqualFold(id, linkID) }
	for _, r := range p.users.records {
		r.item.TimeProfileLinkIDs = slices.DeleteFunc(r.item.TimeProfileLinkIDs, same)
	}
	for _, r := range p.identifiers.records {
		r.item.TimeProfileLinkIDs = slices.DeleteFunc(r.item.TimeProfileLinkIDs, same)
	}
}

// Validate reports what no panel can store: a uid below zero or used twice, a
// link_id or factor that is none, a time profile the panel would refuse. Two
// entities with one link_id are allowed, as are references to entities that
// are not there: both have to be survived by a client.
func (s *PanelState) Validate() error {
	var err error
	check := func(kind string, i int, k key, seen map[int]bool) {
		switch {
		case err != nil:
		case k.uid < 0:
			err = fmt.Errorf("%s[%d]: uid %d is negative", kind, i, k.uid)
		case k.uid > 0 && seen[k.uid]:
			err = fmt.Errorf("%s[%d]: uid %d is used twice", kind, i, k.uid)
		case k.linkID != "" && !isUUID(k.linkID):
			err = fmt.Errorf("%s[%d]: link_id %q is not a UUID", kind, i, k.linkID)
		}
		seen[k.uid] = true
	}
	seen := map[int]bool{}
	for i, u := range s.Users {
		check("users", i, u.key(), seen)
		for _, f := range u.AuthFactors {
			if err == nil && !slices.Contains(authFactors, f) {
				err = fmt.Errorf("users[%d]: unknown auth factor %q", i, f)
			}
		}
	}
	seen = map[int]bool{}
	for i, t := range s.TimeProfiles {
		check("time_profiles", i, t.key(), seen)
		if err == nil {
			if bad := validateTimeProfile(t.TimeOptions, t.RepeatOptions); bad != nil {
				err = fmt.Errorf("time_profiles[%d]: %s", i, bad.text)
			}
		}
	}
	seen = map[int]bool{}
	for i, id := range s.Identifiers {
		check("identifiers", i, id.key(), seen)
	}
	return err
}

// window reads the two dates of a time profile that was validated.
func (t TimeProfile) window() (from, to string) {
	var dates struct {
		From json.Number `json:"date_from"`
		To   json.Number `json:"date_to"`
	}
	d := json.NewDecoder(bytes.NewReader(t.TimeOptions))
	d.UseNumber()
	// An error leaves the dates empty, which no filter asks for.
	_ = d.Decode(&dates)
	return dates.From.String(), dates.To.String()
}
