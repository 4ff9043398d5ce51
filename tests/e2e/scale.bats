#!/usr/bin/env bats
# Many sites: all of them attached, by uprobe_multi and by perf events alike; and those that can't be attached cost
# no other. Detaching a site takes 0.1 s through perf events on some kernels, so there are fewer of them that way.

load common

setup() {
    SCALE=$FIXTURES/scale
    LIBRARY=$SCALE/libmany_sites_library.so
    JAVA=/usr/lib/jvm/default-java
}

# many_sites_values SEED [NUMBER…]: what those sites (all of them) show, in the order in which they are reached.
many_sites_values() {
    local seed=$1
    shift
    [ $# -gt 0 ] || set -- $(seq 1000 2999)
    printf '%s\n' "$@" | awk -v seed="$seed" '{ print "site_" $1, $1, seed + 3 * $1 }'
}

# Probe, first and second argument of each event.
values_of_two() {
    jq -r 'select(.type == "usdt") | "\(.probe) \(.args.arg0) \(.args.arg1)"' "$1"
}

# What doesn't depend on when the program ran, and as which process.
timeless() {
    jq -c 'del(.time, .ts, .pid, .tid, .cpu)' "$1"
}

# expect_line TEXT FILE: there is one line with that end.
expect_line() {
    grep -qE -- "$1\$" "$2" || {
        echo "no line ends with: $1" >&2
        cat "$2" >&2
        return 1
    }
}

# bats test_tags=long
@test "2,000 probes in one library, half of them with semaphores: each is attached, each event arrives" {
    local out=$BATS_TEST_TMPDIR/out
    "$TRACER" -l "$LIBRARY" | wc -l | grep -qx 2000
    "$TRACER" -v -o "$out" -- "$SCALE/many_sites" 7 2>"$BATS_TEST_TMPDIR/err" </dev/null
    expect_line 'ready: 2000 probes, 2000 sites, 1 file' "$BATS_TEST_TMPDIR/err"
    check_stream "$out"
    diff <(many_sites_values 7) <(values_of_two "$out")
}

# bats test_tags=long
@test "40 of them, through uprobe_multi where the kernel has it and through perf events: the very same events" {
    local way out=$BATS_TEST_TMPDIR/out numbers
    # Each site takes two descriptors through perf events.
    ulimit -Sn 64
    numbers=$(seq 1000 1019; seq 2000 2019)
    for way in '' TRACER_PERF_EVENTS=1; do
        env $way "$TRACER" -v -t 'many:site_[12]0[01]?' -o "$out$way" -- "$SCALE/many_sites" -7 \
            2>"$BATS_TEST_TMPDIR/err" </dev/null
        expect_line 'ready: 40 probes, 40 sites, 1 file' "$BATS_TEST_TMPDIR/err"
        check_stream "$out$way"
        diff <(many_sites_values -7 $numbers) <(values_of_two "$out$way")
    done
    expect_line 'attached through perf events' "$BATS_TEST_TMPDIR/err"
    diff <(timeless "$out") <(timeless "${out}TRACER_PERF_EVENTS=1")
}

# BPF links that tracer holds.
count_links() {
    cat "/proc/$TRACER_PID/fdinfo"/* | grep -c '^link_id:'
}

@test "one link for all sites of a file through uprobe_multi, through perf events one for each" {
    local method wanted
    for method in uprobe_multi perf_events; do
        attach_through "$method"
        start_tracer -v -x "$LIBRARY" -t 'many:site_[12]0[01]?'
        expect_line 'ready: 40 probes, 40 sites, 1 file' "$ERR"
        wait_until 20 grep -q 'attached through' "$ERR"
        wanted=1
        ! grep -q 'attached through perf events' "$ERR" || wanted=40
        [ "$(count_links)" -eq "$wanted" ]
        stop_tracer
    done
    [ "$wanted" -eq 40 ]
}

# bats test_tags=long
@test "OpenJDK's libjvm.so: every site is attached; the classes that it loads are those of its own log" {
    local library=$JAVA/lib/server/libjvm.so log=$BATS_TEST_TMPDIR/log sites probes
    sites=$("$TRACER" -l -v "$library" | grep -c '^    site ')
    probes=$("$TRACER" -l "$library" | wc -l)
    [ "$sites" -gt 500 ]
    # The name of a class has a length and no end.
    cat >"$BATS_TEST_TMPDIR/hotspot.d" <<'D'
provider hotspot {
    probe class__loaded(const char *name, long length, void *loader, bool shared);
};
D
    start_tracer -x "$library" -d "$BATS_TEST_TMPDIR/hotspot.d"
    expect_line "ready: $probes probes, $sites sites, 1 file" "$ERR"
    "$JAVA/bin/java" "-Xlog:class+load:file=$log" -version 3>&-
    stop_tracer
    check_stream "$OUT"
    [ "$(tail -n 1 "$OUT" | jq .lost)" -eq 0 ]
    [ "$(count vm__init__begin) $(count vm__init__end) $(count vm__shutdown)" = "1 1 1" ]
    # Classes without a name of their own have a number in the log and an address in the probe.
    diff <(sed 's/^.*\[class,load\] //; s/ .*//; s,/0x.*,,' "$log" | sort) \
        <(jq -r 'select(.type == "usdt" and .probe == "class__loaded") | .args.name[0:.args.length]' "$OUT" |
            tr / . | sed 's,[+.]0x.*,,' | sort)
}

# odd_sites reaches all of its sites 23 times and says itself whether its instructions still do what they should.
# bats test_tags=long
@test "sites that the kernel can't probe are left out and named: the 400 others miss nothing" {
    local out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    "$TRACER" -o "$out" -- "$SCALE/odd_sites" 2>"$err" </dev/null
    check_stream "$out"
    expect_line 'ready: 404 probes, 400 sites, 1 file' "$err"
    expect_odd_failures "$err"
    [ "$(wc -l <"$err")" -eq 5 ]
    expect_odd_events "$out" "$(seq 1400 1599)"
}

# expect_odd_failures FILE
expect_odd_failures() {
    local name
    for name in a_locked site_1499_locked z_locked; do
        expect_line "/odd_sites: 1 site of odd:$name left out: the instruction there can't be probed" "$1"
    done
    expect_line "/odd_sites: 1 site of odd:site_1499_nothing left out: what stands there is no instruction" "$1"
}

# expect_odd_events FILE NUMBERS: the events of the good sites with these numbers, and no other.
expect_odd_events() {
    diff <(for round in $(seq 0 22); do
        awk -v round="$round" '{ print "site_" $1, $1, round * $1; print "shown_" $1, round + $1, "null" }' <<<"$2"
    done) <(values_of_two "$1")
}

# bats test_tags=long
@test "the same through perf events, among 40 others" {
    local out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
    TRACER_PERF_EVENTS=1 "$TRACER" -t 'odd:*_14[09]?*' -t 'odd:?_locked' -o "$out" -- "$SCALE/odd_sites" 2>"$err" </dev/null
    check_stream "$out"
    expect_line 'ready: 44 probes, 40 sites, 1 file' "$err"
    expect_odd_failures "$err"
    [ "$(wc -l <"$err")" -eq 5 ]
    expect_odd_events "$out" "$(seq 1400 1409; seq 1490 1499)"
}

maps_library() {
    grep -q "/libmany_sites_library.so" "/proc/$HELD_PID/maps"
}

@test "a site that another tracer holds with another semaphore is left out and named, the others miss nothing" {
    local way site offset numbers
    site=$("$TRACER" -l --format json -t many:site_1007 "$LIBRARY" | jq -c '.sites[0]')
    offset=$(jq -r .offset <<<"$site")
    numbers=$(seq 1000 1006; seq 1008 1019; seq 2000 2019)
    for way in '' TRACER_PERF_EVENTS=1; do
        # As one does that knows nothing of semaphores.
        start_held "$SCALE/hold_uprobe" "$LIBRARY" "$offset" 0 "$SCALE/many_sites" 7
        wait_until 10 maps_library
        ${way:+export "$way"}
        start_tracer -p "$HELD_PID" -t 'many:site_[12]0[01]?'
        ${way:+unset "${way%=*}"}
        expect_line 'ready: 40 probes, 39 sites, 1 file' "$ERR"
        expect_line "/libmany_sites_library.so: 1 site of many:site_1007 left out: another tracer holds that place with another semaphore" "$ERR"
        release_held
        finish_held
        finish_tracer
        [ "$status" -eq 0 ]
        check_stream "$OUT"
        diff <(many_sites_values 7 $numbers) <(values_of_two "$OUT")
        rm "$BATS_TEST_TMPDIR/gate"
    done
}
