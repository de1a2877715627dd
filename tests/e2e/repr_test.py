"""print(model): compared with what PyTorch printed (tests/models/make_repr.py)."""

import re
import unittest

import runner

FOLDER = runner.ROOT / "tests" / "models" / "repr"


def printed(file):
    result = runner.run(file, "--format=repr")
    if result.status != 0:
        raise AssertionError(result.err)
    return result.out


def as_pattern(line):
    """A line of a file that has lost something: "?" and "..." may be anything."""
    pattern = re.sub(r"(, )?\\\.\\\.\\\.(, )?", ".*", re.escape(line).replace("\\ ", " "))
    return re.sub(r"\\\?", ".+?", pattern)


class ReprTest(unittest.TestCase):
    def test_models_of_torchvision(self):
        files = sorted(runner.TORCHVISION.glob("*.scripted.pt"))
        self.assertEqual(len(files), 12)
        for file in files:
            with self.subTest(file.name):
                expected = FOLDER / (file.name.split(".")[0] + ".txt")
                self.assertEqual(printed(file), expected.read_text())

    def test_layers_of_pytorch(self):
        self.assertEqual(printed(FOLDER / "layers.pt"), (FOLDER / "layers.txt").read_text())

    def test_what_a_trace_has_lost_says_so(self):
        expected = {"traced.pt": "layers.txt"}
        files = [FOLDER / "traced.pt", *sorted(runner.TORCHVISION.glob("*.traced.pt"))]
        for file in files:
            with self.subTest(file.name):
                text = FOLDER / expected.get(file.name, file.name.split(".")[0] + ".txt")
                lines = text.read_text().splitlines()
                found = printed(file).splitlines()
                self.assertEqual(len(found), len(lines))
                for line, known in zip(found, lines):
                    self.assertRegex(known, rf"\A{as_pattern(line)}\Z")

    def test_shapes_tell_what_they_can(self):
        text = printed(runner.TORCHVISION / "resnet18.traced.pt")
        self.assertIn("(conv1): Conv2d(?, 64, kernel_size=(7, 7), stride=?, ..., bias=False, ...)", text)
        self.assertIn("(fc): Linear(in_features=512, out_features=1000, bias=True)", text)
        self.assertIn("(relu): ReLU(...)", text)


if __name__ == "__main__":
    unittest.main()
