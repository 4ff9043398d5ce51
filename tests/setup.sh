#!/usr/bin/env bash
# Installs what tracer needs on Debian 12 and 13 and is not there yet: tests/setup.sh [--build|--test|--long|--bench]
#
#   --build   to build tracer and the demo app, and to look at its events
#   --test    to run the tests as well (the default)
#   --long    to run the long ones too
#   --bench   to run the tests and the benchmark
#
# When everything is there it does nothing, says nothing and needs neither network nor privilege.

set -euo pipefail
NAME=tests/setup.sh
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tests/lib.sh
. "$ROOT/tests/lib.sh"

# Package, what it is for, and the releases that need it (none named: all; "other": neither of the two).
PACKAGES='
gcc                 build
libc6-dev           build
clang               build
cmake               build
ninja-build         build
pkgconf             build
bpftool             build
libbpf-dev          build   trixie other
libdw-dev           build
libelf-dev          build
zlib1g-dev          build
systemtap-sdt-dev   build
jq                  build
bats                test
binutils            test
cpio                test
default-jre-headless test
g++                 test
groff-base          test
libcmocka-dev       test
php-cli             test
procps              test
python3             test
qemu-system-x86     test
ruby                test
systemtap           test
virtiofsd           test    trixie other
xz-utils            test
postgresql-15       test    bookworm
postgresql-17       test    trixie
postgresql          test    other
debootstrap         long
git                 long
bpftrace            bench
linux-perf          bench
'
LIBBPF_AT_LEAST=1.3
LIBBPF_UNPACKED=$ROOT/build/deps/libbpf # where CMakeLists.txt looks
LOG=$ROOT/build/setup.log

usage() { die "usage: tests/setup.sh [--build|--test|--long|--bench]"; }

# The release that decides about packages: bookworm, trixie or other.
release() {
    local codename
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    case $codename in
    bookworm | trixie) echo "$codename" ;;
    *) echo other ;;
    esac
}

# wanted_packages PURPOSE RELEASE
wanted_packages() {
    local package purpose releases
    local -A takes_in=([build]="build" [test]="build test" [bench]="build test bench" [long]="build test long")
    while read -r package purpose releases; do
        [ -n "$package" ] || continue
        [[ " ${takes_in[$1]} " == *" $purpose "* ]] || continue
        [[ -z $releases || " $releases " == *" $2 "* ]] || continue
        echo "$package"
    done <<<"$PACKAGES"
}

# Those of the named packages that are not installed, in one line.
missing_packages() {
    local installed package missing=()
    # shellcheck disable=SC2016  # dpkg-query expands this one
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    for package in "$@"; do
        grep -qxF "installed $package" <<<"$installed" || missing+=("$package")
    done
    echo "${missing[*]}"
}

# Runs as root in a shell of its own: all of apt's work at once. Should PostgreSQL be among the packages, no
# cluster is made for it: the tests make their own, and what the machine's owner has stays alone.
install_packages() {
    set -e
    export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
    if [[ " $* " == *" postgresql"* ]]; then
        no_cluster=/etc/postgresql-common/createcluster.d/tracer-setup.conf
        trap 'rm -f "$no_cluster"; rmdir --ignore-fail-on-non-empty "${no_cluster%/*}"' EXIT
        mkdir -p "${no_cluster%/*}"
        echo "create_main_cluster = false" >"$no_cluster"
    fi
    apt-get -q -o DPkg::Lock::Timeout=600 update || true # the install below tells whether that mattered
    apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold \
        --no-install-recommends install "$@"
}

# run_logged WHAT COMMAND…: the command's output goes to the log, and to the user only if it fails.
run_logged() {
    local what=$1
    shift
    mkdir -p "$ROOT/build"
    if ! "$@" >"$LOG" 2>&1 </dev/null; then
        tail -n 20 "$LOG" >&2
        die "$what failed; all of its output is in build/setup.log"
    fi
}

setup_packages() {
    local purpose=$1 release=$2 wanted missing
    mapfile -t wanted < <(wanted_packages "$purpose" "$release")
    command -v apt-get >/dev/null ||
        die "this is not a Debian system (no apt-get); install what these Debian packages hold: ${wanted[*]}"
    missing=$(missing_packages "${wanted[@]}")
    [ -n "$missing" ] || return 0
    [ "$release" != other ] || say "neither Debian 12 nor 13: trying with the same packages"
    require_root "installing $missing"
    say "installing $missing"
    # shellcheck disable=SC2086  # a list of words
    run_logged "apt-get install" as_root bash -c "$(declare -f install_packages); install_packages \"\$@\"" \
        bash $missing
}

# Debian 12's libbpf is too old; its backports have one, which is unpacked beside the build and linked statically.
setup_libbpf() {
    local release=$1 mirror
    ! pkg-config --exists "libbpf >= $LIBBPF_AT_LEAST" || return 0
    [ -z "$(find "$LIBBPF_UNPACKED" -name libbpf.a -print -quit 2>/dev/null)" ] || return 0
    [ "$release" = bookworm ] || die "libbpf-dev is older than $LIBBPF_AT_LEAST here, and so is no use to tracer"
    mirror=$(debian_mirror "$release")
    if [ -z "$mirror" ]; then
        run_logged "apt-get update" as_root apt-get -q update
        mirror=$(debian_mirror "$release")
    fi
    [ -n "$mirror" ] || die "no Debian mirror in the system's sources: unpack libbpf >= $LIBBPF_AT_LEAST into build/deps/libbpf"
    say "unpacking libbpf from $release-backports into build/deps/libbpf"
    mkdir -p "$ROOT/build/deps"
    debian_unpack "$mirror" "$release-backports" libbpf-dev "$LIBBPF_UNPACKED" >"$LOG" 2>&1 ||
        die "no libbpf-dev from $release-backports at $mirror (see build/setup.log):" \
            "unpack libbpf >= $LIBBPF_AT_LEAST into build/deps/libbpf"
}

# Tracing works without tracefs; only what looks into it doesn't, so a refusal is a remark.
setup_tracefs() {
    local directory=/sys/kernel/tracing
    ! grep -qs " $directory tracefs " /proc/self/mounts || return 0
    if [ "$EUID" -ne 0 ] && ! command -v sudo >/dev/null; then
        say "tracefs is not mounted, and mounting it needs root"
    elif ! as_root mount -t tracefs tracefs "$directory" 2>/dev/null; then
        say "tracefs can't be mounted at $directory; going on without"
    fi
}

main() {
    local purpose=${1:---test} release
    [[ $# -le 1 && $purpose =~ ^--(build|test|long|bench)$ ]] || usage
    release=$(release)
    setup_packages "${purpose#--}" "$release"
    setup_libbpf "$release"
    setup_tracefs
}

main "$@"
