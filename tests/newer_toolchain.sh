#!/usr/bin/env bash
# Builds and tests Strata with what Debian's unstable release has: a newer
# compiler, Bazel, Abseil, Boost and LibTorch. Run by hand, as root:
#
#   tests/newer_toolchain.sh DIR [BAZEL_ARGUMENT...]
#
# DIR is a folder for that Debian, made by debootstrap, or reused where it holds
# one already; it grows to some 4 GB. The arguments are those of "bazel test";
# without any, all tests are run.
set -euo pipefail
# shellcheck source=tests/chroot.sh
. "$(dirname "$0")/chroot.sh"

readonly SUITE=sid

readonly PACKAGES=(g++ bazel-bootstrap pkg-config libabsl-dev libprotobuf-dev protobuf-compiler
  libboost-dev libgtest-dev libgmock-dev libbenchmark-dev libtorch-dev libzip-dev libelf-dev
  libutf8proc-dev libre2-dev nettle-dev nlohmann-json3-dev libsimdjson-dev libgraphviz-dev graphviz chromium chromium-driver patchelf python3-dev python3-venv python3
  cmake make git zip unzip ca-certificates)

# Debian's Bazel 7 takes the rules that it needs from Debian's packages only by way
# of its module system. Strata has a WORKSPACE file, where Bazel would download
# these three; the others that it knows are not used. LibTorch 2.14's headers
# need C++20, which comes after the C++17 of .bazelrc and so wins.
readonly FLAGS=(--noenable_bzlmod
  --override_repository=bazel_skylib=/usr/share/bazel/tools/skylib
  --override_repository=rules_cc=/usr/share/bazel/rules/cc
  --override_repository=rules_python=/usr/share/bazel/rules/python
  --cxxopt=-std=c++20 --host_cxxopt=-std=c++20)

# The versions that the result holds for.
versions() {
  run_inside "$1" "
    bazel --version
    g++ --version | head -n 1
    protoc --version
    python3 --version
    dpkg-query -W -f='\${Package} \${Version}\n' ${PACKAGES[*]}"
}

if [ "$#" -lt 1 ] || [[ $1 == -* ]]; then
  die 'usage: tests/newer_toolchain.sh DIR [BAZEL_ARGUMENT...]'
fi
dir=$(realpath -m "$1")
shift
if [ "$#" -eq 0 ]; then set -- //...; fi

make_debian "$dir" "$SUITE"
share_network "$dir" "$SUITE"
# A mirror of unstable that stands still for some days is as good for this.
# shellcheck disable=SC2034  # install_inside reads it
APT_OPTIONS='-o Acquire::Check-Valid-Until=false'
install_inside "$dir" "${PACKAGES[@]}"
share_certificates "$dir"
versions "$dir"
clone_inside "$dir" "$(own_checkout)"
run_and_report "$dir" "LIBTORCH=/usr bazel test ${FLAGS[*]} ${*@Q}"
