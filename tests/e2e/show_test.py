"""Saved summaries: shown again in any form, without a model and LibTorch."""

import json
import unittest

import runner

SIZE = "--input_size=1x1x28x28"


class ShowTest(runner.TempFolderTest):
    def setUp(self):
        super().setUp()
        names = ("net.json", "net.strata.pb", "net.binpb")
        self.saved = [self.folder / name for name in names]
        self.table = runner.run(
            runner.LENET, SIZE, f"--output={','.join(map(str, self.saved))},-",
            "--format=,,,table").out
        self.assertIn("61,706", self.table)

    def page(self):
        """A page that has the summary in it, as --format=html writes it."""
        page = self.folder / "page.html"
        text = self.saved[0].read_text().replace("<", "\\u003c")
        page.write_text(f'<!doctype html><meta charset="utf-8"><script type="application/json" '
                        f'id="strata-summary">{text}</script><script>f();</script>')
        return page

    def test_every_form_gives_the_same(self):
        document = self.saved[0].read_text()
        for file in [*self.saved, self.page()]:
            with self.subTest(file.name):
                self.assertEqual(runner.run("show", file).out, self.table)
                self.assertEqual(runner.run("show", file, "--format=json").out, document)

    def test_counts_may_be_strings(self):
        def as_strings(value):
            if isinstance(value, dict):
                return {k: as_strings(v) for k, v in value.items()}
            if isinstance(value, list):
                return [as_strings(v) for v in value]
            return str(value) if type(value) is int else value

        file = self.folder / "strings.json"
        file.write_text(json.dumps(as_strings(json.loads(self.saved[0].read_text()))))
        self.assertEqual(runner.run("show", file).out, self.table)

    def test_a_pipe(self):
        result = runner.run("-c", f"'{runner.STRATA}' '{runner.LENET}' {SIZE} --format=json |"
                            f" '{runner.STRATA}' show /dev/stdin", program="/bin/sh")
        self.assertEqual(result.out, self.table)

    def test_options_of_rows_hold_as_for_a_model(self):
        for options in (["--depth=0"], ["--columns=kernel_size,macs"], ["--fold"],
                        ["--row_settings=depth,ascii_only"], ["--match=^Conv2d$"]):
            with self.subTest(str(options)):
                self.assertEqual(runner.run("show", self.saved[0], *options).out,
                                 runner.run(runner.LENET, SIZE, *options).out)

    def test_no_source_and_no_libtorch_is_loaded(self):
        for file in self.saved:
            result = runner.run("show", file, env={"LD_DEBUG": "files"})
            self.assertEqual(result.out, self.table)
            self.assertIn("table.so", result.err)
            for library in ("libtorch", "torchscript.so", "params.so", "json.so"):
                self.assertNotIn(library, result.err)

    def check(self, arguments, status, *words):
        result = runner.run(*arguments, cwd=self.folder)
        self.assertEqual(result.status, status, result.err)
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, r"\Astrata: error: \S")
        for word in words:
            self.assertIn(word, result.err)

    def test_bad_files(self):
        text = self.saved[0].read_bytes()
        binary = self.saved[1].read_bytes()
        newer = text.replace(b'"format_version": 1', b'"format_version": 2')
        self.assertNotEqual(newer, text)
        for name, content, why in [
            ("cut.json", text[:-10], "cut off"),
            ("cut.pb", binary[:-10], "cut off"),
            ("half.json", text[:len(text) // 2], "cut off"),
            ("half.pb", binary[:len(binary) // 2], "cut off"),
            ("newer.json", newer, "it is of summary format 2; expected at most 1"),
            ("other.json", b'{"layers": [{"class_name": "Dense"}]}', "begin with a root"),
            ("deep.json", b'{"a":' * 100000, "something else"),
            ("list.json", b"[" * 100000, 'it begins with "[[['),
            ("empty.json", b"", "it is empty (0 bytes); expected a summary"),
            ("model.pt", runner.LENET.read_bytes(), "it is a zip archive"),
            ("page.html", b"<!doctype html>", "without the summary"),
        ]:
            with self.subTest(name):
                (self.folder / name).write_bytes(content)
                self.check(["show", name], 1, f"cannot read summary ({name}): ", why)
        (self.folder / "folder").mkdir()
        self.check(["show", "folder"], 1, "(folder): it is a folder; expected a summary")
        self.check(["show", "no.json"], 1, "(no.json): no such file")

    def test_the_command_line(self):
        for arguments, words in [
            (["show"], ["no saved summary was given", "strata show --help"]),
            (["show", "a", "b"], ["too many arguments: expected one saved summary"]),
            (["show", "net.json", SIZE], ["--input_size does not apply"]),
            (["show", "net.json", "--metrics=macs"], ["--metrics does not apply"]),
            (["show", "net.json", "--columns=mcas"], ["did you mean 'macs'?"]),
            (["show", "net.json", "--heat=kernel_size"], ["only a metric's column"]),
            (["show", "net.json", "--match=("], ["--match: '(' is no regular expression"]),
            (["show", "net.json", "--width=0"], ["--width=0"]),
        ]:
            with self.subTest(str(arguments)):
                self.check(arguments, 2, *words)

    def test_a_saved_summary_in_place_of_a_model(self):
        self.check(["net.json"], 1, "it is JSON", "strata show FILE")


if __name__ == "__main__":
    unittest.main()
