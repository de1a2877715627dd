"""What there is to know of modules that are not as most are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn
from torch.jit import ScriptModule


def tensors_of(module: ScriptModule) -> tuple[list[Any], list[Any], list[Any]]:
    """Parameters, buffers, and objects that may hold packed weights, with all that is in it."""
    objects = []
    for path, inner in module.named_modules():
        for name in ("_packed_params", "param"):
            value = getattr(inner, name, None)
            if isinstance(value, torch.ScriptObject):
                objects.append((path, value))
    return ([(name, tensor, tensor.requires_grad) for name, tensor in module.named_parameters()],
            list(module.named_buffers()), objects)


def name_in(caller: nn.Module, module: nn.Module) -> str:
    """By which attribute its caller has a module that is not registered there."""
    for name, value in caller.__dict__.items():
        if name.startswith("_"):
            continue
        if value is module:
            return name
        items: Iterable[tuple[object, object]] = ()
        if isinstance(value, (list, tuple)):
            items = enumerate(value)
        elif isinstance(value, dict):
            items = value.items()
        for key, item in items:
            if item is module:
                return f"{name}[{key}]"
    return f"<{type(module).__name__}>"
