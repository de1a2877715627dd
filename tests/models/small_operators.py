"""Small models for what modules compute. make_small.py saves them.

The names of this module and its classes show up in the summaries.
"""

from typing import Optional

import torch
from torch import nn
from torch import Tensor
import torch.nn.functional as F


class TokenClassifier(nn.Module):
    """Takes integers."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(100, 16)
        self.linear = nn.Linear(16, 4)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.linear(self.embedding(tokens))


class SmallConvNet(nn.Module):
    """Two convolutions with normalisation, and a classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 8, 3, stride=2)
        self.linear = nn.Linear(8, 4)

    def forward(self, image: Tensor) -> Tensor:
        x = F.relu(self.norm(self.conv1(image)))
        x = F.relu(self.conv2(x)).mean(dim=[2, 3])
        return self.linear(x)


class Regularized(nn.Module):
    """Behaves differently in train and eval mode; a run in train mode writes
    to the buffers of the normalisation."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)
        self.norm = nn.BatchNorm1d(8)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        return self.dropout(self.norm(self.linear(x)))


class RecurrentTagger(nn.Module):
    """A two-layer LSTM in both directions."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(
            16, 32, num_layers=2, bidirectional=True, batch_first=True
        )
        self.linear = nn.Linear(64, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(self.lstm(x)[0])


class SelfAttention(nn.Module):
    """Multi-head attention of a sequence to itself."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(64, 4, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.attention(x, x, x, need_weights=False)[0]


class ConvolutionKinds(nn.Module):
    """Transposed, grouped and depthwise convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(4, 6, kernel_size=2, stride=2)
        self.grouped = nn.Conv2d(6, 12, kernel_size=3, groups=3)
        self.depthwise = nn.Conv2d(12, 12, kernel_size=3, groups=12)

    def forward(self, x: Tensor) -> Tensor:
        return self.depthwise(self.grouped(self.up(x)))


class FunctionalOnly(nn.Module):
    """Convolution and matrix products by functions, with no child modules."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(4, 3, 3, 3))
        self.weight = nn.Parameter(torch.randn(8, 36))
        self.bias = nn.Parameter(torch.randn(8))

    def forward(self, image: Tensor) -> Tensor:
        x = F.conv2d(image, self.kernel)  # 2x4x6x6 of 2x3x8x8
        x = F.linear(x.flatten(2), self.weight, self.bias)  # 2x4x8
        scores = torch.einsum("bic,bjc->bij", x, x)  # 2x4x4
        # 2x1x4x4 by 4x8: the second operand is broadcast over the batch.
        y = torch.matmul(scores.unsqueeze(1), x[0]).squeeze(1)  # 2x4x8
        y = torch.baddbmm(y, scores, x)
        y = torch.bmm(y, self.weight[:, :8].expand(2, 8, 8))
        return torch.addmm(self.bias, y.flatten(0, 1), self.weight[:, :8])


class ComplexLinear(nn.Module):
    """A product with a matrix of complex numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 8, dtype=torch.complex64))

    def forward(self, x: Tensor) -> Tensor:
        return torch.matmul(x, self.weight.t())


def perceptron() -> nn.Module:
    """Two linear layers."""
    return nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4))


class PaddedEncoder(nn.Module):
    """An encoder of sequences of 5, 3, 7 and 1 tokens, or as a mask says."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)

    def forward(self, x: Tensor, mask: Optional[Tensor] = None) -> Tensor:
        if mask is None:
            lengths = torch.tensor([5, 3, 7, 1])
            mask = torch.arange(x.size(1)).unsqueeze(0) >= lengths.unsqueeze(1)
        return self.encoder(x, src_key_padding_mask=mask)


def encoder() -> nn.Module:
    """A transformer encoder of two layers."""
    layer = nn.TransformerEncoderLayer(64, 4, dim_feedforward=128, batch_first=True)
    return nn.TransformerEncoder(layer, num_layers=2)


def chain(layers: int, features: int = 8) -> nn.Module:
    """A Sequential of `layers` equal linear layers."""
    return nn.Sequential(*(nn.Linear(features, features) for _ in range(layers)))


class QuantizedConvolutions(nn.Module):
    """Made ready for static quantization."""

    def __init__(self) -> None:
        super().__init__()
        self.quantize = torch.ao.quantization.QuantStub()
        self.conv = nn.Conv2d(3, 8, 3)
        self.depthwise = nn.Conv2d(8, 8, 3, groups=8, bias=False)
        self.head = nn.Linear(8 * 4 * 4, 4)
        self.dequantize = torch.ao.quantization.DeQuantStub()

    def forward(self, x: Tensor) -> Tensor:
        x = self.depthwise(self.conv(self.quantize(x)))
        return self.dequantize(self.head(x.flatten(1)))


class Recurrent(nn.Module):
    """One LSTM."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(5, 7)

    def forward(self, x: Tensor) -> Tensor:
        return self.lstm(x)[0]
