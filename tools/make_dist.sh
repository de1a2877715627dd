#!/usr/bin/env bash
# make_dist.sh ARCHIVE PROGRAM LIBRARY PLUGIN... -- HEADER... -- FILE...
# Puts the distribution together. The same input gives the same bytes.
set -euo pipefail

archive=$1 program=$2 library=$3
shift 3

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
top=$root/strata
mkdir -p "$top"/{bin,lib/strata/plugins,include/strata/core}

install -m 755 "$program" "$top/bin/strata"
install -m 755 "$library" "$top/lib/libstrata.so"

folder=$top/lib/strata/plugins
for file in "$@"; do
  case $file in
    # Each -- begins the next kind of file.
    --) [ "$folder" = "$top/include/strata/core" ] && folder=$top ||
          folder=$top/include/strata/core ;;
    *.so) install -m 755 "$file" "$folder" ;;
    *) install -m 644 "$file" "$folder" ;;
  esac
done

tar --create --gzip --file="$archive" --directory="$root" \
  --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner strata
