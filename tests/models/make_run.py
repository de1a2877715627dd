"""Writes exported programs with weights to run/, and what they compute.

    make_run.py [--only a,b] [--out DIR]

Beside each program of run_cases.py stand, in a .tsv of its name, the outputs of the
model itself in eager PyTorch, for the inputs that a run of Strata makes: floats
of torch.rand by a generator with the seed 0, one input after the other; else
zeros. `twin` models are saved as TorchScript, too.
"""

import argparse
import os
import sys
import tempfile
import warnings

import torch
from torch.utils import _pytree as pytree

import repeatable
import run_cases
import thin
import thin_exported

_HERE = os.path.dirname(os.path.abspath(__file__))
_MOST_VALUES = 6

_README = """# Exported programs that are run

Written by `../make_run.py`, with their weights; so is this page. Files `.tsv`
have what eager PyTorch computes: of each output its shape, dtype, sum, sum of
magnitudes, and first values. Files `.pt` are the same models as TorchScript.

| file | what it holds |
| --- | --- |
"""


def _made(value, generator: torch.Generator):
    """An input as a run makes it."""
    if not isinstance(value, torch.Tensor):
        return value
    if not value.is_floating_point():
        return torch.zeros_like(value)
    return torch.rand(value.shape, generator=generator, dtype=value.dtype)


def _numbers(output: torch.Tensor) -> list[float]:
    if output.is_complex():
        output = torch.view_as_real(output)
    return output.detach().to(torch.float64).flatten().tolist()


def _rows(case: run_cases.Case, outputs) -> list[str]:
    rows = []
    for place, output in enumerate(pytree.tree_leaves(outputs)):
        numbers = _numbers(output)
        values = [sum(numbers), sum(abs(n) for n in numbers), *numbers[:_MOST_VALUES]]
        shape = "x".join(map(str, output.shape)) or "()"
        dtype = str(output.dtype).removeprefix("torch.")
        rows.append("\t".join([case.name, str(place), shape, dtype,
                               *(f"{value:.9g}" for value in values)]))
    return rows


def _write(case: run_cases.Case, out: str) -> None:
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    model = case.model().train(case.train)
    generator = torch.Generator().manual_seed(0)
    inputs, kwargs = pytree.tree_map(lambda v: _made(v, generator), (case.inputs(), case.kwargs()))
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, case.name + ".pt2")
        program = torch.export.export(model, inputs, kwargs=kwargs, dynamic_shapes=case.dynamic)
        if case.decompose:
            program = program.run_decompositions()
        torch.export.save(program, path)
        thin_exported.thin(path, os.path.join(out, case.name + ".pt2"), keep_weights=True)
        if case.twin:
            path = os.path.join(scratch, case.name + ".pt")
            traced = torch.jit.trace(model, inputs, check_trace=False)
            torch.jit.save(traced, path)
            thin.thin(path, os.path.join(out, case.name + ".pt"), keep_weights=True)
    # Last: it may change the model.
    with torch.no_grad():
        outputs = model(*inputs, **kwargs)
    with open(os.path.join(out, case.name + ".tsv"), "w", encoding="utf-8") as file:
        file.write("\n".join(_rows(case, outputs)) + "\n")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="names of files without .pt2: a,b")
    parser.add_argument("--out", default=os.path.join(_HERE, "run"))
    arguments = parser.parse_args(argv)
    os.makedirs(arguments.out, exist_ok=True)
    failed = repeatable.run_each(
        [(case.name, _write, case, arguments.out) for case in run_cases.CASES], arguments.only)
    with open(os.path.join(arguments.out, "README.md"), "w", encoding="utf-8") as file:
        file.write(_README)
        for case in run_cases.CASES:
            file.write(f"| {case.name}.pt2 | {case.holds} |\n")
    return 1 if failed else 0


if __name__ == "__main__":
    repeatable.fix_set_order()
    sys.exit(main(sys.argv[1:]))
