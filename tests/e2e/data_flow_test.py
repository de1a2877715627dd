"""The edges of the summary: which module's output feeds which module's input."""

import unittest

import corpus_test
import runner

RESNET = runner.TORCHVISION / "resnet18.scripted.pt"
IMAGE = "1x3x224x224"


def paths(document):
    return [layer["path"] for layer in document["layers"]]


def edges(document, inside):
    """Those into the module `inside` and what is in it: (from, to, operators, is an output)."""
    names = paths(document)
    return {
        (names[edge["from"]], names[edge["to"]], *edge["operators"], edge.get("output", False))
        for edge in document["edges"]
        if names[edge["to"]] == inside or names[edge["to"]].startswith(inside + ".")
    }


def basic_block(block, before, downsample):
    """torchvision's BasicBlock.forward, of the block that gets what `before` gave.

        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None: identity = self.downsample(x)
        out += identity
        return self.relu(out)
    """
    def of(name):
        return f"{block}.{name}"

    found = {
        (before, block, False),
        (before, of("conv1"), False),
        (of("conv1"), of("bn1"), False),
        (of("bn1"), of("relu"), False),
        (of("relu"), of("conv2"), False),
        (of("conv2"), of("bn2"), False),
        (of("bn2"), of("relu"), "add", False),
        (of("relu"), block, True),
    }
    if not downsample:
        return found | {(before, of("relu"), "add", False)}
    return found | {
        (before, of("downsample"), False),
        (before, of("downsample.0"), False),
        (of("downsample.0"), of("downsample.1"), False),
        (of("downsample.1"), of("downsample"), True),
        (of("downsample"), of("relu"), "add", False),
    }


class DataFlowTest(unittest.TestCase):
    def test_resnet18_is_as_its_code_says(self):
        expected = {("", "conv1", False), ("conv1", "bn1", False), ("bn1", "relu", False),
                    ("relu", "maxpool", False), ("layer4", "avgpool", False),
                    ("avgpool", "fc", "flatten", False), ("fc", "", True)}
        before = "maxpool"
        for stage in range(1, 5):
            layer = f"layer{stage}"
            expected |= basic_block(f"{layer}.0", before, downsample=stage > 1)
            expected |= basic_block(f"{layer}.1", f"{layer}.0", downsample=False)
            expected |= {(before, layer, False), (f"{layer}.1", layer, True)}
            before = layer
        for file in (RESNET, runner.TORCHVISION / "resnet18.traced.pt"):
            with self.subTest(file.name):
                document = runner.summary(file, f"--input_size={IMAGE}")
                names = paths(document)
                found = {(names[edge["from"]], names[edge["to"]], *edge["operators"],
                          edge.get("output", False)) for edge in document["edges"]}
                self.assertEqual(found, expected)
                self.assertEqual(len(document["edges"]), len(expected))

    def test_shapes_are_as_the_module_has_them(self):
        document = runner.summary(RESNET, f"--input_size={IMAGE}")
        names = paths(document)
        shapes = {(names[edge["from"]], names[edge["to"]]): edge["tensors"]
                  for edge in document["edges"]}
        self.assertEqual(shapes["avgpool", "fc"], [{"shape": [1, 512], "dtype": "float32"}])
        self.assertEqual(shapes["layer1", "layer2.0.conv1"],
                         [{"shape": [1, 64, 56, 56], "dtype": "float32"}])

    def test_the_ends_are_as_the_contract_says(self):
        def around(layers, place):
            """The module, and all that it is in and that have a call: no ModuleList."""
            found = []
            while place >= 0:
                if layers[place]["calls"]:
                    found.append(place)
                place = layers[place]["parent"]
            return found

        for name, document, _ in corpus_test.documents():
            with self.subTest(name):
                layers = document["layers"]
                seen = set()
                for edge in document["edges"]:
                    ends = (edge["from"], edge["to"], edge.get("output", False))
                    self.assertNotIn(ends, seen)
                    seen.add(ends)
                    self.assertTrue(layers[edge["to"]]["calls"], edge)
                    self.assertTrue(layers[edge["from"]]["calls"], edge)
                    self.assertTrue(edge["tensors"])
                    if edge["from"] == 0:
                        continue
                    caller = around(layers, edge["from"])[1]
                    if edge.get("output") and caller == edge["to"]:
                        continue
                    self.assertIn(caller, around(layers, edge["to"])[1:], edge)

    def test_every_module_that_ran_is_reached_in_models_of_images(self):
        for name, document, _ in corpus_test.documents():
            if not name.startswith("torchvision/"):
                continue
            with self.subTest(name):
                reached = {edge["to"] for edge in document["edges"]}
                # A trace calls what did nothing (a stochastic depth) with no tensor.
                ran = {layer["id"] for layer in document["layers"]
                       if any(call["inputs"] for call in layer["calls"])}
                self.assertEqual(ran - reached, set())

    def test_without_operators_there_are_none(self):
        document = runner.summary(RESNET, f"--input_size={IMAGE}", "--metrics=params")
        self.assertEqual(document["edges"], [])
        self.assertEqual(runner.summary(RESNET)["edges"], [])


if __name__ == "__main__":
    unittest.main()
