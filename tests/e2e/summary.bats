#!/usr/bin/env bats
# Summaries: what is counted and added up in the kernel is exact, whoever else does the same at that moment; what
# finds no room is counted and said; and what people see is drawn as wide as their terminal.

bats_require_minimum_version 1.5.0
load common

HITS=1009

setup() {
    DEFINITIONS=(-d "$TRACER_SOURCE/tests/fixtures/summary.d")
    cd "$BATS_TEST_TMPDIR"
}

teardown_more() {
    [ -z "${OTHER_PID:-}" ] || { kill -KILL "$OTHER_PID" && wait "$OTHER_PID"; } 2>/dev/null || true
}

# hold KIND N: the fixture `summary`, held.
hold() {
    rm -f gate
    start_held "$FIXTURES/summary" "$@"
}

# summarise ARGUMENT…: traces the held program until its end; the stream is in $OUT.
summarise() {
    start_tracer "${DEFINITIONS[@]}" -p "$HELD_PID" "$@"
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
}

summaries() {
    jq -c 'select(.type == "summary")' "${1:-$OUT}"
}

# check_account FILE: the sums close, and every hit was taken in.
check_account() {
    jq -es '.[-1] | .type == "end" and .hits == .emitted + .filtered + .lost
        and all(.probes[]; .hits == .emitted + .filtered + .lost)' "$1" >/dev/null
}

@test "-c counts the hits of each probe and process" {
    start_tracer -c -x "$DEMO" -t 'demo:tick*'
    local pids=() probe
    for probe in tick tick tick__six tick__text; do
        "$DEMO" --hits "$HITS" --probe "$probe" >app.json
        pids+=("$(jq .pid app.json)")
    done
    "$DEMO" --hits 23 --threads 4 >app.json
    pids+=("$(jq .pid app.json)")
    stop_tracer
    summaries | jq -c '[.kind, .snapshot, .provider, .probe, .by.pid, .count]' | sort >actual
    {
        echo "[\"count\",1,\"demo\",\"tick\",${pids[0]},$HITS]"
        echo "[\"count\",1,\"demo\",\"tick\",${pids[1]},$HITS]"
        echo "[\"count\",1,\"demo\",\"tick__six\",${pids[2]},$HITS]"
        echo "[\"count\",1,\"demo\",\"tick__text\",${pids[3]},$HITS]"
        echo "[\"count\",1,\"demo\",\"tick\",${pids[4]},$(jq .probes.tick app.json)]"
    } | sort >expected
    diff -u expected actual
    check_account "$OUT"
    [ "$(jq 'select(.type == "end").emitted' "$OUT")" -eq $((4 * HITS + $(jq .probes.tick app.json))) ]
}

# Two tracers at once on the same hits: one writes events, the other one counts.
compare_with_events() { # BUCKETS BY FIELD…
    local buckets=$1 by=$2 field
    shift 2
    for field in "$@"; do
        hold values 2003
        start_tracer "${DEFINITIONS[@]}" -p "$HELD_PID" -o events.json
        OTHER_PID=$TRACER_PID
        summarise --hist "$field:$buckets" ${by:+--by "$by"}
        wait "$OTHER_PID"
        OTHER_PID=
        [ "$(jq -s 'map(select(.type == "usdt")) | length' events.json)" -eq 2003 ]
        /usr/bin/python3 "$TRACER_SOURCE/tests/e2e/histogram.py" events.json "$OUT" "$field" "$buckets" "$by"
    done
}

@test "each bucket of a logarithmic histogram is what the events say, with a sign or without" {
    compare_with_events log2 '' i64 u64
}

# bats test_tags=long
@test "so is each bucket of narrow values, and of equal steps" {
    compare_with_events log2 '' i32 u8
    compare_with_events linear/7 '' i32
    compare_with_events linear/9223372036854775807 '' u64
}

@test "so is each bucket of each group" {
    compare_with_events log2 u8 i64
}

@test "sums are exact where four threads add to them at once, also by way of perf events" {
    local method
    for method in uprobe_multi perf_events; do
        attach_through "$method"
        hold_firing 4 10007 plain
        start_tracer "${FIRING[@]}" -p "$HELD_PID" --hist seq
        release_held
        finish_held
        finish_tracer
        summaries | jq -e --argjson n 10007 '.count == 4 * $n and .sum == 2 * $n * ($n + 1) and .min == 1 and .max == $n
              and ([.buckets[].count] | add) == .count
              and all(.buckets[]; .count == 4 * ([.to, $n] | min) - 4 * (.from - 1))'
        check_account "$OUT"
    done
}

@test "texts tell groups apart, the first 62 bytes of them, and NULL is none" {
    hold keys 100
    summarise --hist number --by text
    summaries | jq -c '[.by.text, .truncated, .count]' | sort >actual
    sort >expected <<'EOT'
["",null,24]
[null,null,25]
["abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz",null,25]
["abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz",["text"],25]
["�\n",null,24]
EOT
    diff -u expected actual
    [ "$(summaries | jq -c 'select(.invalid_utf8) | .invalid_utf8')" = '["text"]' ]
}

@test "what is shown as the same is one group: true, and NaN; what is no number is named" {
    local field
    hold alike 23
    summarise -c --by yes
    summaries | jq -c '[.by.yes, .count]' | diff - <(printf '%s\n' '[true,69]' '[false,46]')
    for field in ratio single; do
        hold alike 23
        summarise -c --by "$field"
        summaries | jq -c '[.by[], .non_finite, .count]' | sort | diff - <(printf '%s\n' '[0,null,23]' \
            "[null,[\"$field\"],23]" "[null,[\"$field\"],23]" "[null,[\"$field\"],46]")
        hold alike 23
        summarise -c --by "$field" --format text
        grep -o "  [0-9]*  summary:alike .*" "$OUT" | LC_ALL=C sort | diff - <(printf "  %s=%s\n" \
            '23  summary:alike  '"$field" -inf '23  summary:alike  '"$field" 0 \
            '23  summary:alike  '"$field" inf '46  summary:alike  '"$field" nan)
    done
}

@test "a field is the end's where that has it, and null is one group" {
    hold files 23
    summarise --latency open:close:id --by size
    summaries | jq -c '[.kind, .by.size, .count]' | diff - <(printf '%s\n' '["latency",null,23]' '["pairs",null,null]')
    hold files 23
    summarise --latency open:close:id --by name
    summaries | jq -c '[.kind, .by.name, .count]' |
        diff - <(printf '%s\n' '["latency","odd",12]' '["latency","even",11]' '["pairs",null,null]')
}

@test "an end that waits for a page does not end what started meanwhile" {
    start_held "$FIXTURES/held_page" 23
    # The page is waited for by -w.
    start_tracer -d "$TRACER_SOURCE/tests/fixtures/load.d" -p "$HELD_PID" --latency start:page:round \
        -w 'text ^= "round" || round > 0'
    release_held
    finish_held
    finish_tracer
    summaries | jq -c '[.kind, .starts, .unended, .ends, .unstarted]' | diff - <(echo '["pairs",23,23,23,23]')
    check_account "$OUT"
}

has_comm() {
    local comm
    read -r comm <"/proc/$1/comm"
    [ "$comm" = "$2" ]
}

@test "in a pid namespace, processes of others are not taken for each other" {
    local gate first
    cp "$(command -v cat)" first
    cp /bin/true second
    mkfifo gate stop
    unshare --pid --fork --mount-proc bash -c '
        "$0" -k exec,exit --latency exec:exit:pid --by filename -o out 2>err &
        read -r _ <stop
        kill -INT $!
        wait $!' "$TRACER" 3>&- &
    OTHER_PID=$!
    wait_until 20 grep -q '^tracer: ready: ' err
    exec {gate}<>gate
    ./first <&"$gate" 3>&- &
    first=$!
    # Here nothing but these two is executed, not even sleep.
    until has_comm "$first" first; do
        :
    done
    ./second
    kill "$first"
    wait "$first" || true
    exec {gate}>&-
    echo >stop
    wait "$OTHER_PID"
    OTHER_PID=
    OUT=out
    read_missed
    check_number 1 "$(summaries | jq 'select(.by.filename == "./first").count')"
    check_number 1 "$(summaries | jq 'select(.by.filename == "./second").count')"
}

@test "the thread, its name and its processor tell groups apart" {
    "$TRACER" -q -c --by tid,comm,cpu -t demo:tick -o out.json -- "$DEMO" --hits "$HITS" --threads 3 >app.json
    summaries out.json >groups
    [ "$(jq -s 'map(.count) | add' groups)" -eq "$(jq .probes.tick app.json)" ]
    [ "$(jq -s 'map(.by.tid) | unique | length' groups)" -eq 3 ]
    [ "$(jq -s -c 'map(.by.comm) | unique' groups)" = '["demo-app"]' ]
    jq -es --argjson cpus "$(getconf _NPROCESSORS_CONF)" 'all(.by.cpu >= 0 and .by.cpu < $cpus)' groups
}

@test "100,000 different values are 100,000 groups, none missing and none twice" {
    hold keys 100000
    summarise -c --by number
    # What stands behind "by", a hundred thousand times, without jq.
    cut -d '{' -f 3 "$OUT" | sed -n 's/^"number":\([0-9]*\)},"count":\([0-9]*\)}$/\1 \2/p' | sort -n >actual
    seq 100000 | awk '{ print $1, $1 <= 23 ? 2 : 1 }' | cmp - actual
    tail -n 1 "$OUT" >end.json
    check_account end.json
    [ "$(jq .lost end.json)" -eq 0 ]
}

@test "what finds no room is counted, told and said" {
    hold keys "$HITS"
    summarise -c --by number --max-groups 100
    [ "$(summaries | wc -l)" -eq 100 ]
    local lost=$((HITS + 23 - 123))
    [ "$(summaries | jq -s 'map(.count) | add')" -eq 123 ]
    [ "$(jq 'select(.type == "end").lost' "$OUT")" -eq "$lost" ]
    [ "$(jq -s 'map(select(.type == "lost").count) | add' "$OUT")" -eq "$lost" ]
    check_account "$OUT"
    grep -qxF "tracer: $lost hits are missing from the summary: there was no room for more than 100 groups\
 (--max-groups) or 8 buckets for each, or they were not finished at the end" "$ERR"
}

@test "a summary that can't be read: that is said, nothing about the output, and the end record stands there" {
    local interval
    for interval in '' '--interval 1ms'; do
        # shellcheck disable=SC2086 # two words
        run -125 "$FIXTURES/deny" batch "$TRACER" -q -c $interval -t demo:tick -o stream -- "$DEMO" --hits 23
        [ "$(grep -cF 'tracer: cannot read the summary: ' <<<"$output")" -eq 1 ]
        run ! grep 'cannot write' <<<"$output"
        tail -n 1 stream | jq -e '.type == "end" and .hits == .emitted'
    done
}

@test "a histogram whose buckets find no room counts in none of its numbers what it lost" {
    hold keys "$HITS"
    summarise --hist number:linear/1 --max-groups 10
    summaries | jq -e '.count == 103 and ([.buckets[].count] | add) == 103 and (.buckets | length) == 80
        and .sum == 80 * 81 / 2 + 23 * 24 / 2 and .max == 80'
    [ "$(jq 'select(.type == "end").lost' "$OUT")" -eq $((HITS + 23 - 103)) ]
    check_account "$OUT"
}

@test "pairs are found across threads by their key; starts and ends that are alone are counted" {
    hold pairs "$HITS"
    summarise --latency start:end:id --by odd
    summaries | jq -c 'select(.kind == "latency") | [.by.odd, .count, ([.buckets[].count] | add)]' | sort >actual
    {
        echo '[false,505,505]'
        echo '[true,505,505]'
    } >expected
    diff -u expected actual
    [ "$(summaries | jq -c 'select(.kind == "pairs")
        | [.start, .end, .starts, .ends, .unended, .unstarted, .nulls]')" = \
        "[\"start\",\"end\",$((HITS + 3)),$((HITS + 3)),2,2,0]" ]
    check_account "$OUT"
}

@test "a thread's start belongs to the thread's end; times fit together" {
    hold threads "$HITS"
    summarise --latency summary:start:summary:end
    summaries | jq -es '.[0].count == 4 * 1009 and .[1].starts == 4 * 1009 and .[1].ends == 4 * 1009
        and .[1].unended == 0 and .[1].unstarted == 0'
    summaries | head -n 1 | jq -e '.kind == "latency" and (.buckets | map(.count) | add) == .count
        and .min > 0 and .min <= .p50 and .p50 <= .p90 and .p90 <= .p99 and .p99 <= .p99_9 and .p99_9 <= .max
        and .mean >= .min and .mean <= .max and .sum / .count == .mean
        and .buckets[0].from <= .min and .min <= .buckets[0].to
        and .buckets[-1].from <= .max and .max <= .buckets[-1].to
        and all(.buckets[]; .to - .from + 1 <= .from / 16)'
    check_account "$OUT"
}

@test "starts that find no room are lost, and their ends are without a start" {
    hold pairs "$HITS"
    summarise --latency start:end:id --max-groups 101
    # Ids 0 to 100 are there when the map is full, and 0 never ends.
    summaries | jq -es '.[0].count == 100
        and (.[1] | .starts == 101 and .ends == 1012 and .unended == 1 and .unstarted == 912)'
    [ "$(jq 'select(.type == "end").lost' "$OUT")" -eq $((HITS + 3 - 101)) ]
    check_account "$OUT"
}

@test "how long requests take, by a text that only their start has" {
    "$TRACER" -q --latency demo:request__start:demo:response__done:request_id --by path,status -o out.json \
        -- "$DEMO" --requests 101 --clients 1 >app.json
    "$TRACER" -q -t demo:response__done -o events.json -- "$DEMO" --requests 101 --clients 1 >other.json
    summaries out.json | jq -s 'map(select(.kind == "latency")) | group_by(.by.status)
        | map([.[0].by.status, (map(.count) | add)])' >actual
    jq -s 'map(select(.type == "usdt")) | group_by(.args.status) | map([.[0].args.status, length])' events.json >expected
    diff -u expected actual
    summaries out.json | jq -es 'any(.by.path == "/hello.txt" and .by.status == 200 and .count > 1)'
    check_account out.json
}

@test "-w and --sample choose what is counted" {
    hold keys 100
    summarise --hist number -w 'number > 90' --sample 1/5
    summaries | jq -e '.count == 2 and .min == 95 and .max == 100'
    [ "$(jq 'select(.type == "end").filtered' "$OUT")" -eq 121 ]
    check_account "$OUT"
}

snapshots() {
    [ "$(summaries | jq -s 'map(.snapshot) | max // 0')" -ge "$1" ]
}

@test "SIGUSR1 without a summary changes nothing" {
    start_held "$FIXTURES/summary" reads 23
    start_tracer "${DEFINITIONS[@]}" -p "$HELD_PID" -t 'summary:*'
    kill -USR1 "$TRACER_PID"
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    [ "$(tail -n 1 "$OUT" | jq -c '[.emitted, .lost]')" = '[92,0]' ]
}

@test "SIGUSR1 has a summary written, of all so far; so has every --interval" {
    local how
    for how in signal interval; do
        hold_firing 1 "$HITS" plain
        start_tracer "${FIRING[@]}" -p "$HELD_PID" -c $([ "$how" = signal ] || echo --interval 50ms)
        release_held
        finish_held
        finish_tracer
        summaries | jq -es --argjson n "$HITS" '.[-1].count == $n and all(.count <= $n)'
    done
    start_tracer -c -x "$DEMO" -t demo:tick
    "$DEMO" --hits 23 >/dev/null
    kill -USR1 "$TRACER_PID"
    wait_until 20 snapshots 1
    "$DEMO" --hits 17 >/dev/null
    kill -USR1 "$TRACER_PID"
    wait_until 20 snapshots 2
    stop_tracer
    [ "$(summaries | jq -c '[.snapshot, .count]' | sort | tr '\n' ' ')" = \
        '[1,23] [2,17] [2,23] [3,17] [3,23] ' ]
    start_tracer -c -x "$DEMO" -t demo:tick --interval 20ms
    "$DEMO" --hits 23 >/dev/null
    wait_until 20 snapshots 3
    stop_tracer
    jq -es '[.[] | select(.type == "summary").count] | all(. <= 23) and .[-1] == 23' "$OUT"
}

@test "a process that reads 16, 128 and 2048 bytes in turn shows three equal peaks" {
    hold reads "$HITS"
    start_tracer -k vfs_read --hist bytes -p "$HELD_PID" -t '!*' -w 'bytes > 1'
    release_held
    finish_held
    finish_tracer
    read_missed
    summaries | jq -e --argjson n $((2 * HITS)) --argjson missed "$MISSED" '
        .probe == "vfs_read" and .provider == "kernel" and (.by | keys) == ["pid"] and [.buckets[].from] == [16, 128, 2048]
        and all(.buckets[]; .count <= $n) and .count == ([.buckets[].count] | add) and .count >= 3 * $n - $missed
        and .sum == ([.buckets[] | .count * .from] | add)'
    check_number $((4 * 2 * HITS)) "$(jq 'select(.type == "end").hits' "$OUT")"
    check_account "$OUT"
}

@test "kernel probes are measured like others: from exec to exit, by the file's name" {
    local i
    cp /bin/true seventeen
    start_tracer -k exec,exit --latency exec:exit:pid --by filename
    for ((i = 0; i < 17; i++)); do
        ./seventeen
    done
    stop_tracer
    read_missed
    check_number 17 "$(summaries | jq 'select(.by.filename == "./seventeen").count')"
    check_account "$OUT"
}

# in_terminal COLUMNS COMMAND…: what a terminal of that width would show is in `shown`.
in_terminal() {
    local columns=$1
    shift
    script -qec "stty cols $columns; $*" /dev/null </dev/null | tr -d '\r' >shown
}

@test "on a terminal a summary is drawn as wide as that, and elsewhere it is JSON" {
    local columns
    for columns in 60 100; do
        in_terminal "$columns" "'$TRACER' -q --hist i -t demo:tick -- '$DEMO' --hits 1023"
        [ "$(grep -c '|@* *|$' shown)" -eq 10 ]
        [ "$(grep '|@*|$' shown | sed 's/.*\(512 .. 1023  512\) |@*|$/\1/')" = '512 .. 1023  512' ]
        [ "$(grep '|@* *|$' shown | awk '{ print length }' | sort -u)" -eq $((columns < 81 ? columns : 81)) ]
    done
    "$TRACER" -q --hist i -t demo:tick -- "$DEMO" --hits 1023 | grep -q '^{"type":"summary"'
}

@test "text in a file is as wide as COLUMNS, or 80" {
    COLUMNS=40 "$TRACER" -q --hist i -t demo:tick --format text -o narrow -- "$DEMO" --hits 1023 >/dev/null
    env -u COLUMNS "$TRACER" -q --hist i:linear/1 -t demo:tick --format text -o usual -- "$DEMO" --hits 2 >/dev/null
    [ "$(awk '/\|$/ { print length }' narrow | sort -u)" -eq 40 ]
    grep -qx '  count 1023  sum 523776  min 1  mean 512.00  max 1023' narrow
    [ "$(awk '/\|$/ { print length }' usual | sort -u)" -le 80 ]
}

@test "what no probe has is wrong usage, and said in one line" {
    check() { # MESSAGE ARGUMENT…
        local message=$1
        shift
        run --separate-stderr -2 "$TRACER" -x "$DEMO" "$@"
        [ "$output" = '' ]
        [ "$stderr" = "tracer: $message" ] || { printf '%s\n' "$*" "$stderr" && false; }
    }
    check "--hist: none of the selected probes has an argument 'nothing'" --hist nothing
    check "--hist: 'path' of demo:helper__exit is no integer" --hist path
    check '--hist: column 7: expected log2 or linear/STEP' --hist bytes:wide
    check "--latency: no probe that -t and -w leave matches 'nothing'" --latency nothing:response__done
    check "--latency: column 14: expected ':' and the probe where it ends" --latency request__star
    check "--latency: demo:request__start would be both START and END; name another one for each" \
        --latency 'request__start:request__*'
    check "--by: none of the selected probes has an argument 'nothing' that can tell hits apart" -c --by nothing
    run --separate-stderr -2 "$TRACER" -k exec --hist argv
    [ "$stderr" = "tracer: --hist: 'argv' of kernel:exec is no integer" ]
    run --separate-stderr -2 "$TRACER" -k exec,exit --latency exec:exit:nokey
    [ "$stderr" = "tracer: --latency: no probe that -t and -w leave matches 'exec' and has an argument 'nokey'" ]
}
