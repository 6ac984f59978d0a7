"""What stands below a document's text: signers, recipients, and what is attached behind them."""

import re
from collections.abc import Iterator, Sequence

from auditor.documents.catalogue import DocumentCatalogue
from auditor.documents.elements import Doubt, Field, Signer
from auditor.documents.header import field, starts, type_of
from auditor.documents.pieces import Piece
from auditor.documents.text import Origin, Reading
from auditor.documents.words import is_upper, phrase

_APPENDIX = re.compile(r"phu luc(?: so)?(?: [ivx]{1,5}| \d{1,2})?\s*[:.]?$")
_LEAST_WORDS, _MOST_WORDS = 2, 6
_NEAR = 6
_PAIR_GAP = 0.2
_WORD = re.compile(r"[^\W\d_]+$")


def split_behind(
    pieces: Sequence[Piece], body: int, rules: DocumentCatalogue
) -> tuple[int, tuple[Field, ...], tuple[Field, ...]]:
    """Find where the document itself ends; return the appendices and the attached titles too."""
    end, appendices, attached = len(pieces), [], []
    for index in range(body, len(pieces)):
        piece = pieces[index]
        near = pieces[index + 1 : index + 1 + _NEAR]
        is_attached = any(_is_attaching(later, rules) for later in near)
        if _APPENDIX.match(piece.folded) or (
            starts(piece, rules.mark("appendix")) and is_upper(piece.text)
        ):
            appendices.append(field(piece.text, piece))
            end = min(end, index)
        elif is_attached and type_of(piece, rules):
            lines = [piece, *_until_attaching(near, rules)]
            attached.append(field(" ".join(line.text for line in lines), *lines))
            end = min(end, index)
    return end, tuple(appendices), tuple(attached)


def _is_attaching(piece: Piece, rules: DocumentCatalogue) -> bool:
    phrases = rules.mark("attached")
    return piece.text.startswith("(") and any(phrase(w).search(piece.folded) for w in phrases)


def _until_attaching(near: Sequence[Piece], rules: DocumentCatalogue) -> Iterator[Piece]:
    for piece in near:
        if _is_attaching(piece, rules):
            return
        yield piece


def legal_bases(pieces: Sequence[Piece], rules: DocumentCatalogue) -> Iterator[Field]:
    """Collect what the document rests on, each paragraph with its lines joined."""
    current: list[Piece] = []
    for piece in pieces:
        if starts(piece, rules.mark("legal_bases")) and piece.text[0].isupper():
            if current:
                yield field(" ".join(p.text for p in current), *current)
            current = [piece]
        elif current and not current[-1].text.rstrip().endswith((";", ".", ":")):
            current.append(piece)
        elif current:
            break
    if current:
        yield field(" ".join(p.text for p in current), *current)


def recipients(pieces: Sequence[Piece], rules: DocumentCatalogue) -> Iterator[Field]:
    """Collect the list below "Nơi nhận"."""
    starting = [i for i, piece in enumerate(pieces) if starts(piece, rules.mark("recipients"))]
    if not starting:
        return
    for piece in pieces[starting[-1] + 1 :]:
        if re.match(r"[-–+•]\s*\S", piece.text):
            yield field(piece.text.lstrip("-–+• ").rstrip(";. "), piece)


def signers(pieces: Sequence[Piece], rules: DocumentCatalogue) -> Iterator[Signer]:
    """Read the signature blocks at the end: marks of authority, office, name."""
    listed = rules.mark("recipients")
    pieces = [p for p in pieces if not p.text.startswith(("-", "–", "+")) and not starts(p, listed)]
    blocks: list[list[Piece]] = []
    for index, piece in enumerate(pieces):
        if not (_mark(piece, rules) or _is_office(piece, rules)):
            continue
        if blocks and pieces[index - 1] is blocks[-1][-1] and not _is_office(blocks[-1][-1], rules):
            blocks[-1].append(piece)
        else:
            blocks.append([piece])
    blocks = [block for block in blocks if any(_is_office(piece, rules) for piece in block)]
    taken: set[int] = set()
    for block in blocks:
        office = block[-1]
        name = _name(pieces, office, rules, taken)
        on_behalf = [piece for piece in block if _mark(piece, rules)]
        yield Signer(
            marks=tuple(mark for piece in on_behalf if (mark := _mark(piece, rules))),
            on_behalf=field("; ".join(p.text for p in on_behalf), *on_behalf)
            if on_behalf
            else Field(),
            position=field(office.text, office),
            name=name,
        )


def _mark(piece: Piece, rules: DocumentCatalogue) -> str | None:
    for mark in rules.mark("authorities"):
        if re.match(rf"{mark}\s?\.\s?\w", piece.folded) and is_upper(piece.text):
            return mark.upper()
    return None


def _is_office(piece: Piece, rules: DocumentCatalogue) -> bool:
    bare = re.sub(r"^q\s?\.\s?", "", piece.folded)
    is_short = len(piece.text.split()) <= 12  # noqa: PLR2004 - an office with its body's name
    return (
        is_short
        and is_upper(piece.text)
        and not piece.text.startswith("-")
        and any(phrase(words).match(bare) for words in rules.mark("positions"))
    )


def _name(
    pieces: Sequence[Piece], office: Piece, rules: DocumentCatalogue, taken: set[int]
) -> Field:
    start = next(i for i, piece in enumerate(pieces) if piece is office)
    for index in range(start + 1, min(start + 30, len(pieces))):
        piece = pieces[index]
        if index in taken or not _is_name(piece) or _is_office(piece, rules):
            continue
        if (
            -1 not in (piece.middle, office.middle)
            and abs(piece.middle - office.middle) > _PAIR_GAP
        ):
            continue
        taken.add(index)
        return field(piece.text, piece)
    return Field()


def _is_name(piece: Piece) -> bool:
    words = piece.text.split()
    return _LEAST_WORDS <= len(words) <= _MOST_WORDS and all(
        _WORD.match(word) and word[0].isupper() and (word[1:].islower() or word.isupper())
        for word in words
    )


def seal(reading: Reading, found: Sequence[Signer]) -> Field:
    """Say whether a picture stands on a page with a signer; of what, nobody can tell from here."""
    pages = {signer.position.page for signer in found}
    for page in reading.pages:
        if page.number in pages and page.pictures and page.origin is Origin.TEXT:
            return Field(page=page.number, doubt=Doubt.UNVERIFIED)
        if page.number in pages and page.origin is not Origin.TEXT:
            return Field(page=page.number, doubt=Doubt.UNREADABLE)
    return Field()
