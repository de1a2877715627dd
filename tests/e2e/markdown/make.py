"""Makes hostile.md and hostile.html anew; see ../markdown_test.py.

    bazel build -c opt //tools:strata
    python3 tests/e2e/markdown/make.py    (needs Debian's cmark-gfm)
"""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import runner  # pylint: disable=wrong-import-position

runner.STRATA = HERE.parents[2] / "bazel-bin" / "tools" / "strata"

import markdown_test  # pylint: disable=wrong-import-position


def main():
    text = markdown_test.render()
    (HERE / "hostile.md").write_text(text)
    page = subprocess.run(
        ["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough",
         "-e", "tasklist", "-e", "tagfilter", "-e", "footnotes"],
        input=text.encode(), stdout=subprocess.PIPE, check=True).stdout
    (HERE / "hostile.html").write_bytes(page)


if __name__ == "__main__":
    main()
