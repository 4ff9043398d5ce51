# tracer-probes(5): every display in it is a file, a command or a definition, and does what the manual says.

bats_require_minimum_version 1.5.0
load ../e2e/common

setup() {
    PAGE=$TRACER_SOURCE/man/tracer-probes.5
    [ -s "$PAGE" ]
    cd "$BATS_TEST_TMPDIR"
    ln -s "$FIXTURES/annotated" annotated
    cat >prelude <<EOT
set -euo pipefail
tracer() { "$TRACER" "\$@"; }
EOT
}

# names KIND: the marks '.\" KIND NAME' of the page, in its order.
names() {
    sed -n "s/^\.\\\\\" $1 //p" "$PAGE"
}

# display KIND NAME: the display that follows that mark.
display() {
    awk -v mark=".\\\\\" $1 $2" '
        inside && /^\.Ed/ { exit }
        inside { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print }
        $0 == mark { marked = 1 }
        marked && /^\.Bd/ { inside = 1 }' "$PAGE"
}

# define KIND NAME: example.d, and the name of its probe in PROBE.
define() {
    { echo 'provider example {' && display "$1" "$2" && echo '};'; } >example.d
    PROBE=$(sed -n '2s/^probe \([a-z_]*\)(.*/\1/p' example.d)
    [ -n "$PROBE" ]
}

# Where things are in a file is up to the compiler.
without_places() {
    sed -E 's/0x[0-9a-f]+/0x/g; s/ args ".*"//'
}

# as_one_line FILE: messages are folded in the manual.
as_one_line() {
    tr '\n' ' ' <"$1" | sed 's/ $//'
}

@test "every literal display has a mark" {
    [ "$(grep -c '^\.\\" \(file\|run\|shown\|definition\|args\|wrong\|said\) ' "$PAGE")" -eq "$(grep -c '^\.Bd -literal' "$PAGE")" ]
    [ "$(names shown)" = "$(names run)" ]
    [ "$(names args)" = "$(names definition)" ]
    [ "$(names said)" = "$(names wrong)" ]
    [ "$(names run | wc -l)" -eq 4 ]
    [ "$(names definition | wc -l)" -eq 18 ]
    [ "$(names wrong | wc -l)" -eq 4 ]
}

@test "five minutes: a program, its definition, and what is shown" {
    local name
    for name in $(names file); do
        display file "$name" >"$name"
        [ -s "$name" ]
    done
    for name in $(names run); do
        display run "$name" >script
        bash -c 'source ./prelude; source ./script' >out 2>err || { cat err && false; }
        diff <(display shown "$name" | without_places) <(without_places <out)
    done
}

@test "the README has the definition of the manual, and its output" {
    { display file shop.d && display shown named | head -n 1; } >expected
    sed -n '/^    provider shop {$/,/^    {/s/^    //p' "$TRACER_SOURCE/README.md" | grep -v '^# ' | diff expected -
}

@test "every annotation shows what the manual says" {
    local name
    for name in $(names definition); do
        define definition "$name"
        "$TRACER" -v -t "example:$PROBE" -d example.d -o out -- ./annotated 2>err
        [ "$(display args "$name" | jq -c .)" = "$(jq -c 'select(.type == "usdt").args' out)" ] || {
            echo "$name" && cat err out && false
        }
    done
}

@test "dtrace takes every definition, with either of its parsers" {
    local name parser
    for name in $(names definition); do
        define definition "$name"
        for parser in '' --no-pyparsing; do
            # shellcheck disable=SC2086
            dtrace $parser -h -s example.d -o example.h >messages 2>&1
            [ ! -s messages ]
            # As many arguments as the program passes, and nothing that a compiler stumbles over.
            [ "$("$TRACER" -l -v -t "example:$PROBE" ./annotated | sed -n 's/.* args "\(.*\)"$/\1/p' | wc -w)" -eq \
                "$(sed -n 's/^#define EXAMPLE_[A-Z]*(\(arg.*\)) .*/\1/p' example.h | tr ',' '\n' | wc -l)" ]
            gcc -fsyntax-only -Wall -Werror -x c example.h
        done
    done
}

@test "what is wrong is said as the manual has it" {
    local name
    for name in $(names wrong); do
        define wrong "$name"
        "$TRACER" -l -v -t "example:$PROBE" -d example.d ./annotated >out 2>err || [ "$name" = syntax ]
        display said "$name" >said
        [ "$(as_one_line said)" = "$(as_one_line err)" ] || { cat err && false; }
    done
}
