#!/usr/bin/env bats
# Targets are followed: through fork, exec, and the libraries that they load.

load common
bats_require_minimum_version 1.5.0

setup() {
    FAMILY=$FIXTURES/follow/family
    OTHER=$BATS_TEST_TMPDIR/other # the same program in another file, which nobody has seen before
    cp "$FAMILY" "$OTHER"
}

# Everybody who was born, "how pid" a line, as the family says and as the events of a stream say.
said() {
    sort -n "$1"
}

seen() {
    jq -r 'select(.type == "usdt") | "\(.args.arg0) \(.args.arg1)"' "$1" | sort -n
}

# Twelve ways, and a constructor for each of the three that are executed.
expect_whole_family() {
    [ "$(wc -l <"$1")" -eq 14 ]
    diff <(said "$1") <(seen "$2")
    jq -es 'map(select(.type == "usdt")) | all(.[]; .pid == .args.arg1)' "$2"
    check_stream "$2"
    [ "$(tail -n 1 "$2" | jq .lost)" -eq 0 ]
}

@test "-f -- COMMAND: fork, vfork, clone, threads, exec and spawn, each from the first hit on" {
    "$TRACER" -f -t family:born -o "$BATS_TEST_TMPDIR/out" -- "$FAMILY" "$OTHER" </dev/null >"$BATS_TEST_TMPDIR/said"
    expect_whole_family "$BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/out"
}

@test "-f -- COMMAND, attached through perf events" {
    TRACER_PERF_EVENTS=1 "$TRACER" -f -t family:born -o "$BATS_TEST_TMPDIR/out" \
        -- "$FAMILY" "$OTHER" </dev/null >"$BATS_TEST_TMPDIR/said"
    expect_whole_family "$BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/out"
}

@test "-f -p PID: the same for a process that runs already" {
    start_held "$FAMILY" "$OTHER"
    start_tracer -f -p "$HELD_PID" -t family:born
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    expect_whole_family "$HELD_OUT" "$OUT"
}

# start_inner COMMAND…: a shell that waits for the gate, with a child that waits for $INNER to be closed.
start_inner() {
    mkfifo "$BATS_TEST_TMPDIR/inner"
    start_held sh -c 'inner=$1; shift; "$@" <"$inner" & read -r line; wait $!' sh "$BATS_TEST_TMPDIR/inner" "$@"
    exec {INNER}>"$BATS_TEST_TMPDIR/inner"
}

@test "-f -p PID: children that are there already, and a parent without probes" {
    start_inner "$FAMILY" "$OTHER"
    wait_until 10 pgrep -P "$HELD_PID" -x family
    start_tracer -f -p "$HELD_PID" -t family:born {INNER}>&-
    exec {INNER}>&-
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    expect_whole_family "$HELD_OUT" "$OUT"
}

@test "without -f children are not traced" {
    start_held "$FAMILY" "$OTHER"
    start_tracer -p "$HELD_PID" -t family:born
    run ! grep child "$ERR"
    release_held
    finish_held
    finish_tracer
    diff <(grep -E '^(0|11) ' "$HELD_OUT" | sort -n) <(seen "$OUT")
}

@test "-p without -f says once that a process has children" {
    start_held sh -c 'sleep 1000 & read -r line; kill $!'
    wait_until 10 pgrep -P "$HELD_PID" -x sleep
    run --separate-stderr "$TRACER" -p "$HELD_PID" --duration 10ms
    [ "$(grep -c "process $HELD_PID has 1 child, which is not traced: -f follows children" <<<"$stderr")" -eq 1 ]
    release_held
    finish_held || true
}

@test "a command that executes another program in its place is traced from that one's first hit on" {
    run -0 "$TRACER" -q -t demo:tick -o "$BATS_TEST_TMPDIR/out" -- env X=1 nice "$DEMO" --hits 1009
    [ "$(tail -n 1 "$BATS_TEST_TMPDIR/out" | jq .emitted)" -eq 1009 ]
    check_stream "$BATS_TEST_TMPDIR/out"
}

@test "a process that executes another program in its place goes on being traced" {
    start_held sh -c 'read -r line; exec "$1" --hits 1009' sh "$DEMO"
    start_tracer -f -p "$HELD_PID" -t demo:tick
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    [ "$(tail -n 1 "$OUT" | jq .emitted)" -eq 1009 ]
}

@test "a static program that a child executes is traced, when it waits long enough" {
    mkfifo "$BATS_TEST_TMPDIR/inner"
    start_held sh -c 'read -r line; "$1" <"$2"; true' sh "$FIXTURES/follow/family_static" "$BATS_TEST_TMPDIR/inner"
    start_tracer -v -f -p "$HELD_PID" -t family:born
    release_held
    exec {INNER}>"$BATS_TEST_TMPDIR/inner"
    wait_until 20 grep -q 'attached: .*family_static' "$ERR"
    exec {INNER}>&-
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    expect_whole_family "$HELD_OUT" "$OUT"
}

# Starts the host with the library's probes traced from when it is loaded on.
start_host() {
    start_held "$FIXTURES/follow/plugin_host"
    start_tracer -f -p "$HELD_PID" -t 'plugin:*'
    SAID=0
}

# tell LINE: waits until it is done.
tell() {
    echo "$1" >&"$HELD_GATE"
    SAID=$((SAID + 1))
    wait_until 20 has_said
}

has_said() {
    [ "$(wc -l <"$HELD_OUT")" -ge "$SAID" ]
}

@test "dlopen: constructor and calls are seen, also after dlclose and again, and from another file" {
    start_host
    cp "$FIXTURES/follow/plugin.so" "$BATS_TEST_TMPDIR/plugin.so"
    tell "open $BATS_TEST_TMPDIR/plugin.so"
    tell "call 1"
    tell close
    tell "open $BATS_TEST_TMPDIR/plugin.so"
    tell "call 2"
    tell close
    # Another file of the same name.
    cp "$FIXTURES/follow/plugin.so" "$BATS_TEST_TMPDIR/new.so"
    mv "$BATS_TEST_TMPDIR/new.so" "$BATS_TEST_TMPDIR/plugin.so"
    tell "open $BATS_TEST_TMPDIR/plugin.so"
    tell "call 3"
    tell close
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    jq -r 'select(.type == "usdt") | "\(.probe) \(.args.arg0)"' "$OUT" >"$BATS_TEST_TMPDIR/seen"
    printf '%s\n' 'loaded null' 'called 1' 'loaded null' 'called 2' 'loaded null' 'called 3' | diff - "$BATS_TEST_TMPDIR/seen"
}

@test "dlopen in a process that has matching probes already, without -f" {
    start_held "$FIXTURES/follow/plugin_host"
    cp "$FIXTURES/follow/plugin.so" "$BATS_TEST_TMPDIR/first.so"
    SAID=0
    tell "open $BATS_TEST_TMPDIR/first.so"
    start_tracer -v -p "$HELD_PID" -t plugin:called
    wait_until 20 grep -q 'from now on what they load is noticed' "$ERR"
    cp "$FIXTURES/follow/plugin.so" "$BATS_TEST_TMPDIR/second.so"
    tell "open $BATS_TEST_TMPDIR/second.so"
    tell "call 17"
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    [ "$(values called arg0)" = 17 ]
}

@test "a command's libraries: those of the loader and those that it loads itself" {
    printf '%s\n' "open $FIXTURES/follow/plugin.so" 'call 5' close |
        "$TRACER" -q -t 'plugin:*' -o "$BATS_TEST_TMPDIR/out" -- "$FIXTURES/follow/plugin_host"
    check_stream "$BATS_TEST_TMPDIR/out"
    jq -r 'select(.type == "usdt") | "\(.probe) \(.args.arg0)"' "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/seen"
    printf '%s\n' 'loaded null' 'called 5' | diff - "$BATS_TEST_TMPDIR/seen"
}

@test "threads that start later are covered, in children too" {
    run -0 "$TRACER" -q -f -t demo:tick -o "$BATS_TEST_TMPDIR/out" \
        -- bash -c '"$1" --hits 1009 --threads 4 & "$1" --hits 101 --threads 2; wait' bash "$DEMO"
    [ "$(tail -n 1 "$BATS_TEST_TMPDIR/out" | jq .emitted)" -eq 1110 ]
    [ "$(jq -s 'map(select(.type == "usdt").tid) | unique | length' "$BATS_TEST_TMPDIR/out")" -eq 6 ]
}

@test "a stopped tracer holds nobody up twice" {
    start_host
    kill -STOP "$TRACER_PID"
    cp "$FIXTURES/follow/plugin.so" "$BATS_TEST_TMPDIR/plugin.so"
    for i in 1 2 3 4 5; do
        tell "open $BATS_TEST_TMPDIR/plugin.so"
        tell "call $i"
        tell close
    done
    kill -CONT "$TRACER_PID"
    wait_until 20 grep -q 'went on before .*(1 times so far)' "$ERR" # it answers again
    tell "open $BATS_TEST_TMPDIR/plugin.so"
    tell "call 6"
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    [ "$(values called arg0 | tail -n 1)" = 6 ]
}

# leave_child COMMAND: while tracer is stopped, a shell runs the command and leaves a child behind, whose hits must be
# there.
leave_child() {
    local inner=$BATS_TEST_TMPDIR/inner app=$BATS_TEST_TMPDIR/app
    mkfifo "$inner"
    # shellcheck disable=SC2016
    start_held sh -c "read -r line; $1; "'"$1" --wait --hits 1009 <"$2" 2>"$3" &' sh "$DEMO" "$inner" "$app"
    start_tracer -v -f -p "$HELD_PID" -t demo:tick
    exec {INNER}<>"$inner"
    kill -STOP "$TRACER_PID"
    release_held
    finish_held
    wait_until 20 test -s "$app"
    kill -CONT "$TRACER_PID"
    wait_until 20 grep -q '^tracer: attached: .*demo-app' "$ERR"
    exec {INNER}>&-
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    [ "$(count tick)" -eq 1009 ]
}

@test "-f: a child whose parent and many others have ended before a stopped tracer hears of them" {
    leave_child 'for i in $(seq 101); do /bin/true; done'
}

# bats test_tags=long
@test "-f: a child that a stopped tracer never hears of, since too much else happened before" {
    # 256 KiB hold 10,922 notices; the loader sends two or more a line.
    local i
    for ((i = 0; i < 6000; i++)); do
        printf 'open %s\nclose\n' "$FIXTURES/follow/plugin.so"
    done >"$BATS_TEST_TMPDIR/lines"
    leave_child "'$FIXTURES/follow/plugin_host' <'$BATS_TEST_TMPDIR/lines' >'$BATS_TEST_TMPDIR/done'"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/done")" -eq 12000 ]
}

system_ticks() {
    sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f13
}

is_held() {
    [ "$(system_ticks "$HELD_PID")" -ge $((TICKS + 4)) ]
}

@test "a tracer that is killed while it holds a process that loads a library: that goes on, and can be traced again" {
    start_host
    kill -STOP "$TRACER_PID"
    TICKS=$(system_ticks "$HELD_PID")
    echo "open $FIXTURES/follow/plugin.so" >&"$HELD_GATE"
    SAID=1
    wait_until 20 is_held # it looks again and again, in the kernel
    # In an emulated machine the two seconds for which it may be held are over before anybody has looked.
    [ "${TRACER_TIME_FACTOR:-1}" -gt 1 ] || run ! has_said
    kill -KILL "$TRACER_PID"
    finish_tracer
    wait_until 20 has_said
    tell "call 1"
    tell close
    start_tracer -f -p "$HELD_PID" -t 'plugin:*'
    tell "open $FIXTURES/follow/plugin.so"
    tell "call 2"
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    [ "$(jq -r 'select(.type == "usdt") | "\(.probe) \(.args.arg0)"' "$OUT" | paste -sd,)" = 'loaded null,called 2' ]
}

# start_apps COUNT: so many demo apps, held at one gate, in APPS and the expected lines of their hits in WANTED.
start_apps() {
    mkfifo "$BATS_TEST_TMPDIR/apps"
    APPS=()
    local i
    for i in $(seq "$1"); do
        "$DEMO" --wait --hits $((1000 + i)) <"$BATS_TEST_TMPDIR/apps" >/dev/null 2>"$BATS_TEST_TMPDIR/app.$i" 3>&- &
        APPS+=($!)
    done
    exec {INNER}>"$BATS_TEST_TMPDIR/apps"
    for i in $(seq "$1"); do
        wait_until 20 test -s "$BATS_TEST_TMPDIR/app.$i"
    done
}

hits_by_process() {
    jq -r 'select(.type == "usdt").pid' "$OUT" | sort -n | uniq -c | awk '{ print $2, $1 }'
}

@test "-p A,B,C: these and no other that runs the same file" {
    start_apps 4
    start_tracer -p "${APPS[0]},${APPS[2]}" -p "${APPS[3]}" -t demo:tick {INNER}>&-
    grep -q '^tracer: ready: 1 probe, 1 site, 1 file$' "$ERR"
    exec {INNER}>&-
    wait "${APPS[@]}"
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    diff <(printf '%s\n' "${APPS[0]} 1001" "${APPS[2]} 1003" "${APPS[3]} 1004" | sort -n) <(hits_by_process)
}

# opens_of FILE COMMAND…: how often the file is opened until the command has ended.
opens_of() {
    /usr/bin/python3 - "$@" <<'PY'
import ctypes, os, struct, subprocess, sys

IN_CLOSE_NOWRITE, IN_OPEN = 0x10, 0x20  # without the first, inotify would make one event of several
libc = ctypes.CDLL(None, use_errno=True)
watch = libc.inotify_init1(os.O_NONBLOCK)
if watch < 0 or libc.inotify_add_watch(watch, sys.argv[1].encode(), IN_OPEN | IN_CLOSE_NOWRITE) < 0:
    sys.exit(os.strerror(ctypes.get_errno()))
subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL, check=True)
print(sum(mask == IN_OPEN for _, mask, _, _ in struct.iter_unpack("iIII", os.read(watch, 65536))))
PY
}

@test "a file that three processes run is read once and attached once, for one of its probes and for all of them" {
    local probes count
    start_apps 3
    for probes in 'demo:tick' 'demo:*'; do
        count=$(opens_of "$DEMO" "$TRACER" -q -t "$probes" -o /dev/null --duration 1ms \
            -p "${APPS[0]},${APPS[1]},${APPS[2]}" {INNER}>&-)
        [ "$count" -eq 2 ]
    done
    exec {INNER}>&-
    wait "${APPS[@]}"
}

links() {
    find "/proc/$TRACER_PID/fd" -lname '*bpf[-_]link*' | wc -l
}

@test "-p A,B,C: one link for the site of the file that they run, and one for the dynamic loader of each" {
    local method
    start_apps 3
    for method in uprobe_multi perf_events; do
        attach_through "$method"
        start_tracer -v -p "${APPS[0]},${APPS[1]},${APPS[2]}" -t demo:tick {INNER}>&-
        wait_until 20 grep -q 'from now on what they load is noticed' "$ERR"
        [ "$(links)" -eq 4 ]
        stop_tracer
    done
    exec {INNER}>&-
    wait "${APPS[@]}"
}

@test "-p of many: hits are read and written between looks at what they load, not only after all" {
    start_apps 3
    start_held "$FIXTURES/follow/plugin_host"
    SAID=0
    tell "open $FIXTURES/follow/plugin.so"
    local pipe=$BATS_TEST_TMPDIR/pipe full cat
    mkfifo "$pipe"
    exec {full}<>"$pipe"
    head -c 65536 /dev/zero >&"$full"
    ERR=$BATS_TEST_TMPDIR/err
    : >"$ERR"
    "$TRACER" -v -n 1 -p "$HELD_PID$(printf ',%s' "${APPS[@]}")" -t plugin:called >"$pipe" 2>"$ERR" 3>&- {full}>&- &
    TRACER_PID=$!
    wait_until 20 grep -q 'attached: 1 site in' "$ERR"
    # It gets no further than to where it writes first, since the pipe is full.
    tell "call 17"
    tr -d '\0' <"$pipe" >"$BATS_TEST_TMPDIR/out" 3>&- {full}>&- &
    cat=$!
    exec {full}>&-
    finish_tracer
    [ "$status" -eq 0 ]
    wait "$cat"
    [ "$(values called arg0 "$BATS_TEST_TMPDIR/out")" = 17 ]
    grep -q '^tracer: ready' "$ERR"
    ! grep 'from now on what they load is noticed' "$ERR" || false
    release_held
    finish_held
    exec {INNER}>&-
    wait "${APPS[@]}"
}

@test "a number that goes to another process while the trace goes on: that one is not traced" {
    start_held "$DEMO" --wait --hits 17
    local other=$HELD_PID
    start_apps 1
    wait_until 20 test -s "$BATS_TEST_TMPDIR/held.err"
    start_tracer -p "${APPS[0]},$HELD_PID" -t demo:tick {INNER}>&-
    exec {INNER}>&-
    wait "${APPS[0]}"
    # The kernel gives out the number after the last one that is free.
    local again=0
    until [ "$again" -eq "${APPS[0]}" ]; do
        echo $((APPS[0] - 1)) >/proc/sys/kernel/ns_last_pid
        "$DEMO" --hits 31 >/dev/null 2>&1 3>&- {HELD_GATE}>&- &
        again=$!
        wait "$again"
    done
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    diff <(printf '%s\n' "${APPS[0]} 1001" "$other 17" | sort -n) <(hits_by_process)
}

# ran HITS: all events so far are there, and nobody is running who fired them.
ran() {
    [ "$(count tick)" -eq "$1" ] && [ -z "$(cat "/proc/$HELD_PID/task/$HELD_PID/children")" ]
}

@test "-f: the number of a child that has ended goes to a process of somebody else: that one is not traced" {
    # shellcheck disable=SC2016
    start_held sh -c 'read -r line; "$1" --hits 17 </dev/null; read -r line; "$1" --hits 31 </dev/null' sh "$DEMO"
    start_tracer -f -p "$HELD_PID" -t demo:tick
    echo >&"$HELD_GATE"
    wait_until 20 ran 17
    local child again=0
    child=$(jq -s 'map(select(.type == "usdt").pid) | unique | if length == 1 then .[0] else error end' "$OUT")
    until [ "$again" -eq "$child" ]; do
        echo $((child - 1)) >/proc/sys/kernel/ns_last_pid
        "$DEMO" --hits 23 >/dev/null 2>&1 3>&- {HELD_GATE}>&- &
        again=$!
        wait "$again"
    done
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    [ "$(hits_by_process | cut -d' ' -f2 | sort -n | xargs)" = "17 31" ]
}
