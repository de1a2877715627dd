"""Exported programs (.pt2) beside TorchScript of the same models, and published figures."""

import unittest

import runner
from exported_files import EXPORTED, UNKNOWN, exported
from runner import values


def common_small():
    """The models of small/ that are in this form, too, with their input sizes."""
    names = {file.stem for file in EXPORTED.glob("*.pt2")}
    return [(file, size) for file, size in runner.small_models() if file.stem in names]


# PyTorch itself takes another way in the two: nn.TransformerEncoderLayer calls one
# fused operator where no graph is being taken, and `transformers` makes no mask
# while it is traced.
FUSED = ("transformer",)
MASKED = ("bert", "t5")


class TorchScriptTest(unittest.TestCase):
    """Both forms of a model give one summary."""

    def compare(self, name, script, program):
        self.assertEqual(script["totals"]["params"], program["totals"]["params"], name)
        self.assertEqual(
            script["totals"]["trainable_params"],
            program["totals"]["trainable_params"],
            name,
        )
        self.assertEqual(script["totals"]["macs"], program["totals"]["macs"], name)
        self.assertEqual(
            script["totals"]["input_bytes"], program["totals"]["input_bytes"], name
        )
        paths = [layer["path"] for layer in program["layers"]]
        self.assertEqual([layer["path"] for layer in script["layers"]], paths, name)
        for column in ("params",) if name in FUSED else ("params", "macs"):
            for part in ("self", "total"):
                self.assertEqual(
                    values(script, column, part), values(program, column, part), name
                )
        for there, here in zip(script["layers"], program["layers"]):
            self.compare_layer(name, f"{name}: {here['path']}", there, here)

    def compare_layer(self, name, place, script, program):
        if program["type"] == UNKNOWN:
            self.assertEqual(program["calls"], [], place)
            return
        self.assertEqual(script["type"], program["type"], place)
        for key in ("parameters", "buffers"):
            self.assertEqual(script.get(key), program.get(key), place)
        if name in FUSED and not script["calls"]:
            return
        self.assertEqual(len(script["calls"]), len(program["calls"]), place)
        for there, here in zip(script["calls"], program["calls"]):
            # What a call was given and did not use, and what it gave and nobody
            # used, the file does not say.
            for part in ("inputs", "outputs"):
                known = there[part]
                for tensor in here[part]:
                    if name in MASKED and tensor["dtype"] == "bool":
                        continue
                    self.assertIn(tensor, known, f"{place}: {part}")
            if len(there["outputs"]) == 1:
                self.assertEqual(there["outputs"], here["outputs"], place)

    def test_small_models(self):
        self.assertGreater(len(common_small()), 15)
        for file, size in common_small():
            with self.subTest(file.stem):
                script = runner.summary(file, f"--input_size={size}")
                self.compare(file.stem, script, exported(file.stem))

    def test_torchvision(self):
        compared = 0
        for (model, size), row in runner.reference_rows().items():
            if not (EXPORTED / f"{model}.pt2").exists() or "384" in size:
                continue
            with self.subTest(model):
                program = exported(model)
                self.assertEqual(program["totals"]["params"], int(row["num_params"]))
                self.assertEqual(
                    program["totals"]["macs"], int(row["macs_flop_counter"])
                )
                script = runner.summary(
                    runner.TORCHVISION / f"{model}.scripted.pt", f"--input_size={size}"
                )
                self.compare(model, script, program)
                compared += 1
        self.assertEqual(compared, 12)


if __name__ == "__main__":
    unittest.main()
