"""An end to what takes too long."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_AGAIN_S = 1.0  # Code may catch it, and go on.


class TimeUp(BaseException):
    """The time was up. Not an Exception: a model's own code seldom catches it."""


def _raise_in(thread: int, raised: type[TimeUp] | None) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), ctypes.py_object(raised) if raised else None)


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raises TimeUp in this thread when the time is up.

    Python looks for it between two steps of its own: an operator that runs, or a
    wait for something, is not cut short.
    """
    if seconds is None:
        yield
        return
    thread = threading.get_ident()
    lock = threading.Lock()
    done = threading.Event()

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            with lock:
                if not done.is_set():
                    _raise_in(thread, TimeUp)
            wait = _AGAIN_S

    watcher = threading.Thread(target=watch, name="strata time limit", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        with lock:
            done.set()
            _raise_in(thread, None)  # What was not raised yet is raised no more.
        watcher.join()
