"""--device=shape, the default: shapes without values give the same summary."""

import json
import unittest
import zipfile

import corpus_test
import runner

# Where values decide: lengths and masks that are computed, and numbers taken
# out of activations. These are run on the CPU.
NEED_VALUES = {"padded_encoder", "transformer_padded", "recurrent_scripted", "to_list_values"}


def without_device(text, stem=""):
    """All of a summary but for the device, and for the word that it was changed."""
    document = json.loads(text)
    device = document["run"].pop("device")
    if stem in NEED_VALUES and device == "cpu":
        changed = [w for w in document["warnings"] if w.startswith("shapes alone were not enough")]
        document["warnings"] = [w for w in document["warnings"] if w not in changed]
    return document


class ShapeTest(runner.TempFolderTest):
    def test_the_same_summary_for_every_model(self):
        def both(file, size):
            arguments = [file, f"--input_size={size}", "--format=json"]
            return file, runner.run(*arguments, "--device=shape"), runner.run(
                *arguments, "--device=cpu")

        for file, shape, cpu in corpus_test.in_parallel(both, corpus_test.corpus()):
            with self.subTest(file.name):
                self.assertEqual(shape.err, "")
                self.assertEqual(json.loads(shape.out)["run"]["device"],
                                 "cpu" if file.stem in NEED_VALUES else "shape")
                self.assertEqual(without_device(shape.out, file.stem),
                                 without_device(cpu.out))

    def test_it_is_the_default(self):
        document = runner.summary(runner.LENET, "--input_size=1x1x28x28")
        self.assertEqual(document["run"]["device"], "shape")

    def test_where_values_are_needed_the_cpu_is_taken(self):
        file = runner.SMALL / "transformer_padded.pt"
        document = runner.small_summary("transformer_padded")
        self.assertEqual(document["run"]["device"], "cpu")
        self.assertRegex(
            " ".join(document["warnings"]),
            "shapes alone were not enough, .*aten::_nested_tensor_from_mask_left_aligned in 'encoder'")
        cpu = runner.run(file, "--input_size=2x10x16", "--device=cpu", "--format=json")
        self.assertEqual(json.loads(cpu.out)["layers"], document["layers"])

    def test_an_error_of_the_model_is_told_by_the_run_with_values(self):
        result = runner.run(runner.SMALL / "raises.pt", "--input_size=2x8")
        self.assertEqual(result.status, 1)
        self.assertRegex(result.err, "forward raised in 'block.checker' .Checker., given")
        self.assertNotIn("shapes alone", result.err)

    def test_memory_is_of_a_real_run(self):
        document = runner.summary(runner.LENET, "--input_size=1x1x28x28", "--metrics=memory")
        self.assertEqual(document["run"]["device"], "cpu")
        self.assertIn("activation_bytes", document["totals"])

    def test_the_weights_need_not_be_there(self):
        # Zeros in place of all records of tensors; the directory is whole.
        file = self.folder / "gone.pt"
        content = bytearray(runner.LENET.read_bytes())
        with zipfile.ZipFile(runner.LENET) as archive:
            for record in archive.infolist():
                if "/data/" in record.filename:
                    begin = record.header_offset + 30 + len(record.filename)
                    content[begin:begin + record.compress_size] = bytes(record.compress_size)
        file.write_bytes(content)
        gone = runner.summary(file, "--input_size=1x1x28x28")
        whole = runner.summary(runner.LENET, "--input_size=1x1x28x28")
        self.assertEqual(gone["layers"], whole["layers"])


if __name__ == "__main__":
    unittest.main()
