"""Writes the TorchScript twins of models in the C++ API, into cpp_twins/.

    make_cpp_twins.py

Their C++ side is plugins/sources/torch_module/test_models.h, with modules at
the same paths; other models there have their twins among the files that are
here anyway.
"""

import os
import sys
import tempfile

import torch
from torch import nn
from torch import Tensor

import repeatable
import thin

_OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cpp_twins")


class Attention(nn.Module):
    """Causal self-attention, of two linear layers and matrix products."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        batch, length, width = x.size(0), x.size(1), x.size(2)
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        shape = [batch, length, self.heads, width // self.heads]
        q = q.reshape(shape).transpose(1, 2)
        k = k.reshape(shape).transpose(1, 2)
        v = v.reshape(shape).transpose(1, 2)
        scores = torch.matmul(q, k.transpose(-2, -1)).softmax(-1)
        mixed = torch.matmul(scores, v).transpose(1, 2)
        return self.proj(mixed.reshape([batch, length, width]))


class Feed(nn.Module):
    """Two linear layers with a GELU between them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, 4 * width)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.act(self.fc1(x)))


class Block(nn.Module):
    """A block with its norms before what they are for."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.ln1 = nn.LayerNorm(width)
        self.attn = Attention(width, heads)
        self.ln2 = nn.LayerNorm(width)
        self.mlp = Feed(width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.ln1(x))
        return x + self.mlp(self.ln2(x))


class Decoder(nn.Module):
    """A language model whose head has the weight of its embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(50, 32)
        self.positions = nn.Parameter(torch.zeros(16, 32))
        self.blocks = nn.ModuleList(Block(32, 4) for _ in range(3))
        self.norm = nn.LayerNorm(32)
        self.head = nn.Linear(32, 50, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embed(tokens) + self.positions[: tokens.size(1)]
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def _write() -> None:
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as scratch:
        full_path = os.path.join(scratch, "decoder.pt")
        torch.jit.save(torch.jit.script(Decoder().eval()), full_path)
        thin.thin(full_path, os.path.join(_OUT, "decoder.pt"))


def main() -> None:
    repeatable.fix_set_order()
    os.makedirs(_OUT, exist_ok=True)
    sys.exit(0 if repeatable.run_apart(_write) else 1)


if __name__ == "__main__":
    main()
