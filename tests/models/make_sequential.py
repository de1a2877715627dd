"""Writes a scripted Sequential of N times Linear(8, 8), for benchmarks.

    make_sequential.py --layers N [--features F] OUT.pt

Its input size is 1x8; with --features, which makes it N times Linear(F, F), 1xF.
"""

import argparse
import sys

import torch

import small_operators


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, required=True, metavar="N")
    parser.add_argument("--features", type=int, default=8, metavar="F")
    parser.add_argument("output", metavar="OUT.pt")
    arguments = parser.parse_args(argv)
    torch.manual_seed(0)
    model = small_operators.chain(arguments.layers, arguments.features).eval()
    torch.jit.save(torch.jit.script(model), arguments.output)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
