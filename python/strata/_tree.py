"""What there is to know of modules that are not as most are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn
from torch.jit import ScriptModule
from torch.nn.parameter import is_lazy


def _packed(module: nn.Module) -> list[tuple[str, torch.Tensor, bool]]:
    """The weight and the bias that a quantized layer keeps in an object of LibTorch's."""
    unpack = getattr(module, "_weight_bias", None)
    if unpack is None:
        return []
    weight, bias = unpack()
    found = [("weight", weight, False)]
    return found if bias is None else [*found, ("bias", bias, False)]


def tensors_of(module: nn.Module) -> tuple[list[Any], list[Any], bool]:
    """Parameters, buffers, and whether the parameters are known.

    Of a module that is compiled, with all that is in it, or has objects of LibTorch's.
    """
    if isinstance(module, ScriptModule):
        packs = any(isinstance(getattr(inner, name, None), torch.ScriptObject)
                    for inner in module.modules() for name in ("_packed_params", "param"))
        return ([] if packs else [(name, tensor, tensor.requires_grad)
                                  for name, tensor in module.named_parameters()],
                list(module.named_buffers()), not packs)
    parameters = [(name, tensor, bool(tensor.requires_grad))
                  for name, tensor in module._parameters.items() if tensor is not None]
    buffers = [(name, tensor) for name, tensor in module._buffers.items()
               if tensor is not None and not is_lazy(tensor)]
    known = hasattr(module, "_weight_bias") and not any(
        is_lazy(tensor) for _, tensor, _ in parameters)
    return parameters + _packed(module) if known else [], buffers, known


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
