"""Every letter of a PDF with its place, font and size, as the file itself has them."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

_POINT_MM = 25.4 / 72


@dataclass(frozen=True)
class Letter:
    """A letter that leaves ink; millimetres from the left and the upper edge of the page."""

    page: int
    text: str
    left: float
    right: float
    top: float
    bottom: float
    font: str
    size_pt: float


def letters(content: bytes) -> tuple[tuple[tuple[float, float], ...], tuple[Letter, ...]]:
    """Return the sizes of the pages and all letters."""
    document = pypdfium2.PdfDocument(content)
    sizes = tuple(
        (w * _POINT_MM, h * _POINT_MM) for w, h in map(document.get_page_size, range(len(document)))
    )
    found = tuple(
        letter
        for number, page in enumerate(document)
        for letter in _of(page, number, sizes[number][1])
    )
    document.close()
    return sizes, found


def _of(page: pypdfium2.PdfPage, number: int, height: float) -> Iterator[Letter]:
    text = page.get_textpage()
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    for place in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, place))
        if not letter.strip() or letter in "\ufffe\x02":
            continue
        left, low, right, high = (value * _POINT_MM for value in text.get_charbox(place))
        pdfium.FPDFText_GetFontInfo(text, place, name, len(name), flags)
        size = pdfium.FPDFText_GetFontSize(text, place)
        font = name.value.decode().rpartition("+")[2]
        yield Letter(number, letter, left, right, height - high, height - low, font, size)


def lines(found: tuple[Letter, ...]) -> list[str]:
    """Return the text, line by line without white space, in the order of the file."""
    shown: list[str] = []
    last: Letter | None = None
    for letter in found:
        if last is None or last.page != letter.page or abs(last.bottom - letter.bottom) > 3:
            shown.append("")
        shown[-1] += letter.text
        last = letter
    return shown
