"""--device=shape, the default: shapes without values give the same summary."""

import json
import struct
import unittest
import zipfile

import corpus_test
import runner

# Where values decide: lengths and masks that are computed, numbers taken out of
# activations, and a table that forward writes to. These are run on the CPU.
NEED_VALUES = {
    "padded_encoder", "transformer_padded", "recurrent_scripted", "to_list_values",
    "counted_buffer",
}


def without_device(text, stem=""):
    """All of a summary but for the device, and for the word that it was changed."""
    document = json.loads(text)
    device = document["run"].pop("device")
    for condition in ("device_name", "threads", "dtype", "versions"):
        document["run"].pop(condition, None)
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

    def test_memory_needs_no_real_run(self):
        document = runner.summary(runner.LENET, "--input_size=1x1x28x28", "--metrics=memory")
        self.assertEqual(document["run"]["device"], "shape")
        self.assertIn("activation_bytes", document["totals"])

    def test_watching_memory_changes_nothing_else(self):
        # Attention is then by other operators; encoder layers of their parts.
        names = {"transformer", "mha", "gpt2", "attention", "dropout_train"}
        models = [(file, size) for file, size in runner.small_models() if file.stem in names]
        self.assertEqual(len(models), len(names))
        for file, size in models:
            arguments = [file, f"--input_size={size}", "--device=shape"]
            with self.subTest(file.stem):
                plain = runner.summary(*arguments, "--metrics=params,macs")
                watched = runner.summary(*arguments, "--metrics=params,macs,memory")
                self.assertEqual([l["calls"] for l in watched["layers"]],
                                 [l["calls"] for l in plain["layers"]])
                self.assertEqual([l["metrics"]["macs"] for l in watched["layers"]],
                                 [l["metrics"]["macs"] for l in plain["layers"]])
                self.assertEqual(watched["warnings"], plain["warnings"])
                self.assertEqual(watched["edges"], plain["edges"])

    def test_values_that_the_file_has_are_read_when_asked_for(self):
        for name in ("sized_by_buffer", "masked_by_buffer"):
            document = runner.small_summary(name)
            self.assertEqual(document["run"]["device"], "shape", document["warnings"])

    def test_a_phase_has_a_line(self):
        result = runner.run(runner.LENET, "--input_size=1x1x28x28", "--verbose")
        self.assertEqual(result.status, 0)
        for phase in ("find plugins", "load the source", "load code", "run", "format",
                      r"all since main\(\)"):
            self.assertRegex(result.err, rf"(?m)^{phase} +[\d.]+ ms +[\d.]+ MiB$")


class DamagedTest(runner.TempFolderTest):
    """Archives whose weights are not what the directory says."""

    def setUp(self):
        super().setUp()
        self.whole = runner.summary(runner.LENET, "--input_size=1x1x28x28")
        self.content = bytearray(runner.LENET.read_bytes())
        with zipfile.ZipFile(runner.LENET) as archive:
            self.records = archive.infolist()

    def begin(self, record):
        """Where its bytes begin: behind a header with the name and an extra field."""
        at = record.header_offset
        return at + 30 + sum(struct.unpack("<HH", self.content[at + 26:at + 30]))

    def weights(self):
        return [r for r in self.records if "/data/" in r.filename]

    def same_layers(self, content, warning=None):
        file = self.folder / "lenet.pt"
        file.write_bytes(content)
        document = runner.summary(file, "--input_size=1x1x28x28")
        self.assertEqual(document["layers"], self.whole["layers"])
        self.assertEqual(document["run"]["device"], "shape")
        if warning is None:
            self.assertEqual(document["warnings"], [])
        else:
            self.assertRegex(" ".join(document["warnings"]), warning)

    def test_the_weights_need_not_be_there(self):
        # Zeros in place of all their bytes; nobody can know without reading all.
        for record in self.weights():
            begin = self.begin(record)
            self.content[begin:begin + record.compress_size] = bytes(record.compress_size)
        self.same_layers(self.content)

    def test_zeros_in_place_of_members(self):
        # A download that filled the file from its end.
        records = self.weights()
        end = self.begin(records[-1]) + records[-1].compress_size
        self.content[records[0].header_offset:end] = bytes(end - records[0].header_offset)
        self.same_layers(self.content, f"the values of {len(records)} of its {len(records)} tensors"
                                       " are not in it")

    def test_a_part_is_missing_in_the_middle(self):
        records = self.weights()
        begin, end = self.begin(records[1]) + 8, self.begin(records[4]) + 4
        del self.content[begin:end]
        self.same_layers(self.content, "the values of 3 of its 10 tensors are not in it")
        # A run needs what is missing, and says so.
        result = runner.run(self.folder / "lenet.pt", "--input_size=1x1x28x28", "--device=cpu")
        self.assertEqual(result.status, 1)
        self.assertRegex(result.err, r"cannot load model \(.*lenet.pt\): ")

    def test_a_size_that_exceeds_the_file(self):
        largest = max(self.weights(), key=lambda record: record.file_size)
        size = struct.pack("<I", largest.file_size)
        wrong = struct.pack("<I", 1 << 30)
        directory = self.content.rindex(largest.filename.encode()) - 46
        self.assertEqual(bytes(self.content[directory + 20:directory + 28]), size + size)
        self.content[directory + 20:directory + 28] = wrong + wrong
        self.same_layers(self.content, "the values of 1 of its 10 tensors are not in it")

    def rewritten(self, method, force_zip64=False):
        """The archive, written anew by Python."""
        file = self.folder / "again.pt"
        with zipfile.ZipFile(runner.LENET) as source, zipfile.ZipFile(file, "w", method) as target:
            for record in source.infolist():
                with target.open(record.filename, "w", force_zip64=force_zip64) as stream:
                    stream.write(source.read(record))
        return file.read_bytes()

    def test_compressed_records(self):
        self.same_layers(self.rewritten(zipfile.ZIP_DEFLATED))

    def test_records_in_64_bits(self):
        self.same_layers(self.rewritten(zipfile.ZIP_STORED, force_zip64=True))


if __name__ == "__main__":
    unittest.main()
