"""Convolutions of every kind. make_small.py saves them.

The names of this module and its classes show up in the summaries.
"""

import torch
from torch import nn
from torch import Tensor
from torch.ao.nn.quantized import dynamic
import torch.nn.functional as F

from small_bench import functions
from small_bench import Part


def layers() -> list[Part]:
    """The modules of torch.nn, batched unless the name says otherwise."""
    return [
        Part("conv1d", "2x4x16", nn.Conv1d(4, 6, 3, groups=2, dilation=2)),
        Part("conv1d_unbatched", "4x16", nn.Conv1d(4, 6, 3)),
        Part("conv1d_same", "2x4x16", nn.Conv1d(4, 6, 4, padding="same")),
        Part(
            "conv1d_circular",
            "2x4x16",
            nn.Conv1d(4, 6, 3, padding=1, padding_mode="circular"),
        ),
        Part(
            "conv2d_strided",
            "2x4x16x16",
            nn.Conv2d(4, 6, (3, 5), stride=2, padding=(2, 2), dilation=(2, 1)),
        ),
        Part("conv2d_grouped", "1x6x8x8", nn.Conv2d(6, 12, 3, groups=3)),
        Part("conv2d_depthwise", "1x6x8x8", nn.Conv2d(6, 12, 3, groups=6)),
        Part("conv2d_valid", "1x3x8x8", nn.Conv2d(3, 4, 3, padding="valid")),
        Part(
            "conv2d_same",
            "1x3x8x8",
            nn.Conv2d(3, 4, 3, padding="same", dilation=2, bias=False),
        ),
        Part(
            "conv2d_reflect",
            "1x3x8x8",
            nn.Conv2d(3, 4, 3, padding=1, padding_mode="reflect"),
        ),
        Part(
            "conv2d_replicate",
            "1x3x8x8",
            nn.Conv2d(3, 4, 3, padding="same", padding_mode="replicate"),
        ),
        Part("conv2d_no_batch", "0x3x8x8", nn.Conv2d(3, 4, 3)),
        Part("conv3d", "1x2x4x6x8", nn.Conv3d(2, 4, 3, padding=1, groups=2)),
        Part(
            "conv3d_circular",
            "1x2x4x6x8",
            nn.Conv3d(2, 4, 3, padding=1, padding_mode="circular"),
        ),
        Part(
            "up1d",
            "2x4x8",
            nn.ConvTranspose1d(4, 6, 3, stride=2, output_padding=1),
        ),
        Part(
            "up2d",
            "2x4x8x8",
            nn.ConvTranspose2d(
                4, 6, 3, stride=2, padding=1, output_padding=1, groups=2
            ),
        ),
        Part("up2d_dilated", "1x4x8x8", nn.ConvTranspose2d(4, 6, 3, dilation=2)),
        Part("up3d", "1x2x3x4x5", nn.ConvTranspose3d(2, 4, 2, stride=2)),
    ]


def quantized() -> list[Part]:
    """Layers that are quantized dynamically: packed weights, inputs as they are."""
    return [
        Part("conv1d", "2x4x16", dynamic.Conv1d(4, 6, 3, groups=2)),
        Part("conv2d", "1x3x8x8", dynamic.Conv2d(3, 4, 3)),
        Part("conv3d", "1x2x4x6x8", dynamic.Conv3d(2, 4, 3)),
        Part("up1d", "2x4x8", dynamic.ConvTranspose1d(4, 6, 3, stride=2)),
        Part("up2d", "1x4x8x8", dynamic.ConvTranspose2d(4, 6, 3, stride=2)),
        Part("up3d", "1x2x3x4x5", dynamic.ConvTranspose3d(2, 4, 2, stride=2)),
    ]


def _of(dimensions: int, transposed: bool = False, **options):
    """Makes a function of an input and a weight."""
    name = f"conv{'_transpose' if transposed else ''}{dimensions}d"
    return lambda x, weight: getattr(F, name)(x, weight, **options)


def _unfolded(x: Tensor, weight: Tensor) -> Tensor:
    """A convolution as a matrix product."""
    return weight.flatten(1) @ F.unfold(x, (3, 3))


def calls() -> list[Part]:
    """The functions of torch.nn.functional: their kernels are no parameters."""
    return functions(
        {
            "f_conv1d": ("2x4x16,6x2x3", _of(1, groups=2)),
            "f_conv2d": ("1x3x8x8,4x3x3x3", _of(2, stride=2)),
            "f_conv2d_same": ("1x3x8x8,4x3x3x3", _of(2, padding="same")),
            "f_conv3d": ("1x2x4x6x8,4x2x3x3x3", _of(3, padding=1)),
            "f_up1d": ("2x4x8,4x6x3", _of(1, True, stride=2)),
            "f_up2d": ("2x4x8x8,4x3x3x3", _of(2, True, groups=2)),
            "f_up3d": ("1x2x3x4x5,2x4x2x2x2", _of(3, True, stride=2)),
            "conv_tbc": ("9x2x4,3x4x6,6", lambda x, w, b: torch.conv_tbc(x, w, b, 1)),
            "unfolded": ("1x3x8x8,4x3x3x3", _unfolded),
        }
    )
