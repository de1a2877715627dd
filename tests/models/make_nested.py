"""Writes a chain of nested modules, to measure depth with. Needs no torch.

    make_nested.py --levels N OUT.pt

Each of N modules is the only child of the one before; the last holds a linear
layer of 2 by 2. Its input size is 2x2. (torch.jit.script takes minutes for a
thousand levels, and more of Python's stack than it has by default.)
"""

import argparse
import sys
import zipfile

_LINEAR = """class Linear(Module):
  __parameters__ = ["weight", ]
  __buffers__ = []
  weight : Tensor
  training : bool
  def forward(self: __torch__.Linear,
    x: Tensor) -> Tensor:
    return torch.linear(x, self.weight, None)
"""

_LEVEL = """class Level{level}(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  inner : __torch__.{inner}
  def forward(self: __torch__.Level{level},
    x: Tensor) -> Tensor:
    return (self.inner).forward(x, )
"""


def _text(value: str) -> bytes:
    """Pickles a string."""
    return b"X" + len(value).to_bytes(4, "little") + value.encode()


def _open_module(name: str) -> bytes:
    """Pickles a module object as far as the name of its last attribute."""
    return b"c__torch__\n" + name.encode() + b"\n)\x81}(" + _text("training") + b"\x89"


def write(path: str, levels: int) -> None:
    """Writes the archive of a chain of `levels` modules and a linear layer."""
    code = [_LINEAR]
    inner = "Linear"
    pickle = b""
    for level in reversed(range(levels)):
        code.append(_LEVEL.format(level=level, inner=inner))
        inner = f"Level{level}"
        pickle = _open_module(inner) + _text("inner") + pickle
    storage = _text("storage") + b"ctorch\nFloatStorage\n" + _text("0") + _text("cpu") + b"K\x04"
    pickle += (
        _open_module("Linear") + _text("weight")
        + b"ctorch._utils\n_rebuild_tensor_v2\n((" + storage + b"tQK\x00(K\x02K\x02t(K\x02K\x01t"
        + b"\x88ccollections\nOrderedDict\n)RtR" + b"ub" * (levels + 1))
    records = {
        "nested/data.pkl": b"\x80\x02" + pickle + b".",
        "nested/code/__torch__.py": "".join(code),
        "nested/data/0": bytes(16),
        "nested/constants.pkl": b"\x80\x02).",
        "nested/version": "3\n",
        "nested/byteorder": "little",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in records.items():
            target.writestr(name, content)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--levels", type=int, required=True, metavar="N")
    parser.add_argument("output", metavar="OUT.pt")
    arguments = parser.parse_args(argv)
    write(arguments.output, arguments.levels)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
