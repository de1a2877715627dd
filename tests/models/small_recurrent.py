"""Recurrent layers and language models over them. make_small.py saves them.

The names of this module and its classes show up in the summaries.
"""

import dataclasses

import torch
from torch import nn
from torch import Tensor
from torch.nn.utils import rnn

from small_bench import Holder
from small_bench import Part


class Packed(nn.Module):
    """Runs a recurrent layer over sequences of 5, 3 and 2 tokens."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        packed = rnn.pack_padded_sequence(x, torch.tensor([5, 3, 2]))
        return self.layer(packed)[0].data


def layers() -> list[Part]:
    """The layers of torch.nn over [length 5, batch 3, 8], hidden width 16."""
    size = "5x3x8"
    return [
        Part("rnn", size, nn.RNN(8, 16)),
        Part("rnn_relu", size, nn.RNN(8, 16, nonlinearity="relu", num_layers=2)),
        Part("lstm", size, nn.LSTM(8, 16)),
        Part("lstm_two", size, nn.LSTM(8, 16, num_layers=2, dropout=0.1)),
        Part("lstm_both", size, nn.LSTM(8, 16, num_layers=2, bidirectional=True)),
        Part("lstm_projected", size, nn.LSTM(8, 16, proj_size=4)),
        Part(
            "lstm_projected_both",
            size,
            nn.LSTM(8, 16, num_layers=2, proj_size=4, bidirectional=True),
        ),
        Part("lstm_unbatched", "5x8", nn.LSTM(8, 16)),
        Part("lstm_batch_first", "3x5x8", nn.LSTM(8, 16, batch_first=True)),
        Part("lstm_no_bias", size, nn.LSTM(8, 16, bias=False)),
        Part("gru", size, nn.GRU(8, 16)),
        Part("gru_both", size, nn.GRU(8, 16, bidirectional=True)),
        Part("gru_unbatched", "5x8", nn.GRU(8, 16)),
        Part("rnn_cell", "3x8", nn.RNNCell(8, 16)),
        Part("rnn_cell_relu", "3x8", nn.RNNCell(8, 16, nonlinearity="relu")),
        Part("lstm_cell", "3x8", nn.LSTMCell(8, 16)),
        Part("lstm_cell_unbatched", "8", nn.LSTMCell(8, 16)),
        Part("gru_cell", "3x8", nn.GRUCell(8, 16, bias=False)),
    ]


def held() -> list[Part]:
    """The same layers, each in a module of its own."""
    return [dataclasses.replace(p, module=Holder(p.module)) for p in layers()]


def packed() -> list[Part]:
    """Layers over a packed sequence of 5 + 3 + 2 tokens."""
    size = "5x3x8"
    return [
        Part("packed_lstm", size, Packed(nn.LSTM(8, 16))),
        Part("packed_lstm_both", size, Packed(nn.LSTM(8, 16, bidirectional=True))),
        Part("packed_gru", size, Packed(nn.GRU(8, 16, num_layers=2))),
        Part("packed_rnn", size, Packed(nn.RNN(8, 16))),
    ]


class QuantizedGru(nn.Module):
    """Made ready for dynamic quantization."""

    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(5, 7, bidirectional=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.gru(x)[0]


class QuantizedCells(nn.Module):
    """Cells made ready for dynamic quantization."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTMCell(5, 7)
        self.gru = nn.GRUCell(5, 7)
        self.rnn = nn.RNNCell(5, 7)

    def forward(self, x: Tensor) -> Tensor:
        return self.lstm(x)[0] + self.gru(x) + self.rnn(x)


class LanguageModel(nn.Module):
    """An LSTM language model whose decoder is its embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50, 16)
        self.lstm = nn.LSTM(16, 16, num_layers=2, batch_first=True)
        self.decoder = nn.Linear(16, 50)
        self.decoder.weight = self.embedding.weight

    def forward(self, tokens: Tensor) -> Tensor:
        return self.decoder(self.lstm(self.embedding(tokens))[0])
