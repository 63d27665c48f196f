package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/cli"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

// prepare builds the provider and lays the example out in dir, for the panels
// and the tenant of sim. It must run in the module's root.
func prepare(ctx context.Context, dir string, sim *simulator.Simulator) (*cli.Workspace, error) {
	if err := cli.Build(ctx, ".", dir); err != nil {
		return nil, err
	}
	work, err := cli.NewWorkspace(dir, dir)
	if err != nil {
		return nil, err
	}
	panels := map[string]string{}
	for _, panel := range sim.Panels() {
		panels[panel.Name()] = panel.URL()
	}
	tenant := sim.Tenant().Settings()
	variables, err := json.Marshal(map[string]any{
		"panels": panels, "panel_password": sim.Panels()[0].Settings().Password,
		"tenant": map[string]string{"base_url": sim.Tenant().URL(), "client_id": tenant.ClientID, "client_secret": tenant.ClientSecret},
	})
	if err != nil {
		return nil, err
	}
	example, err := os.ReadFile(filepath.Join("examples", "demo", "main.tf"))
	if err != nil {
		return nil, err
	}
	return work, errors.Join(work.Write("main.tf", example), work.Write("demo.auto.tfvars.json", variables))
}
