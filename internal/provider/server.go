package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// NewServer returns a server of the provider for the plugin protocol.
func NewServer(version string, options ...Option) tfprotov6.ProviderServer {
	stopped, stop := context.WithCancel(context.Background())
	return &server{ProviderServer: providerserver.NewProtocol6(New(version, options...)())(), stopped: stopped, stop: stop}
}

// server cancels the operations that arrive after Terraform has asked the provider
// to stop, as after Ctrl-C. The plugin library cancels only those that run at that
// moment. Terraform goes on with what depends on them and with what it was about to
// ask, so that a late operation would run for as long as the other side takes.
type server struct {
	tfprotov6.ProviderServer
	stopped context.Context //nolint:containedctx // of the process, not of a call
	stop    context.CancelFunc
}

// StopProvider implements tfprotov6.ProviderServer.
func (s *server) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	s.stop()
	return s.ProviderServer.StopProvider(ctx, req)
}

// ReadResource implements tfprotov6.ProviderServer.
func (s *server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return until(ctx, s.stopped, req, s.ProviderServer.ReadResource)
}

// PlanResourceChange implements tfprotov6.ProviderServer.
func (s *server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return until(ctx, s.stopped, req, s.ProviderServer.PlanResourceChange)
}

// ApplyResourceChange implements tfprotov6.ProviderServer.
func (s *server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return until(ctx, s.stopped, req, s.ProviderServer.ApplyResourceChange)
}

// ImportResourceState implements tfprotov6.ProviderServer.
func (s *server) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return until(ctx, s.stopped, req, s.ProviderServer.ImportResourceState)
}

// ReadDataSource implements tfprotov6.ProviderServer.
func (s *server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return until(ctx, s.stopped, req, s.ProviderServer.ReadDataSource)
}

// until calls a function with a context that ends with stopped at the latest.
func until[Request, Response any](ctx, stopped context.Context, req Request, call func(context.Context, Request) (Response, error)) (Response, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(stopped, cancel)()
	return call(ctx, req)
}
