#!/usr/bin/env bash
# Tries README's lines on a Debian 12 that has nothing but git and python3.
# Run by hand, as root:
#
#   tests/fresh_debian.sh DIR [COMMAND [CHECKOUT]]
#
# DIR is a folder for that Debian, made by debootstrap, or reused where it holds
# one already. COMMAND is run in a fresh clone of CHECKOUT (this script's own
# repository, unless another is named); without one, tools/setup and all tests.
#
#   tests/fresh_debian.sh /var/tmp/fresh 'tools/setup && bazel test //...'
set -euo pipefail
# shellcheck source=tests/chroot.sh
. "$(dirname "$0")/chroot.sh"

readonly SUITE=bookworm

if [ "$#" -lt 1 ] || [ "$#" -gt 3 ] || [[ $1 == -* ]]; then
  die 'usage: tests/fresh_debian.sh DIR [COMMAND [CHECKOUT]]'
fi
dir=$(realpath -m "$1")
command=${2:-tools/setup && bazel test //...}

make_debian "$dir" "$SUITE"
share_network "$dir" "$SUITE"
# Only what a reader needs to get the clone: tools/setup has to bring the rest.
install_inside "$dir" python3 git ca-certificates
share_certificates "$dir"
clone_inside "$dir" "${3:-$(own_checkout)}"
run_and_report "$dir" "$command"
