#!/usr/bin/env bash
# Tests tools/setup: tests/setup_test.sh PATH/TO/tools/setup
#
# It installs nothing. Where an installation is tested, the commands that would
# make it are stand-ins in a folder that is all of PATH.
set -euo pipefail

setup=$(realpath "${1:?usage: setup_test.sh PATH/TO/tools/setup}")
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/setup_test.XXXXXX")
trap 'rm -rf "$work"' EXIT

ok() { printf 'OK: %s\n' "$*"; }

fail() {
  printf 'FAILED: %s\n' "$*"
  sed 's/^/    /' "$work/out"
  exit 1
}

# run EXPECTED_STATUS COMMAND...: runs it, leaving what it printed in $work/out.
run() {
  local expected=$1 status=0
  shift
  "$@" >"$work/out" 2>&1 </dev/null || status=$?
  [ "$status" -eq "$expected" ] || fail "exit status $status instead of $expected: $*"
}

says() { grep -qF -e "$1" "$work/out" || fail "the output lacks: $1"; }

test_syntax() {
  run 0 bash -n "$setup"
  [ -x "$setup" ] || fail "$setup is not executable"
  ok 'it is a bash script that parses'
}

test_help() {
  run 0 "$setup" --help
  says 'usage: tools/setup'
  says '--check'
  ok '--help'
}

test_bad_arguments() {
  run 2 "$setup" --frobnicate
  says 'unknown arguments: --frobnicate'
  run 2 "$setup" --check more
  ok 'an unknown argument is refused'
}

test_unknown_system() {
  printf 'ID=fedora\nPRETTY_NAME="Fedora Linux 42"\n' >"$work/fedora"
  run 1 env STRATA_OS_RELEASE="$work/fedora" "$setup"
  says 'Fedora Linux 42'
  says 'abseil-cpp-devel'
  says 'utf8proc-dev'
  run 1 env STRATA_OS_RELEASE="$work/no-such-file" "$setup" --check
  says 'this system'
  ok 'an unknown system is told what to install'
}

# Whatever this machine has, the report and the status must agree.
test_check_here() {
  local status=0
  "$setup" --check >"$work/out" 2>&1 </dev/null || status=$?
  says 'LibTorch: '
  case $status in
    0) says 'everything Strata needs is installed' ;;
    1) says 'libabsl-dev' ;;
    *) fail "--check exits $status" ;;
  esac
  ok "--check on this machine (exit $status)"
}

# make_machine UID CODENAME: makes $work/bin: the few real tools that the script calls, and stand-ins for
# those that look at or change the machine. $work/installed is what dpkg knows,
# $work/calls what apt-get was asked.
make_machine() {
  local tool bin=$work/bin
  rm -rf "$bin"
  mkdir "$bin"
  for tool in bash env sed tr awk cat; do ln -s "$(command -v "$tool")" "$bin/"; done

  printf '#!%s/bash\necho %s\n' "$bin" "$1" >"$bin/id"
  cat >"$bin/dpkg-query" <<END
#!$bin/bash
cat "$work/installed"
END
  cat >"$bin/apt-get" <<END
#!$bin/bash
echo "apt-get \$*" >>"$work/calls"
[ "\$1" != update ] || exit 0
for name; do echo "installed \$name 1.0"; done >>"$work/installed"
END
  cat >"$bin/apt-cache" <<END
#!$bin/bash
shift
for name; do printf '%s:\n  Installed: (none)\n  Candidate: 9.9-%s\n' "\$name" "\$name"; done
END
  # The links among them lead to the system's own.
  find "$bin" -type f -exec chmod +x {} +
  : >"$work/installed"
  : >"$work/calls"
  printf 'ID=debian\nVERSION_CODENAME=%s\nPRETTY_NAME="Debian %s"\n' "$2" "$2" >"$work/debian"
}

# on_machine ARGUMENT [NAME=VALUE...]: runs tools/setup there.
on_machine() { env -i PATH="$work/bin" STRATA_OS_RELEASE="$work/debian" "${@:2}" "$work/bin/bash" "$setup" ${1:+"$1"}; }

test_check_changes_nothing() {
  make_machine 0 bookworm
  echo 'installed libzip-dev 1.7.3-1' >"$work/installed"
  echo 'deinstall libelf-dev 0.188' >>"$work/installed"
  run 1 on_machine --check
  grep -qE '^ +have +libzip-dev +1\.7\.3-1$' "$work/out" || fail 'libzip-dev is not reported'
  grep -qE '^ +missing +libelf-dev +\(9\.9-libelf-dev\)$' "$work/out" || fail 'libelf-dev is not reported'
  says 'libboost1.81-dev'
  says 'LibTorch: brought by the build'
  run 1 on_machine --check LIBTORCH=/opt/some/torch
  says 'LibTorch: /opt/some/torch (environment variable LIBTORCH)'
  [ ! -s "$work/calls" ] || fail '--check called apt-get'
  ok '--check reports versions and installs nothing'
}

test_installs() {
  make_machine 0 trixie
  run 0 on_machine ''
  says 'will install: g++ bazel-bootstrap'
  says 'everything Strata needs is installed'
  cp "$work/calls" "$work/out"
  says 'apt-get update'
  says 'apt-get install -y --no-install-recommends'
  says ' libboost-dev '
  says ' chromium chromium-driver'
  if grep -qF 1.81 "$work/out"; then fail 'Boost 1.81 is asked for outside Debian 12'; fi

  : >"$work/calls"
  run 0 on_machine ''
  [ "$(cat "$work/out")" = 'setup: everything Strata needs is installed' ] || fail 'not that one line'
  [ ! -s "$work/calls" ] || fail 'apt-get was called with nothing missing'
  ok 'it installs what is missing, once'

  make_machine 0 noble
  sed -i 's/^ID=debian/ID=ubuntu/' "$work/debian"
  run 0 on_machine ''
  if grep -qF chromium "$work/calls"; then fail 'a snap is asked for as a package'; fi
  ok 'Ubuntu has no package of the browser'
}

test_needs_rights() {
  make_machine 1000 bookworm
  run 1 on_machine ''
  says 'will install: '
  says 'needs root'
  [ ! -s "$work/calls" ] || fail 'apt-get was called without rights'

  printf '#!%s/bin/bash\nexec "$@"\n' "$work" >"$work/bin/sudo"
  chmod +x "$work/bin/sudo"
  run 0 on_machine ''
  ok 'it needs root or sudo'
}

test_syntax
test_help
test_bad_arguments
test_unknown_system
test_check_here
test_check_changes_nothing
test_installs
test_needs_rights
echo 'setup_test: all passed'
