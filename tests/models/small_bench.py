"""Many small modules in one file: each runs once, on inputs of its own.

The names of this module and its classes show up in the summaries.
"""

import dataclasses
from typing import Callable, Sequence

import torch
from torch import nn
from torch import Tensor
from torch.utils import _pytree

import small_case


def make_inputs(input_size: str) -> list[Tensor]:
    """Makes the tensors of an input size such as 1x3x224x224,2x5:int64,():bool."""
    inputs = []
    for part in input_size.split(","):
        sizes, _, dtype = part.partition(":")
        shape = [] if sizes == "()" else [int(size) for size in sizes.split("x")]
        inputs.append(torch.ones(shape).to(getattr(torch, dtype or "float32")))
    return inputs


@dataclasses.dataclass(frozen=True)
class Part:
    """One module of a bench.

    Attributes:
      name: the module's path.
      input_size: what it is called with.
      module: the module, scripted or not.
    """

    name: str
    input_size: str
    module: nn.Module


class Apply(nn.Module):
    """Calls a function."""

    def __init__(self, function: Callable[..., Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *tensors: Tensor) -> Tensor:
        return self.function(*tensors)


class Holder(nn.Module):
    """Calls its layer; scripting takes no recurrent layer by itself."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor):
        return self.layer(x)


class Bench(nn.Module):
    """Calls each of its modules once, and takes a scalar that it does not use."""

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__()
        self.parts = parts
        for part in parts:
            self.add_module(part.name, part.module)

    def forward(self, scalar: Tensor) -> list:
        # What nothing uses would be left out of a trace.
        outputs = []
        for part in self.parts:
            output = getattr(self, part.name)(*make_inputs(part.input_size))
            outputs += _pytree.tree_leaves(output)
        return [output for output in outputs if isinstance(output, Tensor)]


def functions(calls: dict[str, tuple[str, Callable[..., Tensor]]]) -> list[Part]:
    """Makes parts of functions, by name: (input size, function)."""
    return [Part(name, size, Apply(call)) for name, (size, call) in calls.items()]


def traced(parts: Sequence[Part], train: bool = False) -> torch.jit.ScriptModule:
    """Traces a bench; modules that are scripted already stay so."""
    return small_case.trace(Bench(parts).train(train), torch.zeros(()))


def scripted(parts: Sequence[Part]) -> torch.jit.ScriptModule:
    """Traces a bench of the same modules scripted."""
    return traced(
        [
            dataclasses.replace(part, module=torch.jit.script(part.module.eval()))
            for part in parts
        ]
    )
