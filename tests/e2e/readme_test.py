"""Every command in the README does what it says."""

import os
import re
import shutil
import subprocess
import unittest

import runner

README = runner.ROOT / "README.md"


def blocks(kind):
    """The fenced blocks of one kind."""
    return re.findall(rf"```{kind}\n(.*?)```", README.read_text(), re.DOTALL)


def commands():
    """Every line of the sh blocks, without its comment."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [re.sub(r"\s{2,}#.*", "", line) for line in lines if line.strip()]


class ReadmeTest(runner.TempFolderTest):
    def run_as_user(self, command):
        """Runs a `strata ...` line where the files that it names are."""
        for part in ("examples", "tests"):
            if not (self.folder / part).exists():
                shutil.copytree(runner.ROOT / part, self.folder / part)
        command = re.sub(r"\bstrata ", f"{runner.STRATA} ", command, count=1)
        return subprocess.run(command, shell=True, cwd=self.folder, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=dict(os.environ, LC_ALL="C.UTF-8"))

    def test_every_strata_command_works(self):
        run = [c for c in commands() if c.startswith("strata ")]
        self.assertGreater(len(run), 6)
        for command in run:
            with self.subTest(command):
                result = self.run_as_user(command)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(result.stderr, "")
        self.assertTrue((self.folder / "lenet.json").exists())

    def test_the_table_is_what_the_program_prints(self):
        (shown,) = [b for b in blocks("") if b.startswith("$ strata ")]
        command, table = shown.split("\n", 1)
        self.assertEqual(self.run_as_user(command[2:]).stdout, table)

    def test_the_set_up_commands(self):
        """CI runs the second as it stands; the first runs the program."""
        bazel = [c for c in commands() if "bazel" in c]
        self.assertEqual(len(bazel), 4)
        main, tests, dist, wheel = bazel
        setup = "tools/setup && bazel "
        self.assertTrue(main.startswith(setup + "run -c opt //tools:strata -- "), main)
        result = self.run_as_user("strata " + main.split(" -- ")[1])
        self.assertIn("61,706", result.stdout)
        self.assertEqual(tests, setup + "test //...")
        self.assertIn(f"({tests})", (runner.ROOT / ".ci" / "run").read_text())
        self.assertEqual(dist, "bazel build -c opt //:dist")  # See dist_test.py.
        self.assertEqual(wheel, "bazel build -c opt //python:wheel")  # See //python's tests.

    def test_every_option_is_in_the_table(self):
        text = README.read_text()
        for name in re.findall(r"--([a-z_]+)", runner.run("--help").out):
            if name not in ("help", "version"):
                self.assertIn(f"`--{name}", text)

    def test_links_lead_somewhere(self):
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", README.read_text()):
            self.assertTrue((runner.ROOT / link).exists(), link)


if __name__ == "__main__":
    unittest.main()
