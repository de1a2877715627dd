#!/usr/bin/env bash
# other_workspace.sh DIR: builds examples/bazel_workspace in DIR, as somebody else
# would who has this checkout beside a workspace of his own, runs its test, and
# finds its plugin at run time with this workspace's program (bazel build -c opt
# //tools:strata). By hand: a Bazel inside a test of Bazel would build the kernel
# once more each time.
set -euo pipefail

[ "$#" -eq 1 ] || { echo 'usage: other_workspace.sh DIR' >&2; exit 2; }
strata=$(cd "$(dirname "$0")/.." && pwd)
dir=$1
mkdir -p "$dir"
cp "$strata"/examples/bazel_workspace/{WORKSPACE,BUILD,.bazelrc} "$dir"
sed -i "s|\"../..\"|\"$strata\"|; s|\"../../third_party|\"$strata/third_party|" "$dir/WORKSPACE"

cd "$dir"
bazel test -c opt --jobs=2 //...
plugin=$(dirname "$(readlink -f bazel-bin/roofline.so)")
"$strata/bazel-bin/tools/strata" "$strata/examples/models/lenet.pt" --input_size=1x1x28x28 \
  --metrics=macs,roofline --set roofline.device=h100 --plugin_path="$plugin"
