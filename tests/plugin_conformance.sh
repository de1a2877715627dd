#!/usr/bin/env bash
# plugin_conformance.sh PROGRAM LIBRARY NAME [USED...]: the conformance test of one plugin.
exec "$@"
