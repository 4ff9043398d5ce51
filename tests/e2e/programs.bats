#!/usr/bin/env bats
# Real programs from Debian: PostgreSQL, Python, libstdc++.

load common
load postgresql

teardown_more() {
    stop_postgresql
}

@test "PostgreSQL: query__start carries the exact text of three queries" {
    start_postgresql
    start_session
    start_tracer -p "$BACKEND" -t 'postgresql:query__start' -n 3
    printf '%s\n' "SELECT 1;" "SELECT 'it''s \"quoted\"	tab', 'é';" "SELECT count(*) FROM pg_class WHERE relname = 'none';" >&"$HELD_GATE"
    release_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    jq -r 'select(.type == "usdt") | .args.query' "$OUT" >"$BATS_TEST_TMPDIR/queries"
    diff - "$BATS_TEST_TMPDIR/queries" <<'SQL'
SELECT 1;
SELECT 'it''s "quoted"	tab', 'é';
SELECT count(*) FROM pg_class WHERE relname = 'none';
SQL
    jq -es 'map(select(.type == "usdt")) | length == 3 and all(.[]; .provider == "postgresql" and .comm == "postgres")' "$OUT"
    finish_held || true
}

@test "PostgreSQL: every probe of a backend attaches, transactions add up" {
    start_postgresql
    local i
    start_session
    start_tracer -p "$BACKEND"
    for i in $(seq 23); do echo "SELECT $i;"; done >&"$HELD_GATE"
    release_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    [ "$(count query__start)" -eq 23 ]
    [ "$(count transaction__start)" -ge 23 ]
    [ "$(tail -n 1 "$OUT" | jq .lost)" -eq 0 ]
    finish_held || true
}

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

# started STATEMENT: how many queries that begin so were started. grep, because jq would take minutes.
started() {
    grep -c "\"probe\":\"query__start\",.*\"args\":{\"query\":\"$1" "$OUT"
}

@test "PostgreSQL: -f follows the postmaster to every backend, under pgbench" {
    start_postgresql
    pgbench_as_postgres -i -q 2>/dev/null
    start_tracer -f -p "$(head -n 1 "$PG_DATA/data/postmaster.pid")" -t 'postgresql:query__*'
    pgbench_as_postgres -n -c 8 -T 10 >"$BATS_TEST_TMPDIR/pgbench" 2>&1
    stop_tracer
    local transactions statement
    transactions=$(sed -n 's/^number of transactions actually processed: \([0-9]*\).*/\1/p' "$BATS_TEST_TMPDIR/pgbench")
    [ "$transactions" -gt 0 ]
    # pgbench's built-in script, of seven statements; what it asks at its start is in lower case.
    for statement in BEGIN 'UPDATE pgbench_accounts' 'SELECT abalance' 'UPDATE pgbench_tellers' \
        'UPDATE pgbench_branches' 'INSERT INTO pgbench_history' END; do
        [ "$(started "$statement")" -eq "$transactions" ]
    done
    [ "$(started '[A-Z]')" -eq $((transactions * 7)) ]
    tail -n 1 "$OUT" | jq -e '.lost == 0 and .hits == .emitted and .filtered == 0'
    [ "$(tail -n 1 "$OUT" | jq .emitted)" -eq "$(grep -c '^{"type":"usdt"' "$OUT")" ]
    [ "$(sed -n 's/^{"type":"usdt",.*"pid":\([0-9]*\),.*/\1/p' "$OUT" | sort -u | wc -l)" -ge 8 ]
}
