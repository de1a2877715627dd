"""Writes tensors.json: named_parameters() and named_buffers() of the files.

Of every small file that torch.jit.load reads, and of one of torchvision's: what
PyTorch lists, in its order: the name, the shape, the dtype, and of a parameter
whether it trains.
"""

import json
import os
import sys

import torch

_HERE = os.path.dirname(os.path.abspath(__file__))
# named_parameters calls itself for each level.
_FRAMES = 10000


def _files() -> list[str]:
    small = sorted(os.listdir(os.path.join(_HERE, "small")))
    files = [f"small/{name}" for name in small if name.endswith(".pt")]
    return files + ["torchvision/resnet18.scripted.pt"]


def _rows(named, has_trainable: bool) -> list:
    rows = []
    for name, tensor in named:
        row = [name, list(tensor.shape), str(tensor.dtype).removeprefix("torch.")]
        rows.append(row + [tensor.requires_grad] if has_trainable else row)
    return rows


def main() -> int:
    sys.setrecursionlimit(_FRAMES)
    lines = []
    for file in _files():
        model = torch.jit.load(os.path.join(_HERE, file))
        tensors = {"parameters": _rows(model.named_parameters(), True),
                   "buffers": _rows(model.named_buffers(), False)}
        lines.append(f'"{file}": {json.dumps(tensors)}')
    with open(os.path.join(_HERE, "tensors.json"), "w", encoding="utf-8") as stream:
        stream.write("{\n" + ",\n".join(lines) + "\n}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
