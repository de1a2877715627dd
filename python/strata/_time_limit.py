"""An end to what takes too long."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from strata import _core

_AGAIN_S = 1.0  # Code may catch it, and go on.


class TimeUp(BaseException):
    """The time was up. Not an Exception: a model's own code seldom catches it."""


@contextmanager
def time_limit(seconds: float | None) -> Iterator[AbstractContextManager[object]]:
    """Gives what raises TimeUp in the thread that is inside of it when the time is up.

        with time_limit(1.5) as limit, limit: …

    Python looks for it between two steps of its own: an operator that runs, or a
    wait for something, is not cut short.
    """
    if seconds is None:
        yield nullcontext()
        return
    alarm = _core.Alarm(TimeUp)
    done = threading.Event()

    def watch() -> None:
        wait = seconds
        while not done.wait(wait) and alarm.ring():
            wait = _AGAIN_S

    watcher = threading.Thread(target=watch, name="strata time limit", daemon=True)
    watcher.start()
    try:
        yield alarm
    finally:
        done.set()
        watcher.join()
