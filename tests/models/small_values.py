"""Models whose shapes depend on values that the file has."""

import torch
from torch import nn


class SizedByBuffer(nn.Module):
    """Takes a number out of a table, and repeats its input as often."""

    def __init__(self):
        super().__init__()
        self.register_buffer("table", torch.tensor([[1, 2, 3], [4, 5, 6]]))
        self.register_buffer("pair", torch.tensor([7, 2]))
        self.fc = nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        times = int(self.table[1, 0].item()) + int(self.pair[1].item())
        return self.fc(x.repeat(times, 1))


class MaskedByBuffer(nn.Module):
    """Keeps the columns that a mask names: as many as it has ones."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mask", torch.arange(64) % 16 == 3)
        self.fc = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        columns = self.mask.nonzero().squeeze(1)
        return self.fc(x.index_select(1, columns))


class CountedBuffer(nn.Module):
    """Writes to its table first: what the file has is not what counts."""

    def __init__(self):
        super().__init__()
        self.register_buffer("table", torch.tensor([[1, 2, 3], [4, 5, 6]]))
        self.fc = nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.table.add_(1)
        return self.fc(x.repeat(int(self.table[0, 0].item()), 1))
