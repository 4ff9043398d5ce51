# Provider definitions of one's own (-d): what is said when they can't be used as they are, and that what was
# meant for tracer is accepted by dtrace as well.

bats_require_minimum_version 1.5.0
load ../e2e/common

setup() {
    cd "$BATS_TEST_TMPDIR"
}

# listed [OPTION…]: what is listed, with definition own.d, of the demo app's probe request__start in `out`, and what
# is said in `err`.
listed() {
    "$TRACER" -l -v -t demo:request__start "$@" -d own.d "$DEMO" >out 2>err
}

# What request__start's arguments are called and their types.
args() {
    sed -n 's/^    arg \([^,]*\).*/\1/p' out | paste -sd,
}

@test "a malformed annotation is one line with its place, and the argument stays what it is" {
    cat >own.d <<'EOT'
provider demo {
    probe request__start(uint64_t conn_id /* .id:u32 */, uint64_t id /* enum{1=A 1=B} */,
                         const void *method, // hex[0]
                         const void *path    // text[path_len]
    );
};
EOT
    listed
    sed "s:DEMO:$DEMO:" >expected <<'EOT'
tracer: own.d:2:82: annotation passed over: this value has a name already: 1
tracer: own.d:3:53: annotation passed over: a length is a number from 1 to 2^63 - 1: 0
tracer: own.d:4:54: annotation passed over: the probe has no such argument: path_len
tracer: DEMO: demo:request__start: annotation of conn_id passed over: .id: the argument is of type uint64_t, not a pointer to a structure
EOT
    diff expected err
    [ "$(args)" = 'conn_id: uint64_t,id: uint64_t,method: const void *,path: const void *' ]
}

@test "lines for the preprocessor are named with -v, and only then" {
    cat >own.d <<'EOT'
#include "own.d"
# a comment for dtrace
#pragma D attributes Evolving/Evolving/Common provider demo provider
provider demo {
#ifdef HAVE_PATH
    probe request__start(uint64_t a, uint64_t b, const char *c, const char *d);
#endif
};
EOT
    listed
    cat >expected <<'EOT'
tracer: own.d:1:1: not read: #include "own.d"
tracer: own.d:5:1: not evaluated, all of its branches are read: #ifdef HAVE_PATH
EOT
    diff expected err
    [ "$(args)" = 'a: uint64_t,b: uint64_t,c: const char *,d: const char *' ]
    run -0 --separate-stderr "$TRACER" -l -d own.d "$DEMO"
    [ "$stderr" = '' ]
}

@test "a definition that does not fit the notes: they win, and -v says so once per probe" {
    cat >own.d <<'EOT'
provider demo {
    probe request__start(uint64_t a, int b, const char *c);
    probe request__header(uint64_t, uint64_t, const char *, const char *, int last);
    probe request__phase(uint64_t a, uint64_t b, int phase);
};
EOT
    listed -t demo:request__header -t demo:request__phase
    sed "s:DEMO:$DEMO:" >expected <<'EOT'
tracer: DEMO: demo:request__header does not fit its definition: 4 arguments, where the definition has 5
tracer: DEMO: demo:request__start does not fit its definition: 4 arguments, where the definition has 3, b has 8 bytes, not the 4 of int
EOT
    diff expected err
    run -0 --separate-stderr "$TRACER" -l -t 'demo:*' -d own.d "$DEMO"
    [ "$stderr" = '' ]

    # What the definition doesn't name is there all the same, as wide as the notes say.
    "$TRACER" -q -t demo:request__start -d own.d -o events.json -- "$DEMO" --requests 3
    jq -ces 'map(select(.type == "usdt").args) |
        map(.a) == [1, 1, 1] and map(.b) == [1, 2, 3] and map(.c) == ["GET", "GET", "HEAD"] and
        all(.arg3 > 4294967296)' events.json
}

@test "definitions that lead in a circle" {
    printf '#include "own.d"\n#define A B\n#define B A *\ntypedef A A;\n' >own.d
    echo 'provider demo { probe request__start(A a, B b); };' >>own.d
    listed
    [ "$(args)" = 'a: A,b: B,arg2: uint64_t,arg3: uint64_t' ]
    ln -s loop.d loop.d
    run -1 "$TRACER" -l -d loop.d "$DEMO"
    [ "$output" = 'tracer: loop.d: Too many levels of symbolic links' ]
}

@test "a definition may have a mebibyte and no more" {
    { echo 'provider demo { probe request__start(int a); }; //' && head -c 1048576 /dev/zero | tr '\0' '/'; } |
        head -c 1048576 >own.d
    listed
    [ "$(args)" = 'a: int,arg1: uint64_t,arg2: uint64_t,arg3: uint64_t' ]
    echo >>own.d
    run -1 "$TRACER" -l -d own.d "$DEMO"
    [ "$output" = 'tracer: own.d: larger than 1 MiB, which no provider definition is' ]
}

@test "dtrace takes annotations, with either of its parsers" {
    cat >own.d <<'EOT'
/* A provider of one's own. */
provider own {
    probe packet(const void *bytes, // hex[bytes_len]
                 size_t bytes_len,
                 struct sockaddr *peer, // sockaddr
                 int flags // enum{1=SYN 2=ACK}
    );
    probe connection(struct conn *conn, // .base.id:u32
                     struct conn *by_hand, // +0x18+0x8:u32
                     struct conn *name, // .name.base text[name_len]
                     size_t name_len,
                     long elapsed); // ms
};
EOT
    cat >main.c <<'EOT'
#include <stddef.h>
#include "own.h"
int main(int argc, char **argv)
{
    if (OWN_PACKET_ENABLED())
        OWN_PACKET(argv, 8, argv, 1);
    OWN_CONNECTION(argv, argv, argv, 4, (long)argc);
    return 0;
}
EOT
    for parser in '' --no-pyparsing; do
        # shellcheck disable=SC2086
        dtrace $parser -h -s own.d -o own.h >messages 2>&1
        [ ! -s messages ]
        # shellcheck disable=SC2086
        dtrace $parser -G -s own.d -o own.o >messages 2>&1
        [ ! -s messages ]
        gcc -Wall -Werror -o main main.c own.o
        run -0 --separate-stderr "$TRACER" -l -v -d own.d ./main
        [ "$(grep -c '^    arg' <<<"$output")" -eq 9 ]
    done
}
