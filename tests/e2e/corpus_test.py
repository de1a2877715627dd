"""What always holds, over every model file of tests/models."""

import concurrent.futures
import functools
import hashlib
import json
import math
import os
import re
import unittest

import runner

IMAGE = "1x3x224x224"


def corpus():
    """Every model that runs, with an input size."""
    cases = [(runner.LENET, "1x1x28x28")]
    cases += [case for case in runner.small_models() if case[0].stem != "raises"]
    return cases + [(file, IMAGE) for file in sorted(runner.TORCHVISION.glob("*.pt"))]


def name_of(file):
    return f"{file.parent.name}/{file.name}"


def state_of(file):
    status = os.stat(file)
    return (hashlib.sha256(file.read_bytes()).hexdigest(), status.st_mtime_ns,
            status.st_size, status.st_mode)


def totals_of(table):
    """The counts that stand below a table, by what they are called there."""
    return {label: int(number.replace(",", "")) for label, number in
            re.findall(r"^(Total params|Total MACs): +([\d,]+)$", table, re.MULTILINE)}


def in_parallel(function, cases):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda case: function(*case), cases))


@functools.lru_cache(maxsize=None)
def documents():
    """The summary of every model, and whether its file was left alone."""
    def one(file, size):
        before = state_of(file)
        document = runner.summary(file, f"--input_size={size}")
        return name_of(file), document, before == state_of(file)

    return in_parallel(one, corpus())


class CorpusTest(unittest.TestCase):
    def for_each(self, check):
        self.assertGreater(len(documents()), 80)
        for name, document, _ in documents():
            with self.subTest(name):
                check(name, document)

    def test_layers_are_a_tree_in_order(self):
        def check(_, document):
            layers = document["layers"]
            self.assertEqual((layers[0]["path"], layers[0]["parent"]), ("", -1))
            for i, layer in enumerate(layers):
                self.assertEqual(layer["id"], i)
                self.assertLess(layer["parent"], i)
                if i:
                    parent = layers[layer["parent"]]
                    self.assertEqual(layer["depth"], parent["depth"] + 1)
                    path = f"{parent['path']}.{layer['name']}".lstrip(".")
                    self.assertEqual(layer["path"], path)

        self.for_each(check)

    def test_self_values_add_up_or_are_unknown(self):
        """The first and the fourth invariant."""
        def check(_, document):
            for column in document["columns"]:
                if column.get("peak"):
                    continue  # A peak has no parts.
                name = column["id"]
                values = [layer["metrics"].get(name, {}) for layer in document["layers"]]
                if not all("self" in value for value in values):
                    self.assertNotIn(name, document["totals"])
                    self.assertNotIn("total", values[0])
                    self.assertTrue(document["warnings"])
                    continue
                self.assertEqual(sum(v["self"] for v in values), values[0]["total"])
                self.assertEqual(document["totals"][name], values[0]["total"])

        self.for_each(check)

    def test_what_is_not_known_is_left_out(self):
        """The fourth: there is no null, and no number that stands for one."""
        def check(_, document):
            numbers = list(document["totals"].values())
            for layer in document["layers"]:
                for metric in layer["metrics"].values():
                    numbers += metric.values()
            for number in numbers:
                self.assertGreaterEqual(number, 0)

        self.for_each(check)

    def test_a_tensor_counts_once(self):
        """The second: as many elements as PyTorch finds in distinct tensors."""
        known = json.loads(runner.MODULES.read_text())
        compared = []

        def check(name, document):
            packed = any("quantized" in layer["full_type"] for layer in document["layers"])
            if name in known and not packed and "params" in document["totals"]:
                self.assertEqual(document["totals"]["params"], known[name]["params"])
                compared.append(name)

        self.for_each(check)
        self.assertGreater(len(compared), 50)

    def test_flags_say_what_ran(self):
        def check(_, document):
            for layer in document["layers"]:
                ran = bool(layer["calls"])
                if not {"container", "shared"} & set(layer["flags"]):
                    self.assertEqual("not_executed" in layer["flags"], not ran)
                self.assertEqual("recursive" in layer["flags"], len(layer["calls"]) > 1)

        self.for_each(check)

    def test_the_file_is_not_changed(self):
        """The fifth: neither its bytes nor its times."""
        for name, _, same in documents():
            with self.subTest(name):
                self.assertTrue(same)

    def test_every_registered_module_has_a_row(self):
        """The seventh: paths, classes and own parameters as PyTorch has them."""
        known = json.loads(runner.MODULES.read_text())

        def check(name, document):
            if name == "models/lenet.pt":
                return
            # Of torchvision's the scripted ones are listed.
            modules = known[name.replace(".traced.", ".scripted.")]["modules"]
            layers = document["layers"]
            self.assertEqual([layer["path"] for layer in layers],
                             [path for path, _, _ in modules])
            for layer, (_, kind, own) in zip(layers, modules):
                self.assertEqual(layer["type"], kind)
                # Packed weights are parameters here and none in PyTorch.
                if "quantized" not in layer["full_type"]:
                    self.assertEqual(own, sum(
                        math.prod(p["shape"]) for p in layer["parameters"]))

        self.for_each(check)
        not_run = {"small/raises.pt", "small/endless.pt", "small/dict_input.pt"}
        self.assertLessEqual(set(known) - not_run, {name for name, _, _ in documents()})

    def test_what_is_printed_changes_no_total(self):
        """The third. Models that take long are only opened."""
        def outputs(file, size):
            run = [] if size == IMAGE else [f"--input_size={size}"]
            document = runner.summary(file, *run, "--depth=0", "--columns=kernel_size",
                                      "--fold")
            return document, runner.run(file, *run, "--depth=1", "--columns=num_params").out

        found = in_parallel(outputs, corpus())
        for (name, whole, _), (document, table) in zip(documents(), found):
            with self.subTest(name):
                if "run" in document:
                    self.assertEqual(document, whole)
                self.assertEqual(document["totals"].get("params"),
                                 whole["totals"].get("params"))
                expected = {label: document["totals"][key] for label, key in
                            [("Total params", "params"), ("Total MACs", "macs")]
                            if key in document["totals"]}
                self.assertEqual(totals_of(table), expected)


if __name__ == "__main__":
    unittest.main()
