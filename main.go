// Command terraform-provider-gatehouse serves the gatehouse provider to
// Terraform and OpenTofu.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	debugging := flag.Bool("debug", false, "serve for a debugger and print how to attach")
	flag.Parse()
	if !*debugging {
		if err := tune(os.LookupEnv, os.Setenv, debug.SetGCPercent); err != nil {
			log.Fatal(err)
		}
	}
	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address: "registry.terraform.io/gatehouse-iac/gatehouse",
		Debug:   *debugging,
	})
	if err != nil {
		log.Fatal(err)
	}
}
