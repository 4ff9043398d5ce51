#!/usr/bin/env bats
# Streaming from the demo app: by process, by file, as a command. Its own counts are the judge.

load common
bats_require_minimum_version 1.5.0

# The demo app's own counts, from its last line of output.
app() {
    jq -e "select(.app == \"demo-app\") | $1" "${2:-$HELD_OUT}"
}

# Each probe's number of events equals the number of times the app says it fired it.
expect_counts_equal() {
    local expected=$BATS_TEST_TMPDIR/expected actual=$BATS_TEST_TMPDIR/actual
    jq -S 'select(.app == "demo-app") | .probes | map_values(select(. > 0))' "$1" >"$expected"
    jq -sS 'map(select(.type == "usdt") | .probe) | group_by(.) | map({(.[0]): length}) | add' "$2" >"$actual"
    diff "$expected" "$actual"
}

# What the arguments of each probe add up to equals the app's own sums (of numbers, and of booleans as 0 and 1).
expect_sums_equal() {
    local expected=$BATS_TEST_TMPDIR/expected actual=$BATS_TEST_TMPDIR/actual
    jq -S 'select(.app == "demo-app") | .sums | map_values(select(. != 0))' "$1" >"$expected"
    jq -sS --slurpfile app "$1" '
        ($app[] | select(.app == "demo-app") | .sums | map_values(select(. != 0)) | keys) as $keys
        | reduce (.[] | select(.type == "usdt")) as $event ({};
            reduce ($event.args | to_entries[]) as $arg (.;
                ($event.probe + "." + $arg.key) as $key
                | if ($keys | index($key)) then
                    .[$key] += (if $arg.value == true then 1 elif $arg.value == false then 0 else $arg.value end)
                  else . end))' "$2" >"$actual"
    diff "$expected" "$actual"
}

@test "as a command: every hit from the first on, none lost, counts equal the app's own" {
    run "$TRACER" -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --requests 1009
    [ "$status" -eq 0 ]
    printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/app"
    sed -i -n '/^{/p' "$BATS_TEST_TMPDIR/app"
    check_stream "$BATS_TEST_TMPDIR/out"
    expect_counts_equal "$BATS_TEST_TMPDIR/app" "$BATS_TEST_TMPDIR/out"
    expect_sums_equal "$BATS_TEST_TMPDIR/app" "$BATS_TEST_TMPDIR/out"
    [ "$(count request__start "$BATS_TEST_TMPDIR/out")" -eq 1009 ]
    [ "$(values request__start path "$BATS_TEST_TMPDIR/out" | tail -n 1)" = "$(jq 'select(.app == "demo-app") | .last_path' "$BATS_TEST_TMPDIR/app")" ]
    [ "$(tail -n 1 "$BATS_TEST_TMPDIR/out" | jq .lost)" -eq 0 ]
}

@test "by pid: attached while it runs, and done when it exits" {
    start_held "$DEMO" --wait --requests 101
    start_tracer -p "$HELD_PID"
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    expect_counts_equal "$HELD_OUT" "$OUT"
    [ "$(jq -r 'select(.type == "usdt") | .pid' "$OUT" | sort -u)" = "$(app .pid)" ]
}

@test "by file: every process that runs it, until somebody says stop" {
    start_tracer -x "$DEMO" -t demo:tick
    "$DEMO" --hits 23 >"$BATS_TEST_TMPDIR/first"
    "$DEMO" --hits 101 >"$BATS_TEST_TMPDIR/second"
    stop_tracer
    check_stream "$OUT"
    [ "$(count tick)" -eq 124 ]
    [ "$(jq -r 'select(.type == "usdt") | .pid' "$OUT" | uniq -c | awk '{print $1}' | xargs)" = "23 101" ]
}

@test "of two processes that run the same file, only the one asked for" {
    local method
    for method in "" TRACER_PERF_EVENTS=1; do
        start_held "$DEMO" --wait --hits 101
        env $method "$TRACER" -q -p "$HELD_PID" -t demo:tick -o "$BATS_TEST_TMPDIR/$method.out" -n 101 {HELD_GATE}>&- 3>&- &
        TRACER_PID=$!
        wait_until 20 test -s "$BATS_TEST_TMPDIR/$method.out"
        "$DEMO" --hits 23 >/dev/null 2>&1
        release_held
        finish_held
        finish_tracer
        check_stream "$BATS_TEST_TMPDIR/$method.out"
        [ "$(tail -n 1 "$BATS_TEST_TMPDIR/$method.out" | jq .hits)" -eq 101 ]
        rm "$BATS_TEST_TMPDIR/gate"
    done
}

# code_of PID: a digest of the demo app's machine code, as the process has it in memory.
code_of() {
    local start end
    IFS='- ' read -r start end _ < <(grep -E 'r-xp .*/demo-app$' "/proc/$1/maps")
    dd if="/proc/$1/mem" bs=4096 skip=$((16#$start / 4096)) count=$(((16#$end - 16#$start) / 4096)) status=none | md5sum
}

@test "of two processes that run the same file, the other one gets no breakpoints, so that its hits cost it nothing" {
    local method mine other
    for method in uprobe_multi perf_events; do
        attach_through "$method"
        "$DEMO" --forever >"$BATS_TEST_TMPDIR/other.out" 3>&- &
        other=$!
        start_held "$DEMO" --wait --hits 1
        wait_until 10 grep -q 'r-xp .*/demo-app$' "/proc/$other/maps"
        mine=$(code_of "$HELD_PID")
        [ "$(code_of "$other")" = "$mine" ]
        start_tracer -p "$HELD_PID"
        [ "$(code_of "$other")" = "$mine" ]
        [ "$(code_of "$HELD_PID")" != "$mine" ]
        stop_tracer
        [ "$(code_of "$HELD_PID")" = "$mine" ]
        kill "$other"
        wait "$other"
        release_held
        finish_held
        rm "$BATS_TEST_TMPDIR/gate"
    done
}

@test "a process whose first thread has ended: by its number, with -f, by its file, and through perf events" {
    local program=$FIXTURES/first_thread_ends option method
    for option in -p -f -x; do
        for method in uprobe_multi perf_events; do
            start_held "$program"
            wait_until 10 grep -q '^State:	Z' "/proc/$HELD_PID/status"
            attach_through "$method"
            case $option in
            -p) start_tracer -p "$HELD_PID" ;;
            -f) start_tracer -f -p "$HELD_PID" ;;
            -x) start_tracer -x "$program" ;;
            esac
            release_held
            finish_held
            [ "$option" != -x ] || kill -INT "$TRACER_PID"
            finish_tracer
            [ "$status" -eq 0 ]
            check_stream "$OUT"
            [ "$(values left arg0 | xargs)" = "$(seq 0 22 | xargs)" ]
            rm "$BATS_TEST_TMPDIR/gate"
        done
    done
}

@test "inside a pid namespace: pids are its own" {
    run unshare --pid --fork --mount-proc "$TRACER" -q -t demo:tick -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --hits 23
    [ "$status" -eq 0 ]
    check_stream "$BATS_TEST_TMPDIR/out"
    [ "$(count tick "$BATS_TEST_TMPDIR/out")" -eq 23 ]
    [ "$(jq -r 'select(.type == "usdt") | .pid' "$BATS_TEST_TMPDIR/out" | sort -u)" = \
        "$(printf '%s\n' "$output" | sed -n '/^{/p' | jq .pid)" ]
}

@test "sites of one probe that pass different types" {
    run "$TRACER" -q -o "$BATS_TEST_TMPDIR/out" -- "$FIXTURES/mixed_sites"
    [ "$status" -eq 0 ]
    check_stream "$BATS_TEST_TMPDIR/out"
    [ "$(values sites arg0 "$BATS_TEST_TMPDIR/out" | xargs)" = "7 2.5" ]
}

@test "time is the wall clock's, ts the monotonic clock's" {
    local before after
    before=$(date +%s.%N) && up_before=$(cut -d' ' -f1 /proc/uptime)
    run "$TRACER" -q -t demo:tick -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --hits 1
    after=$(date +%s.%N) && up_after=$(cut -d' ' -f1 /proc/uptime)
    jq -es --argjson before "$before" --argjson after "$after" --argjson up_before "$up_before" \
        --argjson up_after "$up_after" '
        (map(select(.type == "usdt"))[0]) as $event
        | ($event.time | capture("^(?<seconds>[^.]*)[.](?<fraction>[0-9]{9})Z$")
           | ("\(.seconds)Z" | fromdate) + ("0.\(.fraction)" | tonumber)) as $time
        | $time >= $before and $time <= $after
          and $event.ts / 1e9 >= $up_before - 0.02 and $event.ts / 1e9 <= $up_after + 0.02' "$BATS_TEST_TMPDIR/out"
}

@test "an end under full load comes at once, and the target goes on" {
    start_held "$DEMO" --wait --hits 1000000000
    start_tracer -p "$HELD_PID" -t demo:tick
    release_held
    wait_until 20 grep -q '"usdt"' "$OUT"
    kill -INT "$TRACER_PID"
    wait_until 20 tracer_has_ended
    finish_tracer
    [ "$status" -eq 0 ]
    tail -n 1 "$OUT" | jq -e '.type == "end" and .hits == .emitted + .filtered + .lost and .emitted > 0'
    kill -0 "$HELD_PID"
}

tracer_has_ended() {
    ! [ -e "/proc/$TRACER_PID" ] || grep -q '^State:	Z' "/proc/$TRACER_PID/status"
}

@test "a full pipe that nobody reads: signals and --duration still end it" {
    mkfifo "$BATS_TEST_TMPDIR/full"
    exec {FULL}<>"$BATS_TEST_TMPDIR/full"
    # Fill it: 64 KiB is what a pipe holds.
    head -c 65536 /dev/zero >&"$FULL"
    start_held "$DEMO" --wait --hits 1
    ERR=$BATS_TEST_TMPDIR/err
    : >"$ERR"
    "$TRACER" -p "$HELD_PID" >&"$FULL" 2>"$ERR" 3>&- {HELD_GATE}>&- &
    TRACER_PID=$!
    wait_until 20 is_ready
    kill -TERM "$TRACER_PID"
    wait_until 20 tracer_has_ended
    finish_tracer
    [ "$status" -eq 1 ] || [ "$status" -eq 143 ]
    exec {FULL}>&-
}

# The held app's count of those who want demo:tick.
semaphore() {
    local base offset
    base=$(sed -n '/demo-app$/{s/-.*//p;q}' "/proc/$HELD_PID/maps")
    offset=$("$TRACER" -l --format json -t demo:tick "$DEMO" | jq -r '.sites[0].semaphore')
    dd if="/proc/$HELD_PID/mem" bs=2 count=1 skip=$((16#$base + offset)) iflag=skip_bytes status=none | od -An -tu2 | tr -d ' '
}

semaphore_is() {
    [ "$(semaphore)" = "$1" ]
}

@test "a full pipe that nobody reads for output and messages: a signal still ends it, and nothing stays attached" {
    mkfifo "$BATS_TEST_TMPDIR/full"
    exec {FULL}<>"$BATS_TEST_TMPDIR/full"
    head -c 65536 /dev/zero >&"$FULL"
    start_held "$DEMO" --wait --hits 1
    semaphore_is 0
    "$TRACER" -p "$HELD_PID" >&"$FULL" 2>&1 3>&- {HELD_GATE}>&- &
    TRACER_PID=$!
    wait_until 20 semaphore_is 1
    kill -TERM "$TRACER_PID"
    wait_until 20 tracer_has_ended
    finish_tracer
    [ "$status" -eq 1 ]
    semaphore_is 0
    exec {FULL}>&-
}

@test "through perf events, as on kernels before 6.6: the same events" {
    TRACER_PERF_EVENTS=1 run "$TRACER" -v -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --requests 23
    [ "$status" -eq 0 ]
    [[ "$output" == *"attached through perf events"* ]]
    printf '%s\n' "$output" | sed -n '/^{/p' >"$BATS_TEST_TMPDIR/app"
    check_stream "$BATS_TEST_TMPDIR/out"
    expect_counts_equal "$BATS_TEST_TMPDIR/app" "$BATS_TEST_TMPDIR/out"
}

@test "integers of every width and sign, exact digits" {
    run "$TRACER" -q -t demo:check__integers -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --requests 1
    [ "$status" -eq 0 ]
    check_stream "$BATS_TEST_TMPDIR/out"
    # The same values from constants, registers and stack, a pointer, and a global. jq would round beyond 2^53,
    # so compare the text.
    run grep -o '"args":{[^}]*}' "$BATS_TEST_TMPDIR/out"
    [ "$(printf '%s\n' "${lines[@]}" | grep -c '^"args":{"i8"')" -eq 4 ]
    [ "$(printf '%s\n' "${lines[@]}" | grep '^"args":{"i8"' | sort -u)" = '"args":{"i8":-8,"u8":200,"i16":-1600,"u16":65535,"i32":-42,"u32":4294967295,"i64":-5000000000,"i64_min":-9223372036854775808,"u64_max":18446744073709551615,"beyond_2_53":9007199254740993,"yes":true,"phase":3}' ]
}

@test "integers whose type is 64 bits wide, as strings: jq rounds none" {
    local out=$BATS_TEST_TMPDIR/out
    "$TRACER" -q --big-ints string -t demo:check__integers -o "$out" -- "$DEMO" --requests 1
    [ "$(jq -c 'select(.type == "usdt") | .args | [.i32, .i64, .i64_min, .u64_max, .beyond_2_53, .yes]' "$out" | sort -u)" = \
        '[-42,"-5000000000","-9223372036854775808","18446744073709551615","9007199254740993",true]' ]
    # `ts` is the digits that it is without the option; all else of the stream is as ever.
    jq -e -n '[inputs | select(.type == "usdt")] | length == 4 and all(.ts | test("^[1-9][0-9]*$"))' "$out"
    sed -E 's/"ts":"([0-9]+)"/"ts":\1/' "$out" >"$out.plain"
    check_stream "$out.plain"
}

@test "one site list: several call sites of an inlined probe all fire" {
    [ "$("$TRACER" -l --format json -t demo:request__phase "$DEMO" | jq '.sites | length')" -ge 3 ]
    run "$TRACER" -q -t demo:request__phase -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --requests 23
    [ "$status" -eq 0 ]
    [ "$(values request__phase phase "$BATS_TEST_TMPDIR/out" | sort -un | xargs)" = "1 2 3 4" ]
}

@test "-n stops after so many events, and the accounting closes" {
    start_held "$DEMO" --wait --hits 1009
    start_tracer -p "$HELD_PID" -t demo:tick -n 23
    release_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    [ "$(count tick)" -eq 23 ]
    [ "$(values tick i | xargs)" = "$(seq 0 22 | xargs)" ] || [ "$(values tick i | xargs)" = "$(seq 1 23 | xargs)" ]
    finish_held
}

@test "--duration stops by itself" {
    start_held "$DEMO" --wait --hits 1
    start_tracer -p "$HELD_PID" --duration 50ms
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    kill -0 "$HELD_PID"
}

@test "SIGTERM drains and writes the end record; the target runs on" {
    start_held "$DEMO" --wait --hits 23
    start_tracer -p "$HELD_PID"
    kill -TERM "$TRACER_PID"
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    release_held
    finish_held
    [ "$(app '.probes.tick')" -eq 23 ]
}

@test "a closed pipe ends quietly with 0" {
    start_held "$DEMO" --wait --hits 100003
    ERR=$BATS_TEST_TMPDIR/err
    : >"$ERR"
    (
        exec {HELD_GATE}>&- 3>&-
        status=0
        "$TRACER" -p "$HELD_PID" -t demo:tick 2>"$ERR" || status=$?
        echo "$status" >"$BATS_TEST_TMPDIR/status"
    ) | (
        exec {HELD_GATE}>&- 3>&-
        head -n 2 >"$BATS_TEST_TMPDIR/head"
    ) &
    wait_until 20 grep -q '^tracer: ready: ' "$ERR"
    release_held
    wait_until 20 test -s "$BATS_TEST_TMPDIR/status"
    [ "$(cat "$BATS_TEST_TMPDIR/status")" -eq 0 ]
    [ "$(wc -l <"$BATS_TEST_TMPDIR/head")" -eq 2 ]
    [ "$(wc -l <"$ERR")" -eq 1 ]
    finish_held
}

@test "a pipe that is closed while nothing happens ends it too" {
    start_held "$DEMO" --wait --hits 1
    (
        exec {HELD_GATE}>&- 3>&-
        status=0
        "$TRACER" -q -p "$HELD_PID" || status=$?
        echo "$status" >"$BATS_TEST_TMPDIR/status"
    ) | (
        exec {HELD_GATE}>&- 3>&-
        head -n 1 >"$BATS_TEST_TMPDIR/head"
        sleep 0.3 # so that tracer has gone to sleep
    ) &
    wait_until 20 test -s "$BATS_TEST_TMPDIR/status"
    [ "$(cat "$BATS_TEST_TMPDIR/status")" -eq 0 ]
    [ "$(jq -r .type "$BATS_TEST_TMPDIR/head")" = start ]
}

@test "the command's exit status is ours" {
    run "$TRACER" -q -o "$BATS_TEST_TMPDIR/out" -- sh -c 'exit 7'
    [ "$status" -eq 7 ]
    run "$TRACER" -q -o "$BATS_TEST_TMPDIR/out" -- sh -c 'kill -KILL $$'
    [ "$status" -eq 137 ]
    run -127 "$TRACER" -q -- /nonexistent/command
    run -126 "$TRACER" -q -- /etc/passwd
}

@test "a library's constructor: its hits arrive from the first on" {
    run "$TRACER" -q -t 'early:*' -o "$BATS_TEST_TMPDIR/out" -- "$FIXTURES/early_main"
    [ "$status" -eq 7 ]
    check_stream "$BATS_TEST_TMPDIR/out"
    [ "$(values constructed arg0 "$BATS_TEST_TMPDIR/out" | xargs)" = "$(seq 0 22 | xargs)" ]
    [ "$(count entered "$BATS_TEST_TMPDIR/out")" -eq 1 ]
    [ "$(count called "$BATS_TEST_TMPDIR/out")" -eq 101 ]
}

@test "a preloaded library's constructor too" {
    LD_PRELOAD=$FIXTURES/libearly_library.so run "$TRACER" -q -t 'early:*' -o "$BATS_TEST_TMPDIR/out" -- /bin/true
    [ "$status" -eq 0 ]
    check_stream "$BATS_TEST_TMPDIR/out"
    [ "$(count constructed "$BATS_TEST_TMPDIR/out")" -eq 23 ]
}

@test "a string limit cuts and says so" {
    run "$TRACER" -q -s 16 -t demo:check__strings -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --requests 1
    [ "$status" -eq 0 ]
    check_stream "$BATS_TEST_TMPDIR/out"
    jq -es 'map(select(.type == "usdt")) | length > 0 and all(.[];
        (.args.longer | length) == 16 and (.truncated | index("longer")))' "$BATS_TEST_TMPDIR/out"
}

@test "odd strings: empty, NULL, control bytes, broken UTF-8, longer than the limit" {
    run "$TRACER" -q -t demo:check__strings -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --requests 1
    [ "$status" -eq 0 ]
    jq -es 'map(select(.type == "usdt")) | length == 1 and all(.[];
        .args.empty == "" and .args.null == null and (has("faults") | not)
        and .args.controls == "tab\t newline\n escape\u001b quote\" backslash\\ delete\u007f bell\u0007"
        and .invalid_utf8 == ["invalid"]
        and .args.invalid == "caf\ufffd \ud83d\ude00 \ufffd\ufffd \ufffd\ufffd end"
        and (.args.longer | length) == 256 and (.args.longer | startswith("abcdefghijklmnopqrstuvwxyzab"))
        and .truncated == ["longer"])' "$BATS_TEST_TMPDIR/out"
}

@test "a string that the program never touched arrives whole" {
    run "$TRACER" -q -t demo:check__cold -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --requests 1
    [ "$status" -eq 0 ]
    # It is in memory now because tracer fetched it: the app itself says false when it runs alone.
    printf '%s\n' "$output" | sed -n '/^{/p' | jq -e 'select(.app == "demo-app") | .cold_resident'
    jq -es 'map(select(.type == "usdt")) | length == 1 and all(.[]; .args.text == "nobody has read this page before" and (has("faults") | not))' \
        "$BATS_TEST_TMPDIR/out"
}

@test "floats: single and double precision, NaN and infinity" {
    run "$TRACER" -q -t demo:check__floats -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --requests 1
    [ "$status" -eq 0 ]
    jq -es 'map(select(.type == "usdt")) | length == 2 and all(.[];
        .args.single == 0.1 and .args.pi == 3.141592653589793 and .args.largest == 1.7976931348623157e308
        and .args.negative == -0.5 and .args.nan == null and .args.infinity == null
        and .non_finite == ["nan", "infinity"])' "$BATS_TEST_TMPDIR/out"
}

@test "annotated arguments: bytes, text, socket addresses, members, named values; by both ways of attaching" {
    local method out=$BATS_TEST_TMPDIR/out
    for method in uprobe_multi perf_events; do
        attach_through "$method"
        "$TRACER" -q -t 'demo:check__*' -o "$out" -- "$DEMO" --requests 1
        check_stream "$out"
        jq -es 'def of($probe): map(select(.type == "usdt" and .probe == $probe) | {args} + with_entries(select(.key | IN("faults", "truncated", "invalid_utf8"))));
            def text($n): [range($n) | 97 + . % 26] | implode;
            of("check__bytes") == [
                {args: {length: 0, bytes: "", text: ""}},
                {args: {length: 8, bytes: "c0ff00220a7fc3a9", text: "\ufffd\ufffd\u0000\"\n\u007f\u00e9"}, invalid_utf8: ["text"]},
                {args: {length: 300, bytes: (of("check__bytes")[2].args.bytes | select(length == 512 and startswith("6162") and endswith("7576"))),
                        text: text(256)}, truncated: ["bytes", "text"]},
                {args: {length: 5, bytes: null, text: null}}]
            and of("check__address") == [
                "127.0.0.1:8443", "[::1]:443", "unix:/run/x", "unix:@name", "family 16", null | {args: {address: .}}]
            and of("check__member") == [
                {args: {value: 0, id: "dead000a", name: "first", second: "second", last: -3000009, by_hand: -3000009}},
                {args: {value: 0, id: "dead000a", name: "first", second: null, last: null, by_hand: null}}]
            and of("check__named") == [
                {args: {verdict: "FAILED", waited: 0}}, {args: {verdict: "BUSY", waited: 1500}}, {args: {verdict: "7", waited: 4294967295}}]' "$out"
    done
}

@test "the text format" {
    run "$TRACER" -q --format text -t demo:request__start -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --requests 23
    [ "$status" -eq 0 ]
    local value='(NULL|"[^"]*")'
    [ "$(grep -cE "^[0-9:.]+ demo-app\[[0-9]+/[0-9]+\] demo:request__start conn_id=[0-9]+ request_id=[0-9]+ method=$value path=$value$" \
        "$BATS_TEST_TMPDIR/out")" -eq 23 ]
    grep -q 'request_id=1 method="GET" path="/"$' "$BATS_TEST_TMPDIR/out"
}

@test "events of one thread are in exact order" {
    run "$TRACER" -q -t demo:tick -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --hits 10007
    [ "$status" -eq 0 ]
    check_stream "$BATS_TEST_TMPDIR/out"
    [ "$(count tick "$BATS_TEST_TMPDIR/out")" -eq 10007 ]
    jq -es 'map(select(.type == "usdt")) | (map(.args.i) | . == sort) and (map(.ts) | . == sort)
        and all(.[]; .args.twice == 2 * .args.i)' "$BATS_TEST_TMPDIR/out"
}
