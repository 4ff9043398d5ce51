#!/usr/bin/env bats
# Every form of operand in live processes, with exact values. The forms stand in tests/fixtures/operands/operands_sites.S,
# next to the registers' values; what follows here is worked out from those, not by tracer.

load common
bats_require_minimum_version 1.5.0

# Name, arguments and remarks of each event. As text: jq would round beyond 2^53.
hits_of() {
    sed -nE 's/^\{"type":"usdt".*"probe":"([^"]*)","id":[0-9]+,"args":(.*)\}$/\1 \2/p' "$1"
}

# expected_hits TWO_REGISTERS LOCAL: the two lines that depend on the kind of file are given.
expected_hits() {
    cat <<HITS
none {}
constants {"arg0":-8,"arg1":255,"arg2":-1600,"arg3":65535,"arg4":-42,"arg5":4294967295,"arg6":-5000000000,"arg7":-9223372036854775808,"arg8":18446744073709551615,"arg9":18364758544493064720,"arg10":-1,"arg11":5}
widths {"arg0":136,"arg1":-120,"arg2":135,"arg3":-121,"arg4":34696,"arg5":-30840,"arg6":2240186248,"arg7":-2054781048,"arg8":9332165983064197000,"arg9":-9114578090645354616}
names {"arg0":9332165983064197000,"arg1":-2054781048,"arg2":136,"arg3":34696,"arg4":9332165983064197000,"arg5":9332165983064197000}
registers {"arg0":9332165983064197000,"arg1":116548232545280,"arg2":8,"arg3":-3,"arg4":116548232544256,"arg5":116548232556544,"arg6":116548232544512,"arg7":116548232544448}
registers_r {"arg0":116548232544768,"arg1":116548232544896,"arg2":116548232545024,"arg3":14568529068039,"arg4":4615577759009383844,"arg5":12297829380689480216,"arg6":116548232548352,"arg7":17434265340928784376}
parts {"arg0":0,"arg1":4,"arg2":8,"arg3":0,"arg4":-3,"arg5":-1,"arg6":256,"arg7":192,"arg8":248,"arg9":-2056,"arg10":-168364040,"arg11":248}
parts_more {"arg0":0,"arg1":0,"arg2":0,"arg3":192,"arg4":0,"arg5":12288,"arg6":-3,"arg7":51736}
memory {"arg0":136,"arg1":-120,"arg2":34696,"arg3":-30840,"arg4":2240186248,"arg5":-2054781048,"arg6":9332165983064197000,"arg7":-9114578090645354616}
displaced {"arg0":1000003,"arg1":31000093,"arg2":26000078,"arg3":21000063,"arg4":32000096,"arg5":33000099,"arg6":22000066,"arg7":31000093}
scaled {"arg0":25,"arg1":25,"arg2":8077,"arg3":-2000006,"arg4":-10000000058,"arg5":-20000000116,"arg6":1000003,"arg7":10095}
scaled_back {"arg0":29000087,"arg1":23000069,"arg2":16,"arg3":7000021,"arg4":6000018,"arg5":32000096}
absolute {"arg0":3000009,"arg1":-30000000174}
floats {"arg0":3.72828,"arg1":3.4342098,"arg2":3.72828,"arg3":3.4342098,"arg4":3.72828,"arg5":1}
variables {"arg0":0,"arg1":7000000001,"arg2":14000000002,"arg3":105000000015,"arg4":-2000003,"arg5":4292967293,"arg6":254,"arg7":-2}
variables_by_address {"arg0":7000000001,"arg1":14000000002,"arg2":-2,"arg3":7000000001,"arg4":21000000003,"arg5":-16000024}
variables_two_registers $1
variables_local $2
cold {"arg0":88,"arg1":506097522914230528,"arg2":6076290831446134349,"arg3":1}
unreadable {"arg0":1,"arg1":null,"arg2":2,"arg3":null,"arg4":3,"arg5":null,"arg6":4,"arg7":null,"arg8":5,"arg9":null,"arg10":6,"arg11":null},"faults":["arg1","arg3","arg5","arg7","arg9","arg11"]
unmapped {"arg0":1,"arg1":null,"arg2":2,"arg3":null,"arg4":3,"arg5":null,"arg6":160,"arg7":null},"faults":["arg1","arg3","arg5","arg7"]
sites {"arg0":1,"arg1":-3,"arg2":null},"faults":["arg2"]
sites {"arg0":-3,"arg1":null,"arg2":3.72828},"faults":["arg1"]
sites {"arg0":135,"arg1":1000003,"arg2":3.4342098}
fourteen {"arg0":0,"arg1":1,"arg2":2,"arg3":3,"arg4":4,"arg5":5,"arg6":6,"arg7":7,"arg8":8,"arg9":9,"arg10":10,"arg11":11,"arg12":null,"arg13":null},"faults":["arg12","arg13"]
twelve {"arg0":-3,"arg1":1000003,"arg2":3,"arg3":8,"arg4":135,"arg5":7000000001,"arg6":3.72828,"arg7":3.4342098,"arg8":-10000000058,"arg9":31000093,"arg10":5,"arg11":12}
HITS
}

# expect_hits FIXTURE TWO_REGISTERS LOCAL
expect_hits() {
    local out=$BATS_TEST_TMPDIR/out
    "$TRACER" -q -o "$out" -- "$FIXTURES/$1"
    check_stream "$out"
    hits_of "$out" | diff <(expected_hits "$2" "$3") -
}

# reasons PROBE FILE: spec and reason of each of its arguments that can't be read.
reasons() {
    jq -r --arg probe "$1" 'select(.type == "probe" and .probe == $probe) | .arguments[] | select(.readable | not) | "\(.spec)  \(.why)"' "$2"
}

TWO_KNOWN='{"arg0":21000000003,"arg1":-4000006}'
TWO_UNKNOWN='{"arg0":null,"arg1":null},"faults":["arg0","arg1"]'
LOCAL_KNOWN='{"arg0":-77,"arg1":null,"arg2":5},"faults":["arg1"]'
LOCAL_UNKNOWN='{"arg0":null,"arg1":null,"arg2":5},"faults":["arg0","arg1"]'

@test "each form of operand, in a position-independent file" {
    expect_hits operands_pie "$TWO_UNKNOWN" "$LOCAL_KNOWN"
}

@test "each form of operand, in a file of fixed addresses: a symbol with two registers as well" {
    expect_hits operands_fixed "$TWO_KNOWN" "$LOCAL_KNOWN"
}

@test "each form of operand, in stripped files: variables by .dynsym" {
    [ -z "$(readelf -WS "$FIXTURES/operands_pie_stripped" "$FIXTURES/operands_fixed_stripped" | grep -F .symtab)" ]
    expect_hits operands_pie_stripped "$TWO_UNKNOWN" "$LOCAL_UNKNOWN"
    expect_hits operands_fixed_stripped "$TWO_KNOWN" "$LOCAL_UNKNOWN"
}

@test "each form of operand, through perf events" {
    attach_through perf_events
    expect_hits operands_fixed "$TWO_KNOWN" "$LOCAL_KNOWN"
}

@test "an operand that can't be read: the probe record says why" {
    local out=$BATS_TEST_TMPDIR/out sites
    "$TRACER" -q -o "$out" -- "$FIXTURES/operands_pie"
    diff - <(reasons unreadable "$out") <<'WHY'
8f@%xmm0  in a floating-point or vector register
8@%fs:16  relative to a segment, as thread-local variables are
16@%rax  its size is not 1, 2, 4 or 8 bytes
8@(%eax)  address in a part of a register
8@operands_nowhere(%rip)  no symbol operands_nowhere in the file
8@what+ever-is(this)  a difference or sum of symbols
WHY
    [ "$(reasons variables_local "$out")" = '8@operands_twice(%rip)  more than one symbol operands_twice in the file' ]
    [ "$(reasons variables_two_registers "$out" | head -n 1)" = \
        '8@operands_longs(%rcx,%rcx,2)  the symbol operands_longs with two registers, in a file that is loaded anywhere' ]
    diff - <(reasons fourteen "$out") <<'WHY'
8@$12  behind the first 12 arguments
8@$13  behind the first 12 arguments
WHY
    # Where only some sites are concerned: how many, and the first of them.
    mapfile -t sites < <("$TRACER" -l --format json -t operands:sites "$FIXTURES/operands_pie" | jq -r '.sites[].address')
    diff - <(reasons sites "$out") <<WHY
8@%xmm1  at 1 of 3 sites, first at ${sites[1]}: in a floating-point or vector register
8f@%r12  at 1 of 3 sites, first at ${sites[0]}: not passed
WHY
    # What is readable by its note, and is not there when the hit comes, has no reason to give.
    [ -z "$(reasons unmapped "$out")" ]
}

@test "stap: a double and a float in general registers, of each thread" {
    local out=$BATS_TEST_TMPDIR/out
    SYSTEMTAP_DIR=$BATS_TEST_TMPDIR/stap "$TRACER" -q -t 'stap:benchmark*' -o "$out" -- stap --benchmark-sdt --benchmark-sdt-loops=3 --benchmark-sdt-threads=2 >"$BATS_TEST_TMPDIR/stap"
    check_stream "$out"
    [ "$(hits_of "$out" | grep '^benchmark__fp ')" = 'benchmark__fp {"double_value":3.72828,"float_value":3.4342098}
benchmark__fp {"double_value":3.72828,"float_value":3.4342098}' ]
    [ "$(count benchmark "$out")" -eq 6 ]
}

# stap removes the oldest of its compiled modules until they take less than a megabyte. It tells each file by an element
# of a vector, 8@(%rax,%rcx) where Debian 12 compiled it.
@test "stap: the names of the files that it cleans from its cache, through base and index" {
    local out=$BATS_TEST_TMPDIR/out directory=$BATS_TEST_TMPDIR/stap/cache/ab definition=$BATS_TEST_TMPDIR/stap.d i
    mkdir -p "$directory"
    echo 1 >"$directory/../cache_mb_limit"
    echo 0 >"$directory/../cache_clean_interval_s"
    for i in 1 2 3; do
        truncate -s 600K "$directory/stap_0123456789abcdef0123456789abcdef_$i.ko"
        truncate -s 10 "$directory/stap_0123456789abcdef0123456789abcdef_$i.c"
        touch -d "2026-01-0$i" "$directory/stap_0123456789abcdef0123456789abcdef_$i".*
    done
    find "$directory" -type f | sort | head -n 4 >"$BATS_TEST_TMPDIR/expected"
    echo 'provider stap { probe cache__clean(const char *path); };' >"$definition"
    SYSTEMTAP_DIR=$BATS_TEST_TMPDIR/stap "$TRACER" -q -d "$definition" -t stap:cache__clean -o "$out" -- stap --clean-cache
    check_stream "$out"
    jq -r 'select(.type == "usdt") | .args.path' "$out" | diff "$BATS_TEST_TMPDIR/expected" -
    # It was true, and the rest is there still.
    [ "$(find "$directory" -type f | wc -l)" -eq 2 ]
}
