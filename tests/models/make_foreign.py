"""Writes a model that calls somebody else's operators, into foreign/.

    make_foreign.py

`strata_test` stands for the library of a third party (torchvision::nms and the
like). Only its signatures are needed here; the operators themselves are in
plugins/sources/torchscript/test_operators.cc, loaded with --op_library. Its
input size is 2x8.
"""

import os
import sys
import tempfile

import torch

import repeatable
import thin

_OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "foreign")


def _define_operators() -> None:
    for signature in (
        "halve(Tensor x) -> Tensor",
        "double(Tensor x) -> Tensor",
        "project(Tensor x, Tensor w) -> Tensor",
        "spin(Tensor x, int us) -> Tensor",
    ):
        torch.library.define("strata_test::" + signature.split("(")[0],
                             signature[signature.index("("):])


class Halver(torch.nn.Module):
    """Has a kernel for shapes, and a product inside of an operator."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(8, 4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.ops.strata_test.project(torch.ops.strata_test.halve(x), self.weight)


class Doubler(torch.nn.Module):
    """Only the CPU knows what its operator does."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.ops.strata_test.double(x)


class Both(torch.nn.Module):
    """A Halver, and a Doubler after it."""

    def __init__(self):
        super().__init__()
        self.halver = Halver()
        self.doubler = Doubler()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.doubler(self.halver(x))


class Spin(torch.nn.Module):
    """Takes a known time."""

    def __init__(self, us: int):
        super().__init__()
        self.us = us

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.ops.strata_test.spin(x, self.us)


class Twice(torch.nn.Module):
    """A module that is called twice, around a time of its own."""

    def __init__(self):
        super().__init__()
        self.inner = Spin(1000)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.ops.strata_test.spin(self.inner(self.inner(x)), 500)


class Clock(torch.nn.Module):
    """2 ms, 4 ms, 2.5 ms and, in its own code, 1 ms."""

    def __init__(self):
        super().__init__()
        self.two = Spin(2000)
        self.four = Spin(4000)
        self.twice = Twice()
        self.never = Spin(1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.ops.strata_test.spin(self.twice(self.four(self.two(x))), 1000)


class Sometimes(torch.nn.Module):
    """A module that only every second run calls, or so."""

    def __init__(self):
        super().__init__()
        self.always = Spin(100)
        self.sometimes = Spin(100)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.always(x)
        if bool(torch.rand(1) < 0.5):
            x = self.sometimes(x)
        return x


class Hungry(torch.nn.Module):
    """Asks for more memory than there are addresses."""

    def __init__(self):
        super().__init__()
        self.layer = Greedy()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x)


class Greedy(torch.nn.Module):
    """2^46 floats: 256 TiB."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.zeros(1 << 46) + x.sum()


def _write(name: str, model: torch.nn.Module) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        whole = os.path.join(scratch, name)
        torch.jit.save(torch.jit.script(model.eval()), whole)
        thin.thin(whole, os.path.join(_OUT, name))


def main() -> int:
    os.makedirs(_OUT, exist_ok=True)
    _define_operators()
    for name, model in (
        ("halver.pt", Halver()),
        ("both.pt", Both()),
        ("clock.pt", Clock()),
        ("sometimes.pt", Sometimes()),
        ("hungry.pt", Hungry()),
    ):
        if not repeatable.run_apart(_write, name, model):
            return 1
    return 0


if __name__ == "__main__":
    repeatable.fix_set_order()
    sys.exit(main())
