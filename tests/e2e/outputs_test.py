"""Several outputs of one run."""

import json
import os
import unittest

import runner

RUN = [runner.LENET, "--input_size=1x1x28x28"]


class OutputsTest(runner.TempFolderTest):
    def run_here(self, *arguments, status=0, **options):
        result = runner.run(*RUN, *arguments, cwd=self.folder, **options)
        self.assertEqual(result.status, status, result.err)
        return result

    def files(self):
        return sorted(os.listdir(self.folder))

    def test_each_form_goes_to_its_place(self):
        table = self.run_here().out
        for arguments in (["--output=a.json,b.txt"], ["--output=a.json,b.txt", "--format=,table"],
                          ["--format=json,table", "--output= a.json, b.txt"]):
            with self.subTest(str(arguments)):
                self.assertEqual(self.run_here(*arguments).out, "")
                self.assertEqual(self.files(), ["a.json", "b.txt"])
                self.assertEqual(json.loads((self.folder / "a.json").read_text())["totals"]["params"],
                                 61706)
                self.assertEqual((self.folder / "b.txt").read_text(), table)
                for name in self.files():
                    (self.folder / name).unlink()

    def test_standard_output_may_be_one_of_them(self):
        table = self.run_here().out
        for place in ("-", ""):
            self.assertEqual(self.run_here(f"--output={place},a.json").out, table)
            self.assertEqual(self.files(), ["a.json"])
        result = self.run_here("--format=json,table", "--output=-,b.txt")
        self.assertEqual(json.loads(result.out)["model"]["name"], "LeNet5")
        self.assertEqual(self.run_here("--output=-").out, table)

    def test_where_one_fails_the_others_are_written(self):
        (self.folder / "is_folder.json").mkdir()
        for bad, why in [
            ("is_folder.json", "cannot write (is_folder.json): it is a folder"),
            ("/dev/full", "cannot write (/dev/full): No space left on device"),
            ("no/such/x.json", "the folder 'no/such' does not exist"),
            # Read-only for root, too.
            ("/proc/x.json", "cannot write (/proc/x.json): "),
        ]:
            for outputs in (f"a.json,{bad},b.txt", f"{bad},a.json,b.txt", f"a.json,b.txt,{bad}"):
                with self.subTest(outputs):
                    formats = ",".join("json" if o == bad else "" for o in outputs.split(","))
                    result = self.run_here(f"--output={outputs}", f"--format={formats}", status=1)
                    self.assertIn("strata: error: ", result.err)
                    self.assertIn(why, result.err)
                    self.assertIn("; the rest was written", result.err)
                    self.assertEqual(self.files(), ["a.json", "b.txt", "is_folder.json"])
                    json.loads((self.folder / "a.json").read_text())
                    (self.folder / "a.json").unlink()
                    (self.folder / "b.txt").unlink()

    def test_all_that_failed_are_named(self):
        result = self.run_here("--output=no/a.json,b.json,nor/c.json", status=1)
        self.assertIn("(no/a.json)", result.err)
        self.assertIn("(nor/c.json)", result.err)
        self.assertIn("; the rest was written", result.err)
        result = self.run_here("--output=no/a.json,nor/c.json", status=1)
        self.assertNotIn("the rest", result.err)
        self.assertEqual(self.files(), ["b.json"])

    def test_standard_output_on_a_full_disk(self):
        with open("/dev/full", "w") as full:
            result = self.run_here("--output=-,a.json", status=1, stdout=full)
        self.assertIn("cannot write (standard output): No space left on device", result.err)
        self.assertEqual(self.files(), ["a.json"])

    def test_a_failed_run_writes_none(self):
        result = runner.run(runner.SMALL / "raises.pt", "--input_size=2x8",
                            "--output=a.json,b.txt", cwd=self.folder)
        self.assertEqual(result.status, 1)
        self.assertEqual(self.files(), [])

    def test_the_command_line(self):
        for arguments, why in [
            (["--format=json,table"], "--format names 2 and --output 1"),
            (["--format=json", "--output=a.json,b.json"], "--format names 1 and --output 2"),
            (["--output=a.json,a.json"], "--output names 'a.json' twice"),
            (["--output=a.json,./a.json"], "--output names './a.json' twice"),
            (["--output=-,-"], "--output names standard output twice"),
            (["--output=,-"], "--output names standard output twice"),
            (["--output=a.json,b.qqq"], "no formatter writes files that end in '.qqq'"),
            (["--output=a.json,b.txt", "--format=,jsn"], "did you mean 'json'?"),
        ]:
            with self.subTest(str(arguments)):
                self.assertIn(why, self.run_here(*arguments, status=2).err)
                self.assertEqual(self.files(), [])


if __name__ == "__main__":
    unittest.main()
