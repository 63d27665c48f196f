package identity_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
)

// A destroySpy stands between the command line and the provider, and sees of
// each destroy what the command line does not hand on: the warnings, and what
// becomes of the state.
type destroySpy struct {
	before, after func(n int) // called around the n-th destroy, from 1, of a resource

	mu       sync.Mutex
	destroys []destroyed
	planned  []string // the warnings of the plans to destroy
}

// destroyed is how one destroy of a resource ended.
type destroyed struct {
	errors, warnings string
	kept             bool // in the state
}

// factories are acctest.Factories with the spy in between.
func (s *destroySpy) factories() map[string]func() (tfprotov6.ProviderServer, error) {
	factories := acctest.Factories()
	for name, serve := range factories {
		factories[name] = func() (tfprotov6.ProviderServer, error) {
			server, err := serve()
			return spied{server, s}, err
		}
	}
	return factories
}

// all returns the destroys so far.
func (s *destroySpy) all() []destroyed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]destroyed{}, s.destroys...)
}

// nth returns the n-th destroy, from 1.
func (s *destroySpy) nth(t *testing.T, n int) destroyed {
	t.Helper()
	all := s.all()
	if len(all) < n {
		t.Fatalf("there were %d destroys, want at least %d", len(all), n)
	}
	return all[n-1]
}

// plans returns the warnings of the plans to destroy, as one text.
func (s *destroySpy) plans() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.planned, "\n")
}

// spied is a provider with a spy.
type spied struct {
	tfprotov6.ProviderServer
	spy *destroySpy
}

// PlanResourceChange implements tfprotov6.ProviderServer.
func (p spied) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := p.ProviderServer.PlanResourceChange(ctx, req)
	if err == nil && isNull(req.ProposedNewState) {
		p.spy.mu.Lock()
		defer p.spy.mu.Unlock()
		_, warnings := told(resp.Diagnostics)
		p.spy.planned = append(p.spy.planned, warnings)
	}
	return resp, err
}

// ApplyResourceChange implements tfprotov6.ProviderServer.
func (p spied) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	if !isNull(req.PlannedState) {
		return p.ProviderServer.ApplyResourceChange(ctx, req)
	}
	n := len(p.spy.all()) + 1
	if p.spy.before != nil {
		p.spy.before(n)
	}
	resp, err := p.ProviderServer.ApplyResourceChange(ctx, req)
	if err == nil {
		end := destroyed{kept: !isNull(resp.NewState)}
		end.errors, end.warnings = told(resp.Diagnostics)
		p.spy.mu.Lock()
		p.spy.destroys = append(p.spy.destroys, end)
		p.spy.mu.Unlock()
	}
	if p.spy.after != nil {
		p.spy.after(n)
	}
	return resp, err
}

func isNull(value *tfprotov6.DynamicValue) bool {
	if value == nil {
		return true
	}
	null, err := value.IsNull()
	if err != nil {
		panic(err)
	}
	return null
}

// told is what diagnostics say.
func told(diagnostics []*tfprotov6.Diagnostic) (errors, warnings string) {
	for _, d := range diagnostics {
		text := d.Summary + ": " + d.Detail + "\n"
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			errors += text
		} else {
			warnings += text
		}
	}
	return errors, warnings
}
