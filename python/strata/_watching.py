"""Which modules run, while a model runs: every call, and every call of forward."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn
from torch.jit import ScriptModule

from strata import _core


Watcher = _core.Watch | _core.Clock


class Numbers:
    """The modules that have been seen, numbered as they came, and held until then."""

    def __init__(self) -> None:
        self.modules: list[nn.Module] = []
        self._by_id: dict[int, int] = {}
        self.by_forward: set[int] = set()  # Whose forward was called by itself.
        self.callers: dict[int, int] = {}  # Of those that came while the model ran.

    def of(self, module: nn.Module, caller: int = -1) -> int:
        number = self._by_id.get(id(module))
        if number is None:
            number = self._by_id[id(module)] = len(self.modules)
            self.modules.append(module)
            if caller >= 0:
                self.callers[number] = caller
        return number

    def known(self, module: nn.Module) -> int:
        """Its number, or -1."""
        return self._by_id.get(id(module), -1)


def _watched_call(watcher: Watcher, numbers: Numbers, original: Callable[..., Any]
                  ) -> Callable[..., Any]:
    thread = threading.get_ident()

    def __call__(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        if threading.get_ident() != thread:  # Another's model.
            return original(self, *args, **kwargs)
        number = numbers.known(self)
        if number < 0:
            number = numbers.of(self, watcher.running)
        watcher.enter(number, args, kwargs)
        try:
            output = original(self, *args, **kwargs)
        except BaseException:
            watcher.leave_raised()
            raise
        watcher.leave(output)
        return output

    return __call__


def _watched_forward(watcher: Watcher, numbers: Numbers, number: int,
                     original: Callable[..., Any]) -> Callable[..., Any]:
    thread = threading.get_ident()

    def forward(*args: Any, **kwargs: Any) -> Any:
        if watcher.belongs_to_call(number) or threading.get_ident() != thread:
            return original(*args, **kwargs)
        # Past __call__, and so past the module's hooks.
        numbers.by_forward.add(number)
        watcher.enter(number, args, kwargs)
        watcher.belongs_to_call(number)
        try:
            output = original(*args, **kwargs)
        except BaseException:
            watcher.leave_raised()
            raise
        watcher.leave(output)
        return output

    return forward


@contextmanager
def watching(watcher: Watcher, numbers: Numbers, modules: list[nn.Module]) -> Iterator[None]:
    """While it is open, calls of modules on this thread are told to `watcher`.

    `modules` are the model's own; what is called and not among them is numbered
    as it comes.
    """
    call = nn.Module.__call__
    before: list[tuple[dict[str, Any], Any]] = []  # Those that had one of their own.
    watched: list[dict[str, Any]] = []
    for module in modules:
        if isinstance(module, ScriptModule):
            continue  # Compiled: it has no attribute to put there.
        members = module.__dict__
        forward = _watched_forward(watcher, numbers, numbers.of(module), module.forward)
        if "forward" in members:
            before.append((members, members["forward"]))
        else:
            watched.append(members)
        members["forward"] = forward
    nn.Module.__call__ = _watched_call(watcher, numbers, call)  # type: ignore[method-assign]
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(2 * limit)  # A watched call is five of Python's, and not three.
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        nn.Module.__call__ = call  # type: ignore[method-assign]
        for members in watched:
            members.pop("forward", None)
        for members, own in before:
            members["forward"] = own
