#!/usr/bin/env bats
# Bad input gets one clear line on stderr that says what to do, and the right exit status.

load common
bats_require_minimum_version 1.5.0

# expect STATUS TEXT COMMAND…: the status, nothing on stdout, and one line on stderr that holds TEXT.
expect() {
    local wanted=$1 text=$2 got=0
    shift 2
    "$@" >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" 3>&- </dev/null || got=$?
    if [ "$got" -ne "$wanted" ] || [ "$(wc -l <"$BATS_TEST_TMPDIR/stderr")" -ne 1 ] ||
        ! grep -q '^tracer: ' "$BATS_TEST_TMPDIR/stderr" || ! grep -qF -- "$text" "$BATS_TEST_TMPDIR/stderr" ||
        LC_ALL=C grep -q '[[:cntrl:]]' "$BATS_TEST_TMPDIR/stderr"; then
        echo "status $got, wanted $wanted with «$text»: $*" >&2
        cat "$BATS_TEST_TMPDIR/stderr" >&2
        return 1
    fi
}

# Runs tracer with seccomp answering bpf(2) with an error (in the way of a kernel without BPF, or of a
# container that forbids it).
without_bpf() {
    "$FIXTURES/deny" "bpf-$1" "${@:2}"
}

@test "files that are no ELF files" {
    local dir=$BATS_TEST_TMPDIR
    mkdir "$dir/directory" && mkfifo "$dir/fifo" && : >"$dir/empty" && echo 'echo hello' >"$dir/text"
    expect 1 'No such file' "$TRACER" -l "$dir/none"
    expect 1 'directory' "$TRACER" -l "$dir/directory"
    expect 1 'FIFO' within 5 "$TRACER" -l "$dir/fifo"
    expect 1 'device' "$TRACER" -l /dev/zero
    expect 1 'empty' "$TRACER" -l "$dir/empty"
    expect 1 'not an ELF file' "$TRACER" -l "$dir/text"
    expect 1 'not an ELF file' "$TRACER" -x "$dir/text"
    head -c 40 "$DEMO" >"$dir/short"
    expect 1 'cut short' "$TRACER" -l "$dir/short"
}

@test "a name with control bytes is escaped" {
    expect 1 'a\x1b[31m\nb' "$TRACER" -l $'a\x1b[31m\nb'
}

@test "good files are listed although others are bad, and the status tells" {
    run --separate-stderr "$TRACER" -l /nonexistent "$DEMO"
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -gt 10 ]
    [ "${#stderr_lines[@]}" -eq 1 ]
}

@test "a file without probes, and globs that match nothing" {
    expect 3 'no probes' "$TRACER" -l /bin/true
    expect 3 'matches' "$TRACER" -l -t 'nothing:*' "$DEMO"
    expect 3 'no probes' "$TRACER" -x /bin/true
    expect 3 'matches' "$TRACER" -x "$DEMO" -t 'nothing:*'
}

@test "a glob that matches nothing beside others that do" {
    run -0 --separate-stderr "$TRACER" -l -t demo:tick -t demo:tock "$DEMO"
    [ "$output" = "$DEMO demo:tick" ]
    [ "$stderr" = "tracer: -t 'demo:tock' matches none of the probes there" ]
    run -0 --separate-stderr "$TRACER" -t demo:tick -t 'demo:to*' -o "$BATS_TEST_TMPDIR/out" -- "$DEMO" --hits 23
    [[ $stderr == *"tracer: -t 'demo:to*' matches none of the probes there"* ]]
    [ "$(grep -c '"type":"usdt"' "$BATS_TEST_TMPDIR/out")" -eq 23 ]
}

@test "a separate debug file is refused" {
    objcopy --only-keep-debug "$DEMO" "$BATS_TEST_TMPDIR/demo.debug"
    expect 1 'debug' "$TRACER" -l "$BATS_TEST_TMPDIR/demo.debug"
}

@test "an unreadable file" {
    publish
    chmod 600 "$PUBLIC/demo-app"
    run --separate-stderr as_nobody "$PUBLIC/tracer" -l "$PUBLIC/demo-app"
    [ "$status" -eq 4 ]
    [[ "$stderr" == *"ermission denied"* ]]
}

@test "processes that can't be traced" {
    local gone
    sh -c 'echo $$' >"$BATS_TEST_TMPDIR/pid"
    gone=$(cat "$BATS_TEST_TMPDIR/pid")
    expect 1 "$gone" "$TRACER" -p "$gone"
    expect 1 "$gone" "$TRACER" -l -p "$gone"
    # A zombie: its parent has become a program that never waits, and only then lets it end.
    mkfifo "$BATS_TEST_TMPDIR/gate"
    sh -c '{ read -r _ <"$1/gate"; } & echo $! >"$1/zombie"; exec tail -f /dev/null' sh "$BATS_TEST_TMPDIR" 3>&- &
    HELD_PID=$!
    wait_until 10 grep -qx tail "/proc/$HELD_PID/comm"
    echo >"$BATS_TEST_TMPDIR/gate"
    local zombie
    zombie=$(cat "$BATS_TEST_TMPDIR/zombie")
    wait_until 10 grep -q '^State:	Z' "/proc/$zombie/status"
    expect 1 'exited' "$TRACER" -p "$zombie"
}

@test "a kernel thread" {
    local thread
    thread=$(grep -l '^Kthread:	1' /proc/[0-9]*/status 2>/dev/null | head -n 1 | cut -d/ -f3)
    [ -n "$thread" ] || thread=2
    expect 1 'kernel thread' "$TRACER" -p "$thread"
}

# A process that was forked for the demo app has executed it, or is gone already.
is_demo() {
    [ "/proc/$1/exe" -ef "$DEMO" ] || ! [ -e "/proc/$1/exe" ]
}

@test "a process that exits while it is being attached" {
    # Whatever the moment, the run ends by itself with a sound stream or one line.
    local i pid got
    for i in $(seq 23); do
        "$DEMO" --hits $((i * 20000)) >/dev/null 2>&1 3>&- &
        pid=$!
        wait_until 10 is_demo "$pid"
        got=0
        within 20 "$TRACER" -p "$pid" -t demo:tick >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || got=$?
        wait "$pid"
        if [ "$got" -eq 0 ]; then
            check_stream "$BATS_TEST_TMPDIR/out"
        else
            [ "$got" -eq 1 ]
            [ "$(wc -l <"$BATS_TEST_TMPDIR/err")" -eq 1 ]
        fi
    done
}

@test "output that can't be written" {
    expect 1 'directory' "$TRACER" -o "$BATS_TEST_TMPDIR" -x "$DEMO"
    expect 1 'No such file' "$TRACER" -o "$BATS_TEST_TMPDIR/none/out" -x "$DEMO"
    expect 1 'No space left' sh -c '"$1" -l "$2" >/dev/full' sh "$TRACER" "$DEMO"
    run --separate-stderr sh -c '"$1" -n 1000 -- "$2" --requests 101 >/dev/full' sh "$TRACER" "$DEMO"
    [ "$status" -eq 125 ] || [ "$status" -eq 1 ]
    [[ "$stderr" == *"No space left"* ]]
}

@test "standard output or error closed" {
    expect 1 'standard output: cannot write' sh -c 'exec "$1" -x "$2" --duration 1s >&-' sh "$TRACER" "$DEMO"
    expect 1 'standard output: cannot write' sh -c 'exec "$1" -l "$2" >&-' sh "$TRACER" "$DEMO"
    sh -c 'exec "$1" -l -o "$3" /nonexistent "$2" 2>&-' sh "$TRACER" "$DEMO" "$BATS_TEST_TMPDIR/listing" || [ $? -eq 1 ]
    ! grep -v ' demo:' "$BATS_TEST_TMPDIR/listing"
}

@test "a file with more notes than any real file has" {
    cp "$DEMO" "$BATS_TEST_TMPDIR/large"
    truncate -s 3G "$BATS_TEST_TMPDIR/large"
    # Let the section reach over the hole: its size is the sixth word of the section's header.
    /usr/bin/python3 - "$BATS_TEST_TMPDIR/large" <<'PY'
import struct, sys
with open(sys.argv[1], "r+b") as file:
    head = file.read(64)
    offset, = struct.unpack_from("<Q", head, 40)
    size, count, names = struct.unpack_from("<HHH", head, 58)
    def section(i):
        file.seek(offset + i * size)
        return struct.unpack("<IIQQQQIIQQ", file.read(64))
    strings = section(names)[4]
    for i in range(count):
        file.seek(strings + section(i)[0])
        if file.read(14) == b".note.stapsdt\0":
            file.seek(offset + i * size + 32)
            file.write(struct.pack("<Q", 2 << 30))
PY
    expect 1 'bytes of probe notes' "$TRACER" -l "$BATS_TEST_TMPDIR/large"
    rm "$BATS_TEST_TMPDIR/large"
}

@test "not root" {
    publish
    start_held "$DEMO" --wait --hits 1
    run --separate-stderr as_nobody "$PUBLIC/tracer" -p "$HELD_PID"
    [ "$status" -eq 4 ]
    [ "${#stderr_lines[@]}" -eq 1 ]
    [[ "$stderr" == *"root"* ]]
    run --separate-stderr as_nobody "$PUBLIC/tracer" -x "$PUBLIC/demo-app"
    [ "$status" -eq 4 ]
    [ "${#stderr_lines[@]}" -eq 1 ]
    [[ "$stderr" == *"CAP_BPF"* ]]
}

@test "root without CAP_BPF and CAP_SYS_ADMIN" {
    expect 4 'CAP_BPF' setpriv --bounding-set=-bpf,-sys_admin --inh-caps=-bpf,-sys_admin "$TRACER" -x "$DEMO"
}

@test "BPF switched off, or forbidden" {
    expect 1 'BPF' without_bpf ENOSYS "$TRACER" -x "$DEMO"
    expect 4 'CAP_BPF' without_bpf EPERM "$TRACER" -x "$DEMO"
    expect 125 'BPF' without_bpf ENOSYS "$TRACER" -- "$DEMO" --requests 1
}

@test "a command that can't be let go, after a library that is passed over: the message is about the command" {
    local library=$BATS_TEST_TMPDIR/library.so
    # The loader needs no section headers; tracer wonders where they are.
    cp "$FIXTURES/libearly_library.so" "$library"
    printf '\377\377\377\377\377\377\377\177' | dd of="$library" bs=1 seek=40 conv=notrunc status=none
    LD_PRELOAD=$library run "$TRACER" -v -o /dev/null -- /bin/true
    [ "$status" -eq 0 ]
    [[ "$output" == *"tracer: passed over: $library: is cut short or damaged"* ]]
    LD_PRELOAD=$library expect 125 "not permitted to follow '/bin/true' with ptrace" \
        "$FIXTURES/deny" detach "$TRACER" -o /dev/null -- /bin/true
}

@test "definitions with errors name file, line, column and text" {
    printf 'provider demo {\n    probe one(int a;\n};\n' >"$BATS_TEST_TMPDIR/bad.d"
    expect 1 "$BATS_TEST_TMPDIR/bad.d:2:" "$TRACER" -l -d "$BATS_TEST_TMPDIR/bad.d" "$DEMO"
    expect 1 'No such file' "$TRACER" -l -d "$BATS_TEST_TMPDIR/none.d" "$DEMO"
}

@test "globs that are no globs" {
    expect 2 'colon' "$TRACER" -l -t a:b:c "$DEMO"
    expect 2 '[' "$TRACER" -x "$DEMO" -t 'demo:[a'
}
