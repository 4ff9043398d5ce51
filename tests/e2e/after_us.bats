#!/usr/bin/env bats
# What tracer leaves behind when it is killed with SIGKILL, at random moments, 200 times and more; and when it ends by itself.
# The targets compute under full load and check their own results. TRACER_TEST_SEED gives other moments.

load common

setup_file() {
    export BATS_TEST_TIMEOUT=$((150 * ${TRACER_TIME_FACTOR:-1}))
}

# killed WHEN TIMES [DEMO | PROBES]: see after_us.py. In an emulated machine a fifth of that, at 3 s each.
killed() {
    local seed=${TRACER_TEST_SEED:-20261121} times=$2
    [ "${TRACER_TIME_FACTOR:-1}" -eq 1 ] || times=$((times / 5))
    /usr/bin/python3 "$BATS_TEST_DIRNAME/after_us.py" "$1" "$TRACER" "$times" "$seed" "$FIXTURES/scale/steady" "${@:3}" 3>&-
}

# bats test_tags=long
@test "killed 50 times while it starts: targets, semaphores and kernel are as before" {
    killed start 50 "$DEMO"
}

@test "killed 50 times while it streams: targets, semaphores and kernel are as before" {
    killed stream 50 "$DEMO"
}

# bats test_tags=long
@test "killed 60 times while it ends: targets, semaphores and kernel are as before" {
    killed end 60 "$DEMO"
}

# bats test_tags=long
@test "killed 40 times while it attaches or detaches 2,000 sites: no semaphore and no breakpoint is left" {
    # Through perf events, which take minutes to detach as many, 10.
    local probes='many:*'
    has_uprobe_multi || probes='many:site_?00[0-4]'
    killed many 40 "$probes"
}

# bats test_tags=long
@test "killed through perf events, 10 times while it starts, 10 while it streams: likewise" {
    export TRACER_PERF_EVENTS=1
    killed start 10
    killed stream 10
}

@test "killed 40 times with a command: it runs on unharmed, or ends if it was held still" {
    killed command 40
}
