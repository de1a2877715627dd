"""A saved configuration: --config, and .strata.textproto found upward."""

import json
import unittest

import runner

INPUT = "--input_size=1x1x28x28"


class ConfigTest(runner.TempFolderTest):
    def write(self, text, name="lab.textproto"):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def columns(self, *arguments, **options):
        return [column["id"] for column in
                runner.summary(runner.LENET, INPUT, *arguments, **options)["columns"]]

    def test_it_is_what_the_command_line_does_not_say(self):
        config = self.write('metrics: "macs"\nmetrics: "params"\ndepth: 1\nformat: "json"\n')
        result = runner.run(runner.LENET, INPUT, f"--config={config}")
        ids = [column["id"] for column in json.loads(result.out)["columns"]]
        self.assertEqual(ids, ["macs", "params"])
        self.assertEqual(self.columns(f"--config={config}", "--metrics=params"), ["params"])
        result = runner.run(runner.LENET, INPUT, f"--config={config}", "--format=table")
        self.assertRegex(result.out, "conv1")

    def test_depth_and_lists(self):
        config = self.write('columns: ["macs", "output_size"] depth: 0 row_settings: ["var_names", "ascii_only"]')
        out = runner.run(runner.LENET, INPUT, f"--config={config}").out
        self.assertNotIn("conv1", out)
        self.assertTrue(out.isascii())
        self.assertLess(out.index("MACs"), out.index("Output shape"))
        out = runner.run(runner.LENET, INPUT, f"--config={config}", "--depth=1").out
        self.assertIn("conv1", out)

    def test_the_nearest_one_upward_is_found_and_announced(self):
        self.write('metrics: "params"', ".strata.textproto")
        inner = self.write('metrics: "macs"', "a/.strata.textproto")
        deep = self.folder / "a" / "b"
        deep.mkdir()
        self.assertEqual(self.columns(cwd=deep), ["macs"])
        self.assertEqual(self.columns(cwd=self.folder), ["params"])
        self.assertEqual(self.columns("--config=", cwd=deep), ["params", "macs"])
        result = runner.run(runner.LENET, INPUT, "--verbose", cwd=deep)
        self.assertIn(f"strata: configuration {inner.resolve()}\n", result.err)
        self.assertNotIn("configuration", runner.run(runner.LENET, INPUT, cwd=deep).err)

    def test_one_that_others_can_change_is_not_used(self):
        config = self.write('metrics: "macs"', "open/.strata.textproto")
        for path, mode in [(config, 0o666), (config.parent, 0o777)]:
            with self.subTest(path.name):
                before = path.stat().st_mode
                path.chmod(mode)
                result = runner.run(runner.LENET, INPUT, "--format=json", cwd=config.parent)
                path.chmod(before)
                self.assertEqual(len(json.loads(result.out)["columns"]), 2)
                self.assertIn(f"warning: configuration {config} is not used: {path} may be "
                              "written by everyone", result.err)

    def test_errors_name_file_line_and_field(self):
        for text, why in [
            ('depth: 1\ncolums: "macs"', 'line 2: Message type "strata.tools.Config" has no field '
                                         'named "colums"'),
            ('depth: "deep"', "line 1: "),
            ('metrics: "macs', "line 1: "),
            ('\n\nset: "roofline"', ":3: field 'set': --set=roofline: expected PLUGIN.OPTION=VALUE"),
            ('plugin_path: "plugins"', ":1: field 'plugin_path': 'plugins': expected an absolute"),
            ('metrics: "a,b"', ":1: field 'metrics': 'a,b': expected one value"),
            ('depth: 1\nmetrics: "nothing"', "no metric 'nothing'"),
            ("depth: -1", "--depth=-1: expected 0 or more"),
            ("timeout: 0", "--timeout=0: expected seconds"),
        ]:
            with self.subTest(text):
                config = self.write(text)
                result = runner.run(runner.LENET, INPUT, f"--config={config}")
                self.assertEqual((result.status, result.out), (2, ""))
                self.assertIn(why, result.err)
                self.assertIn(str(config), result.err)

    def test_no_such_file(self):
        result = runner.run(runner.LENET, "--config=/no/such/file")
        self.assertEqual(result.status, 2)
        self.assertIn("cannot read configuration (/no/such/file)", result.err)

    def test_plugins_and_their_options_come_from_it(self):
        config = self.write(f'plugin_path: "{self.folder}"\nset: "table.none=1"')
        result = runner.run(runner.LENET, INPUT, f"--config={config}")
        self.assertEqual(result.status, 2)
        self.assertIn("table.none=1: formatter 'table' has no option 'none'", result.err)
        self.assertIn(str(self.folder), runner.run("plugins", f"--config={config}").out)


if __name__ == "__main__":
    unittest.main()
