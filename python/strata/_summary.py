"""strata.summary: torchinfo's function, on Strata's kernel."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.jit import ScriptModule

from strata import _host
from strata._core import Error, Message, NoTwin
from strata._errors import ArgumentError
from strata._files import scripted
from strata._inputs import Inputs
from strata._live import SHAPE, Live, no_collection, own_device
from strata._result import Summary
from strata._time_limit import TimeUp

_MODES = ("eval", "train", "same")
_ROW_SETTINGS = ("var_names", "depth", "ascii_only", "hide_recursive_layers", "parameters")


def _names(values: Iterable[object] | None) -> list[str] | None:
    """Names, or members of torchinfo's enumerations."""
    if values is None:
        return None
    return [str(getattr(value, "value", value)) for value in values]


def _row_options(row_settings: Iterable[object] | None, verbose: int) -> dict[str, Any]:
    options: dict[str, Any] = {}
    settings = _names(row_settings)
    if settings is not None:
        for name in settings:
            if name not in _ROW_SETTINGS:
                raise ArgumentError(
                    f"row_settings has '{name}'; expected {', '.join(_ROW_SETTINGS)}")
        options = {"var_names": "var_names" in settings, "depth_index": "depth" in settings,
                   "unicode": "ascii_only" not in settings,
                   "hide_recursive": "hide_recursive_layers" in settings,
                   "parameter_rows": "parameters" in settings}
    if verbose == 2:
        options["parameter_rows"] = True
    return options


def _device_name(device: torch.device | str | int | None) -> str | None:
    if device is None or device == SHAPE:
        return device
    try:
        made = torch.device(device)
        if made.type == "meta":
            return SHAPE
        return str(torch.empty(0, device=made).device)  # "cuda" is the current one.
    except (RuntimeError, AssertionError, TypeError) as e:
        raise Error(f"there is no device '{device}': {_first_line(e)}") from e


def _needs(metrics: Sequence[str] | None) -> tuple[bool, bool]:
    """Whether operators are to be watched, and memory."""
    names = ["params", "macs"] if metrics is None else list(metrics)
    return any(name != "params" for name in names), any(
        name not in ("params", "macs", "latency", "cuda_memory")
        and _host.python_metric(name) is None for name in names)


class _Runs:
    """Runs a model where it was asked for, or where that is not enough, on its own device."""

    def __init__(self, model: nn.Module, inputs: Inputs, mode: str, metrics: Sequence[str] | None,
                 timeout_s: float | None) -> None:
        self.model, self.inputs, self.mode, self.timeout_s = model, inputs, mode, timeout_s
        self.operators, self.memory = _needs(metrics)

    def on(self, device: str | None) -> tuple[Live, Any]:
        own = own_device(self.model)
        if device not in (None, SHAPE):
            return self._on(str(device))
        why = ""
        try:
            live, run = self._on(SHAPE)
            if live.raised is not None and _speaks_of_devices(live.raised):
                live, run = self._on(SHAPE, every_factory=True)
            if live.raised is None or own == "meta" or isinstance(live.raised, TimeUp):
                return live, run
            why = f"{type(live.raised).__name__}: {_first_line(live.raised)}"
        except NoTwin as e:
            why = f"it has {e}"
        live, run = self._on(own)
        if live.raised is None:
            live.warnings.append("shapes alone were not enough, and the model was run with its "
                                 f"values, on {own}: {why}")
            run.warnings = live.warnings
        return live, run

    def _on(self, device: str, every_factory: bool = False) -> tuple[Live, Any]:
        live = Live(self.model, self.inputs, device, self.mode)
        live.every_factory, live.timeout_s = every_factory, self.timeout_s
        return live, live.first_run(self.operators, self.memory)


def _first_line(raised: BaseException) -> str:
    return (str(raised).strip().splitlines() or [""])[0]


def _speaks_of_devices(raised: BaseException) -> bool:
    """Whether a tensor that is no shape may have been the reason."""
    return "device" in str(raised)


def _message(runs: _Runs, device: str | None, settings: dict[str, Any],
             plugin_path: str | None) -> Message:
    with _host.this_torch(), no_collection():
        live, run = runs.on(device)
        try:
            return _host.host(plugin_path).summarize_live(run, settings, live.again, live.timed)
        except Error as e:
            if live.raised is None:
                raise
            raise Error(str(e)) from live.raised


def summary(  # pylint: disable=too-many-arguments,too-many-positional-arguments,too-many-locals
    model: nn.Module,
    input_size: object = None,
    input_data: object = None,
    batch_dim: int | None = None,
    cache_forward_pass: bool | None = None,
    col_names: Iterable[object] | None = None,
    col_width: int = 25,
    depth: int = 3,
    device: torch.device | str | int | None = None,
    dtypes: Sequence[torch.dtype] | None = None,
    mode: object = None,
    row_settings: Iterable[object] | None = None,
    verbose: int | None = None,
    *,
    metrics: Sequence[str] | None = None,
    format: str | None = None,  # pylint: disable=redefined-builtin
    partial: bool = False,
    timeout: float | None = None,
    options: Mapping[str, str] | None = None,
    runs: int | None = None,
    warmup: int | None = None,
    min_time: float | None = None,
    plugin_path: str | None = None,
    **kwargs: Any,
) -> Summary:
    """Summarizes a model. The arguments are torchinfo's; the model is left as it was.

    Args:
        model: any module.
        input_size: the size of the input, with the batch, as (1, 3, 224, 224); or a list of sizes,
            one for each positional input. Floating-point values are in [0, 1), integers 0.
        input_data: in its place the inputs: a tensor, a list of forward's arguments, or a dict of
            them by name. Without either, and without `kwargs`, nothing is run.
        batch_dim: where a batch of 1 is put into each of the sizes.
        cache_forward_pass: taken for torchinfo's sake; nothing is kept from call to call.
        col_names: columns, by torchinfo's names or a metric's; chosen for the metrics if None.
        col_width: taken for torchinfo's sake; columns are as wide as what stands in them.
        depth: the deepest level shown. Totals count all.
        device: "shape" (shapes are propagated, nothing is computed, no weight is copied), or one of
            PyTorch's to run on; if None "shape" where the model allows, else the model's own.
        dtypes: one for each of the sizes; float32 if None.
        mode: "eval" (if None), "train", or "same" for the mode that each module is in.
        row_settings: any of var_names, depth, ascii_only, hide_recursive_layers, parameters.
        verbose: 0 prints nothing, 1 the summary, 2 also a row for each parameter; if None 1, or 0
            in an interactive Python.
        metrics: metrics to run, ("params", "macs") if None; also those of `strata.metric`.
        format: what is printed, "table" if None: markdown, json, csv, html, …
        partial: if forward raises, the summary of what ran until then, marked incomplete.
        timeout: seconds that forward may take, each time that it is run; no limit if None. An
            operator that runs is not cut short.
        options: of plugins, as {"latency.subtract_watching": "true"}.
        runs, warmup, min_time: of metrics that time: runs that count, runs before those, seconds.
        plugin_path: more folders with plugins, DIR[:DIR…].
        **kwargs: further arguments of forward, by name.

    Raises:
        strata.Error: forward raised (the message says in which module, and what that was given),
            or an argument is not one that there is (a strata.ArgumentError).
    """
    del cache_forward_pass
    if not isinstance(model, nn.Module):
        raise TypeError(f"model is a {type(model).__name__}; expected a torch.nn.Module")
    mode_name = "eval" if mode is None else str(getattr(mode, "value", mode))
    if mode_name not in _MODES:
        raise ArgumentError(f"mode is '{mode_name}'; expected {', '.join(_MODES)}")
    if verbose is None:
        verbose = 0 if hasattr(sys, "ps1") else 1
    if verbose not in (0, 1, 2):
        raise ArgumentError(f"verbose is {verbose}; expected 0, 1 or 2")
    if col_width <= 0:
        raise ArgumentError(f"col_width is {col_width}; expected a width, more than 0")
    inputs = Inputs(input_size, input_data, batch_dim, dtypes, kwargs)
    shown = {"depth": depth, **_row_options(row_settings, verbose)}
    columns = _names(col_names)
    settings = _host.settings_of(
        list(metrics) if metrics is not None else None, set=dict(options or {}),
        runs=runs, warmup=warmup, min_time=min_time, partial=partial)
    settings["training"] = model.training if mode_name == "same" else mode_name == "train"
    if timeout is not None and not timeout > 0:
        raise ArgumentError(f"timeout is {timeout}; expected seconds, more than 0")
    wanted = _device_name(device)
    if isinstance(model, ScriptModule):
        args, keywords = inputs.on("cpu", move=False)
        message = scripted(model, args, keywords, inputs.are_there,
                           {**settings, "device": wanted or ""}, plugin_path)
    else:
        message = _message(_Runs(model, inputs, mode_name, metrics, timeout), wanted, settings,
                           plugin_path)
    if columns is not None:
        shown["columns"] = columns
    result = Summary(message, shown, plugin_path, {"set": dict(options or {})}, inputs.sizes)
    if columns is not None:
        try:
            result.format("table")  # An unknown column is told now.
        except Error as e:
            raise ArgumentError(str(e)) from None
    if verbose > 0:
        print(result.format(format or "table"))
    return result
