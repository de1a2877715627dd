"""Whatever is wrong: a status, a sentence, and nothing half-written."""

import io
import os
import unittest
import zipfile

import runner


def archive(records):
    """A zip archive of these names and contents."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        for name, content in records.items():
            target.writestr(name, content)
    return stream.getvalue()


def with_version(file, version):
    """A TorchScript archive that says it is of another format version."""
    with zipfile.ZipFile(file) as source:
        records = {name: source.read(name) for name in source.namelist()}
    return archive({
        name: version if name.endswith("/version") else content
        for name, content in records.items()})


class BadInputTest(runner.TempFolderTest):
    def check(self, arguments, status, *words, **options):
        result = runner.run(*arguments, cwd=self.folder, **options)
        self.assertEqual(result.status, status, result.err)
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, r"\Astrata: error: \S")
        for word in words:
            self.assertIn(word, result.err)
        self.assertNotIn("Exception raised from", result.err)
        self.assertNotIn("frame #", result.err)
        return result

    def test_files(self):
        lenet = runner.LENET.read_bytes()
        files = {
            "empty.pt": (b"", "it is empty (0 bytes)"),
            "text.pt": (b"hello, world", 'it is no zip archive (it begins with "hello'),
            "cut.pt": (lenet[:len(lenet) // 2], "the file is truncated"),
            "magic.pt": (b"PK\x03\x04", "the file is truncated"),
            "other.zip": (archive({"a/b.txt": "x"}), "a zip archive of something else"),
            "checkpoint.pt": (archive({"m/data.pkl": "x", "m/version": "3"}),
                              "a checkpoint written by torch.save"),
            "exported.pt2": (archive({"m/models/model.json": "{}"}), "torch.export"),
            "new.pt": (with_version(runner.LENET, "99\n"), "version 99"),
            "hollow.pt": (archive({"m/constants.pkl": "x", "m/version": "3"}),
                          "cannot load model"),
        }
        for name, (content, why) in files.items():
            with self.subTest(name):
                (self.folder / name).write_bytes(content)
                self.check([name, "--input_size=1x1x28x28"], 1, f"({name}): ", why)

    def test_weights_that_were_never_saved(self):
        # What torch.jit.optimize_for_inference leaves of a convolution's weight.
        with zipfile.ZipFile(runner.SMALL / "frozen.pt") as source:
            records = {name: source.read(name) for name in source.namelist()}
        for name in records:
            if name.endswith(".py"):
                records[name] = records[name].replace(
                    b"CONSTANTS.c0", b"ops.prim.ConstantMKLDNNTensor()")
        (self.folder / "optimized.pt").write_bytes(archive(records))
        self.check(["optimized.pt", "--input_size=1x3x16x16"], 1, "cannot load model (optimized.pt)",
                   "the weights are not in the file; save the model before it is optimized")

    def test_no_file(self):
        self.check(["nothing.pt"], 1, "cannot read model (nothing.pt): no such file")
        (self.folder / "folder").mkdir()
        self.check(["folder"], 1, "(folder): it is a folder; expected a model file")

    def test_damaged_bytes_are_errors_and_no_crash(self):
        content = bytearray(runner.LENET.read_bytes())
        with zipfile.ZipFile(runner.LENET) as source:
            code = next(i for i in source.infolist() if i.filename.endswith("lenet.py"))
        content[code.header_offset + 200] ^= 0xFF
        (self.folder / "damaged.pt").write_bytes(content)
        result = runner.run("damaged.pt", cwd=self.folder)
        self.assertIn(result.status, (0, 1))

    def test_inputs(self):
        raises = runner.SMALL / "raises.pt"
        two = runner.SMALL / "two_inputs.pt"
        embedding = runner.SMALL / "embedding.pt"
        for arguments, words in [
            ([two, "--input_size=2x8"], ["forward takes 2 inputs (", "1 was given"]),
            ([runner.LENET, "--input_size=1x1x28x28,1"], ["forward takes 1 input", "2 were given"]),
            ([runner.LENET, "--input_size=28x28:int64"], ["in 'conv1' (Conv2d), given [28x28 int64]"]),
            ([runner.LENET, "--input_size=1x1x28"], ["in 'pool1' (MaxPool2d), given [6x1x28 float32]"]),
            ([runner.LENET, "--input_size="], ["forward takes 1 input", "0 were given"]),
            ([embedding, "--input_size=2x5:float32"], ["in 'embedding' (Embedding)"]),
            ([raises, "--input_size=2x8"],
             ["in 'block.checker' (Checker), given [2x8 float32]", "shape of the world is wrong"]),
            ([two, "--input_size=2x8,():int64"], ["in '", "() int64"]),
            ([runner.LENET, "--input_size=999999999x999999999"], ["cannot be made"]),
            ([runner.LENET, "--input_size=1x1x28x28", "--device=tpu"], ["'tpu'", "cpu"]),
            ([runner.LENET, "--device=tpu"], ["'tpu'", "cpu"]),
        ]:
            with self.subTest(str(arguments)):
                self.check(arguments, 1, arguments[0].name, *words)

    def test_verbose_has_the_trace(self):
        result = runner.run(runner.SMALL / "raises.pt", "--input_size=2x8", "--verbose")
        self.assertEqual(result.status, 1)
        self.assertIn("Traceback of TorchScript", result.err)

    def test_command_line(self):
        lenet = runner.LENET
        for arguments, words in [
            ([lenet, "--input_size=1y2"], ["--input_size does not parse", "1x3x224x224"]),
            ([lenet, "--input_size=,"], ["--input_size does not parse"]),
            ([lenet, "--input_size=1x-2"], ["'-2'"]),
            ([lenet, "--input_size=1x2:flaot32"], ["did you mean 'float32'?"]),
            ([lenet, "--input_size=99999999999999999999"], ["64 bits"]),
            ([lenet, "--input_size=1xnanx3"], ["has 'nan' where a whole number is expected"]),
            ([lenet, "--input_size=1xinfx3"], ["has 'inf' where a whole number is expected"]),
            ([lenet, "--input_size=1e400"], ["has '1e400' where a whole number is expected"]),
            ([lenet, "--input_size=-1x3"], ["has '-1' where a whole number is expected"]),
            ([lenet, "--input_size=4294967296x4294967296"], ["64 bits"]),  # 2^64 elements.
            ([lenet, "--input_size=4294967296x1073741824"], ["64 bits"]),  # 2^64 bytes.
            ([lenet, "--metrics=parms"], ["no metric 'parms'", "did you mean 'params'?"]),
            ([lenet, "--columns=kernelsize"], ["did you mean 'kernel_size'?"]),
            ([lenet, "--columns=macs"], ["no column 'macs'", "without --input_size nothing runs"]),
            ([lenet, "--format=jsn"], ["no formatter 'jsn'", "did you mean 'json'?"]),
            ([lenet, "--output=a.qqq"], ["'.qqq'"]),
            ([lenet, "--dpth=3"], ["no option '--dpth'", "did you mean 'depth'?"]),
            ([lenet, "--depth=x"], ["--depth=x"]),
            ([lenet, "--depth=-1"], ["--depth=-1"]),
            ([lenet, "--mode=test"], ["eval or train"]),
            ([lenet, "--depth"], ["needs a value"]),
            ([], ["no model file was given"]),
            ([lenet, lenet], ["too many arguments"]),
        ]:
            with self.subTest(str(arguments)):
                self.check(arguments, 2, *words)

    def test_outputs(self):
        run = [runner.LENET, "--input_size=1x1x28x28"]
        self.check([*run, "--output=no/such/x.json"], 1, "the folder 'no/such' does not exist")
        (self.folder / "is_folder.json").mkdir()
        self.check([*run, "--output=is_folder.json"], 1, "it is a folder")
        self.check([*run, "--output=/dev/full", "--format=json"], 1,
                   "cannot write (/dev/full): No space left on device")
        with open("/dev/full", "w") as full:
            result = runner.run(*run, stdout=full)
        self.assertEqual(result.status, 1)
        self.assertIn("No space left on device", result.err)
        with open("/dev/full", "w") as full:
            self.assertEqual(runner.run("--help", stdout=full).status, 1)

    def test_an_output_goes_through_links_and_keeps_its_mode(self):
        real = self.folder / "real.json"
        real.write_text("old")
        real.chmod(0o600)
        (self.folder / "link.json").symlink_to("real.json")
        result = runner.run(runner.LENET, "--output=link.json", cwd=self.folder)
        self.assertEqual(result.status, 0, result.err)
        self.assertTrue((self.folder / "link.json").is_symlink())
        self.assertTrue(real.read_text().startswith("{"))
        self.assertEqual(real.stat().st_mode & 0o777, 0o600)
        self.assertEqual(sorted(os.listdir(self.folder)), ["link.json", "real.json"])

    def test_nothing_is_written_where_a_run_failed(self):
        target = self.folder / "out.json"
        failing = [runner.SMALL / "raises.pt", "--input_size=2x8", "--output=out.json"]
        self.check(failing, 1, "raises.pt")
        self.assertEqual(os.listdir(self.folder), [])
        target.write_text("what was there")
        self.check(failing, 1, "raises.pt")
        self.assertEqual(target.read_text(), "what was there")
        self.assertEqual(os.listdir(self.folder), ["out.json"])


if __name__ == "__main__":
    unittest.main()
