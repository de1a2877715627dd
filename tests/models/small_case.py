"""What the tables of small models are made of."""

import dataclasses
from typing import Callable

import torch
from torch import nn

# A module's path, its class's short name, and the number of its own parameters.
Row = tuple[str, str, int]

# The modules, as Python has them, of what `script` and `trace` were given last.
# A model that was changed in between, as by freezing, has none.
python_modules: list[Row] = []


@dataclasses.dataclass(frozen=True)
class Case:
    """One small model.

    Attributes:
      name: of the file, less ".pt".
      holds: what the model is for, a line of the README.
      input_size: an input it runs with, as on Strata's command line.
      build: makes the TorchScript module.
      error: part of the error that running it must end with; "" for none.
      keep_weights: whether the file holds weights, or zeros in their place.
      runs: whether tensors of that size run through it, to an end.
    """

    name: str
    holds: str
    input_size: str
    build: Callable[[], torch.jit.ScriptModule]
    error: str = ""
    keep_weights: bool = True
    runs: bool = True


def list_modules(model: nn.Module) -> list[Row]:
    """Lists a model's modules at all their paths."""
    rows = []
    for path, module in model.named_modules(remove_duplicate=False):
        name = getattr(module, "original_name", None) or type(module).__name__
        own = sum(p.numel() for p in module.parameters(recurse=False))
        rows.append((path, name, own))
    return rows


def script(model: nn.Module) -> torch.jit.ScriptModule:
    """Scripts a model in eval mode."""
    model.eval()
    python_modules[:] = list_modules(model)
    return torch.jit.script(model)


def trace(model: nn.Module, *inputs, **options) -> torch.jit.ScriptModule:
    """Traces a model, in the mode that it is in."""
    python_modules[:] = list_modules(model)
    return torch.jit.trace(model, *inputs, check_trace=False, strict=False, **options)
