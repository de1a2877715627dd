#!/usr/bin/env python3
"""The fingerprint of what plugins compile against, beside the interface version.

    tests/interface_hash.py           whether core/interface.txt still holds
    tests/interface_hash.py --write   writes it anew, after the version was raised
    tests/interface_hash.py --write --same-version
                                      the same for a version that no plugin of
                                      anybody else can have been built with yet

Comments, blanks and line breaks do not count. docs/plugin-interface.md says why.
"""

import hashlib
import pathlib
import re
import sys

CORE = pathlib.Path(__file__).resolve().parent.parent / "core"
RECORD = CORE / "interface.txt"

# What a plugin includes, with all that these include of ours. The message is a
# class with its layout in the plugin: a new field moves the others.
ROOTS = ["plugin.h", "error.h", "columns.h", "cell_texts.h", "layer_match.h", "printable.h",
         "zip_archive.h", "summary.proto"]

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"\((?:.*?)\)"|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\''
                   r"|\w+|\\\n|\s+|.", re.DOTALL)
# The versions themselves.
NOT_COUNTED = re.compile(r"^#define STRATA_(INTERFACE_)?VERSION\b.*$", re.MULTILINE)


def tokens(text):
    """Its tokens, without comments and blanks."""
    found = TOKEN.findall(NOT_COUNTED.sub("", text))
    return [token for token in found
            if not token.startswith(("//", "/*", "\\\n")) and not token.isspace()]


def crossing_files(core):
    """ROOTS and what they include of core/, by name."""
    files, waiting = {}, list(ROOTS)
    while waiting:
        name = waiting.pop()
        if name in files or name.endswith(".pb.h"):
            continue
        files[name] = (core / name).read_text()
        waiting += re.findall(r'^#include "core/([^"]+)"', files[name], re.MULTILINE)
    return dict(sorted(files.items()))


def fingerprint(core=CORE):
    """A hash of the tokens of all of them."""
    digest = hashlib.sha256()
    for name, text in crossing_files(core).items():
        digest.update("\0".join([name, *tokens(text), "\0"]).encode())
    return digest.hexdigest()


def version(core=CORE):
    """STRATA_INTERFACE_VERSION."""
    text = (core / "version.h").read_text()
    return int(re.search(r"^#define STRATA_INTERFACE_VERSION (\d+)$", text, re.MULTILINE)[1])


def recorded(core=CORE):
    """The version and the fingerprint that were written last."""
    line = (core / RECORD.name).read_text().splitlines()[-1].split()
    return int(line[0]), line[1]


def main(arguments):
    if not set(arguments) <= {"--write", "--same-version"}:
        sys.exit(__doc__)
    now, was = (version(), fingerprint()), recorded() if RECORD.exists() else (0, "")
    if now == was:
        return
    if now[0] <= was[0] and "--same-version" not in arguments:
        sys.exit(f"core/: a header that plugins compile against is not what it was at interface version "
                 f"{was[0]}: raise STRATA_INTERFACE_VERSION in core/version.h, then run "
                 "tests/interface_hash.py --write")
    if "--write" not in arguments:
        sys.exit("core/interface.txt: run tests/interface_hash.py --write")
    RECORD.write_text("# The interface version and the fingerprint of what plugins compile against, by\n"
                      f"# tests/interface_hash.py.\n{now[0]} {now[1]}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
