"""Exported programs for what is hard in this form alone. make_exported.py saves them.

The names of this module and its classes show up in the summaries.
"""

import dataclasses
import zipfile
from typing import Any, Callable

import torch
from torch import nn
from torch import Tensor
from torch.export import Dim
from torch.export import export
from torch.export.pt2_archive import _package


@dataclasses.dataclass(frozen=True)
class Case:
    """One program.

    Attributes:
      name: of the file, less ".pt2".
      holds: what it is for, a line of the README.
      build: makes the program, or a function that writes a file.
    """

    name: str
    holds: str
    build: Callable[[], Any]


class Cnn(nn.Module):
    """Two convolutions with what stands around them, and a classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1)
        self.norm = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1, stride=2)
        self.drop = nn.Dropout(0.5)
        self.classify = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.norm(self.conv1(x)))
        x = torch.relu(self.conv2(x)).mean((2, 3))
        return self.classify(self.drop(x))


class Repeated(nn.Module):
    """One layer three times, between calls of another."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Sequential(nn.Linear(8, 8), nn.ReLU())
        self.out = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.mix(self.mix(x) + self.mix(x * 2)))


class Aliased(nn.Module):
    """One layer under two names, and a list of it."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(8, 8)
        self.second = self.first

    def forward(self, x: Tensor) -> Tensor:
        return self.second(torch.relu(self.first(x)))


class Tied(nn.Module):
    """An embedding whose table is the head's weight, too."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50, 8)
        self.head = nn.Linear(8, 50, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, tokens: Tensor) -> Tensor:
        return self.head(self.embedding(tokens))


class Held(nn.Module):
    """Frozen parameters, buffers of both kinds, constants, and unused modules."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.scale = nn.Parameter(torch.ones(4), requires_grad=False)
        self.register_buffer("kept", torch.ones(4))
        self.register_buffer("not_kept", torch.ones(4), persistent=False)
        self.unused = nn.Linear(4, 4)
        self.same = nn.Identity()
        self.layers = nn.ModuleList([nn.Linear(4, 4), nn.Dropout()])

    def forward(self, x: Tensor) -> Tensor:
        x = self.layer(x) * self.scale + self.kept + self.not_kept
        for layer in self.layers:
            x = layer(x)
        return self.same(x + torch.tensor([1.0, 2.0, 3.0, 4.0]))


class NoGrad(nn.Module):
    """Part of it runs without gradients, in a graph of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.noise = nn.Linear(8, 8)
        self.out = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            noise = torch.sin(self.noise(x))
        return self.out(x + noise)


class Branches(nn.Module):
    """A branch of one product, and one of two."""

    def __init__(self) -> None:
        super().__init__()
        self.cheap = nn.Linear(8, 16)
        self.dear = nn.Sequential(nn.Linear(8, 32), nn.Linear(32, 16))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cond(x.sum() > 0, self.cheap, self.dear, (x,))


class Loop(nn.Module):
    """A while loop whose body is a layer."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        def again(i: Tensor, x: Tensor) -> Tensor:
            return i < 3

        def step(i: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
            return i + 1, self.body(x)

        _, x = torch._higher_order_ops.while_loop(again, step, (torch.tensor(0), x))
        return x


class Attention(nn.Module):
    """Causal attention over a sequence, as language models have it."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(100, 16)
        self.qkv = nn.Linear(16, 48)
        self.out = nn.Linear(16, 16)

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embedding(tokens)
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, 2, 8).permute(2, 0, 3, 1, 4)
        y = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(y.transpose(1, 2).reshape(batch, length, 16))


class Odd(nn.Module):
    """Sizes that are no polynomials, and one that is twice a symbol."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2)
        self.layer = nn.Linear(5, 7)

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return self.conv(x), self.layer(y)


class Filtered(nn.Module):
    """As many rows as there are positive ones."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x[x[:, 0] > 0])


_IMAGE = torch.zeros(2, 3, 32, 32)
_TOKENS = torch.zeros(2, 12, dtype=torch.int64)


def _cnn(train: bool = False, **options):
    return export(Cnn().train(train), (_IMAGE,), **options)


def _on_meta():
    with torch.device("meta"):
        model = Tied().eval()
        return export(model, (torch.zeros(2, 12, dtype=torch.int64),))


def _with_signatures():
    model = Held().eval()
    names = tuple(name for name, _ in model.named_modules() if name)
    return export(model, (torch.zeros(2, 4),), preserve_module_call_signature=names)


def _several(path: str) -> None:
    programs = {
        "encoder": export(Repeated().eval(), (torch.zeros(3, 8),)),
        "decoder": export(Tied().eval(), (_TOKENS,)),
    }
    _package.package_pt2(path, exported_programs=programs)


def _older(path: str) -> None:
    """The members that torch.export.save wrote before the form of today."""
    torch.export.save(_cnn(), path + ".pt2")
    with zipfile.ZipFile(path + ".pt2") as new:
        (name,) = [n for n in new.namelist() if n.endswith("/models/model.json")]
        program = new.read(name)
    with zipfile.ZipFile(path, "w") as old:
        old.writestr("version", "8.8")
        old.writestr("serialized_exported_program.json", program)
        old.writestr("serialized_state_dict.pt", b"")
        old.writestr("serialized_constants.pt", b"")


def _compiled(path: str) -> None:
    """The names that a compiled package has; compiling takes a C++ compiler."""
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("compiled/archive_format", "pt2")
        package.writestr("compiled/archive_version", "0")
        package.writestr("compiled/data/aotinductor/model/abc.wrapper.so", b"\x7fELF")


CASES = [
    Case("cnn", "a small network, exported as a user would", _cnn),
    Case("cnn_train", "the same in training mode", lambda: _cnn(train=True)),
    Case("cnn_decomposed", "the same in ATen's operators alone", lambda: _cnn().run_decompositions()),
    Case("cnn_strict", "the same, traced by Dynamo", lambda: _cnn(strict=True)),
    Case("repeated", "a module called three times", lambda: export(Repeated().eval(), (torch.zeros(3, 8),))),
    Case("aliased", "a module at two paths", lambda: export(Aliased().eval(), (torch.zeros(3, 8),))),
    Case("aliased_strict", "the same in strict mode: both have one key", lambda: export(Aliased().eval(), (torch.zeros(3, 8),), strict=True)),
    Case("tied", "two modules with one weight", lambda: export(Tied().eval(), (_TOKENS,))),
    Case("tied_meta", "the same on the meta device, where that is lost", _on_meta),
    Case("held", "frozen parameters, buffers, a constant, modules that show no operator", lambda: export(Held().eval(), (torch.zeros(2, 4),))),
    Case("held_signatures", "the same with the calls' signatures preserved", _with_signatures),
    Case("no_grad", "a graph inside of another, without gradients", lambda: export(NoGrad().eval(), (torch.zeros(2, 8),))),
    Case("branches", "a cond", lambda: export(Branches().eval(), (torch.zeros(2, 8),))),
    Case("loop", "a while_loop", lambda: export(Loop().eval(), (torch.zeros(2, 8),))),
    Case("dynamic", "an open batch", lambda: _cnn(dynamic_shapes=({0: Dim("batch", min=2, max=64)},))),
    Case("dynamic_attention", "an open batch and an open length", lambda: export(Attention().eval(), (_TOKENS,), dynamic_shapes=({0: Dim("batch"), 1: Dim("length", max=512)},))),
    Case("dynamic_odd", "sizes that are no polynomials, and one of 2k", lambda: export(Odd().eval(), (_IMAGE, torch.zeros(4, 5)), dynamic_shapes=({2: Dim("height", min=8, max=640)}, {0: 2 * Dim("k")}))),
    Case("data_dependent", "a size that depends on values", lambda: export(Filtered().eval(), (torch.ones(6, 4),))),
    Case("several", "two programs in one archive", lambda: _several),
    Case("older", "the members of older archives", lambda: _older),
    Case("compiled", "the names of a compiled package", lambda: _compiled),
]
