"""A change of what plugins compile against raises the interface version."""

import pathlib
import shutil
import tempfile
import unittest

import interface_hash

ROOT = pathlib.Path.cwd() / "core"


class InterfaceTest(unittest.TestCase):
    def test_it_is_what_was_recorded(self):
        self.assertEqual(
            interface_hash.recorded(ROOT), (interface_hash.version(ROOT), interface_hash.fingerprint(ROOT)),
            "a header that plugins compile against has changed: raise STRATA_INTERFACE_VERSION in "
            "core/version.h and run tests/interface_hash.py --write (docs/plugin-interface.md)")

    def test_what_crosses(self):
        files = interface_hash.crossing_files(ROOT)
        for name in ("metric.h", "model.h", "module_visitor.h", "tensor_spec.h", "count.h",
                     "plugin_options.h", "formatter.h", "version.h", "summary.proto"):
            self.assertIn(name, files)
        for name in ("summarizer.h", "plugin_host.h", "guarded_metrics.h"):
            self.assertNotIn(name, files, "kernel only")

    def test_what_counts(self):
        before = interface_hash.fingerprint(ROOT)
        for name, old, new, counts in [
            ("metric.h", "namespace strata {", "namespace strata {\n\n// A remark.\n", False),
            ("metric.h", "class Metric : public ModuleVisitor {",
             "class   Metric\n  : public ModuleVisitor { /* here */", False),
            ("version.h", "#define STRATA_INTERFACE_VERSION", "#define STRATA_INTERFACE_VERSION 1", False),
            ("metric.h", "class Metric : public ModuleVisitor {",
             "class Metric : public ModuleVisitor {\n  virtual void More();", True),
            ("model.h", "struct RunOptions {", "struct RunOptions {\n  int more = 0;", True),
            ("plugin.h", '"\\0name="', '"\\0name ="', True),
            ("summary.proto", "message Summary {", "message Summary {\n  bool more = 99;", True),
        ]:
            with self.subTest(f"{name}: {new}"), tempfile.TemporaryDirectory() as folder:
                core = pathlib.Path(folder) / "core"
                shutil.copytree(ROOT, core)
                text = (core / name).read_text()
                self.assertIn(old, text)
                (core / name).chmod(0o644)
                (core / name).write_text(text.replace(old, new, 1))
                self.assertEqual(interface_hash.fingerprint(core) != before, counts)


if __name__ == "__main__":
    unittest.main()
