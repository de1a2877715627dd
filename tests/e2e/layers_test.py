"""MACs and parameters of layers and functions, by arithmetic over their shapes.

The shapes are those of tests/models/small_*.py, where each path is a part.
"""

import unittest

import runner


def heads(batch, queries, keys, width, value_width=None):
    """Attention itself: scores of `width`, and sums of values."""
    return batch * queries * keys * (width + (value_width or width))


def multihead(batch, queries, keys, embed=16, key_width=16, value_width=16):
    """Multi-head attention with its four projections."""
    projections = (queries * embed * embed + keys * key_width * embed
                   + keys * value_width * embed + queries * embed * embed)
    return batch * projections + heads(batch, queries, keys, embed)


def feed_forward(tokens):
    return tokens * 2 * 16 * 32


CONVOLUTIONS = {
    # Elements of the output, times input channels of a group, times the kernel.
    "conv1d": 2 * 6 * (16 - 2 * 2) * (4 // 2) * 3,
    "conv1d_unbatched": 6 * 14 * 4 * 3,
    "conv1d_same": 2 * 6 * 16 * 4 * 4,
    "conv1d_circular": 2 * 6 * 16 * 4 * 3,
    "conv2d_strided": 2 * 6 * 8 * 8 * 4 * (3 * 5),
    "conv2d_grouped": 12 * 6 * 6 * (6 // 3) * 9,
    "conv2d_depthwise": 12 * 6 * 6 * (6 // 6) * 9,
    "conv2d_valid": 4 * 6 * 6 * 3 * 9,
    "conv2d_same": 4 * 8 * 8 * 3 * 9,
    "conv2d_reflect": 4 * 8 * 8 * 3 * 9,
    "conv2d_replicate": 4 * 8 * 8 * 3 * 9,
    "conv2d_no_batch": 0,
    "conv3d": 4 * (4 * 6 * 8) * (2 // 2) * 27,
    "conv3d_circular": 4 * (4 * 6 * 8) * 2 * 27,
    # Elements of the input, times output channels of a group, times the kernel.
    "up1d": (2 * 4 * 8) * 6 * 3,
    "up2d": (2 * 4 * 8 * 8) * (6 // 2) * 9,
    "up2d_dilated": (4 * 8 * 8) * 6 * 9,
    "up3d": (2 * 3 * 4 * 5) * 4 * 8,
}

CONVOLUTION_FUNCTIONS = {
    "f_conv1d": 2 * 6 * 14 * 2 * 3,
    "f_conv2d": 4 * 3 * 3 * 3 * 9,
    "f_conv2d_same": 4 * 8 * 8 * 3 * 9,
    "f_conv3d": 4 * (4 * 6 * 8) * 2 * 27,
    "f_up1d": (2 * 4 * 8) * 6 * 3,
    "f_up2d": (2 * 4 * 8 * 8) * 3 * 9,
    "f_up3d": (2 * 3 * 4 * 5) * 4 * 8,
    "conv_tbc": (9 * 2 * 6) * 3 * 4,
    "unfolded": 4 * (3 * 9) * (6 * 6),
}

CONVOLUTION_PARAMS = {
    "conv1d": 6 * (4 // 2) * 3 + 6,
    "conv2d_grouped": 12 * (6 // 3) * 9 + 12,
    "conv2d_same": 4 * 3 * 9,
    "conv3d": 4 * (2 // 2) * 27 + 4,
    "up2d": 4 * (6 // 2) * 9 + 6,
}

QUANTIZED_CONVOLUTIONS = {
    "conv1d": 2 * 6 * 14 * (4 // 2) * 3,
    "conv2d": 4 * 6 * 6 * 3 * 9,
    "conv3d": 4 * (2 * 4 * 6) * 2 * 27,
    "up1d": (2 * 4 * 8) * 6 * 3,
    "up2d": (4 * 8 * 8) * 6 * 9,
    "up3d": (2 * 3 * 4 * 5) * 4 * 8,
}
QUANTIZED_PARAMS = {"conv1d": 6 * 2 * 3 + 6, "up2d": 4 * 6 * 9 + 6}

PRODUCTS = {
    "linear_1d": 8 * 5,
    "linear_2d": 3 * 8 * 5,
    "linear_3d": 2 * 3 * 8 * 5,
    "linear_4d": 2 * 3 * 4 * 8 * 5,
    "linear_no_batch": 0,
    "bilinear": 3 * 4 * 5 * 6,
    "bilinear_3d": 2 * 3 * 4 * 5 * 6,
    "matmul_1d_1d": 8,
    "matmul_1d_2d": 8 * 5,
    "matmul_2d_1d": 5 * 8,
    "matmul_2d_2d": 5 * 8 * 3,
    "matmul_1d_3d": 4 * 8 * 5,
    "matmul_3d_1d": 4 * 5 * 8,
    "matmul_3d_2d": 4 * 5 * 8 * 3,
    "matmul_2d_3d": 4 * 5 * 8 * 3,
    "matmul_3d_3d": 4 * 5 * 8 * 3,
    "matmul_broadcast": 3 * 4 * 5 * 8 * 2,
    "matmul_int64": 5 * 8 * 3,
    "mm": 5 * 8 * 3,
    "bmm": 4 * 5 * 8 * 3,
    "mv": 5 * 8,
    "dot": 8,
    "vdot": 8,
    "inner": 5 * 8 * 3,
    "outer": 0,  # Nothing is summed.
    "tensordot": 4 * (5 * 8) * 3,
    "chain_matmul": 2 * 8 * 5 + 2 * 5 * 3,  # The cheaper order.
    "matrix_power": 2 * 4 * 4 * 4,
    "addmm": 5 * 8 * 3,
    "addmm_scaled": 5 * 8 * 3,
    "addmv": 5 * 8,
    "addbmm": 4 * 5 * 8 * 3,
    "baddbmm": 4 * 5 * 8 * 3,
    "addr": 0,
    "f_linear": 2 * 3 * 8 * 5,
    "f_bilinear": 3 * 4 * 5 * 6,
    # By a product of [30, 8 + 2] and [8 + 2, 40], as LibTorch does above 25 rows.
    "cdist": 30 * 40 * (8 + 2),
}

EINSUM = {
    "batched": 2 * 3 * 8 * 5,
    "ellipsis": 2 * 4 * 3 * 8 * 5,
    "attention": 2 * 4 * 6 * 7 * 8,
    "outer": 0,
    "two_indices": 4 * (5 * 8) * 3,
    "bilinear": 3 * 4 * 5 + 3 * 5,  # From the left to the right.
    "implicit": 5 * 8 * 3,
    "transpose": 0,
    "trace": 0,
    "inner": 5 * 8,
}

# Nothing is taken off for a mask.
ATTENTION_FUNCTIONS = {
    "plain": heads(2 * 4, 6, 7, 8, 5),
    "causal": heads(2 * 4, 6, 7, 8, 5),
    "float_mask": heads(2 * 4, 6, 7, 8, 5),
    "bool_mask": heads(2 * 4, 6, 7, 8, 5),
    "same_widths": heads(2 * 4, 6, 7, 8),
    "same_widths_causal": heads(2 * 4, 6, 6, 8),
    "grouped": heads(2 * 4, 6, 7, 8),
    "no_heads": heads(2, 6, 7, 8),
    "no_batch": heads(1, 6, 7, 8),
    "low_precision": heads(2 * 4, 6, 7, 8),
    "broadcast_batch": heads(2 * 4, 6, 7, 8),
}

ATTENTION = {
    "self": multihead(2, 6, 6),
    "cross": multihead(2, 6, 7),
    "cross_weights": multihead(2, 6, 7),
    "sequence_first": multihead(2, 6, 7),
    "unbatched": multihead(1, 6, 7),
    "widths": multihead(2, 6, 7, 16, 10, 12),
    # One key and one value more, which are not projected.
    "key_bias": multihead(2, 6, 7) + heads(2, 6, 1, 16),
    "masked": multihead(2, 6, 6),
    "encoder": multihead(2, 6, 6) + feed_forward(2 * 6),
    "encoder_norm_first": multihead(2, 6, 6) + feed_forward(2 * 6),
    "encoder_unbatched": multihead(1, 6, 6) + feed_forward(6),
    "decoder": multihead(2, 6, 6) + multihead(2, 6, 7) + feed_forward(2 * 6),
    "transformer": multihead(2, 7, 7) + feed_forward(2 * 7)
                   + multihead(2, 6, 6) + multihead(2, 6, 7) + feed_forward(2 * 6),
    "written_out": multihead(2, 6, 6),
    "written_fused": multihead(2, 6, 6),
}

MULTIHEAD_PARAMS = 4 * (16 * 16 + 16)
ATTENTION_PARAMS = {
    "self": MULTIHEAD_PARAMS,
    "widths": 16 * (16 + 10 + 12 + 16) + 4 * 16,
    "key_bias": MULTIHEAD_PARAMS + 2 * 16,
    "encoder": MULTIHEAD_PARAMS + 2 * 16 * 32 + 32 + 16 + 2 * (2 * 16),
    "decoder": 2 * MULTIHEAD_PARAMS + 2 * 16 * 32 + 32 + 16 + 3 * (2 * 16),
}

# Tokens, times gates, times hidden width, times what each gate is a sum over.
TOKENS = 5 * 3
RECURRENT = {
    "rnn": TOKENS * 16 * (8 + 16),
    "rnn_relu": TOKENS * 16 * ((8 + 16) + (16 + 16)),
    "lstm": TOKENS * 4 * 16 * (8 + 16),
    "lstm_two": TOKENS * 4 * 16 * ((8 + 16) + (16 + 16)),
    "lstm_both": TOKENS * 2 * 4 * 16 * ((8 + 16) + (2 * 16 + 16)),
    "lstm_projected": TOKENS * (4 * 16 * (8 + 4) + 16 * 4),
    "lstm_projected_both": TOKENS * 2 * (
        4 * 16 * (8 + 4) + 16 * 4 + 4 * 16 * (2 * 4 + 4) + 16 * 4),
    "lstm_unbatched": 5 * 4 * 16 * (8 + 16),
    "lstm_batch_first": TOKENS * 4 * 16 * (8 + 16),
    "lstm_no_bias": TOKENS * 4 * 16 * (8 + 16),
    "gru": TOKENS * 3 * 16 * (8 + 16),
    "gru_both": TOKENS * 2 * 3 * 16 * (8 + 16),
    "gru_unbatched": 5 * 3 * 16 * (8 + 16),
    "rnn_cell": 3 * 16 * (8 + 16),
    "rnn_cell_relu": 3 * 16 * (8 + 16),
    "lstm_cell": 3 * 4 * 16 * (8 + 16),
    "lstm_cell_unbatched": 4 * 16 * (8 + 16),
    "gru_cell": 3 * 3 * 16 * (8 + 16),
    "packed_lstm": (5 + 3 + 2) * 4 * 16 * (8 + 16),
    "packed_lstm_both": (5 + 3 + 2) * 2 * 4 * 16 * (8 + 16),
    "packed_gru": (5 + 3 + 2) * 3 * 16 * ((8 + 16) + (16 + 16)),
    "packed_rnn": (5 + 3 + 2) * 16 * (8 + 16),
}

RECURRENT_PARAMS = {
    "lstm": 4 * 16 * (8 + 16 + 2),
    "lstm_both": 2 * 4 * 16 * ((8 + 16 + 2) + (32 + 16 + 2)),
    "lstm_projected": 4 * 16 * (8 + 4 + 2) + 16 * 4,
    "gru_cell": 3 * 16 * (8 + 16),
}

# The layer, and what its weight is made of: |W v| and u . W v for the spectral
# norm. The old one's are its parent's in a trace, as hooks are.
NORMS = {
    "weight_linear": 4 * 16 * 8,
    "weight_lstm": TOKENS * 4 * 16 * (8 + 16),
    "spectral_linear": 4 * 16 * 8 + (8 * 16 + 8),
    "spectral_conv": 4 * 6 * 6 * 3 * 9 + (4 * 27 + 4),
    "old_weight_conv": 4 * 6 * 6 * 3 * 9,
    "old_spectral_linear": 4 * 16 * 8,
}


class LayersTest(unittest.TestCase):
    def check(self, name, macs, params=None, beside=0, options=()):
        """Every part of a bench has its MACs, and none is missing here."""
        document = runner.small_summary(name, *options)
        found = runner.values(document, "macs")
        parts = {p: n for p, n in found.items() if p and "." not in p}
        self.assertEqual(parts, macs)
        self.assertEqual(document["totals"]["macs"], sum(macs.values()) + beside)
        found = runner.values(document, "params")
        self.assertEqual({p: found[p] for p in params or {}}, params or {})
        for warning in document["warnings"]:
            self.assertRegex(warning, "LibTorch warned|^shapes alone were not enough")
        return document

    def test_convolutions(self):
        self.check("convolutions", {**CONVOLUTIONS, **CONVOLUTION_FUNCTIONS},
                   CONVOLUTION_PARAMS)
        self.check("convolutions_scripted", CONVOLUTIONS, CONVOLUTION_PARAMS)
        self.check("quantized_convolutions", QUANTIZED_CONVOLUTIONS, QUANTIZED_PARAMS)

    def test_matrix_products(self):
        self.check("products", PRODUCTS, {"bilinear": 6 * 4 * 5 + 6, "linear_3d": 8 * 5})
        self.check("einsum", EINSUM)

    def test_attention(self):
        self.check("attention_functions", ATTENTION_FUNCTIONS)
        for name in ("attention", "attention_scripted", "attention_train"):
            with self.subTest(name):
                self.check(name, ATTENTION, ATTENTION_PARAMS)

    def test_attention_in_train_mode(self):
        for name in ("attention_train", "attention_scripted"):
            with self.subTest(name):
                self.check(name, ATTENTION, options=["--mode=train"])

    def test_recurrent_layers(self):
        self.check("recurrent", RECURRENT, RECURRENT_PARAMS)
        self.check("recurrent_scripted", RECURRENT, RECURRENT_PARAMS)

    def test_normalised_weights(self):
        old_spectral = 8 * 16 + 8
        document = self.check("norms", NORMS, beside=old_spectral)
        own = runner.values(document, "macs", "self")
        self.assertEqual(own["spectral_linear"], 4 * 16 * 8)
        self.assertEqual(own["spectral_linear.parametrizations.weight.0"], 8 * 16 + 8)
        # The direction and, for each output, the length.
        self.assertEqual(runner.values(document, "params")["weight_linear"],
                         8 * 16 + 8 + 8)


if __name__ == "__main__":
    unittest.main()
