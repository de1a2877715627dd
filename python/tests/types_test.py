"""The package's own types, and those that its users see."""
# pylint: disable=missing-function-docstring

import pathlib
import subprocess
import sys

import strata

PACKAGE = pathlib.Path(strata.__file__).parent
USER = """
import torch
import strata
from strata import Summary, summary

result: Summary = summary(torch.nn.Linear(4, 8), (2, 4), depth=2, verbose=0)
params: int = result.total_params
text: str = result.to_markdown()
reveal_type(strata.open("m.pt"))


@strata.metric("ones")
class Ones:
    def visit_op(self, op: strata.Op) -> int:
        return 1
"""


def mypy(*arguments, cwd):
    return subprocess.run([sys.executable, "-m", "mypy", "--strict", "--no-incremental",
                           "--cache-dir=/dev/null", *arguments], cwd=cwd, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_the_package_is_strictly_typed():
    done = mypy("-p", "strata", cwd=PACKAGE.parent)
    assert done.returncode == 0, done.stdout


def test_a_users_program_is(tmp_path):
    (tmp_path / "user.py").write_text(USER)
    done = mypy("user.py", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert 'Revealed type is "strata._result.Summary"' in done.stdout


def test_every_name_is_documented():
    for name in strata.__all__:
        assert getattr(strata, name).__doc__, name
