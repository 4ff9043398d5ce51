#!/usr/bin/env bash
# Measures what tracer costs, beside bpftrace and perf: tests/bench/run.sh [--quick] [--rounds N]
#
#   --quick      one short round of everything, to see that it works; its figures mean nothing
#   --rounds N   paired runs of each measurement (default 7)
#
# Installs what is missing, builds the release preset and measures as root. Prints a table; the raw figures go to
# build/release/bench/results.json. CONTRIBUTING.md says what the columns are.

set -euo pipefail
NAME=tests/bench/run.sh
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh

log=build/release/build.log
require_root "measuring"
tests/setup.sh --bench
say "building release"
mkdir -p build/release
{ cmake --preset release && cmake --build --preset release; } >"$log" 2>&1 || {
    tail -n 50 "$log" >&2
    die "release does not build"
}
status=0
as_root python3 -B tests/bench/bench.py build/release "$@" || status=$?
[ "$EUID" -eq 0 ] || sudo chown -R "$(id -u):$(id -g)" build/release
exit "$status"
