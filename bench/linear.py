"""Cost against the number of layers: a Sequential of N, then of 10 N.

bazel build -c opt //tools:strata
python3 tests/models/make_sequential.py --layers 1000 small.pt    (needs torch)
python3 tests/models/make_sequential.py --layers 10000 large.pt
python3 bench/linear.py small.pt large.pt 1x8 [RUNS]
"""

import os
import sys

import measure

STRATA = os.environ.get("BAZEL_BIN", "bazel-bin") + "/tools/strata"


def main():
    small, large, size = sys.argv[1:4]
    runs = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    measure.report(
        measure.side_by_side({
            "floor (--version)": [STRATA, "--version"],
            "small": [STRATA, small, f"--input_size={size}"],
            "large": [STRATA, large, f"--input_size={size}"],
        }, runs), base="small")


if __name__ == "__main__":
    main()
