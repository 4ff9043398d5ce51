#!/usr/bin/env bats
# Events of one thread are in exact order and whole, whatever other threads do meanwhile, and `lost` stands where
# events are missing. That it stands there with several threads too, loss.bats checks in each of its streams.

load common

@test "a hit that waits for a page is whole although others on its processor overtake it in the same program" {
    local method
    for method in uprobe_multi perf_events; do
        attach_through "$method"
        start_held "$FIXTURES/held_page" 23
        start_tracer -d "$TRACER_SOURCE/tests/fixtures/load.d" -p "$HELD_PID" -t held:page
        release_held
        finish_held
        finish_tracer
        [ "$status" -eq 0 ]
        check_stream "$OUT"
        tail -n 1 "$OUT" | jq -e --argjson app "$(cat "$HELD_OUT")" '.emitted == $app.page and .missed == 0'
        jq -es 'map(select(.type == "usdt") | if has("faults") then error else .args end)
            | map(select(.round > 0)) == [range(1; 24) | {round: ., a: (3 * .), b: (5 * .), c: (7 * .), text: "round \(.)"}]' "$OUT"
        jq -es '[range(1; 102) | {round: 0, a: (1000 * .), b: (2000 * .), c: (3000 * .), text: "overtakes"}] as $one
            | map(select(.type == "usdt").args | select(.round == 0)) == [range(23) | $one[]]' "$OUT"
        rm "$BATS_TEST_TMPDIR/gate"
    done
}

# Four threads through both programs; INVERSION is then what the stream has at most.
fire_in_order() {
    hold_firing 4 10007 "plain memory"
    start_tracer "${FIRING[@]}" -p "$HELD_PID" --buffer 16M
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    mv "$HELD_OUT" "$OUT.fired"
    check_firing "$OUT"
    jq -e '.emitted == 80056 and .lost == 0 and .threads == 4 and .gaps == 0' <<<"$FOUND"
    INVERSION=$(jq .inversion <<<"$FOUND")
}

# bats test_tags=long
@test "four threads, both programs: each thread's numbers follow each other; no event is 1 ms older than one before it" {
    # Whatever takes the processor away in the middle of a hit delays its record, by no more than the target sees itself:
    # an interrupt, or on a virtual machine its host. So one good run of five will do, and where the processor is
    # emulated, none.
    local method i
    for method in uprobe_multi perf_events; do
        attach_through "$method"
        for i in 1 2 3 4 5; do
            fire_in_order
            [ "$INVERSION" -ge 1000000 ] && [ "${TRACER_TIME_FACTOR:-1}" -eq 1 ] || break
        done
        [ "$INVERSION" -lt 1000000 ] || [ "${TRACER_TIME_FACTOR:-1}" -gt 1 ]
    done
}

@test "records of different sizes: a lost record stands in each gap, and nowhere else" {
    # When the ring is nearly full, long records find no room where short ones still do.
    local requests=(--requests 101) probes=(-t demo:request__start -t demo:request__phase)
    run "$TRACER" -q "${probes[@]}" -o "$BATS_TEST_TMPDIR/whole" -- "$DEMO" "${requests[@]}"
    [ "$status" -eq 0 ]
    start_held "$DEMO" --wait "${requests[@]}"
    start_tracer -p "$HELD_PID" "${probes[@]}" --buffer 16K
    run_past_stopped_tracer
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
    run_past_stopped_tracer
    finish_tracer
    check_stream "$OUT"
    # Between two lost records the numbers follow each other without a gap.
    jq -es 'map(select(.type == "usdt" or .type == "lost"))
        | reduce .[] as $r ({last: null, good: true};
            if $r.type == "lost" then .last = null
            else .good = (.good and (.last == null or $r.args.i == .last + 1)) | .last = $r.args.i end)
        | .good' "$OUT"
}
