#!/usr/bin/env bats
# Processes whose first thread ends while they are traced, and that go on loading libraries in another one. The kernel
# finds their memory through the first thread: a link for the process gets no further then.

load common

setup() {
    GATES=() HOSTS=() SAID=()
    cp "$FIXTURES/follow/plugin.so" "$BATS_TEST_TMPDIR/one.so"
    cp "$FIXTURES/follow/plugin.so" "$BATS_TEST_TMPDIR/two.so"
}

teardown_more() {
    local pid
    for pid in "${HOSTS[@]}"; do
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}

# start_hosts COUNT: so many processes that do as `tell` says, in HOSTS.
start_hosts() {
    local i gate
    for ((i = 0; i < $1; i++)); do
        rm -f "$BATS_TEST_TMPDIR/gate.$i"
        : >"$BATS_TEST_TMPDIR/said.$i"
        mkfifo "$BATS_TEST_TMPDIR/gate.$i"
        exec {gate}<>"$BATS_TEST_TMPDIR/gate.$i"
        "$FIXTURES/follow/plugin_host" <&"$gate" >"$BATS_TEST_TMPDIR/said.$i" 3>&- &
        HOSTS[i]=$! GATES[i]=$gate SAID[i]=0
    done
}

# tell NUMBER LINE…: waits until each is done.
tell() {
    local number=$1 line
    shift
    for line; do
        echo "${line/@/$BATS_TEST_TMPDIR/}" >&"${GATES[number]}"
        SAID[number]=$((SAID[number] + 1))
        wait_until 20 has_said "$number"
    done
}

has_said() {
    [ "$(wc -l <"$BATS_TEST_TMPDIR/said.$1")" -ge "${SAID[$1]}" ]
}

# leave NUMBER: its first thread ends.
leave() {
    tell "$1" leave
    wait_until 10 grep -q '^State:	Z' "/proc/${HOSTS[$1]}/status"
}

# gap_is_told PID: where tracer attaches through perf events, it finds out that a first thread has ended, and says so.
gap_is_told() {
    grep -q 'attached through uprobe_multi' "$ERR" || wait_until 10 grep -qx \
        "tracer: process $1: its first thread has ended; hits between then and now may be missing" "$ERR"
}

# watch_hosts PID[,PID]: returns when tracer notices what they load.
watch_hosts() {
    start_tracer -v -p "$1" -t 'plugin:*'
    wait_until 20 grep -q 'from now on what they load is noticed' "$ERR"
}

# finish_hosts: all end, and so does tracer.
finish_hosts() {
    local i
    for i in "${!HOSTS[@]}"; do
        tell "$i" end
        wait "${HOSTS[i]}"
    done
    WERE=("${HOSTS[@]}") HOSTS=()
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
}

# seen NUMBER: what that one has hit, in order, a word each: its constructor, or the number of a call.
seen() {
    words "$OUT" "${WERE[$1]}"
}

# words FILE [PID]
words() {
    jq -r 'select(.type == "usdt") | "\(.pid) \(.args.arg0 // .probe)"' "$1" | sed -n "s/^${2:-[0-9]*} //p" | xargs
}

@test "-p PID: libraries that are loaded after the first thread's end, new ones and one that was traced before" {
    local method
    for method in uprobe_multi perf_events; do
        attach_through "$method"
        start_hosts 1
        tell 0 'open @/one.so'
        watch_hosts "${HOSTS[0]}"
        tell 0 'call 11'
        leave 0
        gap_is_told "${HOSTS[0]}"
        tell 0 'call 12' close 'open @/one.so' 'call 13' 'call 14' close 'open @/two.so' 'call 15' 'call 16'
        finish_hosts
        [ "$(seen 0)" = '11 12 loaded 13 14 loaded 15 16' ]
    done
}

@test "-- COMMAND: libraries that are loaded after the first thread's end" {
    local method gate
    for method in uprobe_multi perf_events; do
        attach_through "$method"
        ERR=$BATS_TEST_TMPDIR/err OUT=$BATS_TEST_TMPDIR/out
        rm -f "$BATS_TEST_TMPDIR/gate"
        mkfifo "$BATS_TEST_TMPDIR/gate"
        "$TRACER" -v -t 'plugin:*' -o "$OUT" -- "$FIXTURES/follow/plugin_host" \
            <"$BATS_TEST_TMPDIR/gate" >/dev/null 2>"$ERR" 3>&- &
        # shellcheck disable=SC2034 # finish_tracer waits for it
        TRACER_PID=$!
        exec {gate}>"$BATS_TEST_TMPDIR/gate"
        printf '%s\n' "open $BATS_TEST_TMPDIR/one.so" 'call 11' leave >&"$gate"
        wait_until 20 grep -q 'attached through' "$ERR"
        gap_is_told '[0-9]*'
        printf '%s\n' 'call 12' close "open $BATS_TEST_TMPDIR/one.so" 'call 13' close "open $BATS_TEST_TMPDIR/two.so" \
            'call 14' >&"$gate"
        exec {gate}>&-
        finish_tracer
        [ "$status" -eq 0 ]
        check_stream "$OUT"
        [ "$(words "$OUT")" = 'loaded 11 12 loaded 13 loaded 14' ]
    done
}

# bats test_tags=long
@test "-p A,B: a library that one had before and the other loads after its first thread's end counts once in each" {
    local method
    for method in uprobe_multi perf_events; do
        attach_through "$method"
        start_hosts 3
        tell 0 'open @/one.so'
        leave 1
        watch_hosts "${HOSTS[0]},${HOSTS[1]}"
        tell 0 'call 11'
        tell 1 'open @/one.so' 'call 21' 'call 22'
        tell 2 'open @/one.so' 'call 31'
        tell 0 'call 12'
        leave 0
        tell 0 'call 13' close 'open @/one.so' 'call 14' close 'open @/two.so' 'call 15'
        tell 1 'call 23' close 'open @/two.so' 'call 24'
        finish_hosts
        [ "$(seen 0)" = '11 12 13 loaded 14 loaded 15' ]
        [ "$(seen 1)" = 'loaded 21 22 23 loaded 24' ]
        [ -z "$(seen 2)" ]
    done
}
