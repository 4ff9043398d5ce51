#!/usr/bin/env bash
# Proves the two README commands on a machine with nothing but Debian's base system, made by debootstrap:
#
#   tests/bare.sh [--user] [--keep] SUITE [COMMAND…]
#
# SUITE is bookworm or trixie. The committed tree (HEAD) is laid into a fresh root, where demo-app/run.sh runs
# twice and tests/run.sh once, or COMMAND instead of them. --user works there as a normal user with sudo.
# --keep leaves the root for a look. The base system is made once and kept in ~/.cache/tracer.
# The kernel, its /proc and its /sys are this machine's. Needs root, debootstrap and git.

set -euo pipefail
NAME=tests/bare.sh
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tests/lib.sh
. "$ROOT/tests/lib.sh"

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/tracer/bare
TREE=/home/dev/tracer # inside the new root
README_COMMANDS='demo-app/run.sh && demo-app/run.sh && tests/run.sh'

usage() { die "usage: tests/bare.sh [--user] [--keep] bookworm|trixie [COMMAND…]"; }

# make_base SUITE MIRROR DIRECTORY
make_base() {
    local suite=$1 mirror=$2 base=$3 extra=()
    [ ! -d "$base" ] || return 0
    say "making a base system of $suite (once; kept in $base)"
    [[ $mirror != https:* ]] || extra=(--include=ca-certificates)
    mkdir -p "$CACHE"
    rm -rf --one-file-system "$base.new"
    debootstrap --variant=minbase "${extra[@]}" "$suite" "$base.new" "$mirror" >"$CACHE/$suite.log" 2>&1 ||
        die "debootstrap failed; its output is in $CACHE/$suite.log"
    mv "$base.new" "$base"
}

# fill_root SUITE MIRROR SECURITY DIRECTORY: mirrors and network as this machine has them, and the committed tree.
fill_root() {
    local suite=$1 mirror=$2 security=$3 root=$4
    cat >"$root/etc/apt/sources.list" <<EOT
deb $mirror $suite main
deb $mirror $suite-updates main
${security:+deb $security $suite-security main}
EOT
    apt_network_settings | grep -v Auto-Detect >"$root/etc/apt/apt.conf.d/00host" || true
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    mkdir -p "$root$TREE"
    git -c safe.directory="$ROOT" -C "$ROOT" archive HEAD | tar -x -C "$root$TREE"
}

# Runs in a mount namespace of its own: however this ends, the mounts end with it, and the machine never sees
# them. The directory becomes the root of that namespace as a disk would. Process ids stay the machine's, which
# are the ones that BPF programs see.
run_inside() {
    local root=$1 user=$2 command=$3 variable login path=/usr/local/bin:/usr/bin:/bin
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t sysfs sysfs "$root/sys" # without tracefs: mounting that is for the scripts
    mount --rbind /dev "$root/dev"
    mount -t tmpfs tmpfs "$root/run"
    cd "$root"
    pivot_root . . # the new root now stands on top of the old one
    umount --lazy .
    export PATH=/usr/local/sbin:/usr/sbin:/sbin:$path
    [ "$user" != root ] || path=$PATH
    # As after a login: with the user's groups and paths, and nothing of this machine's in the environment.
    login=(setpriv "--reuid=$user" "--regid=$user" --init-groups env -i
        "PATH=$path" LANG=C.UTF-8 "TERM=${TERM:-dumb}" "HOME=${TREE%/*}")
    for variable in CI http_proxy https_proxy no_proxy; do
        [ -z "${!variable:-}" ] || login+=("$variable=${!variable}")
    done
    [ "$user" = root ] || add_user
    "${login[@]}" bash -c "cd $TREE && $command"
}

# Somebody who works through sudo.
add_user() {
    apt-get -q update >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install sudo >/dev/null
    useradd --home-dir "${TREE%/*}" --shell /bin/bash dev
    chown -R dev: "${TREE%/*}"
    echo "dev ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/dev
}

main() {
    local user=root keep=no suite codename mirror root status=0
    while [[ ${1:-} == --* ]]; do
        case $1 in
        --user) user=dev ;;
        --keep) keep=yes ;;
        *) usage ;;
        esac
        shift
    done
    suite=${1:-}
    [[ $suite == bookworm || $suite == trixie ]] || usage
    shift
    [ "$EUID" -eq 0 ] || die "needs root"
    { command -v debootstrap && command -v git; } >/dev/null ||
        die "needs debootstrap and git: tests/setup.sh --long installs them"
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    mirror=$(debian_mirror "$codename")
    [ -n "$mirror" ] || die "no Debian mirror among the system's package lists: run apt-get update first"
    make_base "$suite" "$mirror" "$CACHE/$suite"
    root=$(mktemp -d "$CACHE/$suite.XXXXXX")
    # Nothing is mounted in this shell's view of the root, so this can't reach the machine's own /dev or /proc.
    [ "$keep" = yes ] || trap 'rm -rf --one-file-system "'"$root"'"' EXIT
    cp -a "$CACHE/$suite/." "$root"
    fill_root "$suite" "$mirror" "$(debian_mirror "$codename-security" Debian-Security)" "$root"
    export -f run_inside add_user
    TREE=$TREE unshare --mount --propagation private \
        bash -euo pipefail -c 'run_inside "$@"' bash "$root" "$user" "${*:-$README_COMMANDS}" || status=$?
    [ "$keep" = no ] || say "kept in $root"
    [ "$status" -eq 0 ] || die "$suite: failed with status $status"
    say "$suite: passed"
}

main "$@"
