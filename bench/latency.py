"""Latencies beside PyTorch's own profiler, and what watching costs.

    bench/latency.py STRATA MODEL.pt INPUT_SIZE

For each kind of layer: the sum of its modules' latencies by strata, the total of
its operator by torch.profiler over as many runs of the same file, and the ratio;
then the same forward watched and unwatched, in one process, and by a loop in
Python. Needs a torch that reads the file. Take a quiet machine.
"""

import json
import statistics
import subprocess
import sys
import time

import torch
from torch.profiler import ProfilerActivity, profile

RUNS = 40
WARM_UP = 5
OPERATORS = {"Conv2d": "aten::conv2d", "BatchNorm2d": "aten::batch_norm", "ReLU": "aten::relu_",
             "Linear": "aten::linear", "MaxPool2d": "aten::max_pool2d",
             "LayerNorm": "aten::layer_norm", "GELU": "aten::gelu"}


def strata(program, model, size):
    result = subprocess.run([program, model, f"--input_size={size}", "--device=cpu",
                             "--metrics=latency", f"--runs={RUNS}", f"--warmup={WARM_UP}",
                             "--format=json"], check=True, stdout=subprocess.PIPE)
    return json.loads(result.stdout)


def by_class(document):
    sums = {}
    for layer in document["layers"]:
        us = layer["metrics"].get("latency_us", {}).get("total")
        if us is not None:
            sums[layer["type"]] = sums.get(layer["type"], 0) + us
    return sums


def profiled(module, inputs):
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        for _ in range(RUNS):
            module(inputs)
    return {event.key: event.cpu_time_total / RUNS for event in profiler.key_averages()}


def timed(module, inputs):
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        module(inputs)
        times.append((time.perf_counter() - begin) * 1e6)
    return statistics.median(times)


def main():
    program, model, size = sys.argv[1:]
    document = strata(program, model, size)
    module = torch.jit.load(model).eval()
    inputs = torch.rand([int(n) for n in size.split("x")])
    with torch.inference_mode():
        for _ in range(WARM_UP):
            module(inputs)
        plain_us = timed(module, inputs)
        operators = profiled(module, inputs)
    print(f"{'layer':12} {'strata us':>12} {'profiler us':>12} ratio")
    for name, us in sorted(by_class(document).items(), key=lambda item: -item[1]):
        theirs = operators.get(OPERATORS.get(name, ""))
        if theirs:
            print(f"{name:12} {us:12.1f} {theirs:12.1f} {us / theirs:5.3f}")
    timing = document["run"]["timing"]
    print(f"forward: watched {timing['watched_us']:.1f} us, unwatched "
          f"{timing['unwatched_us']:.1f} us, ratio "
          f"{timing['watched_us'] / timing['unwatched_us']:.3f}; Python {plain_us:.1f} us")


if __name__ == "__main__":
    main()
