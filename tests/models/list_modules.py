"""Writes modules.json: the modules of every committed file, as PyTorch has them.

For each file the elements of its distinct parameters, and its modules at all
their paths: the path, the class's short name, and the number of the module's
own parameters. Of torchvision's the scripted
ones: the traced ones have the same modules. make_small.py has compared the
small ones with the models in Python.
"""

import json
import os
import sys

import torch

import small_case

_HERE = os.path.dirname(os.path.abspath(__file__))
# torch.jit.load and named_modules call themselves for each level.
_FRAMES = 10000


def _files() -> list[str]:
    files = []
    for folder, ending in (("small", ".pt"), ("torchvision", ".scripted.pt")):
        for name in sorted(os.listdir(os.path.join(_HERE, folder))):
            if name.endswith(ending):
                files.append(f"{folder}/{name}")
    return files


def _count_parameters(model: torch.jit.ScriptModule) -> int:
    """Counts the elements of distinct tensors."""
    tensors = {
        (p.untyped_storage().data_ptr(), p.storage_offset(), p.shape): p.numel()
        for module in model.modules()
        for p in module.parameters(recurse=False)
    }
    return sum(tensors.values())


def main() -> int:
    sys.setrecursionlimit(_FRAMES)
    blocks = []
    for file in _files():
        model = torch.jit.load(os.path.join(_HERE, file))
        rows = [json.dumps(row) for row in small_case.list_modules(model)]
        blocks.append(
            f'"{file}": {{"params": {_count_parameters(model)}, "modules": [\n'
            + ",\n".join(rows)
            + "\n]}"
        )
    with open(os.path.join(_HERE, "modules.json"), "w", encoding="utf-8") as stream:
        stream.write("{\n" + ",\n".join(blocks) + "\n}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
