#!/bin/bash
# Runs in the guest, as its first process: the tests, their results to the second serial port, and off.
#
#   RESULT SUITE PASSED FAILED   a line for each suite
#   EXIT STATUS                  at the very end; a guest that has not written it has failed

# shellcheck source=/dev/null
. /run/settings # TREE, BUILD, ONLY, FILTER, FACTOR, SHORT, SUITES
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb CLICOLOR=0
# Emulated, everything takes ten to twenty times as long.
export TRACER_BUILD=$BUILD TRACER_SOURCE=$TREE TRACER_TIME_FACTOR=$FACTOR BATS_TEST_TIMEOUT=$((60 * FACTOR))
# Tests say of themselves that no kernel matters to them, or that they take long, by bats tags and CTest labels.
WANTED_TAGS='!host'
[ "$SHORT" = no ] || WANTED_TAGS='!host,!long'
exec </dev/null >/dev/ttyS1 2>&1
RAN=0
FAILED=0

result() {
    echo "RESULT $1 $2 $3"
    RAN=$((RAN + $2 + $3))
    FAILED=$((FAILED + $3))
}

# Everything that CTest knows but the tests on real processes, each of which is a line of its own here.
run_ctest() {
    local report=/run/ctest.xml total failed=0 attribute number status=0
    ctest --test-dir "$BUILD" --exclude-regex '^e2e/' --tests-regex "$ONLY" --label-exclude '^host$' --output-on-failure \
        --timeout $((60 * FACTOR)) --parallel "$(nproc)" --no-tests=ignore --output-junit "$report" || status=$?
    total=$(grep -m 1 -o '\btests="[0-9]*"' "$report" | tr -dc 0-9)
    for attribute in failures skipped disabled; do
        number=$(grep -m 1 -o "\b$attribute=\"[0-9]*\"" "$report" | tr -dc 0-9)
        failed=$((failed + number))
    done
    [ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
    [ "$((total + failed))" -eq 0 ] || result unit $((total - failed)) "$failed"
}

# run_bats FOLDER SUITE: every file there that is wanted. A skipped test and a file that breaks off have failed.
run_bats() {
    local file name passed=0 failed=0 status planned ok
    for file in "$TREE/$1"/*.bats; do
        name=$2/$(basename "$file" .bats)
        [[ $name =~ $ONLY ]] || continue
        echo "# $name"
        status=0
        : >/run/tap
        bats --tap --timing --filter-tags "$WANTED_TAGS" ${FILTER:+--filter "$FILTER"} "$file" >/run/tap 2>&1 &
        tail -f -s 0.2 --pid=$! -n +1 /run/tap
        wait $! || status=$?
        planned=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' /run/tap)
        ok=$(grep '^ok ' /run/tap | grep -vc '# skip')
        passed=$((passed + ok))
        failed=$((failed + ${planned:-1} - ok))
        [ "$status" -eq 0 ] || [ "${planned:-0}" -ne "$ok" ] || failed=$((failed + 1))
    done
    [ "$((passed + failed))" -eq 0 ] || result "$2" "$passed" "$failed"
}

main() {
    local suite
    echo "# Linux $(uname -r), $(nproc) CPUs, $(tr -d '\n' </proc/cmdline)"
    for suite in $SUITES; do
        case $suite in
        unit) run_ctest ;;
        e2e) run_bats tests/e2e e2e ;;
        *) run_bats "tests/vm/$suite" "$suite" ;;
        esac
    done
    [ "$RAN" -gt 0 ] || echo "# no test has such a name"
    [ "$RAN" -gt 0 ] && [ "$FAILED" -eq 0 ]
    echo "EXIT $?"
}

main
echo o >/proc/sysrq-trigger # power off
sleep infinity
