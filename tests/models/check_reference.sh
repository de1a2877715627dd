#!/usr/bin/env bash
# See check_reference.py.
exec python3 tests/models/check_reference.py "$@"
