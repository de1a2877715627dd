"""Exported programs (.pt2): what is hard in this form, and what holds for any file."""

import unittest

import runner
from exported_files import CNN_MACS, EXPORTED, UNKNOWN, exported
from runner import values


class PitfallsTest(unittest.TestCase):
    """What is hard in this form alone."""

    def test_modes_and_dialects_count_the_same(self):
        for name in ("cnn", "cnn_train", "cnn_decomposed", "cnn_strict", "older"):
            with self.subTest(name):
                document = exported(name)
                self.assertEqual(document["totals"]["macs"], CNN_MACS)
                self.assertEqual(document["run"]["device"], "shape")
                self.assertEqual(
                    document["run"]["mode"], "train" if name == "cnn_train" else "eval"
                )
                self.assertEqual(runner.layer(document, "conv1")["type"], "Conv2d")

    def test_repeated_calls(self):
        document = exported("repeated")
        for path in ("mix", "mix.0", "mix.1"):
            layer = runner.layer(document, path)
            self.assertEqual(len(layer["calls"]), 3)
            self.assertIn("recursive", layer["flags"])
        self.assertEqual(values(document, "macs")["mix.0"], 3 * 3 * 8 * 8)

    def test_aliases(self):
        for name in ("aliased", "aliased_strict"):
            document = exported(name)
            self.assertEqual(document["totals"]["params"], 8 * 8 + 8)
            first = runner.layer(document, "first")
            second = runner.layer(document, "second")
            self.assertEqual(first["type"], "Linear")
            # Strict mode knows that it is one module, and names it by one path.
            is_strict = name == "aliased_strict"
            self.assertEqual("shared" in second["flags"], not is_strict)
            calls = (2, 0) if is_strict else (1, 1)
            found = (len(first["calls"]), len(second["calls"]))
            self.assertEqual(found, calls)

    def test_tied_weights(self):
        document = exported("tied")
        self.assertEqual(document["totals"]["params"], 50 * 8)
        head = runner.layer(document, "head")
        self.assertEqual(head["parameters"][0]["shared_with"], "embedding.weight")
        lost = exported("tied_meta")
        self.assertEqual(lost["totals"]["params"], 2 * 50 * 8)
        self.assertTrue(any("counts on its own" in w for w in lost["warnings"]))

    def test_what_is_held(self):
        for name in ("held", "held_signatures"):
            document = exported(name)
            # Three layers, of which one is unused, and a scale.
            self.assertEqual(document["totals"]["params"], 3 * (16 + 4) + 4)
            self.assertEqual(document["totals"]["non_trainable_params"], 4)
            self.assertEqual(document["totals"]["buffer_bytes"], 2 * 4 * 4)
            unused = runner.layer(document, "unused")
            self.assertEqual(unused["type"], UNKNOWN)
            self.assertIn("not_executed", unused["flags"])
            self.assertIn("container", runner.layer(document, "layers")["flags"])
            self.assertTrue(any("says nothing of" in w for w in document["warnings"]))
        # With its signature an Identity is seen.
        same = runner.layer(exported("held_signatures"), "same")
        self.assertEqual(
            same["calls"][0]["outputs"], [{"shape": [2, 4], "dtype": "float32"}]
        )
        self.assertEqual(runner.layer(exported("held"), "same")["calls"], [])

    def test_graphs_inside_of_others(self):
        document = exported("no_grad")
        noise = runner.layer(document, "noise")
        self.assertEqual(len(noise["calls"]), 1)
        self.assertEqual(values(document, "macs")["noise"], 2 * 8 * 8)
        self.assertEqual(document["totals"]["macs"], 2 * 8 * 8 + 2 * 8 * 2)

    def test_the_dearer_branch(self):
        document = exported("branches")
        self.assertEqual(document["totals"]["macs"], 2 * (8 * 32 + 32 * 16))
        self.assertEqual(values(document, "macs")["dear.0"], 2 * 8 * 32)
        self.assertEqual(values(document, "macs")["cheap"], 0)
        self.assertTrue(any("the second is shown" in w for w in document["warnings"]))

    def test_a_loop_counts_once(self):
        document = exported("loop")
        self.assertEqual(values(document, "macs")["body"], 2 * 8 * 8)
        self.assertTrue(any("while_loop" in w for w in document["warnings"]))

    def test_several_programs(self):
        file = EXPORTED / "several.pt2"
        result = runner.run(file)
        self.assertEqual(result.status, 1)
        self.assertIn("it holds 2 programs: ", result.err)
        self.assertIn("--program=NAME", result.err)
        self.assertEqual(
            runner.summary(file, "--program=decoder")["model"]["name"], "Tied"
        )
        self.assertEqual(
            runner.summary(file, "--program", "encoder")["model"]["name"], "Repeated"
        )
        result = runner.run(file, "--program=x")
        self.assertEqual(result.status, 1)
        self.assertIn("no program 'x'", result.err)

    def test_a_compiled_package_is_refused(self):
        result = runner.run(EXPORTED / "compiled.pt2")
        self.assertEqual(result.status, 1)
        self.assertIn("AOTInductor", result.err)
        self.assertIn("torch.export.save", result.err)

    def test_edges(self):
        document = exported("no_grad")
        ids = {layer["path"]: layer["id"] for layer in document["layers"]}
        edges = {(edge["from"], edge["to"]): edge for edge in document["edges"]}
        self.assertIn((0, ids["noise"]), edges)
        self.assertEqual(edges[ids["noise"], ids["out"]]["operators"], ["sin", "add"])
        self.assertTrue(edges[ids["out"], 0]["output"])

    def test_other_modes(self):
        result = runner.run(EXPORTED / "cnn.pt2", "--mode=train", "--format=json")
        self.assertIn("exported in evaluation mode", result.out)


class EveryFileTest(runner.TempFolderTest):
    """What holds for any model."""

    def test_self_values_add_up(self):
        for file in sorted(EXPORTED.glob("*.pt2")):
            if file.stem in ("compiled", "several"):
                continue
            document = runner.summary(file)
            for column in ("params", "macs"):
                own = values(document, column, "self")
                self.assertEqual(
                    sum(own.values()), document["totals"][column], file.stem
                )
            for layer in document["layers"]:
                self.assertTrue(layer["type"], f"{file.stem}: {layer['path']}")

    def test_formats(self):
        formats = (
            "table,markdown,json,binary,csv,tsv,repr,parameters,html,dot,svg,mermaid,"
            "netron,model_explorer,model_explorer_data"
        ).split(",")
        for name in ("dynamic_attention", "held"):
            for form in formats:
                result = runner.run(
                    EXPORTED / f"{name}.pt2",
                    f"--format={form}",
                    f"--output={self.folder / form}",
                )
                self.assertEqual(result.status, 0, result.err)
                self.assertGreater((self.folder / form).stat().st_size, 100, form)
        page = (self.folder / "html").read_text()
        self.assertIn("strata-summary", page)

    def test_saved_summaries_have_expressions(self):
        file = EXPORTED / "dynamic_attention.pt2"
        shown = runner.run(file).out
        for form in ("json", "binary", "html"):
            saved = self.folder / form
            runner.run(file, f"--format={form}", f"--output={saved}")
            self.assertEqual(runner.run("show", saved).out, shown, form)

    def test_a_second_run_gives_the_same(self):
        for name in ("dynamic_odd", "llama"):
            self.assertEqual(exported(name), exported(name))


if __name__ == "__main__":
    unittest.main()
