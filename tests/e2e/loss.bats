#!/usr/bin/env bats
# Forced loss: what can't be delivered is counted, exactly, and the target never waits for us.

load common

HITS=4001 # of each thread and kind

teardown_more() {
    local pid
    for pid in ${READER_PID:-}; do
        kill -KILL "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
    done
    umount "$BATS_TEST_TMPDIR/disk" 2>/dev/null
    return 0
}

# Three ways to lose events.
small_buffer() {
    start_tracer "${FIRING[@]}" -p "$HELD_PID" --buffer 4K
    release_held
    finish_held
}

stopped_reader() {
    start_tracer "${FIRING[@]}" -p "$HELD_PID" --buffer 16K
    run_past_stopped_tracer
}

# 101 lines one by one, which bash reads byte by byte, and the rest only after the target's end.
slow_pipe() {
    local pipe=$BATS_TEST_TMPDIR/pipe
    mkfifo "$pipe"
    {
        for ((i = 0; i < 101; i++)); do
            IFS= read -r line
            printf '%s\n' "$line"
        done
        tail --pid="$HELD_PID" -s 0.05 -f /dev/null
        cat
    } <"$pipe" >"$BATS_TEST_TMPDIR/read" 3>&- {HELD_GATE}>&- &
    READER_PID=$!
    start_tracer "${FIRING[@]}" -p "$HELD_PID" --buffer 16K -o "$pipe"
    release_held
    finish_held
    wait "$READER_PID"
    READER_PID=
    rm "$pipe"
    mv "$BATS_TEST_TMPDIR/read" "$OUT"
}

# lose WAY "KIND…": by one thread and by four, through uprobe_multi and through perf events.
lose() {
    local threads method stream streams=()
    for method in uprobe_multi perf_events; do
        for threads in 1 4; do
            attach_through "$method"
            hold_firing "$threads" "$HITS" "$2"
            "$1"
            finish_tracer
            [ "$status" -eq 0 ]
            stream=$BATS_TEST_TMPDIR/$method.$threads
            mv "$OUT" "$stream"
            mv "$HELD_OUT" "$stream.fired"
            streams+=("$stream")
        done
    done
    check_firing "${streams[@]}"
    # A reader that isn't held up may keep up now and then.
    jq -es --arg way "$1" 'map(.lost > 0) | if $way == "small_buffer" then any else all end' <<<"$FOUND"
}

@test "a small buffer, plain program: hits = emitted + lost = what 1 and 4 threads fired" {
    lose small_buffer plain
}

@test "a small buffer, memory program: hits = emitted + lost = what 1 and 4 threads fired" {
    lose small_buffer memory
}

@test "a small buffer, both programs: hits = emitted + lost = what 1 and 4 threads fired" {
    lose small_buffer "plain memory"
}

@test "a stopped reader, plain program: hits = emitted + lost = what 1 and 4 threads fired" {
    lose stopped_reader plain
}

@test "a stopped reader, memory program: hits = emitted + lost = what 1 and 4 threads fired" {
    lose stopped_reader memory
}

@test "a stopped reader, both programs: hits = emitted + lost = what 1 and 4 threads fired" {
    lose stopped_reader "plain memory"
}

# bats test_tags=long
@test "a slow pipe, plain program: hits = emitted + lost = what 1 and 4 threads fired" {
    lose slow_pipe plain
}

# bats test_tags=long
@test "a slow pipe, memory program: hits = emitted + lost = what 1 and 4 threads fired" {
    lose slow_pipe memory
}

@test "a slow pipe, both programs: hits = emitted + lost = what 1 and 4 threads fired" {
    lose slow_pipe "plain memory"
}

# bats test_tags=long
@test "-w under loss, both programs: what isn't wanted is filtered, exactly, and takes no place" {
    # Of a thread's numbers 1 to 8002 the odd ones are plain hits and the even ones memory hits.
    local method
    for method in uprobe_multi perf_events; do
        attach_through "$method"
        hold_firing 4 "$HITS" "plain memory"
        start_tracer "${FIRING[@]}" -p "$HELD_PID" --buffer 4K -w 'seq & 2'
        run_past_stopped_tracer
        finish_tracer
        [ "$status" -eq 0 ]
        check_stream "$OUT"
        jq -es 'map(select(.type == "end"))[0].probes | map({(.probe): [.hits, .filtered, .lost > 0]}) | add
            == {plain: [16004, 8004, true], memory: [16004, 8000, true]}' "$OUT"
        # The same, of which none is wanted: a full buffer is no loss.
        hold_firing 4 "$HITS" "plain memory"
        start_tracer "${FIRING[@]}" -p "$HELD_PID" --buffer 4K -w 'seq > 8002'
        run_past_stopped_tracer
        finish_tracer
        [ "$status" -eq 0 ]
        check_stream "$OUT"
        tail -n 1 "$OUT" | jq -e '[.hits, .emitted, .filtered, .lost] == [32008, 0, 32008, 0]'
    done
}

@test "a stopped reader: hits = emitted + lost, against the target's own count" {
    start_held "$DEMO" --wait --hits 100003
    start_tracer -p "$HELD_PID" -t demo:tick --buffer 4K
    run_past_stopped_tracer
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
    run_past_stopped_tracer
    finish_tracer
    check_stream "$OUT"
    [ "$(tail -n 1 "$OUT" | jq .hits)" -eq "$(jq 'select(.app == "demo-app") | .probes | add' "$HELD_OUT")" ]
    [ "$(tail -n 1 "$OUT" | jq .lost)" -gt 500 ]
}

@test "losses alone, without an event, are told while the trace goes on" {
    start_tracer -x "$FIXTURES/strings" -d "$TRACER_SOURCE/tests/fixtures/strings.d" -t strings:sized -s 4096 --buffer 4K
    sleep 0.3 # so that tracer has gone to sleep
    "$FIXTURES/strings" --sized 4096 5 </dev/null
    wait_until 20 grep -q '"type":"lost"' "$OUT"
    stop_tracer
    check_stream "$OUT"
    [ "$(tail -n 1 "$OUT" | jq -c '[.hits, .lost]')" = '[5,5]' ]
}

# bats test_tags=long
@test "several threads: every hit is counted" {
    run "$TRACER" -q -t demo:tick --buffer 64K -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --hits 100003 --threads 4
    [ "$status" -eq 0 ]
    check_stream "$BATS_TEST_TMPDIR/out"
    tail -n 1 "$BATS_TEST_TMPDIR/out" >&2
    [ "$(tail -n 1 "$BATS_TEST_TMPDIR/out" | jq .hits)" -eq 100003 ]
}

# Four threads that fire both kinds without end, traced. They are nice, so that a busy machine has time left for tracer
# and the test.
start_load() {
    hold_firing 4 1000000000000 "plain memory"
    renice -n 19 -p "$HELD_PID" >/dev/null
    start_tracer "${FIRING[@]}" -p "$HELD_PID" --buffer 64K "$@"
    release_held
}

# The target goes on until somebody says stop.
end_load() {
    kill -0 "$HELD_PID"
    kill -TERM "$HELD_PID"
    finish_held
}

has_events() {
    grep -q -m 1 '"usdt"' "$1"
}

# keep_stream puts the stream aside; check_kept checks all that were.
keep_stream() {
    KEPT+=("$BATS_TEST_TMPDIR/kept.${#KEPT[@]}")
    mv "$OUT" "${KEPT[-1]}"
}

check_kept() {
    check_firing "${KEPT[@]}"
}

# bats test_tags=long
@test "SIGINT under full load by four threads, 20 times: all sums close, with the lines that there are" {
    local i
    for i in $(seq 20); do
        start_load
        wait_until 20 has_events "$OUT"
        stop_tracer
        end_load
        keep_stream
        cat "$HELD_OUT" >>"$BATS_TEST_TMPDIR/fired"
    done
    check_kept
    jq -es --slurpfile fired "$BATS_TEST_TMPDIR/fired" '[map(.hits), ($fired | map(.plain + .memory))]
        | transpose | length == 20 and all(.[]; .[0] > 0 and .[0] <= .[1])' <<<"$FOUND"
}

# bats test_tags=long
@test "a target that is killed under full load, 10 times: all sums close" {
    local i
    for i in $(seq 10); do
        start_load
        wait_until 20 has_events "$OUT"
        kill -KILL "$HELD_PID"
        finish_tracer
        [ "$status" -eq 0 ]
        keep_stream
    done
    check_kept
}

# bats test_tags=long
@test "-n under full load by four threads, 10 times: so many events, the rest is filtered or lost" {
    local i
    for i in $(seq 10); do
        start_load -n 101
        finish_tracer
        [ "$status" -eq 0 ]
        end_load
        keep_stream
    done
    check_kept
    jq -es 'all(.[]; .emitted == 101 and .filtered > 0)' <<<"$FOUND"
}

@test "a disk that fills up under full load: one line, what fitted is whole, and the target goes on" {
    local disk=$BATS_TEST_TMPDIR/disk file
    mkdir "$disk"
    mount -t tmpfs -o size=256k tmpfs "$disk"
    for file in "$disk/out" /dev/full; do
        start_load -o "$file"
        finish_tracer
        [ "$status" -eq 1 ]
        [ "$(grep -v ': ready: ' "$ERR")" = "tracer: cannot write $file: No space left on device" ]
        end_load
    done
    # Only the last line can be cut.
    head -n -1 "$disk/out" | jq -e . >/dev/null
    has_events "$disk/out"
    umount "$disk"
}

@test "a pipe that closes under full load: nothing is said, and the target goes on" {
    local pipe=$BATS_TEST_TMPDIR/pipe
    mkfifo "$pipe"
    head -n 1009 <"$pipe" >"$BATS_TEST_TMPDIR/head" 3>&- &
    READER_PID=$!
    start_load -o "$pipe"
    finish_tracer
    [ "$status" -eq 0 ]
    wait "$READER_PID"
    [ "$(jq -s length "$BATS_TEST_TMPDIR/head")" -eq 1009 ]
    [ "$(wc -l <"$ERR")" -eq 1 ]
    end_load
}
