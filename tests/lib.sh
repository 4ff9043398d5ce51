# shellcheck shell=bash
# Shared by the scripts in tests/ and demo-app/: messages, becoming root, and Debian's mirror.
# A script sets NAME (how it calls itself in messages) and sources this file.

say() { printf '%s: %s\n' "$NAME" "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# Fails with one line unless as_root can work, so that nobody waits for a build that can't be run.
require_root() {
    [ "$EUID" -eq 0 ] || command -v sudo >/dev/null ||
        die "$1 needs root: run this as root, or install sudo and be allowed to use it"
}

# Runs a command as root: as it is for root, through sudo for everybody else. sudo would drop the way to the mirrors.
as_root() {
    local variable proxies=()
    if [ "$EUID" -eq 0 ]; then
        "$@"
        return
    fi
    require_root "${1##*/}"
    for variable in http_proxy https_proxy no_proxy; do
        [ -z "${!variable:-}" ] || proxies+=("$variable=${!variable}")
    done
    sudo env "${proxies[@]}" "$@"
}

# The system's settings for reaching mirrors (proxies, certificates, checks), as lines of an apt.conf.
apt_network_settings() {
    apt-config dump --no-empty | grep -E '^Acquire::(http|https|Check-|ForceIP|Retries)' || true
}

# debian_mirror CODENAME [LABEL] prints the address from which the system's own sources take that Debian release.
# The label keeps third parties and the security archive out; without package lists there is no answer.
debian_mirror() {
    # shellcheck disable=SC2016  # apt-get expands this one
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' "Label: ${2:-Debian}" \
        "Codename: $1" | sed -n '/^cdrom:/d; s,/*$,,; p; q'
}

# debian_unpack MIRROR SUITE PACKAGE DIRECTORY unpacks a package without installing it: apt works on lists and
# sources of its own, so the system's stay as they are. Needs no privilege. DIRECTORY appears when complete.
# PACKAGE is a name, or an extended regular expression of which the newest name is taken.
debian_unpack() {
    local mirror=$1 suite=$2 package=$3 directory=$4 work=$4.unpacking
    local keyring=/usr/share/keyrings/debian-archive-keyring.gpg options="" status=0
    [ ! -e "$keyring" ] || options="[signed-by=$keyring] "
    rm -rf -- "$work" && mkdir -p -- "$work"/{etc/{apt.conf,preferences}.d,lists/partial,cache/archives/partial,root} || return
    cat >"$work/apt.conf" <<CONF
$(apt_network_settings)
Acquire::Languages "none";
APT::Sandbox::User "root";
Dir::State::Lists "$work/lists";
Dir::State::Status "/dev/null";
Dir::Cache "$work/cache";
Dir::Etc::Main "$work/etc/apt.conf";
Dir::Etc::Parts "$work/etc/apt.conf.d";
Dir::Etc::SourceList "$work/etc/sources.list";
Dir::Etc::SourceParts "$work/etc/sources.list.d";
Dir::Etc::Preferences "$work/etc/preferences";
Dir::Etc::PreferencesParts "$work/etc/preferences.d";
CONF
    echo "deb $options$mirror $suite main" >"$work/etc/sources.list"
    (
        export APT_CONFIG="$work/apt.conf"
        cd "$work" && apt-get -qq update &&
            package=$(apt-cache pkgnames | grep -Ex -- "$package" | sort -V | tail -n 1) && [ -n "$package" ] &&
            apt-get -qq download "$package" && dpkg-deb -x ./*.deb root
    ) && rm -rf -- "$directory" && mv -- "$work/root" "$directory" || status=$?
    rm -rf -- "$work"
    return "$status"
}
