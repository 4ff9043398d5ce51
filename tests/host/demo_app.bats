#!/usr/bin/env bats
# The demo application by itself, without tracer: what it counts is what the other tests compare tracer with,
# so it must be exact; and it must hold its own against whatever comes in over loopback.

setup_file() {
    bats_require_minimum_version 1.5.0
    export SOURCE="${TRACER_SOURCE:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
    export APP="${TRACER_BUILD:-$SOURCE/build/dev}/demo-app/demo-app"
    WWW="$(dirname "$APP")/www"
    export WWW
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    mkfifo stdin stderr
}

teardown() {
    [ -z "${PID:-}" ] || kill -KILL "$PID" 2>/dev/null || true
}

# The program to its end, which a fault in it can't put off for ever.
app() { timeout --signal=KILL 15 "$APP" "$@"; }

# Starts the program and returns when it says that it is ready: PID, and PORT unless it has none.
# Its standard input is open until `exec 7>&-`, its output goes to the file `out`.
start() {
    "$APP" "$@" <stdin >out 2>stderr 3>&- 7>&- 8<&- &
    PID=$!
    exec 7>stdin 8<stderr
    read -r -t 20 READY <&8
    [[ $READY == "demo-app: ready: pid $PID"* ]]
    PORT=${READY##*:}
    PORT=${PORT%/}
}

# Waits for the end and checks the exit status.
ended() {
    local status=0
    wait "$PID" || status=$?
    PID=
    [ "$status" -eq "$1" ] || { echo "exit status $status, expected $1: $(cat out)" && return 1; }
}

stop() {
    kill -TERM "$PID"
    ended 0
}

# ask FORMAT [ARGUMENT…]: what the server answers to these bytes. They must make it close the connection.
ask() {
    exec 5<>"/dev/tcp/127.0.0.1/$PORT"
    # shellcheck disable=SC2059
    printf "$@" >&5
    timeout 20 cat <&5
    exec 5>&-
}

# status_of FORMAT…: the statuses of the answers, on one line.
status_of() {
    ask "$@" | sed -n 's,^HTTP/1\.1 \([0-9]*\) .*,\1,p' | paste -sd' '
}

# expect_status STATUSES FORMAT…; EXPECTED counts the answers.
expect_status() {
    local got
    got=$(status_of "${@:2}")
    EXPECTED=$((${EXPECTED:-0} + $(wc -w <<<"$1")))
    [ "$got" = "$1" ] || { echo "status '$got', expected '$1', for: $2" && return 1; }
}

# get TARGET: the status of a plain GET.
get() {
    status_of 'GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' "$1"
}

counts() { jq -cS "$1" out; }

# readelf's notes as lines: NAME SEMAPHORE ARGUMENTS
sites() {
    readelf -nW "$APP" | awk '
        / Provider: / { provider = $NF }
        $1 == "Name:" && provider == "demo" { name = $2 }
        $1 == "Location:" && name { semaphore = $NF }
        $1 == "Arguments:" && name { sub(/^ *Arguments: */, ""); print name, semaphore, $0; name = "" }'
}

@test "1009 requests give these counts" {
    app --requests 1009 >out 2>/dev/null
    [ "$(wc -l <out)" -eq 1 ]
    [ "$(counts '.probes')" = "$(jq -cS . <<'JSON'
        {"server__start": 1, "server__stop": 1, "connection__accept": 351, "connection__close": 351,
         "worker__queue": 351, "request__start": 1009, "request__header": 3377, "request__phase": 3028,
         "response__done": 1009, "helper__exit": 44, "tick": 0, "tick__six": 0, "tick__text": 0, "check__integers": 4, "check__floats": 2,
         "check__strings": 1, "check__cold": 1, "check__table": 23, "check__bytes": 4, "check__address": 6, "check__member": 2,
         "check__named": 3}
JSON
    )" ]
    [ "$(counts '.status')" = '{"200":527,"400":132,"404":131,"405":88,"431":44,"501":87}' ]
    # Not summed by the program alone: the ids run from 1 to n, the table is an arithmetic series.
    [ "$(counts '.sums | [."connection__accept.conn_id", ."connection__close.conn_id",
        ."request__start.request_id", ."response__done.request_id", ."connection__close.requests",
        ."worker__queue.depth", ."helper__exit.status", ."check__table.value"]')" = \
        "[$((351 * 352 / 2)),$((351 * 352 / 2)),$((1009 * 1010 / 2)),$((1009 * 1010 / 2)),1009,351,0,-115000345]" ]
    [ "$(counts '.sums."response__done.status"')" -eq $((527 * 200 + 132 * 400 + 131 * 404 + 88 * 405 + 44 * 431 + 87 * 501)) ]
    # The bodies of one run through the plan, and of the twenty requests of the last run.
    [ "$(counts '[.requests, .asked.requests, .mode, .threads]')" = '[1009,1009,"requests",4]' ]
    [ "$(counts '.bytes == .asked.bytes and .bytes == .sums."response__done.bytes"')" = true ]
    [ "$(counts '[.last_path, .cold_resident, ([.wanted[]] | add)]')" = '["/missing",false,0]' ]
}

@test "a second run differs in nothing but the process ids and the workers' luck" {
    for run in 1 2; do
        app --requests 1009 2>/dev/null |
            jq -S 'del(.pid, .sums["helper__exit.pid"], .sums["worker__queue.worker"])' >"$run"
    done
    diff 1 2
}

@test "many clients and few threads give the same counts" {
    app --requests 1009 2>/dev/null >one
    app --requests 1009 --clients 7 --threads 3 2>/dev/null >many
    same='[.probes, .status, .bytes, .asked, (.sums | del(.["helper__exit.pid", "worker__queue.worker",
        "worker__queue.depth", "request__start.conn_id", "request__header.request_id"]))]'
    diff <(jq -S "$same" one) <(jq -S "$same" many)
}

@test "ticks: each number once, over uneven shares" {
    app --hits 1009 --threads 4 >out 2>/dev/null
    [ "$(counts '[.mode, .hits, .probes.tick, .sums."tick.i", .sums."tick.twice", .wanted.tick]')" = \
        "[\"hits\",1009,1009,$((1009 * 1010 / 2)),$((1009 * 1010)),0]" ]
    [ "$(counts '.cpu_ns > 0 and ((.cpu_ns / .hits - .cpu_ns_per_hit) | fabs) < 0.001')" = true ]
    [ "$(app --hits 23 2>/dev/null | jq -c '[.threads, .probes.tick]')" = '[1,23]' ]
    [ "$(app --hits 3 --threads 64 2>/dev/null | jq -c '[.probes.tick, .sums."tick.i"]')" = '[3,6]' ]
}

@test "ticks: another probe instead" {
    app --hits 23 --probe tick__six --threads 4 >out 2>/dev/null
    [ "$(counts '[.probes.tick__six, .sums."tick__six.i", .sums."tick__six.minus"]')" = '[23,276,-276]' ]
    app --hits 23 --probe tick__text >out 2>/dev/null
    [ "$(counts '[.probes.tick__text, .probes.tick, .probes.tick__six, .hits]')" = '[23,0,0,23]' ]
}

@test "the definition, the notes and the counts name the same probes, each with its own semaphore" {
    sed -n 's/^ *probe \([a-z_0-9]*\)(.*/\1/p' "$SOURCE/probes/demo.d" | sort >defined
    [ "$(wc -l <defined)" -eq 22 ]
    diff defined <(sites | cut -d' ' -f1 | sort -u)
    diff defined <(app --requests 1 2>/dev/null | jq -r '.probes | keys[]' | sort)
    sites | awk '{ print $1, $2 }' | sort -u >semaphores
    [ "$(wc -l <semaphores)" -eq 22 ]
    [ "$(awk '{ print $2 }' semaphores | sort -u | grep -vc '^0x0*$')" -eq 22 ]
}

@test "sites: one per caller of an inlined probe, with its own arguments" {
    sites >all
    [ "$(grep -c '^request__phase ' all)" -eq 4 ]
    [ "$(awk '$1 == "request__phase" { print $3, $4, $5 }' all | sort -u | wc -l)" -eq 4 ]
    [ "$(grep -c '^connection__close ' all)" -eq 2 ]
    [ "$(grep -c '^check__integers ' all)" -eq 4 ]
    [ "$(grep -c '^check__floats ' all)" -eq 2 ]
    [ "$(wc -l <all)" -eq 30 ]
    # Width, sign and kind of each argument, wherever the compiler put it.
    kinds() { awk -v name="$1" '$1 == name { for (i = 3; i <= NF; i++) { sub(/@.*/, "", $i); printf "%s ", $i } print "" }' all | sort -u; }
    [ "$(kinds check__integers)" = '-1 1 -2 2 -4 4 -8 -8 8 8 1 4 ' ]
    [ "$(kinds check__floats)" = '4f 8f 8f 8f 8f 8f ' ]
    [ "$(kinds check__strings)" = '8 8 8 8 8 ' ]
    [ "$(kinds check__bytes)" = '8 8 8 ' ]
    [ "$(kinds check__named)" = '-1 4 ' ]
    [ "$(kinds response__done)" = '8 8 -4 8 8f 1 ' ]
    [ "$(kinds server__start)" = '2 -4 ' ]
    [ "$(kinds tick__six)" = '8 8 -8 4 2 1 ' ]
    [ "$(kinds server__stop)" = '' ]
}

@test "dtrace takes the definition without a warning, with either of its parsers" {
    for parser in '' --no-pyparsing; do
        # shellcheck disable=SC2086
        dtrace $parser -h -s "$SOURCE/probes/demo.d" -o "demo$parser.h" >messages 2>&1
        [ ! -s messages ]
    done
    strip_comments() { grep -v '^/\*' "$1"; }
    diff <(strip_comments demo.h) <(strip_comments demo--no-pyparsing.h)
    [ "$(grep -c 'define .*_ENABLED() __builtin_expect (demo_' demo.h)" -eq 22 ]
}

# Does by hand what attaching a probe does: adds 1 to each semaphore.
raise_semaphores() {
    local base
    base=$((16#$(awk -v app="$(readlink -f "$APP")" '$6 == app && $3 == "00000000" { split($1, a, "-"); print a[1]; exit }' "/proc/$PID/maps")))
    readelf -hW "$APP" | grep -q 'Type: *DYN' || base=0
    sites | awk '{ print $2 }' | sort -u | python3 -c '
import sys
pid, base = int(sys.argv[1]), int(sys.argv[2])
with open(f"/proc/{pid}/mem", "r+b", 0) as memory:
    for line in sys.stdin:
        memory.seek(base + int(line, 16))
        memory.write((1).to_bytes(2, "little"))' "$PID" "$base"
}

@test "--wait holds the first probe back, and a raised semaphore opens every probe" {
    start --wait --requests 23
    raise_semaphores
    echo >&7
    ended 0
    [ "$(counts '[([.probes[]] | add) > 100, .wanted == .probes]')" = '[true,true]' ]

    start --wait --hits 1009
    raise_semaphores
    exec 7>&- # the end of the input does as well
    ended 0
    [ "$(counts '[.probes.tick, .wanted.tick]')" = '[1009,1009]' ]
}

@test "stopped while it waits, it has done nothing" {
    start --wait --requests 23
    kill -TERM "$PID"
    ended 1
    [ "$(cat <&8)" = "demo-app: stopped before the start" ]
    [ ! -s out ]
}

@test "--forever serves until SIGTERM or SIGINT and counts what it did" {
    for signal in TERM INT; do
        start --forever
        [ "$(get /hello.txt)" = 200 ]
        kill -"$signal" "$PID"
        ended 0
        [ "$(counts '[.mode, .requests == .asked.requests + 1, .probes.response__done == .requests,
            .probes.connection__accept == .probes.connection__close]')" = '["forever",true,true,true]' ]
    done
}

@test "stops at once although a connection is open and silent" {
    start
    exec 5<>"/dev/tcp/127.0.0.1/$PORT"
    printf 'GET / HTTP/1.1\r\nHost: a\r\n\r\n' >&5
    read -r line <&5
    [ "$line" = $'HTTP/1.1 200 OK\r' ]
    SECONDS=0
    stop
    [ "$SECONDS" -lt 10 ]
    [ "$(counts '[.mode, .probes.connection__accept, .probes.connection__close, .status]')" = '["serve",1,1,{"200":1}]' ]
}

@test "files come whole, with their type; HEAD gives the head alone" {
    start
    ask 'GET /large.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' >answer
    grep -qx $'Content-Length: 101909\r' answer
    grep -qx $'Content-Type: text/plain; charset=utf-8\r' answer
    sed '1,/^\r$/d' answer | cmp - "$WWW/large.txt"
    ask 'GET /?query=1 HTTP/1.0\r\n\r\n' >answer
    grep -qx $'Content-Type: text/html; charset=utf-8\r' answer
    grep -qx $'Connection: close\r' answer
    sed '1,/^\r$/d' answer | cmp - "$WWW/index.html"
    ask 'HEAD /large.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' >answer
    [ "$(tail -c 4 answer | od -An -tx1 | tr -d ' \n')" = 0d0a0d0a ]
    grep -qx $'Content-Length: 101909\r' answer
    stop
    [ "$(counts .bytes)" -eq $((101909 + $(stat -c %s "$WWW/index.html"))) ]
}

@test "requests that come together are answered in their order" {
    start
    ask 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none\r\nHEAD / HTTP/1.1\nHost: a\n\n%s' \
        $'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: keep-alive, Close\r\n\r\ntwo' >answer
    [ "$(grep -o 'HTTP/1.1 200 OK' answer | wc -l)" -eq 3 ]
    grep -q '^oneHTTP/1.1 200' answer
    [ "$(tail -c 3 answer)" = two ]
    stop
    [ "$(counts '[.requests, .bytes, .probes.connection__accept, .sums."response__done.keep_alive"]')" = '[3,6,1,2]' ]
}

@test "a request may come byte by byte, and a client may ask before it sends a body" {
    start
    python3 - "$PORT" <<'EOF'
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as s:
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in b"GET /hello.txt HTTP/1.1\r\nHost: a\r\n\r\n":
        s.send(bytes([byte]))
    answer = b""
    while not answer.endswith(b"Hello, tracer.\n"):
        answer += s.recv(4096)
    s.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n")
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += s.recv(4096)
    assert answer == b"HTTP/1.1 100 Continue\r\n\r\n", answer
    s.send(b"hello")
    answer = b"".join(iter(lambda: s.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"\r\n\r\nhello"), answer
EOF
    stop
    [ "$(counts '.status')" = '{"200":2}' ]
}

@test "a client that goes on sending after its request was refused still gets the answer" {
    start
    python3 - "$PORT" <<'EOF'
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as s:
    s.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + 500000 * b"a")
    answer = b"".join(iter(lambda: s.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 413 "), answer
EOF
    stop
}

@test "what is no request is refused with the status that says why" {
    local rest=' HTTP/1.1\r\nHost: a\r\nConnection: close\r\n'
    start --threads 1
    expect_status 400 'GET\r\n\r\n'
    expect_status 400 'GET /\r\n\r\n'
    expect_status 400 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n'
    expect_status 400 'GET / HTTP/1.1 \r\nHost: a\r\n\r\n'
    expect_status 400 'GET / http/1.1\r\nHost: a\r\n\r\n'
    expect_status 400 "G(T /$rest\r\n"
    expect_status 400 "GET hello.txt$rest\r\n"
    expect_status 400 "GET /caf\xe9$rest\r\n"
    expect_status 400 "GET /\x01$rest\r\n"
    expect_status 400 'GET / HTTP/1.1\r\n\r\n'
    expect_status 400 "GET /${rest}Host: b\r\n\r\n"
    expect_status 400 "GET /${rest}No colon\r\n\r\n"
    expect_status 400 "GET /${rest}Blank : a\r\n\r\n"
    expect_status 400 "GET /${rest}A: b\r\n folded\r\n\r\n"
    expect_status 400 "GET /${rest}A: \x00\r\n\r\n"
    expect_status 400 "GET /${rest}A: b\rc\r\n\r\n"
    expect_status 400 "POST /echo${rest}Content-Length: 1\r\nContent-Length: 1\r\n\r\na"
    expect_status 400 "POST /echo${rest}Content-Length: -1\r\n\r\n"
    expect_status 400 "POST /echo${rest}Content-Length: 1x\r\n\r\na"
    expect_status 400 "POST /echo${rest}Content-Length:\r\n\r\n"
    expect_status 413 "POST /echo${rest}Content-Length: 65537\r\n\r\n"
    expect_status 413 "POST /echo${rest}Content-Length: 18446744073709551617\r\n\r\n"
    expect_status 501 "POST /echo${rest}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    expect_status 501 "BREW /$rest\r\n"
    expect_status 505 'GET / HTTP/2.0\r\nHost: a\r\n\r\n'
    expect_status 405 "POST /$rest\r\n"
    expect_status 405 "HEAD /run$rest\r\n"
    expect_status 404 "GET /missing$rest\r\n"
    expect_status 414 'GET /%08190d' 0
    expect_status 431 "GET /${rest}A: %08190d\r\n\r\n" 0
    expect_status 431 "GET /${rest}$(for i in {1..63}; do printf 'A%d: b\\r\\n' "$i"; done)\r\n"
    # The last ones that fit.
    expect_status 200 "GET /${rest}$(for i in {1..62}; do printf 'A%d: b\\r\\n' "$i"; done)\r\n"
    expect_status 200 "GET /${rest}A: %0$((8192 - 51))d\r\n\r\n" 0
    expect_status 431 "GET /${rest}A: %0$((8192 - 50))d\r\n\r\n" 0
    expect_status 200 "POST /echo${rest}Content-Length: 65536\r\n\r\n%065536d" 0
    expect_status '404 200' "GET /missing HTTP/1.1\r\nHost: a\r\n\r\nGET /$rest\r\n"
    stop
    [ "$(counts '[.requests == .probes.response__done, .probes.connection__accept == .probes.connection__close]')" = '[true,true]' ]
    [ "$(counts '.probes.request__start')" -eq "$EXPECTED" ]
}

@test "nothing outside the root, and nothing but regular files" {
    mkdir -p root/deep/er
    echo secret >secret
    echo inside | tee root/file root/deep/er/index.html >/dev/null
    ln -s ../secret root/link
    ln -s . root/loop
    ln -s /etc root/etc
    ln root/file 'root/a b'
    mkfifo root/fifo
    start --root root
    for path in /../secret /deep/../../secret /deep/.. /.. /%2e%2e/secret /..%2fsecret /deep/%2E./file \
        http://a/../secret /%00 /file%00 /file%0a /%zz /% /%2 '*'; do
        [ "$(get "${path}")" = 400 ] || { echo "not 400: $path" && return 1; }
    done
    for path in /link /loop/file /etc/passwd /fifo /deep /deep/er /deep/ /file/ /. //etc/passwd; do
        [ "$(get "${path}")" = 404 ] || { echo "not 404: $path" && return 1; }
    done
    for path in /file //file /./file /deep/er/ '/%66ile#part' /a%20b 'http://a/file?x' 'HTTP://a//deep/./er/'; do
        [ "$(get "${path}")" = 200 ] || { echo "not 200: $path" && return 1; }
    done
    stop
}

@test "the helper's end is told: its status, its signal, or that it can't run" {
    printf '#!/bin/sh\nread -r line || exit 7\n' >exits
    printf '#!/bin/sh\nkill -KILL $$\n' >dies
    printf '#!/bin/sh\nexit $(ls -l /proc/self/fd | grep -c -e socket: -e anon_inode: -e /www)\n' >counts_ours
    chmod +x exits dies counts_ours
    run_helper() { ask 'POST /run HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' | tail -1; }
    start --helper ./exits
    [ "$(run_helper)" = 7 ]
    stop
    [ "$(counts '[.probes.helper__exit, .sums."helper__exit.status"]')" = '[1,7]' ]
    start --helper ./dies
    [ "$(run_helper)" = -9 ]
    stop
    [ "$(counts '[.probes.helper__exit, .sums."helper__exit.status"]')" = '[1,-9]' ]
    start --helper ./counts_ours # descriptors that it inherited
    [ "$(run_helper)" = 0 ]
    stop
    start --helper ./nowhere
    [ "$(run_helper)" = "500 Internal Server Error" ]
    stop
    [ "$(counts '[.probes.helper__exit, .status]')" = '[0,{"500":1}]' ]
}

@test "a helper that never ends is killed when the program stops" {
    printf '#!/bin/sh\nexec cat "%s/hold"\n' "$BATS_TEST_TMPDIR" >hangs
    chmod +x hangs
    mkfifo hold
    start --helper ./hangs
    exec 5<>"/dev/tcp/127.0.0.1/$PORT"
    printf 'POST /run HTTP/1.1\r\nHost: a\r\n\r\n' >&5
    exec 6>hold # opens once the helper reads it
    SECONDS=0
    stop
    [ "$SECONDS" -lt 8 ]
    [ "$(counts '.sums."helper__exit.status"')" = -9 ]
}

@test "wrong usage: one line, status 2" {
    wrong() {
        local status=0
        app "${@:2}" >out 2>err || status=$?
        [ "$status" -eq 2 ]
        [ ! -s out ]
        [ "$(cat err)" = "demo-app: $1" ] || { cat err && return 1; }
    }
    wrong 'not an option or not used that way: --what: see demo-app --help' --what
    wrong 'not an option or not used that way: --wait=1: see demo-app --help' --wait=1
    wrong 'no value for --port: see demo-app --help' --port
    wrong 'takes no operand: operand: see demo-app --help' --requests 1 operand
    wrong '--port 65536: give a number from 1 to 65535' --port 65536
    wrong '--port 0: give a number from 1 to 65535' --port 0
    wrong '--threads 65: give a number from 1 to 64' --threads 65
    wrong '--clients : give a number from 1 to 64' --clients ''
    wrong '--requests -1: give a number from 1 to 1000000000' --requests -1
    wrong '--requests 1x: give a number from 1 to 1000000000' --requests 1x
    wrong '--hits 99999999999999999999: give a number from 1 to 1000000000' --hits 99999999999999999999
    wrong '--probe: no such probe: tock: see demo-app --help' --hits 1 --probe tock
    wrong '--probe goes with --hits: see demo-app --help' --requests 1 --probe tick__six
    wrong 'give one of --requests, --forever and --hits: see demo-app --help' --requests 1 --forever
    wrong 'give one of --requests, --forever and --hits: see demo-app --help' --requests 1 --hits 1
}

@test "what can't be had: one line, status 1" {
    run -1 --separate-stderr app --requests 1 --root ./nowhere
    [ "$stderr" = "demo-app: can't open the document root: No such file or directory" ]
    start
    run -1 --separate-stderr app --requests 1 --port "$PORT"
    [ "$stderr" = "demo-app: can't listen on that port of 127.0.0.1: Address already in use" ]
    stop
    run -1 --separate-stderr bash -c '"$APP" --hits 1 >/dev/full'
    [ "${stderr_lines[1]}" = "demo-app: can't write to standard output: No space left on device" ]
}

@test "the help names every option" {
    app --help >out
    for name in requests forever hits probe wait threads clients port root helper help; do
        grep -q "^  --$name " out
    done
    [ "$(grep -c '^  --' out)" -eq 11 ]
}
