"""Every format of every model: what is shown again is what the run wrote."""

import concurrent.futures
import json
import os
import unittest

import corpus_test
import delimited_test
import runner

# As they are asked for, with the endings of the files.
FORMATS = {"json": "json", "binary": "pb", "table": "txt", "markdown": "md", "csv": "csv", "tsv": "tsv",
           "repr": "repr", "parameters": "list"}


class FormatsTest(runner.TempFolderTest):
    def write(self, number, file, size):
        """The texts of one run, and what `show` makes of its summary."""
        names = {name: self.folder / f"{number}.{ending}" for name, ending in FORMATS.items()}
        result = runner.run(file, f"--input_size={size}", f"--format={','.join(names)}",
                            f"--output={','.join(map(str, names.values()))}")
        if result.status:
            raise AssertionError(f"{file}: {result.err}")
        texts = {name: path.read_bytes() for name, path in names.items()}
        again = {}
        for saved in ("json", "binary"):
            for name in FORMATS:
                target = self.folder / f"{number}.again"
                shown = runner.run("show", names[saved], f"--format={name}", f"--output={target}")
                if shown.status:
                    raise AssertionError(f"{file}: {shown.err}")
                again[saved, name] = target.read_bytes()
        return texts, again

    def test_all(self):
        cases = [(i, *case) for i, case in enumerate(corpus_test.corpus())]
        self.assertGreater(len(cases), 80)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = pool.map(lambda case: self.write(*case), cases)
        for (_, file, _), (texts, again) in zip(cases, results):
            with self.subTest(corpus_test.name_of(file)):
                for (saved, name), text in again.items():
                    self.assertEqual(text, texts[name], f"{name} of {saved}")
                document = json.loads(texts["json"])
                check = delimited_test.DelimitedTest()
                check.check(texts["csv"].decode(), "excel", document)
                check.check(texts["tsv"].decode(), "excel-tab", document)
                # A module has a line or two brackets, or is one of several alike.
                self.assertGreaterEqual(texts["repr"].count(b"\n"), 1)
                self.assertIn(str(document["layers"][0]["type"]).encode(), texts["markdown"])


if __name__ == "__main__":
    unittest.main()
