"""One wall deadline for everything that is done to one machine, enforced from outside."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from auditor import guard

_LEAST_S = 0.01


class Deadline:
    """Closes what was registered when the time is up, whatever thread is waiting on it.

    Time limits of libraries bound single waits and can be fed byte by byte; closing the connection
    ends every wait there is.
    """

    def __init__(self, seconds: float) -> None:
        """Start to count; the watch itself begins with `with`."""
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._closers: list[Callable[[], object]] = []
        self._timer = threading.Timer(seconds, self._close_all)
        self._timer.daemon = True

    @property
    def has_passed(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._end

    def left(self, at_most: float = float("inf")) -> float:
        """Return the seconds left, never zero: a time limit of zero means "none" to some."""
        return max(_LEAST_S, min(at_most, self._end - time.monotonic()))

    def closes(self, close: Callable[[], object]) -> None:
        """Call `close` when the time is up; now, if it already is. It must not raise or block."""
        with self._lock:
            self._closers.append(close)
        if self.has_passed:
            close()

    def __enter__(self) -> Self:
        """Begin to watch."""
        with guard.on_machine():
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop watching."""
        self._timer.cancel()

    def _close_all(self) -> None:
        with self._lock:
            closers = list(self._closers)
        for close in reversed(closers):
            close()
