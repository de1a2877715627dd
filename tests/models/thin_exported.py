"""Rewrites an archive of torch.export.save so that it can be committed.

Strata reads neither weights nor where a line of Python stood. Of each member:

  data/weights/*, data/constants/tensor_*
                 zeros of the same length, which DEFLATE to nothing;
                 with `keep_weights` they stay.
  *.json         as it is, but for what would differ from one machine or run to
                 the next: folders of source files, and the addresses that
                 strict mode has for modules.
  data/sample_inputs/*, .data/serialization_id
                 dropped: pickled values, and a hash of all of it.

Members are packed, where torch stores them as they are; `stored` leaves them so,
and weights that stay are never packed.
"""

import os
import re
import zipfile

_TIMESTAMP = (1980, 1, 1, 0, 0, 0)
_FOLDER = re.compile(rb'File \\"[^"\\]*?([^/"\\]+\.py)\\"')
_POINTER = re.compile(rb" at 0x[0-9a-f]+")
_ADDRESS = re.compile(rb"\b[0-9]{14,16}(?=@[0-9]+,|,)")


def _clean(content: bytes) -> bytes:
    """The same JSON without what depends on the machine."""
    content = _FOLDER.sub(rb'File \\"\1\\"', content)
    content = _POINTER.sub(b" at 0x0", content)
    known: dict[bytes, bytes] = {}
    return _ADDRESS.sub(
        lambda match: known.setdefault(match.group(), b"1%03d" % len(known)), content
    )


def _align(info: zipfile.ZipInfo, offset: int) -> None:
    """Lets the content begin at a multiple of 64 bytes, as torch does."""
    begin = offset + 30 + len(info.filename.encode()) + 4
    padding = -begin % 64
    info.extra = b"FB" + padding.to_bytes(2, "little") + b"Z" * padding


def _is_dropped(name: str) -> bool:
    return "/data/sample_inputs/" in name or name.endswith("/.data/serialization_id")


def _is_weight(name: str) -> bool:
    return not name.endswith(".json") and (
        "/data/weights/" in name or "/data/constants/tensor_" in name
    )


def thin(
    source_path: str, target_path: str, stored: bool = False, keep_weights: bool = False
) -> None:
    """Writes a small copy of the archive at `source_path`."""
    partial_path = target_path + ".partial"
    with zipfile.ZipFile(source_path) as source:
        with zipfile.ZipFile(partial_path, "w") as target:
            for record in source.infolist():
                if _is_dropped(record.filename):
                    continue
                info = zipfile.ZipInfo(record.filename, _TIMESTAMP)
                info.compress_type = (
                    zipfile.ZIP_STORED
                    if stored or (keep_weights and _is_weight(info.filename))
                    else zipfile.ZIP_DEFLATED
                )
                if _is_weight(record.filename) and not keep_weights:
                    content = bytes(record.file_size)
                else:
                    content = _clean(source.read(record))
                if info.compress_type == zipfile.ZIP_STORED and keep_weights:
                    _align(info, target.fp.tell())
                target.writestr(info, content)
    os.replace(partial_path, target_path)
