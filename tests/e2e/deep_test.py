"""Modules nested deep: right at every level, and soon enough."""

import sys
import time
import unittest

import runner

sys.path.insert(0, str(runner.ROOT / "tests" / "models"))
import make_nested

LEVELS = 300


class DeepTest(runner.TempFolderTest):
    def test_a_chain(self):
        make_nested.write(self.folder / "chain.pt", LEVELS)
        begin = time.monotonic()
        document = runner.summary("chain.pt", "--input_size=2x2", cwd=self.folder)
        # LibTorch takes 2 s of it; one that doubles at each level never ends.
        self.assertLess(time.monotonic() - begin, 120)
        layers = document["layers"]
        self.assertEqual([layer["depth"] for layer in layers], list(range(LEVELS + 1)))
        for layer in layers:
            self.assertEqual(len(layer["calls"]), 1)
            self.assertEqual(layer["metrics"]["params"]["total"], 2 * 2)
            self.assertEqual(layer["metrics"]["macs"]["total"], 2 * 2 * 2)

    def test_every_row_of_it(self):
        make_nested.write(self.folder / "chain.pt", LEVELS)
        table = runner.run("chain.pt", f"--depth={LEVELS}", cwd=self.folder)
        self.assertEqual(table.status, 0, table.err)
        self.assertEqual(table.out.count(" (Level"), LEVELS - 1)  # All but the root.


if __name__ == "__main__":
    unittest.main()
