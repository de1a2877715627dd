"""Strata tells what a PyTorch model is made of.

    import strata
    strata.summary(model, input_size=(1, 3, 224, 224))

Live modules: `summary`. Files: `open`, `export`. Plugins: `metric`, `formatter`, `plugins`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from strata._core import Call, Error, Op, Tensor
    from strata._errors import ArgumentError
    from strata._files import export, open
    from strata._host import Plugin, formatter, metric, plugins
    from strata._result import LayerInfo, Summary
    from strata._summary import summary

__all__ = ["ArgumentError", "Call", "Error", "LayerInfo", "Op", "Plugin", "Summary", "Tensor",
           "export", "formatter", "metric", "open", "plugins", "summary"]
__version__ = "0.1.0"


def _check_torch() -> None:
    from strata._version import TORCH  # pylint: disable=import-outside-toplevel
    import importlib.metadata  # pylint: disable=import-outside-toplevel
    try:
        found = importlib.metadata.version("torch").partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        raise ImportError(f"strata needs torch {TORCH}, and no torch is installed") from None
    if found != TORCH:
        raise ImportError(f"this strata was built for torch {TORCH}, and torch {found} is "
                          f"installed: install torch=={TORCH}, or a strata that was built for it")


def _load() -> None:
    """All of it at once: the program `strata` imports this package without PyTorch."""
    # pylint: disable=import-outside-toplevel
    import torch  # Its libraries come before those that need them.
    del torch
    from strata import _core, _errors, _files, _host, _result, _summary
    globals().update(
        ArgumentError=_errors.ArgumentError, Call=_core.Call, Error=_core.Error, Op=_core.Op,
        Tensor=_core.Tensor, export=_files.export, open=_files.open, Plugin=_host.Plugin, formatter=_host.formatter,
        metric=_host.metric, plugins=_host.plugins, LayerInfo=_result.LayerInfo,
        Summary=_result.Summary, summary=_summary.summary)


_check_torch()


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'strata' has no attribute '{name}'")
    _load()
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
