"""Writes files of inputs for --inputs, as torch.save does, into inputs/."""

import os

import torch

_OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inputs")

_TOKENS = torch.tensor([[1, 2, 3]])
_MASK = torch.tensor([[True, True, False]])

INPUTS = {
    "tensor": torch.ones(2, 8),
    "tuple": (_TOKENS, _MASK),
    "list": [_TOKENS, _MASK, 0.5],
    "dict": {"mask": _MASK, "tokens": _TOKENS},
    "dict_wrong_name": {"tokens": _TOKENS, "msk": _MASK},
    "dict_too_few": {"tokens": _TOKENS},
    "dict_of_lists": {"rows": [torch.ones(3, 8), torch.ones(2, 8)]},
    "complex": torch.ones(2, 8, dtype=torch.complex64),
    "half": torch.ones(2, 8, dtype=torch.bfloat16),
}


def main() -> None:
    os.makedirs(_OUT, exist_ok=True)
    for name, value in INPUTS.items():
        torch.save(value, os.path.join(_OUT, name + ".pt"))


if __name__ == "__main__":
    main()
