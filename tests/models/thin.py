"""Rewrites a TorchScript archive so that it is small enough to commit.

Strata's answers depend on the shapes of weights and never on their values, so
a test model need not hold any. Usage:

    thin.py IN.pt OUT.pt [--keep_weights]

What becomes of each record of the archive:
  */data/*         weights: zeros of the same length, which DEFLATE to nothing.
  */constants/*    kept: a traced constant may decide an index or a branch.
  *.debug_pkl      dropped: source positions, which hold paths of the machine.
  */.data/serialization_id
                   dropped: a hash of all records, those paths among them.
  anything else    kept: code, the pickled module tree, versions.

Order and names stay. The same input always gives the same bytes.
"""

import argparse
import os
import sys
import zipfile
from typing import Callable

# The oldest time that a zip file can hold; a real one would make each rewrite
# of the same model a different file.
_TIMESTAMP = (1980, 1, 1, 0, 0, 0)
_CHUNK_BYTES = 1 << 20

Edit = Callable[[str, bytes], bytes]


def _is_weight(name: str) -> bool:
    """Says whether a record holds weights: "data/" below the archive's root."""
    return name.split("/")[1:2] == ["data"]


def _is_dropped(name: str) -> bool:
    """Says whether a record depends on where the model was written."""
    return name.endswith((".debug_pkl", "/.data/serialization_id"))


def _write_zeros(stream, length: int) -> None:
    """Writes `length` zero bytes in pieces, as a weight may be gigabytes."""
    zeros = bytes(_CHUNK_BYTES)
    while length > 0:
        stream.write(zeros[: min(length, _CHUNK_BYTES)])
        length -= _CHUNK_BYTES


def _copy_record(source, target, record, zero: bool, edit: Edit) -> None:
    """Copies one record into `target`, as zeros where `zero` says so."""
    info = zipfile.ZipInfo(record.filename, _TIMESTAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    # zipfile chooses between the 32-bit and 64-bit header from this size.
    info.file_size = record.file_size
    with target.open(info, "w") as stream:
        if zero:
            _write_zeros(stream, record.file_size)
        else:
            stream.write(edit(record.filename, source.read(record)))


def thin(
    source_path: str,
    target_path: str,
    keep_weights: bool = False,
    edit: Edit = lambda name, content: content,
) -> None:
    """Writes a small copy of a TorchScript archive.

    Args:
      source_path: an archive written by torch.jit.save.
      target_path: where the copy goes; a file there is replaced as a whole.
      keep_weights: copies weights too, for a model whose values are wanted.
      edit: makes a kept record's new content of its name and content.
    """
    partial_path = target_path + ".partial"
    with zipfile.ZipFile(source_path) as source:
        with zipfile.ZipFile(partial_path, "w") as target:
            for record in source.infolist():
                if _is_dropped(record.filename):
                    continue
                zero = _is_weight(record.filename) and not keep_weights
                _copy_record(source, target, record, zero, edit)
    os.replace(partial_path, target_path)


def _parse_arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", metavar="IN.pt")
    parser.add_argument("target", metavar="OUT.pt")
    parser.add_argument("--keep_weights", action="store_true")
    return parser.parse_args(argv)


def main(argv: list[str]) -> int:
    arguments = _parse_arguments(argv)
    thin(arguments.source, arguments.target, arguments.keep_weights)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
