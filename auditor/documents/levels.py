"""What a decision on a security level says: the level, the operating unit, who may sign it."""

import re
from dataclasses import dataclass
from itertools import pairwise

from auditor.documents.stream import Hit, Stream, Words, bare, words_of
from auditor.documents.text import Table
from auditor.model.document_checks import SPECIALISED_UNIT, LevelAuthority

_NUMBERS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5}
_LEVEL = re.compile(
    r"(?<!tu )\bcap do (?:de xuat |phe duyet |duoc phe duyet |so )?0?([1-5]|mot|hai|ba|bon|nam)\b"
    r"(?! (?:[1-5]|va|hoac|den|tro len|tro xuong|\d{3,4})\b)"
)
_VALUE = re.compile(r"\s*(?:\([^)]{0,40}\)\s*)?(?::|–|—|\blà\b)\s*(.{3,160})", re.DOTALL)
_LONGEST_LABEL, _LONGEST_NAME = 80, 160
_ARTICLE_1, _ARTICLE_2 = re.compile(r" dieu 1 "), re.compile(r" dieu 2 ")


@dataclass(frozen=True, slots=True)
class Level:
    """Levels that the decision names; `level` only where it is one and the same."""

    level: int | None
    found: tuple[int, ...]
    hit: Hit | None


def level_of(words: Words) -> Level:
    """Find the approved level: in Article 1 (or the table that it holds), else anywhere."""
    stream = words.main
    start, end = _article(stream)
    for text, offset in ((stream.text[start:end], start), (stream.text, 0)):
        hits = list(_LEVEL.finditer(text))
        found = sorted({_NUMBERS.get(m[1]) or int(m[1]) for m in hits})
        if found:
            hit = stream.hit(offset + hits[0].start(), offset + hits[0].end())
            return Level(found[0] if len(found) == 1 else None, tuple(found), hit)
    return Level(None, (), None)


def _article(stream: Stream) -> tuple[int, int]:
    """Return where Article 1 begins and ends; nothing where there is none."""
    first = _ARTICLE_1.search(stream.text)
    if first is None:
        return 0, 0
    after = _ARTICLE_2.search(stream.text, first.end())
    return first.start() + 1, after.start() if after else len(stream.text)


def named(
    words: Words, tables: tuple[Table, ...], phrases: tuple[str, ...]
) -> tuple[str, Hit] | None:
    """Return what stands after one of these words and a colon, or in the next cell: a name."""
    for stream, hit in words.all(phrases):
        cell = _next_cell(tables, stream.text[hit.start : hit.end])
        if cell:
            return cell, hit
        last = stream.line_at(hit.end - 1)
        text = " ".join(line.text for line in stream.lines[last : last + 2])
        tail = _after(text, stream, hit)
        match = _VALUE.match(tail)
        if match:
            return re.split(r"[;.]\s|[;.]$|\s{3,}", match[1])[0].strip(), hit
    return None


def _next_cell(tables: tuple[Table, ...], label: str) -> str:
    """Return the cell behind one that holds just this label."""
    for row in (row for table in tables for row in table.rows):
        for cell, after in pairwise(row):
            if bare(" ".join(words_of(cell[:_LONGEST_LABEL]))) == label and after.strip():
                return " ".join(after.split())[:_LONGEST_NAME]
    return ""


def _after(text: str, stream: Stream, hit: Hit) -> str:
    """Return the text of a line from behind a hit on."""
    words = list(re.finditer(r"[^\W_]+", text))
    line = stream.line_at(hit.end - 1)
    begin = stream.line_start(line)
    inside = [w for w in stream.text[begin : hit.end].split() if w != "."]
    return text[words[len(inside) - 1].end() :] if len(inside) <= len(words) else ""


def signer_matches(
    rule: LevelAuthority | None, *, is_stated: bool | None, is_own: bool, is_delegated: bool
) -> bool | None:
    """Compare who issued the decision with who approves that level by the decree.

    `is_stated`: the issuer is the body that the document itself names as the approver, None if it
    names none; `is_own`: it is the operating unit. A public unit's owner is never guessed: without
    such words one thing alone is certain, that the operating unit does not approve its own level 1
    or 2, whose approver appraises too and is independent (Decree 331/2026, Article 18.4).
    """
    if rule is None or is_stated:
        return is_stated if rule else None
    if is_own and rule.approver == SPECIALISED_UNIT:
        return False
    return None if is_stated is None or is_delegated else False
