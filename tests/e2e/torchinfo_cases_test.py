"""The cases that torchinfo gets wrong: params and MACs as they are.

Numbers, sizes and expected figures are those of a study of torchinfo 1.8.0; the
arithmetic beside each figure stands for itself. Case 10 has a file of its own.
"""

import math
import unittest

import runner

# Four projections and the two products of attention, for 2 x 128 tokens of 64.
ATTENTION = 4 * 256 * 64 * 64 + 2 * (2 * 128 * 128 * 64)
ATTENTION_PARAMS = 4 * (64 * 64 + 64)
LSTM_PARAMS = 4 * 64 * (32 + 64 + 2)

# Path: params, MACs by arithmetic, MACs as published.
CASES = {
    "case01": (8 * 27 + 2 * 8, 8 * 32 * 32 * 27, 221184),
    "case02_matmul": (ATTENTION_PARAMS, ATTENTION, 8388608),
    "case02_fused": (ATTENTION_PARAMS, ATTENTION, 8388608),
    "case03": (ATTENTION_PARAMS, ATTENTION, 8388608),
    "case04": (
        ATTENTION_PARAMS + 2 * 64 * 256 + 256 + 64 + 2 * (2 * 64),
        ATTENTION + 256 * 2 * 64 * 256,
        16777216,
    ),
    "case05": (3 * 8 + 8, 5 * 10 * 3 * 8, 1200),
    "case06": (3 * 8 + 8, 3 * 8, 24),
    "case07": (8 * 27 + 8, 8 * 32 * 32 * 27, 221184),
    "case08": (8 * 27 + 8, 8 * 32 * 32 * 27, 221184),
    "case09": (2 * 64, 0, 0),
    "case11": (64 * 32 * 16 + 32, (64 * 16 * 16) * 32 * 16, 8388608),
    "case12_grouped": (56 * 16 * 9 + 56, 56 * 26 * 26 * (64 // 4) * 9, 5451264),
    "case12_depthwise": (8 * 9 + 8, 8 * 32 * 32 * 9, 73728),
    "case13_einsum": (32 * 32, 2 * 32 * 32 * 32, 65536),
    "case13_bmm": (2 * 32 * 32, 2 * 32 * 32 * 32, 65536),
    "case13_matmul": (32 * 32, 2 * 32 * 32 * 32, 65536),
    "case14": (3 * 8 * 8, 3 * 2 * 8 * 8, 384),
    "case15": (1000 * 64, 16 * 64 * 1000, 1024000),
    "case16_scripted": (10 * 10 + 10, 4 * 2 * 10 * 10, 800),
    "case16_traced": (10 * 10 + 10, 4 * 2 * 10 * 10, 800),
    "case17": (6 * (4 * 4 + 4), 6 * 2 * 4 * 4, None),
    "case18": ((4 * 4 + 4) + (4 * 400 + 400), 4 * 4, None),
    "case19": (LSTM_PARAMS, 10 * 3 * 4 * 64 * (32 + 64), 737280),
    "case20": (LSTM_PARAMS, 10 * 4 * 64 * (32 + 64), 245760),
    "case21": (LSTM_PARAMS, 3 * 4 * 64 * (32 + 64), 73728),
    "case22": (4 * 16 * (8 + 16 + 2), (5 + 3 + 2) * 4 * 16 * (8 + 16), 15360),
    "case23": (8 * 32 + 32, 2 * 16 * 8 * 32, 8192),
    "case24_weight": (8 * 27 + 8 + 8, 8 * 32 * 32 * 27, 221184),
    # The layer; what finds the norm of its weight (a product of 16x16 with a
    # vector, and one of two vectors) is below it.
    "case24_spectral": (16 * 16 + 16, 4 * 16 * 16 + (16 * 16 + 16), 1024 + 272),
    "case25": (16 * 16 + 16 + 16, 4 * 16 * 16, 1024),
    "case26": (64 * 64 + 64 + 64 * 10 + 10, 64 * 64 + 64 * 10, 4736),
    "case27_scripted": (2 * 8 * 32 + 32 + 8, 2 * 8 * 32, 512),
    "case27_traced": (2 * 8 * 32 + 32 + 8, 2 * 8 * 32, 512),
    "case28": (1000 + 2, 1, None),
    "case29_scripted": ((16 + 4) + (24 + 6), 32 * (4 * 4 + 4 * 6), 1280),
    "case29_traced": ((16 + 4) + (24 + 6), 32 * (4 * 4 + 4 * 6), 1280),
    "case30": (5 * 1000 + 5 * 2000, 4 * 1000 + 4 * 2000, None),
    "case31": (100 * 100, 100 * 100, 10000),
}

# As published: elements of parameters.
PARAMS = {"case15": 64000, "case16_scripted": 110, "case17": 120, "case18": 2020,
          "case26": 4810, "case31": 10000}
# As published: bytes of parameters below the path.
PARAM_BYTES = {"case18": 8080, "case28": 4008, "case29_scripted": 200,
               "case31": 40000, "case26": 64 * 64 + 64 * 10 + 4 * (64 + 10)}
SIZES = {"float32": 4, "qint8": 1}


class TorchinfoCasesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.document = runner.small_summary("torchinfo_cases")

    def below(self, path):
        return [layer for layer in self.document["layers"]
                if layer["path"] == path or layer["path"].startswith(path + ".")]

    def test_every_case(self):
        macs = runner.values(self.document, "macs")
        params = runner.values(self.document, "params")
        self.assertEqual({p for p in macs if p and "." not in p}, set(CASES))
        for path, (expected_params, expected_macs, published) in CASES.items():
            with self.subTest(path):
                self.assertEqual(params[path], expected_params)
                self.assertEqual(macs[path], expected_macs)
                self.assertIn(published, (None, expected_macs))
        self.assertEqual(macs[""], sum(case[1] for case in CASES.values()))
        for path, published in PARAMS.items():
            self.assertEqual(params[path], published)

    def test_bytes(self):
        for path, expected in PARAM_BYTES.items():
            with self.subTest(path):
                self.assertEqual(expected, sum(
                    math.prod(p["shape"]) * SIZES[p["dtype"]]
                    for layer in self.below(path) for p in layer["parameters"]))

    def test_10_an_embedding_costs_nothing(self):
        totals = runner.small_summary("torchinfo_case10")["totals"]
        self.assertEqual(totals["macs"], 0)
        self.assertEqual(totals["params"], 50257 * 768)
        self.assertEqual(totals["param_bytes"], 50257 * 768 * 4)

    def test_what_the_table_says_beside_numbers(self):
        layer = lambda path: runner.layer(self.document, path)
        for case in ("case16_scripted", "case16_traced"):
            self.assertEqual(len(layer(f"{case}.linear")["calls"]), 4)
        self.assertRegex(" ".join(self.document["warnings"]),
                         "traced, and 1 module was not called then: .*'case18.branches.unused'")
        shared = [l["path"] for l in self.below("case17") if "shared" in l["flags"]]
        self.assertEqual(shared, [f"case17.blocks.{i}.1" for i in range(3)])
        unused = layer("case18.branches.unused")
        self.assertIn("not_executed", unused["flags"])
        self.assertEqual(unused["metrics"]["params"]["total"], 2000)
        self.assertEqual(runner.values(self.document, "params", "self")["case28"], 1000)
        self.assertEqual(layer("case29_scripted.first")["metrics"]["macs"]["total"],
                         32 * 4 * 4)
        self.assertEqual([t["shape"] for t in layer("case30")["calls"][0]["outputs"]],
                         [[1, 1000], [1, 2000]])
        self.assertEqual([(b["name"], b["shape"]) for b in layer("case31")["buffers"]],
                         [("weight_mask", [100, 100])])
        tied = [l["flags"] for l in self.below("case15")[1:]]
        self.assertEqual(tied, [["shared"], ["shared"]])


if __name__ == "__main__":
    unittest.main()
