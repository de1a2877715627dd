"""What watching costs: strata against the least program that runs the file.

bazel build -c opt //tools:strata //bench:minimal_forward
python3 bench/watching.py MODEL 1x3x224x224 [RUNS]
"""

import os
import sys

import measure

BIN = os.environ.get("BAZEL_BIN", "bazel-bin")


def main():
    model, size = sys.argv[1:3]
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    measure.report(
        measure.side_by_side({
            "minimal forward": [f"{BIN}/bench/minimal_forward", model, size],
            "strata": [f"{BIN}/tools/strata", model, f"--input_size={size}",
                       "--device=cpu"],
        }, runs), base="minimal forward")


if __name__ == "__main__":
    main()
