"""Which rows there are, and how they look: --match, --expand, --heat, ..."""

import unittest

import runner

FILE = runner.TORCHVISION / "resnet18.scripted.pt"
SIZE = "--input_size=1x3x224x224"


class RowsTest(runner.TempFolderTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.json = runner.run(FILE, SIZE, "--format=json").out.encode()

    def show(self, *options, status=0):
        result = runner.run("show", "/dev/stdin", *options, stdin=self.json)
        self.assertEqual(result.status, status, result.err)
        return result.err if status else result.out

    def totals(self, text):
        return text[text.index("Total params"):]

    def test_totals_stay(self):
        whole = self.totals(self.show("--width=200"))
        self.assertIn("1,814,073,344", whole)
        for options in (["--match=downsample"], ["--match=nothing"], ["--expand=layer1"], ["--depth=0"],
                        ["--heat=macs"], ["--fold"], ["--title=T"]):
            for formatter in ("table", "markdown"):
                with self.subTest(f"{options} {formatter}"):
                    text = self.show(*options, "--width=200", f"--format={formatter}")
                    for number in ("11,689,512", "1,814,073,344", "47.40 MB"):
                        self.assertIn(number, self.totals(text))

    def test_match(self):
        text = self.show("--match=^Bottleneck$")
        self.assertIn("0 of 68 modules match '^Bottleneck$'", text)
        text = self.show("--match=downsample.0", "--depth=1")
        # Three, and what they are in: the root, stages, blocks, shortcuts.
        self.assertIn("3 of 68 modules match 'downsample.0'", text)
        self.assertEqual(text.count("(Conv2d)"), 3)
        self.assertEqual(text.count("(BasicBlock)"), 3)
        self.assertNotIn("layer1", text)

    def test_expand(self):
        text = self.show("--depth=1", "--expand=layer4.1,layer2.0.downsample")
        self.assertEqual(text.count("(BasicBlock)"), 2)
        self.assertEqual(text.count("(BatchNorm2d)"), 1 + 2 + 1)
        self.assertIn("downsample (Sequential)", text)

    def test_width_is_that_of_a_terminal(self):
        for width in (60, 100):  # Numbers are never cut: 50 cells.
            lines = self.show(f"--width={width}").splitlines()
            self.assertLessEqual(max(map(len, lines)), width)

    def test_title(self):
        self.assertTrue(self.show("--title=Mine, *all* of it").startswith("Mine, *all* of it\n"))
        text = self.show("--title=Mine, *all* of it", "--format=markdown")
        self.assertTrue(text.startswith("### Mine, `*all*` of it\n"), text[:80])

    def test_heat(self):
        text = self.show("--depth=1", "--heat=params", "--columns=params")
        self.assertRegex(text, r"layer4 \(Sequential\) +8,393,728 +72% ███████▏\n")
        text = self.show("--depth=1", "--heat=params", "--columns=params", "--row_settings=var_names,ascii_only")
        self.assertRegex(text, r"layer4 \(Sequential\) +8,393,728 +72% #######\n")

    def test_what_is_wrong(self):
        for options, status, words in [
            (["--match=["], 2, ["--match: '[' is no regular expression"]),
            (["--match=(?=x)"], 2, ["is no regular expression"]),
            (["--heat=mcas"], 2, ["no column 'mcas'", "did you mean 'macs'?"]),
            (["--width=-3"], 2, ["--width=-3: expected 1 or more"]),
            (["--expand=layer5"], 1, ["the model has no module 'layer5'", "did you mean 'layer"]),
        ]:
            with self.subTest(str(options)):
                err = self.show(*options, status=status)
                for word in words:
                    self.assertIn(word, err)
        result = runner.run("no_such_file.pt", "--match=[")
        self.assertEqual(result.status, 2)  # Before the file is looked for.


if __name__ == "__main__":
    unittest.main()
