"""What a summary from shapes costs, beside a program that does nothing and the Python way.

bazel build -c opt //tools:strata //bench:do_nothing
python3 bench/shapes.py resnet152.pt 1x3x224x224 [--python=ENV/bin/python:resnet152] [RUNS]

With --python also what torchinfo takes for the same model, on CPU tensors and on
meta tensors: ENV has torch, torchvision and torchinfo.
"""

import os
import sys

import measure

BIN = os.environ.get("BAZEL_BIN", "bazel-bin")


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("--python=")]
    python = [a[len("--python="):] for a in sys.argv[1:] if a.startswith("--python=")]
    model, size = arguments[:2]
    runs = int(arguments[2]) if len(arguments) > 2 else 7
    commands = {
        "do nothing": [f"{BIN}/bench/do_nothing"],
        "strata": [f"{BIN}/tools/strata", model, f"--input_size={size}"],
    }
    if python:
        interpreter, name = python[0].rsplit(":", 1)
        for device in ("cpu", "meta"):
            commands[f"torchinfo, {device}"] = [
                interpreter, "bench/torchinfo_way.py", name, device]
    measure.report(measure.side_by_side(commands, runs), base="do nothing")


if __name__ == "__main__":
    main()
