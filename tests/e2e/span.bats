#!/usr/bin/env bats
# --span: what a thread does between two hits carries the name of the first one.

bats_require_minimum_version 1.5.0
load common

setup() {
    DEFINITIONS=(-d "$TRACER_SOURCE/tests/fixtures/summary.d")
    cd "$BATS_TEST_TMPDIR"
}

# trace_reads N ARGUMENT…: the fixture reads in two threads at once.
trace_reads() {
    local n=$1
    shift
    start_held "$FIXTURES/summary" reads "$n"
    start_tracer "${DEFINITIONS[@]}" -p "$HELD_PID" -k vfs_read "$@"
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_events
    read_missed
}

check_events() {
    jq -es '.[-1] | .type == "end" and .lost == 0 and .hits == .emitted + .filtered' "$OUT" >/dev/null
}

@test "kernel events between two hits of a thread carry the value of KEY: one can add up what each one read" {
    trace_reads 503 --span start:end:id
    check_number $((4 * 2 * 503)) "$(jq -s 'map(select(.type == "kernel")) | length' "$OUT")"
    check_list 'map(select(.type == "kernel" and has("span"))) | group_by(.span) | map(map([.span, .args.bytes])) | add' \
        '[range(1; 2 * 503 + 1) as $id | (16, 128, 2048) | [$id, .]]'
    [ "$(jq -s -c 'map(select(has("span"))) | group_by(.span) | map(map(.tid) | unique | length) | unique' "$OUT")" = '[1]' ]
    # The reads of one byte are between two spans.
    check_list 'map(select(.type == "kernel" and (has("span") | not)).args.bytes)' '[range(2 * 503) | 1]'
    # The hits that begin and end it belong to it.
    [ "$(jq -s 'map(select(.type == "usdt")) | all(.span == .args.id)' "$OUT")" = true ]
}

@test "where events are lost no span goes on: none has the reads of another one" {
    start_held "$FIXTURES/summary" reads 3001
    start_tracer "${DEFINITIONS[@]}" -p "$HELD_PID" -k vfs_read --span start:end:id --buffer 4K
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    jq -es '.[-1].lost > 0' "$OUT" >/dev/null
    # Each request's reads are of 16, 128 and 2048 bytes, and there is none of a byte among them.
    jq -es 'map(select(.type == "kernel" and has("span"))) | group_by(.span) | length > 0
        and all(map(.args.bytes) | . == unique and . - [16, 128, 2048] == [])' "$OUT" >/dev/null
}

@test "without KEY spans are numbered, each its own" {
    trace_reads 101 --span summary:start:summary:end
    [ "$(jq -s -c 'map(select(.type == "usdt" and .probe == "start").span) | . == [range(1; 203)]' "$OUT")" = true ]
    check_list 'map(select(has("span"))) | group_by(.span) | map(map(.args.bytes // .probe)) | add' \
        '[range(202) | "start", 16, 128, 2048, "end"]'
    [ "$(jq -s -c 'map(select(has("span") and .type == "usdt")) | group_by(.span) | map(length) | unique' "$OUT")" = '[2]' ]
}

@test "a key can be a text, and is quoted where integers are" {
    "$TRACER" -q -o events.json --span request__start:response__done:path -t 'demo:re*' -- "$DEMO" --requests 23 >app.json
    [ "$(jq -s 'map(select(.type == "usdt" and .probe == "request__start")) | all(.span == .args.path)' events.json)" = true ]
    [ "$(jq -s -c 'map(select(.type == "usdt" and .probe == "response__done").span | type) | unique' events.json)" = '["null","string"]' ]
    "$TRACER" -q -o events.json --big-ints string --span request__start:response__done:request_id -t 'demo:re*' \
        -- "$DEMO" --requests 23 >app.json
    [ "$(jq -s 'map(select(.type == "usdt" and .probe == "response__done")) | length == 23 and all(.span == .args.request_id)' events.json)" = true ]
    "$TRACER" -q --format text -o events.txt --span request__start:response__done:path -t 'demo:re*' \
        -- "$DEMO" --requests 23 >app.json
    [ "$(grep -c ' demo:response__done .* span="/hello.txt"$' events.txt)" -ge 1 ]
}

@test "spans without a probe that begins or ends them are wrong usage" {
    check() { # MESSAGE ARGUMENT…
        run --separate-stderr -2 "$TRACER" -x "$DEMO" --span "$2" "${@:3}"
        [ "$output" = '' ]
        [ "$stderr" = "tracer: $1" ] || { printf '%s\n' "$*" "$stderr" && false; }
    }
    check "--span: no probe that -t and -w leave matches 'nothing'" nothing:tick
    check "--span: no probe that -t and -w leave matches 'tick'" request__start:tick -t '!tick*'
    check "--span: demo:request__start has no argument 'nothing' that is a number or a string" \
        request__start:response__done:nothing
    check "--span: column 6: a name is missing; expected START:END or START:END:KEY" tick::
    check "--span has no meaning with -c; leave one of them out" tick:tick -c
}
