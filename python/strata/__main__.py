"""The program `strata`, and `python -m strata`.

    strata model.pt --input_size=1x3x224x224               a file: the program of that name
    strata torchvision.models:resnet50 --input_size=…      a module and a callable that makes one
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.util
import os
import pathlib
import sys
from typing import Any, NoReturn

_PROGRAM = pathlib.Path(__file__).resolve().parent / "bin" / "strata"
_FORMATS = "table, markdown, html, json, csv, tsv, svg, …"


def _names_a_callable(arguments: list[str]) -> bool:
    """Whether the first that is no option is as "package.module:name"."""
    for argument in arguments:
        if argument.startswith("-"):
            continue
        module, colon, name = argument.partition(":")
        return (bool(colon) and not os.path.exists(argument)
                and all(part.isidentifier() for part in [*module.split("."), *name.split(".")]))
    return False


def _run_program(arguments: list[str]) -> NoReturn:
    """In the place of this process, with the LibTorch of this Python's torch."""
    found = importlib.util.find_spec("torch")
    if found is not None and found.submodule_search_locations:
        os.environ.setdefault("LIBTORCH", found.submodule_search_locations[0])
    try:
        os.execv(_PROGRAM, ["strata", *arguments])
    except OSError as e:
        _fail(f"cannot run {_PROGRAM}: {e.strerror}")


def _fail(message: str, status: int = 1) -> NoReturn:
    print(f"strata: error: {message}", file=sys.stderr)
    sys.exit(status)


def _value(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _sizes(text: str) -> tuple[list[tuple[int, ...]], list[str]]:
    """`1x3x224x224,1x10:int64`: sizes, and the names of their dtypes."""
    sizes, dtypes = [], []
    for part in text.split(","):
        size, _, dtype = part.partition(":")
        try:
            sizes.append(() if size == "()" else tuple(int(n) for n in size.split("x")))
        except ValueError:
            _fail(f"--input_size has '{part}'; expected sizes as 1x3x224x224 or 1x10:int64", 2)
        dtypes.append(dtype or "float32")
    return sizes, dtypes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="strata", description="Summarizes what a callable of a Python module makes. "
        "(For files: strata --help.)")
    parser.add_argument("model", metavar="MODULE:CALLABLE")
    parser.add_argument("--arg", action="append", default=[], metavar="NAME=VALUE",
                        help="an argument of the callable, as Python writes it")
    parser.add_argument("--input_size", metavar="1x3x224x224[:dtype],…")
    parser.add_argument("--metrics", default="params,macs")
    parser.add_argument("--columns")
    parser.add_argument("--row_settings")
    parser.add_argument("--depth", type=int, default=3)
    parser.add_argument("--device")
    parser.add_argument("--mode", default="eval", choices=["eval", "train", "same"])
    parser.add_argument("--format", help=_FORMATS)
    parser.add_argument("--output", metavar="FILE", help="the form follows its ending")
    parser.add_argument("--fold", action="store_true")
    parser.add_argument("--heat")
    parser.add_argument("--title")
    parser.add_argument("--width", type=int)
    parser.add_argument("--runs", type=int)
    parser.add_argument("--warmup", type=int)
    parser.add_argument("--min_time", type=float)
    parser.add_argument("--partial", action="store_true")
    parser.add_argument("--timeout", type=float, metavar="SECONDS")
    parser.add_argument("--set", action="append", default=[], metavar="PLUGIN.OPTION=VALUE")
    parser.add_argument("--plugin_path")
    return parser


def _pairs(texts: list[str], option: str) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            _fail(f"{option} has '{text}'; expected NAME=VALUE", 2)
        pairs[name] = value
    return pairs


def _make(target: str, arguments: dict[str, str]) -> Any:
    module_name, _, name = target.partition(":")
    sys.path.insert(0, os.getcwd())  # As `python -m` does.
    try:
        found: Any = importlib.import_module(module_name)
    except ImportError as e:
        _fail(f"cannot make model ({target}): {e}")
    for part in name.split("."):
        if not hasattr(found, part):
            _fail(f"cannot make model ({target}): {module_name} has no '{name}'")
        found = getattr(found, part)
    import torch  # pylint: disable=import-outside-toplevel
    if isinstance(found, torch.nn.Module):
        return found
    if not callable(found):
        _fail(f"cannot make model ({target}): it is a {type(found).__name__}; expected a "
              "callable that makes a module")
    return found(**{key: _value(value) for key, value in arguments.items()})


def _summarize(options: argparse.Namespace) -> None:
    import torch  # pylint: disable=import-outside-toplevel
    import strata  # pylint: disable=import-outside-toplevel
    model = _make(options.model, _pairs(options.arg, "--arg"))
    sizes, dtypes = _sizes(options.input_size) if options.input_size else (None, None)
    try:
        result = strata.summary(
            model, sizes, dtypes=[getattr(torch, name) for name in dtypes] if dtypes else None,
            metrics=options.metrics.split(","), depth=options.depth, device=options.device,
            mode=options.mode, verbose=0, partial=options.partial, timeout=options.timeout, runs=options.runs,
            warmup=options.warmup, min_time=options.min_time,
            col_names=options.columns.split(",") if options.columns else None,
            row_settings=options.row_settings.split(",") if options.row_settings else None,
            options=_pairs(options.set, "--set"), plugin_path=options.plugin_path)
        shown = {key: value for key, value in (
            ("fold", options.fold), ("heat", options.heat), ("title", options.title),
            ("width", options.width)) if value}
        if options.output:
            result.save(options.output, **shown)
        else:
            text = result.format(options.format or "table", **shown)
            print(text, end="" if text.endswith("\n") else "\n")
    except (strata.Error, TypeError, ValueError, AttributeError) as e:
        _fail(f"cannot summarize model ({options.model}): {e}")


def main() -> None:
    """What `strata` does."""
    arguments = sys.argv[1:]
    if not _names_a_callable(arguments):
        _run_program(arguments)
    _summarize(_parser().parse_args(arguments))


if __name__ == "__main__":
    main()
