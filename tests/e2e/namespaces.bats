#!/usr/bin/env bats
# Targets in other namespaces and with other roots, and files that have moved, gone, or have odd names. Each target
# fires a known number of times; what arrives is counted exactly.

load common
bats_require_minimum_version 1.5.0

# Before a command. Mounts are gone with their namespace, whatever becomes of the test.
IN_OWN_MOUNTS=(unshare --mount --propagation private)
IN_OWN_NUMBERS=(unshare --mount --propagation private --pid --fork --mount-proc --kill-child)

# start_inside COMMAND…: as start_held, in mount and pid namespaces of its own. TARGET_PID is the process that has
# number 1 there, as seen from here.
start_inside() {
    start_held "${IN_OWN_NUMBERS[@]}" "$@"
    wait_until 10 has_child "$HELD_PID"
    TARGET_PID=$(children_of "$HELD_PID")
}

children_of() {
    tr -d ' ' <"/proc/$1/task/$1/children"
}

has_child() {
    [ -n "$(children_of "$1")" ]
}

# What a process does before it executes the demo app is over when that says it is ready.
wait_for_demo() {
    wait_until 10 grep -q '^demo-app: ready' "$BATS_TEST_TMPDIR/held.err"
}

# Each of the 23 ticks once, in order, none lost.
expect_ticks() {
    check_stream "${1:-$OUT}"
    [ "$(values tick i "${1:-$OUT}" | xargs)" = "$(seq 23 | xargs)" ]
    [ "$(tail -n 1 "${1:-$OUT}" | jq -c '[.hits, .lost, .missed]')" = '[23,0,0]' ]
}

# Attaches to TARGET_PID, lets it fire, and expects its ticks.
trace_target() {
    start_tracer -p "$TARGET_PID" -t demo:tick
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    expect_ticks
}

# The one path of all probes of a process, from its JSON listing.
listed_path() {
    "$TRACER" -l --format json -p "$1" -t 'demo:*' | jq -r .path | sort -u
}

# expect STATUS TEXT COMMAND…: nothing on stdout, one line on stderr with TEXT.
expect() {
    local wanted=$1 text=$2
    shift 2
    run --separate-stderr within 20 "$@"
    [ "$status" -eq "$wanted" ]
    [ -z "$output" ]
    [ "${#stderr_lines[@]}" -eq 1 ]
    [[ "$stderr" == "tracer: "*"$text"* ]]
}

@test "-p into another mount and pid namespace: our numbers, ns_pid beside them, paths below /proc/PID/root" {
    local place=$BATS_TEST_TMPDIR/place
    mkdir "$place"
    # The file is on a mount that only the target has.
    # shellcheck disable=SC2016
    start_inside sh -c 'mount -t tmpfs none "$1" && cp "$2" "$1/app" && exec "$1/app" --wait --hits 23' sh "$place" "$DEMO"
    wait_for_demo
    [ ! -e "$place/app" ]
    [ "$(awk '$1 == "NSpid:" { print $2, $3 }' "/proc/$TARGET_PID/status")" = "$TARGET_PID 1" ]

    run "$TRACER" -l -p "$TARGET_PID" -t 'demo:*'
    [ "$status" -eq 0 ]
    [ "$output" = "$("$TRACER" -l "$DEMO" | sed "s|^$DEMO |/proc/$TARGET_PID/root$place/app |")" ]
    cmp "/proc/$TARGET_PID/root$place/app" "$DEMO"

    trace_target
    [ "$(jq -c 'select(.type == "usdt") | [.pid, .ns_pid]' "$OUT" | uniq -c | xargs)" = "23 [$TARGET_PID,1]" ]
    # Threads have our numbers too: there it is 2.
    [ "$(jq --argjson pid "$TARGET_PID" 'select(.type == "usdt" and (.tid > $pid) and (has("ns_tid") | not))' "$OUT" |
        jq -s length)" -eq 23 ]
    [ "$(jq -r 'select(.type == "probe") | .path' "$OUT")" = "/proc/$TARGET_PID/root$place/app" ]
    jq -e 'select(.app == "demo-app") | .pid == 1' "$HELD_OUT"
}

@test "-x: ns_pid of processes that start later, and none for ours" {
    start_tracer -x "$DEMO" -t demo:request__start
    # shellcheck disable=SC2016
    start_inside sh -c '"$1" --forever & echo "$!" >"$2"; cat >/dev/null; kill "$!"; wait' sh "$DEMO" "$BATS_TEST_TMPDIR/number"
    wait_until 20 grep -q '"ns_pid"' "$OUT"
    release_held
    finish_held
    "$DEMO" --requests 23 >"$BATS_TEST_TMPDIR/ours"
    stop_tracer
    check_stream "$OUT"
    local number ours
    number=$(cat "$BATS_TEST_TMPDIR/number")
    ours=$(jq 'select(.app == "demo-app") | .pid' "$BATS_TEST_TMPDIR/ours")
    [ "$number" -gt 1 ]
    jq -es --argjson number "$number" --argjson ours "$ours" '
        map(select(.type == "usdt"))
        | (map(select(.pid == $ours)) | length == 23 and all(.[]; has("ns_pid") | not))
          and (map(select(.pid != $ours)) | length > 0 and all(.[]; .ns_pid == $number)
               and (map(.pid) | unique | length) == 1)' "$OUT"
}

@test "ns_pid stays away where the numbers are the same" {
    start_held "$DEMO" --wait --hits 23
    TARGET_PID=$HELD_PID
    trace_target
    jq -es 'all(.[]; has("ns_pid") | not)' "$OUT"
}

@test "-f -- COMMAND into namespaces that it makes: a file that only they have, by children and in their place" {
    local place=$BATS_TEST_TMPDIR/place out=$BATS_TEST_TMPDIR/out
    mkdir "$place"
    # shellcheck disable=SC2016
    "$TRACER" -q -f -t demo:tick -o "$out" -- "${IN_OWN_NUMBERS[@]}" sh -c '
        mount -t tmpfs none "$1" && cp "$2" "$1/app" && "$1/app" --hits 31 && exec "$1/app" --hits 23' \
        sh "$place" "$DEMO" </dev/null
    check_stream "$out"
    [ ! -e "$place/app" ]
    # The first one has a number above 1; both have their own here.
    jq -es 'map(select(.type == "usdt")) | map(.args.i) == [range(1; 32), range(1; 24)]
        and all(.[:31][]; .ns_pid > 1) and all(.[31:][]; .ns_pid == 1) and (map(.pid) | unique | length) == 2' "$out"
    [ "$(tail -n 1 "$out" | jq -c '[.hits, .lost, .missed]')" = '[54,0,0]' ]
}

@test "dlopen in another mount and pid namespace, of a file that only they have: constructor and calls, twice" {
    local place=$BATS_TEST_TMPDIR/place
    mkdir "$place"
    # shellcheck disable=SC2016
    start_inside sh -c 'mount -t tmpfs none "$1" && cp "$2" "$1/plugin.so" && exec "$3"' \
        sh "$place" "$FIXTURES/follow/plugin.so" "$FIXTURES/follow/plugin_host"
    wait_until 10 test "/proc/$TARGET_PID/exe" -ef "$FIXTURES/follow/plugin_host"
    start_tracer -f -p "$TARGET_PID" -t 'plugin:*'
    printf '%s\n' "open $place/plugin.so" 'call 1' close "open $place/plugin.so" 'call 2' >&"$HELD_GATE"
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    [ ! -e "$place/plugin.so" ]
    check_stream "$OUT"
    [ "$(jq -r 'select(.type == "usdt") | "\(.probe) \(.args.arg0) \(.ns_pid)"' "$OUT" | paste -sd,)" = \
        'loaded null 1,called 1 1,loaded null 1,called 2 1' ]
}

@test "tracer inside a pid namespace: -p takes and tells that namespace's numbers" {
    # shellcheck disable=SC2016
    run "${IN_OWN_NUMBERS[@]}" bash -c '
        mkfifo "$3/inner"
        "$2" --wait --hits 23 <"$3/inner" >"$3/app" 2>&1 3>&- & target=$!
        exec {gate}>"$3/inner"
        until grep -qs "^demo-app: ready" "$3/app"; do sleep 0.01; done
        "$1" -p "$target" -t demo:tick -o "$3/out" {gate}>&- 2>"$3/err" & tracer=$!
        until grep -qs "ready: 1 probe" "$3/err"; do sleep 0.01; done
        exec {gate}>&-
        wait "$target" && wait "$tracer" && echo "$target"' bash "$TRACER" "$DEMO" "$BATS_TEST_TMPDIR"
    [ "$status" -eq 0 ]
    expect_ticks "$BATS_TEST_TMPDIR/out"
    [ "$output" -lt 20 ]
    [ "$(jq -c 'select(.type == "usdt") | [.pid, .ns_pid]' "$BATS_TEST_TMPDIR/out" | uniq -c | xargs)" = "23 [$output,null]" ]
}

@test "tracer inside a pid namespace says which processes it can't tell apart" {
    # shellcheck disable=SC2016
    expect 1 'lives in a pid namespace inside the one that tracer runs in' "${IN_OWN_NUMBERS[@]}" bash -c '
        unshare --pid --fork --kill-child sleep 60 & outer=$!
        until read -rd " " target <"/proc/$outer/task/$outer/children"; do sleep 0.01; done
        "$1" -p "$target"; status=$?
        kill "$outer"
        exit "$status"' bash "$TRACER"
}

@test "a /proc of another pid namespace is refused, not believed" {
    expect 1 '/proc does not show the pid namespace that tracer runs in' unshare --pid --fork "$TRACER" -p 1
    expect 1 '/proc does not show the pid namespace that tracer runs in' unshare --pid --fork "$TRACER" -l -p 1
    expect 125 '/proc does not show the pid namespace that tracer runs in' unshare --pid --fork "$TRACER" -- "$DEMO" --hits 23
}

@test "a user namespace" {
    # shellcheck disable=SC2016
    start_held unshare --user --map-root-user --mount --pid --fork --mount-proc --kill-child "$DEMO" --wait --hits 23
    wait_until 10 has_child "$HELD_PID"
    TARGET_PID=$(children_of "$HELD_PID")
    wait_for_demo
    trace_target
    [ "$(jq -c 'select(.type == "usdt") | [.pid, .ns_pid]' "$OUT" | uniq -c | xargs)" = "23 [$TARGET_PID,1]" ]
}

# A root directory with the demo app and what it needs, as copies.
make_jail() {
    local file
    mkdir "$1"
    for file in "$DEMO" $(ldd "$DEMO" | grep -o '/[^ ]*'); do
        install -D "$file" "$1$file"
    done
}

@test "a chroot in our mount namespace: its files by the names that they have here" {
    local jail=$BATS_TEST_TMPDIR/jail
    make_jail "$jail"
    start_held chroot "$jail" "$DEMO" --wait --hits 23
    TARGET_PID=$HELD_PID
    wait_for_demo
    [ "$(listed_path "$TARGET_PID")" = "$jail$DEMO" ]
    trace_target
    [ "$(jq -r 'select(.type == "probe") | .path' "$OUT")" = "$jail$DEMO" ]
}

@test "a chroot of bind mounts in another mount namespace: below /proc/PID/root" {
    local jail=$BATS_TEST_TMPDIR/jail
    mkdir -p "$jail/bin" "$jail/usr/lib" "$jail/lib" "$jail/lib64"
    : >"$jail/bin/app"
    # shellcheck disable=SC2016
    start_held "${IN_OWN_MOUNTS[@]}" sh -c '
        mount --bind "$2" "$1/bin/app" && mount --bind /usr/lib "$1/usr/lib" &&
        mount --bind /lib "$1/lib" && mount --bind /lib64 "$1/lib64" &&
        exec chroot "$1" /bin/app --wait --hits 23' sh "$jail" "$DEMO"
    TARGET_PID=$HELD_PID
    wait_for_demo
    [ "$(listed_path "$TARGET_PID")" = "/proc/$TARGET_PID/root/bin/app" ]
    trace_target
}

@test "a bind mount: the same file under another name, for -p and for -x" {
    : >"$BATS_TEST_TMPDIR/bound"
    # shellcheck disable=SC2016
    start_held "${IN_OWN_MOUNTS[@]}" sh -c 'mount --bind "$2" "$1" && exec "$1" --wait --hits 23' sh "$BATS_TEST_TMPDIR/bound" "$DEMO"
    TARGET_PID=$HELD_PID
    wait_for_demo
    [ "$(listed_path "$TARGET_PID")" = "/proc/$TARGET_PID/root$BATS_TEST_TMPDIR/bound" ]
    start_tracer -x "$DEMO" -t demo:tick
    release_held
    finish_held
    stop_tracer
    expect_ticks
    [ "$(jq -r 'select(.type == "usdt") | .pid' "$OUT" | uniq -c | xargs)" = "23 $TARGET_PID" ]
}

# start_on_overlay BEFORE: the demo app from an overlay that only it has, of three file systems, with library.so in the
# lowest; the shell command BEFORE runs in the merged directory first.
start_on_overlay() {
    local overlay=$BATS_TEST_TMPDIR/overlay
    mkdir -p "$overlay/lower" "$overlay/lowest" "$overlay/upper" "$overlay/merged"
    # shellcheck disable=SC2016
    start_held "${IN_OWN_MOUNTS[@]}" sh -c '
        cd "$1" && mount -t tmpfs none lower && mount -t tmpfs none lowest && mount -t tmpfs none upper &&
        mkdir upper/files upper/work && cp "$2" lower/app && cp "$4" lowest/library.so &&
        mount -t overlay -o lowerdir=lower:lowest,upperdir=upper/files,workdir=upper/work,xino=off overlay merged &&
        cd merged && eval "$3" && exec "$1/merged/app" --wait --hits 23' sh "$overlay" "$DEMO" "$1" "$FIXTURES/libearly_library.so"
    TARGET_PID=$HELD_PID
    wait_for_demo
    [ "$(listed_path "$TARGET_PID")" = "/proc/$TARGET_PID/root$overlay/merged/app" ]
}

@test "an overlay: a file of its lower layer" {
    start_on_overlay true
    trace_target
}

@test "an overlay: a file that was copied up" {
    start_on_overlay 'touch app'
    trace_target
}

@test "an overlay: a file that was replaced after the start" {
    start_on_overlay true
    nsenter --mount --target "$TARGET_PID" sh -c "cp '$FIXTURES/mixed_sites' '$BATS_TEST_TMPDIR/overlay/merged/new' &&
        mv '$BATS_TEST_TMPDIR/overlay/merged/new' '$BATS_TEST_TMPDIR/overlay/merged/app'"
    [ "$("$TRACER" -l -p "$TARGET_PID" -t 'mixed:*' -t 'demo:tick')" = \
        "/proc/$TARGET_PID/root$BATS_TEST_TMPDIR/overlay/merged/app demo:tick" ]
    trace_target
}

@test "an overlay: two files of two layers that have one inode number" {
    # shellcheck disable=SC2016
    start_on_overlay 'export LD_PRELOAD="$1/merged/library.so"'
    local merged=/proc/$TARGET_PID/root$BATS_TEST_TMPDIR/overlay/merged
    [ "$(stat -c %i "$merged/app")" = "$(stat -c %i "$merged/library.so")" ]
    run "$TRACER" -l -p "$TARGET_PID" -t demo:tick -t early:called
    [ "$output" = "$merged/app demo:tick
$merged/library.so early:called" ]
    trace_target
}

@test "a file that was deleted under the process: all its hits, under its old name" {
    local app=$BATS_TEST_TMPDIR/app
    cp "$DEMO" "$app"
    start_held "$app" --wait --hits 23
    TARGET_PID=$HELD_PID
    rm "$app"
    [ "$(listed_path "$TARGET_PID")" = "$app" ]
    trace_target
    [ "$(jq -r 'select(.type == "probe") | .path' "$OUT")" = "$app" ]
}

@test "a file that was replaced by another: -p has what is mapped, -x what is there now" {
    local app=$BATS_TEST_TMPDIR/app
    cp "$DEMO" "$app"
    start_held "$app" --wait --hits 23
    TARGET_PID=$HELD_PID
    cp "$FIXTURES/mixed_sites" "$app.new"
    mv "$app.new" "$app"
    [ "$("$TRACER" -l "$app")" = "$app mixed:sites" ]
    [ "$("$TRACER" -l -p "$TARGET_PID" -t demo:tick -t 'mixed:*')" = "$app demo:tick" ]

    start_tracer -x "$app"
    local new=$TRACER_PID new_out=$BATS_TEST_TMPDIR/new.jsonl
    mv "$OUT" "$new_out"
    trace_target
    "$app"
    TRACER_PID=$new
    stop_tracer
    check_stream "$new_out"
    [ "$(values sites arg0 "$new_out" | xargs)" = "7 2.5" ]
    [ "$(tail -n 1 "$new_out" | jq .hits)" -eq 2 ]
}

@test "a file that is replaced while it is attached: -x goes on with what it was given" {
    local app=$BATS_TEST_TMPDIR/app
    cp "$DEMO" "$app"
    start_held "$app" --wait --hits 23
    start_tracer -x "$app" -t demo:tick
    cp "$FIXTURES/mixed_sites" "$app.new"
    mv "$app.new" "$app"
    release_held
    finish_held
    "$app"
    stop_tracer
    expect_ticks
}

# by_method METHOD COMMAND…: libbpf treats paths otherwise for perf events, which older kernels take anyway.
by_method() {
    if [ "$1" = perf_events ]; then
        TRACER_PERF_EVENTS=1 "${@:2}"
    else
        "${@:2}"
    fi
}

# Traces a copy of the demo app called NAME in every way; SHOWN is how JSON has the name, TEXT how text has it.
check_name() {
    local name=$1 shown=$2 text=$3 dir=$BATS_TEST_TMPDIR/names path paths
    mkdir -p "$dir"
    path=$dir/$name
    cp "$DEMO" "$path"
    wanted=$(jq -cn --arg path "$dir/$shown" '$path')
    [ "$shown" != invalid ] || wanted="\"$dir/caf\\ufffd\""

    [ "$("$TRACER" -l "$path" -t demo:tick)" = "$dir/$text demo:tick" ]
    [ "$("$TRACER" -l --format json "$path" -t demo:tick | jq -ca .path)" = "$(jq -ca . <<<"$wanted")" ]

    start_held "$path" --wait --hits 23
    TARGET_PID=$HELD_PID
    [ "$("$TRACER" -l -p "$TARGET_PID" -t demo:tick)" = "$dir/$text demo:tick" ]
    trace_target
    expect_path "$OUT"

    local method
    for method in uprobe_multi perf_events; do
        by_method "$method" start_tracer -x "$path" -t demo:tick
        "$path" --hits 23 >/dev/null 2>&1
        stop_tracer
        expect_ticks
        expect_path "$OUT"
    done

    "$TRACER" -q -t demo:tick -o "$OUT" -- "$path" --hits 23 >/dev/null 2>&1
    expect_ticks
    expect_path "$OUT"
    rm "$path" "$BATS_TEST_TMPDIR/gate"
}

# The probe record's path is $wanted, in a line that is valid UTF-8 without control bytes.
expect_path() {
    [ "$(jq -ca 'select(.type == "probe") | .path' "$1")" = "$(jq -ca . <<<"$wanted")" ]
    iconv -f UTF-8 -t UTF-8 "$1" >/dev/null
    ! LC_ALL=C tr -d '\n' <"$1" | LC_ALL=C grep -q '[[:cntrl:]]'
}

# bats test_tags=long
@test "a name with blanks" {
    check_name ' a  b ' ' a  b ' ' a  b '
}

@test "a name with quotes and a backslash" {
    check_name "\"it's\\" "\"it's\\" "\"it's\\"
}

# bats test_tags=long
@test "a name with ++, as libstdc++ has" {
    check_name 'lib++.so' 'lib++.so' 'lib++.so'
}

# bats test_tags=long
@test "a name with a newline" {
    check_name $'a\nb' $'a\nb' 'a\nb'
}

# bats test_tags=long
@test "a name with the text \012, which maps writes for a newline" {
    check_name 'a\012b' 'a\012b' 'a\012b'
}

# bats test_tags=long
@test "a name that ends in (deleted)" {
    check_name 'app (deleted)' 'app (deleted)' 'app (deleted)'
}

# bats test_tags=long
@test "a name with bytes that are no UTF-8" {
    check_name $'caf\xe9' invalid 'caf\xe9'
}

# bats test_tags=long
@test "a name with a terminal's escape sequence" {
    check_name $'a\e[31mb' $'a\e[31mb' 'a\x1b[31mb'
}

# bats test_tags=long
@test "a directory called !, which libbpf takes for an archive" {
    mkdir -p "$BATS_TEST_TMPDIR/names/a!"
    check_name 'a!/app' 'a!/app' 'a!/app'
}

@test "a name without a slash is a file of this directory, not one of PATH" {
    mkdir "$BATS_TEST_TMPDIR/here" "$BATS_TEST_TMPDIR/bin"
    cp "$DEMO" "$BATS_TEST_TMPDIR/here/app"
    install "$FIXTURES/mixed_sites" "$BATS_TEST_TMPDIR/bin/app"
    cd "$BATS_TEST_TMPDIR/here"
    local method
    for method in uprobe_multi perf_events; do
        PATH=$BATS_TEST_TMPDIR/bin:$PATH by_method "$method" start_tracer -x app -t demo:tick
        ./app --hits 23 >/dev/null 2>&1
        stop_tracer
        expect_ticks
    done
}

@test "a symbolic and a hard link: one file, each event once" {
    local dir=$BATS_TEST_TMPDIR
    cp "$DEMO" "$dir/app"
    ln "$dir/app" "$dir/hard"
    ln -s app "$dir/symbolic"
    [ "$("$TRACER" -l "$dir/symbolic" "$dir/hard" "$dir/app" -t demo:tick)" = "$dir/symbolic demo:tick" ]
    start_tracer -x "$dir/symbolic" -x "$dir/hard" -x "$dir/app" -t demo:tick
    grep -qx 'tracer: ready: 1 probe, 1 site, 1 file' "$ERR"
    "$dir/hard" --hits 23 >/dev/null 2>&1
    stop_tracer
    expect_ticks
}

@test "two processes under two names of one file: one probe, each event once" {
    local dir=$BATS_TEST_TMPDIR
    cp "$DEMO" "$dir/app"
    ln "$dir/app" "$dir/hard"
    mkfifo "$dir/second"
    start_held "$dir/app" --wait --hits 23
    "$dir/hard" --wait --hits 101 <"$dir/second" >/dev/null 2>"$dir/second.err" 3>&- {HELD_GATE}>&- &
    local second=$!
    exec {SECOND_GATE}>"$dir/second"
    wait_until 10 grep -qs '^demo-app: ready' "$dir/second.err"
    start_tracer -p "$HELD_PID,$second" -t demo:tick {SECOND_GATE}>&-
    release_held
    finish_held
    exec {SECOND_GATE}>&-
    wait "$second"
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    [ "$(jq -c 'select(.type == "usdt") | .pid' "$OUT" | sort | uniq -c | sort -n | awk '{print $1}' | xargs)" = "23 101" ]
    [ "$(jq -c 'select(.type == "probe") | .id' "$OUT")" = 1 ]
}

@test "a library mapped twice, under two names: each event once" {
    local dir=$BATS_TEST_TMPDIR
    cp "$FIXTURES/libearly_library.so" "$dir/one.so"
    ln "$dir/one.so" "$dir/two.so"
    start_held python3 -c '
import ctypes, mmap, sys
library = ctypes.CDLL(sys.argv[1])
files = [open(name, "rb") for name in sys.argv[1:]]
more = [mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ | mmap.PROT_EXEC) for file in files]
print("mapped", flush=True)
sys.stdin.read()
for i in range(23):
    library.early_function(i)' "$dir/one.so" "$dir/two.so"
    wait_until 20 grep -q mapped "$HELD_OUT"
    [ "$(grep -c 'r-xp.*/one.so$' "/proc/$HELD_PID/maps")" -eq 1 ]
    [ "$(grep -c 'r-xs.*/\(one\|two\).so$' "/proc/$HELD_PID/maps")" -eq 2 ]
    [ "$("$TRACER" -l -p "$HELD_PID" -t early:called | wc -l)" -eq 1 ]
    start_tracer -p "$HELD_PID" -t early:called
    grep -qx 'tracer: ready: 1 probe, 1 site, 1 file' "$ERR"
    release_held
    finish_held
    finish_tracer
    [ "$status" -eq 0 ]
    check_stream "$OUT"
    [ "$(values called arg0 | xargs)" = "$(seq 0 22 | xargs)" ]
}

@test "-x of what is no program: one line says what it is, and for a script what to give instead" {
    local dir=$BATS_TEST_TMPDIR
    mkfifo "$dir/fifo"
    printf '#! /bin/sh -e\nexit 0\n' >"$dir/script"
    printf '#!/usr/bin/env python3\n' >"$dir/python"
    chmod +x "$dir/script" "$dir/python"
    local option
    for option in -x -l; do
        expect 1 'is a directory, not an ELF file' "$TRACER" "$option" "$dir"
        expect 1 'is a FIFO, not an ELF file' "$TRACER" "$option" "$dir/fifo"
        expect 1 'is a character device, not an ELF file' "$TRACER" "$option" /dev/zero
        expect 1 'No such file or directory' "$TRACER" "$option" "$dir/none"
        expect 1 'script: is a script, not an ELF file: give the program that runs it (/bin/sh -e)' "$TRACER" "$option" "$dir/script"
        expect 1 'is a script, not an ELF file: give the program that runs it (/usr/bin/env python3)' "$TRACER" "$option" "$dir/python"
    done
}
