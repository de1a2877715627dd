"""Adds exact multiply-accumulates to torchvision_reference.csv.

    make_reference.py [--source PUBLISHED.csv] [--check]

torchvision publishes GFLOPS with three decimals; a test wants the integer that
was rounded. Each row's model runs once on the meta device (shapes, no values)
under torch.utils.flop_counter, which counts two per multiply-accumulate.

--source takes the published columns from another table: one row for each
(model, input size) is kept. --check changes nothing. Exits with 1 where a
number does not round to the published one.
"""

import argparse
import csv
import dataclasses
import sys

import torch
from torch.nn import attention
from torch.utils import flop_counter

import catalog

_COLUMNS = [
    "model",
    "weights",
    "num_params",
    "gflops",
    "input_size",
    "macs_flop_counter",
]


def count_macs(row: catalog.Row) -> int:
    """Returns the multiply-accumulates of one run of a row's model."""
    # The counter has no rule for the fused operators that attention would
    # otherwise run as: it would count them as nothing.
    torch.backends.mha.set_fastpath_enabled(False)
    # regnet's constructor reads values of tensors, which meta does not have.
    builds_on_meta = not row.model.startswith("regnet_")
    with torch.device("meta" if builds_on_meta else "cpu"):
        model = catalog.build(row)
    model.to("meta")
    image = torch.empty(row.shape, device="meta")
    counter = flop_counter.FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        with attention.sdpa_kernel(attention.SDPBackend.MATH):
            model(image)
    flops = counter.get_total_flops()
    assert flops % 2 == 0, f"{row.model}: {flops} is odd"
    return flops // 2


def matches_published(row: catalog.Row) -> bool:
    """Says whether a row's exact number rounds to the published one."""
    return f"{row.macs / 1e9:.3f}" == f"{row.gflops:.3f}"


def _write_rows(rows: list[catalog.Row], path: str) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for row in rows:
            writer.writerow(dataclasses.astuple(row))


def _parse_arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", default=catalog.REFERENCE_PATH)
    parser.add_argument("--check", action="store_true")
    return parser.parse_args(argv)


def main(argv: list[str]) -> int:
    arguments = _parse_arguments(argv)
    rows = []
    wrong = 0
    for row in catalog.read_rows(arguments.source):
        measured = dataclasses.replace(row, macs=count_macs(row))
        rows.append(measured)
        if not matches_published(measured) or row.macs not in (None, measured.macs):
            wrong += 1
            print(
                f"{row.model} {row.input_size}: measured {measured.macs},"
                f" recorded {row.macs}, published {row.gflops} GFLOPS",
                flush=True,
            )
    if not arguments.check:
        _write_rows(rows, catalog.REFERENCE_PATH)
    print(f"{len(rows)} rows, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
