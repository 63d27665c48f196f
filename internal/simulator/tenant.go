package simulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"
)

// A Tenant is one simulated SailPoint Identity Security Cloud tenant. Its
// methods change it from outside, as an administrator at the web page would:
// they are in no request log, cost no token and count as no poll. They are
// safe for concurrent use with requests.
type Tenant struct {
	name, url string
	now       func() time.Time

	mu         sync.Mutex
	settings   TenantSettings
	tokens     map[string]*token
	windows    map[string]*rateWindow
	profiles   []*IdentityProfile
	lingering  []*lingering
	busy       map[string]int // by source: requests still to be refused, see SourceBusy
	sources    []TenantObject
	identities []TenantObject
	tasks      []*task
}

func newTenant(name, url string, now func() time.Time, latency time.Duration) *Tenant {
	t := &Tenant{
		name: name, url: url, now: now,
		settings: DefaultTenantSettings(),
		tokens:   map[string]*token{},
		windows:  map[string]*rateWindow{},
		busy:     map[string]int{},
	}
	t.settings.Latency = Duration(latency)
	return t
}

// Name returns the name the tenant was configured with.
func (t *Tenant) Name() string { return t.name }

// URL returns the tenant's base URL, to which /oauth/token and the paths of the
// API are added.
func (t *Tenant) URL() string { return t.url }

// Settings returns a copy of the tenant's settings, secret included.
func (t *Tenant) Settings() TenantSettings {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.settings.copied()
}

// SetSettings lets change edit the settings in one step. Tasks whose time is
// over by then end as the old settings say. It panics when the result is one
// that [TenantSettings.Validate] refuses.
func (t *Tenant) SetSettings(change func(*TenantSettings)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance()
	s := t.settings.copied()
	change(&s)
	if err := s.Validate(); err != nil {
		panic(fmt.Sprintf("simulator: settings of %s: %v", t.name, err))
	}
	t.settings = s.copied()
}

// State returns a copy of what the tenant stores. What it shows may differ:
// see readable_after.
func (t *Tenant) State() TenantState {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance()
	state := TenantState{
		Profiles:   make([]IdentityProfile, 0, len(t.profiles)),
		Sources:    list(t.sources),
		Identities: list(t.identities),
		Tasks:      make([]Task, 0, len(t.tasks)),
	}
	for _, p := range t.profiles {
		state.Profiles = append(state.Profiles, p.copied())
	}
	for _, k := range t.tasks {
		state.Tasks = append(state.Tasks, k.view())
	}
	return state
}

// SetState replaces the profiles, sources and identities, visible at once. The
// tasks of state are not looked at, and those of the tenant go on. It panics
// when [TenantState.Validate] refuses state.
func (t *Tenant) SetState(state TenantState) {
	if err := state.Validate(); err != nil {
		panic(fmt.Sprintf("simulator: state of %s: %v", t.name, err))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance()
	t.sources, t.identities = list(state.Sources), list(state.Identities)
	t.profiles, t.lingering = nil, nil
	// Those with a priority go first: what the others get is above it.
	var rest []*IdentityProfile
	for _, p := range state.Profiles {
		p := p.copied()
		t.profiles = append(t.profiles, &p)
		if p.Priority == 0 {
			rest = append(rest, &p)
		}
	}
	for _, p := range rest {
		p.Priority = t.nextPriority()
	}
	for _, p := range t.profiles {
		t.complete(p)
	}
}

// SetProfile replaces the profile with the same id, or adds p, and returns what
// it stored: zero fields that the tenant fills are filled. It panics when p could
// not be part of a valid state together with the other profiles.
func (t *Tenant) SetProfile(p IdentityProfile) IdentityProfile {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance()
	p = p.copied()
	state := TenantState{Profiles: []IdentityProfile{p}}
	err := state.Validate()
	if other := t.fedBy(p.SourceID); err == nil && other != nil && other.ID != p.ID {
		err = fmt.Errorf("source %s feeds profile %s", p.SourceID, other.ID)
	}
	if err != nil {
		panic(fmt.Sprintf("simulator: %s: %v", t.name, err))
	}
	if p.Priority == 0 {
		p.Priority = t.nextPriority()
	}
	t.complete(&p)
	t.lingering = slices.DeleteFunc(t.lingering, func(g *lingering) bool { return g.profile.ID == p.ID })
	if old := t.profile(p.ID); old != nil {
		*old = p
	} else {
		t.profiles = append(t.profiles, &p)
	}
	return p.copied()
}

// RemoveProfile removes the profile, which no read shows any more, and reports
// whether there was one.
func (t *Tenant) RemoveProfile(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance()
	return t.drop(id) != nil
}

// ExpireTokens makes every token the tenant has given out invalid.
func (t *Tenant) ExpireTokens() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.tokens)
}

// FinishTasks ends every task that has not ended: as task_end says, or well
// when that is empty. Polls and time that are still due are not waited for.
func (t *Tenant) FinishTasks() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance()
	for _, k := range t.tasks {
		if k.status != "" {
			continue
		}
		now := t.now()
		if k.launched.IsZero() {
			k.launched = now
		}
		if k.worked.IsZero() {
			k.worked = now
		}
		t.end(k, now)
	}
}

// profile returns the stored profile with the id, or nil.
func (t *Tenant) profile(id string) *IdentityProfile {
	for _, p := range t.profiles {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// fedBy returns the profile that the source feeds, or nil.
func (t *Tenant) fedBy(sourceID string) *IdentityProfile {
	for _, p := range t.profiles {
		if p.SourceID == sourceID {
			return p
		}
	}
	return nil
}

// drop removes a profile and returns it, or nil.
func (t *Tenant) drop(id string) *IdentityProfile {
	p := t.profile(id)
	if p != nil {
		t.profiles = slices.DeleteFunc(t.profiles, func(other *IdentityProfile) bool { return other == p })
	}
	return p
}

// nextPriority is what a profile without one gets (contract §2.2).
func (t *Tenant) nextPriority() int64 {
	highest := int64(0)
	for _, p := range t.profiles {
		highest = max(highest, p.Priority)
	}
	return highest + 10
}

// complete fills what the tenant fills by itself, but for the priority.
func (t *Tenant) complete(p *IdentityProfile) {
	if p.ID == "" {
		p.ID = newTenantID()
	}
	if p.Created.IsZero() {
		p.Created = t.now()
	}
	if p.Modified.IsZero() {
		p.Modified = p.Created
	}
	if len(p.IdentityAttributeConfig) == 0 {
		p.IdentityAttributeConfig = t.defaultConfig(p.SourceID)
	} else {
		// It was validated before; reading it fills what it lacks.
		config, _ := readConfig(p.IdentityAttributeConfig)
		p.IdentityAttributeConfig, _ = json.Marshal(config)
	}
}

func (t *Tenant) condition() (latency time.Duration, unavailable bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Duration(t.settings.Latency), t.settings.Unavailable
}
