"""What makes tensors, makes shapes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch
from torch.utils._device import _device_constructors

from strata import _core

_META = torch.device("meta")


@lru_cache(1)
def _factories() -> list[tuple[Any, str, Callable[..., Any]]]:
    """PyTorch's functions that `with torch.device(…)` is for, by where they are."""
    makers: set[Any] = _device_constructors()
    found: list[tuple[Any, str, Callable[..., Any]]] = []
    for module in (torch, torch.fft, torch.nested):
        found += [(module, name, value) for name, value in vars(module).items()
                  if callable(value) and value.__hash__ is not None and value in makers]
    return found


def _on_meta(original: Callable[..., Any], thread: int) -> Callable[..., Any]:
    def make(*args: Any, **kwargs: Any) -> Any:
        if kwargs.get("device") is None and threading.get_ident() == thread:
            kwargs["device"] = _META
        return original(*args, **kwargs)

    make.__wrapped__ = original  # type: ignore[attr-defined]
    return make


def shapes_are_made() -> _core.Replaced:
    """As `with torch.device("meta")`, on this thread, at no cost for all other functions.

    That has every function of PyTorch's go through Python. Who keeps a function that
    makes tensors by another name (`from torch import zeros`) has it as it was.
    """
    thread = threading.get_ident()
    default = torch.get_default_device

    def get_default_device() -> torch.device:
        return _META if threading.get_ident() == thread else default()

    return _core.Replaced([(torch, "get_default_device", get_default_device),
                           *((module, name, _on_meta(original, thread))
                             for module, name, original in _factories())])
