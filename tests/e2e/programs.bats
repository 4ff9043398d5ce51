#!/usr/bin/env bats
# Real programs from Debian: Python, Ruby, PHP, Java, libstdc++. PostgreSQL has a file of its own.
# Debian 13 builds some of them without probes; the tests then want to hear that.

bats_require_minimum_version 1.5.0
load common

# bats test_tags=long
@test "Python: audit names the event, from a function that C code calls" {
    local program=$BATS_TEST_TMPDIR/program.py out=$BATS_TEST_TMPDIR/out
    cat >"$program" <<'PY'
import sys


def greet(name):
    sys.audit("greeted", name)


list(map(greet, ["x"] * 23))
PY
    run "$TRACER" -q -t 'python:*' -o "$out" -- /usr/bin/python3 -I "$program"
    [ "$status" -eq 0 ]
    check_stream "$out"
    [ "$(jq -s 'map(select(.type == "usdt" and .probe == "audit" and .args.event == "greeted")) | length' "$out")" -eq 23 ]
}

# has_probe FILE PROVIDER PROBE, as readelf says.
has_probe() {
    readelf -nW "$1" 2>/dev/null | grep -A 1 "Provider: $2\$" | grep -q "Name: $3\$"
}

# check_without FILE PROVIDER:PROBE: tracer says that the file has no such probe.
check_without() {
    run --separate-stderr "$TRACER" -l -t "$2" "$1"
    [ "$status" -eq 3 ]
    [ -z "$output" ]
    [[ $stderr == "tracer: no probes there: the files were built without them" ||
        $stderr =~ ^tracer:\ none\ of\ the\ [1-9][0-9]*\ probes\ there\ matches\ -t$ ]]
}

@test "Python: entry, return and line of each function, in order; a Python without them is said to be" {
    local program=$BATS_TEST_TMPDIR/program.py out=$BATS_TEST_TMPDIR/out python
    python=$(readlink -f /usr/bin/python3)
    if ! has_probe "$python" python function__entry; then
        check_without "$python" python:function__entry
        return
    fi
    cat >"$program" <<'PY'
def double(n):
    return n + n


class Shelf:
    def __len__(self):
        return double(len("été"))


list(map(double, [1, 2]))
len(Shelf())
sorted([3], key=lambda n: n)
PY
    # Python 3.11 passes function__entry at each call only while line is traced. What -w compares with is short.
    run "$TRACER" -q -t 'python:function__*' -t python:line -w "filename ^= \"${program:0:60}\"" -o "$out" \
        -- "$python" -I "$program"
    [ "$status" -eq 0 ]
    check_stream "$out"
    jq -r 'select(.type == "usdt") | "\(.probe) \(.args.funcname) \(.args.lineno)"' "$out" |
        diff - <(cat <<'END'
function__entry <module> 0
line <module> 1
line <module> 5
function__entry Shelf 5
line Shelf 6
function__return Shelf 6
line <module> 10
function__entry double 1
line double 2
function__return double 2
function__entry double 1
line double 2
function__return double 2
line <module> 11
function__entry __len__ 6
line __len__ 7
function__entry double 1
line double 2
function__return double 2
function__return __len__ 7
line <module> 12
function__entry <lambda> 12
function__return <lambda> 12
function__return <module> 12
END
)
    jq -es --arg program "$program" 'map(select(.type == "usdt")) | all(.[]; .args.filename == $program)' "$out"
}

# bats test_tags=long
@test "Ruby: array__create gives length, file and line of each array; a Ruby without probes is said to be" {
    local library program=$BATS_TEST_TMPDIR/program.rb out=$BATS_TEST_TMPDIR/out
    library=$(readlink -f /usr/lib/*/libruby-[0-9]*.so.[0-9].[0-9])
    if ! has_probe "$library" ruby array__create; then
        check_without "$library" ruby:array__create
        return
    fi
    cat >"$program" <<'RB'
none = []
three = [none, none, none]
def pair(one)
  [one, one]
end
23.times { |i| pair(i) }
Array.new(7, three)
RB
    run "$TRACER" -q -t ruby:array__create -o "$out" -- ruby --disable=all "$program"
    [ "$status" -eq 0 ]
    check_stream "$out"
    # On line 0 the script is compiled.
    jq -c --arg file "$program" 'select(.type == "usdt" and .args.filename == $file and .args.lineno > 0)
        | .args | [.length, .lineno]' "$out" | uniq -c | tr -s ' ' | diff - <(cat <<'END'
 1 [0,1]
 1 [3,2]
 23 [2,4]
 1 [0,7]
END
)
}

# bats test_tags=long
@test "PHP: function__entry gives function, class, file and line of each call; a PHP without probes is said to be" {
    local php program=$BATS_TEST_TMPDIR/program.php out=$BATS_TEST_TMPDIR/out
    php=$(readlink -f /usr/bin/php)
    if ! has_probe "$php" php function__entry; then
        check_without "$php" php:function__entry
        return
    fi
    cat >"$program" <<'PHP'
<?php
namespace Zoo;

function add(int $a, int $b): int {
    return $a + $b;
}

class Counter {
    private int $n = 0;
    public static function make(): self {
        return new self();
    }
    public function bump(): int {
        return $this->n = add($this->n, 1);
    }
}

$counter = Counter::make();
for ($i = 0; $i < 2; $i++)
    $counter->bump();
array_map(fn ($n) => strlen($n), ['x', 'été']);
PHP
    USE_ZEND_DTRACE=1 run "$TRACER" -q -t php:function__entry -o "$out" -- "$php" -n "$program"
    [ "$status" -eq 0 ]
    check_stream "$out"
    jq -r 'select(.type == "usdt") | .args | "\(.classname)\(.scope)\(.function_name) \(.lineno)"' "$out" |
        diff - <(cat <<'END'
main 18
Zoo\Counter::make 11
Zoo\Counter::bump 14
Zoo\add 4
Zoo\Counter::bump 14
Zoo\add 4
Zoo\{closure} 21
Zoo\{closure} 21
END
)
    jq -es --arg file "$program" 'map(select(.type == "usdt")) | all(.[]; .args.request_file == $file)' "$out"
}

# A class that does nothing, as a compiler would write it.
write_class() {
    mkdir -p "$1/zoo"
    {
        printf '\xca\xfe\xba\xbe\0\0\0\x34\0\x08' # its version, and seven constants
        printf '\x01\0\x08%s\x07\0\x01\x01\0\x10%s\x07\0\x03' zoo/Kiwi java/lang/Object
        printf '\x01\0\x04%s\x01\0\x16%s\x01\0\x04%s' main '([Ljava/lang/String;)V' Code
        printf '\0\x21\0\x02\0\x04\0\0\0\0\0\x01' # public, itself, its parent, one method
        printf '\0\x09\0\x05\0\x06\0\x01\0\x07\0\0\0\x0d\0\0\0\x01\0\0\0\x01\xb1\0\0\0\0\0\0'
    } >"$1/zoo/Kiwi.class"
}

# bats test_tags=long
@test "Java: class__loaded names each class, without a NUL behind it, that the virtual machine logs" {
    local out=$BATS_TEST_TMPDIR/out log=$BATS_TEST_TMPDIR/classes.log
    write_class "$BATS_TEST_TMPDIR/classes"
    run "$TRACER" -q -t hotspot:class__loaded -o "$out" -- java -Xint -Xmx32m -XX:+UseSerialGC \
        "-Xlog:class+load:file=$log" -cp "$BATS_TEST_TMPDIR/classes" zoo.Kiwi
    [ "$status" -eq 0 ]
    check_stream "$out"
    # Classes that the program made itself are written in two ways: name.number and name/number.
    sed -E 's/.*\[class,load *\] ([^ ]+) source: .*/\1/' "$log" | tr .+ // | sort >"$BATS_TEST_TMPDIR/logged"
    jq -r 'select(.type == "usdt") | .args.name' "$out" | tr .+ // | sort | cmp "$BATS_TEST_TMPDIR/logged" -
    [ "$(wc -l <"$BATS_TEST_TMPDIR/logged")" -gt 300 ]
    jq -es 'map(select(.type == "usdt") | .args) | all(.[]; (.name | utf8bytelength) == .name_len)
        and (map(select(.name == "zoo/Kiwi") | del(.class_loader)) == [{name: "zoo/Kiwi", name_len: 8, shared: false}])
        and (map(select(.name == "java/lang/Object") | .shared) == [true])' "$out"
}

# bats test_tags=long
@test "PHP: an exception gives its class where it is thrown and where it is caught" {
    local php program=$BATS_TEST_TMPDIR/program.php out=$BATS_TEST_TMPDIR/out
    php=$(readlink -f /usr/bin/php)
    if ! has_probe "$php" php exception__caught; then
        check_without "$php" php:exception__caught
        return
    fi
    cat >"$program" <<'PHP'
<?php
namespace Zoo;

class Escape extends \Exception {}

for ($i = 0; $i < 11; $i++) {
    try {
        throw $i % 2 ? new Escape() : new \LengthException();
    } catch (\Exception $e) {
    }
}
PHP
    run "$TRACER" -q -t 'php:exception__*' -o "$out" -- "$php" -n "$program"
    [ "$status" -eq 0 ]
    check_stream "$out"
    jq -r 'select(.type == "usdt") | "\(.probe) \(.args.classname)"' "$out" >"$BATS_TEST_TMPDIR/events"
    diff - "$BATS_TEST_TMPDIR/events" < <(
        for i in $(seq 0 10); do
            [ $((i % 2)) -eq 0 ] && class=LengthException || class='Zoo\Escape'
            echo "exception__thrown $class"
            echo "exception__caught $class"
        done
    )
}

@test "libstdc++: throw fires for each exception, from a library that the loader brings" {
    cat >"$BATS_TEST_TMPDIR/throw.cc" <<'CC'
#include <stdexcept>
struct early {
    early() { try { throw 1; } catch (int) {} }
} before_main;
int main()
{
    for (int i = 0; i < 101; i++)
        try { throw std::runtime_error("x"); } catch (const std::exception &) {}
    return 3;
}
CC
    g++ -O1 -o "$BATS_TEST_TMPDIR/throw" "$BATS_TEST_TMPDIR/throw.cc"
    run "$TRACER" -q -t libstdcxx:throw -o "$BATS_TEST_TMPDIR/out" -- "$BATS_TEST_TMPDIR/throw"
    [ "$status" -eq 3 ]
    check_stream "$BATS_TEST_TMPDIR/out"
    [ "$(count throw "$BATS_TEST_TMPDIR/out")" -eq 102 ]
    jq -es 'map(select(.type == "usdt")) | all(.[]; .args | to_entries | length == 2)' "$BATS_TEST_TMPDIR/out"
}
