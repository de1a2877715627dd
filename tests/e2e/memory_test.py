"""The metric memory: live bytes followed by hand, and PyTorch's own account."""

import unittest

import runner

FLOAT = 4


def memory(file, size, *options):
    return runner.summary(file, f"--input_size={size}", "--metrics=memory", *options)


def column(document, name, which):
    """The values of a column by path."""
    return {l["path"]: l["metrics"][name].get(which) for l in document["layers"]}


class MemoryTest(unittest.TestCase):
    def test_a_chain_followed_by_hand(self):
        # x [2, 8] -> first [2, 16] -> relu [2, 16] -> second [2, 4]
        document = memory(runner.SMALL / "memory_chain.pt", "2x8")
        first = relu = 2 * 16 * FLOAT
        second = 2 * 4 * FLOAT
        # After relu both are alive; first is given up before second runs.
        self.assertEqual(column(document, "activation_bytes", "self"),
                         {"": 0, "first": first, "relu": relu, "second": 0})
        self.assertEqual(column(document, "peak_bytes", "total"),
                         {"": first + relu, "first": first, "relu": first + relu,
                          "second": relu + second})
        # relu keeps its result, second its input: the same. The input of first
        # is the model's.
        self.assertEqual(column(document, "saved_bytes", "self"),
                         {"": 0, "first": 0, "relu": relu, "second": 0})
        totals = document["totals"]
        self.assertEqual(totals["activation_bytes"], first + relu)
        self.assertEqual(document["layers"][totals["activation_peak_layer"]]["path"], "relu")
        self.assertEqual(totals["input_bytes"], 2 * 8 * FLOAT)

    def test_a_branch_followed_by_hand(self):
        # stem [2, 8], held for the end; wide [2, 64], relu in its place;
        # narrow [2, 8]; cat [2, 16].
        document = memory(runner.SMALL / "memory_branches.pt", "2x8")
        stem = narrow = 2 * 8 * FLOAT
        wide = 2 * 64 * FLOAT
        cat = 2 * 16 * FLOAT
        self.assertEqual(column(document, "peak_bytes", "total"),
                         {"": stem + wide + narrow, "stem": stem, "wide": stem + wide,
                          "activation": stem + wide, "narrow": stem + wide + narrow})
        self.assertLess(stem + narrow + cat, stem + wide + narrow)
        self.assertEqual(column(document, "activation_bytes", "self"),
                         {"": 0, "stem": stem, "wide": wide, "activation": 0, "narrow": narrow})
        # wide's input, relu's result; cat keeps nothing but sizes.
        self.assertEqual(document["totals"]["saved_bytes"], stem + wide)

    def test_parameters_gradients_and_optimizers(self):
        totals = memory(runner.SMALL / "memory_chain.pt", "2x8")["totals"]
        params = (8 * 16 + 16 * 4) * FLOAT
        self.assertEqual(totals["param_bytes"], params)
        self.assertEqual(totals["gradient_bytes"], params)
        self.assertEqual(totals["sgd_bytes"], 0)
        self.assertEqual(totals["momentum_bytes"], params)
        # Two tensors, each with two moments and a step in float32.
        self.assertEqual(totals["adam_bytes"], 2 * params + 2 * FLOAT)
        tied = memory(runner.SMALL / "shared_weight.pt", "2x5:int64")["totals"]
        self.assertEqual(tied["gradient_bytes"], 50 * 8 * FLOAT)

    def test_flattened_weights_share_one_storage_and_count_once(self):
        # PyTorch puts all matrices of an LSTM into one storage.
        document = memory(runner.SMALL / "lstm.pt", "3x10x16")
        weights = 2 * (4 * 32 * (16 + 32 + 2) + 4 * 32 * (64 + 32 + 2))
        self.assertEqual(runner.layer(document, "lstm")["metrics"]["param_bytes"]["total"],
                         weights * FLOAT)

    def test_resnet18(self):
        document = memory(runner.TORCHVISION / "resnet18.scripted.pt", "1x3x224x224")
        # The stem's convolution and its normalisation, both 64x112x112.
        self.assertEqual(document["totals"]["activation_bytes"], 2 * 64 * 112 * 112 * FLOAT)
        # What torch.autograd.graph.saved_tensors_hooks sees in Python, each
        # storage once, without parameters, buffers and the input.
        self.assertEqual(document["totals"]["saved_bytes"], 21616128)
        # The run in train mode changes nothing of the first.
        self.assertEqual(document["run"]["mode"], "eval")
        self.assertEqual({len(l["calls"]) for l in document["layers"]} - {0, 1}, {2})

    def test_a_batch_that_cannot_train(self):
        document = memory(runner.SMALL / "small_batch.pt", "1x8")
        self.assertNotIn("saved_bytes", document["totals"])
        self.assertEqual(document["totals"]["activation_bytes"], 8 * FLOAT)
        self.assertRegex(document["warnings"][0],
                         "knows nothing of training: .*'norm'.*more than 1 value per channel")

    def test_self_values_add_up(self):
        for file, size in runner.small_models():
            if file.name == "raises.pt":
                continue
            with self.subTest(file.name):
                document = memory(file, size)
                for meta in document["columns"]:
                    name = meta["id"]
                    if meta.get("peak") or name not in document["totals"]:
                        continue
                    self.assertEqual(sum(column(document, name, "self").values()),
                                     document["totals"][name], name)
                self.assertEqual(document["totals"]["activation_bytes"],
                                 document["totals"]["peak_bytes"])

    def test_without_a_run_it_is_left_out_with_a_word(self):
        document = runner.summary(runner.LENET, "--metrics=params,memory")
        self.assertIn("metric 'memory' is left out", document["warnings"][0])
        self.assertNotIn("saved_bytes", document["totals"])


if __name__ == "__main__":
    unittest.main()
