"""Plugins and programs of others, built against the unpacked //:dist."""

import os
import shutil
import subprocess
import tarfile
import unittest
import zipfile

import runner

EXAMPLES = runner.ROOT / "examples"
INPUT = "--input_size=1x1x28x28"
# Of conv1, which moves 28*28 + 6*1*5*5 + 6 + 6*28*28 numbers of four bytes.
CONV1_BYTES = 4 * (28 * 28 + 6 * 25 + 6 + 6 * 28 * 28)
CONV1_FLOP = 2 * 6 * 25 * 28 * 28


def check(*command, **options):
    """The output of a command that must succeed."""
    process = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             check=False, **options)
    text = process.stdout.decode()
    if process.returncode:
        raise AssertionError(f"{command} gave {process.returncode}:\n{text}")
    return text


class SdkTest(runner.TempFolderTest):
    def setUp(self):
        super().setUp()
        with tarfile.open(runner.ROOT / "strata.tar.gz") as archive:
            archive.extractall(self.folder)
        self.top = self.folder / "strata"
        self.program = self.top / "bin" / "strata"
        self.env = dict(os.environ, PKG_CONFIG_PATH=str(self.top / "lib" / "pkgconfig"))

    def pkg_config(self, *arguments):
        return check("pkg-config", *arguments, "strata", env=self.env).split()

    def check_roofline(self, folder):
        """The plugin in `folder`, found at run time."""
        arguments = (runner.LENET, INPUT, "--metrics=roofline", f"--plugin_path={folder}")
        summary = runner.summary(*arguments, program=self.program)
        self.assertEqual([column["id"] for column in summary["columns"]
                          if not column.get("on_request")], ["intensity", "roofline_us"])
        conv1 = runner.layer(summary, "conv1")["metrics"]
        self.assertAlmostEqual(conv1["intensity"]["total"], CONV1_FLOP / CONV1_BYTES)
        # An A100: 19.5 TFLOP/s, 2,039 GB/s. Its arithmetic takes longer.
        self.assertAlmostEqual(conv1["roofline_us"]["self"], CONV1_FLOP / 19.5e6)
        # An H100: 67 TFLOP/s, 3,350 GB/s. Moving takes longer.
        faster = runner.summary(*arguments, "--set", "roofline.device=h100", program=self.program)
        self.assertAlmostEqual(runner.layer(faster, "conv1")["metrics"]["roofline_us"]["self"],
                               CONV1_BYTES / 3350e3)
        slow = runner.summary(*arguments, "--set=roofline.tflops=0.001", program=self.program)
        self.assertAlmostEqual(runner.layer(slow, "conv1")["metrics"]["roofline_us"]["self"],
                               CONV1_FLOP / 1e3)
        for setting, why in [
            ("roofline.device=abacus", "no device 'abacus' is described; there are: h100 a100 v100 t4"),
            ("roofline.devise=h100", "metric 'roofline' has no option 'devise'"),
            ("roofline.tflops=fast", "roofline.tflops=fast: expected a number"),
        ]:
            result = runner.run(*arguments, f"--set={setting}", program=self.program)
            self.assertEqual((result.status, result.out), (2, ""))
            self.assertIn(why, result.err)
        result = runner.run(*arguments, "--set=roofline.devise=h100", program=self.program)
        self.assertIn("did you mean 'device'? there are: device, tflops", result.err)

    def test_roofline_with_cmake(self):
        build = self.folder / "build"
        check("cmake", "-S", EXAMPLES / "roofline", "-B", build, f"-DCMAKE_PREFIX_PATH={self.top}")
        check("cmake", "--build", build)
        out = check("ctest", "--test-dir", build, "--output-on-failure")
        self.assertIn("roofline_conformance", out)
        self.check_roofline(build)

    def test_roofline_with_one_line(self):
        folder = self.folder / "mine"
        folder.mkdir()
        check("g++", *self.pkg_config("--variable=plugin"), EXAMPLES / "roofline" / "roofline.cc",
              "-o", folder / "roofline.so", *self.pkg_config("--cflags", "--libs"))
        check(self.top / "bin" / "plugin_conformance", folder / "roofline.so", "roofline")
        self.check_roofline(folder)
        out = runner.run("plugins", "--verbose", f"--plugin_path={folder}", program=self.program).out
        self.assertRegex(out, r"--set roofline.device=a100  \(string\) h100, a100, v100 or t4\n")
        self.assertRegex(out, r"--set roofline.tflops=0  \(real\) float32 arithmetic")
        digest = check("sha256sum", folder / "roofline.so").split()[0]
        self.assertIn(f"SHA-256 {digest}\n", out)

    def test_a_program_of_ones_own(self):
        example = EXAMPLES / "custom_summarizer"
        program = self.folder / "custom"
        check("g++", "-std=c++17", example / "custom_summarizer.cc", example / "names.cc", "-o", program,
              *self.pkg_config("--cflags", "--libs"), "-Wl,--as-needed", f"-Wl,-rpath,{self.top}/lib")
        out = check(program, self.top / "lib" / "strata" / "plugins", runner.LENET, "1x1x28x28")
        self.assertIn("conv1 Conv2d operators=1 macs=117600\n", out)

    def test_new_plugins_build_and_conform_unchanged(self):
        for kind in ("metric", "formatter", "source"):
            with self.subTest(kind):
                name = f"my_{kind}"
                result = runner.run("new-plugin", kind, name, program=self.program, cwd=self.folder)
                self.assertEqual(result.status, 0, result.err)
                self.assertIn(f"{name}/{name}.cc\n", result.out)
                folder = self.folder / name
                out = check("make", "-C", folder, f"STRATA={self.top}", "CXXFLAGS=-Wall -Wextra -Werror", "test")
                self.assertIn("PASSED", out)
                self.assertRegex(
                    runner.run("plugins", f"--plugin_path={folder}", program=self.program).out,
                    rf"(?m)^{kind} +{name} ")
        model = self.folder / "model.bin"
        with zipfile.ZipFile(model, "w") as archive:
            archive.writestr("m/my_source.txt", ". Net\nbody Block\nbody.conv Conv2d\n")
        folders = ":".join(str(self.folder / f"my_{kind}") for kind in ("formatter", "source"))
        result = runner.run(model, "--format=my_formatter", f"--plugin_path={folders}", program=self.program)
        self.assertEqual(result.out, "(model)\tNet\nbody\tBlock\nbody.conv\tConv2d\n")

    def test_new_plugin_refuses(self):
        (self.folder / "taken").mkdir()
        (self.folder / "taken" / "file").touch()
        for arguments, status, why in [
            (("metric",), 2, "expected a kind"),
            (("metrik", "mine"), 2, "no kind of plugin 'metrik'"),
            (("metric", "Mine"), 2, "'Mine' is no name for a plugin"),
            (("metric", "../x"), 2, "is no name for a plugin"),
            (("metric", "taken"), 1, "the folder is there and not empty"),
        ]:
            with self.subTest(arguments):
                result = runner.run("new-plugin", *arguments, cwd=self.folder)
                self.assertEqual((result.status, result.out), (status, ""))
                self.assertIn(why, result.err)
        result = runner.run("new-plugin", "metric", "mine", f"--output={self.folder}/else/where")
        self.assertEqual(result.status, 0, result.err)
        self.assertTrue((self.folder / "else" / "where" / "mine.cc").exists())


if __name__ == "__main__":
    unittest.main()
