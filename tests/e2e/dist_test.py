"""The archive of //:dist, unpacked somewhere else, runs."""

import os
import subprocess
import tarfile
import unittest

import runner

ARCHIVE = runner.ROOT / "strata.tar.gz"


class DistTest(runner.TempFolderTest):
    def setUp(self):
        super().setUp()
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(self.folder)
        (self.top,) = self.folder.iterdir()

    def test_it_runs(self):
        result = runner.run(runner.LENET, "--input_size=1x1x28x28",
                            program=self.top / "bin" / "strata", cwd="/")
        self.assertEqual(result.status, 0, result.err)
        self.assertIn("416,520", result.out)
        out = runner.run("plugins", program=self.top / "bin" / "strata").out
        self.assertIn(f"{self.top}/lib/strata/plugins/torchscript.so", out)

    def test_a_libtorch_that_does_not_fit_is_refused(self):
        fake = self.folder / "fake"
        (fake / "lib").mkdir(parents=True)
        (fake / "lib" / "libtorch_cpu.so").write_bytes(b"")
        (fake / "build-version").write_text("1.2.3+cpu\n")
        for libtorch, why in [(fake, "has version 1.2.3, wanted"),
                              (self.folder / "none", "no lib/libtorch_cpu.so in")]:
            result = runner.run(runner.LENET, program=self.top / "bin" / "strata",
                                env={"LIBTORCH": str(libtorch)})
            self.assertEqual(result.status, 1)
            self.assertIn("LIBTORCH is set, but", result.err)
            self.assertIn(why, result.err)

    def test_its_headers_compile(self):
        headers = sorted((self.top / "include" / "strata" / "core").glob("*.h"))
        self.assertIn("plugin.h", [header.name for header in headers])
        source = self.folder / "all.cc"
        source.write_text("".join(f'#include "core/{header.name}"\n' for header in headers))
        standard = "-std=" + os.environ.get("STRATA_TEST_STD", "c++17")
        subprocess.run(["g++", standard, "-fsyntax-only", "-Wall", "-Werror",
                        f"-I{self.top}/include/strata", str(source)], check=True)


if __name__ == "__main__":
    unittest.main()
