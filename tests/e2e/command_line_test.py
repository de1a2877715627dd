"""The command line: where options stand, where output goes, what it can show."""

import json
import os
import pty
import re
import select
import shutil
import unittest

import runner

SIZE = "--input_size=1x1x28x28"


def run_on_terminal(arguments, env, columns):
    """Runs the program on a terminal of this width; what it drew."""
    import fcntl
    import struct
    import termios

    pid, terminal = pty.fork()
    if pid == 0:
        environment = dict(os.environ, LC_ALL="C.UTF-8", TERM="xterm", **env)
        os.execve(runner.STRATA, [str(a) for a in [runner.STRATA, *arguments]], environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    drawn = b""
    while select.select([terminal], [], [], 60)[0]:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        drawn += chunk
    os.waitpid(pid, 0)
    return drawn.decode()


class CommandLineTest(runner.TempFolderTest):
    def test_options_may_stand_anywhere(self):
        expected = runner.run(runner.LENET, SIZE).out
        self.assertIn("61,706", expected)
        for arguments in [
            [SIZE, runner.LENET],
            ["--input_size", "1x1x28x28", runner.LENET],
            ["summary", runner.LENET, SIZE],
            [SIZE, "--", runner.LENET],
            ["-input_size=1x1x28x28", runner.LENET, "--nofold"],
        ]:
            with self.subTest(str(arguments)):
                self.assertEqual(runner.run(*arguments).out, expected)

    def test_help_and_version(self):
        for arguments in [["--help"], ["-h"], ["summary", "--help"], ["show", "--help"],
                          ["plugins", "--help"]]:
            result = runner.run(*arguments)
            self.assertEqual(result.status, 0)
            lines = result.out.splitlines()
            self.assertLessEqual(len(lines), 40)
            self.assertLessEqual(max(map(len, lines)), 80)
            self.assertIn("Examples", result.out)
        version = runner.run("--version").out
        self.assertRegex(version, r"\Astrata \d+\.\d+\.\d+\nplugin interface \d+ ")
        self.assertRegex(version, r"LibTorch \d+\.\d+\.\d+\n\Z")

    def test_help_names_every_option(self):
        text = runner.run("--help").out
        wrong = runner.run("--no_such_option=1").err
        for name in re.search(r"there are: (.*)", wrong).group(1).split(", "):
            self.assertIn(f"--{name}", text)

    def test_files_are_relative_to_where_the_user_stands(self):
        shutil.copy(runner.LENET, self.folder / "mine.pt")
        # As `bazel run` does: the program starts in its runfiles.
        runfiles = self.folder / "strata.runfiles"
        runfiles.mkdir()
        result = runner.run("mine.pt", SIZE, "--output=mine.json", cwd=runfiles,
                            env={"BUILD_WORKING_DIRECTORY": str(self.folder)})
        self.assertEqual(result.status, 0, result.err)
        document = json.loads((self.folder / "mine.json").read_text())
        self.assertEqual(document["model"]["file"], "mine.pt")

    def test_format_follows_the_ending(self):
        for name, begin in [("a.json", "{"), ("a.txt", "Model: "), ("b", "Model: ")]:
            target = self.folder / name
            runner.run(runner.LENET, SIZE, f"--output={target}")
            self.assertTrue(target.read_text().startswith(begin), name)
            self.assertEqual(target.stat().st_mode & 0o777, 0o666 & ~self.umask())

    @staticmethod
    def umask():
        mask = os.umask(0)
        os.umask(mask)
        return mask

    def test_table_fits_the_terminal(self):
        for columns in (40, 60, 100):
            drawn = run_on_terminal([runner.LENET, SIZE, "--quiet"], {"NO_COLOR": "1"}, columns)
            lines = drawn.replace("\r", "").splitlines()
            self.assertIn("61,706", drawn)
            self.assertLessEqual(max(map(len, lines)), columns)

    def test_colour_only_on_a_terminal_without_no_color(self):
        self.assertNotIn("\x1b", runner.run(runner.LENET, SIZE).out)
        self.assertIn("\x1b[", run_on_terminal([runner.LENET, SIZE, "--quiet"], {}, 100))
        self.assertNotIn("\x1b", run_on_terminal([runner.LENET, SIZE, "--quiet"], {"NO_COLOR": "1"}, 100))

    def test_plain_ascii_where_the_locale_is_not_utf8(self):
        result = runner.run(runner.LENET, SIZE, env={"LC_ALL": "C", "LANG": "C"})
        self.assertTrue(result.out.isascii())
        self.assertFalse(runner.run(runner.LENET, SIZE).out.isascii())

    def test_depth_and_columns(self):
        file = runner.TORCHVISION / "resnet18.scripted.pt"
        size = "--input_size=1x3x224x224"
        shallow = runner.run(file, size, "--depth=1").out
        self.assertIn("layer1 (Sequential)", shallow)
        self.assertNotIn("BasicBlock", shallow)
        wide = runner.run(file, size, "--columns=kernel_size,num_params,mult_adds").out
        self.assertIn("[7, 7]", wide)
        self.assertIn("1,814,073,344", wide)

    def rows(self, name, *arguments):
        """The first column of the table of a small model, without the tree."""
        result = runner.run(runner.SMALL / f"{name}.pt", *arguments)
        self.assertEqual(result.status, 0, result.err)
        rules = [i for i, line in enumerate(result.out.splitlines()) if line[0] in "═="]
        lines = result.out.splitlines()[rules[1] + 1:rules[2]]
        return [re.split(r"\s{2,}", line.lstrip(" │├└─|`-"))[0] for line in lines]

    def test_a_parameter_beside_children_has_a_row(self):
        expected = ["BareParameter", "weight (parameter [6, 8])", "before (Linear)", "after (Linear)"]
        self.assertEqual(self.rows("bare_parameter"), expected)
        self.assertEqual(self.rows("bare_parameter", "--depth=0"), expected[:1])

    def test_a_row_for_each_parameter(self):
        self.assertEqual(
            self.rows("bare_parameter", "--row_settings=var_names,parameters"),
            ["BareParameter", "weight (parameter [6, 8])",
             "before (Linear)", "weight (parameter [8, 8])", "bias (parameter [8])",
             "after (Linear)", "weight (parameter [4, 6])", "bias (parameter [4])"])

    def test_what_is_shared_says_with_what(self):
        self.assertEqual(self.rows("shared_weight"),
                         ["SharedWeight", "embedding (Embedding) [shared with head.weight]",
                          "head (Linear) [shared with embedding.weight]"])
        siamese = ["Siamese", "left ×2 (Linear) [shared with right]",
                   "right (Linear) [shared with left]"]
        size = "--input_size=2x8"
        self.assertEqual(self.rows("siamese", size), siamese)
        # A module that has a row already is hidden, one that shares a tensor is not.
        hide = "--row_settings=var_names,hide_recursive_layers"
        self.assertEqual(self.rows("siamese", size, hide), siamese[:2])
        self.assertEqual(len(self.rows("shared_weight", hide)), 3)

    def test_row_settings(self):
        size = "--input_size=2x8"
        for settings, rows in [
            ("var_names", ["Recursive", "linear ×3 (Linear)"]),
            ("", ["Recursive", "Linear ×3"]),
            ("depth", ["Recursive", "Linear ×3: 1-1"]),
            ("depth,var_names", ["Recursive", "linear ×3 (Linear): 1-1"]),
            ("ascii_only,var_names", ["Recursive", "linear x3 (Linear)"]),
        ]:
            self.assertEqual(self.rows("recursive", size, f"--row_settings={settings}"), rows)
        ascii_only = runner.run(runner.LENET, SIZE, "--row_settings=ascii_only")
        self.assertTrue(ascii_only.out.isascii())

    def test_row_settings_apply_to_what_is_folded(self):
        # Three lists of two layers, two lists of two layers that differ.
        self.assertEqual(
            self.rows("containers", "--fold", "--row_settings=depth"),
            ["Containers", "ModuleList: 1-1", "ModuleList: 2-1 … 2-3 ×3",
             "Linear: 3-1 … 3-2 ×2", "ModuleDict: 1-2",
             "ModuleList: 2-4", "Linear: 3-7", "ReLU: 3-8",
             "ModuleList: 2-5", "Linear: 3-9", "Sigmoid: 3-10"])

    def test_an_unknown_row_setting_is_a_wrong_command_line(self):
        result = runner.run("no_such_file.pt", "--row_settings=var_name")
        self.assertEqual(result.status, 2)
        self.assertIn("did you mean 'var_names'?", result.err)


if __name__ == "__main__":
    unittest.main()
