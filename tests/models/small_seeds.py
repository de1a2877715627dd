"""The models that users ask about, as they write them. make_small.py saves them.

The names of this module and its classes show up in the summaries.
"""

from typing import Tuple

import torch
from torch import nn
from torch import Tensor
import torch.nn.functional as F


class ConditionalModel(nn.Module):
    """Runs its second layer only where the caller says so."""

    def __init__(self) -> None:
        super().__init__()
        self.linear1 = nn.Linear(10, 5)
        self.linear2 = nn.Linear(5, 2)

    def forward(self, x: Tensor, condition: bool) -> Tensor:
        x = self.linear1(x)
        if condition:
            x = self.linear2(x)
        return x


class ConditionalByDefault(ConditionalModel):
    """Runs its second layer where the caller does not say no."""

    def forward(self, x: Tensor, condition: bool = True) -> Tensor:
        x = self.linear1(x)
        if condition:
            x = self.linear2(x)
        return x


class DynamicModel(nn.Module):
    """Makes its second layer anew each time it runs."""

    def __init__(self) -> None:
        super().__init__()
        self.linear1 = nn.Linear(10, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.linear1(x)
        self.linear2 = nn.Linear(5, 2)
        return self.linear2(x)


class ExtendedModel(nn.Module):
    """Runs layers that are added after it was made."""

    def __init__(self) -> None:
        super().__init__()
        self.linear1 = nn.Linear(10, 5)
        self.added = nn.Sequential()

    def forward(self, x: Tensor) -> Tensor:
        return self.added(self.linear1(x))


class CustomLayer(nn.Module):
    """A linear layer with a bare weight and no bias."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features))

    def forward(self, x: Tensor) -> Tensor:
        return torch.mm(x, self.weight.t())


class SimpleNet(nn.Module):
    """Two linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(10, 20)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(20, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.relu(self.fc1(x)))


class SimpleCNN(nn.Module):
    """Two convolutions and a linear layer."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 16, kernel_size=3, stride=1, padding=1)
        self.relu1 = nn.ReLU()
        self.maxpool1 = nn.MaxPool2d(kernel_size=2, stride=2)
        self.conv2 = nn.Conv2d(16, 32, kernel_size=3, stride=1, padding=1)
        self.relu2 = nn.ReLU()
        self.maxpool2 = nn.MaxPool2d(kernel_size=2, stride=2)
        self.fc = nn.Linear(32 * 7 * 7, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool1(self.relu1(self.conv1(x)))
        x = self.maxpool2(self.relu2(self.conv2(x)))
        return self.fc(x.view(x.size(0), -1))


class NestedContainers(nn.Module):
    """A ModuleDict of ModuleLists of ModuleDicts, of which one is not used."""

    def __init__(self) -> None:
        super().__init__()
        self.paths = nn.ModuleDict(
            {
                name: nn.ModuleList(
                    nn.ModuleDict({"linear": nn.Linear(8, 8), "act": nn.ReLU()})
                    for _ in range(2)
                )
                for name in ("left", "right")
            }
        )
        self.empty = nn.ModuleList()

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.paths["left"]:
            x = layer["act"](layer["linear"](x))
        return x


class Refiner(nn.Module):
    """Calls itself: a module whose method calls another one of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.step = nn.Linear(8, 8)
        self.head = nn.Linear(8, 2)

    @torch.jit.export
    def refine(self, x: Tensor, times: int) -> Tensor:
        for _ in range(times):
            x = x + self.step(x)
        return x

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.refine(self.refine(x, 2), 3))


class SiameseNetwork(nn.Module):
    """Compares two images by one encoder."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 4, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(4, 8, 5),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(8 * 8 * 8, 16),
        )
        self.compare = nn.Linear(16, 1)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        distance = torch.abs(self.encoder(left) - self.encoder(right))
        return torch.sigmoid(self.compare(distance))


class Unpool2d(nn.Module):
    """nn.MaxUnpool2d(2), which torch (2.13) can neither script nor trace."""

    def forward(self, x: Tensor, indices: Tensor) -> Tensor:
        size = [2 * x.size(-2), 2 * x.size(-1)]
        return torch.ops.aten.max_unpool2d(x, indices, size)


class UnpoolingAutoencoder(nn.Module):
    """Pools with indices, and puts the values back where they were."""

    def __init__(self) -> None:
        super().__init__()
        self.encode = nn.Conv2d(3, 8, 3, padding=1)
        self.pool = nn.MaxPool2d(2, return_indices=True)
        self.unpool = Unpool2d()
        self.decode = nn.ConvTranspose2d(8, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        code, indices = self.pool(F.relu(self.encode(x)))
        return self.decode(self.unpool(code, indices)), code


class MaskedLinear(nn.Module):
    """Takes a mask of booleans and a scalar."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 4)

    def forward(self, x: Tensor, mask: Tensor, scale: Tensor) -> Tensor:
        return self.linear(x.masked_fill(mask, 0.0) * scale)


class LowPrecision(nn.Module):
    """Takes eight-bit floating-point numbers, and computes in float16."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 4).half()

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x.to(torch.float16))
