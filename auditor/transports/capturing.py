"""How raw bytes become evidence, and how they become test data."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from auditor.model import Capture
from auditor.transports import Keep

COLLECTION = "collection.txt"
ORIGIN = "ORIGIN.txt"
COLLECT = "collect"
"""How evidence names a collector's output."""


class Captures:
    """The captures of one access, in order."""

    def __init__(self, keep: Keep) -> None:
        """Keep every piece of evidence with `keep`."""
        self._keep = keep
        self._taken: list[Capture] = []

    @property
    def taken(self) -> tuple[Capture, ...]:
        """What was kept so far."""
        return tuple(self._taken)

    def content(self, request: str, content: bytes) -> None:
        """Keep the bytes that answered a request."""
        digest = self._keep(request, content)
        self._taken.append(Capture(request=request, sha256=digest, size_bytes=len(content)))

    def join(self, others: tuple[Capture, ...]) -> None:
        """Add captures of another access that this one rests on too; the bytes are kept already."""
        self._taken += [capture for capture in others if capture not in self._taken]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a recording comes from: a fixture without it proves nothing."""

    system: str
    recorded_at: datetime
    command: str

    def __str__(self) -> str:
        """Return the text of ORIGIN.txt."""
        moment = self.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"system: {self.system}\nrecorded: {moment}\ncommand: {self.command}\n"


def write(folder: Path, raw: bytes, origin: Origin) -> None:
    """Write a collector's output where `replay:` finds it. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / COLLECTION).write_bytes(raw)
    (folder / ORIGIN).write_text(str(origin), encoding="utf-8")
