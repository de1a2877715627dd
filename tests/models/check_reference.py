"""All of torchvision's models against what torchvision publishes; run by hand.

    tests/models/make_env.sh ENV
    ENV/bin/python tests/models/make_torchvision.py --out MODELS --thin
    bazel run -c opt //tests/models:check_reference -- MODELS

(Twelve of them, committed here, are checked by `bazel test //...`.) For each file
the parameters must be equal, and the MACs equal to the published figure in its
three decimals of 10^9 and to FlopCounterMode's in every digit.
"""

import csv
import json
import os
import pathlib
import subprocess
import sys
import time

STRATA = pathlib.Path.cwd() / "tools" / "strata"
REFERENCE = pathlib.Path.cwd() / "tests" / "models" / "torchvision_reference.csv"


def rows():
    """The reference by the stem of the model's file: vit_b_16, vit_b_16@384."""
    with open(REFERENCE, newline="") as stream:
        all_rows = list(csv.DictReader(stream))
    found = {}
    size = lambda row: int(row["input_size"].split("x")[-1])
    for row in sorted(all_rows, key=size):
        # The file for the smallest images has the model's bare name.
        found.setdefault(row["model"], row)
        found[f"{row['model']}@{size(row)}"] = row
    return found


def summarise(file, size):
    """The totals and warnings that strata gives, or its error."""
    process = subprocess.run(
        [STRATA, file, f"--input_size={size}", "--format=json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if process.returncode != 0:
        raise RuntimeError(process.stderr.decode().strip())
    document = json.loads(process.stdout)
    return document["totals"], document["warnings"]


def check(file, row):
    """What is wrong with this file's figures; empty when nothing is."""
    totals, warnings = summarise(file, row["input_size"])
    # A trace in evaluation mode has lost Inception's auxiliary head: true.
    wrong = [w for w in warnings
             if not w.startswith(("LibTorch warned", "this file was traced"))]
    for key, expected in [("params", row["num_params"]), ("macs", row["macs_flop_counter"])]:
        if totals[key] != int(expected):
            wrong.append(f"{key} {totals[key]}, expected {expected}")
    if f"{totals['macs'] / 1e9:.3f}" != f"{float(row['gflops']):.3f}":
        wrong.append(f"{totals['macs'] / 1e9:.3f} GMACs, published {row['gflops']}")
    return wrong


def main():
    folder = pathlib.Path(os.environ.get("BUILD_WORKING_DIRECTORY", ".")) / sys.argv[1]
    reference = rows()
    passed, failed, models = 0, 0, set()
    for file in sorted(folder.glob("*.pt")):
        stem = file.name.rsplit(".", 2)[0]
        begin = time.monotonic()
        try:
            wrong = check(file, reference[stem])
        except (RuntimeError, KeyError) as error:
            wrong = [str(error)]
        passed, failed = (passed, failed + 1) if wrong else (passed + 1, failed)
        models.add(stem)
        print(f"{'WRONG' if wrong else 'ok   '} {file.name:44} {time.monotonic() - begin:6.1f} s"
              f"  {'; '.join(wrong)}", flush=True)
    missing = {row["model"] for row in reference.values()} - {m.split("@")[0] for m in models}
    print(f"no file for: {', '.join(sorted(missing)) or 'none'}")
    print(f"{len(models)} models and sizes; {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
