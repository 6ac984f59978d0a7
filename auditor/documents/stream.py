"""The words of a document in one line, so that a phrase is found across line breaks."""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from auditor.documents.text import Line, Origin, Reading
from auditor.documents.words import composed, fold

LONGEST_EXCERPT = 200
STOP = "."
"""Stands in the stream where a sentence ends; no phrase reaches over it."""

_TOKEN = re.compile(r"[^\W_]+|[.;!?](?=\s|$)")
_BROKEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\s*$")
_CONTENTS = re.compile(r"(?:\.\s?|…\s?|_){4,}\s*\d{1,4}\s*$")
_LETTER = re.compile(r"\s*[^\W\d_]+")
_D_STROKE = "\u0111"
_NEAR = 6
"""Words before a phrase in which a negation turns it around."""

_ROMAN = r"[IVXLC]{1,6}"
_NUMBERED = re.compile(
    rf"\s*(?:(?i:chương|mục|phần|điều)\s+(?:\d+|{_ROMAN})|{_ROMAN}[.)]"
    r"|\d{1,2}(?:\.\d{1,2}){0,3}[.)]?\s)"
)
_LONGEST_HEADING = 20


def bare(text: str) -> str:
    """Return lower-case text without diacritics; its words stay as many as they were."""
    return fold(composed(text))


def _tokens(text: str) -> list[str]:
    # a reader gives NFC; a phrase of somebody's own data may be anything
    lower = unicodedata.normalize("NFC", text).lower()
    return [t if t[0].isalnum() else STOP for t in _TOKEN.findall(lower)]


@lru_cache(maxsize=8192)
def words_of(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase, lower-case, with their diacritics."""
    return tuple(t for t in _tokens(phrase) if t != STOP)


@lru_cache(maxsize=8192)
def _marks(word: str) -> Counter[str]:
    apart = unicodedata.normalize("NFD", word)
    return Counter(c for c in apart if c == _D_STROKE or unicodedata.combining(c))


def _is_meant(found: str, wanted: str) -> bool:
    """Whether a word may be the wanted one: marks may be missing, other ones may not stand."""
    return _marks(found) <= _marks(wanted)


def _excerpt(text: str, at: int) -> str:
    """Cut a short quotation out of a text, around a place in it."""
    begin = max(0, min(at - LONGEST_EXCERPT // 3, len(text) - LONGEST_EXCERPT))
    part = " ".join(text[begin : begin + LONGEST_EXCERPT - 2].split())
    return f"{'…' * (begin > 0)}{part}{'…' * (len(text) - begin > LONGEST_EXCERPT)}"


def is_heading(line: Line) -> bool:
    """Tell a heading: by its level, number, capitals or weight, if it is short and no sentence."""
    text = line.text.strip()
    short = 0 < len(text.split()) <= _LONGEST_HEADING and text[-1] not in ".;,"
    return short and bool(
        line.level or line.is_bold or _NUMBERED.match(text) or (text.isupper() and " " in text)
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a phrase stands; `start` and `end` lie in the stream it was found in."""

    page: int
    line: int
    excerpt: str
    is_heading: bool
    start: int
    end: int


class Stream:
    """A document as one line of bare words, and where each of its lines begins there."""

    def __init__(self, lines: Iterable[Line], doubtful_pages: frozenset[int]) -> None:
        """Take lines as they are read; on doubtful pages (OCR) marks decide nothing."""
        self.lines = tuple(lines)
        self._doubtful = doubtful_pages
        parts: list[str] = []
        self._starts: list[int] = []
        length = 1
        for line in self.lines:
            self._starts.append(length)
            words = " ".join(_tokens(line.text))
            if words:
                part = bare(words)
                parts.append(part)
                length += len(part) + 1
        self.text = f" {' '.join(parts)} "

    def line_at(self, position: int) -> int:
        """Return the index of the line that a position of the stream lies in."""
        return bisect_right(self._starts, position) - 1

    def line_start(self, index: int) -> int:
        """Return where a line begins in the stream."""
        return self._starts[index]

    def find(self, phrase: str, negations: tuple[str, ...] = ()) -> Iterator[Hit]:
        """Yield where a phrase stands as whole words, and no negation turns it around."""
        wanted = words_of(phrase)
        needle = f" {bare(' '.join(wanted))} "
        at = self.text.find(needle) if wanted else -1
        while at >= 0:
            start, end = at + 1, at + len(needle) - 1
            if self._is_marked(start, wanted) and not self._is_negated(start, end, negations):
                yield self.hit(start, end)
            at = self.text.find(needle, at + 1)

    def hit(self, start: int, end: int) -> Hit:
        """Describe a place of the stream."""
        first, last = self.line_at(start), self.line_at(end - 1)
        line = self.lines[first]
        quote = " ".join(item.text for item in self.lines[first : last + 1])
        skipped = self.text.count(" ", self._starts[first], start)
        places = [match.start() for match in _TOKEN.finditer(quote)]
        return Hit(line.page, first, _excerpt(quote, places[skipped]), is_heading(line), start, end)

    def before(self, position: int, words: int) -> str:
        """Return so many words before a position, within its sentence, in spaces."""
        sentence = self.text[max(0, position - words * 12) : position].rpartition(f" {STOP} ")[2]
        return f" {' '.join(sentence.split()[-words:])} "

    def after(self, position: int, words: int) -> str:
        """Return so many words after a position, within its sentence, in spaces."""
        sentence = self.text[position : position + words * 12].partition(f" {STOP} ")[0]
        return f" {' '.join(sentence.split()[:words])} "

    def around(self, hit: Hit, before: int, after: int) -> str:
        """Return the words around a hit, over the ends of sentences."""
        left = self.text[max(0, hit.start - before * 12) : hit.start].split()[-before:]
        right = self.text[hit.end : hit.end + after * 12].split()[:after]
        return f" {' '.join(left)} | {' '.join(right)} "

    def _is_marked(self, start: int, wanted: tuple[str, ...]) -> bool:
        first = self.line_at(start)
        if self.lines[first].page in self._doubtful:
            return True
        skipped = self.text.count(" ", self._starts[first], start)
        found: list[str] = []
        for line in self.lines[first:]:
            found += _tokens(line.text)
            if len(found) >= skipped + len(wanted):
                break
        return all(map(_is_meant, found[skipped : skipped + len(wanted)], wanted))

    def _is_negated(self, start: int, end: int, negations: tuple[str, ...]) -> bool:
        left, right = self.before(start, _NEAR), self.after(end, _NEAR)
        words = [bare(" ".join(words_of(phrase))) for phrase in negations]
        return any(f" {word} " in left or right.startswith(f" {word} ") for word in words)


@dataclass(frozen=True, slots=True)
class Words:
    """A document to be searched: as its lines stand, and with words joined that a hyphen broke."""

    streams: tuple[Stream, ...]
    negations: tuple[str, ...]

    @property
    def main(self) -> Stream:
        """The lines as they stand."""
        return self.streams[0]

    def all(self, phrases: Iterable[str]) -> Iterator[tuple[Stream, Hit]]:
        """Yield every hit of every phrase, with the stream that it stands in."""
        for phrase in phrases:
            for stream in self.streams:
                for hit in stream.find(phrase, self.negations):
                    yield stream, hit

    def first(self, phrases: Iterable[str]) -> Hit | None:
        """Return the first hit of any of these phrases."""
        return next((hit for _stream, hit in self.all(phrases)), None)


def words_in(reading: Reading, negations: tuple[str, ...]) -> Words:
    """Prepare a reading for searching; lines of a table of contents are left out."""
    lines = [line for line in reading.lines if not _CONTENTS.search(line.text)]
    doubtful = frozenset(page.number for page in reading.pages if page.origin is Origin.OCR)
    streams = [Stream(lines, doubtful)]
    joined = _joined(lines)
    if joined is not None:
        streams.append(Stream(joined, doubtful))
    return Words(tuple(streams), negations)


def _joined(lines: list[Line]) -> list[Line] | None:
    """Join words that a hyphen at the end of a line breaks; nothing where none does."""
    joined, changed = list(lines), False
    for index in range(len(joined) - 1):
        here, there = joined[index], joined[index + 1]
        head = _LETTER.match(there.text)
        if head and _BROKEN.search(here.text) and head.group().strip().islower():
            text = _BROKEN.sub("", here.text) + head.group().strip()
            joined[index] = replace(here, text=text)
            joined[index + 1] = replace(there, text=there.text[head.end() :])
            changed = True
    return joined if changed else None
