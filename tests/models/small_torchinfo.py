"""The cases that summaries are known to get wrong, each a module of one bench.

The names of this module and its classes show up in the summaries.
"""

from typing import Tuple

import torch
from torch import nn
from torch import Tensor
import torch.nn.functional as F
from torch.nn.utils import parametrizations
from torch.nn.utils import prune

import small_attention
import small_recurrent
from small_bench import Part


class BareConvolution(nn.Module):
    """Convolves with a parameter of its own, beside a child."""

    def __init__(self) -> None:
        super().__init__()
        self.k = nn.Parameter(torch.randn(8, 3, 3, 3))
        self.norm = nn.BatchNorm2d(8)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(F.conv2d(x, self.k, padding=1))


class Weighted(nn.Module):
    """Multiplies by a parameter `w` in one of three ways."""

    def __init__(self, how: str, *sizes: int) -> None:
        super().__init__()
        self.how = how
        self.w = nn.Parameter(torch.randn(*sizes))

    def forward(self, x: Tensor) -> Tensor:
        if self.how == "einsum":
            return torch.einsum("bij,jk->bik", x, self.w)
        if self.how == "bmm":
            return torch.bmm(x, self.w)
        return torch.matmul(x, self.w)


class ListedParameters(nn.Module):
    """Holds its matrices in a ParameterList."""

    def __init__(self) -> None:
        super().__init__()
        self.matrices = nn.ParameterList(torch.randn(8, 8) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        for matrix in self.matrices:
            x = x @ matrix
        return x


class TiedHead(nn.Module):
    """An embedding whose matrix is the head's, too."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(1000, 64)
        self.head = nn.Linear(64, 1000, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, tokens: Tensor) -> Tensor:
        return self.head(self.embedding(tokens))


class Repeated(nn.Module):
    """Calls one layer four times."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(10, 10)

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(4):
            x = self.linear(x)
        return x


class SharedActivation(nn.Module):
    """Three blocks in nested lists, each with the same activation."""

    def __init__(self) -> None:
        super().__init__()
        # Scripted by itself first, so that it stays one module.
        activation = torch.jit.script(nn.ReLU())
        self.blocks = nn.ModuleList(
            nn.ModuleList([nn.Linear(4, 4), activation, nn.Linear(4, 4)])
            for _ in range(3)
        )

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            for layer in block:
                x = layer(x)
        return x


class UnusedBranch(nn.Module):
    """Has an entry that nothing runs."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.branches = nn.ModuleDict({"unused": nn.Linear(4, 400)})

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x)


class Conv1D(nn.Module):
    """The linear layer of GPT-2, whose weight is transposed."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(8, 32))
        self.bias = nn.Parameter(torch.zeros(32))

    def forward(self, x: Tensor) -> Tensor:
        y = torch.addmm(self.bias, x.view(-1, 8), self.weight)
        return y.view(2, 16, 32)


class BesideChild(nn.Module):
    """Holds a parameter of 1000 beside a layer of two."""

    def __init__(self) -> None:
        super().__init__()
        self.offsets = nn.Parameter(torch.zeros(1000))
        self.linear = nn.Linear(1, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + self.offsets


class CalledByForward(nn.Module):
    """Runs a child by its method."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 6)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.first.forward(x))


class TwoOutputs(nn.Module):
    """Returns tensors of different widths."""

    def __init__(self) -> None:
        super().__init__()
        self.narrow = nn.Linear(4, 1000)
        self.wide = nn.Linear(4, 2000)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        return self.narrow(x), self.wide(x)


def _quantized() -> nn.Module:
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10)).eval()
    return torch.jit.script(
        torch.ao.quantization.quantize_dynamic(model, {nn.Linear}, dtype=torch.qint8)
    )


def _pruned() -> nn.Module:
    layer = nn.Linear(100, 100, bias=False)
    return prune.l1_unstructured(layer, "weight", amount=0.5)


def _chain() -> nn.Module:
    return nn.Sequential(nn.Linear(8, 32), nn.Linear(32, 8)).eval()


def parts() -> list[Part]:
    """The cases by their numbers, but for the tenth: its table is large."""
    conv = {"kernel_size": 3, "padding": 1}
    first = {"batch_first": True}
    return [
        Part("case01", "1x3x32x32", BareConvolution()),
        Part("case02_matmul", "2x128x64", small_attention.Products(64, 4, False)),
        Part("case02_fused", "2x128x64", small_attention.Products(64, 4, True)),
        Part(
            "case03",
            "2x128x64,2x128x64,2x128x64",
            torch.jit.script(small_attention.Multihead(64, **first).eval()),
        ),
        Part(
            "case04",
            "2x128x64",
            torch.jit.script(nn.TransformerEncoderLayer(64, 4, 256, **first).eval()),
        ),
        Part("case05", "5x10x3", nn.Linear(3, 8)),
        Part("case06", "3", nn.Linear(3, 8)),
        Part("case07", "3x32x32", nn.Conv2d(3, 8, **conv)),
        Part("case08", "1x3x32x32", nn.Conv2d(3, 8, **conv)),
        Part("case09", "8x64x32x32", nn.BatchNorm2d(64)),
        Part("case11", "1x64x16x16", nn.ConvTranspose2d(64, 32, 4, 2, 1)),
        # The table names no sizes for it: these give its figure.
        Part("case12_grouped", "1x64x28x28", nn.Conv2d(64, 56, 3, groups=4)),
        Part("case12_depthwise", "1x8x32x32", nn.Conv2d(8, 8, **conv, groups=8)),
        Part("case13_einsum", "2x32x32", Weighted("einsum", 32, 32)),
        Part("case13_bmm", "2x32x32", Weighted("bmm", 2, 32, 32)),
        Part("case13_matmul", "2x32x32", Weighted("matmul", 32, 32)),
        Part("case14", "2x8", ListedParameters()),
        Part("case15", "2x8:int64", TiedHead()),
        Part("case16_scripted", "2x10", torch.jit.script(Repeated())),
        Part("case16_traced", "2x10", Repeated()),
        Part("case17", "2x4", torch.jit.script(SharedActivation())),
        Part("case18", "1x4", UnusedBranch()),
        Part("case19", "10x3x32", nn.LSTM(32, 64)),
        Part("case20", "10x32", nn.LSTM(32, 64)),
        Part("case21", "3x32", nn.LSTMCell(32, 64)),
        Part("case22", "5x3x8", small_recurrent.Packed(nn.LSTM(8, 16))),
        Part("case23", "2x16x8", Conv1D()),
        Part(
            "case24_weight",
            "1x3x32x32",
            parametrizations.weight_norm(nn.Conv2d(3, 8, **conv)),
        ),
        Part(
            "case24_spectral",
            "4x16",
            parametrizations.spectral_norm(nn.Linear(16, 16)),
        ),
        Part("case25", "4x16", nn.utils.weight_norm(nn.Linear(16, 16))),
        Part("case26", "1x64", _quantized()),
        Part("case27_scripted", "1x8", torch.jit.script(_chain())),
        Part("case27_traced", "1x8", torch.jit.trace(_chain(), torch.zeros(1, 8))),
        Part("case28", "1x1", BesideChild()),
        Part("case29_scripted", "32x4", torch.jit.script(CalledByForward())),
        # A trace follows calls of modules alone: `first` is a part of its parent.
        Part("case29_traced", "32x4", CalledByForward()),
        Part("case30", "1x4", TwoOutputs()),
        Part("case31", "1x100", _pruned()),
    ]


def norms() -> list[Part]:
    """Weights that are computed from others each time."""
    old = nn.utils
    spectral = parametrizations.spectral_norm
    return [
        Part("weight_linear", "4x16", parametrizations.weight_norm(nn.Linear(16, 8))),
        Part(
            "weight_lstm",
            "5x3x8",
            parametrizations.weight_norm(nn.LSTM(8, 16), "weight_hh_l0"),
        ),
        Part("spectral_linear", "4x16", spectral(nn.Linear(16, 8))),
        Part("spectral_conv", "1x3x8x8", spectral(nn.Conv2d(3, 4, 3))),
        Part("old_weight_conv", "1x3x8x8", old.weight_norm(nn.Conv2d(3, 4, 3))),
        Part("old_spectral_linear", "4x16", old.spectral_norm(nn.Linear(16, 8))),
    ]
