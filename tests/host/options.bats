# The command line and its documents: every option is in the help, the manual and the completion, wrong usage
# gets one line that says what to do, and the manual's examples run.

bats_require_minimum_version 1.5.0
load ../e2e/common

setup() {
    MAN=$TRACER_SOURCE/man
    cd "$BATS_TEST_TMPDIR"
}

teardown_more() {
    [ -z "${APP:-}" ] || { kill "$APP" && wait "$APP"; } 2>/dev/null || true
}

# The rows of options.def as "LETTER NAME ARGUMENT", with - for what a row doesn't have.
option_rows() {
    sed -n -e 's/^OPTION([a-z_]*, 0,/OPTION(x, '"'-'"',/' -e 's/ NULL,/ "-",/' \
        -e "s/^OPTION([a-z_]*, '\(.\)', \"\([^\"]*\)\", \"\([^\"]*\)\",\$/\1 \2 \3/p" \
        "$TRACER_SOURCE/src/options.def"
}

# complete WORD...: what bash offers for the last word of that command line, a line each.
complete_words() {
    bash -c '
        source "$0"
        COMP_WORDS=(tracer "$@") COMP_CWORD=$#
        _tracer
        printf "%s\n" "${COMPREPLY[@]}"' "$TRACER_BUILD/src/tracer.bash" "$@"
}

@test "the rows of options.def can be read, all of them" {
    [ "$(option_rows | wc -l)" -eq "$(grep -c '^OPTION(' "$TRACER_SOURCE/src/options.def")" ]
    [ "$(option_rows | wc -l)" -ge 15 ]
    option_rows | grep -qx 'p pid PID\[,PID\]'
    option_rows | grep -qx -- '- version -'
}

@test "every option is in --help" {
    "$TRACER" --help >help
    option_rows | while read -r letter name argument; do
        flags="  -$letter, --$name"
        [ "$letter" != - ] || flags="      --$name"
        [ "$argument" = - ] || flags+=" $argument"
        grep -qF -- "$flags  " help || grep -qxF -- "$flags" help || { echo "not in --help: $flags" && false; }
    done
    [ "$(grep -cE '^ +(-., )?--[a-z]' help)" -eq "$(option_rows | wc -l)" ]
}

@test "every option is in the manual, and no other" {
    option_rows | while read -r letter name argument; do
        if [ "$letter" = - ]; then
            echo ".It Fl -$name"
        else
            echo ".It Fl $letter , -$name"
        fi
    done | sort >expected
    sed -n '/^\.Sh OPTIONS/,/^\.Sh OUTPUT/s/^\(\.It Fl \(. , \)\?-[a-z-]*\).*/\1/p' "$MAN/tracer.1" | sort >actual
    diff -u expected actual
}

@test "every option is completed, and so are values" {
    option_rows | while read -r letter name argument; do
        [ "$(complete_words "--$name" | grep -cx -- "--$name")" -eq 1 ]
        [ "$letter" = - ] || [ "$(complete_words "-$letter")" = "-$letter" ]
    done
    mkdir directory && touch plain server.d 'two words'
    [ "$(complete_words --format '' | tr '\n' ' ')" = 'json text ' ]
    [ "$(complete_words --format = js)" = json ]
    [ "$(complete_words -t '')" = '' ]
    complete_words -p '' | grep -qx "$$"
    [ "$(complete_words --pid "1,$$")" = "1,$$" ]
    [ "$(complete_words -k '' | tr '\n' ' ')" = 'vfs_read exec exit ' ]
    [ "$(complete_words -k vfs_read,exi)" = vfs_read,exit ]
    [ "$(complete_words --kernel-method f)" = fexit ]
    [ "$(complete_words -o p)" = plain ]
    [ "$(complete_words -x tw)" = 'two words' ]
    [ "$(complete_words -d '' | sort | tr '\n' ' ')" = 'directory server.d ' ]
    [ "$(complete_words -l pl)" = plain ]
    [ "$(complete_words -l -- pl)" = plain ]
    [ "$(complete_words -lv pl)" = plain ]
    [ "$(complete_words -vql pl)" = plain ]
    [ "$(complete_words -olog pl)" = '' ] # a value, not -l
    complete_words -o out -- ba | grep -qx bash
    [ "$(complete_words -- bash pl)" = plain ]
    [ "$(complete_words -- bash --hel)" = '' ]
}

@test "wrong usage: status, one line, nothing on standard output" {
    check() { # STATUS MESSAGE ARGUMENT...
        local status=$1 message=$2
        shift 2
        run --separate-stderr "-$status" "$TRACER" "$@"
        [ "$output" = '' ]
        [ "$stderr" = "tracer: $message" ] || { printf '%s\n' "$*" "$stderr" && false; }
    }
    check 2 'nothing to trace; give -p PID, -x PATH or -- COMMAND, or list probes with -l PATH'
    check 2 "unexpected './a'; put -- before a command to run, or -l to list a file's probes" ./a
    check 2 "unknown option '-Z'; see tracer --help" -Z
    check 2 "-n has no meaning with -l; leave one of them out" -l "$DEMO" -n 3
    check 2 "-s '5000': expected a number of bytes, 1 to 4096" -p 1 -s 5000
    check 2 "-p '1,2,,3': expected process ids, 1 to 4194303, with commas between them" -p 1,2,,3
    check 2 "-p '\\x1b[31m': expected process ids, 1 to 4194303, with commas between them" -p $'\e[31m'
    check 125 "-n '0': expected a number of events, 1 or more" -n 0 -- true
    check 125 "-p and a command can't be combined; trace one of them at a time" -p 1 -- true
}

@test "help and version go to standard output, and fail with it" {
    run --separate-stderr -0 "$TRACER" --version
    [ "$output" = 'tracer 0.1.0' ]
    [ "$stderr" = '' ]
    run --separate-stderr -0 "$TRACER" -h
    [[ $output == 'Usage: tracer '* ]]
    [ "$stderr" = '' ]
    run -1 bash -c '"$0" --help >/dev/full' "$TRACER"
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == 'tracer: '*'No space left on device'* ]]
}

@test "the manual pages have no formatting errors" {
    for page in "$MAN"/*.[1-9]; do
        run -0 groff -mandoc -ww -z -Tutf8 "$page"
        [ "$output" = '' ]
    done
}

@test "every word of --format is a format" {
    option_rows | sed -n 's/^- format //p' | tr '|' '\n' >words
    [ "$(wc -l <words)" -ge 2 ]
    while read -r word; do
        run -0 "$TRACER" -l --format "$word" "$DEMO"
        [ "${#lines[@]}" -eq "$("$TRACER" -l "$DEMO" | wc -l)" ]
    done <words
}

# example_names PAGE and example PAGE NAME: what stands behind the mark '.\" example NAME'.
example_names() {
    sed -n 's/^\.\\" example //p' "$MAN/$1"
}

example() {
    awk -v mark=".\\\\\" example $2" '
        inside && /^\.Ed/ { exit }
        inside { gsub(/\\e/, "\\"); print }
        $0 == mark { marked = 1 }
        marked && /^\.Bd/ { inside = 1 }' "$MAN/$1"
}

# Starts an app that makes requests to itself until it is stopped, and waits for its first line.
start_app() {
    "$DEMO" --forever >/dev/null 2>app.err 3>&- &
    APP=$!
    wait_until 20 [ -s app.err ]
}

# Runs an example with live files and processes in the place of those that it names; its output is in `out`.
# Tracing ends after 23 events unless the example says otherwise, because the app doesn't end; a summary after its
# --duration, of which half a second is enough.
run_example() {
    cat >prelude <<EOT
set -euo pipefail
tracer() {
    case "\$* " in
    '-l '* | *' -c --'* | *' --hist '* | *' --latency '*) "$TRACER" "\$@" ;;
    *) "$TRACER" -n 23 "\$@" ;;
    esac
}
EOT
    example "$1" "$2" | sed \
        -e "s:/usr/sbin/h2o:$DEMO:" -e "s:'\(!*\)h2o\::'\1demo\::g" -e "s:\<4242\>:$APP:" \
        -e "s:\./server\.d:$TRACER_SOURCE/probes/demo.d:" -e "s:\./server --port 8080:$DEMO --requests 23:" \
        -e 's/--duration 10s/--duration 500ms/' -e 's/postgresql:query__start/demo:request__start/' -e 's/args\.query/args.path/' >example.sh
    cat example.sh
    bash -c 'source ./prelude; source ./example.sh' >out 2>err || { cat err && false; }
}

# check_example NAME: whether `out` is what the example promises.
check_example() {
    events() { jq -es '[.[] | select(.type == "usdt")] | length' "$1"; }
    case $1 in
    list) [ "$(grep -c "^$DEMO demo:[a-z_]*\$" out)" -eq "$(wc -l <out)" ] && grep -q ':request__start$' out ;;
    list-process) grep -q "^$DEMO demo:request__start\$" out && grep -q 0x out ;;
    queries) [ "$(wc -l <out)" -eq 23 ] && grep -qx /hello.txt out ;;
    exclude) [ "$(events out)" -eq 5 ] && ! grep -q request__header out ;;
    duration) [ "$(tail -n 1 events.json | jq -r .type)" = end ] && [ "$(events events.json)" -ge 1 ] ;;
    command) [ "$(events events.json)" -eq 23 ] && [ "$(jq -s '.[1].probe' events.json)" = '"server__start"' ] ;;
    follow) [ "$(jq -s 'map(select(.type == "usdt").comm) | unique | @csv' -r events.json)" = '"demo-app"' ] ;;
    count) [ "$(awk '{ sum += $1 } END { print sum }' out)" -eq 23 ] && grep -q 'check__integers$' out ;;
    kernel)
        [ "$(jq -r 'select(.seq).type' events.json | sort | uniq | xargs)" = 'kernel usdt' ] &&
            [ "$(jq -s 'map(select(.seq)) | length' events.json)" -eq 500 ]
        ;;
    exits) jq -es 'all(.[]; .[1] == "exec" or (.[1] == "exit" and (.[2] == null or .[2] >= 50000000)))' out >/dev/null ;;
    where) [ "$(jq -s 'map(select(.type == "usdt").args.status >= 400)' -c out)" = '[true,true,true,false,false]' ] ;;
    definition) [ "$(events out)" -eq 5 ] && ! grep -q '"arg0":' out ;;
    counts) jq -e 'select(.type == "summary" and .probe == "request__start")' out | jq -e ".by.pid == $APP and .count > 0" ;;
    span) jq -e 'length > 0 and all(.span and .bytes >= 0)' out ;;
    reads) jq -es 'map(select(.kind == "hist" and .probe == "vfs_read")) | length == 1 and .[0].count > 0' out ;;
    sizes) jq -es 'map(select(.kind == "hist" and .by.status == 200)) | .[0].count > 0 and .[0].buckets != []' out ;;
    latency) grep -qx 'request__start to response__done  path="/hello.txt"' out && grep -q ' |@* *|$' out ;;
    hits) [ "$(wc -l <out)" -eq 5 ] && [ "$(jq -c keys out | sort -u)" = '["args","probe"]' ] ;;
    complete) [ "$(<out)" = true ] ;;
    inversion) [[ $(<out) =~ ^[0-9]+$ ]] ;;
    slowest) [ "$(wc -l <out)" -eq 3 ] && jq -es 'map(.duration_ms) == (map(.duration_ms) | sort | reverse)' out ;;
    unreadable) [ ! -s out ] ;; # the demo app's can all be read
    *) echo "no check for this example" && false ;;
    esac
}

run_examples_of() {
    local name
    [ "$(example_names "$1" | wc -l)" -eq "$(grep -c '^\.Bd -literal' "$MAN/$1")" ]
    for name in $(example_names "$1"); do
        run_example "$1" "$name"
        check_example "$name" || { head out && false; }
    done
}

@test "the examples of tracer(1) run" {
    start_app
    run_examples_of tracer.1
}

@test "the examples of tracer-events(5) run" {
    start_app
    "$TRACER" -q -o events.json -- "$DEMO" --requests 23
    run_examples_of tracer-events.5
}
