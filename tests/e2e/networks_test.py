"""Whole models: those that users ask about, and those that they have."""

import unittest

import runner


def linear(n, m):
    return n * m + m


def attention(queries, keys, batch=2, embed=64, key_embed=64):
    """Projections and products; keys and values may have fewer heads."""
    return (batch * (2 * queries * embed * embed + 2 * keys * embed * key_embed)
            + 2 * batch * queries * keys * embed)


MULTIHEAD_PARAMS = 4 * linear(64, 64)
# The vectors of T5's and Llama's norms have no bias.
NORM = 64

# By name: params, MACs. Transformers have width 64 and two layers, and see two
# sequences of 16 tokens, T5 of 12 and 8.
EXPECTED = {
    "seed_conditional": (linear(10, 5) + linear(5, 2), 10 * 5),
    "seed_conditional_taken": (linear(10, 5) + linear(5, 2), 10 * 5 + 5 * 2),
    "seed_conditional_traced": (linear(10, 5) + linear(5, 2), 10 * 5),
    "seed_dynamic": (linear(10, 5) + linear(5, 2), 10 * 5 + 5 * 2),
    "seed_extended": (linear(10, 5) + linear(5, 2), 10 * 5 + 5 * 2),
    "seed_custom_layer": (linear(10, 5) + 5 * 2, 10 * 5 + 5 * 2),
    "seed_simple_net": (linear(10, 20) + linear(20, 2), 10 * 20 + 20 * 2),
    "seed_simple_cnn": (
        16 * 27 + 16 + 32 * 16 * 9 + 32 + linear(32 * 7 * 7, 10),
        16 * 28 * 28 * 27 + 32 * 14 * 14 * 16 * 9 + 32 * 7 * 7 * 10,
    ),
    "seed_simple_cnn_grey": (
        16 * 9 + 16 + 32 * 16 * 9 + 32 + linear(32 * 7 * 7, 10),
        16 * 28 * 28 * 9 + 32 * 14 * 14 * 16 * 9 + 32 * 7 * 7 * 10,
    ),
    "nested_containers": (4 * linear(8, 8), 2 * (2 * 8 * 8)),
    "methods": (linear(8, 8) + linear(8, 2), 5 * (2 * 8 * 8) + 2 * 8 * 2),
    "siamese_conv": (
        4 * 25 + 4 + 8 * 4 * 25 + 8 + linear(8 * 8 * 8, 16) + linear(16, 1),
        2 * (4 * 24 * 24 * 25 + 8 * 8 * 8 * 4 * 25 + 512 * 16) + 16,
    ),
    "unpooling": (
        8 * 27 + 8 + 8 * 27 + 3,
        2 * 8 * 8 * 8 * 27 + (2 * 8 * 8 * 8) * 27,
    ),
    "lstm_language_model": (
        50 * 16 + 2 * 4 * 16 * (16 + 16 + 2) + 50,
        12 * 2 * 4 * 16 * (16 + 16) + 12 * 16 * 50,
    ),
    "bert": (
        (100 + 32 + 2) * 64 + 2 * 64
        + 2 * (MULTIHEAD_PARAMS + linear(64, 256) + linear(256, 64) + 2 * 2 * 64)
        + linear(64, 64),
        # The pooler sees one token of each sequence.
        2 * (attention(16, 16) + 32 * 2 * 64 * 256) + 2 * 64 * 64,
    ),
    "gpt2": (
        (100 + 32) * 64 + 2 * 64
        + 2 * (MULTIHEAD_PARAMS + linear(64, 256) + linear(256, 64) + 2 * 2 * 64),
        2 * (attention(16, 16) + 32 * 2 * 64 * 256) + 32 * 64 * 100,
    ),
    "llama": (
        2 * 100 * 64 + NORM
        + 2 * (2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 128 + 2 * NORM),
        2 * (attention(16, 16, key_embed=32) + 32 * 3 * 64 * 128) + 32 * 64 * 100,
    ),
    "t5": (
        # Positions by 32 buckets for each of four heads, in each stack.
        100 * 64 + 2 * (32 * 4 + NORM)
        + 2 * (4 * 64 * 64 + 2 * 64 * 256 + 2 * NORM)
        + 2 * (2 * 4 * 64 * 64 + 2 * 64 * 256 + 3 * NORM),
        2 * (attention(12, 12) + 24 * 2 * 64 * 256)
        + 2 * (attention(8, 8) + attention(8, 12) + 16 * 2 * 64 * 256)
        + 16 * 64 * 100,
    ),
    "masked": (linear(8, 4), 2 * 8 * 4),
    "float8": (linear(8, 4), 2 * 8 * 4),
}
HALF = ("float8",)

# Packed weights of one byte, biases of four: params, param_bytes, macs.
QUANTIZED = {
    "quantized_gru": (2 * 3 * 7 * (5 + 7 + 2), 2 * 3 * 7 * (5 + 7 + 4 * 2),
                      3 * 2 * 2 * 3 * 7 * (5 + 7)),
    "quantized_cells": ((4 + 3 + 1) * 7 * (5 + 7 + 2), (4 + 3 + 1) * 7 * (5 + 7 + 4 * 2),
                        2 * (4 + 3 + 1) * 7 * (5 + 7)),
}

# A nested tensor leaves the padding out of products with weights: 10 and 6
# tokens. Scores are of the padded 10, and so are the values they weigh.
PADDED_TOKENS = 10 + 6
EXPECTED["transformer_padded"] = (
    3 * (4 * linear(16, 16) + linear(16, 32) + linear(32, 16) + 2 * 2 * 16),
    3 * (PADDED_TOKENS * (4 * 16 * 16 + 2 * 16 * 32) + 2 * (2 * 10 * 10) * 16),
)


class NetworksTest(unittest.TestCase):
    def test_figures(self):
        for name, (params, macs) in EXPECTED.items():
            with self.subTest(name):
                document = runner.small_summary(name)
                totals = document["totals"]
                self.assertEqual((totals["params"], totals["macs"]), (params, macs))
                self.assertEqual(totals["param_bytes"],
                                 (2 if name in HALF else 4) * params)
                lost = ["seed_conditional_traced", "seed_dynamic"]
                own = [w for w in document["warnings"]
                       if not w.startswith(("LibTorch warned", "shapes alone were not enough"))]
                self.assertEqual(len(own), 1 if name in lost else 0)

    def test_quantized_recurrent_layers(self):
        for name, expected in QUANTIZED.items():
            with self.subTest(name):
                totals = runner.small_summary(name)["totals"]
                self.assertEqual(
                    (totals["params"], totals["param_bytes"], totals["macs"]), expected)

    def test_branches(self):
        for name, ran in [("seed_conditional", False), ("seed_conditional_traced", False),
                          ("seed_conditional_taken", True)]:
            with self.subTest(name):
                layer = runner.layer(runner.small_summary(name), "linear2")
                self.assertEqual("not_executed" in layer["flags"], not ran)
                self.assertEqual(layer["metrics"]["params"]["total"], linear(5, 2))
                self.assertEqual(layer["metrics"]["macs"]["total"], 5 * 2 if ran else 0)

    def test_a_module_made_anew_is_not_the_one_in_the_file(self):
        document = runner.small_summary("seed_dynamic")
        self.assertIn("not_executed", runner.layer(document, "linear2")["flags"])
        self.assertEqual(runner.values(document, "macs", "self")[""], 5 * 2)

    def test_nested_containers(self):
        document = runner.small_summary("nested_containers")
        macs = runner.values(document, "macs")
        self.assertEqual((macs["paths.left"], macs["paths.right"]), (2 * 2 * 8 * 8, 0))
        for path, flags in [("paths.left.0", ["container"]),
                            ("empty", ["container"]),
                            ("paths.right.1.linear", ["not_executed"])]:
            self.assertEqual(runner.layer(document, path)["flags"], flags)

    def test_calls_from_other_methods(self):
        step = runner.layer(runner.small_summary("methods"), "step")
        self.assertEqual(len(step["calls"]), 5)
        self.assertEqual(step["metrics"]["macs"]["total"], 5 * 2 * 8 * 8)

    def test_one_encoder_for_two_images(self):
        document = runner.small_summary("siamese_conv")
        for layer in document["layers"]:
            if layer["path"].startswith("encoder"):
                self.assertEqual(len(layer["calls"]), 2)
                self.assertIn("recursive", layer["flags"])

    def test_indices_are_an_output(self):
        pool = runner.layer(runner.small_summary("unpooling"), "pool")["calls"][0]
        self.assertEqual([(t["shape"], t["dtype"]) for t in pool["outputs"]],
                         [([2, 8, 4, 4], "float32"), ([2, 8, 4, 4], "int64")])

    def test_tied_embeddings(self):
        for name, paths in [
            ("lstm_language_model", ["embedding", "decoder"]),
            ("gpt2", ["transformer.wte", "lm_head"]),
            ("t5", ["shared", "encoder.embed_tokens", "decoder.embed_tokens", "lm_head"]),
        ]:
            with self.subTest(name):
                document = runner.small_summary(name)
                own = runner.values(document, "params", "self")
                total = runner.values(document, "params")
                for i, path in enumerate(paths):
                    layer = runner.layer(document, path)
                    self.assertIn("shared", layer["flags"])
                    # The bias of a head is its own.
                    bias = 50 if path == "decoder" else 0
                    tied = total[path] - bias
                    self.assertEqual(tied, 50 * 16 if bias or i == 0 and name[0] == "l"
                                     else 100 * 64)
                    self.assertEqual(own[path], (tied if i == 0 else 0) + bias)

    def test_parts_of_transformers(self):
        for name, path, macs in [
            ("bert", "encoder.layer.1.attention", attention(16, 16)),
            ("bert", "encoder.layer.1.intermediate", 32 * 64 * 256),
            ("bert", "embeddings", 0),
            ("gpt2", "transformer.h.0.attn", attention(16, 16)),
            ("gpt2", "transformer.h.0.mlp", 32 * 2 * 64 * 256),
            ("gpt2", "lm_head", 32 * 64 * 100),
            ("llama", "model.layers.1.self_attn", attention(16, 16, key_embed=32)),
            ("llama", "model.layers.1.self_attn.k_proj", 32 * 64 * 32),
            ("llama", "model.layers.1.mlp", 32 * 3 * 64 * 128),
            ("t5", "decoder.block.0.layer.1", attention(8, 12)),
            ("t5", "encoder.block.1.layer.0", attention(12, 12)),
        ]:
            with self.subTest(f"{name} {path}"):
                found = runner.values(runner.small_summary(name), "macs")
                self.assertEqual(found[path], macs)

    def test_inputs_of_any_kind(self):
        for name, size, macs in [
            ("seed_simple_net", "0x10", 0),
            ("transposed", "0x4x8x8", 0),
            ("embedding", "0x5:int64", 0),
            ("lstm_language_model", "3x1:int64", 3 * (2 * 4 * 16 * 32 + 16 * 50)),
            ("masked", "2x8,1x8:bool,()", 2 * 8 * 4),
            ("masked", "0x8,0x8:bool,()", 0),
            ("float8", "2x8:float8_e5m2", 2 * 8 * 4),
            ("float8", "2x8:float16", 2 * 8 * 4),
            ("float8", "2x8:bfloat16", 2 * 8 * 4),
            ("half", "0x8:bfloat16", 0),
            ("complex", "3x8:complex64", 3 * 8 * 4),
        ]:
            with self.subTest(f"{name} {size}"):
                document = runner.summary(runner.SMALL / f"{name}.pt",
                                          f"--input_size={size}")
                self.assertEqual(document["totals"]["macs"], macs)
                found = [(t["shape"], t["dtype"]) for t in document["run"]["inputs"]]
                parts = [part.partition(":") for part in size.split(",")]
                self.assertEqual(found, [
                    ([] if s == "()" else [int(n) for n in s.split("x")], d or "float32")
                    for s, _, d in parts])


if __name__ == "__main__":
    unittest.main()
