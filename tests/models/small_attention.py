"""Attention of every kind. make_small.py saves them.

The names of this module and its classes show up in the summaries.
"""

from typing import Optional

import torch
from torch import nn
from torch import Tensor
import torch.nn.functional as F

from small_bench import functions
from small_bench import Part

# Two sequences of 6 queries and 7 keys, four heads of 8, values of 5.
_HEADS = "2x4x6x8,2x4x7x8,2x4x7x5"


class Multihead(nn.Module):
    """Multi-head attention; the outputs in a form that can be traced."""

    def __init__(
        self, width: int = 16, need_weights: bool = False, **options
    ) -> None:
        super().__init__()
        self.need_weights = need_weights
        self.attention = nn.MultiheadAttention(width, 4, **options)

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return self.attention(q, k, v, need_weights=self.need_weights)[0]


class Masked(nn.Module):
    """Self-attention with a mask of padding and one of causes."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(16, 4, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        padding = torch.zeros(x.size(0), x.size(1), dtype=torch.bool)
        causes = torch.ones(x.size(1), x.size(1), dtype=torch.bool).triu(1)
        return self.attention(
            x, x, x, key_padding_mask=padding, attn_mask=causes, need_weights=False
        )[0]


class PaddedEncoder(nn.Module):
    """A transformer encoder that is told which tokens are padding.

    In eval mode LibTorch turns the batch into a nested tensor, in which the
    padding is left out.
    """

    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers=3)

    def forward(self, x: Tensor) -> Tensor:
        # Each sequence is four tokens shorter than the one before.
        lengths = x.size(1) - 4 * torch.arange(x.size(0))
        padding = torch.arange(x.size(1)).unsqueeze(0) >= lengths.unsqueeze(1)
        return self.encoder(x, src_key_padding_mask=padding)


class Products(nn.Module):
    """Attention written out in matrix products."""

    def __init__(self, width: int, heads: int, fused: bool) -> None:
        super().__init__()
        self.heads = heads
        self.fused = fused
        self.q = nn.Linear(width, width)
        self.k = nn.Linear(width, width)
        self.v = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        q = self.q(x).unflatten(2, (self.heads, -1)).transpose(1, 2)
        k = self.k(x).unflatten(2, (self.heads, -1)).transpose(1, 2)
        v = self.v(x).unflatten(2, (self.heads, -1)).transpose(1, 2)
        if self.fused:
            y = F.scaled_dot_product_attention(q, k, v)
        else:
            y = torch.softmax(q @ k.transpose(2, 3), dim=-1) @ v
        return self.out(y.transpose(1, 2).flatten(2))


def _scaled(mask: Optional[Tensor] = None, **options):
    return lambda q, k, v: F.scaled_dot_product_attention(
        q, k, v, attn_mask=mask, **options
    )


def functionals() -> list[Part]:
    """scaled_dot_product_attention with each of its arguments."""
    some = torch.ones(6, 7).tril()
    return functions(
        {
            "plain": (_HEADS, _scaled()),
            "causal": (_HEADS, _scaled(is_causal=True)),
            "float_mask": (_HEADS, _scaled(some)),
            "bool_mask": (_HEADS, _scaled(some.bool())),
            "same_widths": ("2x4x6x8,2x4x7x8,2x4x7x8", _scaled()),
            "same_widths_causal": (
                "2x4x6x8,2x4x6x8,2x4x6x8",
                _scaled(is_causal=True),
            ),
            "grouped": ("2x4x6x8,2x2x7x8,2x2x7x8", _scaled(enable_gqa=True)),
            "no_heads": ("2x6x8,2x7x8,2x7x8", _scaled()),
            "no_batch": ("6x8,7x8,7x8", _scaled()),
            "low_precision": (
                "2x4x6x8:bfloat16,2x4x7x8:bfloat16,2x4x7x8:bfloat16",
                _scaled(),
            ),
            "broadcast_batch": ("2x4x6x8,1x4x7x8,1x4x7x8", _scaled()),
        }
    )


def modules() -> list[Part]:
    """torch.nn's modules, for width 16 and 4 heads; all but one batch first."""
    first = {"batch_first": True}
    three = "2x6x16,2x7x16,2x7x16"
    return [
        Part("self", "2x6x16,2x6x16,2x6x16", Multihead(**first)),
        Part("cross", three, Multihead(**first)),
        Part("cross_weights", three, Multihead(need_weights=True, **first)),
        Part("sequence_first", "6x2x16,7x2x16,7x2x16", Multihead()),
        Part("unbatched", "6x16,7x16,7x16", Multihead(**first)),
        Part("widths", "2x6x16,2x7x10,2x7x12", Multihead(kdim=10, vdim=12, **first)),
        Part("key_bias", three, Multihead(add_bias_kv=True, **first)),
        Part("masked", "2x6x16", Masked()),
        Part("encoder", "2x6x16", nn.TransformerEncoderLayer(16, 4, 32, **first)),
        Part(
            "encoder_norm_first",
            "2x6x16",
            nn.TransformerEncoderLayer(
                16, 4, 32, norm_first=True, activation="gelu", **first
            ),
        ),
        Part("encoder_unbatched", "6x16", nn.TransformerEncoderLayer(16, 4, 32, **first)),
        Part(
            "decoder",
            "2x6x16,2x7x16",
            nn.TransformerDecoderLayer(16, 4, 32, **first),
        ),
        Part(
            "transformer",
            "2x7x16,2x6x16",
            nn.Transformer(16, 4, 1, 1, 32, **first),
        ),
        Part("written_out", "2x6x16", Products(16, 4, fused=False)),
        Part("written_fused", "2x6x16", Products(16, 4, fused=True)),
    ]
