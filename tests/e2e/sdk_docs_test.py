"""docs/writing-a-plugin.md, followed word for word."""

import json
import os
import re
import shutil
import subprocess
import unittest

import runner

PAGE = runner.ROOT / "docs" / "writing-a-plugin.md"
BLOCK = re.compile(r"(?:`(?P<file>[\w/.]+)`:\n\n)?```(?P<kind>[\w+]+)\n(?P<text>.*?)```", re.DOTALL)


class SdkDocsTest(runner.TempFolderTest):
    def test_the_page(self):
        shutil.copyfile(runner.ROOT / "strata.tar.gz", self.folder / "strata.tar.gz")
        shutil.copyfile(runner.LENET, self.folder / "lenet.pt")
        script = ["set -e"]
        expected = []
        for block in BLOCK.finditer(PAGE.read_text()):
            if block["kind"] == "c++":
                self.assertTrue(block["file"], f"where does this go: {block['text'][:80]}")
                end = "END_OF_BLOCK"
                script.append(f"cat > {block['file']} <<'{end}'\n{block['text']}{end}")
            elif block["kind"] == "sh":
                script.append(block["text"])
            elif block["kind"] == "text":
                expected += block["text"].splitlines()
        self.assertGreater(len(script), 6)
        process = subprocess.run(["bash", "-c", "\n".join(script)], cwd=self.folder, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, check=False,
                                 env=dict(os.environ, LANG="C.UTF-8", LC_ALL="C.UTF-8"))
        out = process.stdout.decode()
        self.assertEqual(process.returncode, 0, out)
        for line in expected:
            self.assertIn(line, out)
        self.assertRegex(out, r"(?m)^├─ conv1 \(Conv2d\).*\b18\.82 kB$")
        self.assertIn("--set output_bytes.kib=false  (bool) warns, to try it\n", out)
        report = json.loads((self.folder / "report.json").read_text())
        # conv1, 6 * 28 * 28 numbers of four bytes.
        self.assertEqual(runner.layer(report, "conv1")["metrics"]["output_bytes"]["total"], 6 * 28 * 28 * 4)
        page = (self.folder / "report.html").read_text()
        self.assertIn('"output_bytes"', page)


if __name__ == "__main__":
    unittest.main()
