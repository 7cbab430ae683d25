#!/bin/sh
# Stands in for Go: answers what the installer asks and "builds" small scripts.
# The folder FAKE_GO holds its settings as files: `hang` (a build waits while it exists), `fail` (what a build
# prints before it fails), `version`; and what it did: `calls`, one line each, and `building`, the process.
echo "$*" >> "$FAKE_GO/calls"
case "$1 $2" in
"env GOVERSION") cat "$FAKE_GO/version" ;;
"env GOPROXY") echo "https://proxy.example" ;;
"mod download") printf '{"Dir": "%s"}' "$FAKE_GO/module" ;;
build*)
    echo "compiled/package"
    if [ -e "$FAKE_GO/fail" ]; then cat "$FAKE_GO/fail"; exit 1; fi
    while [ $# -gt 0 ] && [ "$1" != "-o" ]; do shift; done
    echo $$ > "$FAKE_GO/building.new" && mv "$FAKE_GO/building.new" "$FAKE_GO/building"
    while [ -e "$FAKE_GO/hang" ]; do sleep 0.05; done
    cp "$FAKE_GO/program" "$2" && chmod 755 "$2" ;;
esac
