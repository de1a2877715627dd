"""Which modules run, while a model runs: every call, and every call of forward."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from strata import _core


@contextmanager
def watching(visitor: _core.CallVisitor, numbers: _core.Numbers, modules: _core.Modules
             ) -> Iterator[None]:
    """While it is open, calls of modules on this thread are told to `visitor`.

    `modules` are the model's own; what is called and not among them is numbered
    as it comes.
    """
    watch = _core.Watching(visitor, numbers, modules)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(2 * limit)  # A watched call is more of Python's than another.
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        watch.close()
