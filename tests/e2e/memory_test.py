"""The metric memory: live bytes followed by hand, and PyTorch's own account."""

import json
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

    def test_shapes_alone_tell_what_the_cpu_measures(self):
        # Where both run the same operators: not attention, dropout in training,
        # recurrent layers, transposed convolutions, means (a scalar of the CPU's).
        names = {"memory_chain", "memory_branches", "bare_parameter", "frozen", "shared_weight",
                 "nested_outputs", "quantized_conv", "seed_custom_layer"}
        files = [(file, size) for file, size in runner.small_models() if file.stem in names]
        self.assertEqual(len(files), len(names))
        files.append((runner.TORCHVISION / "resnet18.scripted.pt", "1x3x224x224"))
        for file, size in files:
            with self.subTest(file.stem):
                shape, cpu = (memory(file, size, f"--device={d}") for d in ("shape", "cpu"))
                self.assertEqual(shape["run"]["device"], "shape")
                for name, which in [("activation_bytes", "self"), ("peak_bytes", "total"),
                                    ("saved_bytes", "self")]:
                    told, measured = (column(d, name, which) for d in (shape, cpu))
                    for module in (told, measured):
                        # A mean over all places divides by a scalar tensor.
                        module.pop("avgpool", None)
                    self.assertEqual(told, measured, name)

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


MIB = 1 << 20


def block(size):
    """What the allocator rounds to."""
    return -(-size // 512) * 512


class DeviceTest(runner.TempFolderTest):
    """Predicted memory of a device."""

    def test_a_chain_followed_by_hand(self):
        # x [2, 8] -> first [2, 16] -> relu [2, 16] -> second [2, 4], no biases.
        document = memory(runner.SMALL / "memory_chain.pt", "2x8")
        totals = document["totals"]
        weights = block(8 * 16 * FLOAT) + block(16 * 4 * FLOAT)
        x, first, relu, second = (block(2 * n * FLOAT) for n in (8, 16, 16, 4))
        self.assertEqual(totals["predicted_allocated_bytes"], weights + x + first + relu)
        self.assertEqual(totals["predicted_reserved_bytes"], 2 * MIB)
        self.assertEqual(column(document, "predicted_allocated_bytes", "total"),
                         {"": weights + x + first + relu, "first": weights + x + first,
                          "relu": weights + x + first + relu,
                          "second": weights + x + relu + second})
        # Backward of relu: held, the output, what relu gave and its gradient,
        # the gradient of what first gave, and that of second's weight.
        backward = weights + x + second + 2 * relu + first + block(16 * 4 * FLOAT)
        for name, kept in [("sgd", 0), ("momentum", 1), ("adam", 2)]:
            self.assertEqual(totals[f"predicted_{name}_allocated_bytes"],
                             backward + kept * weights, name)
            self.assertEqual(totals[f"predicted_{name}_reserved_bytes"], 2 * MIB)

    def test_resnet18(self):
        totals = memory(runner.TORCHVISION / "resnet18.scripted.pt", "1x3x224x224")["totals"]
        # At rest 11,689,512 parameters; the highest point is the stem's.
        held = totals["param_bytes"] + totals["buffer_bytes"]
        least = held + totals["input_bytes"] + 2 * 64 * 112 * 112 * FLOAT
        # Rounding: 62 parameters and 60 buffers to 512 bytes, and large blocks
        # of which up to 1 MiB is not split off: those of 8 MiB and more.
        self.assertGreaterEqual(totals["predicted_allocated_bytes"], least)
        self.assertLess(totals["predicted_allocated_bytes"], least + 122 * 512 + 5 * MIB)
        self.assertGreaterEqual(totals["predicted_reserved_bytes"],
                                totals["predicted_allocated_bytes"])
        for name, state in [("sgd", 0), ("momentum", 1), ("adam", 2)]:
            # What certainly is there when backward begins, in the second step.
            self.assertGreaterEqual(
                totals[f"predicted_{name}_allocated_bytes"],
                held + totals["input_bytes"] + totals["saved_bytes"]
                + state * totals["gradient_bytes"])

    def test_fused_attention_makes_no_matrix_of_weights(self):
        document = memory(runner.TORCHVISION / "vit_b_16.traced.pt", "1x3x224x224")
        tokens = 197 * 768 * FLOAT
        self.assertEqual(197 * 3072 * FLOAT, 4 * tokens)
        # In an MLP: what its first layer gave, GELU of that, and the sum that is
        # added later. No 12 x 197 x 197 weights anywhere in attention.
        self.assertEqual(document["totals"]["activation_bytes"], 9 * tokens)
        # The sum, its input, normalised, queries, keys and values in one, what
        # attention gave, and its projection.
        self.assertEqual(
            column(document, "peak_bytes", "total")["encoder.layers.encoder_layer_0.self_attention"],
            7 * tokens)

    def test_the_biggest_batch_that_fits(self):
        # All of it lies in one segment of 2 MiB as long as it fits, by hand:
        # weights in two blocks, x, what first gave and what relu gave.
        def need(batch):
            return (2 * 512 + block(batch * 8 * FLOAT) + 2 * block(batch * 16 * FLOAT))
        batch = max(b for b in range(13000, 13200) if need(b) <= 2 * MIB)
        for size in ("2x8", "12000x8"):
            document = memory(runner.SMALL / "memory_chain.pt", size, "--memory_limit=3MiB")
            self.assertEqual(document["totals"]["max_batch"], batch)
            self.assertEqual(document["totals"]["memory_limit_bytes"], 3 * MIB)
            # The runs of the search leave no trace.
            self.assertEqual({len(l["calls"]) for l in document["layers"]}, {1})
            self.assertEqual(document["run"]["inputs"][0]["shape"],
                             [int(n) for n in size.split("x")])

    def test_the_biggest_batch_of_a_real_model_is_the_biggest(self):
        file = runner.TORCHVISION / "resnet18.scripted.pt"
        batch = memory(file, "1x3x224x224", "--memory_limit=1GiB")["totals"]["max_batch"]
        self.assertGreater(batch, 1)
        for size, fits in [(batch, True), (batch + 1, False)]:
            totals = memory(file, f"{size}x3x224x224")["totals"]
            self.assertEqual(totals["predicted_reserved_bytes"] <= 1 << 30, fits, size)

    def test_what_does_not_fit_has_a_summary_and_status_3(self):
        target = self.folder / "summary.json"
        result = runner.run(runner.SMALL / "memory_chain.pt", "--input_size=2x8",
                            "--metrics=memory", "--memory_limit=1MiB", f"--output={target}")
        self.assertEqual(result.status, 3)
        self.assertRegex(result.err, r"\Astrata: error: model does not fit \(.*memory_chain.pt\): "
                         r"inference needs 2.10 MB \(2097152 bytes\), and --memory_limit is "
                         r"1.05 MB \(1048576 bytes\)\n\Z")
        totals = json.loads(target.read_text())["totals"]
        self.assertEqual(totals["max_batch"], 0)

    def test_a_biggest_batch_that_is_not_known_is_said_why(self):
        chain = runner.SMALL / "memory_chain.pt"
        for arguments, why in [
            ([chain, "--input_size=2x8", "--device=cpu"], "on the device 'shape' only"),
            ([runner.SMALL / "frozen.pt", "--input_size=1x3x16x16"], "parameters are hidden"),
        ]:
            document = runner.summary(*arguments, "--metrics=memory", "--memory_limit=1GiB")
            self.assertNotIn("max_batch", document["totals"])
            self.assertRegex(" ".join(document["warnings"]),
                             "the biggest batch that fits is unknown: .*" + why)

    def test_wrong_limits(self):
        arguments = [runner.SMALL / "memory_chain.pt", "--input_size=2x8", "--metrics=memory"]
        for text in ("", "0", "-1GiB", "24G", "GiB", "1e3", "much", "99999999TiB"):
            result = runner.run(*arguments, f"--memory_limit={text}")
            self.assertEqual((result.status, result.out), (2, ""), text)
            self.assertIn(f"--memory_limit={text}: expected bytes, more than 0", result.err)
        result = runner.run(*arguments[:2], "--memory_limit=1GiB")
        self.assertEqual(result.status, 2)
        self.assertIn("needs the metric 'memory'", result.err)
        result = runner.run(arguments[0], arguments[2], "--memory_limit=1GiB")
        self.assertEqual(result.status, 2)
        self.assertIn("--memory_limit needs a run", result.err)

    def test_the_table_has_lines_for_it(self):
        out = runner.run(runner.SMALL / "memory_chain.pt", "--input_size=2x8",
                         "--metrics=memory", "--memory_limit=1GiB").out
        for line in (r"Device, inference, allocated: +2.56 kB", r"Device, inference, reserved: +2.10 MB",
                     r"Device, training, SGD: +2.10 MB", r"Device, training, Adam: +2.10 MB",
                     r"Memory limit: +1.07 GB", r"Largest batch, inference: +[\d,]+"):
            self.assertRegex(out, line)


if __name__ == "__main__":
    unittest.main()
