"""Matrix products of every kind. make_small.py saves them.

The names of this module and its classes show up in the summaries.
"""

import torch
from torch import nn
import torch.nn.functional as F

from small_bench import functions
from small_bench import Part


def linears() -> list[Part]:
    """Linear layers on inputs of any rank."""
    return [
        Part("linear_1d", "8", nn.Linear(8, 5)),
        Part("linear_2d", "3x8", nn.Linear(8, 5)),
        Part("linear_3d", "2x3x8", nn.Linear(8, 5, bias=False)),
        Part("linear_4d", "2x3x4x8", nn.Linear(8, 5)),
        Part("linear_no_batch", "0x8", nn.Linear(8, 5)),
        Part("bilinear", "3x4,3x5", nn.Bilinear(4, 5, 6)),
        Part("bilinear_3d", "2x3x4,2x3x5", nn.Bilinear(4, 5, 6, bias=False)),
    ]


def products() -> list[Part]:
    """Functions. Sizes differ from each other, so that a wrong one shows."""
    return functions(
        {
            "matmul_1d_1d": ("8,8", torch.matmul),
            "matmul_1d_2d": ("8,8x5", torch.matmul),
            "matmul_2d_1d": ("5x8,8", torch.matmul),
            "matmul_2d_2d": ("5x8,8x3", torch.matmul),
            "matmul_1d_3d": ("8,4x8x5", torch.matmul),
            "matmul_3d_1d": ("4x5x8,8", torch.matmul),
            "matmul_3d_2d": ("4x5x8,8x3", torch.matmul),
            "matmul_2d_3d": ("5x8,4x8x3", torch.matmul),
            "matmul_3d_3d": ("4x5x8,4x8x3", torch.matmul),
            "matmul_broadcast": ("3x1x5x8,4x8x2", torch.matmul),
            "matmul_int64": ("5x8:int64,8x3:int64", torch.matmul),
            "mm": ("5x8,8x3", torch.mm),
            "bmm": ("4x5x8,4x8x3", torch.bmm),
            "mv": ("5x8,8", torch.mv),
            "dot": ("8,8", torch.dot),
            "vdot": ("8,8", torch.vdot),
            "inner": ("5x8,3x8", torch.inner),
            "outer": ("5,3", torch.outer),
            "tensordot": (
                "4x5x8,5x8x3",
                lambda a, b: torch.tensordot(a, b, [[1, 2], [0, 1]]),
            ),
            "chain_matmul": (
                "2x8,8x5,5x3",
                lambda a, b, c: torch.linalg.multi_dot([a, b, c]),
            ),
            "matrix_power": ("4x4", lambda a: torch.matrix_power(a, 3)),
            "addmm": ("3,5x8,8x3", torch.addmm),
            "addmm_scaled": (
                "5x3,5x8,8x3",
                lambda c, a, b: torch.addmm(c, a, b, beta=0.5, alpha=2),
            ),
            "addmv": ("5,5x8,8", torch.addmv),
            "addbmm": ("5x3,4x5x8,4x8x3", torch.addbmm),
            "baddbmm": ("4x5x3,4x5x8,4x8x3", torch.baddbmm),
            "addr": ("5x3,5,3", torch.addr),
            "f_linear": ("2x3x8,5x8,5", F.linear),
            "f_bilinear": ("3x4,3x5,6x4x5", F.bilinear),
            "cdist": ("30x8,40x8", torch.cdist),
        }
    )


def _einsum(equation: str):
    return lambda *operands: torch.einsum(equation, *operands)


def einsums() -> list[Part]:
    """Einsum with equations that are, and are not, one matrix product."""
    return functions(
        {
            "batched": ("2x3x8,2x5x8", _einsum("bic,bjc->bij")),
            "ellipsis": ("2x4x3x8,2x4x8x5", _einsum("...ij,...jk->...ik")),
            "attention": ("2x6x4x8,2x7x4x8", _einsum("bqhd,bkhd->bhqk")),
            "outer": ("5,3", _einsum("i,j->ij")),
            "two_indices": ("4x5x8,5x8x3", _einsum("ijk,jkl->il")),
            "bilinear": ("3x4,4x5,3x5", _einsum("bi,ij,bj->b")),
            "implicit": ("5x8,8x3", _einsum("ij,jk")),
            "transpose": ("5x8", _einsum("ij->ji")),
            "trace": ("6x6", _einsum("ii->")),
            "inner": ("5x8,5x8", _einsum("ij,ij->i")),
        }
    )
