"""A drawing before it is SVG: a few shapes with a meaning each, in units of one PDF point.

All text is harmless (`clean`) before it comes here; `svg` escapes it.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

WIDTH = 440.0
"""Every drawing is as wide, so that letters are of one size on paper, screen and phone."""

SIZE = 13.0
SMALL = 11.0
_LETTER = 0.58
"""Mean width of a letter in parts of its size, rather that of a wide screen font."""


class Look(StrEnum):
    """What a shape says. Each differs from the others without any colour."""

    MET = "met"
    NOT_MET = "not_met"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not_applicable"
    BOX = "box"
    DOUBTFUL = "doubtful"
    AXIS = "axis"
    GRID = "grid"
    LIMIT = "limit"
    REFERENCE = "reference"
    DOT = "dot"
    MEDIAN = "median"


class Face(StrEnum):
    """How words are set."""

    LABEL = "label"
    STRONG = "strong"
    QUIET = "quiet"
    BIG = "big"


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    look: Look


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    look: Look


@dataclass(frozen=True, slots=True)
class Arc:
    """A part of a ring; `start` and `end` are parts of a turn, clockwise from the top."""

    x: float
    y: float
    outer: float
    inner: float
    start: float
    end: float
    look: Look

    def at(self, radius: float, turn: float) -> tuple[float, float]:
        """Return the point at this part of a turn."""
        angle = 2 * math.pi * turn
        return self.x + radius * math.sin(angle), self.y - radius * math.cos(angle)


@dataclass(frozen=True, slots=True)
class Dot:
    """A small round mark, or a cross where `is_cross`."""

    x: float
    y: float
    look: Look
    is_cross: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text at its baseline; `anchor` is start, middle or end, as in SVG."""

    x: float
    y: float
    text: str
    face: Face = Face.LABEL
    anchor: str = "start"


Shape = Rect | Line | Arc | Dot | Words


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes from back to front, on a sheet of `WIDTH` by `height`."""

    height: float
    shapes: tuple[Shape, ...]


def fit(text: str, width: float, size: float = SIZE) -> str:
    """Return the text, cut with an ellipsis if it would be wider than `width`."""
    most = max(1, int(width / (_LETTER * size)))
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def wrapped(text: str, width: float, lines: int, size: float = SIZE) -> tuple[str, ...]:
    """Return the text on at most `lines` lines, broken between words; the last one is cut."""
    most = max(1, int(width / (_LETTER * size)))
    made, words = [""], text.split()
    for place, word in enumerate(words):
        longer = f"{made[-1]} {word}".strip()
        if len(longer) <= most or not made[-1]:
            made[-1] = longer
        elif len(made) == lines:
            made[-1] = " ".join((made[-1], *words[place:]))
            break
        else:
            made.append(word)
    return tuple(fit(line, width, size) for line in made)


def scale_end(wanted: float, parts: int) -> float:
    """Return the first number from `wanted` (above 0) on whose parts are easy to read."""
    step = 10.0 ** math.floor(math.log10(wanted / parts))
    return next(step * n * parts for n in (1, 2, 2.5, 5, 10) if step * n * parts >= wanted)


def unknown_bar(x: float, y: float, width: float, word: str) -> tuple[Shape, ...]:
    """Return a broken outline with a word in it: no length, so that it is read as none."""
    return (
        Rect(x, y, width, 16, Look.DOUBTFUL),
        Words(x + width / 2, y + 12, word, Face.QUIET, "middle"),
    )


def legend(entries: tuple[tuple[Look, str], ...], top: float) -> tuple[float, tuple[Shape, ...]]:
    """Return the height below `top` and the shapes of a legend that wraps."""
    shapes: list[Shape] = []
    x, y = 0.0, top
    for look, word in entries:
        width = 24 + len(word) * _LETTER * SIZE + 14
        if x and x + width > WIDTH:
            x, y = 0.0, y + 20
        shapes.append(Rect(x, y, 16, 12, look))
        shapes.append(Words(x + 22, y + 11, word))
        x += width
    return y + 20 - top, tuple(shapes)
