"""strata.summary beside torchinfo and a bare forward, in one process.

    bench/python_summary.py [--runs=5]

Needs the wheel of //python:wheel, torchvision and torchinfo. Prints medians in
milliseconds and ratios; the first call of each is not counted. Take a quiet
machine: models are run on the CPU.
"""

import argparse
import statistics
import time

import torch
import torchinfo
from torch import nn
from torch.library import Library

import strata

# torchvision's Python asks for its operators, which a CPU build of torch may
# have no library for; no model here calls them.
LIBRARY = Library("torchvision", "FRAGMENT")
for schema in ("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
               "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"):
    try:
        LIBRARY.define(schema)
    except RuntimeError:
        pass  # It is there.

import torchvision  # noqa: E402  pylint: disable=wrong-import-position


def median_ms(call, runs):
    call()
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        call()
        times.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(times)


def forward(model, size):
    x = torch.rand(size)

    def call():
        with torch.no_grad():
            model(x)
    return call


def compare(name, make, size, runs):
    """One row for each way."""
    model = make().eval()
    with torch.device("meta"):
        on_meta = make().eval()
    modules = len(list(model.modules()))
    ms = {
        "forward": median_ms(forward(model, size), runs),
        "strata, shape": median_ms(lambda: strata.summary(model, size, verbose=0), runs),
        "strata, shape, str": median_ms(lambda: str(strata.summary(model, size, verbose=0)), runs),
        "strata, cpu": median_ms(
            lambda: strata.summary(model, size, device="cpu", verbose=0), runs),
        "torchinfo, cpu": median_ms(
            lambda: str(torchinfo.summary(model, size, device="cpu", verbose=0)), runs),
        "torchinfo, meta": median_ms(
            lambda: str(torchinfo.summary(on_meta, size, device="meta", verbose=0)), runs),
    }
    print(f"{name}: {modules} modules")
    for way, value in ms.items():
        print(f"  {way:20} {value:9.1f} ms")
    shape = ms["strata, shape, str"]
    print(f"  shape / torchinfo on the CPU: {shape / ms['torchinfo, cpu']:.3f} (target 0.25)")
    print(f"  shape / torchinfo on meta:    {shape / ms['torchinfo, meta']:.3f} (target 0.10)")
    allowed = 1.15 * ms["forward"] + 0.010 * modules
    print(f"  cpu / (1.15 forward + 10 us a module): {ms['strata, cpu'] / allowed:.3f} (target 1)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    models = torchvision.models
    compare("ResNet-152", models.resnet152, (1, 3, 224, 224), runs)
    compare("ViT-B/16", models.vit_b_16, (1, 3, 224, 224), runs)
    for count in (1_000, 10_000):
        compare(f"{count} x Linear(8, 8)",
                lambda count=count: nn.Sequential(*(nn.Linear(8, 8) for _ in range(count))),
                (1, 8), runs)


if __name__ == "__main__":
    main()
