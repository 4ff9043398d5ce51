# shellcheck shell=bash
# A PostgreSQL server for a test, after common.bash. The test's teardown calls stop_postgresql.

PG_BIN=$(dirname "$(ls /usr/lib/postgresql/*/bin/postgres | tail -n 1)")

# A PostgreSQL server of our own, as an unprivileged user, on a socket in a directory of the test.
start_postgresql() {
    PG_DATA=$BATS_TEST_TMPDIR/pg
    install -d -o postgres -g postgres "$PG_DATA"
    publish
    as_postgres "$PG_BIN/initdb" -D "$PG_DATA/data" -A trust -N >"$BATS_TEST_TMPDIR/initdb.log"
    as_postgres "$PG_BIN/pg_ctl" -D "$PG_DATA/data" -w -l "$PG_DATA/log" \
        -o "-c listen_addresses='' -c unix_socket_directories='$PG_DATA' -c fsync=off" start 3>&-
}

restart_postgresql() {
    as_postgres "$PG_BIN/pg_ctl" -D "$PG_DATA/data" -w -m fast -l "$PG_DATA/log" restart >/dev/null 3>&-
}

as_postgres() {
    setpriv --reuid=postgres --regid=postgres --init-groups --reset-env "$@"
}

psql_as_postgres() {
    as_postgres "$PG_BIN/psql" -h "$PG_DATA" -XqAt postgres "$@"
}

pgbench_as_postgres() {
    as_postgres "$PG_BIN/pgbench" -h "$PG_DATA" "$@" postgres
}

# Nothing is said, whether or not there is one.
stop_postgresql() {
    [ -z "${PG_DATA:-}" ] || as_postgres "$PG_BIN/pg_ctl" -D "$PG_DATA/data" -w -m immediate stop >/dev/null 2>&1 || true
}

# A session whose input is the gate: statements go to HELD_GATE. Sets BACKEND to its backend's number.
start_session() {
    local gate=$BATS_TEST_TMPDIR/gate said=$BATS_TEST_TMPDIR/backend
    mkfifo "$gate"
    psql_as_postgres <"$gate" >"$said" 2>&1 3>&- &
    HELD_PID=$!
    exec {HELD_GATE}>"$gate"
    echo 'SELECT pg_backend_pid();' >&"$HELD_GATE"
    wait_until 20 grep -qE '^[0-9]+$' "$said"
    BACKEND=$(cat "$said")
}
