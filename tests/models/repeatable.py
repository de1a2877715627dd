"""Makes TorchScript files come out the same, byte for byte, each time.

Two things of the process would otherwise end up in a file: the order of Python
sets (torch lists a class's constants in it), and the classes that were compiled
before (a second class of the same name gets a counted suffix).
"""

import multiprocessing
import os
import sys
from typing import Callable


def fix_set_order() -> None:
    """Starts the running script anew with Python's string hashes fixed.

    Python takes the seed from the environment, once, when it starts. Does
    nothing where the seed is fixed already.
    """
    if os.environ.get("PYTHONHASHSEED") != "0":
        environment = dict(os.environ, PYTHONHASHSEED="0")
        os.execve(sys.executable, sys.orig_argv, environment)


def run_apart(function: Callable[..., None], *arguments) -> bool:
    """Calls `function` in a process of its own, forked off; it frees all memory.

    Returns:
      Whether the function returned: not where it raised or exited otherwise.
    """
    context = multiprocessing.get_context("fork")
    process = context.Process(target=function, args=arguments)
    process.start()
    process.join()
    return process.exitcode == 0


def run_each(work: list[tuple], only: str | None) -> list[str]:
    """Calls each function of (name, function, arguments...) apart from the others.

    Args:
      work: what there is to do.
      only: names with commas between; None for all.

    Returns:
      The names of those that failed, which are printed, too.
    """
    names = only.split(",") if only else None
    failed = [
        name for name, function, *arguments in work
        if (names is None or name in names) and not run_apart(function, *arguments)
    ]
    if failed:
        print("failed:", ", ".join(failed))
    return failed
