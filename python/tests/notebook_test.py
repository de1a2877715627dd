"""A notebook with ten summaries runs in a real kernel, and a browser shows them."""
# pylint: disable=missing-function-docstring

import re
import shutil
import subprocess

import nbformat
import pytest
from nbclient import NotebookClient

MODEL = """
import strata
from torch import nn
model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 10))
"""
SUMMARIES = 10
# Ten of them are to leave a notebook usable.
MOST_BYTES = 300_000

# Asks each frame what it shows, once all are loaded.
ASK = """
<script>
addEventListener("load", () => {
  const rows = [...document.querySelectorAll("iframe")].map(
      (frame) => frame.contentDocument.querySelectorAll(
          "tbody[role=rowgroup] tr").length);
  document.body.dataset.rows = rows.join(",");
});
</script>
"""


@pytest.fixture(name="outputs", scope="module")
def outputs_fixture():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(MODEL)] + [
        nbformat.v4.new_code_cell("strata.summary(model, (1, 3, 8, 8), verbose=0)")
        for _ in range(SUMMARIES)])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return [cell.outputs[0].data for cell in notebook.cells[1:]]


def test_each_cell_shows_a_page_and_a_table(outputs):
    assert len(outputs) == SUMMARIES
    for data in outputs:
        assert "Conv2d" in data["text/plain"]
        assert data["text/html"].startswith("<iframe srcdoc=")
        assert len(data["text/html"]) < MOST_BYTES


def test_a_browser_shows_them(outputs, tmp_path):
    chromium = shutil.which("chromium")
    assert chromium, "Debian's package chromium is missing (tools/setup)"
    page = tmp_path / "notebook.html"
    # So that the page around may look inside; and all at once.
    frames = "".join(re.sub(r'sandbox="[^"]*"', "", data["text/html"]).replace(
        'loading="lazy"', "") for data in outputs)
    page.write_text(f"<!DOCTYPE html><meta charset='utf-8'><body>{frames}{ASK}")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
               "--no-first-run", "--disable-background-networking", "--disable-component-update",
               "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}",
               "--virtual-time-budget=20000"]
    dom = subprocess.run([*command, "--dump-dom", page.as_uri()], check=True, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    rows = re.search(r'data-rows="([\d,]*)"', dom)
    assert rows and rows.group(1).split(",") == ["5"] * SUMMARIES
