"""Exported programs that run, beside the same models' TorchScript.

    bazel build -c opt //tools:strata //bench:run_outputs
    ENV/bin/python bench/make_run_pairs.py DIR
    python3 bench/exported_run.py DIR [TURNS]

For each pair: whether the outputs are equal; the median latency of both, in
turns, and the ratio; and the same of the kinds of layers. Take a quiet machine.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys

BIN = os.environ.get("BAZEL_BIN", "bazel-bin")
SIZES = {"resnet50": "1x3x224x224", "llama": "1x64:int64"}


def summary(file, name, metrics, *options):
    size = [f"--input_size={SIZES[name]}"] if file.suffix == ".pt" else []
    result = subprocess.run(
        [f"{BIN}/tools/strata", file, "--device=cpu", f"--metrics={metrics}", "--format=json",
         *size, *options], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(result.stdout)


def by_class(document):
    sums = {}
    for layer in document["layers"]:
        us = layer["metrics"].get("latency_us", {}).get("self")
        if us is not None:
            sums[layer["type"]] = sums.get(layer["type"], 0) + us
    return sums


def main():
    folder = pathlib.Path(sys.argv[1])
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    for name in SIZES:
        program, script = folder / f"{name}.pt2", folder / f"{name}.pt"
        if not program.exists():
            continue
        print(name)
        print("  outputs:", subprocess.run([f"{BIN}/bench/run_outputs", program, script], check=False,
                                            stdout=subprocess.PIPE).stdout.decode().strip())
        runs = {program: [], script: []}
        for _ in range(turns):
            for file, found in runs.items():
                found.append(summary(file, name, "latency", "--runs=20", "--warmup=3"))
        whole = {file: statistics.median(d["totals"]["latency_us"] for d in found)
                 for file, found in runs.items()}
        bare = {file: statistics.median(d["run"]["timing"]["unwatched_us"] for d in found)
                for file, found in runs.items()}
        for what, us in (("watched", whole), ("unwatched", bare)):
            print(f"  {what}: {us[program] / 1e3:.2f} ms as .pt2, {us[script] / 1e3:.2f} ms as "
                  f"TorchScript, ratio {us[program] / us[script]:.3f}")
        kinds = {file: by_class(found[-1]) for file, found in runs.items()}
        for kind in sorted(kinds[script], key=kinds[script].get, reverse=True)[:6]:
            if kind in kinds[program]:
                print(f"    {kind}: {kinds[program][kind] / 1e3:.2f} and "
                      f"{kinds[script][kind] / 1e3:.2f} ms")


if __name__ == "__main__":
    main()
