"""The Python way: builds one of torchvision's models and prints torchinfo's summary.

    python3 bench/torchinfo_way.py resnet152 cpu|meta

What bench/shapes.py compares with. Needs torch, torchvision and torchinfo.
"""

import sys

import torch

# A CPU build of torch beside torchvision's wheel: its operators are not there,
# and its models need none of them.
for name, schema in (
    ("nms", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"),
    ("qnms", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"),
):
    try:
        torch.library.define(f"torchvision::{name}", schema)
    except RuntimeError:
        pass  # A build that has them.

import torchinfo  # pylint: disable=wrong-import-position
import torchvision  # pylint: disable=wrong-import-position


def main():
    name, device = sys.argv[1:3]
    with torch.device(device):
        model = getattr(torchvision.models, name)(weights=None)
        torchinfo.summary(model, input_size=(1, 3, 224, 224), device=device, depth=3)


if __name__ == "__main__":
    main()
