#!/usr/bin/env bats
# Real programs from Debian: Python, libstdc++. PostgreSQL has a file of its own.

load common

@test "Python: audit names the event; function__entry, where Python has it, file, function and line" {
    local python=/usr/bin/python3 program=$BATS_TEST_TMPDIR/program.py out=$BATS_TEST_TMPDIR/out
    # Since 3.11 the interpreter calls Python functions without passing the probe, so C code calls this one.
    cat >"$program" <<'PY'
import sys


def greet(name):
    sys.audit("greeted", name)


list(map(greet, ["x"] * 23))
PY
    run "$TRACER" -q -t 'python:*' -o "$out" -- "$python" -I "$program"
    [ "$status" -eq 0 ]
    check_stream "$out"
    [ "$(jq -s 'map(select(.type == "usdt" and .probe == "audit" and .args.event == "greeted")) | length' "$out")" -eq 23 ]
    if "$TRACER" -l "$(readlink -f "$python")" | grep -q 'python:function__entry$'; then
        [ "$(jq -s --arg file "$program" 'map(select(.type == "usdt" and .probe == "function__entry"
            and .args.funcname == "greet" and .args.filename == $file and .args.lineno == 4)) | length' "$out")" -eq 23 ]
    fi
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
