#!/usr/bin/env bash
# Debian's kernels, unpacked and never installed: tests/vm/kernels.sh KERNEL prints the folder that holds its
# `vmlinuz`, its `modules` and a static `busybox`; tests/vm/kernels.sh alone lists the kernels.
#
# They come from the mirror that the machine's own sources name, and stay in ~/.cache/tracer/kernels. Remove a
# folder there to have the newest one fetched.

set -euo pipefail
NAME=tests/vm/kernels.sh
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/lib.sh
. "$ROOT/tests/lib.sh"

# Kernel, suite, and the packages that hold it: patterns, of which the newest is taken. Cloud kernels are the
# smallest. From 6.19 on, vmlinuz and modules come in packages of their own.
KERNELS='
5.10   bullseye           linux-image-5\.10\.0-[0-9]+-cloud-amd64
6.1    bookworm           linux-image-6\.1\.0-[0-9]+-cloud-amd64
6.12   trixie             linux-image-6\.12\.[0-9]+\+deb13-cloud-amd64
6.16   trixie-backports   linux-image-6\.16\.[0-9]+\+deb13-cloud-amd64
6.18   trixie-backports   linux-image-6\.18\.[0-9]+\+deb13-cloud-amd64
7.2    trixie-backports   linux-binary-7\.2\.[0-9]+\+deb13-cloud-amd64 linux-modules-7\.2\.[0-9]+\+deb13-cloud-amd64
'
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/tracer/kernels

# unpack KERNEL MIRROR SUITE PACKAGE DIRECTORY
unpack() {
    debian_unpack "$2" "$3" "$4" "$5" >"$CACHE/$1.log" 2>&1 ||
        die "no Linux $1: $2 $3 has no package $4, or can't be read ($CACHE/$1.log)"
}

# fetch KERNEL SUITE PACKAGE…
fetch() {
    local kernel=$1 suite=$2 codename mirror package
    local folder=$CACHE/$kernel new=$CACHE/$kernel.new.$$
    shift 2
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    mirror=$(debian_mirror "$codename")
    [ -n "$mirror" ] || die "no Debian mirror among the system's package lists: run apt-get update first"
    say "fetching Linux $kernel from $suite (once; kept in $folder)"
    # shellcheck disable=SC2064  # as it is called now
    trap "rm -rf -- ${new@Q}" EXIT
    mkdir -p -- "$new/parts"
    for package in "$@"; do
        unpack "$kernel" "$mirror" "$suite" "$package" "$new/parts/$package"
    done
    unpack "$kernel" "$mirror" "$codename" busybox-static "$new/parts/busybox"
    mv "$new/parts/busybox/bin/busybox" "$new" 2>/dev/null || mv "$new/parts/busybox/usr/bin/busybox" "$new"
    # Where they stand differs between kernels.
    find "$new/parts" -name 'vmlinuz*' -type f -exec mv -T {} "$new/vmlinuz" \;
    [ -f "$new/vmlinuz" ] || die "no Linux $kernel: $mirror $suite has it no more in $*"
    mkdir "$new/modules"
    find "$new/parts" \( -name '*.ko' -o -name '*.ko.xz' \) -exec mv -t "$new/modules" {} +
    rm -rf -- "$new/parts"
    mv -T -- "$new" "$folder" || [ -f "$folder/vmlinuz" ] # somebody else may have been faster
    rm -f -- "$CACHE/$kernel.log"
}

main() {
    local kernel suite packages
    while read -r kernel suite packages; do
        [ -n "$kernel" ] || continue
        if [ $# -eq 0 ]; then
            echo "$kernel"
        elif [ "$kernel" = "$1" ]; then
            # shellcheck disable=SC2086  # a list of words
            [ -f "$CACHE/$kernel/vmlinuz" ] || fetch "$kernel" "$suite" $packages
            echo "$CACHE/$kernel"
            return
        fi
    done <<<"$KERNELS"
    [ $# -eq 0 ] || die "no kernel is called $1: give one of $(main | xargs)"
}

main "$@"
