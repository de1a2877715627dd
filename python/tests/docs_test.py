"""The Python of docs/python.md runs, in order, and prints what stands there."""
# pylint: disable=missing-function-docstring

import io
import os
import pathlib
import re
from contextlib import redirect_stdout

PAGE = pathlib.Path(os.environ.get("STRATA_TEST_DOCS", "docs")) / "python.md"


def test_the_page(tmp_path, monkeypatch):
    text = PAGE.read_text()
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    shown = re.search(r"^prints\n\n```\n(.*?)^```$", text, re.DOTALL | re.MULTILINE).group(1)
    assert len(blocks) >= 5
    monkeypatch.chdir(tmp_path)
    names = {}
    for number, block in enumerate(blocks):
        with redirect_stdout(io.StringIO()) as stream:
            exec(compile(block, f"{PAGE}, block {number}", "exec"), names)  # pylint: disable=exec-used
        if number == 0:
            assert stream.getvalue().rstrip() == shown.rstrip()
