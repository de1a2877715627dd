#!/usr/bin/env bash
# python_test.sh SCRIPT: runs a Python test with the system's python3.
# (Bazel's own py_test needs a toolchain that differs from one Bazel to the next.)
PYTHONDONTWRITEBYTECODE=1 exec python3 "$1"
