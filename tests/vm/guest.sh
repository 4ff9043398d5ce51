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
# A short run leaves out what takes long (a bats tag), and the unit tests of what no kernel has a part in (a label).
CTEST_CHOICE=()
BATS_CHOICE=()
if [ "$SHORT" = yes ]; then
    CTEST_CHOICE=(--label-exclude '^pure$')
    BATS_CHOICE=(--filter-tags '!long')
fi
exec </dev/null >/dev/ttyS1 2>&1
RAN=0
FAILED=0

result() {
    echo "RESULT $1 $2 $3"
    RAN=$((RAN + $2 + $3))
    FAILED=$((FAILED + $3))
}

# count ATTRIBUTE REPORT: a number from the summary that CTest wrote, 0 without one.
count() {
    local number
    number=$(grep -m 1 -o "\b$1=\"[0-9]*\"" "$2" | tr -dc 0-9)
    echo "${number:-0}"
}

# Everything that CTest knows but the bats files: of those in e2e each test is a line of its own here, and those in host
# are for the host.
run_ctest() {
    local report=/run/ctest.xml total failed=0 attribute status=0
    : >"$report"
    ctest --test-dir "$BUILD" --exclude-regex '^(e2e|host)/' --tests-regex "$ONLY" "${CTEST_CHOICE[@]}" \
        --output-on-failure --timeout $((60 * FACTOR)) --parallel "$(nproc)" --no-tests=ignore \
        --output-junit "$report" || status=$?
    total=$(count tests "$report")
    if [ "$total" -eq 0 ]; then
        { [ "$status" -eq 0 ] && [ "$ONLY" != . ]; } || result unit 0 1
        return
    fi
    for attribute in failures skipped disabled; do
        failed=$((failed + $(count "$attribute" "$report")))
    done
    [ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
    result unit $((total - failed)) "$failed"
}

# end_countdowns PID: until that process has ended. With each test bats starts a program that counts down its time, in a
# process that it later kills, and that kills the program. Where it is killed before it is ready to do that, the program
# stays, becomes a child of ours, and bats waits for it with the rest.
end_countdowns() {
    while kill -0 "$1" 2>/dev/null; do
        pkill -P $$ -f "^sleep $BATS_TEST_TIMEOUT\$"
        sleep 2
    done
}

# run_bats FOLDER SUITE: every file there that is wanted. A skipped test, a file that breaks off and, unless tests are
# chosen, one without tests have failed.
run_bats() {
    local file name passed=0 failed=0 status planned ok bad bats
    for file in "$TREE/$1"/*.bats; do
        name=$2/$(basename "$file" .bats)
        [[ $name =~ $ONLY ]] || continue
        echo "# $name"
        status=0
        : >/run/tap
        bats --tap --timing "${BATS_CHOICE[@]}" ${FILTER:+--filter "$FILTER"} "$file" >/run/tap 2>&1 &
        bats=$!
        end_countdowns "$bats" &
        tail -f -s 0.2 --pid="$bats" -n +1 /run/tap
        wait "$bats" || status=$?
        planned=$(grep -m 1 -o '^1\.\.[0-9]*$' /run/tap)
        planned=${planned#1..}
        ok=$(grep '^ok ' /run/tap | grep -vc '# skip')
        bad=$((${planned:-1} - ok))
        [ "${planned:-0}" -gt 0 ] || [ "$SHORT" = yes ] || [ -n "$FILTER" ] || status=1
        [ "$bad" -gt 0 ] || [ "$status$bad" = 00 ] || bad=1
        passed=$((passed + ok))
        failed=$((failed + bad))
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
