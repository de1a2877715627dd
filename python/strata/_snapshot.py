"""Leaving a model, and the process, as they were."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.jit import ScriptModule


def all_modules(model: nn.Module) -> list[nn.Module]:
    """Each module once, in registration order, without recursion."""
    found: list[nn.Module] = []
    seen: set[int] = set()
    stack = [model]
    while stack:
        module = stack.pop()
        if id(module) in seen:
            continue
        seen.add(id(module))
        found.append(module)
        children = module._modules
        if children:
            stack.extend([child for child in reversed(list(children.values()))
                          if child is not None])
    return found


def _is_unchanged(now: dict[Any, Any], then: dict[Any, Any]) -> bool:
    """Quick, and where it cannot tell, False: most things are the very same objects."""
    try:
        return now == then
    except Exception:  # pylint: disable=broad-exception-caught
        return False  # Tensors that are not the same do not say whether they are equal.


class _Saved:
    """One module: its attributes, and what its dicts (of parameters, modules, hooks) hold."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.type = type(module)
        self.members = members = module.__dict__.copy()
        # The dicts themselves stay: a hook's handle refers to that which it is in.
        dicts = [value for value in members.values() if isinstance(value, dict)]
        self.full = [(value, list(value.items())) for value in dicts if value]
        self.empty = [value for value in dicts if not value]

    def put_back(self) -> None:
        members = self.module.__dict__
        if type(self.module) is not self.type:  # A lazy module that has become another.
            self.module.__class__ = self.type
        if "training" in self.members:  # Often the one that has changed.
            members["training"] = self.members["training"]
        if not _is_unchanged(members, self.members):
            for name in [name for name in members if name not in self.members]:
                del members[name]
            for name, value in self.members.items():
                if members.get(name, self) is not value:
                    members[name] = value
        for kept, items in self.full:
            kept.clear()  # The order counts, too.
            kept.update(items)
        for kept in self.empty:
            if kept:
                kept.clear()


class _SavedScript:
    """A compiled module keeps what it has elsewhere; a run changes its mode alone."""

    def __init__(self, module: ScriptModule) -> None:
        self.module = module
        self.training = getattr(module, "training", None)

    def put_back(self) -> None:
        if self.training is not None and self.module.training != self.training:
            self.module.training = self.training


class Snapshot:
    """Of all modules of a model, and of the tensors that a run may write to."""

    def __init__(self, modules: list[nn.Module]) -> None:
        self._saved = [_SavedScript(module) if isinstance(module, ScriptModule)
                       else _Saved(module) for module in modules]

    def put_back(self) -> None:
        for saved in self._saved:
            saved.put_back()


@contextmanager
def same_random_numbers() -> Iterator[None]:
    """Random numbers that are drawn inside are drawn again outside."""
    state = torch.get_rng_state()
    has_cuda = torch.cuda.is_available() and torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    devices = torch.cuda.get_rng_state_all() if has_cuda else []
    python = random.getstate()
    numpy = sys.modules.get("numpy")
    arrays = numpy.random.get_state() if numpy is not None else None
    try:
        yield
    finally:
        torch.set_rng_state(state)
        if devices:
            torch.cuda.set_rng_state_all(devices)
        random.setstate(python)
        if numpy is not None and arrays is not None:
            numpy.random.set_state(arrays)


@contextmanager
def same_settings() -> Iterator[None]:
    """Settings of the process that a forward may change."""
    dtype = torch.get_default_dtype()
    threads = torch.get_num_threads()
    gradients = torch.is_grad_enabled()
    try:
        yield
    finally:
        if torch.get_default_dtype() != dtype:
            torch.set_default_dtype(dtype)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        torch.set_grad_enabled(gradients)


def set_mode(model: nn.Module, modules: list[nn.Module], training: bool) -> None:
    """As model.train(training); a snapshot puts it back."""
    if any(type(module).train is not nn.Module.train for module in modules):
        model.train(training)  # A class of the user's decides.
        return
    for module in modules:  # No recursion: models nest deeper than Python does.
        module.__dict__["training"] = training
