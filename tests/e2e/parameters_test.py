"""The listing of tensors, against PyTorch's named_parameters and named_buffers."""

import concurrent.futures
import json
import os
import re
import unittest

import runner

TENSORS = runner.ROOT / "tests" / "models" / "tensors.json"


def listing(file):
    """What the formatter lists, as tensors.json has it."""
    result = runner.run(file, "--format=parameters")
    if result.status != 0:
        raise AssertionError(result.err)
    parameters, buffers = result.out.split("\n\n")
    found = {"parameters": [], "buffers": []}
    for name, text in (("parameters", parameters), ("buffers", buffers)):
        for line in text.splitlines()[1:]:
            match = re.fullmatch(r"(\S+) +(\[.*?\]) +(\w+)(?: +(yes|no)( +shared with \S+)?)?", line)
            row = [match[1], json.loads(match[2]), match[3]]
            found[name].append(row + [match[4] == "yes"] if name == "parameters" else row)
    return found


class ParametersTest(unittest.TestCase):
    def test_as_pytorch_lists_them(self):
        known = json.loads(TENSORS.read_text())
        self.assertGreater(len(known), 60)
        files = [file for file in known if "quantized" not in file]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            listings = pool.map(lambda file: listing(runner.ROOT / "tests" / "models" / file), files)
        for file, found in zip(files, listings):
            with self.subTest(file):
                # PyTorch does not list what is packed.
                found["parameters"] = [row for row in found["parameters"] if "._packed_params." not in row[0]]
                self.assertEqual(found, known[file])

    def test_as_many_elements_as_modules_have(self):
        """modules.json: each module's own parameters, at each of its places."""
        known = json.loads(runner.MODULES.read_text())
        for file, expected in known.items():
            if not file.startswith("torchvision/"):
                continue
            with self.subTest(file):
                own = dict.fromkeys((path for path, _, _ in expected["modules"]), 0)
                for name, shape, _, _ in listing(runner.ROOT / "tests" / "models" / file)["parameters"]:
                    count = 1
                    for size in shape:
                        count *= size
                    own[name.rpartition(".")[0]] += count
                self.assertEqual(own, {path: count for path, _, count in expected["modules"]})


if __name__ == "__main__":
    unittest.main()
