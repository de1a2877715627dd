"""Writes torchvision's classifiers as TorchScript files.

    make_torchvision.py --out DIR [--models a,b@384] [--thin] [--how script,trace]

Writes DIR/<model>.scripted.pt and DIR/<model>.traced.pt for each row of
torchvision_reference.csv (with @<size> after the model's name where the
weights are for larger images), and prints a line for each file or failure.
Weights are random; --thin leaves zeros in their place, in files small enough
to commit (see thin.py).
"""

import argparse
import os
import sys
import tempfile

import torch

import catalog
import repeatable
import thin

_SUFFIXES = {"script": "scripted", "trace": "traced"}


def _convert(model: torch.nn.Module, shape: list[int], how: str):
    """Makes a TorchScript module of `model` by scripting or by tracing it."""
    if how == "script":
        return torch.jit.script(model)
    # The check would run each model three times, to no use: torchvision's
    # classifiers do the same whatever the image.
    return torch.jit.trace(model, torch.zeros(shape), check_trace=False)


def _save(module: torch.jit.ScriptModule, path: str, thinned: bool) -> None:
    """Writes a module, through a folder beside `path` where it gets thinned."""
    if not thinned:
        torch.jit.save(module, path)
        return
    folder, name = os.path.split(path)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        # The same file name: torch makes it the root folder of the archive.
        full_path = os.path.join(scratch, name)
        torch.jit.save(module, full_path)
        thin.thin(full_path, path)


def _write(row: catalog.Row, how: str, out: str, thinned: bool) -> None:
    """Writes one file and prints what came of it; exits with 1 if it failed."""
    name = f"{row.file_stem}.{_SUFFIXES[how]}.pt"
    path = os.path.join(out, name)
    torch.manual_seed(0)
    try:
        with torch.no_grad():
            module = _convert(catalog.build(row), row.shape, how)
            _save(module, path, thinned)
    except Exception as error:  # pylint: disable=broad-except
        lines = str(error).strip().splitlines() or [""]
        print(f"{name}: failed: {type(error).__name__}: {lines[0]}", flush=True)
        sys.exit(1)
    print(f"{name}: {os.path.getsize(path)} bytes", flush=True)


def _parse_arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.add_argument("--models", help="a,b@384; all of the table without it")
    parser.add_argument("--how", default="script,trace", help="script,trace")
    parser.add_argument("--thin", action="store_true", help="without weights")
    arguments = parser.parse_args(argv)
    arguments.how = arguments.how.split(",")
    unknown = set(arguments.how) - set(_SUFFIXES)
    if unknown:
        parser.error(f"--how: {sorted(unknown)} is not one of script, trace")
    return arguments


def _choose(rows: list[catalog.Row], models: str | None) -> list[catalog.Row]:
    """Returns the rows of the named files' stems, or all where none is named."""
    if models is None:
        return rows
    names = models.split(",")
    unknown = set(names) - {row.file_stem for row in rows}
    if unknown:
        raise SystemExit(f"--models: not in the table: {sorted(unknown)}")
    return [row for row in rows if row.file_stem in names]


def main(argv: list[str]) -> int:
    arguments = _parse_arguments(argv)
    rows = _choose(catalog.read_rows(), arguments.models)
    os.makedirs(arguments.out, exist_ok=True)
    catalog.load_torchvision()  # Once, before the processes fork off.
    failures = 0
    for row in rows:
        for how in arguments.how:
            if not repeatable.run_apart(
                _write, row, how, arguments.out, arguments.thin
            ):
                failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    repeatable.fix_set_order()
    sys.exit(main(sys.argv[1:]))
