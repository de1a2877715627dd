#!/usr/bin/env bash
# plugin_conformance.sh PROGRAM LIBRARY NAME: the conformance test of one plugin.
exec "$1" "$2" "$3"
