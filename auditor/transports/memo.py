"""Something that is done once in a run, for whoever asks first, and then shared."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from auditor.errors import CannotMeasure
from auditor.model import Capture

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Kept(Generic[Result]):
    """A result and the evidence that it rests on."""

    result: Result
    captures: tuple[Capture, ...]


class Memo:
    """Results by name. Whoever comes while the first is at work waits for it.

    A failure is shared too: what was refused once is not tried again in the same run.
    """

    def __init__(self) -> None:
        """Know nothing."""
        self._lock = Lock()
        self._locks: dict[str, Lock] = {}
        self._kept: dict[str, object] = {}

    def once(self, name: str, act: Callable[[], Kept[Result]]) -> Kept[Result]:
        """Return what `act` gave the first time; `name` stands for one type. Raises."""
        with self._lock:
            mine = self._locks.setdefault(name, Lock())
        with mine:
            if name not in self._kept:
                try:
                    self._kept[name] = act()
                except CannotMeasure as failure:
                    self._kept[name] = failure
            found = self._kept[name]
        if isinstance(found, CannotMeasure):
            raise CannotMeasure(found.failure, found.detail)
        assert isinstance(found, Kept)  # noqa: S101 - only this method fills the store
        return found
