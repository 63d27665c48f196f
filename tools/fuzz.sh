#!/usr/bin/env bash
# Runs every fuzz test of the module for FUZZTIME each. Go fuzzes one function
# of one package at a time, so they are looked up first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# For each package: the names of its fuzz tests, then a line "ok <package> …".
listing=$(go test -list '^Fuzz' ./...)
targets=$(awk '/^Fuzz/ { names[++n] = $1; next } { for (i = 1; i <= n; i++) print $2, names[i]; n = 0 }' <<<"$listing")
if [[ -z $targets ]]; then
	echo "There is no fuzz test in this module." >&2
	exit 1
fi

while read -r package name; do
	echo "== $package $name"
	go test -run '^$' -fuzz "^$name\$" -fuzztime "${FUZZTIME:-20s}" "$package" </dev/null
done <<<"$targets"
