"""csv and tsv, read back by Python's csv: nothing is lost."""

import csv
import io
import json
import unittest

import runner

SIZE = "--input_size=1x3x224x224"


def read(text, dialect):
    """Its rows as dictionaries. Only what is quoted right is read."""
    return list(csv.DictReader(io.StringIO(text, newline=""), dialect=dialect, strict=True))


def shapes(calls, part):
    """As formatters/csv/README.md says."""
    texts = [", ".join(str(tensor["shape"]) for tensor in call[part]) for call in calls]
    if not texts:
        return ""
    return texts[0] if len(set(texts)) == 1 else "; ".join(texts)


class DelimitedTest(runner.TempFolderTest):
    def check(self, text, dialect, document):
        rows = read(text, dialect)
        self.assertEqual(len(rows), len(document["layers"]))
        for row, layer in zip(rows, document["layers"]):
            self.assertNotIn(None, row)  # No cell too many.
            for key in ("path", "name", "type", "full_type"):
                self.assertEqual(row[key], layer[key])
            self.assertEqual(int(row["depth"]), layer["depth"])
            self.assertEqual(row["calls"], str(len(layer["calls"])) if "run" in document else "")
            self.assertEqual(row["input_size"], shapes(layer["calls"], "inputs"))
            self.assertEqual(row["output_size"], shapes(layer["calls"], "outputs"))
            self.assertEqual(row["flags"], ";".join(layer["flags"]))
            self.assertEqual(row["shared_with"], ";".join(layer["shared_with"]))
            for column in document["columns"]:
                value = layer["metrics"].get(column["id"], {})
                for part in ("self", "total"):
                    if part == "self" and column.get("peak"):
                        continue
                    cell = row[f"{column['id']}_{part}"]
                    self.assertEqual(int(cell) if cell else None, value.get(part))

    def test_models(self):
        resnet = runner.TORCHVISION / "resnet50.scripted.pt"
        for arguments in ([resnet, SIZE], [resnet], [runner.LENET, "--input_size=1x1x28x28", "--metrics=memory"],
                          *([file, f"--input_size={size}"] for file, size in runner.small_models()
                            if file.stem in ("recursive", "siamese", "containers", "conditional", "llama"))):
            with self.subTest(str(arguments)):
                names = [self.folder / name for name in ("a.csv", "a.tsv", "a.json")]
                result = runner.run(*arguments, f"--output={','.join(map(str, names))}", "--depth=0")
                self.assertEqual(result.status, 0, result.err)
                texts = [name.read_bytes().decode() for name in names]
                document = json.loads(texts[2])
                self.check(texts[0], "excel", document)
                self.check(texts[1], "excel-tab", document)

    def test_hostile_names(self):
        names = ["a,b", 'a"b', '"', '""', "a\nb", "a\r\nb", "a\rb", "a\tb", " a ", "=1+1", "层", "'", ";", "", "x" * 10000]
        layers = [{"id": i, "parent": 0 if i else -1, "name": name, "path": name, "type": name, "full_type": name,
                   "depth": i, "calls": [], "flags": [name], "shared_with": [name],
                   "metrics": {"a,b": {"self": i, "total": 2**63 - 1 - i}}} for i, name in enumerate(names)]
        document = {"columns": [{"id": "a,b"}], "layers": layers}
        for name, dialect in (("csv", "excel"), ("tsv", "excel-tab")):
            with self.subTest(name):
                text = runner.run("show", "/dev/stdin", f"--format={name}",
                                  stdin=json.dumps(document).encode()).out
                rows = read(text, dialect)
                self.assertEqual([row["name"] for row in rows], names)
                for row, layer in zip(rows, layers):
                    self.assertEqual(row["path"], layer["path"])
                    self.assertEqual(row["flags"], layer["flags"][0])
                    self.assertEqual(int(row["a,b_total"]), layer["metrics"]["a,b"]["total"])

    def test_chosen_columns(self):
        text = runner.run(runner.LENET, "--input_size=1x1x28x28", "--format=csv",
                          "--columns=macs,output_size,kernel_size,params_percent").out
        rows = read(text, "excel")
        self.assertEqual(list(rows[0]), ["path", "macs", "output_size", "kernel_size", "params_percent"])
        self.assertEqual(rows[1]["macs"], str(6 * 28 * 28 * 5 * 5))
        self.assertEqual(json.loads(rows[1]["output_size"]), [1, 6, 28, 28])
        self.assertEqual(float(rows[1]["params_percent"]), round(100 * 156 / 61706, 2))

    def test_lines_end_as_they_should(self):
        text = runner.run(runner.LENET, "--format=csv").out
        self.assertEqual(text.count("\n"), text.count("\r\n"))
        self.assertNotIn("\r", runner.run(runner.LENET, "--format=tsv").out)


if __name__ == "__main__":
    unittest.main()
