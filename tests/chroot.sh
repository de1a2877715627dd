# shellcheck shell=bash
# Sourced by the tests that need a whole other Debian: makes one in a folder,
# lets it reach the package sources the way this machine does, puts a clone of
# the checkout into it and runs commands there. Needs root and debootstrap.

# Where the clone lies inside the folder.
readonly INSIDE=/srv/strata

say() { printf '%s: %s\n' "${0##*/}" "$*"; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# The checkout that the calling script belongs to.
own_checkout() { git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel; }

os_codename() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

# make_debian DIR SUITE: a minimal Debian in DIR, unless one is there already.
# STRATA_MIRROR names a mirror other than debootstrap's own choice.
make_debian() {
  local dir=$1 suite=$2
  [ "$(id -u)" -eq 0 ] || die 'run this as root: it makes a chroot'
  # debootstrap keeps a folder of its own name in there until it is done.
  if [ -d "$dir/debootstrap" ]; then die "$dir is a Debian half made: remove it"; fi
  if [ -x "$dir/usr/bin/dpkg" ]; then
    say "reusing $dir (remove it to start from nothing)"
    return
  fi
  command -v debootstrap >/dev/null || die 'debootstrap is missing: apt-get install debootstrap'
  say "making a minimal Debian $suite in $dir"
  debootstrap --variant=minbase --include=ca-certificates \
    "$suite" "$dir" ${STRATA_MIRROR:+"$STRATA_MIRROR"} >"$dir.log" 2>&1 ||
    die "debootstrap failed; see $dir.log"
}

# share_network DIR SUITE: name resolution, proxies, package sources and pip's
# configuration as on this machine, so that it works behind a mirror too.
share_network() {
  local dir=$1 suite=$2 file
  cp -L /etc/resolv.conf "$dir/etc/resolv.conf"

  # This machine's sources fit only where it runs the same release.
  if [ "$(os_codename)" = "$suite" ]; then
    rm -f "$dir/etc/apt/sources.list"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources \
      /etc/apt/keyrings/* /etc/apt/trusted.gpg.d/* /usr/share/keyrings/*; do
      copy_inside "$dir" "$file"
    done
  fi
  # Of apt's configuration only what decides how it downloads: the rest may
  # name hooks that are not installed there.
  apt-config dump |
    grep -E '^Acquire::.*(Proxy|CaInfo|CaPath|Verify-|Check-Valid-Until|Check-Date|Retries|Timeout)' \
      >"$dir/etc/apt/apt.conf.d/99strata" || true

  for file in /etc/pip.conf "$HOME/.config/pip/pip.conf" /usr/local/share/ca-certificates/*; do
    copy_inside "$dir" "$file"
  done
}

# share_certificates DIR: has the certificates trusted there that are trusted
# here. Needs ca-certificates in DIR.
share_certificates() {
  local dir=$1 name
  chroot "$dir" update-ca-certificates >/dev/null 2>&1 || say 'warning: update-ca-certificates failed'
  for name in $(shared_variables); do
    case $name in *CERT* | *CA* | *SSL*) copy_inside "$dir" "${!name}" ;; esac
  done
}

# copy_inside DIR FILE: FILE at the same path in DIR. One that is not here, or
# is there already, is left alone.
copy_inside() {
  if [ -f "$2" ] && [ ! -e "$1$2" ]; then
    mkdir -p "$1$(dirname "$2")"
    cp -L "$2" "$1$2"
  fi
}

# The names of the variables that commands inside need to reach the network.
shared_variables() {
  compgen -e | grep -E '^PIP_|_(proxy|PROXY)$|^SSL_CERT_(FILE|DIR)$|^(REQUESTS|CURL)_CA_BUNDLE$|^GIT_SSL_CAINFO$' || true
}

# The local folders that pip looks for packages in (find-links, and indexes
# given as file: addresses), one a line.
pip_folders() {
  local word
  for word in $(python3 -m pip config list 2>/dev/null |
    sed -nE "s/^[^=]*(find-links|index-url)='?([^']*)'?\$/\2/p" | sed 's/\\n/ /g'); do
    word=${word#file://}
    # The files of an index lie beside its list of names.
    word=${word%/}
    word=${word%/simple}
    if [[ $word == /* && -d $word ]]; then printf '%s\n' "$word"; fi
  done | sort -u
}

# install_inside DIR PACKAGE...: unless all are there. APT_OPTIONS may hold more
# options for apt-get.
install_inside() {
  local dir=$1 there
  shift
  # shellcheck disable=SC2016  # dpkg-query expands it
  there=$(chroot "$dir" dpkg-query -W -f='${db:Status-Status}\n' "$@" 2>/dev/null | grep -cx installed || true)
  if [ "$there" -ge "$#" ]; then return; fi
  say "installing in $dir: $*"
  run_inside "$dir" "
    export DEBIAN_FRONTEND=noninteractive
    apt-get ${APT_OPTIONS-} update -q &&
    apt-get ${APT_OPTIONS-} install -q -y --no-install-recommends $*" >"$dir.log" 2>&1 ||
    { tail -n 20 "$dir.log"; die "apt-get failed in $dir; see $dir.log"; }
}

# clone_inside DIR CHECKOUT: the committed state of CHECKOUT, anew.
clone_inside() {
  local dir=$1 checkout=$2
  if [ -n "$(git -C "$checkout" status --porcelain)" ]; then
    say "warning: $checkout has changes that are not committed; the clone lacks them"
  fi
  rm -rf "$dir$INSIDE"
  git clone --quiet --no-hardlinks "$checkout" "$dir$INSIDE"
  say "commit $(git -C "$dir$INSIDE" log -1 --format='%h %s')"
}

# run_inside DIR COMMAND [FOLDER]: runs a shell command in DIR, in FOLDER there.
# Namespaces of its own for mounts and processes: when the command ends, even by
# a signal, what it mounted and what it left running (Bazel's server) are gone.
run_inside() {
  local dir=$1 command=$2 folder=${3:-/} home=~root name
  local -a environment=("HOME=$home" LANG=C.UTF-8 "TERM=${TERM:-dumb}"
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
  for name in $(shared_variables); do environment+=("$name=${!name}"); done
  local -a folders
  mapfile -t folders < <(pip_folders)

  # shellcheck disable=SC2016  # the inner shell expands these
  unshare --mount --pid --fork --kill-child bash -c '
    set -euo pipefail
    dir=$1 count=$2
    shift 2
    mount -t proc proc "$dir/proc"
    # Some tests draw on a terminal of their own.
    mkdir -p "$dir/dev/pts"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$dir/dev/pts"
    [ -e "$dir/dev/ptmx" ] || ln -s pts/ptmx "$dir/dev/ptmx"
    mount --bind "$dir/dev/pts/ptmx" "$dir/dev/ptmx" 2>/dev/null || true
    for folder in "${@:1:count}"; do
      mkdir -p "$dir$folder"
      mount --bind -o ro "$folder" "$dir$folder"
    done
    shift "$count"
    exec chroot "$dir" env -i "$@"
  ' bash "$dir" "${#folders[@]}" "${folders[@]}" "${environment[@]}" \
    bash -c 'cd "$1" && eval "$2"' bash "$folder" "$command"
}

# run_and_report DIR COMMAND: runs COMMAND in the clone; its result is the last
# line printed, and the status returned.
run_and_report() {
  local dir=$1 command=$2 status=0 start=$SECONDS
  say "running: $command"
  run_inside "$dir" "$command" "$INSIDE" || status=$?
  if [ "$status" -eq 0 ]; then
    say "passed in $((SECONDS - start)) s: $command"
  else
    say "FAILED (exit status $status) after $((SECONDS - start)) s: $command"
  fi
  return "$status"
}
