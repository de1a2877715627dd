"""Writes repr/: what print(model) prints, for tests/e2e/repr_test.py.

    make_repr.py

repr/<model>.txt for each of torchvision's models that are committed, and
repr/layers.txt for a model of PyTorch's own layers with many settings, which
repr/layers.pt has as TorchScript and repr/traced.pt as a trace.
"""

import os
import sys
import tempfile

import torch
from torch import nn

import catalog
import repeatable
import thin

_HERE = os.path.dirname(os.path.abspath(__file__))
_OUT = os.path.join(_HERE, "repr")


def _layers() -> list[nn.Module]:
    """PyTorch's own layers that can be scripted, with settings and without."""
    return [
        nn.Conv1d(4, 8, 3),
        nn.Conv2d(4, 8, 3, padding=1, stride=2, dilation=3, groups=2, bias=False, padding_mode="reflect"),
        nn.Conv2d(4, 8, (3, 5), padding="same"),
        nn.Conv3d(4, 8, 3, padding=(0, 1, 0)),
        nn.ConvTranspose1d(4, 8, 3),
        nn.ConvTranspose2d(4, 8, 3, stride=2, padding=1, output_padding=1, groups=4),
        nn.ConvTranspose3d(4, 8, 3, bias=False),
        nn.Linear(3, 4),
        nn.Linear(3, 4, bias=False),
        nn.Bilinear(2, 3, 4),
        nn.Bilinear(2, 3, 4, bias=False),
        nn.Identity(),
        nn.BatchNorm1d(5),
        nn.BatchNorm2d(5, eps=1e-3, momentum=None),
        nn.BatchNorm2d(5, momentum=1.0 - 0.9997),
        nn.BatchNorm3d(5, affine=False, track_running_stats=False),
        nn.InstanceNorm1d(5),
        nn.InstanceNorm2d(5, affine=True),
        nn.InstanceNorm3d(5, track_running_stats=True),
        nn.LayerNorm(7),
        nn.LayerNorm([7, 8], eps=1e-6, elementwise_affine=False),
        nn.LayerNorm(7, bias=False),
        nn.GroupNorm(2, 6),
        nn.GroupNorm(2, 6, affine=False),
        nn.RMSNorm(7),
        nn.RMSNorm([7, 8], eps=1e-5),
        nn.LocalResponseNorm(2),
        nn.LocalResponseNorm(2, alpha=0.5, beta=0.25, k=2.0),
        nn.ReLU(),
        nn.ReLU(inplace=True),
        nn.ReLU6(inplace=True),
        nn.SiLU(),
        nn.SiLU(inplace=True),
        nn.Mish(),
        nn.SELU(inplace=True),
        nn.Threshold(0.5, 20.0),
        nn.Threshold(0.5, 20.0, inplace=True),
        nn.RReLU(0.25, 0.75),
        nn.Hardtanh(),
        nn.Hardtanh(-2.0, 2.0, inplace=True),
        nn.ELU(),
        nn.ELU(0.5, inplace=True),
        nn.CELU(2.0),
        nn.LeakyReLU(),
        nn.LeakyReLU(0.2, inplace=True),
        nn.GLU(),
        nn.GELU(),
        nn.GELU(approximate="tanh"),
        nn.Hardshrink(),
        nn.Softshrink(0.25),
        nn.Softplus(),
        nn.Softplus(2, 10),
        nn.PReLU(),
        nn.PReLU(3),
        nn.Softmin(dim=1),
        nn.Softmax(dim=-1),
        nn.LogSoftmax(dim=1),
        nn.Sigmoid(),
        nn.Tanh(),
        nn.Hardswish(inplace=True),
        nn.Hardsigmoid(),
        nn.LogSigmoid(),
        nn.Softsign(),
        nn.Tanhshrink(),
        nn.MaxPool1d(2),
        nn.MaxPool2d(3, stride=2, padding=1),
        nn.MaxPool2d((3, 2), stride=(2, 1), dilation=2, ceil_mode=True),
        nn.MaxPool3d(2),
        nn.AvgPool1d(2),
        nn.AvgPool2d(3, stride=2, padding=1),
        nn.AvgPool3d((2, 3, 4)),
        nn.LPPool1d(2.0, 3),
        nn.LPPool2d(1.5, 3, stride=2, ceil_mode=True),
        nn.AdaptiveMaxPool1d(5),
        nn.AdaptiveMaxPool2d((5, 6)),
        nn.AdaptiveAvgPool1d(5),
        nn.AdaptiveAvgPool2d((1, 1)),
        nn.AdaptiveAvgPool2d(1),
        nn.AdaptiveAvgPool3d((3, 2, 1)),
        nn.Dropout(),
        nn.Dropout(0.25, inplace=True),
        nn.Dropout2d(0.1),
        nn.AlphaDropout(0.2),
        nn.Flatten(),
        nn.Flatten(0, 2),
        nn.Unflatten(1, (2, 3)),
        nn.Fold((4, 5), (2, 2)),
        nn.Unfold(2),
        nn.Unfold((2, 3), dilation=1, padding=2, stride=(2, 1)),
        nn.ChannelShuffle(2),
        nn.PixelShuffle(3),
        nn.PixelUnshuffle(3),
        nn.ConstantPad1d(2, 3.5),
        nn.ConstantPad2d((1, 2, 3, 4), 0.5),
        nn.ReflectionPad1d(2),
        nn.ReflectionPad2d((1, 2, 3, 4)),
        nn.ReplicationPad2d(1),
        nn.ZeroPad2d(1),
        nn.CircularPad2d(1),
        nn.Upsample(scale_factor=2),
        nn.Upsample(size=(4, 5), mode="bilinear"),
        nn.UpsamplingNearest2d(scale_factor=2),
        nn.LSTM(3, 4),
        nn.LSTM(3, 4, num_layers=2, bias=False, batch_first=True, dropout=0.5, bidirectional=True, proj_size=2),
        nn.GRU(3, 4, num_layers=2),
        nn.RNN(3, 4, bidirectional=True),
        nn.LSTMCell(3, 4),
        nn.GRUCell(3, 4, bias=False),
        nn.RNNCell(3, 4),
        nn.RNNCell(3, 4, nonlinearity="relu"),
        nn.Embedding(10, 3),
        nn.Embedding(10, 3, padding_idx=0, max_norm=1.5, norm_type=1.0, scale_grad_by_freq=True, sparse=True),
        nn.EmbeddingBag(10, 3),
        nn.EmbeddingBag(10, 3, mode="sum", max_norm=2.0),
        nn.MultiheadAttention(8, 2),
        nn.TransformerEncoderLayer(8, 2, dim_feedforward=16),
        nn.CosineSimilarity(),
        nn.PairwiseDistance(),
        nn.Sequential(),
        nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)),
    ]


class Lists(nn.Module):
    """Lists whose items print the same, in a row or not."""

    def __init__(self):
        super().__init__()
        block = lambda width: nn.Sequential(nn.Linear(2, width), nn.ReLU())
        self.alike = nn.ModuleList([block(2) for _ in range(12)])
        self.mixed = nn.ModuleList([block(2), block(2), block(3), block(2), block(2), nn.ReLU()])
        self.one = nn.ModuleList([nn.ReLU()])
        self.none = nn.ModuleList([])
        self.nested = nn.ModuleList([nn.ModuleList([nn.ReLU(), nn.ReLU()]) for _ in range(2)])
        self.named = nn.ModuleDict({"a": nn.ReLU(), "b": nn.ReLU()})

    def forward(self, x):
        """Takes each list once: torch.jit knows them only unrolled."""
        for item in self.alike:
            x = item(x)
        return x


class Everything(nn.Module):
    """Holds the layers, and calls none: a file has them all the same."""

    def __init__(self):
        super().__init__()
        for i, layer in enumerate(_layers()):
            self.add_module(f"{type(layer).__name__.lower()}_{i}", layer)
        self.lists = Lists()

    def forward(self, x):
        """Gives x."""
        return x


def _save(module: torch.jit.ScriptModule, name: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        full_path = os.path.join(scratch, name)
        torch.jit.save(module, full_path)
        thin.thin(full_path, os.path.join(_OUT, name))


def _write_text(name: str, model: nn.Module) -> None:
    with open(os.path.join(_OUT, name + ".txt"), "w", encoding="utf-8") as stream:
        stream.write(f"{model}\n")


def main() -> int:
    os.makedirs(_OUT, exist_ok=True)
    rows = {row.file_stem: row for row in catalog.read_rows()}
    for file in sorted(os.listdir(os.path.join(_HERE, "torchvision"))):
        if file.endswith(".scripted.pt"):
            stem = file.split(".")[0]
            _write_text(stem, catalog.build(rows[stem]))
    everything = Everything().eval()
    _write_text("layers", everything)
    _save(torch.jit.script(everything), "layers.pt")
    _save(torch.jit.trace(everything, torch.zeros(2, 2)), "traced.pt")
    return 0


if __name__ == "__main__":
    repeatable.fix_set_order()
    sys.exit(main())
