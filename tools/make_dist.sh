#!/usr/bin/env bash
# make_dist.sh ARCHIVE FILE...
# Puts the distribution together; where a file goes follows from its name. The
# same input gives the same bytes.
set -euo pipefail

archive=$1
shift

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
top=$root/strata
mkdir -p "$top"/{bin,include/strata/core,lib/cmake/Strata,lib/pkgconfig,lib/strata/plugins,share/strata}

# VERSION of core/version.h.
version=
for file in "$@"; do
  case $file in
    */core/version.h | core/version.h)
      version=$(sed -n 's/^#define STRATA_VERSION "\(.*\)"$/\1/p' "$file") ;;
  esac
done

# fill_in FILE FOLDER: a copy that knows the version.
fill_in() {
  sed "s/@VERSION@/$version/" "$1" >"$2/${1##*/}"
  chmod 644 "$2/${1##*/}"
}

for file in "$@"; do
  case $file in
    */strata | */plugin_conformance) install -m 755 "$file" "$top/bin" ;;
    */libstrata.so) install -m 755 "$file" "$top/lib" ;;
    *.so) install -m 755 "$file" "$top/lib/strata/plugins" ;;
    *.h) install -m 644 "$file" "$top/include/strata/core" ;;
    *.cmake) fill_in "$file" "$top/lib/cmake/Strata" ;;
    *.pc) fill_in "$file" "$top/lib/pkgconfig" ;;
    *.lds) install -m 644 "$file" "$top/share/strata" ;;
    *) install -m 644 "$file" "$top" ;;
  esac
done
tar --create --gzip --file="$archive" --directory="$root" \
  --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner strata
