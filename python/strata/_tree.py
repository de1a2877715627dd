"""A module's tree, as _core.LiveRun wants it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.jit import ScriptModule
from torch.nn.parameter import is_lazy

from strata._core import Error
from strata._watching import Numbers

# A shared module stands at each of its places; shared ones inside of shared ones
# may stand at more than any model has.
_MOST_PLACES = 1_000_000
_LONGEST_ATTRIBUTE = 200
_TEXT_TYPES = frozenset({bool, int, float, str, type(None), tuple, list, torch.dtype})


@dataclass
class Tree:
    """Tuples as the extension reads them, and what it adds to layers."""

    modules: list[tuple[Any, ...]] = field(default_factory=list)
    flags: list[tuple[int, str]] = field(default_factory=list)
    unregistered: list[str] = field(default_factory=list)  # Paths.
    compiled: list[str] = field(default_factory=list)  # Of scripted modules, shown as a whole.


def _attribute_text(value: object) -> str | None:
    if isinstance(value, (tuple, list)):
        if not all(isinstance(v, (int, float, str)) for v in value):
            return None
        return "[" + ", ".join(str(v) for v in value) + "]"
    if value is None or isinstance(value, (bool, int, float, str)):
        return str(value)
    if isinstance(value, torch.dtype):
        return str(value).removeprefix("torch.")
    return None


def _attributes(module: nn.Module) -> list[tuple[str, str]]:
    found = []
    for name, value in module.__dict__.items():
        if type(value) not in _TEXT_TYPES or name[0] == "_" or name == "training":
            continue
        text = _attribute_text(value)
        if text is not None and len(text) <= _LONGEST_ATTRIBUTE:
            found.append((name, text))
    return found


def _class_names(module: nn.Module) -> tuple[str, str]:
    """"Conv2d" and "torch.nn.modules.conv.Conv2d"; of a compiled module those that it had."""
    kind = type(module)
    if isinstance(module, ScriptModule):
        name = str(getattr(module, "original_name", kind.__name__))
        return name, name
    return kind.__name__, f"{kind.__module__}.{kind.__qualname__}"


def _is_container(module: nn.Module) -> bool:
    forward = getattr(type(module), "forward", None)
    return forward is None or forward is nn.Module.forward


def _packed(module: nn.Module) -> list[tuple[str, torch.Tensor, bool]]:
    """The weight and the bias that a quantized layer keeps in an object of LibTorch's."""
    unpack = getattr(module, "_weight_bias", None)
    if unpack is None:
        return []
    weight, bias = unpack()
    found = [("weight", weight, False)]
    return found if bias is None else [*found, ("bias", bias, False)]


def _name_in(caller: nn.Module, module: nn.Module) -> str:
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


class _Reader:
    def __init__(self, numbers: Numbers, before: set[int]) -> None:
        self.numbers = numbers
        self.before = before  # Ids of the modules that there were before the run.
        self.tree = Tree()
        self.others: dict[int, list[nn.Module]] = {}  # By their caller's id.

    def _tensors(self, module: nn.Module) -> tuple[list[Any], list[Any], bool]:
        known = True
        if isinstance(module, ScriptModule):  # With all that is in it.
            packs = any(isinstance(getattr(inner, name, None), torch.ScriptObject)
                        for inner in module.modules() for name in ("_packed_params", "param"))
            return ([] if packs else [(name, tensor, tensor.requires_grad)
                                      for name, tensor in module.named_parameters()],
                    list(module.named_buffers()), not packs)
        parameters: list[Any] = []
        buffers: list[Any] = []
        for name, tensor in module._parameters.items():
            if tensor is None:
                continue
            known = known and not is_lazy(tensor)
            parameters.append((name, tensor, bool(tensor.requires_grad)))
        for name, buffer in module._buffers.items():
            if buffer is not None and not is_lazy(buffer):
                buffers.append((name, buffer))
        if any(isinstance(value, torch.ScriptObject) for value in module.__dict__.values()):
            packed, known = _packed(module), known and hasattr(module, "_weight_bias")
            parameters += packed
        return (parameters if known else []), buffers, known

    def add(self, module: nn.Module, path: str, name: str, parent: int, flag: str) -> int:
        place = len(self.tree.modules)
        if place >= _MOST_PLACES:
            raise Error(f"the model's modules stand at more than {_MOST_PLACES} places; "
                        "shared modules hold shared modules")
        parameters, buffers, known = (
            ([], [], True) if flag == "unregistered" else self._tensors(module))
        self.tree.modules.append((
            path, name, *_class_names(module), parent, _is_container(module), id(module), parameters, buffers, _attributes(module),
            self.numbers.known(module), known))
        if flag:
            self.tree.flags.append((place, flag))
        return place

    def flag_of(self, module: nn.Module, inherited: str) -> str:
        return inherited or ("" if id(module) in self.before else "added")

    def read(self, root: nn.Module) -> Tree:
        # What is still to be added, the next on top; with the ids of what it is in.
        Entry = tuple[nn.Module, str, str, int, str]
        stack: list[Entry | int] = [(root, "", "", -1, "")]
        around: list[int] = []
        inside: set[int] = set()
        while stack:
            entry = stack.pop()
            if isinstance(entry, int):  # All inside of that module is done.
                inside.discard(around.pop())
                continue
            module, path, name, parent, inherited = entry
            flag = self.flag_of(module, inherited)
            place = self.add(module, path, name, parent, flag)
            if flag == "unregistered":
                self.tree.unregistered.append(path)
            if isinstance(module, ScriptModule):
                self.tree.compiled.append(path)
                continue
            around.append(id(module))
            inside.add(id(module))
            stack.append(0)
            children: list[Entry] = [
                (child, f"{path}.{key}" if path else key, key, place,
                 "unregistered" if inherited == "unregistered" else "")
                for key, child in module._modules.items()
                if child is not None and id(child) not in inside]
            for other in self.others.get(id(module), ()):
                if id(other) not in inside:
                    key = _name_in(module, other)
                    children.append((other, f"{path}.{key}" if path else key, key, place,
                                     "unregistered"))
            stack.extend(reversed(children))
        return self.tree


def read_tree(root: nn.Module, modules: Sequence[nn.Module], before: set[int],
              numbers: Numbers) -> Tree:
    """`modules`: all that are registered now; `before`: ids of those that were before the run."""
    reader = _Reader(numbers, before)
    registered = {id(module) for module in modules}
    held = set(registered)
    for number, module in enumerate(numbers.modules):
        if id(module) in held:
            continue
        # Called, and nowhere registered: it stands below its caller, with its own.
        caller = numbers.modules[numbers.callers[number]] if number in numbers.callers else root
        reader.others.setdefault(id(caller), []).append(module)
        stack = [module]
        while stack:
            inner = stack.pop()
            if id(inner) not in held:
                held.add(id(inner))
                stack.extend(child for child in inner._modules.values() if child is not None)
    return reader.read(root)
