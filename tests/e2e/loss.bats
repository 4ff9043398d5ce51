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
    start_held "$DEMO" --wait --requests 101
    start_tracer -p "$HELD_PID" --buffer 4K
    kill -STOP "$TRACER_PID"
    release_held
    finish_held
    kill -CONT "$TRACER_PID"
    finish_tracer
    check_stream "$OUT"
    [ "$(tail -n 1 "$OUT" | jq .hits)" -eq "$(jq 'select(.app == "demo-app") | .probes | add' "$HELD_OUT")" ]
    [ "$(tail -n 1 "$OUT" | jq .lost)" -gt 500 ]
}

@test "several threads: every hit is counted" {
    run "$TRACER" -q -t demo:tick --buffer 64K -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --hits 100003 --threads 4
    [ "$status" -eq 0 ]
    check_stream "$BATS_TEST_TMPDIR/out"
    [ "$(tail -n 1 "$BATS_TEST_TMPDIR/out" | jq .hits)" -eq 100003 ]
}

@test "records of different sizes: a lost record stands in each gap, and nowhere else" {
    # When the ring is nearly full, long records find no room where short ones still do.
    local requests=(--requests 101) probes=(-t demo:request__header -t demo:request__phase)
    run "$TRACER" -q "${probes[@]}" -o "$BATS_TEST_TMPDIR/whole" -- "$DEMO" "${requests[@]}"
    [ "$status" -eq 0 ]
    start_held "$DEMO" --wait "${requests[@]}"
    start_tracer -p "$HELD_PID" "${probes[@]}" --buffer 16K
    kill -STOP "$TRACER_PID"
    release_held
    finish_held
    kill -CONT "$TRACER_PID"
    finish_tracer
    check_stream "$BATS_TEST_TMPDIR/whole"
    check_stream "$OUT"
    /usr/bin/python3 - "$BATS_TEST_TMPDIR/whole" "$OUT" <<'PY'
import json, sys

def lines(path):
    return [record for record in map(json.loads, open(path)) if record["type"] in ("usdt", "lost")]

def key(event):
    return event["probe"], event["args"]

whole = [key(event) for event in lines(sys.argv[1])]
at, lost_here, gaps_before_events = 0, 0, 0
for record in lines(sys.argv[2]):
    if record["type"] == "lost":
        lost_here += record["count"]
        continue
    skipped = 0
    while whole[at + skipped] != key(record):
        skipped += 1
    assert skipped == lost_here, (skipped, lost_here, record)
    gaps_before_events += skipped > 0
    at, lost_here = at + skipped + 1, 0
assert lost_here == len(whole) - at, (lost_here, len(whole) - at)
assert gaps_before_events > 0
PY
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
