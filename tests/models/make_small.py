"""Writes the models of small_structures.py and small_operators.py to small/.

    make_small.py [--only a,b] [--out DIR]

Each file is read back and run with its input size before it counts as made.
small/README.md, the list of them, is written from the same table. Weights are
random and kept where they are few, and zeros otherwise.
"""

import argparse
import os
import re
import sys
import tempfile
import warnings

import torch

import repeatable
import small_bench
import small_case
import small_cases
import thin

_HERE = os.path.dirname(os.path.abspath(__file__))

_README = """# Small models

Written by `../make_small.py`; so is this page. Made for tests end to end and
for bad input. Everything is scripted and in eval mode unless it says otherwise.

| file | what it holds | input size |
| --- | --- | --- |
"""

# How torch (2.13) writes a byte of 128 and up in a name: an octal escape of a
# signed number, whose digits then lie below "0". It cannot read that back.
_BAD_ESCAPE = re.compile(rb"\\([./0])([()*+,\-./0])([()*+,\-./0])")


def _mend_escape(match: re.Match) -> bytes:
    """Writes the escape of one byte as it should have been."""
    digits = [ord("0") - ord(digit) for digit in match.groups()]
    byte = 256 - (64 * digits[0] + 8 * digits[1] + digits[2])
    return b"\\%03o" % byte


def _mend_names(name: str, content: bytes) -> bytes:
    """Makes the code of a model readable whose names are not all ASCII."""
    if "/code/" in name:
        return _BAD_ESCAPE.sub(_mend_escape, content)
    return content


def _run(path: str, input_size: str) -> str:
    """Runs a saved model; returns the last line of its error, "" for none."""
    with torch.no_grad():
        try:
            torch.jit.load(path)(*small_bench.make_inputs(input_size))
        except (RuntimeError, torch.jit.Error) as error:
            return str(error).strip().splitlines()[-1]
    return ""


def _write(case: small_case.Case, out: str) -> None:
    """Writes the file of one case and runs it; exits with 1 if that fails."""
    torch.manual_seed(0)
    # Deprecations and missed fast paths, which are what some cases are for.
    warnings.simplefilter("ignore")
    path = os.path.join(out, case.name + ".pt")
    with tempfile.TemporaryDirectory() as scratch:
        full_path = os.path.join(scratch, case.name + ".pt")
        torch.jit.save(case.build(), full_path)
        thin.thin(full_path, path, case.keep_weights, _mend_names)
    error = _run(path, case.input_size) if case.runs else ""
    modules = small_case.list_modules(torch.jit.load(path))
    if small_case.python_modules not in ([], modules):
        error += " (its modules are others than Python's)"
    print(f"{case.name}.pt: {os.path.getsize(path)} bytes {error}", flush=True)
    if case.error not in error or bool(case.error) != bool(error):
        sys.exit(1)


def _write_readme(out: str) -> None:
    with open(os.path.join(out, "README.md"), "w", encoding="utf-8") as file:
        file.write(_README)
        for case in small_cases.CASES:
            size = f"`{case.input_size}`" if case.runs else "none"
            file.write(f"| {case.name}.pt | {case.holds} | {size} |\n")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="names of files without .pt: a,b")
    parser.add_argument("--out", default=os.path.join(_HERE, "small"))
    arguments = parser.parse_args(argv)
    os.makedirs(arguments.out, exist_ok=True)
    work = [(case.name, _write, case, arguments.out) for case in small_cases.CASES]
    failed = repeatable.run_each(work, arguments.only)
    _write_readme(arguments.out)
    return 1 if failed else 0


if __name__ == "__main__":
    repeatable.fix_set_order()
    sys.exit(main(sys.argv[1:]))
