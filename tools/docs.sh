#!/usr/bin/env bash
# Generates the registry's pages, or checks those that are there.
#
#   docs.sh generate   write docs/
#   docs.sh check      generate elsewhere, and fail if docs/ differs in any file
#
# TF names the terraform or tofu to ask for the schema, TFPLUGINDOCS the
# generator. Left to itself the generator fetches a Terraform when it finds
# none, and knows no OpenTofu; so it is given the schema here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mode=${1:-}
mkdir -p .bin
work=$(mktemp -d "$PWD/.bin/docs.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The generator finds a schema only under this name space, hence the address.
address=registry.terraform.io/hashicorp/gatehouse
schema=$work/schema.json

go build -o "$work/terraform-provider-gatehouse" .
cat >"$work/main.tf" <<-EOF
	terraform {
	  required_providers {
	    gatehouse = {
	      source = "$address"
	    }
	  }
	}
EOF
cat >"$work/cli.tfrc" <<-EOF
	provider_installation {
	  dev_overrides {
	    "$address" = "$work"
	  }
	  direct {}
	}
EOF
env -u TF_CLI_ARGS -u TF_WORKSPACE TF_CLI_CONFIG_FILE="$work/cli.tfrc" \
	"$TF" -chdir="$work" providers schema -json >"$schema"

# plugindocs runs the generator and shows what it says only if it fails.
plugindocs() {
	"$TFPLUGINDOCS" "$@" --provider-name gatehouse --providers-schema "$schema" >"$work/log" 2>&1 || {
		cat "$work/log" >&2
		return 1
	}
}

case $mode in
generate)
	plugindocs generate
	echo "docs/ is up to date."
	;;
check)
	plugindocs generate --rendered-website-dir ".bin/$(basename "$work")/docs"
	if ! diff -ru docs "$work/docs"; then
		echo "docs/ is not what the schema, templates/ and examples/ give: run 'make docs' and commit the result." >&2
		exit 1
	fi
	plugindocs validate
	echo "docs/ is up to date and valid."
	;;
*)
	echo "usage: docs.sh generate|check" >&2
	exit 2
	;;
esac
