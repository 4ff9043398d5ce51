# A program of tests/fixtures that is told a limit for strings, traced once with each. To be loaded after `common`; the
# file that loads this sets DEFINITIONS.

LIMITS="1 16 256 4096"

# trace_limit METHOD PROGRAM LIMIT: the stream goes to METHOD.LIMIT, what the program says to that name with .app.
trace_limit() {
    attach_through "$1"
    "$TRACER" -q -d "$DEFINITIONS" -s "$3" -o "$BATS_FILE_TMPDIR/$1.$3" -- "$FIXTURES/$2" "$3" >"$BATS_FILE_TMPDIR/$1.$3.app"
}

# trace_limits PROGRAM: with each limit, and through perf events, whose detaching is slow, with one of them.
trace_limits() {
    local limit
    for limit in $LIMITS; do
        trace_limit uprobe_multi "$1" "$limit"
    done
    trace_limit perf_events "$1" 256
}

# expect LIMIT PROGRAM: the program holds for the array of hits of each run with that limit. A hit is its probe, its
# arguments and what is to be said about them; text(N) is the fixture's text of that length, and hex what its
# bytes are as hexadecimal digits.
expect() {
    local stream
    for stream in "$BATS_FILE_TMPDIR"/*."$1"; do
        jq -es --argjson limit "$1" "
            def text(\$n): [range(\$n) | 97 + . % 26] | implode;
            def digit: if . < 10 then 48 + . else 87 + . end;
            def hex: [explode[] | (. / 16 | floor | digit), (. % 16 | digit)] | implode;
            def of(\$probe): map(select(.probe == \$probe) | del(.probe));
            map(select(.type == \"usdt\") | {probe, args} + with_entries(select(.key | IN(\"faults\", \"truncated\", \"invalid_utf8\"))))
            | $2" "$stream" >/dev/null || {
            echo "in ${stream##*/}" >&2
            return 1
        }
    done
}

check_streams() {
    local stream
    for stream in "$BATS_FILE_TMPDIR"/{uprobe_multi.{1,16,256,4096},perf_events.256}; do
        check_stream "$stream"
        tail -n 1 "$stream" | jq -e '.lost == 0 and .missed == 0'
    done
}
