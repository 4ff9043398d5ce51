#!/usr/bin/env bash
# Runs the tests in virtual machines with other kernels, and prints how many passed in each:
#
#   tests/vm/run.sh [OPTION…] [KERNEL…]     6.1 and 6.12, unless others are named
#
#   --only REGEX      of all tests those whose CTest name fits: '^unit/', e2e/trace
#   --filter REGEX    of the tests on real processes those whose title fits
#   --append OPTIONS  for the kernel's command line
#   --limit SECONDS   of silence, after which a guest is taken for hung (660; a test there has 600)
#   --short           without the tests that take long (tagged so), and those of what no kernel has a part in
#
# What is in tests/host is for the host and doesn't run there.
#
# Kernels are those of tests/vm/kernels.sh, and 6.12-preempt: 6.12 with preempt=full. In 5.10, which tracer is
# not for, the test is the message. TRACER_BUILD is the build folder, build/dev unless set.
#
# A guest has the host's root file system, read-only (virtiofs), so whatever is installed here works there. It has
# two CPUs, emulated, and writes its results to its second serial port. All it said stays in BUILD/vm.

set -euo pipefail
NAME=tests/vm/run.sh
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/lib.sh
. "$ROOT/tests/lib.sh"

BUILD=${TRACER_BUILD:-$ROOT/build/dev}
ONLY=. FILTER="" APPEND="" LIMIT=660 SHORT=no
PIDFILES=()
LONGEST=5100 # seconds for everything, of a guest that isn't silent
FACTOR=10 # how much longer than here a test may take there
MEMORY=1024M
# Speeds up what an emulated CPU is slow at: system calls, starting programs, asking for the time.
FAST="mitigations=off norandmaps tsc=reliable"
# A guest that measures its clocks while this machine is busy may be wrong by any factor, and one whose time runs twenty
# times too fast is past each limit at once. So it is told how fast its time stamp counter is (see tsc_khz()), and
# believes that its timer works.
CLOCKS=no_timer_check
# QEMU 7.2 spoils the flags when cmpxchg16b is interrupted, of which every second start of 6.12 dies. Kernels do
# without that instruction when the CPU has none; 7.2, which takes no harm, then gives programs no task storage.
CPU=max,-cx16
# In their order of need. Later kernels than 6.1 have all but the last one built in.
MODULES="virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci fuse virtiofs overlay"

usage() {
    sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

# The program that serves the root file system: Debian 12 has it with QEMU, Debian 13 by itself.
virtiofsd() {
    local program
    for program in /usr/lib/qemu/virtiofsd /usr/libexec/virtiofsd; do
        [ ! -x "$program" ] || { echo "$program" && return; }
    done
    return 1
}

# How many thousand times a second this machine's time stamp counter counts, which is the guests' too.
tsc_khz() {
    /usr/bin/python3 - <<'PY'
import ctypes, mmap, time

page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex("0f31 48c1e220 4809d0 c3"))  # rdtsc; shl $32,%rdx; or %rdx,%rax; ret
read_counter = ctypes.CFUNCTYPE(ctypes.c_uint64)(ctypes.addressof(ctypes.c_char.from_buffer(page)))


def read_both():
    """Of many readings the one that was interrupted least: nanoseconds, and the counter."""
    readings = ((time.monotonic_ns(), read_counter(), time.monotonic_ns()) for _ in range(1000))
    before, counter, after = min(readings, key=lambda reading: reading[2] - reading[0])
    return (before + after) / 2, counter


(start_ns, start), _, (end_ns, end) = read_both(), time.sleep(0.2), read_both()
print(round((end - start) / (end_ns - start_ns) * 1e6))
PY
}

# make_initrd KERNEL_FOLDER SUITES FILE
make_initrd() {
    local folder=$1 suites=$2 file=$3 module found number=10 root=$3.root
    rm -rf "$root"
    mkdir -p "$root"/{bin,proc,sys,dev,host,modules}
    cp "$folder/busybox" "$root/bin/"
    cp "$ROOT/tests/vm/init" "$root/"
    for module in $MODULES; do
        number=$((number + 1))
        for found in "$folder/modules/$module".ko*; do
            case $found in
            *.ko) cp "$found" "$root/modules/$number-$module.ko" ;;
            *.ko.xz) xz -dc "$found" >"$root/modules/$number-$module.ko" ;;
            esac
        done
    done
    {
        printf '%s=%q\n' TREE "$ROOT" BUILD "$BUILD" ONLY "$ONLY" FILTER "$FILTER" FACTOR "$FACTOR" SHORT "$SHORT"
        printf '%s=%q\n' SUITES "$suites"
    } >"$root/settings"
    (cd "$root" && find . | cpio --quiet -o -H newc) >"$file"
    rm -rf "$root"
}

# start_guest LOG KERNEL_FOLDER CPU OPTIONS: its result port is the standard output. Both its CPUs share a thread: with
# one for each, QEMU may go on executing instructions that the kernel has replaced, and kprobes are made of that.
start_guest() {
    local log=$1 folder=$2 cpu=$3 options=$4 server
    rm -f "$log.socket"
    "$(virtiofsd)" "--socket-path=$log.socket" -o source=/ -o sandbox=chroot -o cache=always \
        >"$log.virtiofsd" 2>&1 &
    server=$! # it ends with QEMU
    until [ -S "$log.socket" ]; do
        kill -0 "$server" 2>/dev/null || { cat "$log.virtiofsd" >&2 && return 1; }
        sleep 0.02
    done
    qemu-system-x86_64 -accel tcg,thread=single -cpu "$cpu" -smp 2 -m "$MEMORY" \
        -nodefaults -display none -no-reboot -pidfile "$log.pid" \
        -object "memory-backend-memfd,id=memory,size=$MEMORY,share=on" -numa node,memdev=memory \
        -chardev "socket,id=root,path=$log.socket" -device vhost-user-fs-pci,chardev=root,tag=root \
        -kernel "$folder/vmlinuz" -initrd "$log.initrd" -serial "file:$log.console" \
        -chardev stdio,id=result,signal=off -serial chardev:result \
        -append "console=ttyS0 quiet panic=-1 oops=panic $FAST $CLOCKS $options" </dev/null
}

# Passes on what a guest says, line by line, and stops one that becomes silent or doesn't end.
watch_guest() {
    local kernel=$1 pidfile=$2 line status=0 end=$((SECONDS + LONGEST))
    while IFS= read -r -t "$LIMIT" line || { status=$? && false; }; do
        printf '%s\n' "$line"
        [ "$SECONDS" -lt "$end" ] || break
    done
    if [ "$status" -gt 128 ]; then
        say "$kernel: the guest has said nothing for $LIMIT seconds and is stopped"
    elif [ "$status" -eq 0 ]; then
        say "$kernel: the guest has not ended within $LONGEST seconds and is stopped"
    else
        return 0 # it ended
    fi
    kill "$(cat "$pidfile")"
}

# However this script ends, its guests end with it. QEMU removes the file with its number when it ends.
stop_guests() {
    local pidfile
    for pidfile in "${PIDFILES[@]}"; do
        [ ! -e "$pidfile" ] || kill "$(cat "$pidfile")" 2>/dev/null || true
    done
}

# run_guest KERNEL: what it says goes to $BUILD/vm/KERNEL.result, and each line to the standard output.
run_guest() {
    local kernel=$1 suites="unit e2e" options=$APPEND cpu=$CPU log=$BUILD/vm/$1 folder status=0 start=$SECONDS
    rm -f "$log".*
    case $kernel in
    *-preempt) options="preempt=full $options" ;;
    5.10) suites=unsupported ;;
    7.2) cpu=max ;;
    esac
    : >"$log.result"
    echo 0 >"$log.seconds"
    folder=$("$ROOT/tests/vm/kernels.sh" "${kernel%-preempt}") || return
    make_initrd "$folder" "$suites" "$log.initrd"
    start_guest "$log" "$folder" "$cpu" "$options" | watch_guest "$kernel" "$log.pid" |
        sed -u 's/\r$//' | tee "$log.result" | sed -u "s/^/$kernel: /" || status=$?
    echo $((SECONDS - start)) >"$log.seconds"
    grep -q '^EXIT ' "$log.result" && return
    case $status in
    0) say "$kernel: the guest ended without a result" ;;
    *) say "$kernel: QEMU failed with status $status" ;;
    esac
    [ ! -s "$log.console" ] || { say "$kernel: its console:" && tail -n 40 "$log.console" | tr -d '\r' >&2; }
}

# Prints the table. Returns whether every guest ended and passed.
report() {
    local kernel suite passed failed rest good=0 results
    printf '\n%-14s %-26s %-12s %7s %7s %8s\n' kernel release suite passed failed seconds
    for kernel in "$@"; do
        results=$BUILD/vm/$kernel.result
        while read -r rest suite passed failed; do
            printf '%-14s %-26s %-12s %7d %7d\n' "$kernel" \
                "$(sed -n 's/^# Linux \([^,]*\),.*/\1/p' "$results")" "$suite" "$passed" "$failed"
        done < <(grep '^RESULT ' "$results" || true)
        rest=$(sed -n 's/^EXIT //p' "$results")
        case $rest in
        0) ;;
        "") good=1 && rest="no result" ;;
        *) good=1 && rest=failed ;;
        esac
        printf '%-14s %-55s %8d\n' "$kernel" "${rest/#0/passed}" "$(cat "$BUILD/vm/$kernel.seconds")"
    done
    return "$good"
}

main() {
    local kernel tool
    while [[ ${1:-} == -* ]]; do
        if [ "$1" = --short ]; then
            SHORT=yes
            shift
            continue
        fi
        [[ $# -ge 2 ]] || usage
        case $1 in
        --only) ONLY=$2 ;;
        --filter) FILTER=$2 ;;
        --append) APPEND=$2 ;;
        --limit) LIMIT=$2 ;;
        *) usage ;;
        esac
        shift 2
    done
    [ $# -gt 0 ] || set -- 6.1 6.12
    [ "$EUID" -eq 0 ] || die "needs root: the guest's programs see the host's files as root does"
    [ "$(uname -m)" = x86_64 ] || die "the virtual machines are for x86-64"
    for tool in qemu-system-x86_64 cpio xz; do
        command -v "$tool" >/dev/null || die "no $tool: tests/setup.sh --test installs it"
    done
    virtiofsd >/dev/null || die "no virtiofsd: tests/setup.sh --test installs it"
    [ -x "$BUILD/src/tracer" ] || die "nothing is built in $BUILD"
    BUILD=$(cd "$BUILD" && pwd)
    [[ $BUILD == "$ROOT"/* ]] || die "the guest sees only what is built in $ROOT, not $BUILD"
    mkdir -p "$BUILD/vm"
    PIDFILES=("${@/#/$BUILD/vm/}")
    PIDFILES=("${PIDFILES[@]/%/.pid}")
    rm -f "${PIDFILES[@]}"
    trap stop_guests EXIT
    CLOCKS="$CLOCKS tsc_early_khz=$(tsc_khz)"
    for kernel in "$@"; do
        while [ "$(jobs -pr | wc -l)" -ge "$(nproc)" ]; do
            wait -n || true
        done
        run_guest "$kernel" &
    done
    wait
    report "$@"
}

main "$@"
