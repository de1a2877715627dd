"""Twelve of torchvision's models, scripted and traced, against what it publishes."""

import unittest

import runner


class TorchvisionTest(unittest.TestCase):
    def test_every_file_has_the_published_figures(self):
        rows = runner.reference_rows()
        files = sorted(runner.TORCHVISION.glob("*.pt"))
        self.assertEqual(len(files), 24)
        for file in files:
            model = file.name.split(".")[0]
            row = rows[model, "1x3x224x224"]
            with self.subTest(file.name):
                document = runner.summary(file, "--input_size=1x3x224x224")
                totals = document["totals"]
                self.assertEqual(totals["params"], int(row["num_params"]))
                self.assertEqual(f"{totals['macs'] / 1e9:.3f}", f"{float(row['gflops']):.3f}")
                # PyTorch's own FlopCounterMode on meta, halved.
                self.assertEqual(totals["macs"], int(row["macs_flop_counter"]))
                self.assertEqual(
                    [w for w in document["warnings"] if "LibTorch warned" not in w], [])

    def test_scripted_and_traced_agree_module_by_module(self):
        for name in ["resnet18", "densenet121", "mobilenet_v3_small"]:
            with self.subTest(name):
                scripted, traced = (
                    runner.summary(runner.TORCHVISION / f"{name}.{how}.pt",
                                   "--input_size=1x3x224x224")
                    for how in ("scripted", "traced"))
                macs = [
                    {l["path"]: l["metrics"]["macs"]["total"] for l in d["layers"]
                     if l["calls"] and l["metrics"]["macs"]["total"]}
                    for d in (scripted, traced)]
                self.assertEqual(*macs)


if __name__ == "__main__":
    unittest.main()
