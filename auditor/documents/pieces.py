"""A reading cut into pieces that stand alone: the two columns of a header told apart."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from auditor.documents.text import Line, Origin, Reading
from auditor.documents.words import fold, is_upper
from auditor.model import noun

_MOTTO = re.compile(
    r"c[o0]ng h[o0]a x[a4] h[o0]i(?: chu nghia viet nam)?|chu nghia viet nam"
    r"|d[o0]c lap\s*-\s*tu d[o0]|tu d[o0]\s*-\s*hanh phuc"
)
_BLANK = r"[\d\s.…_/]*?"
DATE = re.compile(rf"ngay({_BLANK})thang({_BLANK})nam\s*(\d[\d\s]*\d|[.…_]*)")
_MOTTO_LINE = "cong hoa xa hoi chu nghia viet nam"
_DAY_BEGINS = re.compile(r"ngay[\d\s.…_/]*(?:thang[\d\s.…_/]*(?:nam)?)?$")
_DAY_ENDS = re.compile(r"(?:thang[\d\s.…_/]*)?(?:nam)?\s*(?:\d{4}|[.…_]+)?")
_AUTHORITY = re.compile(r"(?<=\S)\s+(?=(?:TM|KT|TL|TUQ|Q)\.\s?[^\W\d_])")
_SIDE = re.compile(r"(?<=[;:.)])(?<!TM\.|KT\.|TL\.)(?<!UQ\.)(?<!Q\.)\s+(?=\S)")
_NAME = re.compile(r"^[^\W\d_]+(?: [^\W\d_]+){1,5}$")


@noun
class Piece:
    """Words that belong together on one line. `folded` is `text` without marks.

    `middle` is the horizontal middle as a share of the page's width, -1 where places are unknown.
    """

    page: int
    text: str
    folded: str
    middle: float = -1.0
    is_bold: bool = False
    is_ocr: bool = False
    confidence: float = 1.0


def pieces(reading: Reading) -> tuple[Piece, ...]:
    """Cut all lines of a reading, in its order; what a narrow column broke is joined again."""
    pages = {page.number: page for page in reading.pages}
    found: list[Piece] = []
    for line in reading.lines:
        page = pages.get(line.page)
        width = page.width_pt if page else 0.0
        is_ocr = page is not None and page.origin is Origin.OCR
        for piece in _cut(line, width, is_ocr=is_ocr):
            if found and _is_broken(found[-1], piece):
                found[-1] = _mended(found[-1], piece)
            else:
                found.append(piece)
    return tuple(found)


def _is_broken(before: Piece, after: Piece) -> bool:
    """Whether a line break parts the motto's first line, or a day."""
    if before.page != after.page:
        return False
    if _MOTTO.match(before.folded):
        return _MOTTO_LINE.startswith(f"{before.folded} {after.folded}")
    return bool(_DAY_BEGINS.search(before.folded) and _DAY_ENDS.fullmatch(after.folded))


def _mended(before: Piece, after: Piece) -> Piece:
    return replace(
        before,
        text=f"{before.text} {after.text}",
        folded=f"{before.folded} {after.folded}",
        is_bold=before.is_bold and after.is_bold,
        confidence=min(before.confidence, after.confidence),
    )


def _cut(line: Line, width: float, *, is_ocr: bool) -> Iterator[Piece]:
    text = line.text
    spans = sorted({0, *_cuts(text), len(text)})
    for start, end in pairwise(spans):
        part = text[start:end].strip()
        if not re.search(r"[^\W_]", part):
            continue
        middle = -1.0
        if line.box and width > 0:
            left, right = line.box[0], line.box[2]
            middle = (left + (right - left) * (start + end) / 2 / len(text)) / width
        yield Piece(
            page=line.page,
            text=part,
            folded=fold(part),
            middle=middle,
            is_bold=line.is_bold,
            is_ocr=is_ocr,
            confidence=line.confidence,
        )


def _cuts(text: str) -> Iterator[int]:
    """Find where one line holds two columns."""
    folded = fold(text)
    day = DATE.search(folded)
    for match in _MOTTO.finditer(folded):
        if match.start() and not _MOTTO.search(folded[: match.start()]):
            yield match.start()
    if day and (place := _place(text, folded[: day.start()])) is not None:
        yield place
    for match in _AUTHORITY.finditer(text):
        yield match.start()
    for match in _SIDE.finditer(text):
        if _stands_aside(text[match.end() :].strip()):
            yield match.end()


def _place(text: str, before: str) -> int | None:
    """Find where the place begins that stands before a day: `Lai Châu, ngày …`."""
    head = before.rstrip()
    if not head.endswith(","):
        return None
    start = None
    for word in reversed(list(re.finditer(r"\S+", text[: len(head)]))):
        plain = word.group().rstrip(",")
        is_shout = len(plain) > 3 and is_upper(plain) and plain.isupper()  # noqa: PLR2004 - TP., TX.
        if is_shout or not plain[:1].isupper() or re.search(r"[\d/:]", plain):
            break
        start = word.start()
    return start


def _stands_aside(rest: str) -> bool:
    """Whether what follows a recipient is the signer's column: capitals, or a person's name."""
    words = rest.split()
    if not _NAME.match(rest) or len(words) < 2:  # noqa: PLR2004 - one word is no name and no post
        return False
    return rest.isupper() or all(word[0].isupper() and word[1:].islower() for word in words)
