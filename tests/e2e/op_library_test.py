"""--op_library: models that call operators which LibTorch does not have."""

import json
import unittest

import runner

LIBRARY = runner.ROOT / "plugins/sources/torchscript/test_operators.so"
FOREIGN = runner.ROOT / "tests/models/foreign"
SIZE = "--input_size=2x8"


class OpLibraryTest(runner.TempFolderTest):
    def test_without_the_library_the_error_says_what_to_do(self):
        for device in ("shape", "cpu"):
            result = runner.run(FOREIGN / "halver.pt", SIZE, f"--device={device}")
            self.assertEqual(result.status, 1)
            self.assertRegex(result.err, r"halver\.pt\): .*strata_test::(halve|project)")
            self.assertIn("--op_library=FILE", result.err)
            self.assertEqual(result.out, "")

    def test_shapes_and_the_products_inside(self):
        documents = {}
        for device in ("shape", "cpu"):
            document = runner.summary(FOREIGN / "halver.pt", SIZE, f"--op_library={LIBRARY}",
                                      f"--device={device}")
            self.assertEqual(document["run"]["device"], device)
            self.assertEqual(document["layers"][0]["calls"][0]["outputs"][0]["shape"], [2, 4])
            self.assertEqual(document["totals"]["macs"], 2 * 8 * 4)
            documents[device] = document
        del documents["shape"]["run"], documents["cpu"]["run"]
        self.assertEqual(documents["shape"], documents["cpu"])

    def test_an_operator_without_a_kernel_for_shapes_is_run(self):
        document = runner.summary(FOREIGN / "both.pt", SIZE, f"--op_library={LIBRARY}")
        self.assertEqual(document["run"]["device"], "cpu")
        self.assertRegex(" ".join(document["warnings"]),
                         "shapes alone were not enough.*'doubler'.*strata_test::double: "
                         "attempted to run this operator with Meta tensors$")
        self.assertEqual(runner.layer(document, "doubler")["calls"][0]["outputs"],
                         [{"shape": [2, 4], "dtype": "float32"}])

    def test_a_library_is_named_from_where_the_user_stands(self):
        link = self.folder / "ops.so"
        link.symlink_to(LIBRARY)
        result = runner.run(FOREIGN / "halver.pt", SIZE, "--op_library=ops.so", "--format=json",
                            cwd=self.folder)
        self.assertEqual(result.err, "")
        self.assertEqual(json.loads(result.out)["totals"]["macs"], 2 * 8 * 4)

    def test_what_is_no_library(self):
        text = self.folder / "text.so"
        text.write_text("no library\n" * 100)
        for file, why in ((self.folder / "gone.so", "no such file"), (text, "invalid ELF header"),
                          (self.folder, "no such file")):
            result = runner.run(FOREIGN / "halver.pt", SIZE, f"--op_library={file}")
            self.assertEqual(result.status, 1)
            self.assertIn(f"strata: error: cannot load operators ({file}): ", result.err)
            self.assertIn(why, result.err)


if __name__ == "__main__":
    unittest.main()
