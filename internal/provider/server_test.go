package provider

import (
	"context"
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// late is a server that tells whether the context of an operation has ended.
type late struct{ tfprotov6.ProviderServer }

func (late) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	return &tfprotov6.StopProviderResponse{}, nil
}

func (late) ReadResource(ctx context.Context, _ *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return nil, ended(ctx)
}

func (late) PlanResourceChange(ctx context.Context, _ *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return nil, ended(ctx)
}

func (late) ApplyResourceChange(ctx context.Context, _ *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return nil, ended(ctx)
}

func (late) ImportResourceState(ctx context.Context, _ *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return nil, ended(ctx)
}

func (late) ReadDataSource(ctx context.Context, _ *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return nil, ended(ctx)
}

var errRuns = errors.New("the context has not ended")

// ended waits for the end of a context that has ended, or is about to.
func ended(ctx context.Context) error {
	if ctx.Value(running{}) != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return errRuns
	}
	<-ctx.Done()
	return ctx.Err()
}

// running marks the context of an operation that comes before the stop.
type running struct{}

func TestOperationsEndWithTheProvider(t *testing.T) {
	t.Parallel()
	stopped, stop := context.WithCancel(context.Background())
	s := &server{ProviderServer: late{}, stopped: stopped, stop: stop}
	operations := map[string]func(context.Context) error{
		"read":   func(ctx context.Context) error { _, err := s.ReadResource(ctx, nil); return err },
		"plan":   func(ctx context.Context) error { _, err := s.PlanResourceChange(ctx, nil); return err },
		"apply":  func(ctx context.Context) error { _, err := s.ApplyResourceChange(ctx, nil); return err },
		"import": func(ctx context.Context) error { _, err := s.ImportResourceState(ctx, nil); return err },
		"data":   func(ctx context.Context) error { _, err := s.ReadDataSource(ctx, nil); return err },
	}
	for name, operation := range operations {
		if err := operation(context.WithValue(t.Context(), running{}, true)); !errors.Is(err, errRuns) {
			t.Errorf("%s before the stop: %v", name, err)
		}
	}
	if _, err := s.StopProvider(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for name, operation := range operations {
		if err := operation(t.Context()); !errors.Is(err, context.Canceled) {
			t.Errorf("%s after the stop: %v, want the end of its context", name, err)
		}
	}
}
