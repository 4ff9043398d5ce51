#!/usr/bin/env bats
# Forced loss: what can't be delivered is counted, exactly, and the target never waits for us.

load common

@test "a stopped reader: hits = emitted + lost, against the target's own count" {
    start_held "$DEMO" --wait --hits 100003
    start_tracer -p "$HELD_PID" -t demo:tick --buffer 4K
    kill -STOP "$TRACER_PID"
    release_held
    finish_held
    kill -CONT "$TRACER_PID"
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    local end
    end=$(tail -n 1 "$OUT")
    [ "$(jq .hits <<<"$end")" -eq 100003 ]
    [ "$(jq .lost <<<"$end")" -gt 90000 ]
    [ "$(jq .lost <<<"$end")" -eq $((100003 - $(count tick))) ]
}

@test "records with strings: a small buffer loses some, and says how many" {
    run "$TRACER" -q --buffer 4K -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --requests 1009
    [ "$status" -eq 0 ]
    printf '%s\n' "$output" | sed -n '/^{/p' >"$BATS_TEST_TMPDIR/app"
    check_stream "$BATS_TEST_TMPDIR/out"
    [ "$(tail -n 1 "$BATS_TEST_TMPDIR/out" | jq .hits)" -eq "$(jq '.probes | add' "$BATS_TEST_TMPDIR/app")" ]
    [ "$(tail -n 1 "$BATS_TEST_TMPDIR/out" | jq .lost)" -gt 0 ]
}

@test "several threads: every hit is counted" {
    run "$TRACER" -q -t demo:tick --buffer 64K -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --hits 100003 --threads 4
    [ "$status" -eq 0 ]
    check_stream "$BATS_TEST_TMPDIR/out"
    [ "$(tail -n 1 "$BATS_TEST_TMPDIR/out" | jq .hits)" -eq 100003 ]
}

@test "while it reads: a lost record stands in each gap" {
    run "$TRACER" -q -t demo:tick --buffer 4K -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --hits 200003
    [ "$status" -eq 0 ]
    check_stream "$BATS_TEST_TMPDIR/out"
    jq -es 'map(select(.type == "usdt" or .type == "lost"))
        | reduce .[] as $r ({last: null, good: true, gaps: 0};
            if $r.type == "lost" then .last = null | .gaps += 1
            else .good = (.good and (.last == null or $r.args.i == .last + 1)) | .last = $r.args.i end)
        | .good and .gaps > 1' "$BATS_TEST_TMPDIR/out"
}

@test "a stopped reader: lost records stand where the gap is" {
    start_held "$DEMO" --wait --hits 10007
    start_tracer -p "$HELD_PID" -t demo:tick --buffer 4K
    kill -STOP "$TRACER_PID"
    release_held
    finish_held
    kill -CONT "$TRACER_PID"
    finish_tracer
    check_stream "$OUT"
    # Between two lost records the numbers follow each other without a gap.
    jq -es 'map(select(.type == "usdt" or .type == "lost"))
        | reduce .[] as $r ({last: null, good: true};
            if $r.type == "lost" then .last = null
            else .good = (.good and (.last == null or $r.args.i == .last + 1)) | .last = $r.args.i end)
        | .good' "$OUT"
}
