#!/usr/bin/env bats
# Kernel probes. Which ways there are to attach one depends on the kernel: what a test does with one that is not
# there is to want the error that says so.

load common
bats_require_minimum_version 1.5.0

setup() {
    READS=$FIXTURES/kernel/reads
    LIVES=$FIXTURES/kernel/lives
    FILE=$BATS_TEST_TMPDIR/file
    head -c 4096 /dev/zero >"$FILE"
    "$TRACER" -l -k --format json >"$BATS_TEST_TMPDIR/kernel"
}

# works PROBE METHOD: whether this kernel has it.
works() {
    jq -es --arg probe "$1" --arg method "$2" \
        'map(select(.probe == $probe).ways[] | select(.method == $method).supported) == [true]' \
        "$BATS_TEST_TMPDIR/kernel" >/dev/null
}

# kernel FILTER [FILE]: that of each event of a kernel probe, a line each.
kernel() {
    jq -c "select(.type == \"kernel\") | $1" "${2:-$OUT}"
}

# in_read COUNT: whether so many threads of the held program are in read(2), whose number is 0 or 63.
in_read() {
    [ "$(cat "/proc/$HELD_PID/task"/*/syscall | grep -cE '^(0|63) ')" -eq "$1" ]
}

# start_reader COMMAND…: a held program that waits in its read, which is not told of then.
start_reader() {
    start_held "$@"
    wait_until 20 in_read 1
}

# trace_reads THREADS ROUNDS OPTION…: traces the fixture's reads; what it says of them is in $HELD_OUT. How many of them
# may be absent is in MISSED.
trace_reads() {
    start_reader "$READS" "$1" "$2" "$FILE"
    start_tracer -p "$HELD_PID" -k vfs_read "${@:3}"
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    read_missed
    rm "$BATS_TEST_TMPDIR/gate"
}

# end FILTER: that of the end record.
end() {
    tail -n 1 "$OUT" | jq -c "$1"
}

# check_sums: the events are as many as the fixture says and add up to what it says; if some are absent, to no more.
check_sums() {
    check_number "$(jq .reads "$HELD_OUT")" "$(kernel . | wc -l)"
    jq -es --argjson said "$(cat "$HELD_OUT")" '
        map(select(.type == "kernel").args) | {
            reads: length,
            bytes: map(.bytes // 0) | add,
            requested: map(.requested) | add,
            errors: map(.error | select(.)) } as $sums
        | ($said | del(.device, .inode)) as $wanted
        | if $sums.reads == $wanted.reads then $sums == $wanted
          else $sums.bytes <= $wanted.bytes and $sums.requested <= $wanted.requested and $sums.errors - $wanted.errors == []
          end' "$OUT" >/dev/null
    # What is told of a read is of one: nobody gets more than was asked for.
    jq -es 'all(.[] | select(.type == "kernel").args; .requested == null or .bytes == null or .bytes <= .requested)' "$OUT"
}

@test "-l -k: every probe with its fields, and each way with whether it works here or why not" {
    run -0 "$TRACER" -l -k
    [ "$(grep -c '^kernel:[a-z_]*: ' <<<"$output")" -eq 3 ]
    for probe in vfs_read exec exit; do
        grep -q "^kernel:$probe: " <<<"$output"
    done
    grep -q '^    arg bytes: uint64_t, ' <<<"$output"
    grep -q '^    arg argv: const char \*const \*, ' <<<"$output"
    [ "$(grep -cE '^    through (fexit|kretprobe|tracepoint): (works|does not work: .+)$' <<<"$output")" -eq 5 ]
    jq -es 'map(.probe) == ["vfs_read", "exec", "exit"]
        and all(.[]; .provider == "kernel" and .method == first(.ways[] | select(.supported) | .method)
            and all(.args[]; (.name, .type, .meaning) | length > 0)
            and all(.ways[]; .supported != (.why | type == "string")))' "$BATS_TEST_TMPDIR/kernel"
    # Where the kernel has kprobes, it has all three ways.
    local ways=1
    [ ! -e /sys/bus/event_source/devices/kprobe ] || ways=3
    jq -es --argjson ways "$ways" 'map(select(.probe == "vfs_read").ways[] | select(.supported)) | length == $ways' "$BATS_TEST_TMPDIR/kernel"
    run -0 "$TRACER" -l --format json -k exit,exec
    jq -es 'map(.probe) == ["exit", "exec"]' <<<"$output"
}

@test "-l -k without privilege says that it can't be found out" {
    publish
    as_nobody "$PUBLIC/tracer" -l -k --format json >"$BATS_TEST_TMPDIR/nobody"
    jq -es 'length == 3 and all(.[]; .method == null
        and all(.ways[]; .supported == null and (.why | startswith("not permitted to find out: run as root"))))' \
        "$BATS_TEST_TMPDIR/nobody"
}

# with_only CAPABILITY,… COMMAND…: as nobody, but with these.
with_only() {
    setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps="-all,$1" --ambient-caps="-all,$1" "${@:2}"
}

@test "-k needs CAP_BPF and CAP_PERFMON, no more, and says so" {
    publish
    with_only +bpf,+perfmon "$PUBLIC/tracer" -q -k exec,exit,vfs_read -n 1 >"$BATS_TEST_TMPDIR/out" 3>&- &
    TRACER_PID=$!
    wait_until 20 eval '/bin/true; ! kill -0 "$TRACER_PID" 2>/dev/null'
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$BATS_TEST_TMPDIR/out"
    for some in bpf perfmon; do
        run -4 with_only "+$some" "$PUBLIC/tracer" -k exec
        [[ $output =~ ^"tracer: not permitted to "(load the BPF programs|attach kernel probes)": run as root, or with CAP_BPF and CAP_PERFMON"[^$'\n']*$ ]]
        with_only "+$some" "$PUBLIC/tracer" -l -k exec | grep -q '^    through tracepoint: unknown: not permitted to find out: '
    done
}

@test "vfs_read: exact counts and sums in every way that this kernel has; the others say why not" {
    local method tried=0
    for method in fexit kretprobe tracepoint; do
        if works vfs_read "$method"; then
            trace_reads 4 23 -t '!*' --kernel-method "$method"
            check_number "$(jq .reads "$HELD_OUT")" "$(end .hits)"
            [ "$(end .lost)" -eq 0 ]
            check_sums
            [ "$(jq -r 'select(.type == "probe" and .provider == "kernel").method' "$OUT")" = "$method" ]
            tried=$((tried + 1))
        else
            run -1 "$TRACER" -q -p $$ -k vfs_read --kernel-method "$method"
            [[ $output =~ ^"tracer: kernel probe vfs_read: through $method: this kernel "("refuses it, whoever asks"|"does not have it")$ ]]
        fi
    done
    [ "$tried" -ge 1 ]
}

# bats test_tags=long
@test "vfs_read: of many threads in one at the same time none is missed, or that is counted" {
    local method
    for method in fexit kretprobe tracepoint; do
        works vfs_read "$method" || continue
        start_reader "$FIXTURES/kernel/blocked" 32
        start_tracer -p "$HELD_PID" -k vfs_read --kernel-method "$method"
        printf x >&"$HELD_GATE"
        wait_until 20 in_read 33
        release_held
        finish_held
        finish_tracer
        check_stream "$OUT"
        if [ "$method" = kretprobe ]; then
            [ "$(end '.hits < 66 and .hits + .missed >= 66')" = true ]
            [ "$(end '.hits + .missed')" -eq 66 ] || kernel_preempts
        else
            read_missed
            check_number 66 "$(end .hits)"
        fi
        rm "$BATS_TEST_TMPDIR/gate"
    done
}

@test "vfs_read: the best way that works is taken" {
    trace_reads 1 1
    [ "$(jq -r 'select(.type == "probe" and .provider == "kernel").method' "$OUT")" = \
        "$(jq -r 'select(.probe == "vfs_read").method' "$BATS_TEST_TMPDIR/kernel")" ]
    check_sums
}

@test "vfs_read: device, inode and descriptor are those of the file, and nothing else is told of" {
    trace_reads 1 7
    jq -es --argjson said "$(cat "$HELD_OUT")" --argjson pid "$HELD_WAS" '
        map(select(.type == "kernel"))
        | all(.[]; .pid == $pid and .provider == "kernel" and .probe == "vfs_read" and .args.duration_ns > 0
            and (.args | keys_unsorted == ["bytes", "requested", "error", "duration_ns", "device", "inode", "fd"])
            and ((.args.bytes == null) != (.args.error == null))
            and (has("faults") | not))
        and all(.[].args | select(.bytes >= 16); .device == $said.device and .inode == $said.inode and .fd == 3)' "$OUT"
    # Last come the five errors, two that get nothing, and five bytes of a pipe.
    check_list 'map(select(.type == "kernel").args.bytes)' \
        '[range(7) | 16, 128, 2048] + [range(5) | null] + [0, 0, 5]'
}

@test "vfs_read and static probes in one stream: each thread's reads stand between its hits" {
    trace_reads 4 101 -t 'reads:*'
    check_number "$(jq .reads "$HELD_OUT")" "$(kernel . | wc -l)"
    # Static probes are never missed, so what is absent between a start and its done is reads.
    jq -es --argjson missed "$MISSED" "$IS_BUT_FOR_MISSED"'
        map(select(.type == "usdt" or .args.bytes >= 16))
        | group_by(.tid) | length == 4
        and all(.[]; map(.args.bytes // .probe)
            | is_but_for_missed([range(101) | "start", 16, 128, 2048, "done"])
            and map(strings) == [range(101) | "start", "done"])' "$OUT"
    jq -es 'map(select(.type == "usdt" or .type == "kernel")) | group_by(.tid)
        | all(.[]; map(.ts) == (map(.ts) | sort))' "$OUT"
}

# bats test_tags=long
@test "-w, --sample and -n hold for kernel probes; those that -w can't be true for are left out" {
    trace_reads 2 23 -w 'bytes == 128'
    check_list 'map(select(.type == "kernel").args.bytes)' '[range(46) | 128]'
    check_number 146 "$(end .hits)"
    check_number 46 "$(end .emitted)"
    check_number 100 "$(end .filtered)"
    trace_reads 2 23 -w 'error == 11 || error == 21'
    check_list 'map(select(.type == "kernel").args.error)' '[11, 21]'
    trace_reads 2 23 --sample 1/10 -t '!*'
    check_number 146 "$(end .hits)"
    [ "$(end .emitted)" -eq $(($(end .hits) / 10)) ]
    [ "$(end .filtered)" -eq $(($(end .hits) - $(end .emitted))) ]
    trace_reads 2 23 -k exit --sample 1/7 -t '!*' # each probe by itself
    check_number 146 "$(end '.probes[0].hits')"
    check_number 1 "$(end '.probes[1].hits')"
    [ "$(end '.probes[] | [.probe, .emitted]' | xargs)" = "[vfs_read,$(($(end '.probes[0].hits') / 7))] [exit,0]" ]
    trace_reads 2 23 -n 5 -t '!*'
    [ "$(kernel .seq | xargs)" = '1 2 3 4 5' ]
    trace_reads 1 1 -w 'arg0 == 0'
    grep -qx "tracer: kernel probe vfs_read is left out by -w: it has no argument 'arg0'" "$ERR"
    [ "$(jq -c 'select(.type == "usdt").probe' "$OUT" | xargs)" = 'start done' ]
}

@test "-w that can't be true for any kernel probe: nothing matches, and each says why" {
    run -3 "$TRACER" -k exec,exit -w 'status == 0 && filename == "/bin/true"'
    [ "${#lines[@]}" -eq 3 ]
    [ "${lines[0]}" = "tracer: kernel probe exec is left out by -w: it has no argument 'status'" ]
    [ "${lines[1]}" = "tracer: kernel probe exit is left out by -w: it has no argument 'filename'" ]
    [ "${lines[2]}" = "tracer: -w is true of none of the 2 probes there" ]
    # Static probes among them say it with -v.
    start_held "$DEMO" --wait --hits 1
    run -3 "$TRACER" -p "$HELD_PID" -k exec,exit -t demo:tick -w 'status == 0 && filename == "/bin/true"'
    [ "${#lines[@]}" -eq 3 ]
    [ "${lines[2]}" = "tracer: -w is true of none of the 3 probes there; -v says why" ]
}

@test "a full buffer: hits = emitted + lost, and the losses stand in the stream" {
    start_reader "$READS" 4 2003 "$FILE"
    start_tracer -p "$HELD_PID" -k vfs_read -t '!*' --buffer 64K
    run_past_stopped_tracer
    finish_tracer
    check_stream "$OUT"
    read_missed
    check_number "$(jq .reads "$HELD_OUT")" "$(end .hits)"
    [ "$(end .lost)" -gt 10000 ]
}

# A shell that says "ok" for each line, of which it reads each byte by itself.
@test "lost reads of a kernel probe are told of where they are missing" {
    start_reader sh -c 'while read -r line; do echo ok; done'
    start_tracer -p "$HELD_PID" -k vfs_read --buffer 64K
    kill -STOP "$TRACER_PID"
    printf '%05000d\n' 0 >&"$HELD_GATE"
    wait_until 20 grep -q ok "$HELD_OUT"
    kill -CONT "$TRACER_PID"
    echo after >&"$HELD_GATE"
    wait_until 20 grep -q '"lost"' "$OUT"
    release_held
    finish_held
    finish_tracer
    check_stream "$OUT"
    # The end is one, but not the first, which was under way when tracer came.
    read_missed
    check_number 5007 "$(end .hits)"
    jq -es 'map(.type) | index("lost") < rindex("kernel") and (map(select(. == "lost")) | length) == 1' "$OUT"
}

@test "vfs_read: the device of a file system whose number goes beyond 255" {
    local mounted='import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
folder = sys.argv[1].encode()
for i in range(300):
    if libc.mount(b"none", folder, b"tmpfs", 0, None):
        sys.exit(os.strerror(ctypes.get_errno()))
path = folder + b"/file"
with open(path, "wb") as file:
    file.write(bytes(4096))
os.execv(sys.argv[2], [sys.argv[2], "1", "23", path])'
    mkdir "$BATS_TEST_TMPDIR/folder"
    start_held unshare --mount --propagation private \
        /usr/bin/python3 -c "$mounted" "$BATS_TEST_TMPDIR/folder" "$READS"
    wait_until 20 test "/proc/$HELD_PID/exe" -ef "$READS"
    wait_until 20 in_read 1
    start_tracer -p "$HELD_PID" -k vfs_read
    release_held
    finish_held
    finish_tracer
    [ "$(jq .device "$HELD_OUT")" -gt $((1 << 20)) ]
    [ "$(kernel "select(.args.fd == 3).args.device" | sort -u)" = "$(jq .device "$HELD_OUT")" ]
}

@test "a process without static probes: its kernel probes are enough" {
    start_reader cat
    start_tracer -p "$HELD_PID" -k vfs_read
    grep -qx 'tracer: ready: 0 probes, 0 sites, 0 files, 1 kernel probe' "$ERR"
    echo line >&"$HELD_GATE"
    wait_until 10 grep -q line "$HELD_OUT"
    release_held
    finish_held
    finish_tracer
    # The read that was under way when tracer came is not told of.
    read_missed
    check_list 'map(select(.type == "kernel").args.bytes)' '[0]'
}

# Runs the fixture's children, as JSON lines in `said` and `seen`.
trace_lives() {
    "$TRACER" -f -k "${KERNEL:-exec,exit}" -o "$BATS_TEST_TMPDIR/out" -- "$LIVES" </dev/null >"$BATS_TEST_TMPDIR/said"
    OUT=$BATS_TEST_TMPDIR/out
    check_stream "$OUT"
}

@test "exit: status, signal and peak memory are those that wait4 tells, however a process ends" {
    trace_lives
    jq -c '{pid, status, signal, peak_bytes}' "$BATS_TEST_TMPDIR/said" >"$BATS_TEST_TMPDIR/wanted"
    jq -c 'select(.type == "kernel" and .probe == "exit") | {pid} + .args | {pid, status, signal, peak_bytes}' \
        "$OUT" >"$BATS_TEST_TMPDIR/got"
    [ "$(jq -c .status "$BATS_TEST_TMPDIR/wanted" | xargs)" = '7 null 0 0 23 9' ]
    diff "$BATS_TEST_TMPDIR/wanted" <(head -n 6 "$BATS_TEST_TMPDIR/got")
    [ "$(tail -n +7 "$BATS_TEST_TMPDIR/got" | jq -c '[.status, .signal]')" = '[0,null]' ]
}

# check_times RELATION: of the time that an exit tells to that between the exec's event and its own.
check_times() {
    jq -es --slurpfile said "$BATS_TEST_TMPDIR/said" '
        map(select(.type == "kernel")) as $events
        | all($said[]; . as $child
            | ($events[] | select(.probe == "exit" and .pid == $child.pid)) as $exit
            | ($events[] | select(.probe == "exec" and .pid == $child.pid)) as $exec
            # What the scheduler has not booked yet is missing; wait4 counts whole microseconds. Null, see below, is less.
            | $exit.args.cpu_ns < $child.cpu_ns + 2000 and $exit.args.age_ns >= $exit.args.duration_ns
            and $exit.args.duration_ns '"$1"' ($exit.ts - $exec.ts))
        and ($said | map(.how) == ["status", "signal", "memory", "threads", "without-first-thread", "two-statuses"])
        and ([$events[] | select(.probe == "exit").args.cpu_ns] | (.[3] // 1e9) >= 180000000 and (.[4] // 1e9) >= 120000000)' "$OUT"
}

@test "exit: each process once, also when it ends while a thread of its own is still ending" {
    OUT=$BATS_TEST_TMPDIR/children
    "$TRACER" -q -f -k exit -o "$OUT" -- "$FIXTURES/kernel/joins" 101 </dev/null
    check_stream "$OUT"
    read_missed
    check_number 102 "$(end .hits)"
    start_tracer -k exit
    "$FIXTURES/kernel/joins" 101
    stop_tracer
    check_stream "$OUT"
    read_missed
    check_number 102 "$(kernel 'select(.comm == "joins").pid' | wc -l)"
    [ "$(kernel 'select(.comm == "joins").pid' | sort | uniq -d)" = "" ]
}

@test "exit: peak memory and processor time are whole also when all threads end at the same time" {
    cd "$BATS_TEST_TMPDIR"
    "$TRACER" -q -f -k exit -o out -- "$FIXTURES/kernel/crowds" 101 >children
    OUT=out
    check_stream out
    read_missed
    check_number 102 "$(end .hits)"
    kernel '[.pid, .args.peak_bytes, .args.cpu_ns // "null"] | join(" ")' | jq -r . >told
    # What the scheduler has not booked yet, of each thread, is missing. The time is null where another thread was just being
    # added to those that are gone, for as long as tracer tries: which takes an emulated CPU that is stopped there.
    awk 'NR == FNR { peak[$1] = $2; ns[$1] = $3; next }
        !($1 in peak) { next }
        $3 == "null" { nulls++ }
        peak[$1] != $2 || $3 != "null" && ($3 > ns[$1] * 1.01 || $3 < ns[$1] * 0.5) || nulls > 2 {
            print "told", $0, "is", peak[$1], ns[$1] }' \
        children told >wrong
    cat wrong
    [ ! -s wrong ]
}

@test "exit: processor time of all threads, and the time since exec" {
    # Who is attached first is called first.
    KERNEL=exec,exit trace_lives
    check_times '<='
    KERNEL=exit,exec trace_lives
    check_times '>='
}

@test "exec: file name, every argument as it is, parent and user" {
    cd "$BATS_TEST_TMPDIR"
    publish
    cp "$(type -P true)" "$PUBLIC/program"
    "$TRACER" -k exec,exit -o out -- setpriv --reuid=65534 --regid=65534 --clear-groups \
        "$PUBLIC/program" '' $'a b\n"\e' $'\xff' last
    OUT=out
    check_stream out
    jq -es --arg program "$PUBLIC/program" '
        map(select(.type == "kernel" and .probe == "exec"))
        | length == 2 and .[0].comm == "setpriv" and .[0].args.uid == 0 and .[1].args == {
            filename: $program, argv: [$program, "", "a b\n\"\u001b", "\ufffd", "last"],
            ppid: .[0].args.ppid, uid: 65534 }
        and .[1].invalid_utf8 == ["argv"] and .[1].pid == .[0].pid' out
}

@test "exec: -w compares the file name; arguments it can't" {
    "$TRACER" -f -k exec -w 'filename == "/bin/true" || filename ^= "/bin/ec"' -o "$BATS_TEST_TMPDIR/out" \
        -- sh -c '/bin/true; /bin/echo; /bin/truelove || /bin/cat' </dev/null >/dev/null
    OUT=$BATS_TEST_TMPDIR/out
    check_stream "$OUT"
    [ "$(kernel .args.filename | xargs)" = '/bin/true /bin/echo' ]
    [ "$(tail -n 1 "$OUT" | jq .filtered)" -eq 2 ] # sh and cat
    run -2 "$TRACER" -k exec -w 'argv == "x"' -n 1
    [ "${lines[-1]}" = "tracer: -w: column 1: 'argv' is a list of texts: it can't be compared" ]
}

@test "exec: what is longer than the limits is cut, and the event says so" {
    cd "$BATS_TEST_TMPDIR"
    local long
    long=$(printf '%5000s' '' | tr ' ' x)
    ln -s "$(type -P true)" a-name-of-twenty-one-c
    "$TRACER" -k exec -s 20 -o out -- env ./a-name-of-twenty-one-c "$long" b
    jq -es --arg long "$long" 'map(select(.type == "kernel"))[1]
        | .args.filename == "./a-name-of-twenty-o" and .truncated == ["filename", "argv"]
        and .args.argv == ["./a-name-of-twenty-one-c", $long[:4096 - 25]]' out
    "$TRACER" -k exec -s 24 -o out -- env ./a-name-of-twenty-one-c "${long:0:4070}"
    jq -es 'map(select(.type == "kernel"))[1]
        | .args.filename == "./a-name-of-twenty-one-c" and (has("truncated") | not)
        and (.args.argv | map(length)) == [24, 4070]' out
}

@test "--min-duration: only exits of processes that lasted so long; the others are counted" {
    # Where the processor is emulated, true takes long too.
    local factor=${TRACER_TIME_FACTOR:-1}
    "$TRACER" -f -k exec,exit --min-duration $((300 * factor))ms -o "$BATS_TEST_TMPDIR/out" -- bash -c '
        for i in {1..7}; do /bin/true; done
        sleep "$(($1 * 3 / 10)).$(($1 * 3 % 10))"
        (read -rt "$(($1 * 4 / 10)).$(($1 * 4 % 10))" <> <(:) || exit 3)' bash "$factor" || true
    OUT=$BATS_TEST_TMPDIR/out
    check_stream "$OUT"
    # sleep; the subshell, which is as old; what stands behind its input; and bash
    [ "$(kernel 'select(.probe == "exit").comm' | grep -c sleep)" -eq 1 ]
    [ "$(kernel 'select(.probe == "exit").comm' | grep -c true)" -eq 0 ]
    jq -es --argjson factor "$factor" '(map(select(.type == "kernel" and .probe == "exit").args) |
            all(.[]; (.duration_ns // .age_ns) >= 300000000 * $factor) and any(.[]; .duration_ns == null and .status == 3))
        and (.[-1].probes[] | select(.probe == "exit") | .filtered >= 7)
        and (map(select(.probe == "exec" and .type == "kernel")) | length == 9)' "$OUT"
}

@test "-k alone: all processes, but not tracer itself nor what it starts for itself" {
    start_tracer -k vfs_read,exec,exit
    "$READS" 2 3 "$FILE" </dev/null >"$BATS_TEST_TMPDIR/said" &
    local reader=$!
    wait "$reader"
    "$TRACER_BUILD/src/tracer" --version >/dev/null & # another one is somebody else
    local other=$!
    wait "$other"
    stop_tracer
    check_stream "$OUT"
    read_missed
    check_number 21 \
        "$(kernel "select(.pid == $reader and .args.inode == $(jq .inode "$BATS_TEST_TMPDIR/said"))" | wc -l)"
    local pid
    for pid in "$reader" "$other"; do
        check_list "map(select(.type == \"kernel\" and .pid == $pid and .probe != \"vfs_read\").probe)" '["exec", "exit"]'
    done
    jq -es --argjson tracer "$TRACER_WAS" \
        'map(select(.type == "kernel" and (.pid == $tracer or .args.ppid == $tracer))) == []' "$OUT"
}

@test "-- COMMAND -k: from its exec to its exit; without -f nothing of its children" {
    run -7 "$TRACER" -k vfs_read,exec,exit -o "$BATS_TEST_TMPDIR/out" -- sh -c '/bin/true; exit 7'
    OUT=$BATS_TEST_TMPDIR/out
    check_stream "$OUT"
    [ "$(kernel 'select(.probe != "vfs_read") | [.probe, .args.status]' | xargs)" = '[exec,null] [exit,7]' ]
    [ "$(kernel .pid | sort -u | wc -l)" -eq 1 ]
    [ "$(kernel .probe | head -n 1)" = '"exec"' ]
    [ "$(kernel 'select(.probe == "vfs_read")' | wc -l)" -gt 0 ] # its dynamic loader's
}

@test "-f -k: descendants too, no matter how they come to be" {
    cp "$FIXTURES/follow/family" "$BATS_TEST_TMPDIR/other"
    "$TRACER" -f -k exec,exit -t family:born -o "$BATS_TEST_TMPDIR/out" \
        -- "$FIXTURES/follow/family" "$BATS_TEST_TMPDIR/other" </dev/null >"$BATS_TEST_TMPDIR/said"
    OUT=$BATS_TEST_TMPDIR/out
    check_stream "$OUT"
    cut -d ' ' -f 2 "$BATS_TEST_TMPDIR/said" | sort -u >"$BATS_TEST_TMPDIR/born"
    kernel 'select(.probe == "exit").pid' | sort >"$BATS_TEST_TMPDIR/ended"
    read_missed
    # The parent that leaves an orphan behind says nothing.
    check_number 1 "$(comm -13 "$BATS_TEST_TMPDIR/born" "$BATS_TEST_TMPDIR/ended" | wc -l)"
    [ "$(comm -23 "$BATS_TEST_TMPDIR/born" "$BATS_TEST_TMPDIR/ended" | wc -l)" -le "$MISSED" ]
    check_number 4 "$(kernel 'select(.probe == "exec")' | wc -l)"
}

@test "in a pid namespace: numbers are those that tracer sees, parents too" {
    cd "$BATS_TEST_TMPDIR"
    unshare --pid --fork --mount-proc bash -c '
        "$0" -f -k exec,exit -o out -- bash -c "/bin/true; exit 3"
        echo $? >status' "$TRACER"
    [ "$(cat status)" -eq 3 ]
    OUT=out
    check_stream out
    jq -es 'map(select(.type == "kernel")) as $events | $events[0].pid as $shell
        | ($events | map([.probe, .comm, .pid == $shell]))
            == [["exec", "bash", true], ["exec", "true", false], ["exit", "true", false], ["exit", "bash", true]]
        and $shell < 100 and $events[1].args.ppid == $shell' out
}

@test "--format text: a line for an exec, with its arguments, and for an exit" {
    "$TRACER" --format text -k exec,exit -o "$BATS_TEST_TMPDIR/out" -- /bin/echo 'a "b"' >/dev/null
    grep -qE '^[0-9:.]+ echo\[[0-9]+\] kernel:exec filename="/bin/echo" argv=\["/bin/echo", "a \\"b\\""\] ppid=[0-9]+ uid=0$' "$BATS_TEST_TMPDIR/out"
    grep -qE '^[0-9:.]+ echo\[[0-9]+\] kernel:exit status=0 signal=NULL duration_ns=[0-9]+ age_ns=' "$BATS_TEST_TMPDIR/out"
}

@test "wrong usage of -k: one line that says what to do" {
    check() { # MESSAGE ARGUMENT…
        run -2 "$TRACER" "${@:2}"
        [ "$output" = "tracer: $1" ] || { echo "$output" && false; }
    }
    check "-k: there is no kernel probe 'vfs_reed'; there are vfs_read, exec, exit" -k exec,vfs_reed
    check "-k: there is no kernel probe ''; there are vfs_read, exec, exit" -k exec,
    check "-k: there is no kernel probe 'x'; there are vfs_read, exec, exit" -l -k x
    check "-k: there is no kernel probe '-x'; there are vfs_read, exec, exit" -l -k-x
    check '-k needs a value: -k NAME[,NAME]; tracer -l -k lists them' -p 1 -k
    check '-f needs processes: give -p PID or a command besides -k' -f -k exec
    check '-t needs processes: give -p PID or a command besides -k' -k exec -t 'a:*'
    check '--min-duration is about kernel probes; give some with -k' --min-duration 1s -p 1
    check '--min-duration is about exits; add exit to -k' --min-duration 1s -k exec
    check "-l -k lists kernel probes and nothing else; leave out '/bin/sh'" -l /bin/sh -k
    check "-k and -x can't be combined: the kernel does not know who maps a file; give -p PID or a command, or -k alone for all processes" -k exec -x /bin/sh
}
