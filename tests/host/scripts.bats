# What the scripts say and do where there is nothing to do, or where they can't do it.

setup() {
    # A copy that anybody may read, and a PATH on which sudo and Debian's tools are what the test puts there.
    SCRATCH=$(mktemp -d)
    mkdir -p "$SCRATCH/tree/build" "$SCRATCH/bin"
    cp -r "$TRACER_SOURCE"/{tests,demo-app} "$SCRATCH/tree"
    local tool
    for tool in bash cat dirname env find grep head mkdir mktemp pkg-config rm sed tail; do
        ln -s "$(command -v "$tool")" "$SCRATCH/bin"
    done
    chmod -R a+rX "$SCRATCH"
    chmod a+rwx "$SCRATCH/tree/build"
}

teardown() {
    rm -rf "$SCRATCH"
}

stub() { # stub NAME: reads the script's lines from stdin
    { echo '#!/usr/bin/env bash' && cat; } >"$SCRATCH/bin/$1"
    chmod a+rx "$SCRATCH/bin/$1"
}

as_nobody() {
    run setpriv --reuid=65534 --regid=65534 --clear-groups env -i "PATH=$SCRATCH/bin" "$@"
    echo "$output"
}

@test "a second set-up does nothing, says nothing and needs no network" {
    run unshare --net "$TRACER_SOURCE/tests/setup.sh"
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "set-up without root and sudo names what is missing in one line" {
    stub apt-get <<<'exit 9'
    stub dpkg-query <<<'echo installed gcc'
    as_nobody "$SCRATCH/tree/tests/setup.sh" --build
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == "tests/setup.sh: installing libc6-dev clang cmake "*" jq needs root: "*sudo* ]]
}

@test "set-up says that it needs Debian and lists the packages in one line" {
    as_nobody "$SCRATCH/tree/tests/setup.sh" --test
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == "tests/setup.sh: this is not a Debian system "*" gcc libc6-dev "*" bats "* ]]
}

@test "set-up shows apt's own words when an installation fails" {
    stub apt-get <<<'echo "E: no $*"; exit 100'
    stub dpkg-query <<<':'
    stub sudo <<<'exec "$@"'
    as_nobody "$SCRATCH/tree/tests/setup.sh" --build
    [ "$status" -eq 1 ]
    [[ ${lines[0]} == "tests/setup.sh: installing gcc "* ]]
    [[ $output == *"E: no -q -y"*" --no-install-recommends install gcc "* ]]
    [[ ${lines[-1]} == *"apt-get install failed"* ]]
}

@test "set-up asks apt for nothing but what is missing" {
    stub apt-get <<<'[[ $* != *install* ]] || echo "$@" >"$(dirname "$0")/../tree/build/asked"'
    stub dpkg-query <<<'shift 3; printf "installed %s\n" "$@" | grep -v -e clang -e jq'
    stub sudo <<<'exec "$@"'
    as_nobody "$SCRATCH/tree/tests/setup.sh" --build
    [[ ${lines[0]} == "tests/setup.sh: installing clang jq" ]]
    [[ $(<"$SCRATCH/tree/build/asked") == *" install clang jq" ]]
}

@test "set-up refuses unknown arguments" {
    run "$TRACER_SOURCE/tests/setup.sh" --everything
    [ "$status" -eq 1 ]
    [ "$output" = "tests/setup.sh: usage: tests/setup.sh [--build|--test|--long|--bench]" ]
}

@test "the two commands say in one line that they need root" {
    as_nobody "$SCRATCH/tree/tests/run.sh"
    [ "$status" -eq 1 ]
    [[ $output == "tests/run.sh: running the tests needs root: "*sudo* && ${#lines[@]} -eq 1 ]]
    as_nobody "$SCRATCH/tree/demo-app/run.sh"
    [ "$status" -eq 1 ]
    [[ $output == "demo-app/run.sh: tracing needs root: "*sudo* && ${#lines[@]} -eq 1 ]]
}
