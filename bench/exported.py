"""What the summary of an exported program (.pt2) costs.

bazel build -c opt //tools:strata //bench:minimal_exported
ENV/bin/python bench/make_exported.py DIR
python3 bench/exported.py DIR/llama_32.pt2 [RUNS] [--python=ENV/bin/python]

Beside a program that maps the file and goes through the same JSON with the same
parser; with --python also what `import torch` alone takes, and loading the file
in Python. The base of bench/shapes.py has torchinfo for ResNet-152.
"""

import os
import pathlib
import sys
import zipfile

import measure

BIN = os.environ.get("BAZEL_BIN", "bazel-bin")


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("--python=")]
    python = [a[len("--python="):] for a in sys.argv[1:] if a.startswith("--python=")]
    model = arguments[0]
    runs = int(arguments[1]) if len(arguments) > 1 else 15
    with zipfile.ZipFile(model) as archive:
        json = sum(i.file_size for i in archive.infolist() if "/models/" in i.filename)
    size = pathlib.Path(model).stat().st_size
    print(f"{model}: {size / 1e6:.1f} MB, of it {json / 1e6:.2f} MB of JSON")
    commands = {
        "minimal": [f"{BIN}/bench/minimal_exported", model],
        "strata": [f"{BIN}/tools/strata", model],
        "strata --version": [f"{BIN}/tools/strata", "--version"],
    }
    if python:
        commands["import torch"] = [python[0], "-c", "import torch"]
    measure.report(measure.side_by_side(commands, runs), base="minimal")


if __name__ == "__main__":
    main()
