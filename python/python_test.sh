#!/usr/bin/env bash
# python_test.sh WHEEL PYTHON TEST...
# Installs the wheel into a folder, and runs pytest on the tests with it.
set -euo pipefail

wheel=$1 python=$PWD/$2
shift 2
[ -x "$python" ] || python=${python/$PWD\/external/$PWD/..}
site=$TEST_TMPDIR/site
export HOME=$TEST_TMPDIR PIP_DISABLE_PIP_VERSION_CHECK=1
"$python" -m pip install --quiet --no-deps --no-index --no-compile --target "$site" "$wheel"
export PYTHONPATH=$site STRATA_TEST_PROGRAM=$site/bin/strata PYTHONDONTWRITEBYTECODE=1
exec "$python" -m pytest -q -p no:cacheprovider --import-mode=importlib "$@"
