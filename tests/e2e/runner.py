"""Runs the program for the tests, and finds their files."""

import csv
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

# Tests run at the root of the runfiles, where paths are the repository's.
ROOT = pathlib.Path.cwd()
STRATA = ROOT / "tools" / "strata"
SMALL = ROOT / "tests" / "models" / "small"
INPUTS = ROOT / "tests" / "models" / "inputs"
TORCHVISION = ROOT / "tests" / "models" / "torchvision"
MODULES = ROOT / "tests" / "models" / "modules.json"
REFERENCE = ROOT / "tests" / "models" / "torchvision_reference.csv"
LENET = ROOT / "examples" / "models" / "lenet.pt"


class Result:
    """What one run of the program gave."""

    def __init__(self, process):
        self.status = process.returncode
        self.out = process.stdout.decode()
        # Under --config=asan a refused allocation is told, too.
        self.err = re.sub(r"==\d+==WARNING: AddressSanitizer.*\n", "", process.stderr.decode())


def run(*arguments, env=None, cwd=None, program=None, stdout=None, stdin=None):
    """Runs `strata ARGUMENTS...` in a UTF-8 locale; `env` adds and removes, `stdin` is bytes."""
    environment = dict(os.environ, LANG="C.UTF-8", LC_ALL="C.UTF-8")
    environment.pop("BUILD_WORKING_DIRECTORY", None)
    for name, value in (env or {}).items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    process = subprocess.run(
        [str(program or STRATA), *map(str, arguments)],
        **({"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}),
        stdout=stdout or subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=cwd,
        timeout=600,
        check=False,
    )
    if process.stdout is None:
        process.stdout = b""
    return Result(process)


def summary(*arguments, **options):
    """The JSON summary of a run that must succeed."""
    result = run(*arguments, "--format=json", **options)
    if result.status != 0:
        raise AssertionError(f"strata {arguments} gave {result.status}: {result.err}")
    return json.loads(result.out)


def layer(document, path):
    """The layer at `path` of a summary."""
    for candidate in document["layers"]:
        if candidate["path"] == path:
            return candidate
    raise AssertionError(f"no layer '{path}'")


def values(document, column, part="total"):
    """A metric's values by the paths of the layers that have one."""
    return {
        layer["path"]: layer["metrics"][column][part]
        for layer in document["layers"]
        if part in layer["metrics"].get(column, {})
    }


def small_summary(name, *options):
    """The JSON summary of a small model, run with its own input size."""
    sizes = {file.stem: size for file, size in small_models()}
    return summary(SMALL / f"{name}.pt", f"--input_size={sizes[name]}", *options)


def small_models():
    """Each small model that runs to an end or an error, with its input size."""
    cases = []
    for line in (SMALL / "README.md").read_text().splitlines():
        cells = [cell.strip().strip("`") for cell in line.split("|")]
        if len(cells) == 5 and cells[1].endswith(".pt") and cells[3] != "none":
            cases.append((SMALL / cells[1], cells[3]))
    return cases


def reference_rows():
    """The published figures, by model and input size."""
    with open(REFERENCE, newline="") as stream:
        return {(row["model"], row["input_size"]): row for row in csv.DictReader(stream)}


class TempFolderTest(unittest.TestCase):
    """A test with an empty folder of its own, `self.folder`."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
