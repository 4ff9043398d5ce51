#!/usr/bin/env bats
# Members of what arguments point to, with exact values: by debug information wherever it is, by given offsets, and
# without either. The values stand in tests/fixtures/members/members.c.
# bats file_tags=long

load common
bats_require_minimum_version 1.5.0

setup() {
    PROGRAMS=$FIXTURES/members
    DEFINITIONS=$TRACER_SOURCE/tests/fixtures/members
    cd "$BATS_TEST_TMPDIR"
}

# hits: name and arguments of each event in `out`. As text: jq would round beyond 2^53.
hits() {
    sed -nE 's/^\{"type":"usdt".*"probe":"([^"]*)","id":[0-9]+,"args":(.*)\}$/\1 \2/p' out
}

# trace PROGRAM [OPTION…]: its events to `out`, messages to `err`.
trace() {
    local program=$1
    shift
    "$TRACER" -d "$DEFINITIONS/members.d" -o out "$@" -- "$program" 2>err
    check_stream out
}

offsets='offsets {"small":-30011,"number":-2000000011,"octet":251}'

expected_hits() {
    cat <<HITS
integers {"tiny":-7,"small":-30011,"number":-2000000011,"large":-9000000000000000041,"octet":251,"word":65521,"wide":4294967291,"widest":18446744073709551557}
kinds {"yes":true,"letter":120,"ratio":1.5,"exact":-0.0625,"state":"BUSY","sign":-5}
behind {"master_id":77003,"node_id":103,"name":"a name behind a pointer","next_name":"the next one","secret":60013,"low":4001}
in_place {"label":"in place","tail":"fills it all","key":"017f80ff0a22","two":"017f","encrypted":"010203"}
other_types {"by_typedef":88001,"by_name":5009,"missing":null}
$offsets
HITS
}

# Of the probes that have a definition.
defined_hits() {
    hits | grep -v -e '^wrong ' -e '^last '
}

# DWARF 2 and older BTF don't tell whether an enum has negative values.
signed_hits() {
    defined_hits | sed 's/"sign":4294967291/"sign":-5/'
}

# expect_plain: every argument is the one pointer that it was passed, but for the given offsets. Of a typedef nobody
# knows that it is a pointer.
expect_plain() {
    [ "$(defined_hits | grep '^offsets ')" = "$offsets" ]
    [ "$(jq -s '[.[] | select(.type == "usdt" and (.probe | IN("offsets", "wrong", "last", "other_types") | not)) | .args[]]
                | [length, (unique | length), all(.[]; test("^0x[0-9a-f]+$"))]' -c out)" = '[25,1,true]' ]
}

# said TEXT: the lines of `err` with that text, without what is before it.
said() {
    sed -n "s/^tracer: .*\($1\)/\1/p" err
}

# split_off PROGRAM [FILE]: `program` is PROGRAM without debug information, which goes to FILE.
split_off() {
    objcopy --only-keep-debug "$PROGRAMS/$1" "${2:-program.debug}"
    objcopy --strip-debug "$PROGRAMS/$1" program
    objcopy --add-gnu-debuglink="${2:-program.debug}" program
}

build_id() {
    "$TRACER" -l --format json -t members:last "$1" | jq -r .build_id
}

@test "members of each kind, with the debug information in the program, of gcc and clang" {
    local program
    for program in gcc_dwarf5 gcc_dwarf2 clang_dwarf5 clang_dwarf4 gcc_units5 gcc_compressed; do
        trace "$PROGRAMS/members_$program"
        signed_hits | diff <(expected_hits) -
        [ "$(cat err)" = 'tracer: ready: 8 probes, 8 sites, 1 file' ]
    done
}

@test "a separate debug file by its name: beside the program, and in .debug" {
    split_off members_gcc_dwarf5
    trace ./program -v
    defined_hits | diff <(expected_hits) -
    [ "$(said 'its types are')" = "its types are described in $BATS_TEST_TMPDIR/program.debug" ]
    mkdir .debug
    mv program.debug .debug
    trace ./program -v
    defined_hits | diff <(expected_hits) -
    [ "$(said 'its types are')" = "its types are described in $BATS_TEST_TMPDIR/.debug/program.debug" ]
}

@test "a debug file of another build is not believed" {
    split_off members_gcc_dwarf5
    cp "$PROGRAMS/members_gcc_dwarf4" program.debug
    trace ./program -v
    expect_plain
    [ "$(said 'belongs to')" = 'belongs to another file' ]
    [ "$(said 'has no debug')" = "has no debug information, and none was found by build id $(build_id program) or the name program.debug" ]
    # Without build ids the contents decide.
    objcopy --remove-section=.note.gnu.build-id "$PROGRAMS/members_gcc_dwarf5" whole
    objcopy --only-keep-debug whole program.debug
    objcopy --strip-debug whole program
    objcopy --add-gnu-debuglink=program.debug program
    trace ./program -v
    defined_hits | diff <(expected_hits) -
    printf x >>program.debug
    trace ./program -v
    expect_plain
    [ "$(said 'belongs to')" = 'belongs to another file' ]
}

# trace_inside: as trace, the program /app/program in a mount namespace and root of its own. Sets `pid`.
trace_inside() {
    rm -f gate
    start_held unshare --mount --propagation private chroot root /app/program --held
    pid=$HELD_PID
    wait_until 10 test "/proc/$pid/exe" -ef root/app/program
    start_tracer -p "$pid" -v -d "$DEFINITIONS/members.d" -t 'members:*'
    release_held
    finish_held
    finish_tracer
    mv "$OUT" out
    check_stream out
}

@test "a debug file by build id, inside the root of a process in another mount namespace" {
    local id pid
    split_off members_gcc_static
    id=$(build_id program)
    install -D program root/app/program
    # A link leads nowhere out of that root, though there is such a file outside.
    ln -s "$PWD/program.debug" root/app/program.debug
    trace_inside
    expect_plain
    install -D program.debug "root/usr/lib/debug/.build-id/${id:0:2}/${id:2}.debug"
    trace_inside
    defined_hits | diff <(expected_hits) -
    [ "$(said 'its types are')" = "its types are described in /proc/$pid/root/usr/lib/debug/.build-id/${id:0:2}/${id:2}.debug" ]
}

@test "types in a section .BTF" {
    # What clang would have for the kernel: the same structures, byte for byte.
    clang -target bpf -ffreestanding -g -O1 -c -o types.o -x c - <<EOT
#include "$DEFINITIONS/members.h"
#include "$DEFINITIONS/members_hidden.h"
struct members_conn connection = {0};
members_conn_p of_typedef = &connection;
struct members_hidden hidden = {0};
EOT
    readelf -SW types.o | awk '$0 ~ / \.BTF / { sub(/.*\] /, ""); print $4, $5 }' >place
    dd if=types.o of=types.btf iflag=skip_bytes,count_bytes skip=$((0x$(cut -d' ' -f1 place))) \
        count=$((0x$(cut -d' ' -f2 place))) status=none
    objcopy --add-section .BTF=types.btf "$PROGRAMS/members_none" program
    trace ./program -v
    signed_hits | diff <(expected_hits) -
    [ "$(said 'its types are')" = 'its types are described in its section .BTF' ]
}

@test "without debug information: pointers, and -v says why; given offsets need none" {
    trace "$PROGRAMS/members_none"
    expect_plain
    [ "$(cat err)" = 'tracer: ready: 8 probes, 8 sites, 1 file' ]
    trace "$PROGRAMS/members_none" -v
    [ "$(said 'annotation of' | wc -l)" -eq 28 ]
    [ "$(said 'members:behind: annotation of' | head -n 1)" = 'members:behind: annotation of master_id passed over: .local.cid_set.plaintext.master_id: there is no debug information' ]
    trace "$PROGRAMS/members_split" -v
    [ "$(said 'members:behind: annotation of' | head -n 1)" = 'members:behind: annotation of master_id passed over: .local.cid_set.plaintext.master_id: its debug information is in .dwo files, which are not read' ]
}

@test "nothing is looked for when no selected probe needs it" {
    trace "$PROGRAMS/members_none" -v -t members:offsets
    [ "$(defined_hits)" = "$offsets" ]
    ! grep -q 'debug information' err
}

@test "a mistake in a definition is one line, and the argument stays what it is" {
    local program=$PROGRAMS/members_gcc_dwarf5
    "$TRACER" -d "$DEFINITIONS/wrong.d" -t members:wrong -t members:in_place -o out -- "$program" 2>err
    check_stream out
    diff - err <<EOT
tracer: $program: members:in_place: annotation of no_member passed over: .locl.cid: struct members_conn has no member locl
tracer: $program: members:wrong: annotation of through_integer passed over: .number.x: .number is of type int32_t, which has no members
tracer: $program: members:wrong: annotation of too_far passed over: .next.next.next.next.number: that takes more than 4 loads
tracer: $program: members:wrong: annotation of bits passed over: .local.cid_set.plaintext.path_id: that is a bit-field, which can't be read
tracer: ready: 2 probes, 2 sites, 1 file
EOT
    [ "$(jq -c 'select(.type == "usdt") | .args | map_values(if type == "string" then .[:2] else . end)' out)" = \
        '{"no_member":"0x","elsewhere":"0x","unknown":"0x","good":-2000000011,"plain":"0x"}
{"no_member":"0x","through_integer":"0x","too_far":"0x","bits":"0x","no_pointer":1}' ]
    # What nobody did wrong, and what was said before, is for -v.
    "$TRACER" -v -d "$DEFINITIONS/wrong.d" -t members:wrong -t members:in_place -o out -- "$program" 2>err
    [ "$(said 'annotation of' | wc -l)" -eq 8 ]
    said 'annotation of elsewhere' | grep -q 'the debug information only declares struct members_nowhere$'
    said 'annotation of unknown' | grep -q 'the debug information has no struct unknown$'
    said 'annotation of no_pointer' | grep -q 'what is there is no pointer$'
}

@test "DWARF cut short: one line, and pointers" {
    objcopy -O binary --only-section=.debug_info --set-section-flags .debug_info=alloc "$PROGRAMS/members_gcc_dwarf5" info
    truncate -s 64 info
    objcopy --update-section .debug_info=info "$PROGRAMS/members_gcc_dwarf5" program
    trace ./program -t members:integers
    [ "$(said 'annotation of' | wc -l)" -eq 1 ]
    said 'annotation of tiny' | grep -q '.tiny: the debug information is damaged: it is cut short$'
    [ "$(jq -c 'select(.type == "usdt") | .args | map(.[:2]) | unique' out)" = '["0x"]' ]
}

@test "a listing has the members' types, without privilege" {
    publish
    cp "$PROGRAMS/members_gcc_dwarf5" "$DEFINITIONS/members.d" "$PUBLIC"
    as_nobody "$PUBLIC/tracer" -l --format json -d "$PUBLIC/members.d" -t members:in_place -t members:behind "$PUBLIC/members_gcc_dwarf5" >out
    diff - <(jq -c '[.args[] | {(.name): .type}] | add' out) <<'EOT'
{"master_id":"uint32_t","node_id":"uint64_t","name":"char *","next_name":"char *","secret":"uint16_t","low":"uint32_t"}
{"label":"char[12]","tail":"char[12]","key":"uint8_t[6]","two":"uint8_t[6]","encrypted":"uint8_t[20]"}
EOT
}

@test "a member decides in -w what its argument would" {
    "$TRACER" -d "$DEFINITIONS/members.d" -t members:behind -t members:in_place -w 'master_id == 77003 && name ^= "a name"' -o out -- "$PROGRAMS/members_gcc_dwarf5" 2>err
    check_stream out
    [ "$(hits | wc -l)" -eq 1 ]
    "$TRACER" -d "$DEFINITIONS/members.d" -t members:behind -w 'master_id != 77003' -o out -- "$PROGRAMS/members_gcc_dwarf5" 2>err
    check_stream out
    [ "$(hits | wc -l)" -eq 0 ]
}
