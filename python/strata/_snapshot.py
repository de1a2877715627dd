"""Leaving the process as it was."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from strata import _core


@contextmanager
def same_process() -> Iterator[None]:
    """Random numbers and settings, after what a forward may do with them."""
    with _same_random_numbers(), _same_settings():
        yield


@contextmanager
def _same_random_numbers() -> Iterator[None]:
    """Random numbers that are drawn inside are drawn again outside."""
    state = torch.get_rng_state()
    has_cuda = torch.cuda.is_available() and torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    devices = torch.cuda.get_rng_state_all() if has_cuda else []
    python = random.getstate()
    numpy = sys.modules.get("numpy")
    arrays = numpy.random.get_state() if numpy is not None else None
    try:
        yield
    finally:
        torch.set_rng_state(state)
        if devices:
            torch.cuda.set_rng_state_all(devices)
        random.setstate(python)
        if numpy is not None and arrays is not None:
            numpy.random.set_state(arrays)


@contextmanager
def _same_settings() -> Iterator[None]:
    """Settings of the process that a forward may change."""
    dtype = torch.get_default_dtype()
    threads = torch.get_num_threads()
    gradients = torch.is_grad_enabled()
    try:
        yield
    finally:
        if torch.get_default_dtype() != dtype:
            torch.set_default_dtype(dtype)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        torch.set_grad_enabled(gradients)


def set_mode(model: nn.Module, modules: _core.Modules, training: bool) -> None:
    """As model.train(training); a snapshot puts it back."""
    if modules.have_own_train():
        model.train(training)  # A class of the user's decides.
    else:
        modules.set_training(training)  # No recursion: models nest deeper than Python does.
