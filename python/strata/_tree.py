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


def names_in(caller: nn.Module, modules: list[nn.Module]) -> list[str]:
    """By which attributes their caller has modules that are not registered there."""
    wanted = {id(module): module for module in modules}
    names: dict[int, str] = {}

    def look(name: str, value: object, key: object = None) -> None:
        if id(value) not in names and wanted.get(id(value)) is value:
            names[id(value)] = name if key is None else f"{name}[{key}]"

    for name, value in list(caller.__dict__.items()):
        if name.startswith("_"):
            continue
        look(name, value)
        items: Iterable[tuple[object, object]] = ()
        if isinstance(value, (list, tuple)):
            items = enumerate(value)
        elif isinstance(value, dict):
            items = value.items()
        for key, item in items:
            look(name, item, key)
    return [names.get(id(module), f"<{type(module).__name__}>") for module in modules]
