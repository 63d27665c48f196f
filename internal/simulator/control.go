package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// controlHandler serves the control API, which the package comment describes.
func (s *Simulator) controlHandler() http.Handler {
	table := map[string]map[string]func(*http.Request) (any, error){
		"/_sim/state": {
			"GET": func(*http.Request) (any, error) { return s.stateView(), nil },
			"PUT": s.putState,
		},
		"/_sim/settings": {
			"GET": func(*http.Request) (any, error) { return s.settingsView(), nil },
			"PUT": s.putSettings,
		},
		"/_sim/requests": {
			"GET":    func(*http.Request) (any, error) { return requestsView{s.Requests()}, nil },
			"DELETE": func(*http.Request) (any, error) { s.ResetRequests(); return nil, nil },
		},
		"/_sim/faults": {
			"GET":    func(*http.Request) (any, error) { return faultsView{s.faults.get()}, nil },
			"PUT":    s.putFaults,
			"DELETE": func(*http.Request) (any, error) { return nil, s.SetFaults() },
		},
		"/_sim/tokens": {
			"DELETE": func(*http.Request) (any, error) {
				for _, p := range s.panels {
					p.ExpireTokens()
				}
				if s.tenant != nil {
					s.tenant.ExpireTokens()
				}
				return nil, nil
			},
		},
		"/_sim/tasks": {
			"DELETE": func(*http.Request) (any, error) {
				if s.tenant != nil {
					s.tenant.FinishTasks()
				}
				return nil, nil
			},
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verbs, ok := table[r.URL.Path]
		if !ok {
			reply(w, http.StatusNotFound, map[string]any{"error": "no control path " + r.URL.Path})
			return
		}
		do, ok := verbs[r.Method]
		if !ok {
			reply(w, http.StatusMethodNotAllowed, map[string]any{"error": r.Method + " is not for " + r.URL.Path})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		s.controlling.Lock()
		defer s.controlling.Unlock()
		switch body, err := do(r); {
		case err != nil:
			reply(w, http.StatusBadRequest, map[string]any{"error": err.Error()})
		case body == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			reply(w, http.StatusOK, body)
		}
	})
}

func reply(w http.ResponseWriter, status int, body any) {
	a := jsonAnswer(status, body)
	w.Header()["Content-Type"] = a.header["Content-Type"]
	w.WriteHeader(a.status)
	// A client that has gone away cannot be told so.
	_, _ = w.Write(a.body)
}

type (
	// targetsView is one kind of thing about panels, by their names, and about
	// the tenant.
	targetsView[P, T any] struct {
		Panels map[string]P `json:"panels"`
		Tenant *T           `json:"tenant,omitempty"`
	}
	statesView   = targetsView[PanelState, TenantState]
	settingsView = targetsView[Settings, TenantSettings]
	requestsView struct {
		Requests []Request `json:"requests"`
	}
	faultsView struct {
		Rules []Fault `json:"rules"`
	}
)

func (s *Simulator) stateView() statesView {
	v := statesView{Panels: map[string]PanelState{}}
	for _, p := range s.panels {
		v.Panels[p.name] = p.State()
	}
	if s.tenant != nil {
		state := s.tenant.State()
		v.Tenant = &state
	}
	return v
}

// settingsView leaves the secrets out.
func (s *Simulator) settingsView() settingsView {
	v := settingsView{Panels: map[string]Settings{}}
	for _, p := range s.panels {
		settings := p.Settings()
		settings.Password = ""
		v.Panels[p.name] = settings
	}
	if s.tenant != nil {
		settings := s.tenant.Settings()
		settings.ClientSecret = ""
		v.Tenant = &settings
	}
	return v
}

func (s *Simulator) putState(r *http.Request) (any, error) {
	v, err := readTargets[PanelState, TenantState](s, r)
	if err != nil {
		return nil, err
	}
	for name, state := range v.Panels {
		if err := state.Validate(); err != nil {
			return nil, fmt.Errorf("panel %q: %w", name, err)
		}
	}
	if v.Tenant != nil {
		if err := v.Tenant.Validate(); err != nil {
			return nil, fmt.Errorf("tenant: %w", err)
		}
		s.tenant.SetState(*v.Tenant)
	}
	for name, state := range v.Panels {
		s.Panel(name).SetState(state)
	}
	return s.stateView(), nil
}

func (s *Simulator) putSettings(r *http.Request) (any, error) {
	v, err := readTargets[json.RawMessage, json.RawMessage](s, r)
	if err != nil {
		return nil, err
	}
	changed := map[string]Settings{}
	for name, partial := range v.Panels {
		settings, err := s.Panel(name).Settings().merged(partial)
		if err != nil {
			return nil, fmt.Errorf("panel %q: %w", name, err)
		}
		changed[name] = settings
	}
	if v.Tenant != nil {
		settings, err := s.tenant.Settings().merged(*v.Tenant)
		if err != nil {
			return nil, fmt.Errorf("tenant: %w", err)
		}
		s.tenant.SetSettings(func(old *TenantSettings) { *old = settings })
	}
	for name, settings := range changed {
		s.Panel(name).SetSettings(func(old *Settings) { *old = settings })
	}
	return s.settingsView(), nil
}

func (s *Simulator) putFaults(r *http.Request) (any, error) {
	var v faultsView
	if err := decodeStrict(r.Body, &v); err != nil {
		return nil, describe(err)
	}
	if err := s.SetFaults(v.Rules...); err != nil {
		return nil, err
	}
	return faultsView{s.faults.get()}, nil
}

// readTargets reads a body about targets and checks that all of them exist.
func readTargets[P, T any](s *Simulator, r *http.Request) (targetsView[P, T], error) {
	var v targetsView[P, T]
	if err := decodeStrict(r.Body, &v); err != nil {
		return v, describe(err)
	}
	if len(v.Panels) == 0 && v.Tenant == nil {
		return v, errors.New(`the body names no panel and no tenant: want {"panels": {"name": {...}}, "tenant": {...}}`)
	}
	for name := range v.Panels {
		if s.Panel(name) == nil {
			return v, fmt.Errorf("unknown panel %q: there are %s", name, strings.Join(s.panelNames(), ", "))
		}
	}
	if v.Tenant != nil && s.tenant == nil {
		return v, errors.New("there is no tenant")
	}
	return v, nil
}

func describe(err error) error { return fmt.Errorf("body: %w", err) }
