#!/usr/bin/env bats
# Strings that are hard to read: tests/fixtures/strings.c fires them, around the limit that it is told.

load common
load limits
bats_require_minimum_version 1.5.0

DEFINITIONS=$TRACER_SOURCE/tests/fixtures/strings.d

setup_file() {
    trace_limits strings
}

@test "the streams are sound, and nothing is lost" {
    check_streams
}

@test "a literal that the program never read arrives whole" {
    expect 256 'of("literal") == [{args: {text: "a literal that nobody has read"}}]'
    # Its page was not in memory before, and nobody but tracer has brought it in.
    [ "$(sort -u "$BATS_FILE_TMPDIR"/*.256.app)" = '{"literal_before":0,"literal_after":1}' ]
}

@test "NULL, and pointers to where nothing can be read, between good ones" {
    expect 256 'of("bad") == [{
        args: {before: "before", null: null, low: null, none: null, kernel: null, odd: null, after: "after"},
        faults: ["low", "none", "kernel", "odd"]}]'
}

@test "one less than the limit, exactly the limit, one and two more" {
    local limit
    for limit in $LIMITS; do
        expect "$limit" 'of("edge") == [
            {args: {length: ($limit - 1), text: text($limit - 1)}},
            {args: {length: $limit, text: text($limit)}},
            {args: {length: ($limit + 1), text: text($limit)}, truncated: ["text"]},
            {args: {length: ($limit + 2), text: text($limit)}, truncated: ["text"]}]'
    done
}

@test "right before memory that is not there: whole with its NUL; without, what the limit shows, or a fault" {
    local limit
    for limit in $LIMITS; do
        expect "$limit" 'of("page_end") == [0, 1, $limit - 1, $limit, $limit + 1, $limit + 2 | . as $length | 1, 0
            | {args: {length: $length, ended: ., text: text([$length, $limit] | min)}}
              + if $length > $limit or ($length == $limit and . == 0) then {truncated: ["text"]}
                elif . == 0 then {faults: ["text"]}
                else {} end
            | if .faults then .args.text = null else . end]'
    done
}

@test "over the end of a page into pages that are not in memory yet" {
    expect 256 'of("spanning") == [{args: {text: "begins and ends"}}]'
    expect 4096 'of("far") == [
        {args: {length: 4095, text: ("!" + text(4094))}},
        {args: {length: 4096, text: ("!" + text(4095))}},
        {args: {length: 4097, text: ("!" + text(4095))}, truncated: ["text"]}]'
}

@test "every byte: controls are escaped, what is no UTF-8 is replaced, and the event says so" {
    expect 256 'of("controls") == [{args: {text: ([range(1; 32), 127] | implode)}}]'
    expect 256 'of("byte") == [range(1; 256)
        | if . < 128 then {args: {value: ., text: ([.] | implode)}}
          else {args: {value: ., text: "\ufffd"}, invalid_utf8: ["text"]} end]'
    expect 256 'of("utf8") == [{
        args: {
            good: "\"quoted\" back\\slash /slash \u00e9 \u20ac \ud83d\ude00 \u2028 </script>",
            bad: "\ufffd \ufffd\ufffd \ufffd\ufffd\ufffd \ufffd\ufffd \ufffd\ufffd\ufffd \ufffd\ufffd\ufffd\ufffd \ufffd end\ufffd"},
        invalid_utf8: ["bad"]}]'
    run ! env LC_ALL=C grep -q '[[:cntrl:]]' "$BATS_FILE_TMPDIR"/*.256
}

@test "twelve strings in one probe" {
    expect 256 'of("twelve") == [{args: {a: "one", b: "two", c: "three", d: "", e: "five", f: "six", g: "seven", h: "eight",
        i: "nine", j: "ten", k: "eleven", l: "twelve"}}]'
}

@test "more than 16 KiB of strings in one record: the rest is cut, and only what was longer is marked" {
    expect 4096 'of("much") == [{
        args: {a: text(4000), b: text(4096), c: text(4000), d: text(4000), e: text(288), f: "", g: "", h: null, i: null},
        faults: ["i"],
        truncated: ["b", "e", "f"]}]'
    expect 16 'of("much") == [{
        args: {a: text(16), b: text(16), c: text(16), d: text(16), e: text(16), f: text(16), g: "", h: null, i: null},
        faults: ["i"],
        truncated: ["a", "b", "c", "d", "e", "f"]}]'
}

# What a buffer of 4096 bytes takes while nobody reads: 64 bytes for the record, a value of 8 and the string's bytes,
# rounded up to 8. A string of up to 46 bytes stands in two cache lines; the first one of a longer kind tries that, and
# leaves them unused.
# bats test_tags=long
@test "a record is as long as its string, whatever the limit, and two cache lines for a short one" {
    local length size tried
    for length in 0 1 46 47 100 1000 3900; do
        start_held "$FIXTURES/strings" --sized "$length" 101
        start_tracer -d "$DEFINITIONS" -t strings:sized -s 4096 --buffer 4K -p "$HELD_PID"
        run_past_stopped_tracer
        finish_tracer
        check_stream "$OUT"
        size=$(((64 + 8 + length + 7) / 8 * 8))
        tried=128
        [ "$length" -gt 46 ] || { size=128 tried=0; }
        tail -n 1 "$OUT" | jq -e --argjson fit $(((4096 - tried) / size)) '.hits == 101 and .emitted == $fit'
        rm "$BATS_TEST_TMPDIR/gate"
    done
}

# hold_strings METHOD OPTION…: starts tracer and as many threads as can wait at once, each for a page that is held back,
# and one that goes on. Sets WAITING.
hold_strings() {
    attach_through "$1"
    WAITING=40
    # Until Linux 6.10 a hit through a perf event waits while another one does on its processor.
    [ "$1" != perf_events ] && has_uprobe_multi || printf '6.10\n%s\n' "$(uname -r)" | sort -CV || WAITING=1
    start_held "$FIXTURES/held_strings" "$WAITING"
    start_tracer -d "$DEFINITIONS" -p "$HELD_PID" "${@:2}"
    release_held
}

# trace_held METHOD: does so, and returns when all hits of the thread that goes on have arrived.
trace_held() {
    hold_strings "$1"
    wait_until 20 all_have_gone_on
    [ "$(count held)" -eq 0 ]
    jq -es '[range(23) | {i: ., text: "going on \(.)"}] == map(select(.type == "usdt").args)' "$OUT"
}

all_have_gone_on() {
    [ "$(grep -c '"going_on"' "$OUT")" -eq 24 ] # a probe record and 23 hits
}

@test "on pages that are held back: hits of others go on, also when many wait; then the strings arrive" {
    local method
    for method in uprobe_multi perf_events; do
        trace_held "$method"
        kill -USR1 "$HELD_PID"
        finish_held
        finish_tracer
        [ "$status" -eq 0 ]
        check_stream "$OUT"
        jq -es --argjson waiting "$WAITING" '
            map(select(.type == "usdt" and .probe == "held") | if has("faults") then error else .args end) | sort_by(.thread)
            == [range($waiting) | {thread: ., first: "thread \(.)", text: "page \(.)"}]' "$OUT"
        tail -n 1 "$OUT" | jq -e '.lost == 0 and .missed == 0'
        rm "$BATS_TEST_TMPDIR/gate"
    done
}

end_is_written() {
    tail -n 1 "$OUT" | grep -q '^{"type":"end"'
}

@test "an end while hits wait for their pages: they are counted as lost, and tracer leaves when the pages come" {
    local method
    for method in uprobe_multi perf_events; do
        trace_held "$method"
        kill -INT "$TRACER_PID"
        wait_until 20 end_is_written
        check_stream "$OUT"
        tail -n 1 "$OUT" | jq -e --argjson waiting "$WAITING" '.hits == 23 + $waiting and .lost == $waiting'
        kill -USR1 "$HELD_PID"
        finish_held
        finish_tracer
        [ "$status" -eq 0 ]
        end_is_written
        rm "$BATS_TEST_TMPDIR/gate"
    done
}

@test "an end of a summary while hits wait for their pages: it says that these are missing, and that they may not be finished" {
    local method
    for method in uprobe_multi perf_events; do
        hold_strings "$method" -c --by text --interval 100ms
        wait_until 20 grep -q '"going on 22"' "$OUT"
        kill -INT "$TRACER_PID"
        wait_until 20 end_is_written
        tail -n 1 "$OUT" | jq -e --argjson waiting "$WAITING" '.hits == 23 + $waiting and .emitted == 23 and .lost == $waiting'
        kill -USR1 "$HELD_PID"
        finish_held
        finish_tracer
        [ "$status" -eq 0 ]
        sed -n 's/^tracer: \([0-9]* .* missing from the summary: .*\)/\1/p' "$ERR" >"$BATS_TEST_TMPDIR/missing"
        local hits="$WAITING hits are"
        [ "$WAITING" -gt 1 ] || hits='1 hit is'
        echo "$hits missing from the summary: there was no room for more than 131072 groups (--max-groups) or 8 buckets" \
            'for each, or they were not finished at the end' | diff - "$BATS_TEST_TMPDIR/missing"
        rm "$BATS_TEST_TMPDIR/gate"
    done
}
