#!/usr/bin/env bats
# The definitions that come with tracer, on the programs that Debian has with probes.

load ../e2e/common

# A file, or nothing when this Debian has none such.
programs() {
    local java
    java=$(readlink -f /usr/bin/java)
    printf '%s\n' "$DEMO" /usr/lib/postgresql/*/bin/postgres "${java%/bin/java}/lib/server/libjvm.so" \
        /usr/bin/stap /usr/bin/staprun /usr/lib/*/libstdc++.so.6 "$(readlink -f /usr/bin/python3)" \
        "$(readlink -f /usr/bin/php)" "$(readlink -f /usr/lib/*/libruby-[0-9]*.so.[0-9].[0-9])"
}

# How many probes readelf finds in a file.
count_probes() {
    readelf -nW "$1" 2>/dev/null | awk '
        sub(/.*Provider: /, "") { provider = $1 }
        $1 == "Name:" { print provider, $2 }' | sort -u | wc -l
}

@test "every argument of every probe in Debian's programs has a name and a type" {
    local program without=() n total=0
    for program in $(programs); do
        n=$(count_probes "$program")
        [ "$n" -gt 0 ] || without+=("$(basename "$program")")
        [ "$n" -gt 0 ] || continue
        "$TRACER" -l -v --format json "$program" >"$BATS_TEST_TMPDIR/listing" 2>"$BATS_TEST_TMPDIR/messages"
        [ ! -s "$BATS_TEST_TMPDIR/messages" ]
        [ "$(wc -l <"$BATS_TEST_TMPDIR/listing")" -eq "$n" ]
        jq -r '. as $probe | .args[]
            | select((.name | test("^[a-z][a-z0-9_]*$") and (test("^arg[0-9]+$") | not) | not) or (.type | not))
            | "\($probe.provider):\($probe.probe) \(.)"' "$BATS_TEST_TMPDIR/listing" >"$BATS_TEST_TMPDIR/nameless"
        [ ! -s "$BATS_TEST_TMPDIR/nameless" ]
        total=$((total + n))
    done
    # Debian 13 builds PHP and Ruby without them.
    printf '%s\n' "${without[@]}" | { ! grep -v -e '^$' -e '^php' -e '^libruby'; }
    [ "$total" -ge 600 ]
}

@test "dtrace takes every definition without a word, and both of its parsers make the same of it" {
    local definition parser
    cd "$BATS_TEST_TMPDIR"
    for definition in "$BATS_TEST_DIRNAME"/../../probes/*.d; do
        for parser in '' --no-pyparsing; do
            # shellcheck disable=SC2086
            dtrace $parser -h -s "$definition" -o "made$parser.h" >messages 2>&1
            [ ! -s messages ]
        done
        diff <(grep -v '^/\*' made.h) <(grep -v '^/\*' made--no-pyparsing.h)
        [ "$(grep -c '^DTRACE_PROBE' made.h)" -eq "$(grep -c '^ *probe ' "$definition")" ]
        # Nothing in the definition's comments ends the header's own.
        gcc -w -fsyntax-only made.h
        gcc -w -fsyntax-only made--no-pyparsing.h
    done
}
