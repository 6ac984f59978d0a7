"""How many logins at once one server sees: fewer than sshd's MaxStartups (10:30:100) drops."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from auditor.errors import CannotMeasure
from auditor.model import Failure

AT_ONCE = 8
"""Unauthenticated connections to one server or bastion; from the tenth on sshd drops some."""


class Slots:
    """Counts by place; a place is forgotten when nobody is there any more."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        """Let `at_once` be at each place."""
        self._at_once = at_once
        self._changed = threading.Condition()
        self._taken: dict[str, int] = {}

    @contextmanager
    def held(self, place: str, timeout_s: float) -> Iterator[None]:
        """Be at a place. Raises `CannotMeasure` with `timeout` if no slot becomes free in time."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._free(place), timeout_s):
                raise CannotMeasure(
                    Failure.TIMEOUT, f"{place}: {self._at_once} logins at once, none ended in time"
                )
            self._taken[place] = self._taken.get(place, 0) + 1
        try:
            yield
        finally:
            with self._changed:
                self._taken[place] -= 1
                if not self._taken[place]:
                    del self._taken[place]
                self._changed.notify_all()

    def _free(self, place: str) -> bool:
        return self._taken.get(place, 0) < self._at_once


SLOTS = Slots()
"""Shared by all runs of this process."""
