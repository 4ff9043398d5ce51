# shellcheck shell=bash
# Helpers for the end-to-end tests. A test runs tracer in the foreground with `run`, or with start_tracer in
# the background, which returns when the ready line is there. Nothing here sleeps for a fixed time.

TRACER_BUILD=${TRACER_BUILD:-$BATS_TEST_DIRNAME/../../build/dev}
TRACER_BUILD=$(cd "$TRACER_BUILD" && pwd)
TRACER=$TRACER_BUILD/src/tracer
DEMO=$TRACER_BUILD/demo-app/demo-app
FIXTURES=$TRACER_BUILD/tests/fixtures

# wait_until SECONDS COMMAND… runs COMMAND until it succeeds. On slow machines TRACER_TIME_FACTOR gives more time.
wait_until() {
    local deadline=$((SECONDS + $1 * ${TRACER_TIME_FACTOR:-1}))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || {
            echo "not within the time limit: $*" >&2
            return 1
        }
        sleep 0.01
    done
}

# within SECONDS COMMAND… runs a program, which fails if it takes longer, and likewise gets more time.
within() {
    timeout -k 1 "$(($1 * ${TRACER_TIME_FACTOR:-1}))" "${@:2}"
}

is_ready() {
    grep -q '^tracer: ready: ' "$ERR" || ! kill -0 "$TRACER_PID" 2>/dev/null
}

# start_tracer ARGUMENT… sets TRACER_PID; the stream goes to $OUT, messages to $ERR.
start_tracer() {
    OUT=$BATS_TEST_TMPDIR/out.jsonl
    ERR=$BATS_TEST_TMPDIR/err
    : >"$ERR"
    # Not with the gate open, which would keep a held program waiting for the end of its input.
    (
        [ -z "${HELD_GATE:-}" ] || exec {HELD_GATE}>&-
        exec "$TRACER" "$@" >"$OUT" 2>"$ERR" 3>&-
    ) &
    TRACER_PID=$!
    wait_until 20 is_ready
    grep -q '^tracer: ready: ' "$ERR" || {
        cat "$ERR" >&2
        return 1
    }
}

# attach_through METHOD: from now on tracer uses uprobe_multi, where the kernel has it, or perf_events.
attach_through() {
    unset TRACER_PERF_EVENTS
    [ "$1" != perf_events ] || export TRACER_PERF_EVENTS=1
}

has_uprobe_multi() {
    "$TRACER" -v -t demo:tick -o /dev/null -- "$DEMO" --hits 1 2>&1 | grep -q 'attached through uprobe_multi'
}

# Waits for tracer's end and sets `status`.
finish_tracer() {
    status=0
    wait "$TRACER_PID" || status=$?
    TRACER_WAS=$TRACER_PID TRACER_PID=
}

# stop_tracer sends SIGINT, waits, and wants status 0.
stop_tracer() {
    kill -INT "$TRACER_PID"
    finish_tracer
    [ "$status" -eq 0 ]
}

# start_held COMMAND… starts a program that waits for its standard input, sets HELD_PID; release_held lets it
# go on, finish_held waits for its end. Its output is in $HELD_OUT.
start_held() {
    HELD_OUT=$BATS_TEST_TMPDIR/held.out
    local gate=$BATS_TEST_TMPDIR/gate
    mkfifo "$gate"
    "$@" <"$gate" >"$HELD_OUT" 2>"$BATS_TEST_TMPDIR/held.err" 3>&- &
    HELD_PID=$!
    exec {HELD_GATE}>"$gate"
    # Until then the process may still be this shell's copy, or one that has not mapped its program and libraries.
    wait_until 10 waits_for_input "$HELD_PID"
}

# waits_for_input PID: whether a thread of that process, or of one that descends from it, is in a read(2) of its standard
# input or in a poll(2): by their numbers on x86-64 (0, 7) and on arm64 (63, and 73 for ppoll).
waits_for_input() {
    local child
    ! grep -qsE '^(0 0x0|7|63 0x0|73) ' "/proc/$1/task"/*/syscall || return 0
    for child in $(cat "/proc/$1/task"/*/children 2>/dev/null); do
        ! waits_for_input "$child" || return 0
    done
    return 1
}

release_held() {
    exec {HELD_GATE}>&-
    HELD_GATE=
}

finish_held() {
    wait "$HELD_PID"
    HELD_WAS=$HELD_PID HELD_PID=
}

# The held program runs to its end while tracer is stopped; then tracer goes on.
run_past_stopped_tracer() {
    kill -STOP "$TRACER_PID"
    release_held
    finish_held
    kill -CONT "$TRACER_PID"
}

# publish lets everybody into the test's directory and sets PUBLIC, a folder in it with copies of tracer and the demo
# app: the tree itself may stand where only root can go.
publish() {
    PUBLIC=$BATS_TEST_TMPDIR/public
    chmod a+x "$BATS_RUN_TMPDIR" "$(dirname "$BATS_TEST_TMPDIR")" "$BATS_TEST_TMPDIR"
    install -D -t "$PUBLIC" "$TRACER" "$DEMO"
}

# as_nobody COMMAND…: without any privilege.
as_nobody() {
    setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all "$@"
}

# Bats runs this after each test, whatever happened.
teardown() {
    [ -z "${HELD_GATE:-}" ] || exec {HELD_GATE}>&-
    local pid
    # First kill, then wait: a tracer detaches when no hit is under way any more, which may be up to its target.
    for pid in ${TRACER_PID:-} ${HELD_PID:-}; do
        kill -KILL "$pid" 2>/dev/null || true
    done
    for pid in ${TRACER_PID:-} ${HELD_PID:-}; do
        wait "$pid" 2>/dev/null || true
    done
    [ "$(type -t teardown_more)" != function ] || teardown_more
    return 0
}

# check_stream FILE: every line is JSON; first start, last end; seq has no gap; a probe record stands before
# the probe's first event; and the accounting closes, also with the number of lines there are.
check_stream() {
    jq -e . "$1" >/dev/null
    jq -es '
        ([.[] | select(.type == "usdt" or .type == "kernel")]) as $events | .[-1] as $last
        | (.[0].type == "start" and .[0].schema == 1)
          and $last.type == "end"
          and ([.[] | select(.type == "start" or .type == "end")] | length) == 2
          and ([$events[].seq] == [range(1; ($events | length) + 1)])
          and ($last.emitted == ($events | length))
          and ($last.hits == $last.emitted + $last.filtered + $last.lost)
          and ($last.lost == ([.[] | select(.type == "lost") | .count] | add // 0))
          and all($last.probes[]; .hits == .emitted + .filtered + .lost)
          and ([$last.probes[].hits] | add // 0) == $last.hits
          and (reduce .[] as $record ({seen: {}, good: true};
                  if $record.type == "probe" then
                      .good = (.good and (.seen[$record.id | tostring] | not)) | .seen[$record.id | tostring] = true
                  elif $record.type == "usdt" or $record.type == "kernel" or $record.type == "lost" then
                      .good = (.good and .seen[$record.id | tostring])
                  else . end) | .good)
    ' "$1" >/dev/null || {
        echo "the stream is not sound: $1" >&2
        tail -n 3 "$1" >&2
        return 1
    }
}

# hold_firing THREADS HITS "KIND…" starts the fixture `firing`, held, and sets FIRING to the arguments that select what
# it fires.
hold_firing() {
    local kind
    FIRING=(-d "$TRACER_SOURCE/tests/fixtures/load.d")
    for kind in $3; do
        FIRING+=(-t "firing:$kind")
    done
    rm -f "$BATS_TEST_TMPDIR/gate"
    # shellcheck disable=SC2086 # kinds are words
    start_held "$FIXTURES/firing" "$1" "$2" $3
}

# check_firing FILE…: streams of `firing` are whole, in order, their sums close, and with those of FILE.fired. What
# was found, a line for each, is in FOUND.
check_firing() {
    FOUND=$(/usr/bin/python3 "$TRACER_SOURCE/tests/e2e/firing_check.py" "$@") || return
    echo "$FOUND"
}

# What kernel probes miss. Linux passes a hit over when the same program is under way on that processor already. In a
# kernel that can be preempted, that is when a thread was preempted in it, be it of the target or of somebody else; an
# emulated machine is long in each program, so there it happens all the time. What the `end` record calls missed is then
# the most that can be absent, and what is there must be as it would have been. In other kernels nothing is missed.

# Whether a thread can be preempted in the kernel, by what the scheduler says of itself ("none voluntary full (lazy)"); if
# it says nothing, none can. Its file is in debugfs, which isn't mounted everywhere.
kernel_preempts() {
    # shellcheck disable=SC2016 # that shell's own argument
    unshare --mount sh -c 'mount -t debugfs none "$1" && cat "$1/sched/preempt"' - "$BATS_TEST_TMPDIR" 2>/dev/null |
        grep -qE '\((full|lazy)\)'
}

# read_missed [FILE] sets MISSED to how many hits may be absent.
read_missed() {
    MISSED=$(tail -n 1 "${1:-$OUT}" | jq .missed)
    [ "$MISSED" -eq 0 ] || kernel_preempts || {
        echo "$MISSED hits were missed in a kernel that can't be preempted" >&2
        return 1
    }
}

# check_number WANTED NUMBER: of hits, or of what follows one by one from hits.
check_number() {
    [ "$2" -le "$1" ] && [ "$2" -ge $(($1 - MISSED)) ] || {
        echo "there are $2, of $1 at most $MISSED may be absent" >&2
        return 1
    }
}

# check_list FILTER WANTED [FILE]: what a jq filter makes of the stream is the wanted list, but for what was missed.
check_list() {
    jq -es --argjson missed "$MISSED" "$IS_BUT_FOR_MISSED $1 | is_but_for_missed($2)" "${3:-$OUT}" >/dev/null || {
        jq -cs "$1" "${3:-$OUT}" >&2
        return 1
    }
}

# For jq, of lists that stand in the same order.
# shellcheck disable=SC2016 # variables of jq's
IS_BUT_FOR_MISSED='def is_but_for_missed($wanted):
    . as $list | length >= ($wanted | length) - $missed
    and reduce $wanted[] as $one (0; if . < ($list | length) and $list[.] == $one then . + 1 else . end)
        == ($list | length);'

# values PROBE FIELD [FILE]: that argument of each event of a probe, a line each.
values() {
    jq -c --arg probe "$1" --arg field "$2" 'select(.type == "usdt" and .probe == $probe) | .args[$field]' "${3:-$OUT}"
}

# count PROBE [FILE]: how many events of that probe there are.
count() {
    jq -s --arg probe "$1" 'map(select(.type == "usdt" and .probe == $probe)) | length' "${2:-$OUT}"
}
