"""Exported programs that are run: one for each thing that a run must know.

make_run.py saves them with their weights, and what PyTorch computes.
"""

import dataclasses
from typing import Any, Callable

import torch
from torch import Tensor, nn
from torch.export import Dim
from torch.nn import functional as F

import exported_cases
import small_llama


@dataclasses.dataclass(frozen=True)
class Case:
    """One program.

    Attributes:
      name: of the file, less ".pt2".
      holds: what it is for, a line of the README.
      model: makes the model.
      inputs: makes what forward is given when it is exported. Tensors of floats
        are then replaced by those that a run makes.
      kwargs: the same, by name.
      dynamic: its dynamic shapes.
      decompose: whether it is then decomposed.
      train: whether it is in training mode.
      twin: whether the same model is saved as TorchScript, too.
    """

    name: str
    holds: str
    model: Callable[[], nn.Module]
    inputs: Callable[[], tuple]
    kwargs: Callable[[], dict] = dict
    dynamic: Any = None
    decompose: bool = False
    train: bool = False
    twin: bool = False


class Lists(nn.Module):
    """Lists of tensors, given and got, with None in one."""

    def forward(self, x: Tensor, places: Tensor) -> tuple[Tensor, ...]:
        a, b, c = x.split([1, 2, 3], 0)
        joined = torch.cat([c, a.expand(3, -1), b.repeat(2, 1)[:3]], 1)
        picked = joined[:, places + 1]
        low, _, high = torch.stack(x.unbind(1)[:3]).unbind(0)
        values, where = x.topk(2, dim=1)
        rows, columns = torch.meshgrid(low, high, indexing="ij")
        return joined, picked, values, where, rows * columns, x.max(1).values


class Numbers(nn.Module):
    """Numbers in the place of tensors, which must not widen them."""

    def forward(self, x: Tensor, half: Tensor, whole: Tensor) -> tuple[Tensor, ...]:
        return (
            x * 2 + 1.5,
            half * 2.5,
            (whole + 3) * 0.5,
            1 / (x + 1),
            torch.where(x > 0.5, x, 0.0),
            x.masked_fill(x > 0.5, float("-inf")).exp(),
            x.clamp(max=0.25),
            whole + True,
            (x * (1 + 2j)).abs(),
            2.0 ** x,
        )


class Kinds(nn.Module):
    """Dtypes, layouts, memory formats, devices, texts and lists of reals."""

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        last = x.contiguous(memory_format=torch.channels_last)
        count = torch.arange(x.shape[1], dtype=torch.float64, device=x.device)
        made = torch.full((2, 3), 7, dtype=torch.int32, layout=torch.strided, device=x.device)
        return (
            F.gelu(last, approximate="tanh"),
            F.interpolate(x, scale_factor=2.0, mode="nearest"),
            torch.div(x, 0.3, rounding_mode="floor"),
            torch.einsum("bchw,bdhw->bcd", x, x),
            (x.to(torch.bfloat16) * 2).to(torch.float32),
            count + made.sum(),
            torch.zeros_like(x, dtype=torch.bool).logical_not(),
            F.pad(x, (1, 1), value=0.5),
            x.std(dim=[2, 3], correction=0),
        )


class Sizes(nn.Module):
    """What is computed with sizes."""

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        batch, length = x.shape
        half = length // 2
        return (
            x.reshape(batch * length),
            x[: batch - 1] * batch,
            x / length + (batch - 1) ** 2,
            torch.zeros(batch + 1, half + 2) + half,
            x.sum() * (length / 2) + (7 - length) % 5,
            torch.arange(torch.sym_max(length * 2, batch * 100)),
        )


class SizeInput(nn.Module):
    """A size is given, beside a number that never changes, None and a dict."""

    def forward(self, x: Tensor, times: int, scale: float, nothing: None,
                more: dict[str, Tensor]) -> Tensor:
        assert nothing is None
        return x.repeat(times, 1) * scale + more["one"].sum() - more["two"].mean()


class Data(nn.Module):
    """As many as the values say."""

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        count = (x > 0.5).sum().item()
        torch._check(count >= 0)
        torch._check(count <= 1000)
        return x[x > 0.5] * 2, torch.ones(count) * (count + 1), x.nonzero().float().mean(0)


class Nested(nn.Module):
    """A branch in a branch, with layers on both sides."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(8, 4)
        self.second = nn.Linear(8, 4)
        self.third = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        def inner(x: Tensor) -> Tensor:
            return torch.cond(x.mean() > 100, self.second, self.third, (x,))

        y = torch.cond(x.sum() < 0, self.first, inner, (x,))
        return y * 2 + x[:, :4]


class Counting(nn.Module):
    """Counts its calls in a buffer, in place."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("calls", torch.zeros(16))
        self.layer = nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        self.calls.add_(1)
        return self.layer(x) * self.calls


class Strided(nn.Module):
    """Weights that do not lie in order, and several in one memory."""

    def __init__(self) -> None:
        super().__init__()
        base = torch.randn(6, 8)
        self.turned = nn.Parameter(torch.randn(8, 5).t())
        self.register_buffer("late", base[2:, 1:5])
        self.register_buffer("early", base[:2])
        self.layer = nn.Linear(8, 8, bias=False)
        self.same = nn.Linear(8, 8, bias=False)
        self.same.weight = self.layer.weight

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        y = self.same(self.layer(x))
        return y @ self.turned.t(), y[:, :4] @ self.late.t(), self.early.sum(0) + y


class Stored(nn.Module):
    """Constants and buffers of several dtypes."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("whole", torch.arange(4))
        self.register_buffer("flags", torch.tensor([True, False, True, True]))
        self.register_buffer("wide", torch.randn(4, dtype=torch.float64))
        self.register_buffer("short", torch.randn(4).to(torch.bfloat16), persistent=False)
        self.register_buffer("pair", torch.randn(4, dtype=torch.complex64))

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        return (
            x * self.whole + torch.tensor([4.0, 3.0, 2.0, 1.0]),
            torch.where(self.flags, x, -x),
            x * self.wide,
            self.short.float() - x,
            (x * self.pair).real,
        )


class Cast(nn.Module):
    """A part runs in bfloat16."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = nn.Linear(16, 16)
        self.outside = nn.Linear(16, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y = self.inside(x)
        return y, self.outside(y.float())


class Recurrent(nn.Module):
    """Lists of weights."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(6, 5, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(10, 4, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        y, _ = self.lstm(x)
        return self.gru(y)[0]


def _llama() -> nn.Module:
    return small_llama.Llama(vocabulary=64, width=32, inner=48, layers=2, heads=4, groups=2)


def _norm() -> nn.Module:
    """Its statistics are not those that it begins with."""
    model = exported_cases.Cnn()
    model.norm.running_mean.uniform_(-1, 1)
    model.norm.running_var.uniform_(0.5, 2)
    return model


def _image() -> tuple:
    return (torch.rand(2, 3, 32, 32),)


CASES = [
    Case("cnn", "layers with weights", _norm, _image, twin=True),
    Case("cnn_decomposed", "the same in ATen's operators alone", _norm, _image, decompose=True),
    Case("cnn_train", "batch norm that learns its statistics",
         lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)), _image, train=True),
    Case("llama", "a small Llama, its rotary part without gradients", _llama,
         lambda: (torch.zeros(2, 10, dtype=torch.int64),), twin=True),
    Case("recurrent", "LSTM and GRU", Recurrent, lambda: (torch.rand(2, 7, 6),), twin=True),
    Case("lists", "lists of tensors, one with None, and several outputs", Lists,
         lambda: (torch.rand(6, 4), torch.zeros(3, dtype=torch.int64))),
    Case("numbers", "numbers in the place of tensors", Numbers,
         lambda: (torch.rand(3, 4), torch.rand(5).half(), torch.zeros(4, dtype=torch.int64))),
    Case("kinds", "dtypes, layouts, memory formats, texts, lists of reals", Kinds,
         lambda: (torch.rand(2, 3, 4, 5),)),
    Case("sizes", "arithmetic on open sizes", Sizes, lambda: (torch.rand(4, 9),),
         dynamic=({0: Dim("batch", min=3, max=50), 1: Dim("length", min=4, max=100)},)),
    Case("size_input", "a size, a number, None and a dict are given", SizeInput,
         lambda: (torch.rand(2, 3), 4, 0.5, None,
                  {"one": torch.rand(2), "two": torch.rand(3)}),
         dynamic=({}, Dim.DYNAMIC, None, None, {"one": {}, "two": {}})),
    Case("keywords", "inputs that are given by name", exported_cases.Odd,
         lambda: (torch.rand(2, 3, 16, 16),), kwargs=lambda: {"y": torch.rand(4, 5)}),
    Case("data", "sizes that values decide", Data, lambda: (torch.rand(5, 6),)),
    Case("branches", "a cond whose first branch runs", exported_cases.Branches,
         lambda: (torch.rand(2, 8),)),
    Case("nested", "a cond in a cond, the last branch of which runs", Nested,
         lambda: (torch.rand(2, 8),)),
    Case("loop", "a while_loop of three turns", exported_cases.Loop, lambda: (torch.rand(2, 8),)),
    Case("counting", "a buffer that changes in place", Counting, lambda: (torch.rand(3, 16),)),
    Case("strided", "weights with strides and offsets, and tied ones", Strided,
         lambda: (torch.rand(3, 8),)),
    Case("stored", "constants and buffers of several dtypes", Stored, lambda: (torch.rand(3, 4),)),
    Case("no_grad", "a part without gradients", exported_cases.NoGrad, lambda: (torch.rand(3, 8),)),
    Case("cast", "a part in bfloat16 (autocast)", Cast, lambda: (torch.rand(3, 16),)),
]
