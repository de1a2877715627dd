"""`strata` and `python -m strata`, as they are installed."""
# pylint: disable=missing-function-docstring

import json
import os
import pathlib
import subprocess
import sys

import pytest
import torch

import strata

PROGRAM = pathlib.Path(os.environ.get("STRATA_TEST_PROGRAM")
                       or pathlib.Path(sys.executable).parent / "strata")
SITE = pathlib.Path(strata.__file__).resolve().parent.parent


@pytest.fixture(name="run")
def run_fixture(tmp_path):
    (tmp_path / "nets.py").write_text(
        "import torch\n"
        "def net(width=8, bias=True):\n"
        "    return torch.nn.Sequential(torch.nn.Linear(4, width, bias=bias), torch.nn.ReLU())\n"
        "class Nested:\n"
        "    made = torch.nn.Linear(2, 2)\n"
        "number = 3\n")
    torch.jit.script(torch.nn.Linear(4, 8)).save(tmp_path / "model.pt")

    def run(*arguments, script=False):
        command = ([str(PROGRAM)] if script
                   else [sys.executable, "-m", "strata"])
        return subprocess.run([*command, *arguments], cwd=tmp_path, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={**os.environ, "PYTHONPATH": str(SITE)})
    return run


@pytest.mark.parametrize("script", [False, True])
def test_a_callable(run, script):
    done = run("nets:net", "--arg", "width=16", "--arg", "bias=False", "--input_size=2x4",
               "--format=json", script=script)
    assert done.returncode == 0, done.stderr
    totals = json.loads(done.stdout)["totals"]
    assert (int(totals["params"]), int(totals["macs"])) == (4 * 16, 2 * 4 * 16)


@pytest.mark.parametrize("script", [False, True])
def test_a_file(run, script):
    done = run("model.pt", "--input_size=2x4", "--format=json", script=script)
    assert done.returncode == 0, done.stderr
    assert int(json.loads(done.stdout)["totals"]["macs"]) == 2 * 4 * 8


def test_a_module_that_is_there(run):
    assert "Linear" in run("nets:Nested.made", "--input_size=1x2").stdout


def test_options(run):
    done = run("nets:net", "--input_size=2x4", "--columns=num_params", "--depth=1", "--device=cpu",
               "--row_settings=depth", "--title=Mine")
    assert "Mine" in done.stdout and "Linear: 1-1" in done.stdout, done.stderr


def test_output(run, tmp_path):
    assert run("nets:net", "--input_size=2x4", "--output=out.html").returncode == 0
    assert (tmp_path / "out.html").read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("arguments, status, words", [
    (["nets:nothing"], 1, ["nets has no 'nothing'"]),
    (["nowhere:net"], 1, ["nowhere"]),
    (["nets:number"], 1, ["int", "callable"]),
    (["nets:net", "--input_size=2xfour"], 2, ["2xfour"]),
    (["nets:net", "--arg", "width"], 2, ["width", "NAME=VALUE"]),
    (["nets:net", "--input_size=2x5"], 1, ["'0' (Linear)", "2x5"]),
    (["nets:net", "--metrics=parms"], 1, ["parms", "params"]),
    (["missing.pt"], 1, ["missing.pt"]),
])
def test_errors(run, arguments, status, words):
    done = run(*arguments)
    assert done.returncode == status
    assert done.stdout == ""
    assert done.stderr.startswith("strata: error: ")
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_plugins_and_version(run):
    assert "torchscript" in run("plugins").stdout
    assert run("--version").stdout.startswith(f"strata {strata.__version__}")


def test_another_torch_is_refused(tmp_path):
    package = tmp_path / "strata"
    package.mkdir()
    for name in ("__init__.py",):
        (package / name).write_text((SITE / "strata" / name).read_text())
    (package / "_version.py").write_text('TORCH = "1.0.0"\n')
    done = subprocess.run([sys.executable, "-c", "import strata"], cwd=tmp_path, text=True,
                          check=False, stderr=subprocess.PIPE,
                          env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert done.returncode == 1
    assert "built for torch 1.0.0" in done.stderr and torch.__version__[:4] in done.stderr
