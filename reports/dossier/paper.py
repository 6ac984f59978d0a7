"""What a document of the dossier consists of; formats only lay it out."""

from dataclasses import dataclass
from enum import StrEnum

NONE_YET = "(chưa có)"
"""Stands where a reader could take an empty place for "nothing to say"."""

GAP = "……………"
"""A place for a person to write in."""


class Form(StrEnum):
    """How a line of text is set."""

    BASIS = "basis"  # căn cứ: italic
    HEADING = "heading"
    BODY = "body"
    ITEM = "item"
    NOTE = "note"  # small and italic
    FILL = "fill"  # to be written in by hand


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph."""

    form: Form
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header repeats on every page. `widths` are shares; cells are plain text."""

    columns: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """The end: who gets it, if it is sent to anybody, and blank places for who signs."""

    recipients: tuple[str, ...]
    signers: tuple[str, ...]


Block = Line | Table | Closing


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex on pages of its own with numbers of its own."""

    title: str
    subject: str
    of: str
    is_wide: bool
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What ties a document to a run: told on every page, and on the first as a QR code too."""

    lines: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Head:
    """The agency block. Number, place and date stay blank; `symbol` is the type's abbreviation."""

    parent: str
    body: str
    symbol: str
    is_dated: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """One document. `name` is its file's; `label` says that it is a draft, or restricted."""

    name: str
    head: Head | None
    label: str
    title: str
    subject: str
    blocks: tuple[Block, ...]
    annexes: tuple[Annex, ...]
    stamp: Stamp


def body(text: str) -> Line:
    """Return a paragraph."""
    return Line(Form.BODY, text)


def heading(text: str) -> Line:
    """Return a heading."""
    return Line(Form.HEADING, text)


def items(*texts: str) -> tuple[Line, ...]:
    """Return an enumeration; without items it says so."""
    return tuple(Line(Form.ITEM, f"- {text}") for text in texts or (NONE_YET,))


def fill(label: str, lines: int = 1) -> tuple[Line, ...]:
    """Return a label with dotted lines to write on."""
    return (Line(Form.FILL, label), *(Line(Form.FILL, "") for _line in range(lines - 1)))


def or_none(text: str) -> str:
    """Return the text, or the words for nothing there."""
    return text or NONE_YET
