"""Exported programs (.pt2) that are damaged, or made to do harm."""

import subprocess
import unittest
import zipfile

import runner
from exported_files import CNN_MACS, EXPORTED


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


if __name__ == "__main__":
    unittest.main()
