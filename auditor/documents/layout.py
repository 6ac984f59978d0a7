"""From words with places to lines in the order in which a person reads a page."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from auditor.documents.text import Table

_GAP_EM = 2.0
"""A wider gap on one baseline parts columns; justified text stays well below it."""

_GUTTER_PT = 6.0
_MOST_LEADING = 2.5
"""Columns end where more than this many line heights are empty."""

_MOST_COLUMNS = 12
_NEAR_PT = 2.0
_LEAST_CELLS = 2
_MOST_CELLS = 100_000


@dataclass(slots=True)
class Glyphs:
    """A piece of one line: places in points from the top left of the upright page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size_pt: float = 0.0
    is_bold: bool = False
    confidence: float = 1.0
    font: str = ""

    @property
    def height(self) -> float:
        """How high the piece is; never zero."""
        return max(self.bottom - self.top, 0.1)

    @property
    def middle(self) -> tuple[float, float]:
        """The centre, from left and top."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(slots=True)
class Rules:
    """The straight lines drawn on a page: (x, top, bottom) and (y, left, right)."""

    upright: list[tuple[float, float, float]] = field(default_factory=list)
    level: list[tuple[float, float, float]] = field(default_factory=list)

    def parts(self, before: Glyphs, after: Glyphs) -> bool:
        """Whether an upright rule stands between two neighbours on a line."""
        y = before.middle[1]
        return any(
            before.middle[0] < x < after.middle[0] and top <= y <= bottom
            for x, top, bottom in self.upright
        )


def joined(words: Iterable[Glyphs], rules: Rules) -> list[Glyphs]:
    """Join neighbours on one baseline into pieces of a line, as long as no gap or rule is between.

    Neighbours are given in the order of the file; a piece may end anywhere.
    """
    pieces: list[Glyphs] = []
    spaced = False
    for word in words:
        if not word.text.strip():
            spaced = True
            continue
        last = pieces[-1] if pieces else None
        if (
            last is not None
            and _continues(last, word)
            and not ((spaced or word.left - last.right > 1) and rules.parts(last, word))
        ):
            last.text += (" " if spaced else "") + word.text
            last.right, last.bottom = max(last.right, word.right), max(last.bottom, word.bottom)
            last.top, last.is_bold = min(last.top, word.top), last.is_bold and word.is_bold
            last.confidence = min(last.confidence, word.confidence)
        else:
            pieces.append(word)
        spaced = False
    return pieces


def _continues(last: Glyphs, word: Glyphs) -> bool:
    gap = word.left - last.right
    same_row = abs(last.middle[1] - word.middle[1]) < max(last.height, word.height) / 2
    return same_row and -last.height < gap < _GAP_EM * max(last.height, word.height)


def rows_of(pieces: Iterable[Glyphs]) -> list[list[Glyphs]]:
    """Group pieces that stand side by side, from the top down, each row from left to right."""
    rows: list[list[Glyphs]] = []
    for piece in sorted(pieces, key=lambda piece: piece.middle[1]):
        if rows and abs(rows[-1][0].middle[1] - piece.middle[1]) < 0.5 * rows[-1][0].height:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def in_reading_order(
    pieces: Iterable[Glyphs], most_columns: int = _MOST_COLUMNS
) -> Iterator[Glyphs]:
    """Order pieces as a person reads them: down each column, columns from left to right.

    A column is what an empty strip parts from its neighbour through consecutive rows; a piece
    across the strip ends it.
    """
    block: list[list[Glyphs]] = []
    strip: tuple[float, float] | None = None
    for row in rows_of(pieces):
        narrowed = _narrowed(strip, row)
        if block and (narrowed is None or _is_far(block[-1], row)):
            yield from _columns(block, strip, most_columns)
            block, narrowed = [], _narrowed(None, row)
        block.append(row)
        strip = narrowed
    yield from _columns(block, strip, most_columns)


def _is_far(above: Sequence[Glyphs], below: Sequence[Glyphs]) -> bool:
    empty = min(piece.top for piece in below) - max(piece.bottom for piece in above)
    return empty > _MOST_LEADING * above[0].height


def _narrowed(
    strip: tuple[float, float] | None, row: Sequence[Glyphs]
) -> tuple[float, float] | None:
    """Return what stays empty of a strip beside a row; the widest gap of the row without one."""
    if strip is None:
        gaps = [(a.right, b.left) for a, b in itertools.pairwise(row)]
        strip = max(gaps, key=lambda gap: gap[1] - gap[0], default=None)
    else:
        left, right = strip
        for piece in row:
            if piece.right <= (left + right) / 2:
                left = max(left, piece.right)
            elif piece.left >= (left + right) / 2:
                right = min(right, piece.left)
            else:
                return None
        strip = left, right
    return strip if strip is not None and strip[1] - strip[0] >= _GUTTER_PT else None


def _columns(
    block: list[list[Glyphs]], strip: tuple[float, float] | None, most_columns: int
) -> Iterator[Glyphs]:
    pieces = [piece for row in block for piece in row]
    if strip is None or most_columns == 1:
        yield from pieces
        return
    middle = sum(strip) / 2
    for side in (
        [piece for piece in pieces if piece.middle[0] < middle],
        [piece for piece in pieces if piece.middle[0] >= middle],
    ):
        yield from in_reading_order(side, most_columns - 1)


@dataclass(slots=True)
class Grid:
    """A table between rules, with its pieces row by row and cell by cell."""

    table: Table
    pieces: list[Glyphs]
    whole: Glyphs


def grids(page: int, pieces: Sequence[Glyphs], rules: Rules) -> Iterator[Grid]:
    """Find the tables that ruled lines make: at least two rows and two columns, with words.

    A cell that reaches over several keeps its words where its middle lies; the others are empty.
    """
    in_rows = [piece for row in rows_of(pieces) for piece in row]
    for group in _touching(rules):
        columns = _distinct(x for x, _top, _bottom in group.upright)
        heights = _distinct(y for y, _left, _right in group.level)
        width, height = len(columns) - 1, len(heights) - 1
        if min(width, height) < _LEAST_CELLS or width * height > _MOST_CELLS:
            continue
        cells: dict[tuple[int, int], list[Glyphs]] = {}
        for piece in in_rows:
            column, line = _slot(columns, piece.middle[0]), _slot(heights, piece.middle[1])
            if column is not None and line is not None:
                cells.setdefault((line, column), []).append(piece)
        if cells:
            rows = (
                tuple(
                    " ".join(piece.text for piece in cells.get((line, column), ()))
                    for column in range(width)
                )
                for line in range(height)
            )
            yield Grid(
                Table(page=page, rows=tuple(rows)),
                [piece for place in sorted(cells) for piece in cells[place]],
                Glyphs("", columns[0], heights[0], columns[-1], heights[-1]),
            )


def with_tables(pieces: Sequence[Glyphs], found: Sequence[Grid]) -> Iterator[Glyphs]:
    """Order a page's pieces for reading; a table stands in one piece, where its middle is."""
    wholes = {id(grid.whole): grid for grid in found}
    inside = {id(piece) for grid in found for piece in grid.pieces}
    around = [piece for piece in pieces if id(piece) not in inside]
    told: set[int] = set()
    for piece in in_reading_order([*around, *(grid.whole for grid in found)]):
        mine = wholes[id(piece)].pieces if id(piece) in wholes else [piece]
        yield from (one for one in mine if id(one) not in told)
        told |= {id(one) for one in mine}


def _touching(rules: Rules) -> list[Rules]:
    """Group rules into tables: those whose level lines an upright one reaches."""
    groups: list[Rules] = []
    for x, top, bottom in sorted(rules.upright, key=lambda rule: (rule[1], rule[0])):
        mine = [
            (y, left, right)
            for y, left, right in rules.level
            if top - _NEAR_PT <= y <= bottom + _NEAR_PT and left - _NEAR_PT <= x <= right + _NEAR_PT
        ]
        home = next((g for g in groups if set(g.level) & set(mine)), None)
        if home is None:
            home = Rules()
            groups.append(home)
        home.upright.append((x, top, bottom))
        home.level = list(dict.fromkeys((*home.level, *mine)))
    return groups


def _distinct(values: Iterable[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR_PT:
            found.append(value)
    return found


def _slot(borders: Sequence[float], value: float) -> int | None:
    return next(
        (i for i, (a, b) in enumerate(itertools.pairwise(borders)) if a <= value < b),
        None,
    )
