#!/usr/bin/env bats
# Filters in the kernel (-w, --sample): what passes, and that the rest is counted as filtered, exactly.

load common
load postgresql
bats_require_minimum_version 1.5.0

setup() {
    OUT=$BATS_TEST_TMPDIR/out
}

# filter PROBE COMMAND… -- OPTION… traces that probe of a command, which must succeed, into $OUT.
filter() {
    local probe=$1 command=()
    for (( ; ; )); do
        shift
        [ "$1" != -- ] || break
        command+=("$1")
    done
    shift
    "$TRACER" -q -t "$probe" "$@" -o "$OUT" -- "${command[@]}" >"$BATS_TEST_TMPDIR/app" 2>&1
}

# passing PROBE ARGUMENT HITS: the values of that argument in the events that passed, if the account says that all
# others of so many hits were filtered.
passing() {
    jq -rs --arg probe "$1" --arg field "$2" --argjson hits "$3" '
        map(select(.type == "usdt" and .probe == $probe) | .args[$field]) as $values | .[-1]
        | if [.hits, .emitted, .filtered, .lost] == [$hits, ($values | length), $hits - ($values | length), 0]
          then if $values == [] then "none" else $values | join(" ") end else "wrong account" end' "$OUT"
}

# ticks EXPRESSION: the numbers of those of 23 ticks that pass.
ticks() {
    filter demo:tick "$DEMO" --hits 23 -- -w "$1" && passing tick i 23
}

# The account of the whole run: hits, emitted, filtered, lost.
counts() {
    tail -n 1 "$OUT" | jq -r '"\(.hits) \(.emitted) \(.filtered) \(.lost)"'
}

# checks PROBE EXPRESSION: the account of one of the probes with awkward values.
checks() {
    filter "demo:check__$1" "$DEMO" --requests 1 -- -w "$2" && counts
}

@test "== != < <= > >= compare numbers" {
    [ "$(ticks 'i == 17')" = 17 ]
    [ "$(ticks 'i != 17')" = "$(seq 23 | grep -v 17 | xargs)" ]
    [ "$(ticks 'i < 4')" = "1 2 3" ]
    [ "$(ticks 'i <= 4')" = "1 2 3 4" ]
    [ "$(ticks 'i > 0x14')" = "21 22 23" ]
    [ "$(ticks 'i >= 20')" = "20 21 22 23" ]
    [ "$(ticks 'twice == 40')" = 20 ]
}

@test "bytes, texts, members and named values are compared as they are shown" {
    [ "$(checks bytes 'bytes == "C0ff00220a7fc3a9"')" = "4 1 3 0" ]
    [ "$(checks bytes 'bytes == "c0ff00"')" = "4 0 4 0" ]
    [ "$(checks bytes 'bytes ^= "c0ff00" || bytes ^= "61"')" = "4 2 2 0" ]
    [ "$(checks bytes 'bytes == ""')" = "4 1 3 0" ]
    [ "$(checks bytes 'bytes != ""')" = "4 2 2 0" ]
    [ "$(checks bytes 'text ^= "abc"')" = "4 1 3 0" ]
    [ "$(checks bytes 'text ^= "\xc0\xff"')" = "4 1 3 0" ]
    [ "$(checks member 'last < 0')" = "2 1 1 0" ]
    [ "$(checks member 'last >= 0')" = "2 0 2 0" ]
    [ "$(checks member 'second == "second" && id ^= "dead" && name != "x"')" = "2 1 1 0" ]
    [ "$(checks named 'verdict == "FAILED"')" = "3 1 2 0" ]
    [ "$(checks named 'verdict != "FAILED"')" = "3 2 1 0" ]
    [ "$(checks named 'verdict == 7 || waited == 1500')" = "3 2 1 0" ]
}

@test "& tests bits, and what it leaves is compared" {
    [ "$(ticks 'i & 16')" = "16 17 18 19 20 21 22 23" ]
    [ "$(ticks '(i & 7) == 0')" = "8 16" ]
    [ "$(ticks 'i & 6 == 6')" = "6 7 14 15 22 23" ]
    [ "$(ticks '!(i & 3)')" = "4 8 12 16 20" ]
    [ "$(ticks '(i & 0x13) >= 0x12')" = "18 19 22 23" ]
}

@test "&& || ! and parentheses" {
    [ "$(ticks 'i == 1 || i == 2 && i > 100')" = 1 ]
    [ "$(ticks '(i == 1 || i == 2) && i > 1')" = 2 ]
    [ "$(ticks '!(i > 3 || i == 2)')" = "1 3" ]
    [ "$(ticks '!!(i == 5) || !(i != 7 && twice != 18) || (((i)) == 11)')" = "5 7 9 11" ]
    [ "$(ticks '!i')" = none ]
    [ "$(ticks 'i && twice')" = "$(seq 23 | xargs)" ]
    # Sixteen comparisons, all of which decide.
    [ "$(ticks "$(seq 23 | sed -n 's/^.*[13579]$/i == &/p' | paste -sd'|' | sed 's/|/ || /g') || (i > 9 && i < 13 && twice != 22 && i & 2)")" = \
        "1 3 5 7 9 10 11 13 15 17 19 21 23" ]
}

@test "several -w must all be true" {
    filter demo:tick "$DEMO" --hits 23 -- -w 'i > 3 || i == 1' -w 'i < 6' -w '!(i == 4)'
    [ "$(values tick i | xargs)" = "1 5" ]
}

@test "signed and unsigned, 1 to 64 bits, at their ends, from registers, constants and memory" {
    # Four sites read the same values, each in its own way.
    [ "$(checks integers 'i8 == -8 && i8 < 0 && i8 < -7 && i8 >= -8 && u8 == 200 && u8 > 127 && u8 < 255 && i16 == -1600 &&
        i16 < 5 && u16 == 65535 && u16 > 0x7fff && u16 >= 65535 && i32 == -42 && i32 <= 0 && i32 > -2147483648 && i32 < 2147483647')" = "4 4 0 0" ]
    [ "$(checks integers 'u32 == 4294967295 && u32 > 2147483647 && i64 == -5000000000 && i64 < -4294967296 && i64 > -5000000001 &&
        i64_min == -9223372036854775808 && i64_min < -9223372036854775807 && i64_min <= 9223372036854775807 && u64_max == 18446744073709551615 &&
        u64_max > 9223372036854775807 && u64_max > 0xfffffffffffffffe && beyond_2_53 == 9007199254740993 && beyond_2_53 != 9007199254740992 &&
        phase == 3 && yes && yes == true')" = "4 4 0 0" ]
    # Each of these is false.
    [ "$(checks integers 'i8 == 8 || i8 > 0 || i8 >= -7 || u8 < 0 || u8 == 56 || i16 > 5 || u16 < 0xffff || i32 == 42 || i32 >= -41 ||
        i32 == 2147483647 || u32 < 1 || u32 <= 2147483647')" = "4 0 4 0" ]
    [ "$(checks integers 'i64 > 0 || i64 == 5000000000 || i64_min > 0 || i64_min == 9223372036854775807 || u64_max < 1 || u64_max == 0 ||
        u64_max <= 0x8000000000000000 || beyond_2_53 == 9007199254740992 || phase != 3 || !yes || yes == false || yes != true || phase > 3 || phase < 3')" = "4 0 4 0" ]
    [ "$(checks integers 'i8 & 0x80 && (i8 & 0xff) == 0xf8 && (i8 & -4) == 0xf8 && u16 & 0x8000 && i32 & 0x80000000 && (i32 & 0xff) == 0xd6 &&
        i64_min & 0x8000000000000000 && (u64_max & -1) == 0xffffffffffffffff && !(i64_min & 0x7fffffffffffffff)')" = "4 4 0 0" ]
}

@test "numbers below and above 0 in memory, by index" {
    [ "$(checks table 'value < 0')" = "23 16 7 0" ]
    [ "$(checks table 'value <= 0')" = "23 17 6 0" ]
    [ "$(checks table 'value > -1000004 && value < 1000004')" = "23 3 20 0" ]
    [ "$(checks table 'value < 0 && index & 1')" = "23 8 15 0" ]
}

@test "floating point numbers, single and double; NaN has no relation to anything" {
    [ "$(checks floats 'single == 0.1 && single < 0.11 && single > 0 && single != 0.2 && pi == 3.141592653589793 && pi > 3 && pi < 3.2 && pi >= 314e-2 &&
        largest == 1.7976931348623157e308 && negative == -0.5 && negative < 0 && negative < -0.25 && negative > -0.75 && infinity > 1e308 && negative')" = "2 2 0 0" ]
    [ "$(checks floats 'single > 0.1 || single < 0.1 || single != 0.1 || pi < 3 || largest < 0 || negative > 0 || negative >= 0 || negative > -0.5 ||
        nan == 0 || nan != 0 || nan < 1 || nan > 1 || !(nan == 1) || infinity < 1e308')" = "2 0 2 0" ]
}

@test "texts: equal, not equal, begins with; empty, NULL, control bytes, broken UTF-8" {
    [ "$(checks strings 'empty == "" && empty ^= "" && !(empty == "x") && !(empty ^= "x") && controls ^= "" && controls != "tab" && controls ^= "tab\t newline\n escape\x1b quote\" backslash\\ delete\x7F bell" &&
        controls == "tab\t newline\n escape\x1b quote\" backslash\\ delete\x7f bell\x07" && invalid ^= "caf\xe9 " && invalid ^= "caf\xe9 😀 \xff" && invalid != "café"')" = "1 1 0 0" ]
    [ "$(checks strings 'empty != "" || empty ^= "x" || null == "" || null != "x" || null ^= "" || !(null == "x") || controls == "tab" || controls ^= "tab\n" || controls ^= "xab" ||
        invalid ^= "caf\xe8" || invalid != "caf\xe9 😀 \xff\xfe \xc0\xaf end" || longer == "abc" || longer ^= "abd"')" = "1 0 1 0" ]
}

@test "a text is compared whole, whatever --string-limit is" {
    filter demo:check__strings "$DEMO" --requests 1 -- -s 4 -w 'longer ^= "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"'
    [ "$(counts)" = "1 1 0 0" ]
    [ "$(values check__strings longer)" = '"abcd"' ]
    filter demo:check__strings "$DEMO" --requests 1 -- -s 4 -w 'longer == "abcd"'
    [ "$(counts)" = "1 0 1 0" ]
}

@test "a text on a page that the program never touched" {
    [ "$(checks cold 'text == "nobody has read this page before"')" = "1 1 0 0" ]
    [ "$(checks cold 'text ^= "nobody has read"')" = "1 1 0 0" ]
    [ "$(checks cold 'text ^= "everybody"')" = "1 0 1 0" ]
}

# texts EXPRESSION: the numbers of the strings of the fixture that pass.
texts() {
    filter where:text "$FIXTURES/where_strings" -- -d "$TRACER_SOURCE/tests/fixtures/where_strings.d" -w "$1" &&
        passing text number 9
}

@test "texts across cold pages, before unmapped ones, NULL, unreadable, as long as can be compared" {
    local letters=0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqr
    [ "${#letters}" -eq 64 ]
    [ "$(texts 'text == "across"')" = "2 3" ]
    [ "$(texts 'text ^= "acr"')" = "2 3" ]
    [ "$(texts 'text == "at the end" || text == ""')" = "0 4" ]
    [ "$(texts 'text ^= "at" || text == "cut"')" = "4" ]
    [ "$(texts "text == \"$letters\"")" = "7" ]
    [ "$(texts "text ^= \"$letters\"")" = "7 8" ]
    # What is NULL or can't be read neither equals nor differs; but it can be told by its other arguments.
    [ "$(texts 'text != "x" || !(text ^= "y")')" = "0 2 3 4 5 7 8" ]
    [ "$(texts '!(number == 2) && !(text == "")')" = "3 4 5 7 8" ]
}

# arrays EXPRESSION: the numbers of the fixture's arrays that pass.
arrays() {
    filter where:array "$FIXTURES/where_strings" -- -d "$TRACER_SOURCE/tests/fixtures/where_strings.d" -w "$1" &&
        passing array number 4
}

@test "an array of characters is a text no longer than it, whatever stands behind it" {
    [ "$(arrays 'text == "fills it all"')" = "0 1" ]
    [ "$(arrays 'text == "and fills it"')" = "2" ]
    [ "$(arrays 'text ^= "fills it all"')" = "0 1" ]
    [ "$(arrays 'text ^= "fills it all," || text ^= "and fills it a" || text == "fills it all, and more"')" = none ]
    [ "$(arrays 'text != "fills it all"')" = "2 3" ]
    [ "$(arrays 'text == "short"')" = "3" ]
    "$TRACER" -q -c --by text -t where:array -d "$TRACER_SOURCE/tests/fixtures/where_strings.d" -- "$FIXTURES/where_strings" \
        >"$BATS_TEST_TMPDIR/groups"
    jq -c 'select(.type == "summary") | [.by.text, .truncated, .count]' "$BATS_TEST_TMPDIR/groups" |
        sort | diff - <(printf '%s\n' '["and fills it",null,1]' '["fills it all",null,2]' '["short",null,1]')
}

@test "an argument that can't be read makes every comparison false, also behind !" {
    local expression
    filter operands:unmapped "$FIXTURES/operands_pie" -- -w 'arg0 == 1'
    [ "$(counts)" = "1 1 0 0" ]
    for expression in 'arg1 == 0' 'arg1 != 0' '!(arg1 == 0)' '!arg1' 'arg1' 'arg1 <= 0 || arg1 > 0'; do
        filter operands:unmapped "$FIXTURES/operands_pie" -- -w "$expression"
        [ "$(counts)" = "1 0 1 0" ]
    done
}

@test "sites of one probe that read an argument in different ways" {
    filter operands:sites "$FIXTURES/operands_pie" -- -w 'arg1 == 1000003 || arg2 == 3.72828'
    [ "$(counts)" = "3 2 1 0" ]
    [ "$(values sites arg0 | xargs)" = "-3 135" ]
    filter mixed:sites "$FIXTURES/mixed_sites" -- -w 'arg0 == 2.5'
    [ "$(counts)" = "2 1 1 0" ]
    filter mixed:sites "$FIXTURES/mixed_sites" -- -w 'arg0 > 2.25'
    [ "$(counts)" = "2 2 0 0" ]
}

@test "comm" {
    [ "$(ticks 'comm == "demo-app" && i > 21')" = "22 23" ]
    [ "$(ticks 'comm ^= "demo" && comm ^= "demo-app" && comm ^= "" && i > 21')" = "22 23" ]
    [ "$(ticks 'comm != "demo-app" || comm == "demo" || comm == "demo-apps" || comm ^= "demo-apps" || comm == ""')" = none ]
    # The longest there is, and one byte less.
    ln -s "$DEMO" "$BATS_TEST_TMPDIR/fifteen-letters-and-more"
    DEMO=$BATS_TEST_TMPDIR/fifteen-letters-and-more
    [ "$(ticks 'comm == "fifteen-letters" && comm ^= "fifteen-letters" && comm ^= "fifteen-letter" && comm != "fifteen-letter" && i < 2')" = 1 ]
}

@test "pid and tid" {
    start_held "$DEMO" --wait --hits 23
    # The ticks come from a thread of their own.
    start_tracer -p "$HELD_PID" -t demo:tick -w "pid == $HELD_PID && tid != $HELD_PID && i <= 3"
    release_held
    finish_held
    finish_tracer
    check_stream "$OUT"
    [ "$(values tick i | xargs)" = "1 2 3" ]
    [ "$(ticks "pid == 4194304 || tid == 0")" = none ]
}

@test "of two processes that run the same file, -w chooses one" {
    start_held "$DEMO" --wait --hits 23
    start_tracer -x "$DEMO" -t demo:tick -w "pid == $HELD_PID && i > 20"
    "$DEMO" --hits 101 >/dev/null 2>&1
    release_held
    finish_held
    stop_tracer
    check_stream "$OUT"
    [ "$(counts)" = "124 3 121 0" ]
    [ "$(values tick i | xargs)" = "21 22 23" ]
}

@test "probes that have none of the named arguments are left out, and -v says so" {
    run "$TRACER" -v -w 'status >= 400 || path ^= "/hello"' -o "$OUT" -- "$DEMO" --requests 101
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    [ "$(tail -n 1 "$OUT" | jq -r '.probes[].probe' | sort | xargs)" = "helper__exit request__start response__done" ]
    [[ "$output" == *"tracer: left out by -w: demo:tick of $DEMO: it has no argument 'path'"* ]]
    jq -es 'map(select(.type == "usdt")) | length > 0 and all(.[]; .args.status >= 400 or (.args.path // "" | startswith("/hello")))' "$OUT"
    [ "$(count request__start)" -gt 0 ]
    [ "$(count response__done)" -gt 0 ]
    # What passes is all that would have been there.
    cp "$OUT" "$BATS_TEST_TMPDIR/filtered"
    "$TRACER" -q -t request__start -t response__done -t helper__exit -o "$OUT" -- "$DEMO" --requests 101 >/dev/null 2>&1
    [ "$(jq -sc 'map(select(.type == "usdt" and (.args.status >= 400 or (.args.path // "" | startswith("/hello")))) | [.probe, .args.request_id]) | sort' "$OUT")" = \
        "$(jq -sc 'map(select(.type == "usdt") | [.probe, .args.request_id]) | sort' "$BATS_TEST_TMPDIR/filtered")" ]
}

@test "args.NAME is an argument that is called like one of the process's values" {
    "$TRACER" -q -t demo:helper__exit -w 'args.pid != 0 && pid != 0 && !(args.pid == 1)' -o "$OUT" -- "$DEMO" --requests 101 >"$BATS_TEST_TMPDIR/app" 2>&1
    check_stream "$OUT"
    [ "$(count helper__exit)" -gt 0 ]
    [ "$(tail -n 1 "$OUT" | jq .filtered)" -eq 0 ]
    "$TRACER" -q -t demo:helper__exit -w "args.pid > 4194304" -o "$OUT" -- "$DEMO" --requests 101 >/dev/null 2>&1
    [ "$(count helper__exit)" -eq 0 ]
    [ "$(tail -n 1 "$OUT" | jq .filtered)" -eq "$(sed -n '/^{/p' "$BATS_TEST_TMPDIR/app" | jq .probes.helper__exit)" ]
}

@test "--sample emits each Nth hit of a probe, whichever of its sites it comes from" {
    filter demo:request__phase "$DEMO" --requests 101 -- --sample 1/7
    local fired
    fired=$(sed -n '/^{/p' "$BATS_TEST_TMPDIR/app" | jq .probes.request__phase)
    [ "$("$TRACER" -l --format json -t demo:request__phase "$DEMO" | jq '[.sites[].spec] | unique | length')" -ge 2 ]
    [ "$(counts)" = "$fired $((fired / 7)) $((fired - fired / 7)) 0" ]
    filter demo:tick "$DEMO" --hits 1009 -- --sample 1/100
    [ "$(counts)" = "1009 10 999 0" ]
    [ "$(values tick i | xargs)" = "$(seq 100 100 1000 | xargs)" ]
    filter demo:tick "$DEMO" --hits 23 -- --sample 1/1
    [ "$(counts)" = "23 23 0 0" ]
    filter demo:tick "$DEMO" --hits 23 -- --sample 1/4294967295
    [ "$(counts)" = "23 0 23 0" ]
}

@test "--sample counts each probe by itself, with strings too" {
    "$TRACER" -q -t request__start -t response__done -t request__header --sample 1/5 -o "$OUT" -- "$DEMO" --requests 101 >"$BATS_TEST_TMPDIR/app" 2>&1
    check_stream "$OUT"
    jq -e --slurpfile app <(sed -n '/^{/p' "$BATS_TEST_TMPDIR/app") '.type != "end" or
        ((.probes | length) == 3 and all(.probes[]; .hits == $app[0].probes[.probe] and .emitted == (.hits / 5 | floor)))' "$OUT" >/dev/null
}

@test "--sample of several threads is exact" {
    # One hit that isn't counted would be one event less.
    filter demo:tick "$DEMO" --hits 1000000 --threads 4 -- --sample 1/10000
    [ "$(counts)" = "1000000 100 999900 0" ]
}

@test "--sample counts what passes -w" {
    filter demo:tick "$DEMO" --hits 101 -- -w 'i & 1' --sample 1/10
    [ "$(counts)" = "101 5 96 0" ]
    [ "$(values tick i | xargs)" = "19 39 59 79 99" ]
}

@test "through perf events, as on kernels before 6.6: the same hits pass" {
    export TRACER_PERF_EVENTS=1
    [ "$(ticks 'i > 20 && comm == "demo-app"')" = "21 22 23" ]
    [ "$(checks cold 'text == "nobody has read this page before"')" = "1 1 0 0" ]
    filter demo:tick "$DEMO" --hits 23 -- --sample 1/7
    [ "$(values tick i | xargs)" = "7 14 21" ]
}

@test "a library's probes, which are found while the command is loading" {
    filter early:constructed "$FIXTURES/early_main" -- -w 'arg0 >= 20' || [ $? -eq 7 ]
    check_stream "$OUT"
    [ "$(passing constructed arg0 23)" = "20 21 22" ]
}

# expect_error MESSAGE EXPRESSION…: a usage error that says this and nothing else, listing and tracing.
expect_error() {
    local message=$1 expressions=() expression
    shift
    for expression in "$@"; do expressions+=(-w "$expression"); done
    run -2 --separate-stderr "$TRACER" -l -t 'demo:*' "${expressions[@]}" "$DEMO"
    [ "$output" = "" ]
    diff - <(printf '%s\n' "$stderr") <<<"tracer: -w: $message"
    run -2 --separate-stderr "$TRACER" -p "$HELD_PID" -t 'demo:*' "${expressions[@]}"
    [ "$output" = "" ]
    diff - <(printf '%s\n' "$stderr") <<<"tracer: -w: $message"
}

@test "errors point at the place" {
    start_held "$DEMO" --wait --hits 1
    expect_error "column 2: the expression ends where a name is missing" ' '
    expect_error "column 11: the expression ends where a number or a \"string\" is missing" 'status >= '
    expect_error "column 8: '=' alone: == compares" 'status = 3'
    expect_error "column 15: this '(' is never closed" 'status > 1 && (i == 3'
    expect_error "column 1: 'path' is text: compare it with == != ^= and a \"string\"" 'path > 5'
    expect_error "column 10: 'path' is text: compare it with == != ^= and a \"string\"" 'i > 5 && path == 3'
    expect_error "column 1: 'status' is an integer: compare it with a whole number" 'status == "500"'
    expect_error "column 6: > compares numbers, not texts" 'path > "a"'
    expect_error "column 7: 'u8' is always from 0 to 255" 'u8 >= 256'
    expect_error "column 9: 'port' is always from 0 to 65535" 'port == -1'
    expect_error "column 1: no selected probe has an argument 'statsu'; the nearest: 'status'" 'statsu == 1'
    expect_error "expression 2: column 6: 'x' where a number or a \"string\" is expected" 'i == 1' 'i == x'
    expect_error "column 9: comm has at most 15 bytes" 'comm == "sixteen letters!"'
    expect_error "column 13: '=' alone: == compares" 'path == "é" = 1'
}

@test "-l with -w lists the probes that the expression can apply to" {
    run "$TRACER" -l -w 'status >= 500 && bytes > 0' "$DEMO"
    [ "$status" -eq 0 ]
    [ "$output" = "$DEMO demo:response__done" ]
    run "$TRACER" -l -w 'conn_id == 1' -t '!*connection*' "$DEMO"
    [ "$status" -eq 0 ]
    [ "$(sed 's/.*://' <<<"$output" | xargs)" = "request__header request__phase request__start response__done" ]
    # Each name exists, but no probe has both.
    run -3 "$TRACER" -l -w 'port > 0 && path ^= "/"' "$DEMO"
    [[ "$output" == "tracer: -w is true of none of the "*" probes there; -v says why" ]]
    start_held "$DEMO" --wait --hits 1
    run -3 "$TRACER" -p "$HELD_PID" -w 'port > 0 && path ^= "/"'
    [[ "$output" == "tracer: -w is true of none of the "*" probes there; -v says why" ]]
}

@test "a command whose files have no such argument runs, and a message says so" {
    run "$TRACER" -t demo:tick -w 'tock == 1' -o "$OUT" -- "$DEMO" --hits 23
    [ "$status" -eq 0 ]
    [[ "$output" == *"tracer: -w: column 1: no selected probe has an argument 'tock'; the nearest: "* ]]
    check_stream "$OUT"
    run -125 "$TRACER" -w 'tock =' -o "$OUT" -- "$DEMO" --hits 23
    [ "$output" = "tracer: -w: column 6: '=' alone: == compares" ]
}

teardown_more() {
    stop_postgresql
}

@test "PostgreSQL: the queries that begin with SELECT 2" {
    local i
    start_postgresql
    start_session
    start_tracer -p "$BACKEND" -t postgresql:query__start -w 'query ^= "SELECT 2"'
    for i in $(seq 23); do echo "SELECT $i;"; done >&"$HELD_GATE"
    release_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    [ "$(values query__start query | xargs -n 1 -d '\n')" = "$(for i in 2 20 21 22 23; do echo "\"SELECT $i;\""; done)" ]
    [ "$(counts)" = "23 5 18 0" ]
    finish_held || true
}
