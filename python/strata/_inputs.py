"""What forward is called with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch

from strata._core import Error


def mapped(value: Any, change: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    """`value` with each tensor inside of it changed; what holds none stays the same object."""
    leaves, spec = torch.utils._pytree.tree_flatten(value)
    if not any(isinstance(leaf, torch.Tensor) for leaf in leaves):
        return value
    return torch.utils._pytree.tree_unflatten(
        [change(leaf) if isinstance(leaf, torch.Tensor) else leaf for leaf in leaves], spec)


def _is_size(value: object) -> bool:
    return isinstance(value, (tuple, list, torch.Size)) and all(
        isinstance(n, int) and not isinstance(n, bool) for n in value)


def sizes_of(input_size: object) -> list[tuple[int, ...]]:
    """`(1, 3, 8, 8)`, `[(1, 3), (1, 4)]` and the like: one size for each input."""
    if not isinstance(input_size, (tuple, list, torch.Size)):
        raise TypeError(f"input_size is a {type(input_size).__name__}; expected the size of an "
                        "input, as (1, 3, 224, 224), or a list of them")
    if input_size and all(isinstance(n, (int, float)) for n in input_size) and not _is_size(
            input_size):
        raise TypeError(f"input_size is {input_size!r}; expected integers, as in (1, 3, 224, 224)")
    sizes: list[Any] = [input_size] if _is_size(input_size) and input_size else list(input_size)
    for size in sizes:
        if not _is_size(size):
            raise TypeError(f"input_size has {size!r}; expected integers, as in (1, 3, 224, 224), "
                            "or a list of such sizes")
        if any(n < 0 for n in size):
            raise ValueError(f"input_size has the size {tuple(size)}; sizes are not negative")
    return [tuple(size) for size in sizes]


def _dtypes_of(dtypes: object, count: int) -> list[torch.dtype]:
    if dtypes is None:
        return [torch.float32] * count
    given = [dtypes] if isinstance(dtypes, torch.dtype) else list(dtypes)  # type: ignore[call-overload]
    # torch.LongTensor and the like are of older programs.
    given = [getattr(dtype, "dtype", dtype) for dtype in given]
    if len(given) == 1:
        given = given * count
    if len(given) != count or not all(isinstance(dtype, torch.dtype) for dtype in given):
        raise ValueError(f"dtypes has {len(given)} entries for {count} inputs; expected one "
                         "torch.dtype for each")
    return given


def made(input_size: object, dtypes: object, batch_dim: int | None, device: str
         ) -> tuple[torch.Tensor, ...]:
    """Floating-point values uniform in [0, 1), the same each time; integers 0, bools false."""
    sizes = sizes_of(input_size)
    generator = torch.Generator().manual_seed(0)  # The process's own stays as it is.
    inputs = []
    for size, dtype in zip(sizes, _dtypes_of(dtypes, len(sizes))):
        if device == "meta":
            tensor = torch.empty(size, dtype=dtype, device="meta")
        elif dtype.is_floating_point and dtype.itemsize > 1:
            tensor = torch.rand(size, generator=generator).to(dtype).to(device)
        else:
            tensor = torch.zeros(size, dtype=dtype, device=device)
        inputs.append(tensor if batch_dim is None else tensor.unsqueeze(batch_dim))
    return tuple(inputs)


def given(input_data: object) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Positional and keyword arguments: a dict is by names, a list or tuple by position."""
    if isinstance(input_data, Mapping):
        if not all(isinstance(key, str) for key in input_data):
            raise TypeError("input_data is a dict whose keys are no names of forward's "
                            "arguments; for a forward that takes one dict give [dict]")
        return (), dict(input_data)
    if isinstance(input_data, torch.Tensor):
        return (input_data,), {}
    if hasattr(input_data, "__array__"):
        return (torch.as_tensor(input_data),), {}
    if isinstance(input_data, Sequence) and not isinstance(input_data, (str, bytes)):
        return tuple(torch.as_tensor(value) if hasattr(value, "__array__")
                     and not isinstance(value, torch.Tensor) else value
                     for value in input_data), {}
    if isinstance(input_data, Iterable) and not isinstance(input_data, (str, bytes)):
        return tuple(input_data), {}
    raise TypeError(f"input_data is a {type(input_data).__name__}; expected a tensor, a list of "
                    "forward's arguments, or a dict of them by name")


def _sizes_in(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.size()
    if isinstance(value, Mapping):
        return {key: _sizes_in(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_sizes_in(item) for item in value]
    return value


class Inputs:
    """Forward's arguments, for any device."""

    def __init__(self, input_size: object, input_data: object, batch_dim: int | None,
                 dtypes: object, kwargs: Mapping[str, Any]) -> None:
        if input_size is not None and input_data is not None:
            raise Error("both input_size and input_data were given; expected one of them")
        self._size, self._dtypes, self._batch_dim = input_size, dtypes, batch_dim
        self._kwargs = dict(kwargs)
        self._data: tuple[tuple[Any, ...], dict[str, Any]] | None = None
        self._is_one = not isinstance(input_data, (list, tuple))
        if input_data is not None:
            self._data = given(input_data)
        elif input_size is not None:
            made(input_size, dtypes, batch_dim, "meta")  # For the errors.

    @property
    def sizes(self) -> Any:
        """As torchinfo tells them: in the form that they were given in."""
        if self._size is not None:
            return self._size
        if self._data is None:
            return []
        args, kwargs = self._data
        if kwargs:
            return _sizes_in(kwargs)
        return _sizes_in(args[0] if self._is_one else list(args))

    @property
    def are_there(self) -> bool:
        """Without any nothing runs."""
        return self._size is not None or self._data is not None or bool(self._kwargs)

    def on(self, device: str, move: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Made there; those that were given are moved there, if they are to be."""
        args: tuple[Any, ...] = ()
        kwargs = self._kwargs
        if self._size is not None:
            args = made(self._size, self._dtypes, self._batch_dim, device)
        elif self._data is not None:
            args, kwargs = self._data[0], {**self._data[1], **kwargs}
        if not move:
            return args, kwargs
        with torch.no_grad():
            args = mapped(args, lambda tensor: tensor.to(device))
            return args, mapped(kwargs, lambda tensor: tensor.to(device))
