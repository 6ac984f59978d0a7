"""What has been read of one file so far; whatever stops the reading, this much is kept."""

import time
from dataclasses import dataclass, field

from auditor.documents import legacy
from auditor.documents.layout import Glyphs
from auditor.documents.limits import Limits
from auditor.documents.syllables import is_syllable, words
from auditor.documents.text import Line, Origin, Page, Reading, ReadingFault, Table, clean

_LATIN_1 = 0xFF


class Stopped(Exception):
    """Reading ends here, for a reason that can be told."""

    def __init__(self, fault: ReadingFault) -> None:
        """Keep the reason."""
        super().__init__(fault)
        self.fault = fault


@dataclass(slots=True)
class RawLine:
    """A line as the file holds it: neither converted nor cleaned."""

    page: int
    piece: Glyphs
    level: int = 0
    has_place: bool = True


@dataclass(slots=True)
class Draft:
    """A `Reading` in the making. Its methods raise `Stopped` when a limit is reached."""

    limits: Limits
    pages: list[Page] = field(default_factory=list)
    lines: list[RawLine] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    faults: set[ReadingFault] = field(default_factory=set)
    producer: str = ""
    _characters: int = 0
    _started: float = field(default_factory=time.monotonic)

    @property
    def seconds_left(self) -> float:
        """How long this file may still take."""
        return self.limits.seconds - (time.monotonic() - self._started)

    def in_time(self) -> None:
        """Stop when the time is up."""
        if self.seconds_left <= 0:
            raise Stopped(ReadingFault.TOO_SLOW)

    def page(self, page: Page) -> None:
        """Add a page."""
        self.pages.append(page)

    def line(self, line: RawLine) -> None:
        """Add a line."""
        self._count(len(line.piece.text))
        self.lines.append(line)

    def text(
        self, page: int, text: str, *, level: int = 0, size_pt: float = 0.0, is_bold: bool = False
    ) -> None:
        """Add a line of a format that has no places."""
        if text and not text.isspace():
            piece = Glyphs(text, 0, 0, 0, 0, size_pt=size_pt, is_bold=is_bold)
            self.line(RawLine(page, piece, level, has_place=False))

    def table(self, table: Table) -> None:
        """Add a table."""
        self._count(sum(len(cell) for row in table.rows for cell in row))
        self.tables.append(table)

    def _count(self, characters: int) -> None:
        self._characters += characters
        if self._characters > self.limits.characters:
            raise Stopped(ReadingFault.TOO_LARGE)

    def finish(self, sha256: str, size_bytes: int, media_type: str) -> Reading:
        """Convert what is in an old encoding, clean it, and make it a value."""
        old = [line.piece.text for line in self.lines if _may_be_old(line.piece.text)]
        encoding = legacy.recognise("\n".join(old))
        if legacy.is_unreadable("\n".join(line.piece.text for line in self.lines)):
            self.faults.add(ReadingFault.LEGACY_ENCODING)
        lines = (_line(raw, encoding) for raw in self.lines)
        begun = {line.page for line in self.lines} - {page.number for page in self.pages}
        self.pages += [Page(number=number, origin=Origin.TEXT) for number in sorted(begun)]
        return Reading(
            sha256=sha256,
            size_bytes=size_bytes,
            media_type=media_type,
            pages=tuple(self.pages),
            lines=tuple(line for line in lines if line.text),
            tables=tuple(_table(table, encoding) for table in self.tables),
            faults=tuple(sorted(self.faults)),
            encoding=encoding or "",
            producer=clean(self.producer)[:200],
        )


def _may_be_old(text: str) -> bool:
    return not text.isascii() and not any(c.isalpha() and ord(c) > _LATIN_1 for c in text)


def _converted(text: str, encoding: legacy.Encoding | None, font: str = "") -> str:
    """Convert a text of a document in an old encoding, unless it reads better as it is."""
    if encoding is None or (not text.isascii() and not _may_be_old(text)):
        return clean(text)
    after = legacy.FROM[encoding](text, font)
    right = [sum(map(is_syllable, words(kind))) for kind in (text, after)]
    return clean(after if right[1] >= right[0] else text)


def _line(raw: RawLine, encoding: legacy.Encoding | None) -> Line:
    piece = raw.piece
    box = (piece.left, piece.top, piece.right, piece.bottom) if raw.has_place else ()
    return Line(
        page=raw.page,
        text=_converted(piece.text, encoding, piece.font),
        box=tuple(round(value, 1) for value in box),
        size_pt=round(piece.size_pt, 1),
        is_bold=piece.is_bold,
        level=raw.level,
        confidence=round(piece.confidence, 2),
    )


def _table(table: Table, encoding: legacy.Encoding | None) -> Table:
    rows = (tuple(_converted(cell, encoding) for cell in row) for row in table.rows)
    return Table(page=table.page, rows=tuple(rows))
