#!/usr/bin/env bash
# Shows ten events of a running program: installs what is missing, builds tracer and the demo app, starts the
# app and attaches to it. Works as root, and through sudo as a normal user; leaves nothing running.

set -euo pipefail
NAME=demo-app/run.sh
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/lib.sh
. tests/lib.sh

BUILD=build/release
APP=
SCRATCH=

cleanup() {
    [ -z "$APP" ] || { kill "$APP" && wait "$APP"; } 2>/dev/null || true
    [ -z "$SCRATCH" ] || rm -rf -- "$SCRATCH"
}

build() {
    say "building tracer and the demo app in $BUILD"
    mkdir -p "$BUILD"
    if ! { cmake --preset release -DBUILD_TESTING=OFF && cmake --build --preset release --target tracer demo-app; } \
        >"$BUILD/build.log" 2>&1; then
        tail -n 100 "$BUILD/build.log" >&2
        die "the build failed; all of its output is in $BUILD/build.log"
    fi
}

# Starts the app, which makes requests to itself until it is stopped, and waits for its first line on stderr.
start_app() {
    SCRATCH=$(mktemp -d)
    mkfifo "$SCRATCH/stderr"
    "$BUILD/demo-app/demo-app" --forever >/dev/null 2>"$SCRATCH/stderr" &
    APP=$!
    local line
    exec 3<"$SCRATCH/stderr" # stays open, so that the app may go on writing
    IFS= read -r -t 20 -u 3 line || die "the demo app doesn't start"
    [[ $line == "demo-app: ready: "* ]] || die "the demo app doesn't start: $line"
    printf '%s\n' "$line" >&2
}

main() {
    require_root "tracing"
    trap cleanup EXIT
    tests/setup.sh --build
    build
    start_app
    say "tracer -p $APP -n 10 | jq"
    as_root "$BUILD/src/tracer" -q -p "$APP" -n 10 | jq 'select(.type == "usdt")'
}

main "$@"
