#!/usr/bin/env bats
# Real programs from Debian: Python, libstdc++. PostgreSQL has a file of its own.

bats_require_minimum_version 1.5.0
load common

@test "Python: audit names the event, from a function that C code calls" {
    local program=$BATS_TEST_TMPDIR/program.py out=$BATS_TEST_TMPDIR/out
    cat >"$program" <<'PY'
import sys


def greet(name):
    sys.audit("greeted", name)


list(map(greet, ["x"] * 23))
PY
    run "$TRACER" -q -t 'python:*' -o "$out" -- /usr/bin/python3 -I "$program"
    [ "$status" -eq 0 ]
    check_stream "$out"
    [ "$(jq -s 'map(select(.type == "usdt" and .probe == "audit" and .args.event == "greeted")) | length' "$out")" -eq 23 ]
}

# has_probe FILE PROVIDER PROBE, as readelf says.
has_probe() {
    readelf -nW "$1" 2>/dev/null | grep -A 1 "Provider: $2\$" | grep -q "Name: $3\$"
}

@test "Python: entry, return and line of each function, in order; a Python without them is said to be" {
    local program=$BATS_TEST_TMPDIR/program.py out=$BATS_TEST_TMPDIR/out python
    python=$(readlink -f /usr/bin/python3)
    if ! has_probe "$python" python function__entry; then
        run --separate-stderr "$TRACER" -l -t python:function__entry "$python"
        [ "$status" -eq 3 ]
        [ -z "$output" ]
        [[ $stderr =~ ^tracer:\ none\ of\ the\ [1-9][0-9]*\ probes\ there\ matches\ -t$ ]]
        return
    fi
    cat >"$program" <<'PY'
def double(n):
    return n + n


class Shelf:
    def __len__(self):
        return double(len("été"))


list(map(double, [1, 2]))
len(Shelf())
sorted([3], key=lambda n: n)
PY
    # Python 3.11 passes function__entry at each call only while line is traced. What -w compares with is short.
    run "$TRACER" -q -t 'python:function__*' -t python:line -w "filename ^= \"${program:0:60}\"" -o "$out" \
        -- "$python" -I "$program"
    [ "$status" -eq 0 ]
    check_stream "$out"
    jq -r 'select(.type == "usdt") | "\(.probe) \(.args.funcname) \(.args.lineno)"' "$out" |
        diff - <(cat <<'END'
function__entry <module> 0
line <module> 1
line <module> 5
function__entry Shelf 5
line Shelf 6
function__return Shelf 6
line <module> 10
function__entry double 1
line double 2
function__return double 2
function__entry double 1
line double 2
function__return double 2
line <module> 11
function__entry __len__ 6
line __len__ 7
function__entry double 1
line double 2
function__return double 2
function__return __len__ 7
line <module> 12
function__entry <lambda> 12
function__return <lambda> 12
function__return <module> 12
END
)
    jq -es --arg program "$program" 'map(select(.type == "usdt")) | all(.[]; .args.filename == $program)' "$out"
}

@test "libstdc++: throw fires for each exception, from a library that the loader brings" {
    cat >"$BATS_TEST_TMPDIR/throw.cc" <<'CC'
#include <stdexcept>
struct early {
    early() { try { throw 1; } catch (int) {} }
} before_main;
int main()
{
    for (int i = 0; i < 101; i++)
        try { throw std::runtime_error("x"); } catch (const std::exception &) {}
    return 3;
}
CC
    g++ -O1 -o "$BATS_TEST_TMPDIR/throw" "$BATS_TEST_TMPDIR/throw.cc"
    run "$TRACER" -q -t libstdcxx:throw -o "$BATS_TEST_TMPDIR/out" -- "$BATS_TEST_TMPDIR/throw"
    [ "$status" -eq 3 ]
    check_stream "$BATS_TEST_TMPDIR/out"
    [ "$(count throw "$BATS_TEST_TMPDIR/out")" -eq 102 ]
    jq -es 'map(select(.type == "usdt")) | all(.[]; .args | to_entries | length == 2)' "$BATS_TEST_TMPDIR/out"
}
