"""Wrong plugins (tests/bad_plugins) that would end the program, or spoil its output."""

import json
import shutil
import time
import unittest
import zipfile

import runner

BAD = runner.ROOT / "tests" / "bad_plugins"
INPUT = "--input_size=1x1x28x28"


class BadPluginsTest(runner.TempFolderTest):
    def run_with(self, name, *options, kind="metric", model=runner.LENET):
        """A run with one wrong plugin; never ended by a signal."""
        shutil.copyfile(BAD / f"{name}.so", self.folder / f"{name}.so")
        asked = f"--metrics=params,{name}" if kind == "metric" else "--metrics=params"
        result = runner.run(model, INPUT, asked, f"--plugin_path={self.folder}", *options)
        self.assertGreaterEqual(result.status, 0, result.err)
        return result

    def test_one_that_raises_costs_its_own_column(self):
        for name in ("raises_in_visit", "raises_a_number", "fails_to_collect", "gives_too_many"):
            with self.subTest(name):
                result = self.run_with(name, "--format=json")
                self.assertEqual(result.status, 0, result.err)
                summary = json.loads(result.out)
                self.assertEqual(summary["totals"]["params"], 61706)
                self.assertNotIn("bad", summary["layers"][0]["metrics"])
                self.assertRegex(summary["warnings"][0], f"metric '{name}' failed, its columns")

    def test_one_that_ends_the_program(self):
        output = self.folder / "model.json"
        for name, why in [
            ("calls_exit", "metric 'calls_exit' ended the program: it called exit()"),
            ("exits_when_loaded",
             "metric 'exits_when_loaded' ended the program: it called exit()"),
            ("raises_when_loaded", "metric 'raises_when_loaded' ended the program: an exception "
                                   "that nobody can catch was raised: too early"),
        ]:
            with self.subTest(name):
                result = self.run_with(name, f"--output={output}")
                self.assertEqual((result.status, result.out), (1, ""))
                self.assertEqual(result.err, f"strata: error: {why}\n")
                self.assertFalse(output.exists())

    def test_a_formatter_that_does_not_return(self):
        for name, why in [
            ("raising_formatter", "formatter 'raising_formatter' failed: it raised 'out of ink'"),
            ("exiting_formatter", "formatter 'exiting_formatter' ended the program: it called exit()"),
        ]:
            with self.subTest(name):
                result = self.run_with(name, f"--format={name}", f"--output={self.folder}/out",
                                       kind="formatter")
                self.assertEqual(result.status, 1)
                self.assertIn(f"strata: error: {why}", result.err)
                self.assertEqual([path.name for path in self.folder.iterdir() if "out" in path.name],
                                 [], "half of it was left")
                (self.folder / f"{name}.so").unlink()

    def test_a_source_that_raises(self):
        model = self.folder / "model.bad"
        with zipfile.ZipFile(model, "w") as archive:
            archive.writestr("bad_model", "content")
        result = self.run_with("raising_source", kind="source", model=model)
        self.assertEqual(result.status, 1)
        self.assertIn(f"it raised 'cannot bear {model}'", result.err)

    def test_what_a_plugin_prints_is_not_in_the_output(self):
        result = self.run_with("writes_to_stdout", "--format=json")
        self.assertEqual(result.status, 0, result.err)
        self.assertIn("hello from a plugin", result.err)
        # It says 1 of each of the 13 modules.
        self.assertEqual(json.loads(result.out)["totals"]["bad"], 13)
        result = self.run_with("writes_to_stdout", "--format=json", "--output=/dev/stdout")
        self.assertEqual(json.loads(result.out)["totals"]["bad"], 13)

    def test_one_that_takes_for_ever_is_ended_by_timeout(self):
        begin = time.monotonic()
        result = self.run_with("takes_for_ever", "--timeout=1")
        self.assertEqual(result.status, 1)
        self.assertIn("it was not done after 1s", result.err)
        self.assertLess(time.monotonic() - begin, 60)

    def test_one_that_is_refused_says_why(self):
        for name, why in [("other_interface", "interface version 9999, wanted"),
                          ("other_abseil", "abseil20990101"),
                          ("relative_runpath", "relative folder, 'libs'"),
                          ("raises_when_made", "its constructor raised: no luck"),
                          ("raises_in_columns", "it raised 'no columns today'")]:
            with self.subTest(name):
                result = self.run_with(name)
                self.assertEqual((result.status, result.out), (2, ""))
                self.assertIn(why, result.err)
                self.assertIn(name, result.err)


if __name__ == "__main__":
    unittest.main()
