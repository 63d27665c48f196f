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
	// panelsView is one kind of thing about panels by their names.
	panelsView[T any] struct {
		Panels map[string]T `json:"panels"`
	}
	requestsView struct {
		Requests []Request `json:"requests"`
	}
	faultsView struct {
		Rules []Fault `json:"rules"`
	}
)

func (s *Simulator) stateView() panelsView[PanelState] {
	v := panelsView[PanelState]{map[string]PanelState{}}
	for _, p := range s.panels {
		v.Panels[p.name] = p.State()
	}
	return v
}

// settingsView leaves the passwords out.
func (s *Simulator) settingsView() panelsView[Settings] {
	v := panelsView[Settings]{map[string]Settings{}}
	for _, p := range s.panels {
		settings := p.Settings()
		settings.Password = ""
		v.Panels[p.name] = settings
	}
	return v
}

func (s *Simulator) putState(r *http.Request) (any, error) {
	panels, err := readPanels[PanelState](s, r)
	if err != nil {
		return nil, err
	}
	for name, state := range panels {
		if err := state.Validate(); err != nil {
			return nil, fmt.Errorf("panel %q: %w", name, err)
		}
	}
	for name, state := range panels {
		s.Panel(name).SetState(state)
	}
	return s.stateView(), nil
}

func (s *Simulator) putSettings(r *http.Request) (any, error) {
	panels, err := readPanels[json.RawMessage](s, r)
	if err != nil {
		return nil, err
	}
	changed := map[string]Settings{}
	for name, partial := range panels {
		settings, err := s.Panel(name).Settings().merged(partial)
		if err != nil {
			return nil, fmt.Errorf("panel %q: %w", name, err)
		}
		changed[name] = settings
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

// readPanels reads a body about panels and checks that all of them exist.
func readPanels[T any](s *Simulator, r *http.Request) (map[string]T, error) {
	var v panelsView[T]
	if err := decodeStrict(r.Body, &v); err != nil {
		return nil, describe(err)
	}
	if len(v.Panels) == 0 {
		return nil, errors.New(`the body names no panel: want {"panels": {"name": {...}}}`)
	}
	for name := range v.Panels {
		if s.Panel(name) == nil {
			return nil, fmt.Errorf("unknown panel %q: there are %s", name, strings.Join(s.targetNames(), ", "))
		}
	}
	return v.Panels, nil
}

func describe(err error) error { return fmt.Errorf("body: %w", err) }
