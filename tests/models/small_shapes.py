"""Small models whose runs need more of shapes than their sizes: types, devices,
values. make_small.py saves them.

The names of this module and its classes show up in the summaries.
"""

from typing import List

import torch
from torch import nn
from torch import Tensor
from torch.ao import quantization
from torch.ao.nn import quantized
from torch.nn import functional as F


class Residual(nn.Module):
    """Made ready for static quantization: blocks that are added, joined, scaled."""

    def __init__(self) -> None:
        super().__init__()
        self.quantize = quantization.QuantStub()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(8)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(8)
        self.pool = nn.MaxPool2d(2)
        self.up = nn.Upsample(scale_factor=2.0)
        self.last = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(16, 4)
        self.gate = nn.Sigmoid()
        self.add = quantized.FloatFunctional()
        self.join = quantized.FloatFunctional()
        self.scale = quantized.FloatFunctional()
        self.dequantize = quantization.DeQuantStub()

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu1(self.norm1(self.conv1(self.quantize(x))))
        x = self.add.add_relu(x, self.norm2(self.conv2(x)))
        x = self.join.cat([x, self.up(self.pool(x))], 1)
        x = self.head(self.last(x).flatten(1))
        return self.dequantize(self.scale.mul(x, self.gate(x)))


def quantized_residual() -> nn.Module:
    """Residual, with its norms and activations fused, after quantization."""
    model = quantization.fuse_modules(
        Residual().eval(), [["conv1", "norm1", "relu1"], ["conv2", "norm2"]]
    )
    # Scales that no arithmetic makes are the same on each machine.
    fixed = quantization.FixedQParamsObserver.with_args(scale=0.0625, zero_point=0)
    model.qconfig = quantization.QConfig(
        activation=fixed.with_args(quant_min=0, quant_max=255, dtype=torch.quint8),
        weight=fixed.with_args(quant_min=-128, quant_max=127, dtype=torch.qint8),
    )
    return quantization.convert(quantization.prepare(model))


class Embeddings(nn.Module):
    """Made ready for quantization: an embedding, and bags of one."""

    def __init__(self) -> None:
        super().__init__()
        self.word = nn.Embedding(10, 12)
        self.bag = nn.EmbeddingBag(10, 12, mode="sum", include_last_offset=True)

    def forward(self, tokens: Tensor) -> List[Tensor]:
        tokens = tokens.flatten()
        return [self.word(tokens), self.bag(tokens, torch.tensor([0, 2, 4]))]


def quantized_embeddings() -> nn.Module:
    """Embeddings, of bytes with a scale for each row."""
    model = Embeddings().eval()
    model.qconfig = quantization.float_qparams_weight_only_qconfig
    return quantization.convert(quantization.prepare(model))


class HalfLayers(nn.Module):
    """Made ready for weights of half precision."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 6)
        self.lstm = nn.LSTM(6, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.lstm(self.linear(x))[0]


def half_layers() -> nn.Module:
    """HalfLayers with packed weights of half precision."""
    return quantization.quantize_dynamic(
        HalfLayers().eval(), {nn.Linear, nn.LSTM}, dtype=torch.float16
    )


class QuantizedFunctions(nn.Module):
    """Views, copies and functions of a quantized tensor; asks for its scale."""

    def forward(self, image: Tensor) -> List[Tensor]:
        x = torch.quantize_per_tensor(image, 0.1, 3, torch.quint8)
        channels = torch.quantize_per_channel(
            image, torch.ones(3), torch.zeros(3, dtype=torch.int64), 1, torch.qint8
        )
        rows = x.permute(0, 2, 3, 1).contiguous()[:, :4].unsqueeze(0).squeeze(0)
        rows = torch.cat([rows, torch.relu_(rows.clone())], 1)
        double = torch.ops.quantized.add(x, x, 2 * x.q_scale(), x.q_zero_point())
        outputs = [
            rows.transpose(1, 2).reshape(-1),
            torch.empty_like(rows),
            torch.topk(rows, 2)[0],
            rows.mean([1, 2]),
            double,
            F.pad(x, [1, 1, 1, 1]),
            F.interpolate(x, scale_factor=2.0, mode="bilinear"),
            channels,
        ]
        return [y.dequantize() for y in outputs] + [rows.int_repr(), rows == rows]


class Autocast(nn.Module):
    """Computes in half precision in a region, and not in one inside of it."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)
        self.norm = nn.LayerNorm(8)

    def forward(self, x: Tensor) -> List[Tensor]:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y = self.linear(x)
            normed = self.norm(y)
            with torch.autocast("cpu", enabled=False):
                single = self.linear(x)
            joined = torch.cat([y, x])
        return [y, normed, single, joined, self.linear(x)]


class ComplexFunctions(nn.Module):
    """A product in the frequency domain, and the parts of its numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(5, dtype=torch.complex64))

    def forward(self, x: Tensor) -> List[Tensor]:
        y = torch.fft.rfft(x) * self.weight
        pairs = torch.view_as_real(y.conj().resolve_conj())
        return [
            torch.fft.irfft(torch.view_as_complex(pairs)),
            y.abs(),
            y.angle(),
            y.real + y.imag,
            torch.complex(x, x),
            torch.stft(x.flatten(), 4, return_complex=True),
        ]


class Factories(nn.Module):
    """Makes tensors on a device that it names, changes them in place, views them."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)
        self.register_buffer("order", torch.tensor([1, 0]))

    def forward(self, x: Tensor) -> List[Tensor]:
        y = torch.zeros(x.shape, device="cpu")
        y.add_(x).mul_(torch.arange(x.size(1), device=torch.device("cpu")))
        y[:, 0] = 0.0
        y[self.order] = x
        y.masked_fill_(y > 0, 0.0).relu_()
        y += torch.eye(8, device=x.device)[0]
        turned = x.clone()
        turned.view(-1)[::2].add_(1.0)
        turned.t_().unsqueeze_(0)
        return [
            self.linear(y),
            turned,
            x.new_zeros((2, 3)),
            torch.rand_like(x),
            torch.full((2,), 1.5),
            torch.randperm(4),
            x.as_strided([4, 4], [4, 1]),
            x.unfold(1, 2, 2),
            x.expand(3, 2, 8),
            x[self.order],
            x.diagonal(),
            x.to("cpu").to(torch.float64),
        ]


class ToList(nn.Module):
    """Takes a size out of a buffer, number by number."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)
        self.register_buffer("sizes", torch.tensor([2, 3, 4]))

    def forward(self, x: Tensor) -> Tensor:
        sizes: List[int] = self.sizes.tolist()
        return self.linear(x).new_zeros(sizes)


class ListOfValues(nn.Module):
    """Takes what a layer gives back, number by number."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        values: List[List[float]] = self.linear(x).tolist()
        return torch.tensor(values)
