#!/usr/bin/env bash
# Installs what is missing, builds and runs every test: tests/run.sh [--long] [CTest arguments…]
#
#   dev         gcc, warnings are errors; all tests
#   dev-clang   clang, warnings are errors; the build alone
#   asan        address and undefined behaviour sanitizers; all tests but those on real processes
#   vm          the dev tests again, but for the longest, in virtual machines with Linux 6.1 and 6.12
#               (tests/vm/run.sh; x86-64 only)
#   --long      all of them there, more kernels, and the two README commands in bare Debian 12 and 13 roots, in the
#               first as a user with sudo (tests/bare.sh)
#
# With CTest arguments (-R NAME, --repeat until-fail:9, …) only the dev tests run, here. A test that was skipped
# counts as failed. Tests run as root; for a normal user, who builds as such, through sudo.

set -euo pipefail
NAME=tests/run.sh
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/lib.sh
. tests/lib.sh

RESULTS=() # a line for each step
PASSED=0
FAILED=0

# record STEP PASSED FAILED SECONDS [REMARK]
record() {
    PASSED=$((PASSED + $2))
    FAILED=$((FAILED + $3))
    RESULTS+=("$(printf '%-12s %4d passed  %4d failed  %5d s  %s' "$1" "$2" "$3" "$4" "${5:-}")")
}

# Configures and builds a preset. The end of its output is shown if it fails, and what warns fails as well, since nobody
# reads the output of a build that doesn't; all of it is in the build folder.
build() {
    local preset=$1 log=build/$1/build.log start=$SECONDS
    say "building $preset"
    mkdir -p "build/$preset"
    if ! { cmake --preset "$preset" && cmake --build --preset "$preset"; } >"$log" 2>&1; then
        tail -n 100 "$log" >&2
        record "$preset" 0 1 $((SECONDS - start)) "does not build"
        return 1
    fi
    if grep -i -A 5 'warning:' "$log" >&2; then
        record "$preset" 0 1 $((SECONDS - start)) "builds with warnings"
        return 1
    fi
}

# junit_count ATTRIBUTE FILE: a number that CTest wrote into its summary's opening tag.
junit_count() {
    grep -m 1 -o "\b$1=\"[0-9]*\"" "$2" | tr -dc 0-9
}

# CTest as root. What it wrote in the build folders goes back to the one who builds there.
ctest_as_root() {
    local status=0
    as_root env "CI=${CI:-}" ctest "$@" || status=$?
    [ "$EUID" -eq 0 ] || sudo chown -R "$(id -u):$(id -g)" build
    return "$status"
}

# run_tests PRESET [CTEST ARGUMENT…]
run_tests() {
    local preset=$1 report=$PWD/build/$1/tests.xml start=$SECONDS total failed=0 attribute status=0
    shift
    rm -f "$report"
    ctest_as_root --preset "$preset" --no-tests=error --output-junit "$report" "$@" || status=$?
    if [ ! -s "$report" ]; then
        record "$preset" 0 1 $((SECONDS - start)) "CTest wrote no report"
        return
    fi
    total=$(junit_count tests "$report")
    for attribute in failures skipped disabled; do
        failed=$((failed + $(junit_count "$attribute" "$report")))
    done
    [ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
    record "$preset" $((total - failed)) "$failed" $((SECONDS - start))
}

# Fails when it doesn't build, and nothing else is worth its time.
step_dev() {
    build dev && run_tests dev -j "$(nproc)" "$@"
}

step_dev_clang() {
    local start=$SECONDS
    ! build dev-clang || record dev-clang 1 0 $((SECONDS - start)) "builds without warnings"
}

step_asan() {
    ! build asan || run_tests asan -j "$(nproc)" -E '^(e2e|host)/'
}

# step_vm LABEL: each kernel is one test for CTest; what passed in it is counted here.
step_vm() {
    local result kernel passed failed status=0 start=$SECONDS failed_before=$FAILED
    rm -f build/dev/vm/*
    ctest_as_root --preset dev -C vm -L "$1" --no-tests=error --verbose -j "$(nproc)" || status=$?
    for result in build/dev/vm/*.result; do
        [ -e "$result" ] || continue
        kernel=$(basename "$result" .result)
        read -r passed failed < <(awk '$1 == "RESULT" { passed += $3; failed += $4 } $1 == "EXIT" { ended = 1 }
            END { print passed + 0, failed + !ended }' "$result")
        record "vm $kernel" "$passed" "$failed" "$(cat "${result%.result}.seconds")"
    done
    [ "$status" -eq 0 ] || [ "$FAILED" -gt "$failed_before" ] || record vm 0 1 $((SECONDS - start))
}

# step_bare SUITE [OPTION…]
step_bare() {
    local suite=$1 start=$SECONDS
    shift
    if as_root tests/bare.sh "$@" "$suite"; then
        record "bare $suite" 1 0 $((SECONDS - start))
    else
        record "bare $suite" 0 1 $((SECONDS - start))
    fi
}

main() {
    local long=no need=--test machines='^vm$'
    if [ "${1:-}" = --long ]; then
        long=yes need=--long machines='^vm-long$'
        shift
    fi
    require_root "running the tests"
    tests/setup.sh "$need"
    if step_dev "$@" && [ $# -eq 0 ]; then
        step_dev_clang
        step_asan
        [ "$(uname -m)" != x86_64 ] || step_vm "$machines"
        [ "$long" = no ] || step_bare bookworm --user
        [ "$long" = no ] || step_bare trixie
    fi
    printf '\n'
    printf '%s\n' "${RESULTS[@]}"
    printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
    [ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ]
}

main "$@"
