"""The rate of all packets of a run."""

import time
from collections.abc import Callable
from threading import Lock

_BURST, _STEADY = 0.03, 0.965


class Bucket:
    """A token bucket for all threads: never more than `per_second` packets in any second.

    A bucket that gave a whole second's worth at once would allow twice the rate in its first
    second, so it holds 3 % of it (at least one packet) and fills so much more slowly.
    """

    def __init__(
        self,
        per_second: int,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start full."""
        self.per_second = per_second
        self._rate = per_second * _STEADY
        self._most = max(1.0, per_second * _BURST)
        self._clock = clock
        self._wait = wait
        self._lock = Lock()
        self._tokens = self._most
        self._at = clock()

    def take(self, packets: int = 1) -> None:
        """Take tokens, waiting for them if there are too few. They may be owed, never lost."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._most, self._tokens + (now - self._at) * self._rate)
            self._at = now
            self._tokens -= packets
            owed_s = -self._tokens / self._rate
        if owed_s > 0:
            self._wait(owed_s)
