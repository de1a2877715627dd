"""Exported programs (.pt2) that leave sizes open: figures are expressions in them."""

import unittest

import runner
from exported_files import CNN_MACS, EXPORTED, exported
from runner import values


class OpenSizesTest(unittest.TestCase):
    """Sizes that the file leaves open."""

    def symbols(self, document):
        return [size["name"] for size in document["run"]["open_sizes"]]

    def test_the_batch(self):
        document = exported("dynamic")
        (batch,) = self.symbols(document)
        half = CNN_MACS // 2
        self.assertEqual(document["totals"]["macs"], CNN_MACS)
        self.assertEqual(
            document["total_expressions"]["macs"],
            {
                "text": f"{half}*{batch}",
                "terms": [{"coefficient": half, "powers": {batch: 1}}],
            },
        )
        self.assertNotIn("params", document["total_expressions"])
        conv = runner.layer(document, "conv1")
        self.assertEqual(
            conv["calls"][0]["outputs"][0]["symbolic_shape"], [batch, "16", "32", "32"]
        )
        self.assertEqual(
            document["run"]["open_sizes"],
            [{"name": batch, "size": 2, "min": 2, "max": 64}],
        )

    def test_values_for_sizes(self):
        (batch,) = self.symbols(exported("dynamic"))
        for option in (f"--dim={batch}=8", "--input_size=8x3x32x32"):
            document = exported("dynamic", option)
            self.assertEqual(document["totals"]["macs"], CNN_MACS // 2 * 8)
            self.assertNotIn("total_expressions", document)
            self.assertNotIn("open_sizes", document["run"])
            self.assertEqual(document["run"]["inputs"][0]["shape"], [8, 3, 32, 32])

    def test_ranges_are_checked(self):
        (batch,) = self.symbols(exported("dynamic"))
        for option in (f"--dim={batch}=65", "--input_size=1x3x32x32"):
            result = runner.run(EXPORTED / "dynamic.pt2", option)
            self.assertEqual(result.status, 2, option)
            self.assertIn("2 to 64", result.err)
            self.assertEqual(result.out, "")
        for option, words in (
            ("--dim=batch=8", "no open dimension 'batch'"),
            ("--input_size=8x3x33x32", "fixed size 32"),
            ("--input_size=8x3x32", "for 4 dimensions"),
            ("--input_size=8x3x32x32:int64", "for float32"),
            ("--input_size=8x3x32x32,2", "takes 1 tensor"),
        ):
            result = runner.run(EXPORTED / "dynamic.pt2", option)
            self.assertNotEqual(result.status, 0, option)
            self.assertIn(words, result.err)

    def test_wrong_values_of_options(self):
        for option in ("--dim=8", "--dim=a=b", "--dim=a=-1", "--dim==3"):
            result = runner.run(EXPORTED / "dynamic.pt2", option)
            self.assertEqual(result.status, 2, option)
            self.assertIn("expected NAME=SIZE", result.err)

    def test_attention_is_quadratic(self):
        document = exported("dynamic_attention")
        first, second = (size["name"] for size in document["run"]["open_sizes"])
        batch, length = first, second
        if document["run"]["open_sizes"][0]["size"] == 12:
            batch, length = second, first
        terms = {
            tuple(sorted(term["powers"].items())): term["coefficient"]
            for term in document["total_expressions"]["macs"]["terms"]
        }
        self.assertEqual(
            terms,
            {
                # Two heads of eight: scores and values.
                tuple(sorted({batch: 1, length: 2}.items())): 2 * 2 * 8,
                tuple(sorted({batch: 1, length: 1}.items())): 16 * 48 + 16 * 16,
            },
        )
        document = exported("dynamic_attention", f"--dim={batch}=3")
        self.assertEqual(self.symbols(document), [length])
        text = document["total_expressions"]["macs"]["text"]
        self.assertEqual(text, f"{3 * 32}*{length}^2 + {3 * 1024}*{length}")

    def test_what_is_no_polynomial(self):
        document = exported("dynamic_odd")
        conv = runner.layer(document, "conv")["metrics"]["macs"]
        self.assertTrue(conv["total_expression"]["not_polynomial"])
        self.assertEqual(conv["total"], 2 * 8 * 15 * 15 * 27)
        self.assertTrue(any("no polynomial" in w for w in document["warnings"]))
        # 2k rows: the other size is linear in k.
        layer = runner.layer(document, "layer")
        (term,) = layer["metrics"]["macs"]["total_expression"]["terms"]
        self.assertEqual(term["coefficient"], 2 * 5 * 7)
        self.assertTrue(
            layer["calls"][0]["inputs"][0]["symbolic_shape"][0].startswith("2*")
        )
        document = exported("dynamic_odd", "--input_size=2x3x64x32,10x5")
        self.assertEqual(values(document, "macs")["conv"], 2 * 8 * 31 * 15 * 27)
        self.assertEqual(values(document, "macs")["layer"], 10 * 5 * 7)
        result = runner.run(EXPORTED / "dynamic_odd.pt2", "--input_size=2x3x64x32,7x5")
        self.assertNotEqual(result.status, 0)
        self.assertIn("does not fit", result.err)

    def test_sizes_of_the_data(self):
        document = exported("data_dependent")
        self.assertTrue(any("depends on the data" in w for w in document["warnings"]))
        self.assertEqual(
            document["total_expressions"]["macs"]["terms"][0]["coefficient"], 4 * 3
        )

    def test_tables(self):
        (batch,) = self.symbols(exported("dynamic"))
        result = runner.run(EXPORTED / "dynamic.pt2")
        self.assertIn(f"[{batch}, 16, 32, 32]", result.out)
        self.assertIn(f"442,368·{batch}", result.out)
        self.assertIn(f"Total MACs:            1,622,336·{batch}".split()[0], result.out)
        ascii_only = {"LANG": "C", "LC_ALL": "C"}
        result = runner.run(EXPORTED / "dynamic.pt2", env=ascii_only)
        self.assertIn(f"442,368*{batch}", result.out)
        self.assertTrue(result.out.isascii())


if __name__ == "__main__":
    unittest.main()
