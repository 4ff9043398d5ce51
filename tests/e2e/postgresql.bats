#!/usr/bin/env bats
# PostgreSQL, from Debian: what its probes say is what its views and its log say.

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

# bats test_tags=long
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

# started STATEMENT: how many queries that begin so were started. grep, because jq would take minutes.
started() {
    grep -c "\"probe\":\"query__start\",.*\"args\":{\"query\":\"$1" "$OUT"
}

@test "PostgreSQL: -f follows the postmaster to every backend, under pgbench" {
    start_postgresql
    pgbench_as_postgres -i -q 2>/dev/null
    start_tracer -f -p "$(head -n 1 "$PG_DATA/data/postmaster.pid")" -t 'postgresql:query__*'
    pgbench_as_postgres -n -c 8 -t 23 >"$BATS_TEST_TMPDIR/pgbench" 2>&1
    stop_tracer
    local transactions=184 statement
    grep -q "^number of transactions actually processed: $transactions/$transactions$" "$BATS_TEST_TMPDIR/pgbench"
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

# write_waiting FILE: what pg_locks says of those who wait, a line each, in the words of the probe.
write_waiting() {
    psql_as_postgres >"$1" <<'SQL'
SELECT json_build_object('pid', pid, 'args', json_build_object(
    'tag_field1', CASE locktype WHEN 'transactionid' THEN transactionid::text::bigint ELSE database::bigint END,
    'tag_field2', coalesce(relation, classid, 0)::bigint,
    'tag_field3', coalesce(objid, 0)::bigint,
    'tag_field4', coalesce(objsubid, 0),
    'tag_type', CASE locktype WHEN 'relation' THEN 0 WHEN 'transactionid' THEN 5 WHEN 'advisory' THEN 10 END,
    'mode', array_position(ARRAY['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock',
        'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'], mode)))
FROM pg_locks WHERE NOT granted ORDER BY pid;
SQL
}

three_wait() {
    write_waiting "$BATS_TEST_TMPDIR/waiting" && [ "$(wc -l <"$BATS_TEST_TMPDIR/waiting")" -eq 3 ]
}

# bats test_tags=long
@test "PostgreSQL: lock__wait__start and __done name the locks that pg_locks says three sessions wait for" {
    start_postgresql
    psql_as_postgres -c "CREATE TABLE film AS SELECT 1 AS id; CREATE TABLE person AS SELECT 1 AS id;"
    start_session
    echo "BEGIN; LOCK TABLE film; UPDATE person SET id = 2; SELECT pg_advisory_xact_lock(x'123456789abcdef'::bigint);" \
        "SELECT 'all', 'held';" >&"$HELD_GATE"
    wait_until 20 grep -qx 'all|held' "$BATS_TEST_TMPDIR/backend"
    start_tracer -f -p "$(head -n 1 "$PG_DATA/data/postmaster.pid")" -t 'postgresql:lock__wait__*' -n 6
    local statement waiters=()
    for statement in "SELECT id FROM film" "UPDATE person SET id = 3" \
        "SELECT pg_advisory_lock(x'123456789abcdef'::bigint)"; do
        psql_as_postgres -c "$statement" >/dev/null {HELD_GATE}>&- 3>&- &
        waiters+=($!)
    done
    wait_until 20 three_wait
    cp "$BATS_TEST_TMPDIR/waiting" "$BATS_TEST_TMPDIR/were_waiting"
    echo "COMMIT;" >&"$HELD_GATE"
    wait "${waiters[@]}"
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    local probe
    for probe in lock__wait__start lock__wait__done; do
        diff <(jq -S . "$BATS_TEST_TMPDIR/were_waiting") <(jq -s --arg probe "$probe" 'map(select(.type == "usdt" and
            .probe == $probe)) | sort_by(.pid)[] | {pid, args}' "$OUT" | jq -S .)
    done
    [ "$(jq -s 'map(.args.tag_type) | unique == [0, 5, 10]' "$BATS_TEST_TMPDIR/were_waiting")" = true ]
    release_held
    finish_held
}

# bats test_tags=long
@test "PostgreSQL: buffer__read__done counts a table's and its index's blocks as pg_statio_user_tables does" {
    start_postgresql
    psql_as_postgres >/dev/null <<'SQL'
CREATE TABLE film (id int PRIMARY KEY, title text) WITH (autovacuum_enabled = off);
INSERT INTO film SELECT n, repeat('x', 200) FROM generate_series(1, 3001) n;
SELECT pg_stat_force_next_flush();
SELECT pg_stat_reset();
SQL
    restart_postgresql # with nothing in the buffer pool
    start_session
    start_tracer -p "$BACKEND" -t 'postgresql:buffer__read__done'
    printf '%s;\n' "SELECT count(*) FROM film" "SELECT count(*) FROM film" "SET enable_seqscan = off" \
        "SELECT title FROM film WHERE id = 1009" >&"$HELD_GATE"
    release_held
    finish_tracer # with its target
    [ "$status" -eq 0 ]
    finish_held
    check_stream "$OUT"
    psql_as_postgres >"$BATS_TEST_TMPDIR/said" <<'SQL'
SELECT json_build_object('heap', json_build_array(heap_blks_read, heap_blks_hit),
    'index', json_build_array(idx_blks_read, idx_blks_hit), 'blocks', pg_relation_size('film') / 8192)
FROM pg_statio_user_tables WHERE relname = 'film';
SQL
    local database heap index
    IFS='|' read -r database heap index < <(psql_as_postgres -c "SELECT oid, pg_relation_filenode('film'),
        pg_relation_filenode('film_pkey') FROM pg_database WHERE datname = 'postgres'")
    jq -es --argjson heap "$heap" --argjson index "$index" --argjson database "$database" \
        --slurpfile said "$BATS_TEST_TMPDIR/said" '
        def blocks($relation): map(select(.type == "usdt" and .args.relation_oid == $relation) | .args);
        def read_and_hit: [map(select(.hit | not)), map(select(.hit))] | map(length);
        $said[0].blocks as $blocks | blocks($heap) as $of_heap | blocks($index) as $of_index
        | ($of_heap | read_and_hit) == $said[0].heap and ($of_index | read_and_hit) == $said[0].index
          and $said[0].heap == [$blocks, $blocks + 1] and $of_heap[:2 * $blocks] == [range(2 * $blocks)
              | $of_heap[0] + {block_number: (. % $blocks), hit: (. >= $blocks)}]
          and ($of_heap[0] | [.fork_number, .tablespace_oid, .database_oid, .backend_id, .hit])
              == [0, 1663, $database, -1, false]
    ' "$OUT"
}

# bats test_tags=long
@test "PostgreSQL: checkpoint__done, read from two variables of the program, says what the log says" {
    start_postgresql
    local checkpointer i
    checkpointer=$(psql_as_postgres -c "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
    start_tracer -p "$checkpointer" -t 'postgresql:checkpoint__done' -n 3
    psql_as_postgres <<'SQL'
CREATE TABLE film AS SELECT n, repeat('x', 200) AS title FROM generate_series(1, 3001) n;
CHECKPOINT;
UPDATE film SET title = repeat('y', 200);
SELECT pg_switch_wal();
CREATE TABLE person AS SELECT 1 AS id;
SELECT pg_switch_wal();
CHECKPOINT;
CHECKPOINT;
SQL
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    sed -nE 's/.*checkpoint complete: wrote ([0-9]+) buffers \([^)]*\);( [^;]*;)? ([0-9]+) WAL file\(s\) added, ([0-9]+) removed, ([0-9]+) recycled;.*/[\1,\3,\4,\5]/p' \
        "$PG_DATA/log" >"$BATS_TEST_TMPDIR/logged"
    cat "$BATS_TEST_TMPDIR/logged"
    jq -c 'select(.type == "usdt") | .args
        | [.buffers_written, .wal_files_added, .wal_files_removed, .wal_files_recycled]' "$OUT" |
        diff "$BATS_TEST_TMPDIR/logged" -
    jq -es 'length == 3 and .[0][0] > 50 and .[1][3] >= 2' "$BATS_TEST_TMPDIR/logged"
    [ "$(values checkpoint__done buffers_total | sort -u)" = "$(psql_as_postgres -c "SELECT setting FROM pg_settings
        WHERE name = 'shared_buffers'")" ]
}
