"""What the engine is given: rows of one collection, and what could not be seen."""

from dataclasses import dataclass
from datetime import datetime

from auditor.model import Row
from auditor.model.products import Kind

NEEDED = frozenset({"processes", "services", "packages", "files", "sockets"})
"""Sections without which nothing can be said to be absent."""

SECTION_OF = {
    Kind.PROCESS: "processes",
    Kind.SERVICE: "services",
    Kind.PACKAGE: "packages",
    Kind.PATH: "files",
    Kind.PORT: "sockets",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Rows of one machine, as the collector's parsers give them.

    `now` is the machine's own clock with the machine's own offset, so that times written without
    an offset can be read. `complete` names the sections that ran fully; `is_root` says whether
    the account could read what belongs to others. `unasked` names products for which the machine
    was not asked everything: what is not seen of them is open.
    """

    platform: str
    is_root: bool
    now: datetime
    complete: frozenset[str]
    unasked: frozenset[str] = frozenset()
    hostname: str = ""
    processes: tuple[Row, ...] = ()
    services: tuple[Row, ...] = ()
    packages: tuple[Row, ...] = ()
    sockets: tuple[Row, ...] = ()
    files: tuple[Row, ...] = ()
    status_outputs: tuple[Row, ...] = ()
    log_forwarding: tuple[Row, ...] = ()
    fanotify: tuple[Row, ...] = ()
    schedulers: tuple[Row, ...] = ()
    mounts: tuple[Row, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a clock without an offset: an age computed on it would be a guess."""
        if self.now.tzinfo is None:
            message = "the host clock needs its offset"
            raise ValueError(message)

    @property
    def sees_everything(self) -> bool:
        """Whether not finding something means that it is not there."""
        return self.is_root and self.complete >= NEEDED

    def saw(self, section: str) -> bool:
        """Whether one section ran fully with enough rights."""
        return self.is_root and section in self.complete


def text(row: Row, column: str) -> str:
    """Return a column as text; empty when it is not known."""
    value = row.get(column)
    return value if isinstance(value, str) else ""


def number(row: Row, column: str) -> int | None:
    """Return a whole number; None when it is not known."""
    value = row.get(column)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def words(row: Row, column: str) -> tuple[str, ...]:
    """Return a column that holds several words; empty when it is not known."""
    value = row.get(column)
    return value if isinstance(value, tuple) else ()
