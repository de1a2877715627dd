"""--inputs, --partial and --timeout."""

import json
import time
import unittest

import runner


class InputsTest(runner.TempFolderTest):
    def totals(self, model, inputs):
        return runner.summary(runner.SMALL / model, f"--inputs={runner.INPUTS / inputs}")

    def test_a_tensor_a_tuple_a_list_and_a_dict(self):
        cases = [
            ("two_inputs.pt", None, None),
            ("memory_chain.pt", "tensor.pt", [([2, 8], "float32")]),
            ("named_inputs.pt", "tuple.pt", [([1, 3], "int64"), ([1, 3], "bool")]),
            ("named_inputs.pt", "list.pt", [([1, 3], "int64"), ([1, 3], "bool")]),
            # By name, whatever their order.
            ("named_inputs.pt", "dict.pt", [([1, 3], "int64"), ([1, 3], "bool")]),
            # forward takes one dict: it is the dict.
            ("dict_input.pt", "dict_of_lists.pt", [([3, 8], "float32"), ([2, 8], "float32")]),
            ("complex.pt", "complex.pt", [([2, 8], "complex64")]),
            ("half.pt", "half.pt", [([2, 8], "bfloat16")]),
        ]
        for model, inputs, expected in cases[1:]:
            with self.subTest(f"{model} {inputs}"):
                document = self.totals(model, inputs)
                self.assertEqual([(t["shape"], t["dtype"]) for t in document["run"]["inputs"]],
                                 expected)
        # 5 rows in all, by 8 to 4.
        self.assertEqual(self.totals("dict_input.pt", "dict_of_lists.pt")["totals"]["macs"],
                         5 * 8 * 4)

    def test_what_does_not_fit(self):
        junk = self.folder / "junk.pt"
        junk.write_bytes(b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.")  # The format before 1.6.
        cases = [
            ("memory_chain.pt", runner.INPUTS / "tuple.pt", 1,
             r"forward takes 1 input \(x: Tensor\), and .*tuple.pt has 2"),
            ("named_inputs.pt", runner.INPUTS / "dict_wrong_name.pt", 1,
             "and the inputs have 'msk'"),
            ("named_inputs.pt", runner.INPUTS / "dict_too_few.pt", 1,
             "and the inputs have no 'mask'"),
            ("memory_chain.pt", junk, 1, r"cannot read inputs \(.*junk.pt\): .*zip"),
            ("memory_chain.pt", self.folder / "none.pt", 1, "none.pt.: no such file"),
            ("memory_chain.pt", self.folder, 1, "no such file"),
            ("memory_chain.pt", runner.LENET, 1, "it is a model; expected tensors"),
            ("memory_chain.pt", runner.INPUTS / "complex.pt", 1, "in 'first' .Linear., given"),
        ]
        for model, inputs, status, error in cases:
            with self.subTest(f"{model} {inputs.name}"):
                output = self.folder / "out.json"
                result = runner.run(runner.SMALL / model, f"--inputs={inputs}",
                                    f"--output={output}")
                self.assertEqual(result.status, status)
                self.assertRegex(result.err, r"^strata: error: .*" + error)
                self.assertFalse(output.exists())

    def test_sizes_and_a_file_are_too_much(self):
        result = runner.run(runner.LENET, "--input_size=1x1x28x28",
                            f"--inputs={runner.INPUTS / 'tensor.pt'}")
        self.assertEqual(result.status, 2)
        self.assertIn("--input_size and --inputs both say what to run with", result.err)


class PartialTest(runner.TempFolderTest):
    def test_what_ran_before_the_error(self):
        output = self.folder / "out.json"
        arguments = [runner.SMALL / "raises.pt", "--input_size=2x8", f"--output={output}"]
        whole = runner.run(*arguments)
        self.assertFalse(output.exists())
        partial = runner.run(*arguments, "--partial")
        self.assertEqual((whole.status, partial.status), (1, 1))
        self.assertEqual(whole.err, partial.err)
        document = json.loads(output.read_text())
        self.assertTrue(document["run"]["incomplete"])
        self.assertIn("shape of the world is wrong", document["run"]["error"])
        calls = {l["path"]: l["calls"] for l in document["layers"]}
        self.assertEqual(calls["block.linear"][0]["outputs"][0]["shape"], [2, 8])
        self.assertEqual(calls["block.checker"][0]["outputs"], [])
        self.assertEqual(calls["head"], [])
        self.assertEqual(runner.layer(document, "head")["flags"], ["not_executed"])
        self.assertEqual(document["totals"]["macs"], 2 * 8 * 8)

    def test_a_run_that_succeeds_is_complete(self):
        document = runner.summary(runner.LENET, "--input_size=1x1x28x28", "--partial")
        self.assertNotIn("incomplete", document["run"])

    def test_nothing_is_shown_of_a_run_that_never_began(self):
        result = runner.run(runner.LENET, "--input_size=1x1x28x28,3", "--partial")
        self.assertEqual((result.status, result.out), (1, ""))


class TimeoutTest(runner.TempFolderTest):
    def test_an_endless_loop_ends(self):
        output = self.folder / "out.json"
        arguments = [runner.SMALL / "endless.pt", "--input_size=2x8", "--timeout=0.5",
                     f"--output={output}"]
        start = time.monotonic()
        result = runner.run(*arguments)
        self.assertLess(time.monotonic() - start, 60)
        self.assertEqual(result.status, 1)
        self.assertRegex(result.err, "it was not done after 500ms, and was in 'counter' .Counter.")
        self.assertFalse(output.exists())
        self.assertEqual(runner.run(*arguments, "--partial").status, 1)
        document = json.loads(output.read_text())
        self.assertEqual(document["totals"]["macs"], 2 * 8 * 8)

    def test_time_enough_changes_nothing(self):
        size = "--input_size=1x1x28x28"
        self.assertEqual(runner.run(runner.LENET, size, "--timeout=600").out,
                         runner.run(runner.LENET, size).out)

    def test_what_is_no_time(self):
        for value in ["0", "-1", "nan", "soon", ""]:
            with self.subTest(value):
                result = runner.run(runner.LENET, "--input_size=1x1x28x28", f"--timeout={value}")
                self.assertEqual(result.status, 2)
                self.assertIn("--timeout=", result.err)


if __name__ == "__main__":
    unittest.main()
