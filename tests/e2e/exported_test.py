"""Exported programs (.pt2): against TorchScript, published figures, and by hand."""

import subprocess
import unittest
import zipfile

import runner
from runner import values

EXPORTED = runner.ROOT / "tests" / "models" / "exported"

# What eager PyTorch counts: torch.utils.flop_counter, halved.
CNN_MACS = 3 * 16 * 9 * 32 * 32 * 2 + 16 * 32 * 9 * 16 * 16 * 2 + 2 * 32 * 10

# A module that shows no operator has no class in this form.
UNKNOWN = "?"


def exported(name, *options):
    return runner.summary(EXPORTED / f"{name}.pt2", *options)


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


class BadInputTest(runner.TempFolderTest):
    """Files that are damaged, or made to do harm."""

    def setUp(self):
        super().setUp()
        with zipfile.ZipFile(EXPORTED / "cnn.pt2") as archive:
            self.members = {name: archive.read(name) for name in archive.namelist()}
        self.program = self.members["cnn/models/model.json"].decode()

    def write(self, program=None, packed=zipfile.ZIP_STORED, **members):
        file = self.folder / "m.pt2"
        with zipfile.ZipFile(file, "w", packed) as archive:
            for name, content in self.members.items():
                if name.endswith("/model.json") and program is not None:
                    content = program
                archive.writestr(name, content)
            for name, content in members.items():
                archive.writestr(name, content)
        return file

    def refuse(self, file, *words, most_bytes=300 << 20):
        process = subprocess.run(
            ["/bin/sh", "-c", 'ulimit -t 20; exec "$@"', "sh", runner.STRATA, file],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        errors = process.stderr.decode()
        self.assertEqual(process.returncode, 1, errors)
        self.assertEqual(process.stdout, b"")
        for word in words:
            self.assertIn(word, errors)

    def test_fields_are_named(self):
        first = '"target": "torch.ops.aten.conv2d.default"'
        member = "its member 'cnn/models/model.json': graph_module."
        for old, new, words in (
            (first, '"target": 7', "graph.nodes[0].target: expected a string"),
            (first, '"other": 7', "graph.nodes[0]: it has no field 'target'"),
            ('"nodes": [', '"nodes": 5, "n": [', "graph.nodes: expected a list"),
            ('"dtype": 7', '"dtype": "x"', ".dtype: expected a 64-bit integer"),
            ('"dtype": 7', '"dtype": 1e99', ".dtype: expected a 64-bit integer"),
            ('"dtype": 7', '"dtype": NaN', "dtype"),
            ('{"as_int": 16}', '{"as_int": -16}', "expected a size, found -16"),
            ('{"as_int": 16}', '{"as_int": 99999999999999999999}', "as_int"),
            ('{"as_int": 16}', '{"as_int": 1.5}', "as_int"),
            ('{"as_int": 16}', "{}", "an empty union"),
            ('{"as_int": 16}', "null", "expected an object"),
            ('{"name": "x"}', '{"name": "nobody"}', "nobody"),
            ('"fqn": "conv1"', '"fqn": []', "module_call_graph[1].fqn"),
        ):
            with self.subTest(new):
                self.assertIn(old, self.program)
                self.refuse(
                    self.write(self.program.replace(old, new, 1)), member, words
                )

    def test_missing_parts(self):
        for field in ("graph_module", "schema_version"):
            program = self.program.replace(f'"{field}"', '"elsewhere"', 1)
            self.refuse(self.write(program), f"no field '{field}'")
        for program in ("", "{", "[]", "null", self.program[:-20], self.program + "{"):
            with self.subTest(program[:10]):
                self.refuse(self.write(program), "cnn/models/model.json")
        self.members.pop("cnn/models/model.json")
        self.refuse(self.write(), "it holds no program")

    def test_versions(self):
        newer = self.program.replace('"major": 8', '"major": 9')
        self.refuse(self.write(newer), "its schema is version 9.", "later PyTorch")
        # Even where what it has is not read.
        newer = newer.replace('"nodes": [', '"nodes": 7, "n": [', 1)
        self.refuse(self.write(newer), "its schema is version 9.")
        older = self.program.replace('"major": 8', '"major": 7')
        document = runner.summary(self.write(older))
        self.assertEqual(document["totals"]["macs"], CNN_MACS)
        self.assertTrue(any("version 7." in w for w in document["warnings"]))
        unknown = self.program.replace('"nodes": [', '"new": [{"a": 1}], "nodes": [', 1)
        unknown = unknown.replace('"minor": 20', '"minor": 99')
        document = runner.summary(self.write(unknown))
        self.assertEqual(document["totals"]["macs"], CNN_MACS)

    def test_deep_nesting(self):
        for text in ("[" * 100000, '{"a":' * 100000):
            program = self.program.replace('"nodes": [', f'"x": {text}, "nodes": [', 1)
            self.refuse(self.write(program), "cnn/models/model.json")
        graph = '{"inputs": [], "outputs": [], "nodes": []}'
        for _ in range(100):
            graph = (
                '{"inputs": [], "outputs": [], "nodes": [{"target": "torch.ops.higher_order.wrap", '
                '"outputs": [], "inputs": [{"name": "", "arg": {"as_graph": {"name": "g", "graph": '
                + graph
                + "}}}]}]}"
            )
        self.refuse(
            self.write('{"graph_module": {"graph": ' + graph + "}}"), "deeper than 64"
        )

    def test_counts_that_overflow(self):
        huge = self.program.replace('{"as_int": 16}', '{"as_int": 4611686018427387904}')
        document = runner.summary(self.write(huge))
        self.assertNotIn("macs", document["totals"])
        self.assertNotIn("params", document["totals"])

    def test_much_that_is_not_used(self):
        value = '{"dtype": 7, "sizes": [], "requires_grad": false}'
        many = ", ".join(f'"v{i}": {value}' for i in range(200000))
        program = self.program.replace(
            '"tensor_values": {', '"tensor_values": {' + many + ", ", 1
        )
        document = runner.summary(self.write(program))
        self.assertEqual(document["totals"]["macs"], CNN_MACS)

    def test_many_members(self):
        file = self.write()
        with zipfile.ZipFile(file, "a") as archive:
            for i in range(50000):
                archive.writestr(f"cnn/data/weights/other_{i}", "")
        self.assertEqual(runner.summary(file)["totals"]["macs"], CNN_MACS)

    def test_bombs(self):
        bomb = self.write(self.program + " " * (300 << 20), zipfile.ZIP_DEFLATED)
        self.refuse(bomb, "more than the 268435456 that it may have")

    def test_odd_names(self):
        for name in ("../../etc/passwd", "conv1.conv1.conv1", "\\u0000\\u001b[31m", "."):
            program = self.program.replace('"fqn": "conv1"', f'"fqn": "{name}"', 1)
            document = runner.summary(self.write(program))
            self.assertEqual(document["totals"]["macs"], CNN_MACS, name)

    def test_what_would_take_for_ever(self):
        for old, new, words in (
            ('"fqn": "conv1"', '"fqn": "' + "." * 60000 + '"', "deeper than 2000"),
            ('"fqn": "conv1"', '"fqn": "' + "x" * 70000 + '"', "a name of 70000"),
            (
                "L__self__conv1,conv1,",
                "k,p,t;" * 3000 + "L__self__conv1,conv1,",
                "nest deeper than 2000",
            ),
        ):
            self.assertIn(old, self.program)
            self.refuse(self.write(self.program.replace(old, new, 1)), words)
        sizes = ", ".join(
            '{"as_expr": {"expr_str": "Symbol(\'s%d\')", "hint": null}}' % i
            for i in range(2000)
        )
        program = self.program.replace('"sizes": [', f'"sizes": [{sizes}, ', 1)
        self.refuse(self.write(program), "more than 1000 open sizes")

    def test_truncated(self):
        data = (EXPORTED / "cnn.pt2").read_bytes()
        file = self.folder / "m.pt2"
        for size in (4, 100, len(data) // 2, len(data) - 1):
            file.write_bytes(data[:size])
            result = runner.run(file)
            self.assertEqual(result.status, 1, size)
            self.assertEqual(result.out, "")

    def test_wrong_values_of_options(self):
        for option in ("--dim=8", "--dim=a=b", "--dim=a=-1", "--dim==3"):
            result = runner.run(EXPORTED / "dynamic.pt2", option)
            self.assertEqual(result.status, 2, option)
            self.assertIn("expected NAME=SIZE", result.err)


if __name__ == "__main__":
    unittest.main()
