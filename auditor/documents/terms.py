"""What contracts and certificates promise: until when, and how fast."""

import re
from dataclasses import dataclass
from datetime import date

from auditor.documents.stream import Hit, Stream, Words, bare, words_of
from auditor.model.document_checks import DocumentChecks

_DAY = r"(?:ngay )?(\d{1,2}) (?:thang )?(\d{1,2}) (?:nam )?(\d{4})\b"
_UNTIL = re.compile(rf" (?:(?:het )?(?:hieu luc |thoi han )?(?:la )?)?{_DAY}")
_BETWEEN = re.compile(rf" {_DAY} (?:cho )?den (?:het )?{_DAY}")
_SPEED = re.compile(
    r"(\d{1,3}(?:\.\d{3})+|\d+(?:[.,]\d+)?)(?:\s*/\s*(\d+(?:[.,]\d+)?))?"
    r"\s*([gm])(?:bps|b/s|bits?/s)(?!\w)",
    re.IGNORECASE,
)
_GIGA = 1000.0


def valid_until(words: Words, checks: DocumentChecks) -> tuple[date, Hit] | None:
    """Return the last day that the document names for itself; nothing where two differ."""
    found: dict[date, Hit] = {}
    for phrases, pattern, group in (
        (checks.valid_until, _UNTIL, 1),
        (checks.valid_from, _BETWEEN, 4),
    ):
        for stream, hit in words.all(phrases):
            match = pattern.match(stream.text, hit.end)
            day = _date(match, group) if match else None
            if match and day:
                found.setdefault(day, stream.hit(hit.start, match.end()))
    return next(iter(found.items())) if len(found) == 1 else None


def _date(match: re.Match[str], group: int) -> date | None:
    day, month, year = (int(match[group + n]) for n in range(3))
    try:
        return date(year, month, day)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Speed:
    """One promised speed; `way` is down, up, domestic, international or, if not said, both."""

    mbps: float
    way: str
    page: int
    excerpt: str


def speeds(words: Words, checks: DocumentChecks) -> tuple[Speed, ...]:
    """Return every speed that the document names, each with the way it is for."""
    stream = words.main
    return tuple(
        speed
        for index, line in enumerate(stream.lines)
        if _SPEED.search(line.text)
        for speed in _of_line(stream, index, checks)
    )


def _of_line(stream: Stream, index: int, checks: DocumentChecks) -> list[Speed]:
    line = stream.lines[index]
    text = bare(line.text)
    said = sorted(
        (match.start(), way)
        for way, phrases in checks.speed_words.items()
        for phrase in phrases
        for match in re.finditer(r"\W+".join(map(bare, words_of(phrase))), text)
    )
    numbers = list(_SPEED.finditer(line.text))
    excerpt = " ".join(line.text.split())[:200]
    ways = [way for at, way in said if at < numbers[0].start()]
    # "tải xuống/tải lên: 300 Mbps/150 Mbps": as many words as numbers, in the same order
    zipped = ways if len(ways) == len(numbers) == len(said) and len(ways) > 1 else []
    found = []
    for number, match in enumerate(numbers):
        before = [way for at, way in said if at < match.start()]
        way = zipped[number] if zipped else before[-1] if before else "both"
        scale = _GIGA if match[3].lower() == "g" else 1.0
        if match[2]:
            found.append(Speed(_number(match[1]) * scale, "down", line.page, excerpt))
            found.append(Speed(_number(match[2]) * scale, "up", line.page, excerpt))
        else:
            found.append(Speed(_number(match[1]) * scale, way, line.page, excerpt))
    return found


def _number(text: str) -> float:
    """Read a number as Vietnamese texts write it: 1.000 is a thousand, 1,5 one and a half."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", text):
        return float(text.replace(".", ""))
    return float(text.replace(",", "."))


def promised(found: tuple[Speed, ...], *ways: str) -> Speed | None:
    """Return the one speed for a way, by the first of these words that any has; no guess."""
    for way in ways:
        mine = {speed.mbps: speed for speed in found if speed.way == way}
        if mine:
            return next(iter(mine.values())) if len(mine) == 1 else None
    return None
