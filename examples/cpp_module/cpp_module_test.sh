#!/usr/bin/env bash
# The example prints the table of a LeNet, and nothing is marked as inferred.
set -euo pipefail

table=$("$1")
for line in 'LeNet              [1, 10]          61,706  416,520' \
            '├─ conv1 (Conv2d)  [1, 6, 28, 28]      156  117,600' \
            '└─ fc3 (Linear)    [1, 10]             850      840'; do
  grep -qF -- "$line" <<<"$table" || { echo "no line: $line in"; echo "$table"; exit 1; }
done
! grep -E 'inferred|warning' <<<"$table"
