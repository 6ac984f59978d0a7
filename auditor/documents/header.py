"""What stands above a document's text: motto, bodies, number, place and date, type and title."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import takewhile

from auditor.documents.catalogue import DocumentCatalogue, DocumentType
from auditor.documents.elements import EXCERPT, Doubt, Field
from auditor.documents.pieces import DATE, Piece
from auditor.documents.words import fold, is_upper, phrase

SURE_OCR = 0.7
"""Below this an engine's word for a number or a day is not repeated (tool's own)."""

LEAST_OCR = 0.5
"""The same for a number whose symbol agrees with the document's type (tool's own)."""

HEADER_PIECES = 24
TITLE_PIECES = 8
YEARS = range(1945, 2100)
_OFFICIAL = re.compile(
    r"(\d{1,5}[a-zA-Z]?)\s*((?:/\s*\d{4})?)\s*([/-])\s*"
    r"([A-ZĐ][\wĐđ&]*(?:\s?[-/.]\s?[\wĐđ&]+|\s?&\s?[\wĐđ]+)*)"
)
_EMPTY = re.compile(r"[\s.…_]*(?:/\s*\d{4})?\s*[/-]\s*[A-ZĐ]|[\s.…_]*$")
_FREE = re.compile(r"[A-ZĐ]{0,10}[ .:]?\d[\wĐđ]*(?:\s?[-/.]\s?[\wĐđ&]+)*$")
_NUMBERED = re.compile(r"s[o06](?: hieu| ky hieu| hop dong)?\s*[:;.]\s*|s[o06](?= *[\d./…_])\s*")
_ABOUT = re.compile(r"v/v\b|ve viec\b|v/v:")
_SLASHED = re.compile(r"ngay\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")


def starts(piece: Piece, phrases: Sequence[str]) -> bool:
    """Whether a piece begins with one of the phrases; short words need their marks (sở, số, sổ)."""
    for words in phrases:
        found = phrase(words).match(piece.folded)
        begin = piece.text[: found.end()] if found else ""
        if found and (" " in words or begin.isascii() or begin.lower() == words):
            return True
    return False


def field(value: str, *sources: Piece, confidence: float = 1.0) -> Field:
    """Make a field of what was read in these pieces."""
    return Field(
        value=value,
        page=sources[0].page,
        excerpt=" ".join(piece.text for piece in sources)[:EXCERPT],
        confidence=round(min(confidence, *(piece.confidence for piece in sources)), 2),
        doubt=None,
    )


def doubted(doubt: Doubt, piece: Piece) -> Field:
    """Make a field without a value of what stands in its place."""
    return Field(page=piece.page, excerpt=piece.text[:EXCERPT], doubt=doubt)


def type_of(piece: Piece, rules: DocumentCatalogue) -> DocumentType | None:
    """Return the type whose name a piece begins with, written as a title is; the longest name."""
    found = [
        (len(name), kind)
        for kind in rules.types
        for name in kind.names
        if (match := phrase(name).match(piece.folded))
        and (is_upper(piece.text[: match.end()]) or not piece.folded[match.end() :].strip(" :"))
    ]
    return max(found, key=lambda item: item[0], default=(0, None))[1]


def title_at(all_pieces: Sequence[Piece], rules: DocumentCatalogue) -> int | None:
    """Find the piece with the name of the type; a letter has none."""
    for index, piece in enumerate(all_pieces[: 4 * HEADER_PIECES]):
        if starts(piece, rules.mark("addressee")) or starts(piece, ["nơi nhận"]):
            return None
        if type_of(piece, rules):
            return index
    return None


def body_at(all_pieces: Sequence[Piece], title: int | None, rules: DocumentCatalogue) -> int:
    """Find where the text begins, behind the title or at the addressee."""
    for index, piece in enumerate(all_pieces[: 4 * HEADER_PIECES]):
        if title is None and starts(piece, rules.mark("addressee")):
            return index
    if title is None:
        return min(HEADER_PIECES, len(all_pieces))
    for index in range(title + 1, min(title + 1 + TITLE_PIECES, len(all_pieces))):
        if _ends_title(all_pieces, title, index, rules):
            return index
    return min(title + 1 + TITLE_PIECES, len(all_pieces))


def _ends_title(
    all_pieces: Sequence[Piece], title: int, index: int, rules: DocumentCatalogue
) -> bool:
    piece, before = all_pieces[index], all_pieces[index - 1]
    if piece.page != before.page or re.match(r"[(*\-+]|\d+[.)]|[IVX]+\.|_{3,}", piece.text):
        return True
    if before.text.endswith((".", ";", ":")) and index > title + 1:
        return True
    is_first = index == title + 1 and not all_pieces[title].folded[20:].strip()
    if type_of(piece, rules) and not is_first:
        return True
    begins = [
        words for words in rules.mark("body_begins") if not (is_first and words == "thực hiện")
    ]
    return piece.text[:1].isupper() and starts(piece, begins)


def title(
    all_pieces: Sequence[Piece], at: int | None, body: int, rules: DocumentCatalogue
) -> tuple[Field, Field]:
    """Return the type's id and the title (type and trích yếu); a letter's title is its "V/v"."""
    if at is not None:
        kind = type_of(all_pieces[at], rules)
        lines = all_pieces[at:body]
        if kind is not None:
            text = " ".join(piece.text for piece in lines)
            return field(kind.id, all_pieces[at]), field(text, *lines)
    about = [i for i, piece in enumerate(all_pieces[:body]) if _ABOUT.match(piece.folded)]
    is_addressed = body < len(all_pieces) and starts(all_pieces[body], rules.mark("addressee"))
    if not about:
        letter = field("letter", all_pieces[body], confidence=0.7) if is_addressed else Field()
        return letter, Field()
    lines = [
        piece
        for piece in all_pieces[about[0] : body]
        if not is_anchor(piece, rules) and not is_upper(piece.text)
    ]
    text = " ".join(piece.text for piece in lines)
    return field("letter", lines[0], confidence=1.0 if is_addressed else 0.8), field(text, *lines)


def is_anchor(piece: Piece, rules: DocumentCatalogue) -> bool:
    """Whether a piece is one of the header's fixed elements."""
    return (
        starts(piece, (*rules.mark("motto"), *rules.mark("slogan"), *rules.mark("draft")))
        or bool(_NUMBERED.match(piece.folded))
        or bool(DATE.search(piece.folded))
    )


def motto(header: Sequence[Piece], rules: DocumentCatalogue) -> Field:
    """Find the national motto's first line."""
    for piece in header:
        if starts(piece, rules.mark("motto")):
            return field(piece.text, piece)
    return Field()


def bodies(header: Sequence[Piece], rules: DocumentCatalogue) -> tuple[Field, Field]:
    """Return the parent body and the issuing body: the lines of the left column."""
    heads, joining = rules.mark("bodies"), rules.mark("joining")
    groups: list[list[Piece]] = []
    for index, piece in enumerate(header):
        if piece.folded == "viet nam" and starts(header[index - 1], rules.mark("motto")):
            continue
        if _NUMBERED.match(piece.folded) or _ABOUT.match(piece.folded):
            if groups:
                break
            continue
        if is_anchor(piece, rules) or not is_upper(piece.text) or not piece.text[0].isalpha():
            continue
        is_head = starts(piece, heads)
        if groups and (not is_head or _goes_on(groups[-1][-1], joining)):
            groups[-1].append(piece)
        elif is_head:
            groups.append([piece])
    if not groups:
        return Field(), Field()
    whole = [field(" ".join(piece.text for piece in group), *group) for group in groups]
    return (whole[-2] if len(whole) > 1 else Field()), whole[-1]


def deciding_body(below: Sequence[Piece], rules: DocumentCatalogue) -> Field:
    """Find the body in the lines that say who decides: `GIÁM ĐỐC SỞ …`, `ỦY BAN NHÂN DÂN …`."""
    lines = list(takewhile(lambda piece: is_upper(piece.text), below))
    text = " ".join(piece.text for piece in lines)
    folded = fold(text)
    offices = (phrase(office).match(folded) for office in rules.mark("positions"))
    begin = max((office.end() for office in offices if office), default=0)
    name = text[begin:].strip()
    if not any(phrase(head).match(fold(name)) for head in rules.mark("bodies")):
        return Field()
    return field(name, *lines, confidence=0.7)


def _goes_on(before: Piece, joining: Sequence[str]) -> bool:
    last = before.folded.split()[-1]
    return before.text.endswith(("-", ",", "&")) or any(phrase(w).fullmatch(last) for w in joining)


def number(above: Sequence[Piece], below: Sequence[Piece], kind: DocumentType | None) -> Field:
    """Find number and symbol above the title, or for some types right below it."""
    for pieces, is_free in ((above, False), (below, kind is not None and kind.free_number)):
        for piece in pieces:
            start = _NUMBERED.match(piece.folded)
            if start is None or not piece.text[0].isupper():  # "số 91/2015/QH13" ends a sentence
                continue
            found = _number(piece, piece.text[start.end() :].strip(), is_free=is_free)
            if piece.is_ocr and found.value and not _is_sure(found, kind):
                return doubted(Doubt.UNREADABLE, piece)
            return found
    return Field()


def _is_sure(found: Field, kind: DocumentType | None) -> bool:
    """Whether an engine's reading of a number may be repeated: its symbol vouches for its type."""
    symbol = re.search(r"[A-ZĐ][a-zA-ZĐđ]*", found.value or "")
    if kind is None or not kind.symbol or symbol is None:
        return found.confidence >= SURE_OCR
    fits = symbol.group().startswith(kind.symbol) and (
        kind.free_number or symbol.group() == kind.symbol
    )
    return fits and found.confidence >= LEAST_OCR


def _number(piece: Piece, rest: str, *, is_free: bool) -> Field:
    rest = re.sub("[‐‑‒–—−]", "-", rest)
    rest = re.sub("ĐÐ|Ð", "Đ", rest)  # Eth looks the same in print; Tesseract reads one Đ as both
    if found := _OFFICIAL.match(rest):
        return field(re.sub(r"\s", "", found.group()), piece)
    if _EMPTY.match(rest):
        return doubted(Doubt.BLANK, piece)
    if is_free and (found := _FREE.match(rest)):
        return field(re.sub(r"\s*([-/.])\s*", r"\1", found.group()), piece, confidence=0.9)
    return doubted(Doubt.UNREADABLE, piece)


def place_and_day(pieces: Sequence[Piece]) -> tuple[Field, Field]:
    """Find the line with place and day: `Lai Châu, ngày 05 tháng 3 năm 2026`."""
    for piece in pieces:
        found = DATE.search(piece.folded)
        if found is None or len(piece.folded) > found.end() + 2:
            continue
        where = piece.text[: found.start()].strip().rstrip(",").strip()
        if not piece.text[0].isupper() or re.search(r"\d|:", where) or len(where.split()) > 6:  # noqa: PLR2004 - a place's words
            continue
        return (field(where, piece) if where else Field()), day(piece)
    return Field(), Field()


def opening_day(pieces: Sequence[Piece], openings: Sequence[str]) -> Field:
    """Find the day in a first sentence: `Hôm nay, ngày 12 tháng 01 năm 2026, tại …`."""
    for index, piece in enumerate(pieces):
        if not starts(piece, openings):
            continue
        for near in pieces[index : index + 2]:
            if DATE.search(near.folded) or _SLASHED.search(near.folded):
                return day(near)
    return Field()


def day(piece: Piece) -> Field:
    """Read the day that stands in a piece. An impossible or badly recognised one has no value."""
    found = DATE.search(piece.folded) or _SLASHED.search(piece.folded)
    if found is None:
        return doubted(Doubt.UNREADABLE, piece)
    parts = [re.sub(r"[\s.…_]", "", part) for part in found.groups()]
    if not all(parts):
        return doubted(Doubt.BLANK, piece)
    when = _day(parts)
    if when is None or (piece.is_ocr and piece.confidence < SURE_OCR):
        return doubted(Doubt.UNREADABLE, piece)
    return field(when.isoformat(), piece)


def _day(parts: Sequence[str]) -> date | None:
    try:
        numbers = [int(part) for part in parts]
        return date(numbers[2], numbers[1], numbers[0]) if numbers[2] in YEARS else None
    except ValueError:
        return None


def draft_marks(header: Sequence[Piece], rules: DocumentCatalogue) -> Iterator[Field]:
    """Find words that say that this is a draft."""
    for piece in header:
        if starts(piece, rules.mark("draft")) and len(piece.text.split()) <= 6:  # noqa: PLR2004
            yield field(piece.text, piece)
