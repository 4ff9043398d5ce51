#!/usr/bin/env bats
# Events of one thread are in exact order and whole, whatever other threads do meanwhile.

load common

DEFINITIONS=$TRACER_SOURCE/tests/fixtures/load.d

@test "a hit that waits for a page is whole although others on its processor overtake it in the same program" {
    local method
    for method in uprobe_multi perf_events; do
        attach_through "$method"
        start_held "$FIXTURES/held_page" 23
        start_tracer -d "$DEFINITIONS" -p "$HELD_PID"
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
