#!/usr/bin/env bats
# What h2olog printed can be had from tracer with the definitions of h2o and quicly.
# bats file_tags=long

load common

RECORDS=$BATS_TEST_DIRNAME/../fixtures/h2o/h2olog.jsonl

# trace_replay PROGRAM OUT MASTER OPTION…
trace_replay() {
    "$TRACER" -q -s 64 -o "$2" "${@:4}" -t 'h2o:*' -t 'quicly:*' -- "$1" "$RECORDS" "$3"
    check_stream "$2"
}

check_replay() {
    /usr/bin/python3 "$BATS_TEST_DIRNAME/h2olog_check.py" "$TRACER_SOURCE/man/tracer-probes.5" "$RECORDS" "$@"
}

@test "every field of h2olog's records of an HTTP/1 and an HTTP/3 request is in args, with its value" {
    local master stripped=$BATS_TEST_TMPDIR/h2o
    strip -o "$stripped" "$FIXTURES/h2o_replay" # as servers are installed
    for master in 0 1009; do
        trace_replay "$stripped" "$BATS_TEST_TMPDIR/out" "$master"
        [ "$(check_replay "$BATS_TEST_TMPDIR/out" "$master")" = "165 records of 48 types, 1267 fields" ]
    done
}

@test "the same with members by name, from the program's debug information" {
    local definitions=$BATS_TEST_TMPDIR/quicly.d
    sed -e 's/+0x10:u32/.super.local.cid_set.plaintext.master_id/' -e 's/+0x8:s64/.stream_id/' \
        -e 's/+0:u32/.minimum/; s/+4:u32/.smoothed/; s/+8:u32/.variance/; s/+12:u32/.latest/' \
        "$TRACER_SOURCE/probes/quicly.d" >"$definitions"
    [ "$(grep -c '+[0-9]' "$definitions")" -eq 0 ]
    trace_replay "$FIXTURES/h2o_replay" "$BATS_TEST_TMPDIR/out" 1009 -d "$definitions"
    [ "$(check_replay "$BATS_TEST_TMPDIR/out" 1009)" = "165 records of 48 types, 1267 fields" ]
}
