#!/usr/bin/env bash
# plugin_conformance.sh PROGRAM LIBRARY NAME [KEPT]: the conformance test of one plugin.
exec "$@"
