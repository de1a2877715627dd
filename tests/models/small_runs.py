"""Small models for what runs can be like. make_small.py saves them.

The names of this module and its classes show up in the summaries.
"""

from typing import Dict, List

import torch
from torch import nn
from torch import Tensor


class MemoryChain(nn.Module):
    """Three steps whose live bytes can be followed by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(8, 16, bias=False)
        self.relu = nn.ReLU()
        self.second = nn.Linear(16, 4, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.relu(self.first(x)))


class MemoryBranches(nn.Module):
    """One tensor is held while another branch runs; one is changed in place."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Linear(8, 8, bias=False)
        self.wide = nn.Linear(8, 64, bias=False)
        self.activation = nn.ReLU(inplace=True)
        self.narrow = nn.Linear(64, 8, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        y = self.narrow(self.activation(self.wide(x)))
        return torch.cat([x, y], dim=1)


class Counter(nn.Module):
    """Counts up and never comes back."""

    def forward(self, x: Tensor) -> Tensor:
        count = 0
        while count >= 0:
            count = (count + 1) % 1000
        return x


class Endless(nn.Module):
    """A layer, and then a loop that never ends."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)
        self.counter = Counter()

    def forward(self, x: Tensor) -> Tensor:
        return self.counter(self.linear(x))


class NamedInputs(nn.Module):
    """Takes inputs by name, one of them a number with a default."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50, 8)

    def forward(self, tokens: Tensor, mask: Tensor, scale: float = 1.0) -> Tensor:
        return self.embedding(tokens) * mask.unsqueeze(-1) * scale


class DictInput(nn.Module):
    """Takes one dict of lists of tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 4)

    def forward(self, batch: Dict[str, List[Tensor]]) -> Tensor:
        return self.linear(torch.cat(batch["rows"]))


class SmallBatch(nn.Module):
    """Normalises over the batch: a batch of one cannot train."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(8)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x)
