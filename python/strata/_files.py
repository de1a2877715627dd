"""Summaries of files, and writing the files that say most."""

from __future__ import annotations

import builtins
import os
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.jit import ScriptModule

from strata import _host
from strata._core import Error, Message
from strata._inputs import sizes_of
from strata._result import Summary


def _sizes_text(input_size: object, dtypes: Sequence[torch.dtype] | None) -> str:
    sizes = sizes_of(input_size)
    names = [str(dtype).removeprefix("torch.") for dtype in dtypes or ()]
    if names and len(names) != len(sizes):
        raise ValueError(f"dtypes has {len(names)} entries for {len(sizes)} inputs")
    texts = ["x".join(map(str, size)) if size else "()" for size in sizes]
    return ",".join(f"{text}:{names[i]}" if names else text for i, text in enumerate(texts))


def open(  # pylint: disable=redefined-builtin
    file: str | os.PathLike[str],
    input_size: object = None,
    *,
    inputs: str | os.PathLike[str] | None = None,
    dtypes: Sequence[torch.dtype] | None = None,
    metrics: Sequence[str] | None = None,
    device: str | None = None,
    mode: str = "eval",
    dim: Mapping[str, int] | None = None,
    program: str | None = None,
    depth: int = 3,
    options: Mapping[str, str] | None = None,
    plugin_path: str | None = None,
) -> Summary:
    """Summarizes a file: TorchScript (.pt) or an exported program (.pt2).

    Without sizes an exported program is told for those that it records, and of TorchScript what
    needs no run. `inputs` names a file of real inputs, `dim` gives sizes that an exported program
    leaves open, `program` one of several in a file; see the command line of the same names.
    """
    settings = _host.settings_of(
        list(metrics) if metrics is not None else None, set=dict(options or {}),
        training=mode == "train", device=device, program=program,
        inputs_file=os.fspath(inputs) if inputs is not None else None,
        inputs=_sizes_text(input_size, dtypes) if input_size is not None else None,
        dimensions=list(dim.items()) if dim else None)
    with _host.this_torch():
        message = _host.host(plugin_path).summarize_file(os.fspath(file), settings)
    return Summary(message, {"depth": depth}, plugin_path, {"set": dict(options or {})})


def scripted(model: ScriptModule, args: tuple[Any, ...], kwargs: Mapping[str, Any],
             are_there: bool, settings: dict[str, Any], plugin_path: str | None) -> Message:
    """The summary of a compiled module, by a file of it: there is no other way into one."""
    if kwargs and args:
        raise Error("a compiled module takes its arguments by position or all by name")
    with tempfile.TemporaryDirectory() as folder, _host.this_torch():
        file = os.path.join(folder, "model.pt")
        torch.jit.save(model, file)
        if are_there:
            inputs = settings["inputs_file"] = os.path.join(folder, "inputs.pt")
            torch.save(dict(kwargs) if kwargs else args, inputs)
        return _host.host(plugin_path).summarize_file(file, {**settings, "hide_file": True})


def export(model: nn.Module, args: tuple[Any, ...], file: str | os.PathLike[str],
           kwargs: Mapping[str, Any] | None = None, *, dynamic_shapes: Any = None,
           strict: bool = False) -> None:
    """Writes the .pt2 file that says most of the model: with the signature of each module's call.

    Arguments are those of `torch.export.export`.
    """
    paths = tuple(path for path, _ in model.named_modules() if path)
    program = torch.export.export(model, args, dict(kwargs or {}), dynamic_shapes=dynamic_shapes,
                                  strict=strict, preserve_module_call_signature=paths)
    with builtins.open(file, "wb") as stream:
        torch.export.save(program, stream)
