"""Small models for what a module tree can look like. make_small.py saves them.

The names of this module and its classes show up in the summaries.
"""

from typing import Dict, List, NamedTuple, Tuple

import torch
from torch import nn
from torch import Tensor


class TwoInputs(nn.Module):
    """Takes two tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.left = nn.Linear(8, 4)
        self.right = nn.Linear(8, 4)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.left(x) + self.right(y)


class Statistics(NamedTuple):
    """What Summarize returns."""

    mean: Tensor
    spread: Tensor


class Summarize(nn.Module):
    """Returns a NamedTuple."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Statistics:
        y = self.scale(x)
        return Statistics(y.mean(dim=1), y.amax(dim=1) - y.amin(dim=1))


class Join(nn.Module):
    """Takes a list of tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Linear(24, 8)

    def forward(self, parts: List[Tensor]) -> Tensor:
        return self.mix(torch.cat(parts, dim=1))


class NestedOutputs(nn.Module):
    """Returns tensors inside a dictionary of lists inside a tuple."""

    def __init__(self) -> None:
        super().__init__()
        self.join = Join()
        self.summarize = Summarize()

    def forward(self, x: Tensor) -> Tuple[Tensor, Dict[str, List[Tensor]]]:
        y = self.join([x, x * 2, x * 3])
        statistics = self.summarize(y)
        return y, {"statistics": [statistics.mean, statistics.spread], "none": []}


class SharedWeight(nn.Module):
    """Two modules hold one parameter, as language models tie theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50, 8)
        self.head = nn.Linear(8, 50, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, tokens: Tensor) -> Tensor:
        return self.head(self.embedding(tokens))


class Siamese(nn.Module):
    """Holds one module at two paths and calls it once through each."""

    def __init__(self) -> None:
        super().__init__()
        # Scripted by itself first: torch.jit.script would make two modules of
        # a Python module that it meets twice.
        encoder = torch.jit.script(nn.Linear(8, 4))
        self.left = encoder
        self.right = encoder

    def forward(self, x: Tensor) -> Tensor:
        return self.left(x) - self.right(-x)


class Conditional(nn.Module):
    """Has a module that only runs where the caller asks for it."""

    def __init__(self) -> None:
        super().__init__()
        self.always = nn.Linear(8, 8)
        self.branch = nn.Linear(8, 8)

    def forward(self, x: Tensor, flag: bool = False) -> Tensor:
        x = self.always(x)
        if flag:
            x = self.branch(x)
        return x


class Containers(nn.Module):
    """Nests ModuleList and ModuleDict, and iterates over them."""

    def __init__(self) -> None:
        super().__init__()
        self.stages = nn.ModuleList(
            nn.ModuleList(nn.Linear(8, 8) for _ in range(2)) for _ in range(3)
        )
        self.heads = nn.ModuleDict(
            {
                "classes": nn.ModuleList([nn.Linear(8, 4), nn.ReLU()]),
                "boxes": nn.ModuleList([nn.Linear(8, 4), nn.Sigmoid()]),
            }
        )

    def forward(self, x: Tensor) -> List[Tensor]:
        for stage in self.stages:
            for layer in stage:
                x = layer(x)
        outputs: List[Tensor] = []
        for head in self.heads.values():
            y = x
            for layer in head:
                y = layer(y)
            outputs.append(y)
        return outputs


class BareParameter(nn.Module):
    """Multiplies by a parameter of its own, beside two child modules."""

    def __init__(self) -> None:
        super().__init__()
        self.before = nn.Linear(8, 8)
        self.weight = nn.Parameter(torch.randn(6, 8))
        self.after = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.after(torch.mm(self.before(x), self.weight.t()))


class Checker(nn.Module):
    """Raises an error, as a model does that does not like its input."""

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() > 0:
            raise RuntimeError("shape of the world is wrong")
        return x


class CheckedBlock(nn.Module):
    """Runs a layer, then a checker."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)
        self.checker = Checker()

    def forward(self, x: Tensor) -> Tensor:
        return self.checker(self.linear(x))


class Raises(nn.Module):
    """Fails in its submodule block.checker."""

    def __init__(self) -> None:
        super().__init__()
        self.block = CheckedBlock()
        self.head = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.block(x))


class CustomNames(nn.Module):
    """Has names outside ASCII, of characters two columns wide."""

    def __init__(self) -> None:
        super().__init__()
        self.层 = nn.ModuleDict(
            {"编码器": nn.Linear(8, 4), "デコーダ": nn.Linear(4, 8)}
        )

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.层.values():
            x = layer(x)
        return x


class Nest(nn.Module):
    """A chain of modules, each the only child of the one before."""

    def __init__(self, levels: int) -> None:
        super().__init__()
        self.inner = Nest(levels - 1) if levels > 1 else nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x)


class Recursive(nn.Module):
    """Calls one module three times."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(3):
            x = self.linear(x)
        return x


class Scale(nn.Module):
    """Holds a parameter; with `forward` left out, for others to read."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(8))


class Traced(nn.Module):
    """What a trace keeps and what it loses."""

    def __init__(self) -> None:
        super().__init__()
        self.twice = nn.Linear(8, 8)
        self.nothing = nn.Identity()
        self.branch = nn.Sequential(nn.Linear(8, 8), nn.ReLU())
        self.left = nn.Linear(8, 8)
        self.right = self.left
        self.scale = Scale()
        self.spare = nn.ModuleList([nn.Linear(8, 8)])

    def forward(self, x: Tensor) -> Tensor:
        x = self.nothing(self.twice(self.twice(x)))
        if x.shape[0] > 1000:
            x = self.branch(x)
        return self.right(x) * self.scale.weight


class Doubled(nn.Module):
    """Multiplies by a tensor that is no parameter."""

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.tensor(2.0)


class Prints(nn.Module):
    """Prints while it runs."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        print("hello", x.size())
        return self.linear(x)
