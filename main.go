// Command terraform-provider-gatehouse serves the gatehouse provider to
// Terraform and OpenTofu.
package main

import (
	"flag"
	"log"
	"os"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

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
	var opts []tf6server.ServeOpt
	if *debugging {
		opts = append(opts, tf6server.WithManagedDebug())
	}
	err := tf6server.Serve("registry.terraform.io/gatehouse-iac/gatehouse", func() tfprotov6.ProviderServer { return provider.NewServer(version) }, opts...)
	if err != nil {
		log.Fatal(err)
	}
}
