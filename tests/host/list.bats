#!/usr/bin/env bats
# tracer -l: what is listed is what an independent reader finds.

load ../e2e/common

# readelf's view of a file: provider, name, address, semaphore, arguments, a line per site, sorted.
notes_by_readelf() {
    readelf -nW "$1" 2>/dev/null | awk '
        sub(/.*Provider: /, "") { provider = $1 }
        $1 == "Name:" { name = $2 }
        $1 == "Location:" { gsub(",", ""); address = $2; semaphore = $6 }
        $1 == "Arguments:" {
            sub(/^ *Arguments: ?/, "")
            print provider, name, address, semaphore, $0
        }' | sed -E 's/0x0*([0-9a-f])/0x\1/g; s/ +$//' | LC_ALL=C sort
}

notes_by_tracer() {
    "$TRACER" -l --format json "$1" | jq -r '
        . as $probe | .sites[]
        | "\($probe.provider) \($probe.probe) \(.address) \(.semaphore // "0x0") \(.spec)"' |
        sed -E 's/ +$//' | LC_ALL=C sort
}

expect_equal_to_readelf() {
    notes_by_readelf "$1" >"$BATS_TEST_TMPDIR/expected"
    notes_by_tracer "$1" >"$BATS_TEST_TMPDIR/actual"
    [ -s "$BATS_TEST_TMPDIR/expected" ]
    diff "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/actual"
}

postgres() {
    ls /usr/lib/postgresql/*/bin/postgres | tail -n 1
}

libstdcxx() {
    ls /usr/lib/*-linux-gnu/libstdc++.so.6
}

@test "demo-app: sites, addresses, semaphores and arguments equal readelf's" {
    expect_equal_to_readelf "$DEMO"
}

@test "postgres: sites, addresses, semaphores and arguments equal readelf's" {
    expect_equal_to_readelf "$(postgres)"
}

@test "libstdc++: sites, addresses, semaphores and arguments equal readelf's" {
    expect_equal_to_readelf "$(libstdcxx)"
}

@test "python: sites, addresses, semaphores and arguments equal readelf's" {
    expect_equal_to_readelf "$(readlink -f /usr/bin/python3)"
}

@test "text lines are PATH PROVIDER:PROBE, sorted, one for each probe" {
    run "$TRACER" -l "$DEMO"
    [ "$status" -eq 0 ]
    [ "$(printf '%s\n' "${lines[@]}" | LC_ALL=C sort -u)" = "$(printf '%s\n' "${lines[@]}")" ]
    printf '%s\n' "${lines[@]}" | grep -qxF "$DEMO demo:request__start"
    [ "${#lines[@]}" -eq "$(grep -c '^ *probe ' "$BATS_TEST_DIRNAME/../../probes/demo.d")" ]
}

@test "globs select and exclude" {
    run "$TRACER" -l "$DEMO" -t 'demo:request-*' -t '!demo:request__header'
    [ "$status" -eq 0 ]
    printf '%s\n' "${lines[@]}" | grep -q 'demo:request__start$'
    ! printf '%s\n' "${lines[@]}" | grep -q -e 'request__header' -e 'connection'
}

@test "-v adds sites, semaphores, argument strings, names and types" {
    run "$TRACER" -l -v "$DEMO" -t demo:request__start
    [ "$status" -eq 0 ]
    [[ "$output" == *"const char *"* ]]
    [[ "$output" == *path* ]]
    local note
    note=$(notes_by_readelf "$DEMO" | grep '^demo request__start ')
    set -- $note
    [[ "$output" == *"$3"* ]] && [[ "$output" == *"$4"* ]] && [[ "$output" == *"$5 $6"* ]]
}

@test "JSON listing: types, names, build id and offsets" {
    run "$TRACER" -l --format json "$DEMO" -t demo:response__done
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 1 ]
    local build_id
    build_id=$(readelf -nW "$DEMO" | sed -n 's/.*Build ID: //p')
    jq -e --arg path "$DEMO" --arg build_id "$build_id" '
        .path == $path and .build_id == $build_id and .provider == "demo" and .probe == "response__done"
        and [.args[].name] == ["conn_id", "request_id", "status", "bytes", "duration_ms", "keep_alive"]
        and .args[4].type == "double" and all(.args[]; .readable == true)
        and all(.sites[]; (.address | startswith("0x")) and (.offset | startswith("0x"))
                          and (.semaphore | startswith("0x")))' <<<"$output"
}

@test "the probes of a process, its libraries included" {
    start_held /usr/bin/python3 -c 'import sys; sys.stdin.read()'
    wait_until 10 grep -q python "/proc/$HELD_PID/maps"
    run "$TRACER" -l -p "$HELD_PID"
    [ "$status" -eq 0 ]
    printf '%s\n' "${lines[@]}" | grep -qxF "$(readlink -f /usr/bin/python3) python:audit"
}

@test "listing needs no privilege for a readable file" {
    publish
    run as_nobody "$PUBLIC/tracer" -l "$(postgres)"
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -ge 50 ]
}

@test "an ELF file cut at any place never crashes and never lists more" {
    local size step all
    size=$(stat -c %s "$DEMO")
    all=$("$TRACER" -l "$DEMO" | wc -l)
    step=$((size / 211))
    for ((cut = 0; cut < size; cut += step)); do
        head -c "$cut" "$DEMO" >"$BATS_TEST_TMPDIR/cut"
        local got=0
        "$TRACER" -l "$BATS_TEST_TMPDIR/cut" >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" || got=$?
        [ "$got" -eq 1 ] || [ "$got" -eq 3 ] || [ "$got" -eq 0 ]
        [ "$(wc -l <"$BATS_TEST_TMPDIR/stdout")" -le "$all" ]
        [ "$got" -eq 0 ] || [ "$(wc -l <"$BATS_TEST_TMPDIR/stderr")" -eq 1 ]
    done
}

# made_of_notes COUNT OPERAND: a library ./notes.so with the probe app:many that passes the operand so often.
made_of_notes() {
    cat >notes.s <<EOF
        .text
site:   nop
        .section .note.stapsdt, "", @note
        .long 8, behind - address, 3
        .asciz "stapsdt"
address:
        .quad site, 0, 0
        .asciz "app", "many"
        .rept $1
        .ascii "$2 "
        .endr
        .byte 0
behind: .balign 4
EOF
    gcc -nostdlib -shared -o notes.so notes.s
}

@test "a probe with more arguments than any real one: the first 64 are listed, the others counted" {
    cd "$BATS_TEST_TMPDIR"
    made_of_notes 64 '1@$7'
    "$TRACER" -l --format json notes.so 2>errors >listed
    [ ! -s errors ]
    [ "$(jq -c '[.args[].name] | length, .[63]' listed | xargs)" = "64 arg63" ]
    made_of_notes 70 '1@$7'
    "$TRACER" -l --format json notes.so 2>errors >listed
    [ "$(cat errors)" = "tracer: notes.so: 6 arguments left out: of each probe the first 64 are listed" ]
    [ "$(jq -c '[.args[].name] | length, .[63]' listed | xargs)" = "64 arg63" ]
}
