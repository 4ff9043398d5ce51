#!/usr/bin/env bats
# What annotations fetch, where that is hard: tests/fixtures/fetch.c fires it, around the limit that it is told.

load common
load limits
bats_require_minimum_version 1.5.0

DEFINITIONS=$TRACER_SOURCE/tests/fixtures/fetch.d

setup_file() {
    trace_limits fetch
}

@test "the streams are sound, and nothing is lost" {
    check_streams
}

# jq 1.6 rounds the largest numbers, as everywhere in these tests.
# Where things are differs between runs: an address is "0x".
@test "bytes by another argument's value: none, one, up to the limit; beyond it cut; negative or from 2^63 on: the address" {
    local limit
    for limit in $LIMITS; do
        expect "$limit" '(of("bytes")[:8] | map(.args |= map_values(if type == "string" and startswith("0x") then "0x" else . end))) == [0, 1, $limit - 1, $limit, $limit + 1, 9223372036854775807, -1, -9223372036854775808
            | . as $length | (if . > $limit then $limit else . end) as $shown
            | if . < 0 then {args: {length: $length, hex: "0x", text: "0x"}} else
                {args: {length: $length, hex: (text($shown) | hex), text: text($shown)}}
                + if $length > $limit then {truncated: ["hex", "text"]} else {} end end]'
        expect "$limit" '(of("narrow") | map(.args.bytes |= if startswith("0x") then "0x" else . end)) == [
            {args: {bytes: "610022"[:2 * $limit], length: 3}} + if $limit < 3 then {truncated: ["bytes"]} else {} end,
            {args: {bytes: "0x", length: -1}}]'
    done
}

@test "a length that is none is said once for a probe, and its bytes are none to -w" {
    "$TRACER" -d "$DEFINITIONS" -t fetch:bytes -t fetch:narrow -o "$BATS_TEST_TMPDIR/out" -- "$FIXTURES/fetch" 2>"$BATS_TEST_TMPDIR/err"
    sort "$BATS_TEST_TMPDIR/err" | grep length | diff - <(cat <<'EOT'
tracer: fetch:bytes: the length of hex is negative or beyond 2^63 - 1, its address is shown
tracer: fetch:narrow: the length of bytes is negative or beyond 2^63 - 1, its address is shown
EOT
)
    "$TRACER" -q -d "$DEFINITIONS" -t fetch:bytes -w 'hex ^= "61" || hex != "61"' -- "$FIXTURES/fetch" >"$BATS_TEST_TMPDIR/out"
    [ "$(jq -s 'map(select(.type == "usdt").args.length | . < 0) | [length, any]' -c "$BATS_TEST_TMPDIR/out")" = '[7,false]' ]
    "$TRACER" -q --format text -d "$DEFINITIONS" -t fetch:narrow -- "$FIXTURES/fetch" | grep -c 'bytes=0x[0-9a-f]* length=-1$'
}

@test "bytes of a fixed number, NULs and all; text is repaired" {
    expect 256 'of("bytes")[8:] == [
        {args: {length: 8, hex: "610022e9ff0a7b7d", text: "a\u0000\"\ufffd\ufffd\n{}"}, invalid_utf8: ["text"]}]'
    expect 256 'of("fixed") == [
        {args: {one: "61", eight: "610022e9ff0a7b7d", text: "a\u0000\"\ufffd\ufffd\n{}",
                huge: ("610022e9ff0a7b7d" + (text(256)[8:] | hex))},
         truncated: ["huge"], invalid_utf8: ["text"]}]'
}

@test "NULL, and pointers to where nothing can be read, between good ones; no bytes can be read everywhere" {
    expect 256 'of("bad") == [{
        args: {before: "6162", null: null, low: null, none: null, kernel: null, odd: null, after: "yz"},
        faults: ["low", "none", "kernel", "odd"]}]'
    expect 256 'of("nothing") == [
        {args: {length: 0, null: null, low: "", end: ""}},
        {args: {length: 1, null: null, low: null, end: null}, faults: ["low", "end"]}]'
}

@test "right before memory that is not there: all of it, or a fault when one more is wanted within the limit" {
    local limit
    for limit in $LIMITS; do
        expect "$limit" 'of("page_end") == [1, $limit - 1, $limit, $limit + 1 | . as $behind | ., . + 1 | . as $length
            | {length: $length, behind: $behind} as $args
            | (text(4097)[4097 - $behind:][:$limit] | hex) as $shown
            | if $length > $behind and $length <= $limit then {args: ($args + {bytes: null}), faults: ["bytes"]}
              elif $length > $limit then {args: ($args + {bytes: $shown[:2 * $limit]}), truncated: ["bytes"]}
              else {args: ($args + {bytes: $shown})} end]'
    done
}

@test "over the end of a page that is not in memory yet into others" {
    expect 4096 'of("far") == [
        {args: {length: 4095, bytes: text(4095)}},
        {args: {length: 4096, bytes: text(4096)}},
        {args: {length: 4097, bytes: text(4096)}, truncated: ["bytes"]}]'
    expect 256 'of("cold") == [{args: {length: 16, bytes: "nobody was here\u0000"}}]'
}

@test "more than 16 KiB in one record: the rest is cut, and half an address is none" {
    expect 4096 'of("much") == [{
        args: {a: text(4000), b: text(4096), c: text(4000), d: text(4000), e: text(288), f: "", g: "", h: "", i: null},
        faults: ["i"],
        truncated: ["b", "e", "f", "g", "h"]}]'
    expect 16 'of("much") == [{
        args: {a: text(16), b: text(16), c: text(16), d: text(16), e: text(16), f: "a", g: "0.0.0.0:80", h: "61", i: null},
        faults: ["i"],
        truncated: ["a", "b", "c", "d", "e"]}]'
}

@test "socket addresses of each family, whatever the limit, also where nothing is behind them" {
    local limit
    for limit in $LIMITS; do
        expect "$limit" '[of("address")[] | .args.number as $i | .args.address as $address | del(.args) | . + {address: $address}] == [
            {address: "127.0.0.1:8443"}, {address: "[::1]:443"}, {address: "[fe80::1:2%7]:65535"},
            {address: "127.0.0.1:8443"}, {address: "[::1]:443"},
            {address: "127.0.0.1:8443"}, {address: "[::1]:443"}, {address: "[::1]:443"},
            {address: null, faults: ["address"]}, {address: "[::]:443"},
            {address: "unix:/run/x"}, {address: "unix:@name"}, {address: "unix:"},
            {address: "unix:/tmp/\"\n\u001b[2J\ufffd", invalid_utf8: ["address"]},
            {address: ("unix:" + text(108))}, {address: ("unix:@" + text(108)[1:])},
            {address: "unix:/run/x"}, {address: "unix:/run/x"}, {address: "unix:@name"},
            {address: "family 16"}, {address: "family 65535"}, {address: "family 0"}, {address: "family 16"},
            {address: null, faults: ["address"]}, {address: null}, {address: null, faults: ["address"]}]'
    done
}

# 2^64 - 1 as jq has it.
@test "members of every width and kind, also on pages that are not in memory yet" {
    expect 256 '[of("member")[] | select(.args.number | IN(0, 3)) | del(.args.number)] == [range(2)
        | {args: {u8: 200, s8: -8, u16: 1535, s32: -4, u64: 18446744073709551615, single: 0.5, real: -1e300, yes: true,
                  kind: "MINUS_FOUR", pointer: "0x7ffd1c0"}}]'
    expect 256 '[of("member")[] | select(.args.number > 3) | del(.args.number)] == [range(2)
        | {args: {u8: 200, s8: -8, u16: 255, s32: 77, u64: 18446744073709551615, single: 0.5, real: -1e300, yes: true,
                  kind: "77", pointer: "0x0"}}]'
}

@test "what is behind a member: text, bytes, an array that stands in the structure, an address" {
    expect 256 'of("behind") == [
        {args: {number: 0, text: "a text", array: "arra", bytes: "", count: 5, address: "1.2.3.4:1", duration: 18446744073709551615, sized: "6120746578", size: 5}},
        {args: {number: 1, text: null, array: null, bytes: null, count: null, address: null, duration: null, sized: null, size: null}},
        {args: {number: 2, text: null, array: null, bytes: null, count: null, address: null, duration: null, sized: null, size: null},
         faults: ["text", "array", "bytes", "count", "address", "duration", "sized", "size"]},
        {args: {number: 3, text: "a text", array: "arra", bytes: "612074", count: 5, address: "1.2.3.4:1", duration: 18446744073709551615, sized: "6120746578", size: 5}},
        {args: {number: 4, text: null, array: "arra", bytes: null, count: 0, address: "1.2.3.4:1", duration: 18446744073709551615, sized: null, size: 0}},
        {args: {number: 5, text: null, array: "arra", bytes: null, count: 0, address: "1.2.3.4:1", duration: 18446744073709551615, sized: "", size: 0},
         faults: ["text", "bytes"]}]'
    # A string is cut at the limit, an array at its length.
    expect 1 'of("behind")[0] == {args: {number: 0, text: "a", array: "a", bytes: "", count: 5, address: "1.2.3.4:1",
        duration: 18446744073709551615, sized: "61", size: 5}, truncated: ["text", "array", "sized"]}'
}

@test "bytes whose length can't be read are a fault, also when it is behind NULL" {
    expect 256 'of("sized") == [
        {args: {bytes: "616220", length: 3}},
        {args: {bytes: null, length: null}, faults: ["bytes"]},
        {args: {bytes: null, length: null}, faults: ["bytes", "length"]}]'
}

@test "chains of four loads over pages that are not in memory yet; NULL on the way is null, nowhere is a fault" {
    expect 256 'of("chain") == (
        [range(2) | {args: {number: ., one: 1, two: 2, three: 3, four: 4, text: "the end"}}]
        + [3, 2, 1 | . as $there
           | {one: 1, two: (if $there > 1 then 2 else null end), three: (if $there > 2 then 3 else null end), four: null, text: null}
           | {args: ({number: (5 - $there)} + .)}, {args: ({number: (15 - $there)} + .), faults: ["one", "two", "three", "four", "text"][$there:]}]
        + [{one: null, two: null, three: null, four: null, text: null}
           | {args: ({number: 5} + .)}, {args: ({number: 15} + .), faults: ["one", "two", "three", "four", "text"]}])'
}

@test "values have names, with or without a sign; durations stay numbers" {
    expect 256 'of("value") == [{code: "ONE"}, {code: "MINUS_ONE"}, {code: "NOT_QUITE"}, {code: "5"} | {args: (. + {duration: 1500})}]'
}

@test "probe records and listings say what was asked for, and the unit of a duration" {
    local stream
    for stream in "$BATS_FILE_TMPDIR"/*.256; do
        jq -es 'map(select(.type == "probe") | {(.probe): (.arguments | map({(.name): [.type, .annotation, .unit]}) | add)}) | add
            | .value == {code: ["int", "enum{-1=MINUS_ONE,1=ONE,4294967294=NOT_QUITE}", null], duration: ["unsigned", "us", "us"]}
              and .bytes == {length: ["long", null, null], hex: ["const void *", "hex[length]", null], text: ["const void *", "text[length]", null]}
              and .behind.duration == ["uint64_t", "+8:u64 ms", "ms"] and .chain.four == ["uint64_t", "+0+0+0+8:u64", null]' "$stream"
    done
    "$TRACER" -l -v -d "$DEFINITIONS" -t 'fetch:value' "$FIXTURES/fetch" >"$BATS_TEST_TMPDIR/list"
    grep -Fx '    arg code: int, enum{-1=MINUS_ONE,1=ONE,4294967294=NOT_QUITE}' "$BATS_TEST_TMPDIR/list"
    grep -Fx '    arg duration: unsigned, us' "$BATS_TEST_TMPDIR/list"
}

@test "an annotation that the operand can't have is named with -v and in the listing, and the plain value is shown" {
    cat >"$BATS_TEST_TMPDIR/odd.d" <<'END'
provider fetch {
    probe value(void *code /* sockaddr */, const void *duration /* hex[length] */, int length);
    probe address(int number /* ms */, const void *address /* +0:u16 hex[2] */);
};
END
    "$TRACER" -v -d "$BATS_TEST_TMPDIR/odd.d" -t fetch:value -t fetch:address -o "$BATS_TEST_TMPDIR/out" -- "$FIXTURES/fetch" 2>"$BATS_TEST_TMPDIR/err"
    jq -es 'map(select(.probe == "value" and .type == "usdt").args) == [1, -1, -2, 5 | {code: ., duration: "0x5dc"}]' "$BATS_TEST_TMPDIR/out"
    grep -F "fetch:value: annotation of code passed over: what is there is no pointer" "$BATS_TEST_TMPDIR/err"
    grep -F "fetch:value: annotation of duration passed over: 'length' is no integer that the probe passes" "$BATS_TEST_TMPDIR/err"
    "$TRACER" -l --format json -d "$BATS_TEST_TMPDIR/odd.d" -t fetch:value "$FIXTURES/fetch" | jq -e '
        .args[0].annotation == "sockaddr" and .args[0].passed_over == "what is there is no pointer"'
}

# bats test_tags=long
@test "-w compares what is shown, in the kernel: bytes by their digits, text by its length" {
    local method
    for method in uprobe_multi perf_events; do
        attach_through "$method"
        passing() {
            "$TRACER" -q -d "$DEFINITIONS" -t "fetch:$1" -w "$2" -- "$FIXTURES/fetch" | jq -c 'select(.type == "usdt").args | .length // .number // .code' | xargs
        }
        [ "$(passing bytes 'hex == "61"')" = 1 ]
        [ "$(passing bytes 'hex ^= "610022E9" || hex == ""')" = "0 8" ]
        [ "$(passing bytes 'text ^= "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl" && length < 300 && length > 0')" = "255 256 257" ]
        [ "$(passing bad 'before == "6162" && after == "yz" && !(null == "" || low != "00")')" = "" ]
        [ "$(passing bad 'before == "6162" && after == "yz"')" = null ]
        [ "$(passing cold 'bytes ^= "nobody"')" = 16 ]
        [ "$(passing chain 'four == 4 && text == "the end"')" = "0 1" ]
        [ "$(passing chain 'three != 3')" = "" ]
        [ "$(passing member 's8 == -8 && single > 0.4 && kind == "MINUS_FOUR"')" = "0 3" ]
        [ "$(passing value 'code != "ONE" && code != "NOT_QUITE"')" = "MINUS_ONE 5" ]
    done
}
