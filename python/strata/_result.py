"""The result: a summary."""

from __future__ import annotations

import html
import json
import os
import pathlib
import tempfile
from functools import cached_property
from typing import TYPE_CHECKING, Any

from strata import _host
from strata._core import Error, Message

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped,unused-ignore]

_ENDINGS = {".html": "html", ".md": "markdown", ".json": "json", ".csv": "csv", ".tsv": "tsv",
            ".txt": "table", ".svg": "svg", ".dot": "dot", ".mmd": "mermaid", ".pb": "binary"}
_FRAME_HEIGHT = 680  # Of the page in a notebook: totals, the map, and the first rows.
_BYTES_OF = {"float64": 8, "int64": 8, "complex64": 8, "uint64": 8, "complex128": 16,
             "float32": 4, "int32": 4, "uint32": 4, "qint32": 4, "complex32": 4, "float16": 2,
             "bfloat16": 2, "int16": 2, "uint16": 2}


def _size(shape: list[int]) -> int:
    size = 1
    for n in shape:
        size *= int(n)
    return size


def _bytes(tensors: list[dict[str, Any]]) -> int:
    return sum(_size(t["shape"]) * _BYTES_OF.get(t["dtype"], 1) for t in tensors)


class LayerInfo:
    """One module, with torchinfo's names for what there is to know of it."""

    def __init__(self, layer: dict[str, Any]) -> None:
        self.layer = layer  # As in the JSON summary.
        self.children: list[LayerInfo] = []
        self.parent_info: LayerInfo | None = None

    @property
    def var_name(self) -> str:
        return str(self.layer["name"])

    @property
    def class_name(self) -> str:
        return str(self.layer["type"])

    @property
    def path(self) -> str:
        return str(self.layer["path"])

    @property
    def depth(self) -> int:
        return int(self.layer["depth"])

    @property
    def executed(self) -> bool:
        return bool(self.layer["calls"])

    @property
    def is_recursive(self) -> bool:
        return "recursive" in self.layer["flags"] or "shared" in self.layer["flags"]

    @property
    def is_leaf_layer(self) -> bool:
        return not self.children

    @property
    def input_size(self) -> list[int]:
        """The shape of the first tensor of the first call."""
        return self._first("inputs")

    @property
    def output_size(self) -> list[int]:
        return self._first("outputs")

    def _first(self, which: str) -> list[int]:
        for call in self.layer["calls"]:
            for tensor in call.get(which, []):
                return [int(n) for n in tensor["shape"]]
        return []

    def metric(self, name: str, part: str = "total") -> int | float | None:
        """A figure, of the module with all that is in it, or (`part="self"`) without."""
        value = self.layer["metrics"].get(name, {}).get(part)
        return int(value) if isinstance(value, str) else value

    @property
    def num_params(self) -> int:
        return int(self.metric("params") or 0)

    @property
    def macs(self) -> int:
        return int(self.metric("macs") or 0)

    @property
    def trainable_params(self) -> int:
        own = sum(_size(p["shape"]) for p in self.layer["parameters"] if p["trainable"])
        return own + sum(child.trainable_params for child in self.children)

    @property
    def output_bytes(self) -> int:
        """Of all tensors that its calls gave back."""
        return sum(_bytes(call.get("outputs", [])) for call in self.layer["calls"])

    def __repr__(self) -> str:
        return f"{self.class_name}: {self.path or 'the model'}"


class Summary:
    """What a model is made of. `str()` is the table.

    Figures that are not known are absent. All of them, and what they mean, are in `to_dict()`:
    the form of `strata --format=json`.
    """

    def __init__(self, message: Message, options: dict[str, Any] | None = None,
                 plugin_path: str | None = None, settings: dict[str, Any] | None = None,
                 input_size: Any = None) -> None:
        self._message = message
        self.options = options or {}
        self._plugin_path = plugin_path
        self._settings = settings or {}
        self._input_size = input_size

    @property
    def message(self) -> bytes:
        """The summary as bytes: strata.Summary, a Protobuf message."""
        return self._message.bytes()

    def format(self, name: str, **options: Any) -> str:
        """As text, by a formatter: table, markdown, html, json, csv, svg, …

        Options are those of the command line: `depth`, `columns`, `fold`, `title`, `width`, …
        """
        own = _host.python_formatter(name)
        if own is not None:
            return own(self)
        with _host.this_torch():
            return _host.host(self._plugin_path).format(
                self._message, name, {**self.options, **options}, self._settings)

    def __str__(self) -> str:
        return self.format("table")

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """The page, in a frame of its own: what notebooks show."""
        page = html.escape(self.format("html"), quote=True)
        return (f'<iframe srcdoc="{page}" style="width:100%;height:{_FRAME_HEIGHT}px;'
                'border:0" loading="lazy" sandbox="allow-scripts allow-downloads" '
                'title="Strata summary"></iframe>')

    def to_markdown(self, **options: Any) -> str:
        return self.format("markdown", **options)

    def to_json(self) -> str:
        return self.format("json")

    def to_html(self, **options: Any) -> str:
        return self.format("html", **options)

    def to_dict(self) -> dict[str, Any]:
        """The JSON summary of docs/contract.md."""
        return self._dict

    @cached_property
    def _dict(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.to_json())
        return loaded

    def to_dataframe(self) -> pandas.DataFrame:
        """A row for each module, its figures with what is in it. Needs pandas."""
        try:
            import pandas  # pylint: disable=import-outside-toplevel
        except ImportError as e:
            raise Error("to_dataframe() needs pandas, which is not installed") from e
        columns = [column["id"] for column in self.to_dict()["columns"]]
        return pandas.DataFrame([
            {"path": layer.path, "type": layer.class_name, "depth": layer.depth,
             "output_size": tuple(layer.output_size) or None,
             **{name: layer.metric(name) for name in columns}}
            for layer in self.summary_list])

    def save(self, file: str | os.PathLike[str], **options: Any) -> None:
        """Writes it, in the form that the name's ending says: .html, .md, .json, .csv, .svg, …"""
        path = pathlib.Path(file)
        name = _ENDINGS.get(path.suffix)
        if name is None:
            raise Error(f"no format is known for '{path.name}'; expected a name that ends in "
                        + ", ".join(_ENDINGS))
        data = self.message if name == "binary" else self.format(name, **options).encode()
        # Whole, or not at all.
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise

    # torchinfo's names.

    @cached_property
    def summary_list(self) -> list[LayerInfo]:
        """A LayerInfo for each module, in the order of registration."""
        layers = [LayerInfo(layer) for layer in self.to_dict()["layers"]]
        for info in layers:
            parent = info.layer["parent"]
            if parent >= 0:
                info.parent_info = layers[parent]
                layers[parent].children.append(info)
        return layers

    def _total(self, name: str) -> int:
        value = self.to_dict()["totals"].get(name)
        if value is None:
            raise Error(f"the total '{name}' is not known"
                        + "".join(f"; {warning}" for warning in self.warnings))
        return int(value)

    @property
    def total_params(self) -> int:
        """Elements of parameters, each tensor once."""
        return self._total("params")

    @property
    def trainable_params(self) -> int:
        return self._total("trainable_params")

    @property
    def total_mult_adds(self) -> int:
        """Multiply-accumulates of every convolution and matrix product that ran."""
        return self._total("macs")

    @property
    def total_input(self) -> int:
        """Bytes of the input tensors."""
        return self._total("input_bytes")

    @property
    def total_param_bytes(self) -> int:
        return self._total("param_bytes")

    @property
    def total_output_bytes(self) -> int:
        """Bytes of all tensors that modules without children gave back, each call."""
        return sum(info.output_bytes for info in self.summary_list if info.is_leaf_layer)

    @property
    def input_size(self) -> Any:
        """The sizes of the inputs, in the form that they were given in; of a file a list of them."""
        if self._input_size is not None:
            return self._input_size
        inputs = self.to_dict().get("run", {}).get("inputs", [])
        return [[int(n) for n in tensor["shape"]] for tensor in inputs]

    @property
    def warnings(self) -> list[str]:
        """What the user should know."""
        return [str(warning) for warning in self.to_dict().get("warnings", [])]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
