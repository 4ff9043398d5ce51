#!/usr/bin/env bats
# On a kernel that tracer can't trace with: one clear line, and what needs no BPF works.

load ../../e2e/common
bats_require_minimum_version 1.5.0

too_old="Linux 5.10 is too old, tracer needs 6.1 or later"

@test "tracing a file, a process or a command says in one line which kernel it needs" {
    run -1 --separate-stderr "$TRACER" -x "$DEMO"
    [ -z "$output" ]
    [ "$stderr" = "tracer: cannot load the BPF programs: $too_old" ]
    start_held "$DEMO" --wait --hits 1
    run -1 --separate-stderr "$TRACER" -p "$HELD_PID"
    [ "$stderr" = "tracer: cannot load the BPF programs: $too_old" ]
    run -125 --separate-stderr "$TRACER" -t demo:tick -- "$DEMO" --hits 1
    [ -z "$output" ]
    [ "$stderr" = "tracer: cannot load the BPF programs: $too_old" ]
}

@test "listing works" {
    run -0 --separate-stderr "$TRACER" -l -t demo:tick "$DEMO"
    [ "$output" = "$DEMO demo:tick" ]
    [ -z "$stderr" ]
}

@test "without privilege it says that privilege is missing, not that the kernel is old" {
    publish
    run -4 --separate-stderr as_nobody "$PUBLIC/tracer" -x "$PUBLIC/demo-app"
    [[ $stderr == *CAP_BPF* ]]
}
