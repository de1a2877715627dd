"""Tensors of the same shapes elsewhere, in place of a model's own for one run."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.jit import ScriptModule
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter, is_lazy

# Of most attributes: looked at before all else.
_HOLDS_NONE = frozenset({bool, int, float, str, type(None), collections.OrderedDict, set})


class NoTwin(Exception):
    """A tensor or a module that cannot be stood in for."""


class Twins:
    """Of the tensors of one model, on another device; each has one, however often it is held."""

    def __init__(self, device: str) -> None:
        self.device = device
        self._by_id: dict[int, torch.Tensor] = {}
        self._held: list[torch.Tensor] = []  # So that an id stays its own.
        self._storages: dict[int, torch.Tensor] = {}

    def of(self, tensor: torch.Tensor) -> torch.Tensor:
        twin = self._by_id.get(id(tensor))
        if twin is None:
            twin = self._by_id[id(tensor)] = self._make(tensor)
            self._held.append(tensor)
        return twin

    def _make(self, tensor: torch.Tensor) -> torch.Tensor:
        if is_lazy(tensor):
            kind: Any = (UninitializedParameter if isinstance(tensor, UninitializedParameter)
                         else UninitializedBuffer)
            lazy: torch.Tensor = kind(requires_grad=tensor.requires_grad, device=self.device,
                                      dtype=tensor.dtype)
            return lazy
        if type(tensor) not in (torch.Tensor, nn.Parameter, nn.Buffer):
            raise NoTwin(f"a tensor of the class {type(tensor).__name__}")
        if tensor.layout is not torch.strided or tensor.is_quantized:
            raise NoTwin("a sparse or quantized tensor")
        twin = (self._shape_of(tensor) if self.device == "meta"
                else tensor.detach().to(self.device, copy=True))
        if isinstance(tensor, nn.Parameter):
            return nn.Parameter(twin, requires_grad=tensor.requires_grad)
        return twin

    def _shape_of(self, tensor: torch.Tensor) -> torch.Tensor:
        if tensor.device.type == "meta":
            return tensor.detach()
        storage = tensor.untyped_storage()
        known = self._storages.get(storage.data_ptr()) if storage.nbytes() else None
        if known is None:
            if tensor.numel() * tensor.element_size() == storage.nbytes():
                twin = torch.empty_like(tensor, device="meta", requires_grad=False)
                self._storages[storage.data_ptr()] = twin
                return twin
            known = torch.empty(storage.nbytes(), dtype=torch.uint8, device="meta")
            self._storages[storage.data_ptr()] = known
        return torch.empty(0, dtype=tensor.dtype, device="meta").set_(
            known.untyped_storage(), tensor.storage_offset(), tensor.size(), tensor.stride())

    def inside(self, value: Any) -> Any:
        """`value` with twins for the tensors that it is, or is a list or dict of."""
        if isinstance(value, torch.Tensor):
            return self.of(value)
        if type(value) in (list, tuple) and any(isinstance(v, torch.Tensor) for v in value):
            return type(value)(self._or_itself(v) for v in value)
        if type(value) is dict and any(isinstance(v, torch.Tensor) for v in value.values()):
            return {key: self._or_itself(v) for key, v in value.items()}
        return value

    def _or_itself(self, value: Any) -> Any:
        return self.of(value) if isinstance(value, torch.Tensor) else value

    def take_place(self, modules: list[nn.Module]) -> None:
        """Puts them into the modules; a Snapshot puts the model's own back."""
        for module in modules:
            if isinstance(module, ScriptModule):
                raise NoTwin("a compiled (scripted) module")
            members = module.__dict__
            for tensors in (members["_parameters"], members["_buffers"]):
                for name, tensor in tensors.items():
                    if tensor is not None:
                        tensors[name] = self.of(tensor)
            for name, value in members.items():
                if type(value) in _HOLDS_NONE or (name[0] == "_" and name != "_flat_weights"):
                    continue
                twin = self.inside(value)
                if twin is not value:
                    members[name] = twin


def stand_ins_for_written(modules: list[nn.Module], twins: Twins,
                          copies: dict[int, torch.Tensor]) -> None:
    """Puts copies in the place of what a run on the model's own device may write to.

    That is: buffers, and parameters that a lazy module has not made yet. The same
    `twins` and `copies` make the same stand-ins.
    """
    for module in modules:
        if isinstance(module, ScriptModule):
            continue
        buffers = module.__dict__["_buffers"]
        for name, buffer in buffers.items():
            if buffer is None or is_lazy(buffer):
                continue
            if id(buffer) not in copies:
                copies[id(buffer)] = buffer.detach().clone()
            buffers[name] = copies[id(buffer)]
        for tensors in (module.__dict__["_parameters"], buffers):
            for name, tensor in tensors.items():
                if tensor is not None and is_lazy(tensor):
                    tensors[name] = twins.of(tensor)


def mapped(value: Any, change: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    """`value` with each tensor inside of it changed; what holds none stays the same object."""
    leaves, spec = torch.utils._pytree.tree_flatten(value)
    if not any(isinstance(leaf, torch.Tensor) for leaf in leaves):
        return value
    return torch.utils._pytree.tree_unflatten(
        [change(leaf) if isinstance(leaf, torch.Tensor) else leaf for leaf in leaves], spec)
