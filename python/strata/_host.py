"""The plugins of this process: those of folders, and those written in Python."""

from __future__ import annotations

import importlib.metadata
import os
import pathlib
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import torch

from strata import _core
from strata._core import Error

_METRICS = "strata.metrics"  # Groups of entry points.
_FORMATTERS = "strata.formatters"

C = TypeVar("C", bound=Callable[..., Any])


@dataclass(frozen=True)
class PythonMetric:
    """A class that `strata.metric` was put on."""

    name: str
    make: Callable[[], Any]
    title: str
    unit: str
    real: bool


@dataclass(frozen=True)
class Plugin:
    """One that was found. `state` is "usable", "shadowed" or "refused"; then `reason` says why."""

    kind: str
    name: str
    description: str
    file: str
    state: str
    reason: str = ""


_metrics: dict[str, PythonMetric] = {}
_formatters: dict[str, Callable[[Any], str]] = {}


def metric(name: str, *, unit: str = "", title: str | None = None, real: bool = False
           ) -> Callable[[C], C]:
    """Makes a class a metric, for `metrics=["name"]`.

    An object of it is made for each summary. Of these methods it has those it wants:

    * `begin_run(modules, device)`, before all: `modules` are dicts with `path`, `type`, `parent`
      (a path) and `parameters`;
    * `enter_module(call)`, `leave_module(call)`: a `Call`; `visit_op(op)`: an `Op` that ended, the
      inner ones first. What they return (a number, or None) is added to the figure of the module
      that runs;
    * `collect(modules)`: all figures instead, as a dict of numbers by the module's path. A module
      without one, or with None, is shown as unknown.

    Figures are of a module itself, without what it calls; Strata adds them up. They are integers,
    unless `real`. `unit` is "" for plain counts, else as "bytes" or "us".
    """
    def register(made: C) -> C:
        _metrics[name] = PythonMetric(name, made, title or name.replace("_", " "), unit, real)
        return made
    return register


def formatter(name: str) -> Callable[[C], C]:
    """Makes a function, which turns a `Summary` into text, a format: `summary.format("name")`."""
    def register(made: C) -> C:
        _formatters[name] = made
        return made
    return register


def _entry_points(group: str) -> dict[str, importlib.metadata.EntryPoint]:
    return {point.name: point for point in importlib.metadata.entry_points(group=group)}


@lru_cache(maxsize=8)
def _known_entry_points(group: str, path: tuple[str, ...]
                        ) -> dict[str, importlib.metadata.EntryPoint]:
    """Looked for once on a path: that reads a file of every package."""
    del path
    return _entry_points(group)


def _load(group: str, name: str, known: Mapping[str, Any]) -> Any:
    """What is registered by that name, or is once the package that offers it is imported."""
    if name not in known:
        point = _known_entry_points(group, tuple(sys.path)).get(name)
        if point is None:
            return None
        loaded = point.load()  # Its module registers it; or else it is what was loaded.
        if name not in known:
            (metric(name) if group == _METRICS else formatter(name))(loaded)
    return known[name]


def python_formatter(name: str) -> Callable[[Any], str] | None:
    """Registered, or offered by an installed package."""
    return _load(_FORMATTERS, name, _formatters)  # type: ignore[no-any-return]


def python_metric(name: str) -> PythonMetric | None:
    """Registered, or offered by an installed package."""
    return _load(_METRICS, name, _metrics)  # type: ignore[no-any-return]


_OWN_FOLDER = str(pathlib.Path(__file__).resolve().parent / "lib" / "strata" / "plugins")


def folders(plugin_path: str | None = None) -> list[str]:
    """Where plugins are looked for, the first before the others."""
    places = [*(plugin_path or "").split(":"), *os.environ.get("STRATA_PLUGIN_PATH", "").split(":"),
              _OWN_FOLDER]
    return [place for place in places if place]


_hosts: dict[tuple[str, ...], _core.Host] = {}


def host(plugin_path: str | None = None) -> _core.Host:
    """Looks once for the same folders; what is loaded stays loaded."""
    wanted = tuple(folders(plugin_path))
    for place in wanted:
        if not os.path.isabs(place):
            raise Error(f"the plugin folder '{place}' is not an absolute path")
    if wanted not in _hosts:
        _hosts[wanted] = _core.Host(list(wanted), False)
    return _hosts[wanted]


# What is changed for a time here, and by a summary of a live model (that model,
# nn.Module, functions of torch), all threads have. A forward may come here again.
_one_at_a_time = threading.RLock()


@contextmanager
def this_torch() -> Iterator[None]:
    """While it is open, plugins that need LibTorch find the one of this process.

    Other threads wait for its end.
    """
    with _one_at_a_time:
        before = os.environ.get("LIBTORCH")
        try:
            os.environ["LIBTORCH"] = os.path.dirname(torch.__file__)
            yield
        finally:
            if before is None:
                os.environ.pop("LIBTORCH", None)
            else:
                os.environ["LIBTORCH"] = before


def settings_of(metrics: list[str] | tuple[str, ...] | None, **others: Any) -> dict[str, Any]:
    """As the extension's Host wants them."""
    chosen: list[Any] = []
    for name in ("params", "macs") if metrics is None else metrics:
        own = python_metric(name)
        chosen.append(name if own is None
                      else (own.name, own.make(), own.title, own.unit, own.real))
    return {"metrics": chosen, **{key: value for key, value in others.items()
                                  if value is not None}}


def plugins(plugin_path: str | None = None) -> list[Plugin]:
    """All that there are: of folders, of installed packages, and of this program."""
    _known_entry_points.cache_clear()
    found = [Plugin(plugin["kind"], plugin["name"], plugin["description"], plugin["file"],
                    plugin["state"], plugin["reason"])
             for plugin in host(plugin_path).plugins()]
    own: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
        ("metric", _METRICS, _metrics), ("formatter", _FORMATTERS, _formatters))
    for kind, group, known in own:
        points = _entry_points(group)
        for name in sorted({*known, *points}):
            described = known.get(name)
            made = described.make if isinstance(described, PythonMetric) else described
            text = (getattr(made, "__doc__", None) or "").strip().partition("\n")[0]
            place = points[name].value if name in points else getattr(made, "__module__", "")
            found.append(Plugin(kind, name, text, place, "usable"))
    return found
