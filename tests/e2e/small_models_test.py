"""Small models end to end: figures worked out by hand, flags, warnings."""

import re
import unittest

import runner

# MACs and parameters by arithmetic over the shapes in tests/models/small_*.py.
EXPECTED = {
    "two_inputs.pt": {"macs": 2 * (2 * 8 * 4), "params": 2 * (8 * 4 + 4)},
    "embedding.pt": {"macs": 10 * 16 * 4, "params": 100 * 16 + 16 * 4 + 4},
    "shared_weight.pt": {"macs": 10 * 8 * 50, "params": 50 * 8},
    "siamese.pt": {"macs": 2 * (2 * 8 * 4), "params": 8 * 4 + 4},
    "lstm.pt": {
        # Each matrix is applied once to each of 3 * 10 tokens; two directions.
        "macs": 30 * 2 * (4 * 32 * (16 + 32) + 4 * 32 * (64 + 32)) + 30 * 64 * 4,
        "params": 2 * (4 * 32 * (16 + 32 + 2) + 4 * 32 * (64 + 32 + 2)) + 64 * 4 + 4,
    },
    "mha.pt": {
        # Four projections of 2 * 10 tokens, then scores and values.
        "macs": 4 * 20 * 64 * 64 + 2 * (2 * 10 * 10 * 64),
        "params": 4 * 64 * 64 + 4 * 64,
    },
    "transformer.pt": {
        "macs": 2 * (4 * 20 * 64 * 64 + 2 * (2 * 10 * 10 * 64) + 2 * 20 * 64 * 128),
    },
    "padded_encoder.pt": {
        # What a CPU does of 5, 3, 7 and 1 tokens: linear layers take the 16
        # that there are, attention takes 7 of each sequence.
        "macs": 2 * ((5 + 3 + 7 + 1) * (4 * 16 * 16 + 2 * 16 * 32) + 4 * 2 * (7 * 7 * 16)),
    },
    "quantized.pt": {
        "macs": 2 * (16 * 32 + 32 * 4),
        "params": 16 * 32 + 32 + 32 * 4 + 4,
        "trainable_params": 0,
        # int8 weights and float32 biases.
        "param_bytes": 16 * 32 + 32 * 4 + 4 * (32 + 4),
    },
    "quantized_conv.pt": {
        "macs": 8 * 6 * 6 * (3 * 3 * 3) + 8 * 4 * 4 * (1 * 3 * 3) + 8 * 4 * 4 * 4,
        "params": 8 * 3 * 3 * 3 + 8 + 8 * 1 * 3 * 3 + 8 * 4 * 4 * 4 + 4,
    },
    "quantized_lstm.pt": {
        # Each matrix is applied once to each of 3 * 2 tokens.
        "macs": 6 * (28 * 5 + 28 * 7),
        "params": 28 * 5 + 28 * 7 + 28 + 28,
        "trainable_params": 0,
        "param_bytes": 28 * 5 + 28 * 7 + 4 * (28 + 28),
    },
    "half.pt": {"macs": 2 * 8 * 4, "params": 8 * 4 + 4, "param_bytes": 2 * (8 * 4 + 4)},
    "complex.pt": {"macs": 2 * 8 * 4, "params": 4 * 8, "param_bytes": 8 * 4 * 8},
    "sequential_100.pt": {"macs": 100 * 8 * 8, "params": 100 * (8 * 8 + 8)},
    "recursive.pt": {"macs": 3 * 2 * 8 * 8, "params": 8 * 8 + 8},
    "deep.pt": {"macs": 2 * 8 * 8, "params": 8 * 8 + 8},
}


UNKNOWN_PARAMETERS = ("frozen.pt", "partly_frozen.pt")


# Real ones, of the corpus: a branch that was not taken, a module that was not used.
TRACED_WITH_A_LOSS = {"seed_conditional_traced", "seed_dynamic", "torchinfo_cases"}


class SmallModelsTest(unittest.TestCase):
    def test_figures(self):
        sizes = {file.name: size for file, size in runner.small_models()}
        for name, expected in EXPECTED.items():
            with self.subTest(name):
                totals = runner.summary(
                    runner.SMALL / name, f"--input_size={sizes[name]}")["totals"]
                self.assertEqual({k: totals[k] for k in expected}, expected)

    def test_parameters_that_a_file_hides_are_unknown_and_not_zero(self):
        sizes = {file.name: size for file, size in runner.small_models()}
        for name in UNKNOWN_PARAMETERS:
            with self.subTest(name):
                document = runner.summary(runner.SMALL / name, f"--input_size={sizes[name]}")
                for key in ("params", "trainable_params", "param_bytes", "total_bytes"):
                    self.assertNotIn(key, document["totals"])
                self.assertRegex(" ".join(document["warnings"]), "not counted as parameters")
                table = runner.run(runner.SMALL / name, f"--input_size={sizes[name]}").out
                self.assertNotIn("Total params", table)

    def test_sequences_without_padding_cost_what_a_dense_batch_does(self):
        totals = runner.summary(runner.SMALL / "padded_encoder.pt",
                                "--input_size=4x10x16,4x10:bool")["totals"]
        self.assertEqual(
            totals["macs"], 2 * 4 * (10 * (4 * 16 * 16 + 2 * 16 * 32) + 2 * 10 * 10 * 16))

    def test_what_a_trace_did_not_call_is_said(self):
        document = runner.summary(runner.SMALL / "traced.pt", "--input_size=2x8")
        self.assertEqual(document["warnings"], [
            "this file was traced, and 3 modules were not called then: what they do is not in it"
            " (first 'branch')"])
        layers = {layer["path"]: layer for layer in document["layers"]}
        lost = ["branch", "branch.0", "spare.0"]
        for path in lost:
            self.assertEqual(layers[path]["flags"], ["not_executed"], path)
        self.assertEqual(len(layers["twice"]["calls"]), 2)
        self.assertEqual(layers["twice"]["flags"], ["recursive"])
        # Two calls of one Linear(8, 8) and one of another.
        self.assertEqual(document["totals"]["macs"], 3 * 2 * 8 * 8)

    def test_no_other_file_is_taken_for_such_a_trace(self):
        files = [*runner.SMALL.glob("*.pt"), *runner.TORCHVISION.glob("*.pt")]
        self.assertGreater(len(files), 40)
        for file in files:
            if file.stem in {"traced", *TRACED_WITH_A_LOSS}:
                continue
            with self.subTest(file.name):
                warnings = " ".join(runner.summary(file)["warnings"])
                self.assertNotIn("was traced", warnings)

    def test_a_constant_is_no_sign_of_freezing(self):
        document = runner.summary(runner.SMALL / "constant.pt", "--input_size=2x3")
        self.assertEqual(document["totals"]["params"], 0)
        self.assertEqual(document["warnings"], [])

    def test_what_forward_prints_is_kept_from_the_output(self):
        document = runner.summary(runner.SMALL / "prints.pt", "--input_size=2x4")
        self.assertEqual(document["warnings"], ["forward printed: hello [2, 4]"])

    def test_what_is_printed_changes_no_total(self):
        file = runner.TORCHVISION / "resnet18.scripted.pt"
        size = "--input_size=1x3x224x224"
        totals = lambda table: [l.split() for l in table.splitlines() if re.match(r"\w[\w-]* .*:", l)]
        whole = totals(runner.run(file, size).out)
        self.assertGreater(len(whole), 6)
        for option in ["--depth=0", "--columns=kernel_size", "--fold", "--metrics=macs,params"]:
            with self.subTest(option):
                self.assertEqual(totals(runner.run(file, size, option).out), whole)

    def test_without_input_size_structure_and_parameters(self):
        document = runner.summary(runner.LENET, "--metrics=params")
        self.assertEqual(document["totals"]["params"], 61706)
        self.assertNotIn("macs", document["totals"])
        self.assertNotIn("run", document)
        self.assertEqual([l["calls"] for l in document["layers"]], [[]] * 13)
        self.assertFalse(any("not_executed" in l["flags"] for l in document["layers"]))

    def test_calls_have_all_inputs_and_outputs(self):
        document = runner.summary(runner.SMALL / "nested_outputs.pt", "--input_size=2x8")
        root = document["layers"][0]["calls"][0]
        self.assertEqual([t["shape"] for t in root["inputs"]], [[2, 8]])
        # (Tensor, {name: [Tensor, ...]}): all of them.
        self.assertGreaterEqual(len(root["outputs"]), 3)
        join = runner.layer(document, "join")["calls"][0]
        # A list of three tensors is three inputs.
        self.assertEqual([t["shape"] for t in join["inputs"]], [[2, 8]] * 3)
        self.assertGreaterEqual(
            len(runner.layer(document, "summarize")["calls"][0]["outputs"]), 2)

    def test_flags(self):
        conditional = runner.summary(runner.SMALL / "conditional.pt", "--input_size=2x8")
        branch = runner.layer(conditional, "branch")
        self.assertIn("not_executed", branch["flags"])
        self.assertGreater(branch["metrics"]["params"]["total"], 0)
        self.assertEqual(branch["metrics"]["macs"]["total"], 0)
        recursive = runner.summary(runner.SMALL / "recursive.pt", "--input_size=2x8")
        again = [l for l in recursive["layers"] if "recursive" in l["flags"]]
        self.assertEqual([len(l["calls"]) for l in again], [3])
        siamese = runner.summary(runner.SMALL / "siamese.pt", "--input_size=2x8")
        for path in ("left", "right"):
            self.assertEqual(runner.layer(siamese, path)["flags"][0], "shared")
        # An overloaded forward is a forward.
        lstm = runner.summary(runner.SMALL / "lstm.pt", "--input_size=3x10x16")
        self.assertFalse(any("not_executed" in l["flags"] for l in lstm["layers"]))
        tied = runner.summary(runner.SMALL / "shared_weight.pt", "--input_size=2x5:int64")
        for path in ("embedding", "head"):
            self.assertIn("shared", runner.layer(tied, path)["flags"])
        containers = runner.summary(runner.SMALL / "containers.pt", "--input_size=2x8")
        kinds = {l["type"] for l in containers["layers"] if "container" in l["flags"]}
        self.assertEqual(kinds, {"ModuleList", "ModuleDict"})

    def test_attributes_and_class_names(self):
        document = runner.summary(runner.TORCHVISION / "resnet18.scripted.pt")
        conv = runner.layer(document, "layer2.0.downsample.0")
        self.assertEqual((conv["type"], conv["full_type"]),
                         ("Conv2d", "torch.nn.modules.conv.Conv2d"))
        self.assertEqual({k: conv["attributes"][k] for k in
                          ("kernel_size", "stride", "padding", "groups")},
                         {"kernel_size": "[1, 1]", "stride": "[2, 2]",
                          "padding": "[0, 0]", "groups": "1"})
        fc = runner.layer(document, "fc")["attributes"]
        self.assertEqual((fc["in_features"], fc["out_features"]), ("512", "1000"))

    def test_train_mode(self):
        evaluated = runner.summary(runner.SMALL / "dropout_train.pt", "--input_size=4x8")
        trained = runner.summary(
            runner.SMALL / "dropout_train.pt", "--input_size=4x8", "--mode=train")
        self.assertEqual(evaluated["run"]["mode"], "eval")
        self.assertEqual(trained["run"]["mode"], "train")
        self.assertEqual(evaluated["totals"]["macs"], trained["totals"]["macs"])


if __name__ == "__main__":
    unittest.main()
