"""What `strata plugins` says, and that listing loads nothing."""

import hashlib
import os
import re
import shutil
import unittest

import runner

BUILT = runner.ROOT / "tools" / "plugins"


class PluginsTest(runner.TempFolderTest):
    def add(self, name, to):
        target = self.folder / to
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(BUILT / name, target)
        return target

    def test_lists_all_with_kind_description_and_file(self):
        out = runner.run("plugins").out
        for kind, name in [("source", "torchscript"), ("metric", "params"), ("metric", "macs"),
                           ("formatter", "table"), ("formatter", "json")]:
            self.assertRegex(out, rf"(?m)^{kind} +{name} +\d+\.\d+\.\d+  \w.*\n +/.*/{name}\.so$")
        self.assertNotIn("Not used", out)

    def test_listing_loads_no_plugin_and_no_libtorch(self):
        for arguments in (["plugins"], ["--version"], ["--help"]):
            err = runner.run(*arguments, env={"LD_DEBUG": "files"}).err
            self.assertIn("libstrata.so", err)
            self.assertNotIn("libtorch", err)
            self.assertNotIn("params.so", err)

    def test_only_what_is_used_is_loaded(self):
        err = runner.run(runner.LENET, "--metrics=params", env={"LD_DEBUG": "files"}).err
        self.assertIn("params.so", err)
        self.assertNotIn("macs.so", err)
        self.assertNotIn("json.so", err)

    def test_the_first_found_wins_and_the_other_is_listed(self):
        mine = self.add("params.so", "mine/params.so")
        out = runner.run("plugins", f"--plugin_path={mine.parent}").out
        self.assertIn(f"shadowed   {(BUILT / 'params.so').resolve()}", out)
        self.assertIn(f"shadowed by {mine}", out)
        out = runner.run("plugins", env={"STRATA_PLUGIN_PATH": str(mine.parent)}).out
        self.assertIn(f"shadowed by {mine}", out)
        first = self.add("params.so", "first/params.so")
        out = runner.run("plugins", f"--plugin_path={first.parent}",
                         env={"STRATA_PLUGIN_PATH": str(mine.parent)}).out
        self.assertEqual(out.count(f"shadowed by {first}"), 2)

    def test_each_file_with_its_owner_and_its_hash(self):
        out = runner.run("plugins").out
        for name in ("params", "html", "torchscript"):
            file = (BUILT / f"{name}.so").resolve()
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            self.assertRegex(out, rf"{file}\n +owner \w+, SHA-256 {digest}\n")

    def test_a_plugin_that_others_can_change(self):
        plugin = self.add("params.so", "open/above/params.so")
        for path, mode in [(plugin, 0o666), (plugin.parent, 0o777), (plugin.parent.parent, 0o777)]:
            with self.subTest(path.name):
                before = path.stat().st_mode
                path.chmod(mode)
                argument = f"--plugin_path={plugin.parent}"
                out = runner.run("plugins", argument).out
                self.assertIn(f"refused    {plugin}: {path} may be written by everyone\n", out)
                out = runner.run("plugins", argument, "--allow_insecure_plugins").out
                self.assertNotIn("refused", out)
                self.assertIn(f"shadowed by {plugin}", out)
                path.chmod(before)

    def test_a_link_is_as_good_as_what_it_leads_to(self):
        plugin = self.add("params.so", "kept/params.so")
        folder = self.folder / "links"
        folder.mkdir()
        (folder / "params.so").symlink_to(plugin)
        self.assertNotIn("refused", runner.run("plugins", f"--plugin_path={folder}").out)
        plugin.parent.chmod(0o777)
        out = runner.run("plugins", f"--plugin_path={folder}").out
        self.assertIn(f"refused    {folder}/params.so: {plugin.parent} may be written by everyone", out)

    def test_refused_with_the_reason(self):
        content = (BUILT / "params.so").read_bytes()
        wrong_interface = re.sub(rb"\0interface=\d\0", b"\0interface=7\0", content)
        wrong_build = content.replace(b"\0build=cxxabi", b"\0build=CXXABI")
        self.assertNotIn(content, (wrong_interface, wrong_build))
        cases = {
            "text.so": (b"no library", "not an ELF shared library"),
            "cut.so": (content[:200], "damaged library"),
            "interface.so": (wrong_interface, "interface version 7, wanted "),
            "build.so": (wrong_build, "built with 'CXXABI"),
        }
        for name, (bytes_, _) in cases.items():
            (self.folder / name).write_bytes(bytes_)
        shutil.copyfile(os.path.realpath("/bin/true"), self.folder / "program.so")
        open_to_all = self.add("macs.so", "open.so")
        open_to_all.chmod(0o666)
        out = runner.run("plugins", f"--plugin_path={self.folder}").out
        for name, (_, why) in cases.items():
            self.assertRegex(out, rf"refused +\S*/{name}: {why}")
        self.assertRegex(out, r"program.so: no section 'strata_plugin': not a Strata plugin")
        self.assertRegex(out, r"open.so: .* may be written by everyone")

    def test_a_refused_plugin_that_is_asked_for_says_why(self):
        content = (BUILT / "params.so").read_bytes()
        (self.folder / "lonely.so").write_bytes(
            re.sub(rb"\0interface=\d\0", b"\0interface=7\0", content)
            .replace(b"\0name=params\0", b"\0name=parama\0"))
        result = runner.run(runner.LENET, "--metrics=parama", f"--plugin_path={self.folder}")
        self.assertEqual(result.status, 2)
        self.assertIn("interface version 7, wanted ", result.err)

    def test_never_the_current_folder_nor_a_folder_open_to_all(self):
        self.add("params.so", "params.so")
        for path in (".", "", ":"):
            out = runner.run("plugins", cwd=self.folder,
                             env={"STRATA_PLUGIN_PATH": path}).out
            self.assertNotIn(str(self.folder), out)
        self.folder.chmod(0o777)
        out = runner.run("plugins", f"--plugin_path={self.folder}").out
        self.assertRegex(out, r"refused .*params.so: .* may be written by everyone")


if __name__ == "__main__":
    unittest.main()
