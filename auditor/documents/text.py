"""What a reader got out of one file: values that carry no judgement."""

import re
import unicodedata
from enum import StrEnum

from auditor.model import noun

_SPACES = re.compile(r"\s+")


class Origin(StrEnum):
    """Where a page's words come from."""

    TEXT = "text"  # characters that the file itself holds
    OCR = "ocr"  # recognised in a picture: may be wrong
    NONE = "none"  # a picture that nobody has read


@noun
class Line:
    """One line of text, NFC, without control characters, as a reader of the page meets it.

    `box` is (left, top, right, bottom) in points from the top left corner of the upright page;
    empty where the format has no places (DOCX). `size_pt` 0 means unknown. `level` is the heading
    level of a DOCX paragraph, 0 for none. `confidence` is 1 for text, the engine's for OCR.
    """

    page: int
    text: str
    box: tuple[float, ...] = ()
    size_pt: float = 0.0
    is_bold: bool = False
    level: int = 0
    confidence: float = 1.0


@noun
class Table:
    """A table as it stands in the document; `page` is 0 where the format has no pages."""

    page: int
    rows: tuple[tuple[str, ...], ...]


@noun
class Page:
    """One page, numbered from 1. A DOCX file counts as one page without a size.

    Size and places are those of the page turned so that most of its words stand upright; `rotation`
    is how far they stand turned as the page is shown, in degrees clockwise: 0, 90, 180 or 270.
    """

    number: int
    origin: Origin
    width_pt: float = 0.0
    height_pt: float = 0.0
    rotation: int = 0
    pictures: int = 0


class ReadingFault(StrEnum):
    """Why a file, or a part of it, was not read. Each is told once, in a sentence of its own."""

    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"
    BOMB = "bomb"
    MACROS = "macros"
    WRONG_EXTENSION = "wrong_extension"
    UNSUPPORTED = "unsupported"
    LEGACY_ENCODING = "legacy_encoding"
    NO_OCR = "no_ocr"


@noun
class Reading:
    """One file as it was read. `media_type` is by content, never by name.

    `faults` may stand beside text: a file with macros is read, its macros are not.
    """

    sha256: str
    size_bytes: int
    media_type: str
    pages: tuple[Page, ...] = ()
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    faults: tuple[ReadingFault, ...] = ()
    encoding: str = ""  # "TCVN3", "VNI" where text was converted from it
    producer: str = ""


def clean(text: str) -> str:
    """Return text as a `Line` holds it: NFC, one line, no control or invisible characters."""
    kept = []
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if category == "Cs":
            kept.append("\ufffd")
        elif category == "Cc":
            kept.append(" ")
        elif category not in {"Cf", "Cn"}:
            kept.append(character)
    return unicodedata.normalize("NFC", _SPACES.sub(" ", "".join(kept)).strip())
