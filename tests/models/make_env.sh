#!/bin/sh
# Makes a Python virtual environment in DIR with what requirements.txt pins.
# Usage: tests/models/make_env.sh DIR
#
# torch comes first and torchvision after it without its dependencies: asked
# for torch itself, torchvision would have pip replace a CPU build of torch by
# the default one and its gigabytes of CUDA packages. pip finds the packages
# through its own configuration (for a CPU build of torch, name its index in
# PIP_EXTRA_INDEX_URL).
set -eu

if [ $# -ne 1 ]; then
  echo "usage: $0 DIR" >&2
  exit 2
fi
env_dir=$1
requirements=$(dirname "$0")/requirements.txt

# Prints the pinned requirement of package $1, such as torch==2.13.0.
pinned() {
  grep "^$1==" "$requirements"
}

python3 -m venv "$env_dir"
"$env_dir/bin/pip" install --quiet "$(pinned torch)"
"$env_dir/bin/pip" install --quiet "$(pinned numpy)" "$(pinned pillow)" \
  "$(pinned transformers)"
"$env_dir/bin/pip" install --quiet --no-deps "$(pinned torchvision)"
"$env_dir/bin/python" -c "import torch; print('torch', torch.__version__, 'in $env_dir')"
